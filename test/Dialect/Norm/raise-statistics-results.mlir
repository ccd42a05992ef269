// RUN: norm-opt %s --norm-raise | FileCheck %s
// RUN: norm-opt %s --norm-raise=allow-f64-demote | FileCheck %s --check-prefix=DEMOTE

// Statistics that are used by others, as training saves them, are results of the
// operation.

#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#keep = affine_map<(d0, d1) -> (d0, 0)>
#col = affine_map<(d0, d1) -> (d1)>
#all4 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d1)>
#group = affine_map<(d0, d1, d2, d3) -> (d0, d1)>

// Mean and inverse root, without the reduced dim.

// CHECK-LABEL: func @mean_and_rstd(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]]:3 = norm.layer_norm ins(%[[X]] : tensor<4x8xf32>) gamma(%[[G]] : tensor<8xf32>) outs(%{{.*}} : tensor<4x8xf32>) mean(%{{.*}} : tensor<4xf32>) rstd(%{{.*}} : tensor<4xf32>)
// CHECK-SAME:      axes = [1] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]#0, %[[Y]]#1, %[[Y]]#2
func.func @mean_and_rstd(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %ns = arith.constant dense<8.0> : tensor<4xf32>
  %epss = arith.constant dense<9.765625e-04> : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %ns : tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %mean : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%in: f32, %m: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %v = arith.divf %ss, %ns : tensor<4xf32>
  %ve = arith.addf %v, %epss : tensor<4xf32>
  %rstd = math.rsqrt %ve : tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %mean, %rstd, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %m: f32, %r: f32, %g: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dr = arith.mulf %d, %r : f32
    %0 = arith.mulf %dr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %y, %mean, %rstd : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>
}

// With the reduced dim as one of size 1, and without it: both are reshapes of
// the result.

// CHECK-LABEL: func @both_shapes(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]]:2 = norm.layer_norm ins(%[[X]] : tensor<4x8xf32>) outs(%{{.*}} : tensor<4x8xf32>) mean(%{{.*}} : tensor<4xf32>) axes = [1]
// CHECK-NOT:     linalg
// CHECK:         %[[K:.*]] = tensor.expand_shape %[[Y]]#1 {{\[}}[0, 1]] output_shape [4, 1] : tensor<4xf32> into tensor<4x1xf32>
// CHECK-NOT:     linalg
// CHECK:         return %[[Y]]#0, %[[Y]]#1, %[[K]]
func.func @both_shapes(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4xf32>, tensor<4x1xf32>) {
  %zero = arith.constant 0.0 : f32
  %ns = arith.constant dense<8.0> : tensor<4xf32>
  %epss = arith.constant dense<9.765625e-04> : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %ns : tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %mean : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%in: f32, %m: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %v = arith.divf %ss, %ns : tensor<4xf32>
  %ve = arith.addf %v, %epss : tensor<4xf32>
  %rstd = math.rsqrt %ve : tensor<4xf32>
  %kept = tensor.expand_shape %mean [[0, 1]] output_shape [4, 1] : tensor<4xf32> into tensor<4x1xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %mean, %rstd : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %m: f32, %r: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dr = arith.mulf %d, %r : f32
    linalg.yield %dr : f32
  } -> tensor<4x8xf32>
  return %y, %mean, %kept : tensor<4x8xf32>, tensor<4xf32>, tensor<4x1xf32>
}

// From a reduction that keeps the dim.

// CHECK-LABEL: func @kept_dim(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]]:2 = norm.rms_norm ins(%[[X]] : tensor<4x8xf32>) outs(%{{.*}} : tensor<4x8xf32>) rstd(%{{.*}} : tensor<4xf32>) axes = [1]
// CHECK-NEXT:    %[[K:.*]] = tensor.expand_shape %[[Y]]#1 {{\[}}[0, 1]] output_shape [4, 1] : tensor<4xf32> into tensor<4x1xf32>
// CHECK-NEXT:    return %[[Y]]#0, %[[K]]
func.func @kept_dim(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x1xf32>) {
  %zero = arith.constant 0.0 : f32
  %ns = arith.constant dense<8.0> : tensor<4x1xf32>
  %epss = arith.constant dense<9.765625e-04> : tensor<4x1xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros_empty = tensor.empty() : tensor<4x1xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4x1xf32>) -> tensor<4x1xf32>
  %ss = linalg.generic {indexing_maps = [#all, #keep], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<4x1xf32>
  %q = arith.divf %ss, %ns : tensor<4x1xf32>
  %qe = arith.addf %q, %epss : tensor<4x1xf32>
  %rstd = math.rsqrt %qe : tensor<4x1xf32>
  %y = linalg.generic {indexing_maps = [#all, #keep, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %rstd : tensor<4x8xf32>, tensor<4x1xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %r: f32, %out: f32):
    %0 = arith.mulf %in, %r : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %y, %rstd : tensor<4x8xf32>, tensor<4x1xf32>
}

// A mean that gamma is computed from: the operation cannot stand before that use,
// and the sum stays.

// CHECK-LABEL: func @used_for_gamma(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[W:.*]]: tensor<4x8xf32>)
// CHECK:         %[[S:.*]] = linalg.reduce
// CHECK:         %[[M:.*]] = arith.divf %[[S]],
// CHECK:         %[[GG:.*]] = linalg.generic {{.*}} ins(%[[W]], %[[M]] :
// CHECK:         %[[Y:.*]]:2 = norm.layer_norm ins(%[[X]] : tensor<4x8xf32>) gamma(%[[GG]] : tensor<8xf32>)
// CHECK-NEXT:    return %[[Y]]#0, %[[Y]]#1
func.func @used_for_gamma(%x: tensor<4x8xf32>, %init: tensor<8xf32>, %w: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %ns = arith.constant dense<8.0> : tensor<4xf32>
  %epss = arith.constant dense<9.765625e-04> : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %ns : tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %mean : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%in: f32, %m: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %v = arith.divf %ss, %ns : tensor<4xf32>
  %ve = arith.addf %v, %epss : tensor<4xf32>
  %rstd = math.rsqrt %ve : tensor<4xf32>
  %gamma = linalg.generic {indexing_maps = [#all, #row, #col], iterator_types = ["reduction", "parallel"]} ins(%w, %mean : tensor<4x8xf32>, tensor<4xf32>) outs(%init : tensor<8xf32>) {
  ^bb0(%wi: f32, %m: f32, %out: f32):
    %wm = arith.mulf %wi, %m : f32
    %0 = arith.addf %out, %wm : f32
    linalg.yield %0 : f32
  } -> tensor<8xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %mean, %rstd, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %m: f32, %r: f32, %g: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dr = arith.mulf %d, %r : f32
    %0 = arith.mulf %dr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %y, %mean : tensor<4x8xf32>, tensor<4xf32>
}

// The variance itself is no result of a layer norm: it stays as it is computed,
// from the operation's mean.

// CHECK-LABEL: func @variance_of_rows(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>)
// CHECK:         %[[Y:.*]]:2 = norm.layer_norm ins(%[[X]] : tensor<4x8xf32>) outs(%{{.*}} : tensor<4x8xf32>) mean(%{{.*}} : tensor<4xf32>) axes = [1]
// CHECK:         %[[S:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[Y]]#1 :
// CHECK:         %[[V:.*]] = arith.divf %[[S]],
// CHECK-NOT:     math.rsqrt
// CHECK:         return %[[Y]]#0, %[[V]]
func.func @variance_of_rows(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %ns = arith.constant dense<8.0> : tensor<4xf32>
  %epss = arith.constant dense<9.765625e-04> : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %ns : tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %mean : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%in: f32, %m: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %v = arith.divf %ss, %ns : tensor<4xf32>
  %ve = arith.addf %v, %epss : tensor<4xf32>
  %rstd = math.rsqrt %ve : tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %mean, %rstd : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %m: f32, %r: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dr = arith.mulf %d, %r : f32
    linalg.yield %dr : f32
  } -> tensor<4x8xf32>
  return %y, %v : tensor<4x8xf32>, tensor<4xf32>
}

// Group norm: statistics of samples and groups.

// CHECK-LABEL: func @group_norm(
// CHECK-SAME:    %[[X:.*]]: tensor<2x6x5xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]]:3 = norm.group_norm ins(%[[X]] : tensor<2x6x5xf32>) outs(%{{.*}} : tensor<2x6x5xf32>) mean(%{{.*}} : tensor<2x3xf32>) rstd(%{{.*}} : tensor<2x3xf32>)
// CHECK-SAME:      axes = [2] channel_axis = 1 groups = 3 epsilon = 9.765625E-4
// CHECK-NOT:     linalg
// CHECK:         return %[[Y]]#0, %[[Y]]#1, %[[Y]]#2
func.func @group_norm(%x: tensor<2x6x5xf32>) -> (tensor<2x6x5xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %zero = arith.constant 0.0 : f32
  %ns = arith.constant dense<10.0> : tensor<2x3xf32>
  %epss = arith.constant dense<9.765625e-04> : tensor<2x3xf32>
  %empty = tensor.empty() : tensor<2x3x2x5xf32>
  %zeros_empty = tensor.empty() : tensor<2x3xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x3xf32>) -> tensor<2x3xf32>
  %grouped = tensor.expand_shape %x [[0], [1, 2], [3]] output_shape [2, 3, 2, 5] : tensor<2x6x5xf32> into tensor<2x3x2x5xf32>
  %s = linalg.reduce { arith.addf } ins(%grouped : tensor<2x3x2x5xf32>) outs(%zeros : tensor<2x3xf32>) dimensions = [2, 3]
  %mean = arith.divf %s, %ns : tensor<2x3xf32>
  %ss = linalg.generic {indexing_maps = [#all4, #group, #group], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%grouped, %mean : tensor<2x3x2x5xf32>, tensor<2x3xf32>) outs(%zeros : tensor<2x3xf32>) {
  ^bb0(%in: f32, %m: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x3xf32>
  %v = arith.divf %ss, %ns : tensor<2x3xf32>
  %ve = arith.addf %v, %epss : tensor<2x3xf32>
  %rstd = math.rsqrt %ve : tensor<2x3xf32>
  %normalized = linalg.generic {indexing_maps = [#all4, #group, #group, #all4], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%grouped, %mean, %rstd : tensor<2x3x2x5xf32>, tensor<2x3xf32>, tensor<2x3xf32>) outs(%empty : tensor<2x3x2x5xf32>) {
  ^bb0(%in: f32, %m: f32, %r: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %0 = arith.mulf %d, %r : f32
    linalg.yield %0 : f32
  } -> tensor<2x3x2x5xf32>
  %y = tensor.collapse_shape %normalized [[0], [1, 2], [3]] : tensor<2x3x2x5xf32> into tensor<2x6x5xf32>
  return %y, %mean, %rstd : tensor<2x6x5xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// Batch norm: mean and variance, and what becomes of them. The running variance
// takes n / (n − 1) of the batch's.

// CHECK-LABEL: func @running_statistics(
// CHECK-SAME:    %[[X:[^:]*]]: tensor<2x6x4x5xf32>, %[[G:[^:]*]]: tensor<6xf32>, %[[B:[^:]*]]: tensor<6xf32>, %[[RM:[^:]*]]: tensor<6xf32>, %[[RV:[^:]*]]: tensor<6xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]]:3 = norm.batch_norm_training ins(%[[X]] : tensor<2x6x4x5xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) outs(%{{.*}} : tensor<2x6x4x5xf32>) mean(%{{.*}} : tensor<6xf32>) variance(%{{.*}} : tensor<6xf32>)
// CHECK-SAME:      channel_axis = 1 epsilon = 9.765625E-4
// CHECK-NOT:     linalg
// CHECK:         %[[M:.*]] = arith.mulf %[[Y]]#1, %{{.*}}
// CHECK:         %[[MM:.*]] = arith.addf %{{.*}}, %[[M]]
// CHECK:         %[[U:.*]] = arith.mulf %[[Y]]#2, %{{.*}}
// CHECK:         %[[V:.*]] = arith.mulf %[[U]], %{{.*}}
// CHECK:         %[[VV:.*]] = arith.addf %{{.*}}, %[[V]]
// CHECK-NOT:     linalg
// CHECK:         return %[[Y]]#0, %[[MM]], %[[VV]]
func.func @running_statistics(%x: tensor<2x6x4x5xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>, %running_mean: tensor<6xf32>, %running_variance: tensor<6xf32>) -> (tensor<2x6x4x5xf32>, tensor<6xf32>, tensor<6xf32>) {
  %zero = arith.constant 0.0 : f32
  %ns = arith.constant dense<40.0> : tensor<6xf32>
  %epss = arith.constant dense<9.765625e-04> : tensor<6xf32>
  %momentum = arith.constant dense<0.125> : tensor<6xf32>
  %rest = arith.constant dense<0.875> : tensor<6xf32>
  %unbiased = arith.constant dense<1.02564108> : tensor<6xf32>
  %empty = tensor.empty() : tensor<2x6x4x5xf32>
  %zeros_empty = tensor.empty() : tensor<6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<6xf32>) -> tensor<6xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x6x4x5xf32>) outs(%zeros : tensor<6xf32>) dimensions = [0, 2, 3]
  %mean = arith.divf %s, %ns : tensor<6xf32>
  %ss = linalg.generic {indexing_maps = [#all4, #channel, #channel], iterator_types = ["reduction", "parallel", "reduction", "reduction"]} ins(%x, %mean : tensor<2x6x4x5xf32>, tensor<6xf32>) outs(%zeros : tensor<6xf32>) {
  ^bb0(%in: f32, %m: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %v = arith.divf %ss, %ns : tensor<6xf32>
  %ve = arith.addf %v, %epss : tensor<6xf32>
  %rstd = math.rsqrt %ve : tensor<6xf32>
  %y = linalg.generic {indexing_maps = [#all4, #channel, #channel, #channel, #channel, #all4], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %mean, %rstd, %gamma, %beta : tensor<2x6x4x5xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) outs(%empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %m: f32, %r: f32, %g: f32, %b: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %0 = arith.addf %scaled, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x6x4x5xf32>
  %old_mean = arith.mulf %running_mean, %rest : tensor<6xf32>
  %new_mean = arith.mulf %mean, %momentum : tensor<6xf32>
  %next_mean = arith.addf %old_mean, %new_mean : tensor<6xf32>
  %old_variance = arith.mulf %running_variance, %rest : tensor<6xf32>
  %unbiased_variance = arith.mulf %v, %unbiased : tensor<6xf32>
  %new_variance = arith.mulf %unbiased_variance, %momentum : tensor<6xf32>
  %next_variance = arith.addf %old_variance, %new_variance : tensor<6xf32>
  return %y, %next_mean, %next_variance : tensor<2x6x4x5xf32>, tensor<6xf32>, tensor<6xf32>
}

// Everything in f64: so are the operation and its statistics.

// CHECK-LABEL: func @wide(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]]:2 = norm.layer_norm ins(%[[X]] : tensor<4x8xf32>) outs(%{{.*}} : tensor<4x8xf32>) mean(%{{.*}} : tensor<4xf64>) axes = [1] epsilon = 9.765625E-4 compute_type = f64
// CHECK-NEXT:    return %[[Y]]#0, %[[Y]]#1
func.func @wide(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4xf64>) {
  %zero = arith.constant 0.0 : f64
  %ns = arith.constant dense<8.0> : tensor<4xf64>
  %epss = arith.constant dense<9.765625e-04> : tensor<4xf64>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros_empty = tensor.empty() : tensor<4xf64>
  %zeros = linalg.fill ins(%zero : f64) outs(%zeros_empty : tensor<4xf64>) -> tensor<4xf64>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf64>) {
  ^bb0(%in: f32, %out: f64):
    %wide = arith.extf %in : f32 to f64
    %0 = arith.addf %out, %wide : f64
    linalg.yield %0 : f64
  } -> tensor<4xf64>
  %mean = arith.divf %s, %ns : tensor<4xf64>
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %mean : tensor<4x8xf32>, tensor<4xf64>) outs(%zeros : tensor<4xf64>) {
  ^bb0(%in: f32, %m: f64, %out: f64):
    %wide = arith.extf %in : f32 to f64
    %d = arith.subf %wide, %m : f64
    %dd = arith.mulf %d, %d : f64
    %0 = arith.addf %dd, %out : f64
    linalg.yield %0 : f64
  } -> tensor<4xf64>
  %v = arith.divf %ss, %ns : tensor<4xf64>
  %ve = arith.addf %v, %epss : tensor<4xf64>
  %rstd = math.rsqrt %ve : tensor<4xf64>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %mean, %rstd : tensor<4x8xf32>, tensor<4xf64>, tensor<4xf64>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %m: f64, %r: f64, %out: f32):
    %wide = arith.extf %in : f32 to f64
    %d = arith.subf %wide, %m : f64
    %dr = arith.mulf %d, %r : f64
    %0 = arith.truncf %dr : f64 to f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %y, %mean : tensor<4x8xf32>, tensor<4xf64>
}

// The statistics alone in f64. Where the operation may compute in f32, what others
// use of them stays in f64, and what is in f32 is a result.

// CHECK-LABEL: func @wide_statistics(
// CHECK-NOT:     norm.
// CHECK:         return
// DEMOTE-LABEL: func @wide_statistics(
// DEMOTE-SAME:    %[[X:.*]]: tensor<4x8xf32>)
// DEMOTE:         %[[Y:.*]]:2 = norm.layer_norm ins(%[[X]] : tensor<4x8xf32>) outs(%{{[^,]*}} : tensor<4x8xf32>) mean(%{{.*}} : tensor<4xf32>) axes = [1] epsilon = 9.765625E-4 {norm.tier = "f64-demote"}
// DEMOTE:         %[[S:.*]] = linalg.generic
// DEMOTE:         %[[M:.*]] = arith.divf %[[S]], %{{.*}} : tensor<4xf64>
// DEMOTE:         return %[[Y]]#0, %[[Y]]#1, %[[M]] : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf64>
func.func @wide_statistics(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4xf32>, tensor<4xf64>) {
  %zero = arith.constant 0.0 : f64
  %ns = arith.constant dense<8.0> : tensor<4xf64>
  %epss = arith.constant dense<9.765625e-04> : tensor<4xf64>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros_empty = tensor.empty() : tensor<4xf64>
  %zeros = linalg.fill ins(%zero : f64) outs(%zeros_empty : tensor<4xf64>) -> tensor<4xf64>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf64>) {
  ^bb0(%in: f32, %out: f64):
    %wide = arith.extf %in : f32 to f64
    %0 = arith.addf %out, %wide : f64
    linalg.yield %0 : f64
  } -> tensor<4xf64>
  %mean = arith.divf %s, %ns : tensor<4xf64>
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %mean : tensor<4x8xf32>, tensor<4xf64>) outs(%zeros : tensor<4xf64>) {
  ^bb0(%in: f32, %m: f64, %out: f64):
    %wide = arith.extf %in : f32 to f64
    %d = arith.subf %wide, %m : f64
    %dd = arith.mulf %d, %d : f64
    %0 = arith.addf %dd, %out : f64
    linalg.yield %0 : f64
  } -> tensor<4xf64>
  %v = arith.divf %ss, %ns : tensor<4xf64>
  %ve = arith.addf %v, %epss : tensor<4xf64>
  %rstd = math.rsqrt %ve : tensor<4xf64>
  %mean32 = arith.truncf %mean : tensor<4xf64> to tensor<4xf32>
  %rstd32 = arith.truncf %rstd : tensor<4xf64> to tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %mean32, %rstd32 : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %m: f32, %r: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %dr = arith.mulf %d, %r : f32
    linalg.yield %dr : f32
  } -> tensor<4x8xf32>
  return %y, %mean32, %mean : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf64>
}
