// Normalizations over the same rows share a row program.
// RUN: norm-opt %s --norm-generalize --norm-fuse --canonicalize --cse | FileCheck %s

// CHECK-DAG: #[[ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[VECTOR:.*]] = affine_map<(d0, d1) -> (d1)>

// The two norms around Gemma's residual: the sum, in bf16 as it was written, is an output.
// CHECK-LABEL: func.func @norm_add_norm
// CHECK:       %[[HB:.*]]:2 = norm.generic
// CHECK-SAME:      ins(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x64xbf16>, tensor<64xbf16>, tensor<?x64xbf16>, tensor<64xbf16>)
// CHECK:         norm.reduce <add>
// CHECK:         %[[A:.*]] = arith.truncf %{{.*}} : f32 to bf16
// CHECK:         %[[H:.*]] = arith.addf %[[A]], %{{.*}} : bf16
// CHECK:         arith.extf %[[H]] : bf16 to f32
// CHECK:         norm.reduce <add>
// CHECK:         norm.yield %[[H]], %{{.*}} : bf16, bf16
// CHECK:       return %[[HB]]#0, %[[HB]]#1
func.func @norm_add_norm(%x: tensor<?x64xbf16>, %r: tensor<?x64xbf16>, %g1: tensor<64xbf16>, %g2: tensor<64xbf16>,
                         %e: tensor<?x64xbf16>) -> (tensor<?x64xbf16>, tensor<?x64xbf16>) {
  %a = norm.rms_norm ins(%x : tensor<?x64xbf16>) gamma(%g1 : tensor<64xbf16>) outs(%e : tensor<?x64xbf16>) axes = [1]
      gamma_offset = 1.0 epsilon = 1.0e-6
  %h = arith.addf %a, %r : tensor<?x64xbf16>
  %b = norm.rms_norm ins(%h : tensor<?x64xbf16>) gamma(%g2 : tensor<64xbf16>) outs(%e : tensor<?x64xbf16>) axes = [1]
      gamma_offset = 1.0 epsilon = 1.0e-6
  return %h, %b : tensor<?x64xbf16>, tensor<?x64xbf16>
}

// One x, two pairs of parameters: read once; the statistics are one, too.
// CHECK-LABEL: func.func @two_of_one
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G1:.*]]: tensor<8xf32>, %[[G2:.*]]: tensor<8xf32>
// CHECK:       %[[AB:.*]]:2 = norm.generic {indexing_maps = [#[[ID]], #[[VECTOR]], #[[VECTOR]], #[[ID]], #[[ID]]]
// CHECK-SAME:      ins(%[[X]], %[[G1]], %[[G2]] :
// CHECK:         norm.moments
// CHECK-NOT:     norm.moments
// CHECK:       return %[[AB]]#0, %[[AB]]#1
func.func @two_of_one(%x: tensor<4x8xf32>, %g1: tensor<8xf32>, %g2: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %a = norm.layer_norm ins(%x : tensor<4x8xf32>) gamma(%g1 : tensor<8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  %b = norm.layer_norm ins(%x : tensor<4x8xf32>) gamma(%g2 : tensor<8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %a, %b : tensor<4x8xf32>, tensor<4x8xf32>
}

// The second needs a product of matrices made of the first: two kernels.
// CHECK-LABEL: func.func @matmul_between
// CHECK:       norm.generic
// CHECK:       linalg.matmul
// CHECK:       norm.generic
// CHECK:         arith.addf
// CHECK:       return
func.func @matmul_between(%x: tensor<4x8xf32>, %w: tensor<8x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %a = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %m = linalg.matmul ins(%a, %w : tensor<4x8xf32>, tensor<8x8xf32>) outs(%f : tensor<4x8xf32>) -> tensor<4x8xf32>
  %h = arith.addf %m, %a : tensor<4x8xf32>
  %b = norm.rms_norm ins(%h : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %b : tensor<4x8xf32>
}

// A norm along rows and one along columns have no rows in common.
// CHECK-LABEL: func.func @other_axis
// CHECK-COUNT-2: norm.generic
// CHECK:       return
func.func @other_axis(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %a = norm.rms_norm ins(%x : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) axes = [1] epsilon = 1.0e-5
  %b = norm.rms_norm ins(%a : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) axes = [0] epsilon = 1.0e-5
  return %b : tensor<8x8xf32>
}
