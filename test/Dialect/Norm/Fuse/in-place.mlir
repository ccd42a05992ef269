// An output takes the memory of an input that nobody reads any more, and nothing is copied for it.
// RUN: norm-opt %s --norm-generalize --norm-fuse --canonicalize --cse --eliminate-empty-tensors --empty-tensor-to-alloc-tensor \
// RUN:   --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" --canonicalize \
// RUN: | FileCheck %s

// CHECK-LABEL: func.func @add_norm
// CHECK:       %[[M:.*]] = memref.alloc
// CHECK:       linalg.matmul {{.*}} outs(%[[M]] :
// CHECK-NOT:   memref.copy
// CHECK-NOT:   memref.alloc
// CHECK:       norm.generic {{.*}} ins(%[[M]], %{{.*}} : {{.*}}) outs(%[[M]] :
// CHECK-NOT:   memref.copy
// CHECK:       return %[[M]]
func.func @add_norm(%a: tensor<4x8xf32>, %w: tensor<8x8xf32>, %r: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %m = linalg.matmul ins(%a, %w : tensor<4x8xf32>, tensor<8x8xf32>) outs(%f : tensor<4x8xf32>) -> tensor<4x8xf32>
  %h = arith.addf %m, %r : tensor<4x8xf32>
  %y = norm.layer_norm ins(%h : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<4x8xf32>
}

// An argument is not written: there the output has memory of its own, and what the caller named is taken.
// CHECK-LABEL: func.func @arguments
// CHECK-SAME:    %[[X:.*]]: memref<4x8xf32>, %[[R:.*]]: memref<4x8xf32>, %[[O:.*]]: memref<4x8xf32>
// CHECK-NOT:   memref.copy
// CHECK:       norm.generic {{.*}} ins(%[[X]], %[[R]] : {{.*}}) outs(%[[O]] :
// CHECK-NOT:   memref.copy
func.func @arguments(%x: tensor<4x8xf32> {bufferization.writable = false}, %r: tensor<4x8xf32> {bufferization.writable = false},
                     %o: tensor<4x8xf32> {bufferization.writable = true}) -> tensor<4x8xf32> {
  %h = arith.addf %x, %r : tensor<4x8xf32>
  %y = norm.layer_norm ins(%h : tensor<4x8xf32>) outs(%o : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<4x8xf32>
}
