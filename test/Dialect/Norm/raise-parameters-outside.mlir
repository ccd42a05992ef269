// RUN: norm-opt %s --norm-raise | FileCheck %s
// RUN: norm-opt %s --norm-raise='tier=precision allow-f64-demote=1' | FileCheck %s

// N10: parameters that the operation cannot take stay outside of it, and what it
// computes without them is raised.

// The scale with its two dims in each other's place: the tensor that holds it so can be taken, the argument cannot.

// CHECK-LABEL: func @transposed_scale(
// CHECK-SAME:    %[[X:.*]]: tensor<2x4x4xf32>, %[[G:.*]]: tensor<4x4xf32>)
// CHECK:         %[[T:.*]] = linalg.transpose ins(%[[G]] : {{.*}} permutation = [1, 0]
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x4x4xf32>) gamma(%[[T]] : tensor<4x4xf32>)
// CHECK-SAME:      axes = [1, 2]
// CHECK-NEXT:    return %[[Y]]
func.func @transposed_scale(%x: tensor<2x4x4xf32>, %gamma: tensor<4x4xf32>) -> tensor<2x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<2xf32>
  %empty = tensor.empty() : tensor<2x4x4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<2xf32>) -> tensor<2xf32>
  %n = arith.constant dense<16.0> : tensor<2xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<2xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x4x4xf32>) outs(%zeros : tensor<2xf32>) dimensions = [1, 2]
  %mean = arith.divf %s, %n : tensor<2xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<2xf32>) outs(%empty : tensor<2x4x4xf32>) dimensions = [1, 2]
  %d = arith.subf %x, %meanb : tensor<2x4x4xf32>
  %dd = arith.mulf %d, %d : tensor<2x4x4xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<2x4x4xf32>) outs(%zeros : tensor<2xf32>) dimensions = [1, 2]
  %v = arith.divf %ss, %n : tensor<2xf32>
  %ve = arith.addf %v, %eps : tensor<2xf32>
  %r = math.rsqrt %ve : tensor<2xf32>
  %rb = linalg.broadcast ins(%r : tensor<2xf32>) outs(%empty : tensor<2x4x4xf32>) dimensions = [1, 2]
  %y0 = arith.mulf %d, %rb : tensor<2x4x4xf32>
  %square = tensor.empty() : tensor<4x4xf32>
  %t = linalg.transpose ins(%gamma : tensor<4x4xf32>) outs(%square : tensor<4x4xf32>) permutation = [1, 0]
  %gb = linalg.broadcast ins(%t : tensor<4x4xf32>) outs(%empty : tensor<2x4x4xf32>) dimensions = [0]
  %z = arith.mulf %y0, %gb : tensor<2x4x4xf32>
  return %z : tensor<2x4x4xf32>
}

// The same by the map of a generic.

// CHECK-LABEL: func @permuted_map_of_scale(
// CHECK-SAME:    %[[X:.*]]: tensor<2x4x4xf32>, %[[G:.*]]: tensor<4x4xf32>)
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x4x4xf32>) outs(%{{.*}} : tensor<2x4x4xf32>) axes = [1, 2]
// CHECK:         %[[Z:.*]] = linalg.generic {{.*}} ins(%[[Y]], %[[G]] :
// CHECK-NOT:     norm.layer_norm
// CHECK:           arith.mulf
// CHECK:         return %[[Z]]
func.func @permuted_map_of_scale(%x: tensor<2x4x4xf32>, %gamma: tensor<4x4xf32>) -> tensor<2x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<2xf32>
  %empty = tensor.empty() : tensor<2x4x4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<2xf32>) -> tensor<2xf32>
  %n = arith.constant dense<16.0> : tensor<2xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<2xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x4x4xf32>) outs(%zeros : tensor<2xf32>) dimensions = [1, 2]
  %mean = arith.divf %s, %n : tensor<2xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<2xf32>) outs(%empty : tensor<2x4x4xf32>) dimensions = [1, 2]
  %d = arith.subf %x, %meanb : tensor<2x4x4xf32>
  %dd = arith.mulf %d, %d : tensor<2x4x4xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<2x4x4xf32>) outs(%zeros : tensor<2xf32>) dimensions = [1, 2]
  %v = arith.divf %ss, %n : tensor<2xf32>
  %ve = arith.addf %v, %eps : tensor<2xf32>
  %r = math.rsqrt %ve : tensor<2xf32>
  %rb = linalg.broadcast ins(%r : tensor<2xf32>) outs(%empty : tensor<2x4x4xf32>) dimensions = [1, 2]
  %y0 = arith.mulf %d, %rb : tensor<2x4x4xf32>
  %z = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>,
                                        affine_map<(d0, d1, d2) -> (d0, d1, d2)>],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%y0, %gamma : tensor<2x4x4xf32>, tensor<4x4xf32>) outs(%empty : tensor<2x4x4xf32>) {
  ^bb0(%e: f32, %g: f32, %o: f32):
    %p = arith.mulf %e, %g : f32
    linalg.yield %p : f32
  } -> tensor<2x4x4xf32>
  return %z : tensor<2x4x4xf32>
}

// A bias with more rows than the input.

// CHECK-LABEL: func @enlarging_bias(
// CHECK-SAME:    %[[X:.*]]: tensor<1x8xf32>, %[[B:.*]]: tensor<3x8xf32>)
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<1x8xf32>) outs(%{{.*}} : tensor<1x8xf32>) axes = [1]
// CHECK-NOT:     norm.layer_norm
// CHECK:         %[[Z:.*]] = linalg.generic {{.*}} ins(%[[Y]], %[[B]] :
// CHECK:           arith.addf
// CHECK:         return %[[Z]] : tensor<3x8xf32>
func.func @enlarging_bias(%x: tensor<1x8xf32>, %beta: tensor<3x8xf32>) -> tensor<3x8xf32> {
  %zero = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<1xf32>
  %empty = tensor.empty() : tensor<1x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<1xf32>) -> tensor<1xf32>
  %n = arith.constant dense<8.0> : tensor<1xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<1xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<1x8xf32>) outs(%zeros : tensor<1xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<1xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<1xf32>) outs(%empty : tensor<1x8xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<1x8xf32>
  %dd = arith.mulf %d, %d : tensor<1x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<1x8xf32>) outs(%zeros : tensor<1xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<1xf32>
  %ve = arith.addf %v, %eps : tensor<1xf32>
  %r = math.rsqrt %ve : tensor<1xf32>
  %rb = linalg.broadcast ins(%r : tensor<1xf32>) outs(%empty : tensor<1x8xf32>) dimensions = [1]
  %y0 = arith.mulf %d, %rb : tensor<1x8xf32>
  %large = tensor.empty() : tensor<3x8xf32>
  %z = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (0, d1)>, affine_map<(d0, d1) -> (d0, d1)>,
                                        affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%y0, %beta : tensor<1x8xf32>, tensor<3x8xf32>) outs(%large : tensor<3x8xf32>) {
  ^bb0(%e: f32, %b: f32, %o: f32):
    %p = arith.addf %e, %b : f32
    linalg.yield %p : f32
  } -> tensor<3x8xf32>
  return %z : tensor<3x8xf32>
}

// A scale with more rows than the input, in TOSA.

// CHECK-LABEL: func @enlarging_scale(
// CHECK-SAME:    %[[X:.*]]: tensor<1x8xf32>, %[[G:.*]]: tensor<3x8xf32>)
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<1x8xf32>) outs(%{{.*}} : tensor<1x8xf32>) axes = [1]
// CHECK-NOT:     norm.layer_norm
// CHECK:         %[[Z:.*]] = tosa.mul %[[Y]], %[[G]],
// CHECK:         return %[[Z]] : tensor<3x8xf32>
func.func @enlarging_scale(%x: tensor<1x8xf32>, %gamma: tensor<3x8xf32>) -> tensor<3x8xf32> {
  %zero = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<1xf32>
  %empty = tensor.empty() : tensor<1x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<1xf32>) -> tensor<1xf32>
  %n = arith.constant dense<8.0> : tensor<1xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<1xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<1x8xf32>) outs(%zeros : tensor<1xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<1xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<1xf32>) outs(%empty : tensor<1x8xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<1x8xf32>
  %dd = arith.mulf %d, %d : tensor<1x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<1x8xf32>) outs(%zeros : tensor<1xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<1xf32>
  %ve = arith.addf %v, %eps : tensor<1xf32>
  %r = math.rsqrt %ve : tensor<1xf32>
  %rb = linalg.broadcast ins(%r : tensor<1xf32>) outs(%empty : tensor<1x8xf32>) dimensions = [1]
  %y0 = arith.mulf %d, %rb : tensor<1x8xf32>
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = tosa.mul %y0, %gamma, %shift : (tensor<1x8xf32>, tensor<3x8xf32>, tensor<1xi8>) -> tensor<3x8xf32>
  return %z : tensor<3x8xf32>
}
