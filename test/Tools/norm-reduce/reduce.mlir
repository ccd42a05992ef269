// What a test does not need goes: here all that is not the layer norm.
// RUN: norm-reduce %s -reduction-tree='traversal-mode=0 test=%S/has-layer-norm.sh' | FileCheck %s

// CHECK-NOT:   func.func @other
// CHECK:       func.func @kept
// CHECK:         norm.layer_norm
// CHECK-NOT:   func.func @other
func.func @other(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<4x8xf32>
}
func.func @kept(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<4x8xf32>
}
func.func @other2(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  return %x : tensor<4x8xf32>
}
