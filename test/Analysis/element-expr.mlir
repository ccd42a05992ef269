// RUN: norm-opt %s --test-norm-element-expr | FileCheck %s
// RUN: norm-opt %s --test-norm-element-expr=depth=0 | FileCheck %s --check-prefix=SHALLOW

// A sum, divided; the broadcast is looked through. Not looked into, a computed
// tensor is a leaf.

// CHECK-LABEL: centered
// CHECK-NEXT:    sub(%arg0[d0, d1], div(sum[d2](%arg0[d0, d2]), 8.000000e+00 : f32))
// SHALLOW-LABEL: centered
// SHALLOW-NEXT:  %{{[0-9]+}}[d0, d1]
func.func @centered(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant -0.0 : f32
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %m = arith.divf %s, %n : tensor<4xf32>
  %mb = linalg.broadcast ins(%m : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %mb : tensor<4x8xf32>
  return %d : tensor<4x8xf32>
}

// Transposes and dims of size 1 change coordinates alone.

// CHECK-LABEL: moved
// CHECK-NEXT:    %arg0[d1, d0]
func.func @moved(%x: tensor<4x8xf32>) -> tensor<8x1x4xf32> {
  %e = tensor.empty() : tensor<8x4xf32>
  %t = linalg.transpose ins(%x : tensor<4x8xf32>) outs(%e : tensor<8x4xf32>) permutation = [1, 0]
  %r = tensor.expand_shape %t [[0, 1], [2]] output_shape [8, 1, 4] : tensor<8x4xf32> into tensor<8x1x4xf32>
  return %r : tensor<8x1x4xf32>
}

// Constants fold as their types round; an initial value other than 0 is added.

// CHECK-LABEL: constants
// CHECK-NEXT:    add(sum[d1](%arg0[d0, d1]), 1.001360e-05 : bf16)
func.func @constants(%x: tensor<4x8xbf16>) -> tensor<4xbf16> {
  %c = arith.constant dense<1.0e-05> : tensor<4xf64>
  %init = arith.truncf %c : tensor<4xf64> to tensor<4xbf16>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xbf16>) outs(%init : tensor<4xbf16>) dimensions = [1]
  return %s : tensor<4xbf16>
}

// Powers, whatever they are written as, and sizes.

// CHECK-LABEL: powers
// CHECK-NEXT:    rsqrt(mul(%arg0[d0], %arg0[d0]))
// CHECK-NEXT:    mul(int_to_float(size(%arg0, 0)), div(1.000000e+00 : f32, sqrt(%arg0[d0])))
// CHECK-NEXT:    not equal
func.func @powers(%x: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %half = arith.constant -0.5 : f32
  %two = arith.constant 2 : i32
  %e = tensor.empty(%n) : tensor<?xf32>
  %a:2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x : tensor<?xf32>) outs(%e, %e : tensor<?xf32>, tensor<?xf32>) {
  ^bb0(%in: f32, %out0: f32, %out1: f32):
    %0 = math.fpowi %in, %two : f32, i32
    %1 = math.powf %0, %half : f32
    %i = arith.index_cast %n : index to i64
    %f = arith.sitofp %i : i64 to f32
    %minus = arith.constant -1.0 : f32
    %s = math.sqrt %in : f32
    %p = math.powf %s, %minus : f32
    %2 = arith.mulf %f, %p : f32
    linalg.yield %1, %2 : f32, f32
  } -> (tensor<?xf32>, tensor<?xf32>)
  return %a#0, %a#1 : tensor<?xf32>, tensor<?xf32>
}

// The same computed twice, in another order, is equal; over other dims it is not.

// CHECK-LABEL: twice
// CHECK:         {{^}}  equal
func.func @twice(%x: tensor<4x4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %xx = arith.mulf %x, %x : tensor<4x4xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x4xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %t = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<4x4xf32>) outs(%zero : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.mulf %in, %in : f32
    %1 = arith.addf %out, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<4xf32>
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: other_dims
// CHECK:         not equal
func.func @other_dims(%x: tensor<4x4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x4xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %t = linalg.reduce { arith.addf } ins(%x : tensor<4x4xf32>) outs(%zero : tensor<4xf32>) dimensions = [0]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// What an operation does beside additions to its accumulator is not looked into.

// CHECK-LABEL: maximum
// CHECK-NEXT:    %{{[0-9a-z]+}}[d0]
func.func @maximum(%x: tensor<4x8xf32>, %init: tensor<4xf32>) -> tensor<4xf32> {
  %s = linalg.reduce { arith.maximumf } ins(%x : tensor<4x8xf32>) outs(%init : tensor<4xf32>) dimensions = [1]
  return %s : tensor<4xf32>
}

// A broadcast of dynamic size, element by element: the index runs over the whole
// dim, or is 0 where that is all there is.

// CHECK-LABEL: extracted
// CHECK-NEXT:    math.exp(%arg0[d0])
func.func @extracted(%x: tensor<?xf32>, %e: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %one = arith.cmpi eq, %n, %c1 : index
  %empty = tensor.empty(%n) : tensor<?x8xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%empty : tensor<?x8xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %j = arith.select %one, %c0, %i : index
    %v = tensor.extract %x[%j] : tensor<?xf32>
    %0 = math.exp %v : f32
    linalg.yield %0 : f32
  } -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
