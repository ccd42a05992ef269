// Reshapes in between: rows and their elements are split and merged, and dims of size 1 come and go.
// RUN: norm-opt %s --norm-generalize --norm-fuse --canonicalize --cse | FileCheck %s

// Groups of channels: the residual and the activation are split as the normalization is.
// CHECK-LABEL: func.func @group_norm
// CHECK-SAME:    %[[X:.*]]: tensor<2x6x4x4xf32>, %[[R:.*]]: tensor<2x6x4x4xf32>
// CHECK-DAG:   %[[XS:.*]] = tensor.expand_shape %[[X]] {{.*}}output_shape [2, 3, 2, 4, 4]
// CHECK-DAG:   %[[RS:.*]] = tensor.expand_shape %[[R]] {{.*}}output_shape [2, 3, 2, 4, 4]
// CHECK:       %[[Y:.*]] = norm.generic {{.*}}normalized_dims = [2, 3, 4]}
// CHECK-SAME:      ins(%[[XS]], %[[RS]]
// CHECK:         arith.addf
// CHECK:         norm.moments %{{[a-z0-9_]*}} : f32
// CHECK:         math.exp
// CHECK:       %[[C:.*]] = tensor.collapse_shape %[[Y]]
// CHECK:       return %[[C]]
func.func @group_norm(%x: tensor<2x6x4x4xf32>, %r: tensor<2x6x4x4xf32>, %g: tensor<6xf32>) -> tensor<2x6x4x4xf32> {
  %e = tensor.empty() : tensor<2x6x4x4xf32>
  %h = arith.addf %x, %r : tensor<2x6x4x4xf32>
  %y = norm.group_norm ins(%h : tensor<2x6x4x4xf32>) gamma(%g : tensor<6xf32>) outs(%e : tensor<2x6x4x4xf32>) axes = [2, 3]
      channel_axis = 1 groups = 3 epsilon = 1.0e-5
  %z = linalg.exp ins(%y : tensor<2x6x4x4xf32>) outs(%e : tensor<2x6x4x4xf32>) -> tensor<2x6x4x4xf32>
  return %z : tensor<2x6x4x4xf32>
}

// Rows are merged before the norm, and split again behind it.
// CHECK-LABEL: func.func @rows
// CHECK-SAME:    %[[X:.*]]: tensor<?x6x32xf32>
// CHECK:       norm.generic {{.*}}normalized_dims = [2]} ins(%[[X]] : tensor<?x6x32xf32>)
// CHECK:         math.absf
// CHECK:         norm.reduce
// CHECK:         arith.negf
func.func @rows(%x: tensor<?x6x32xf32>) -> tensor<?x6x32xf32> {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?x6x32xf32>
  %a = math.absf %x : tensor<?x6x32xf32>
  %m = tensor.collapse_shape %a [[0, 1], [2]] : tensor<?x6x32xf32> into tensor<?x32xf32>
  %c6 = arith.constant 6 : index
  %rows = arith.muli %d, %c6 : index
  %e = tensor.empty(%rows) : tensor<?x32xf32>
  %y = norm.rms_norm ins(%m : tensor<?x32xf32>) outs(%e : tensor<?x32xf32>) axes = [1] epsilon = 1.0e-5
  %s = tensor.expand_shape %y [[0, 1], [2]] output_shape [%d, 6, 32] : tensor<?x32xf32> into tensor<?x6x32xf32>
  %z = arith.negf %s : tensor<?x6x32xf32>
  return %z : tensor<?x6x32xf32>
}

// Statistics that keep a dim of size 1, which a reshape drops and a map leaves out.
// CHECK-LABEL: func.func @unit_dims
// CHECK:       norm.generic
// CHECK-NOT:   norm.generic
// CHECK-NOT:   linalg
// CHECK:       return
#id = affine_map<(r, c) -> (r, c)>
#kept = affine_map<(r, c) -> (r, 0)>
func.func @unit_dims(%x: tensor<1x4x8xf32>) -> (tensor<1x4x8xf32>, tensor<4x1xf32>) {
  %e = tensor.empty() : tensor<1x4x8xf32>
  %em = tensor.empty() : tensor<1x4xf32>
  %ec = tensor.empty() : tensor<4x8xf32>
  %ek = tensor.empty() : tensor<4x1xf32>
  %y, %rstd = norm.rms_norm ins(%x : tensor<1x4x8xf32>) outs(%e : tensor<1x4x8xf32>) rstd(%em : tensor<1x4xf32>) axes = [2] epsilon = 1.0e-5
  %c = tensor.collapse_shape %y [[0, 1], [2]] : tensor<1x4x8xf32> into tensor<4x8xf32>
  %flat = tensor.collapse_shape %rstd [[0, 1]] : tensor<1x4xf32> into tensor<4xf32>
  %k = tensor.expand_shape %flat [[0, 1]] output_shape [4, 1] : tensor<4xf32> into tensor<4x1xf32>
  %k2 = arith.negf %k : tensor<4x1xf32>
  %z = linalg.generic {indexing_maps = [#id, #kept, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c, %k2 : tensor<4x8xf32>, tensor<4x1xf32>) outs(%ec : tensor<4x8xf32>) {
  ^bb0(%v: f32, %s: f32, %o: f32):
    %q = arith.addf %v, %s : f32
    linalg.yield %q : f32
  } -> tensor<4x8xf32>
  %b = tensor.expand_shape %z [[0, 1], [2]] output_shape [1, 4, 8] : tensor<4x8xf32> into tensor<1x4x8xf32>
  return %b, %k2 : tensor<1x4x8xf32>, tensor<4x1xf32>
}

// 6 = 2·3 for the one and 3·2 for the other: no digits of an index are both.
// CHECK-LABEL: func.func @do_not_nest
// CHECK:       linalg.add
// CHECK:       norm.generic
// CHECK:       return
func.func @do_not_nest(%x: tensor<4x2x3xf32>, %s: tensor<4x3x2xf32>) -> tensor<4x3x2xf32> {
  %e = tensor.empty() : tensor<4x2x3xf32>
  %ey = tensor.empty() : tensor<4x3x2xf32>
  %h = linalg.add ins(%x, %x : tensor<4x2x3xf32>, tensor<4x2x3xf32>) outs(%e : tensor<4x2x3xf32>) -> tensor<4x2x3xf32>
  %m = tensor.collapse_shape %h [[0], [1, 2]] : tensor<4x2x3xf32> into tensor<4x6xf32>
  %w = tensor.expand_shape %m [[0], [1, 2]] output_shape [4, 3, 2] : tensor<4x6xf32> into tensor<4x3x2xf32>
  %y = norm.rms_norm ins(%w : tensor<4x3x2xf32>) outs(%ey : tensor<4x3x2xf32>) axes = [1, 2] epsilon = 1.0e-5
  return %y : tensor<4x3x2xf32>
}
