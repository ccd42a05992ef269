// RUN: norm-opt %s --norm-raise | FileCheck %s
// RUN: norm-opt %s --norm-raise --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefix=LOC
// RUN: norm-opt %s --norm-raise -o %t.once && norm-opt %t.once --norm-raise | cmp %t.once -

// Normalizations among other things: other uses, other dialects, other levels of
// fusion, sizes known at run time only.

#row = affine_map<(d0, d1) -> (d0)>
#keep = affine_map<(d0, d1) -> (d0, 0)>
#all = affine_map<(d0, d1) -> (d0, d1)>
#col = affine_map<(d0, d1) -> (d1)>

// The sum with the residual is used later too; the operations that were fused
// are gone, and their locations are kept.

// CHECK-LABEL: func @fused_residual(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf32>, %[[B:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK:         %[[X:.*]] = arith.addf %[[A]], %[[B]]
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<4x8xf32>) gamma(%[[G]] : tensor<8xf32>) outs({{.*}}) axes = [1] epsilon = 9.99999974{{.*}}E-6
// CHECK-NEXT:    %[[Z:.*]] = arith.addf %[[X]], %[[Y]]
// CHECK-NEXT:    return %[[Z]]
// LOC-LABEL:   func @fused_residual(
// LOC:           norm.layer_norm {{.*}} loc(fused["apply", "sum", "squares"])
func.func @fused_residual(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps64 = arith.constant 1.0e-05 : f64
  %keep_empty = tensor.empty() : tensor<4x1xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%keep_empty : tensor<4x1xf32>) -> tensor<4x1xf32> loc("sum")
  %x = arith.addf %a, %b : tensor<4x8xf32>
  %s = linalg.generic {indexing_maps = [#all, #keep], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4x1xf32> loc("sum")
  %ss = linalg.generic {indexing_maps = [#all, #keep, #keep], iterator_types = ["parallel", "reduction"]} ins(%x, %s : tensor<4x8xf32>, tensor<4x1xf32>) outs(%zeros : tensor<4x1xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4x1xf32> loc("squares")
  %y = linalg.generic {indexing_maps = [#all, #keep, #keep, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4x1xf32>, tensor<4x1xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %eps = arith.truncf %eps64 : f64 to f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %0 = arith.mulf %dr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32> loc("apply")
  %z = arith.addf %x, %y : tensor<4x8xf32>
  return %z : tensor<4x8xf32>
}

// Where the value before the scale is used elsewhere, the scale stays outside;
// where statistics are, they stay too.

// CHECK-LABEL: func @other_uses(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK:         %[[S:.*]] = linalg.reduce
// CHECK:         %[[Q:.*]] = arith.divf %[[S]]
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] :
// CHECK-NOT:     gamma
// CHECK:         %[[Z:.*]] = arith.mulf %[[Y]],
// CHECK-NEXT:    return %[[Y]], %[[Z]], %[[Q]]
func.func @other_uses(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xx = arith.mulf %x, %x : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf32>
  %r = math.rsqrt %q : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<4x8xf32>
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %z = arith.mulf %y, %gb : tensor<4x8xf32>
  return %y, %z, %q : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4xf32>
}

// One root, two results.

// CHECK-LABEL: func @two_scales(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[H:.*]]: tensor<8xf32>)
// CHECK-NOT:     math.rsqrt
// CHECK-DAG:     norm.rms_norm ins(%[[X]] : tensor<4x8xf32>) gamma(%[[G]] :
// CHECK-DAG:     norm.rms_norm ins(%[[X]] : tensor<4x8xf32>) gamma(%[[H]] :
// CHECK-NOT:     math.rsqrt
// CHECK:         return
func.func @two_scales(%x: tensor<4x8xf32>, %g: tensor<8xf32>, %h: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xx = arith.mulf %x, %x : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf32>
  %r = math.rsqrt %q : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%g : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %hb = linalg.broadcast ins(%h : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %rg = arith.mulf %rb, %gb : tensor<4x8xf32>
  %rh = arith.mulf %rb, %hb : tensor<4x8xf32>
  %y = arith.mulf %x, %rg : tensor<4x8xf32>
  %z = arith.mulf %x, %rh : tensor<4x8xf32>
  return %y, %z : tensor<4x8xf32>, tensor<4x8xf32>
}

// The number of elements known at run time only, from the size of the input.

// CHECK-LABEL: func @dynamic_count(
// CHECK-SAME:    %[[X:.*]]: tensor<4x?x?xf32>)
// CHECK:         norm.rms_norm ins(%[[X]] : tensor<4x?x?xf32>) outs(%{{.*}} : tensor<4x?x?xf32>) axes = [1, 2]
// CHECK-NOT:     linalg
// CHECK:         return
func.func @dynamic_count(%x: tensor<4x?x?xf32>) -> tensor<4x?x?xf32> {
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %n1 = tensor.dim %x, %c1 : tensor<4x?x?xf32>
  %n2 = tensor.dim %x, %c2 : tensor<4x?x?xf32>
  %n1i = arith.index_cast %n1 : index to i64
  %n2i = arith.index_cast %n2 : index to i64
  %ni = arith.muli %n2i, %n1i : i64
  %n = arith.sitofp %ni : i64 to f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty(%n1, %n2) : tensor<4x?x?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %counts = linalg.fill ins(%n : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xx = linalg.square ins(%x : tensor<4x?x?xf32>) outs(%empty : tensor<4x?x?xf32>) -> tensor<4x?x?xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x?x?xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1, 2]
  %q = arith.divf %s, %counts : tensor<4xf32>
  %r = math.rsqrt %q : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x?x?xf32>) dimensions = [1, 2]
  %y = arith.mulf %x, %rb : tensor<4x?x?xf32>
  return %y : tensor<4x?x?xf32>
}

// The size of another dim is another count.

// CHECK-LABEL: func @other_dynamic_count(
// CHECK-NOT:     norm.
// CHECK:         return
func.func @other_dynamic_count(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n0 = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n1 = tensor.dim %x, %c1 : tensor<?x?xf32>
  %ni = arith.index_cast %n0 : index to i64
  %n = arith.sitofp %ni : i64 to f32
  %row_empty = tensor.empty(%n0) : tensor<?xf32>
  %empty = tensor.empty(%n0, %n1) : tensor<?x?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<?xf32>) -> tensor<?xf32>
  %counts = linalg.fill ins(%n : f32) outs(%row_empty : tensor<?xf32>) -> tensor<?xf32>
  %xx = linalg.square ins(%x : tensor<?x?xf32>) outs(%empty : tensor<?x?xf32>) -> tensor<?x?xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<?x?xf32>) outs(%zeros : tensor<?xf32>) dimensions = [1]
  %q = arith.divf %s, %counts : tensor<?xf32>
  %r = math.rsqrt %q : tensor<?xf32>
  %rb = linalg.broadcast ins(%r : tensor<?xf32>) outs(%empty : tensor<?x?xf32>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// Epsilon as an argument.

// CHECK-LABEL: func @epsilon_argument(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[E:.*]]: tensor<1xf32>)
// CHECK:         %[[C:.*]] = arith.constant 0 : index
// CHECK:         %[[EPS:.*]] = tensor.extract %[[E]][%[[C]]]
// CHECK:         norm.rms_norm ins(%[[X]] : tensor<4x8xf32>) epsilon(%[[EPS]] : f32)
// CHECK-NOT:     linalg
// CHECK:         return
func.func @epsilon_argument(%x: tensor<4x8xf32>, %eps: tensor<1xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xx = arith.mulf %x, %x : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf32>
  %e0 = tensor.collapse_shape %eps [] : tensor<1xf32> into tensor<f32>
  %eb = linalg.broadcast ins(%e0 : tensor<f32>) outs(%row_empty : tensor<4xf32>) dimensions = [0]
  %qe = arith.addf %q, %eb : tensor<4xf32>
  %r = math.rsqrt %qe : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// TOSA, one reduction a dim, parameters with dims of size 1.

// CHECK-LABEL: func @tosa(
// CHECK-SAME:    %[[X:.*]]: tensor<2x4x8xf32>, %[[G:.*]]: tensor<1x4x8xf32>)
// CHECK-DAG:     %[[P:.*]] = tensor.collapse_shape %[[G]] {{\[}}[0, 1], [2]] : tensor<1x4x8xf32> into tensor<4x8xf32>
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<2x4x8xf32>) gamma(%[[P]] : tensor<4x8xf32>) outs(%{{.*}}) axes = [1, 2] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @tosa(%x: tensor<2x4x8xf32>, %gamma: tensor<1x4x8xf32>) -> tensor<2x4x8xf32> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %n = "tosa.const"() <{values = dense<3.200000e+01> : tensor<1x1x1xf32>}> : () -> tensor<1x1x1xf32>
  %eps = "tosa.const"() <{values = dense<0.0009765625> : tensor<1x1x1xf32>}> : () -> tensor<1x1x1xf32>
  %one_n = tosa.reciprocal %n : (tensor<1x1x1xf32>) -> tensor<1x1x1xf32>
  %xx = tosa.mul %x, %x, %shift : (tensor<2x4x8xf32>, tensor<2x4x8xf32>, tensor<1xi8>) -> tensor<2x4x8xf32>
  %s1 = tosa.reduce_sum %xx {axis = 1 : i32} : (tensor<2x4x8xf32>) -> tensor<2x1x8xf32>
  %s2 = tosa.reduce_sum %s1 {axis = 2 : i32} : (tensor<2x1x8xf32>) -> tensor<2x1x1xf32>
  %q = tosa.mul %s2, %one_n, %shift : (tensor<2x1x1xf32>, tensor<1x1x1xf32>, tensor<1xi8>) -> tensor<2x1x1xf32>
  %qe = tosa.add %q, %eps : (tensor<2x1x1xf32>, tensor<1x1x1xf32>) -> tensor<2x1x1xf32>
  %r = tosa.rsqrt %qe : (tensor<2x1x1xf32>) -> tensor<2x1x1xf32>
  %y = tosa.mul %x, %r, %shift : (tensor<2x4x8xf32>, tensor<2x1x1xf32>, tensor<1xi8>) -> tensor<2x4x8xf32>
  %z = tosa.mul %gamma, %y, %shift : (tensor<1x4x8xf32>, tensor<2x4x8xf32>, tensor<1xi8>) -> tensor<2x4x8xf32>
  return %z : tensor<2x4x8xf32>
}

// Behind a matrix product, whose elements are sums themselves.

// CHECK-LABEL: func @matrix_product(
// CHECK:         %[[X:.*]] = linalg.matmul
// CHECK:         norm.layer_norm ins(%[[X]] : tensor<4x8xf32>) gamma({{.*}}) beta({{.*}}) outs({{.*}}) axes = [1]
// CHECK-NOT:     linalg.
// CHECK:         return
func.func @matrix_product(%a: tensor<4x8xf32>, %w: tensor<8x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros2 = linalg.fill ins(%init : f32) outs(%empty : tensor<4x8xf32>) -> tensor<4x8xf32>
  %x = linalg.matmul ins(%a, %w : tensor<4x8xf32>, tensor<8x8xf32>) outs(%zeros2 : tensor<4x8xf32>) -> tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}
