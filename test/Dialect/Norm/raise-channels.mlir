// RUN: norm-opt %s --norm-raise -split-input-file | FileCheck %s

// Group norm and instance norm: statistics of each sample, parameters along the
// channels.

//===--- Group norm ---===//

// Channels in groups as a dim of their own, and the affine on channels after
// both are one dim again, as PyTorch decomposes it.

#all5 = affine_map<(n, g, c, h, w) -> (n, g, c, h, w)>
#group = affine_map<(n, g, c, h, w) -> (n, g)>
#all4 = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>

// CHECK-LABEL: func @group_norm(
// CHECK-SAME:    %[[X:.*]]: tensor<2x6x4x5xf32>, %[[G:.*]]: tensor<6xf32>, %[[B:.*]]: tensor<6xf32>)
// CHECK:         %[[Y:.*]] = norm.group_norm ins(%[[X]] : tensor<2x6x4x5xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) outs(%{{.*}} : tensor<2x6x4x5xf32>)
// CHECK-SAME:      axes = [2, 3] channel_axis = 1 groups = 3 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @group_norm(%x: tensor<2x6x4x5xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>) -> tensor<2x6x4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 40.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x3x2x4x5xf32>
  %y_empty = tensor.empty() : tensor<2x6x4x5xf32>
  %zeros_empty = tensor.empty() : tensor<2x3xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x3xf32>) -> tensor<2x3xf32>
  %grouped = tensor.expand_shape %x [[0], [1, 2], [3], [4]] output_shape [2, 3, 2, 4, 5] : tensor<2x6x4x5xf32> into tensor<2x3x2x4x5xf32>
  %s = linalg.reduce { arith.addf } ins(%grouped : tensor<2x3x2x4x5xf32>) outs(%zeros : tensor<2x3xf32>) dimensions = [2, 3, 4]
  %ss = linalg.generic {indexing_maps = [#all5, #group, #group], iterator_types = ["parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%grouped, %s : tensor<2x3x2x4x5xf32>, tensor<2x3xf32>) outs(%zeros : tensor<2x3xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x3xf32>
  %normalized = linalg.generic {indexing_maps = [#all5, #group, #group, #all5], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%grouped, %s, %ss : tensor<2x3x2x4x5xf32>, tensor<2x3xf32>, tensor<2x3xf32>) outs(%empty : tensor<2x3x2x4x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    linalg.yield %dr : f32
  } -> tensor<2x3x2x4x5xf32>
  %joined = tensor.collapse_shape %normalized [[0], [1, 2], [3], [4]] : tensor<2x3x2x4x5xf32> into tensor<2x6x4x5xf32>
  %y = linalg.generic {indexing_maps = [#all4, #channel, #channel, #all4], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%joined, %gamma, %beta : tensor<2x6x4x5xf32>, tensor<6xf32>, tensor<6xf32>) outs(%y_empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %g: f32, %b: f32, %out: f32):
    %0 = arith.mulf %in, %g : f32
    %1 = arith.addf %0, %b : f32
    linalg.yield %1 : f32
  } -> tensor<2x6x4x5xf32>
  return %y : tensor<2x6x4x5xf32>
}

// -----

// All elements of a group in one dim.

#all3 = affine_map<(n, g, k) -> (n, g, k)>
#group = affine_map<(n, g, k) -> (n, g)>
#all4 = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>

// CHECK-LABEL: func @group_norm_flat(
// CHECK-SAME:    %[[X:.*]]: tensor<2x6x4x5xf32>, %[[G:.*]]: tensor<6xf32>, %[[B:.*]]: tensor<6xf32>)
// CHECK:         %[[Y:.*]] = norm.group_norm ins(%[[X]] : tensor<2x6x4x5xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) outs(%{{.*}} : tensor<2x6x4x5xf32>)
// CHECK-SAME:      axes = [2, 3] channel_axis = 1 groups = 3 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @group_norm_flat(%x: tensor<2x6x4x5xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>) -> tensor<2x6x4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 40.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x3x40xf32>
  %y_empty = tensor.empty() : tensor<2x6x4x5xf32>
  %zeros_empty = tensor.empty() : tensor<2x3xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x3xf32>) -> tensor<2x3xf32>
  %flat = tensor.collapse_shape %x [[0], [1, 2, 3]] : tensor<2x6x4x5xf32> into tensor<2x120xf32>
  %grouped = tensor.expand_shape %flat [[0], [1, 2]] output_shape [2, 3, 40] : tensor<2x120xf32> into tensor<2x3x40xf32>
  %s = linalg.reduce { arith.addf } ins(%grouped : tensor<2x3x40xf32>) outs(%zeros : tensor<2x3xf32>) dimensions = [2]
  %ss = linalg.generic {indexing_maps = [#all3, #group, #group], iterator_types = ["parallel", "parallel", "reduction"]} ins(%grouped, %s : tensor<2x3x40xf32>, tensor<2x3xf32>) outs(%zeros : tensor<2x3xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x3xf32>
  %normalized = linalg.generic {indexing_maps = [#all3, #group, #group, #all3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%grouped, %s, %ss : tensor<2x3x40xf32>, tensor<2x3xf32>, tensor<2x3xf32>) outs(%empty : tensor<2x3x40xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    linalg.yield %dr : f32
  } -> tensor<2x3x40xf32>
  %rows = tensor.collapse_shape %normalized [[0], [1, 2]] : tensor<2x3x40xf32> into tensor<2x120xf32>
  %joined = tensor.expand_shape %rows [[0], [1, 2, 3]] output_shape [2, 6, 4, 5] : tensor<2x120xf32> into tensor<2x6x4x5xf32>
  %y = linalg.generic {indexing_maps = [#all4, #channel, #channel, #all4], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%joined, %gamma, %beta : tensor<2x6x4x5xf32>, tensor<6xf32>, tensor<6xf32>) outs(%y_empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %g: f32, %b: f32, %out: f32):
    %0 = arith.mulf %in, %g : f32
    %1 = arith.addf %0, %b : f32
    linalg.yield %1 : f32
  } -> tensor<2x6x4x5xf32>
  return %y : tensor<2x6x4x5xf32>
}

// -----

// Channel last, as Flax computes it: the statistics of the groups are spread to
// the channels, and x is normalized in its own shape.

#all4 = affine_map<(n, h, g, c) -> (n, h, g, c)>
#group = affine_map<(n, h, g, c) -> (n, g)>
#all3 = affine_map<(n, h, c) -> (n, h, c)>
#ofchannel = affine_map<(n, h, c) -> (n, c)>
#channel = affine_map<(n, h, c) -> (c)>

// CHECK-LABEL: func @group_norm_channel_last(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x6xf32>, %[[G:.*]]: tensor<6xf32>, %[[B:.*]]: tensor<6xf32>)
// CHECK:         %[[Y:.*]] = norm.group_norm ins(%[[X]] : tensor<2x5x6xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) outs(%{{.*}} : tensor<2x5x6xf32>)
// CHECK-SAME:      axes = [1] channel_axis = 2 groups = 3 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @group_norm_channel_last(%x: tensor<2x5x6xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>) -> tensor<2x5x6xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 10.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %row_empty = tensor.empty() : tensor<2x3x2xf32>
  %empty = tensor.empty() : tensor<2x5x6xf32>
  %zeros_empty = tensor.empty() : tensor<2x3xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x3xf32>) -> tensor<2x3xf32>
  %grouped = tensor.expand_shape %x [[0], [1], [2, 3]] output_shape [2, 5, 3, 2] : tensor<2x5x6xf32> into tensor<2x5x3x2xf32>
  %s = linalg.reduce { arith.addf } ins(%grouped : tensor<2x5x3x2xf32>) outs(%zeros : tensor<2x3xf32>) dimensions = [1, 3]
  %ss = linalg.generic {indexing_maps = [#all4, #group, #group], iterator_types = ["parallel", "reduction", "parallel", "reduction"]} ins(%grouped, %s : tensor<2x5x3x2xf32>, tensor<2x3xf32>) outs(%zeros : tensor<2x3xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x3xf32>
  %sb = linalg.broadcast ins(%s : tensor<2x3xf32>) outs(%row_empty : tensor<2x3x2xf32>) dimensions = [2]
  %ssb = linalg.broadcast ins(%ss : tensor<2x3xf32>) outs(%row_empty : tensor<2x3x2xf32>) dimensions = [2]
  %sc = tensor.collapse_shape %sb [[0], [1, 2]] : tensor<2x3x2xf32> into tensor<2x6xf32>
  %ssc = tensor.collapse_shape %ssb [[0], [1, 2]] : tensor<2x3x2xf32> into tensor<2x6xf32>
  %y = linalg.generic {indexing_maps = [#all3, #ofchannel, #ofchannel, #channel, #channel, #all3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %sc, %ssc, %gamma, %beta : tensor<2x5x6xf32>, tensor<2x6xf32>, tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>) outs(%empty : tensor<2x5x6xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %b: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %0 = arith.addf %scaled, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x5x6xf32>
  return %y : tensor<2x5x6xf32>
}

// -----

// Parameters along another dim than the channels stay outside.

#all4 = affine_map<(n, h, g, c) -> (n, h, g, c)>
#group = affine_map<(n, h, g, c) -> (n, g)>
#all3 = affine_map<(n, h, c) -> (n, h, c)>
#ofchannel = affine_map<(n, h, c) -> (n, c)>
#other = affine_map<(n, h, c) -> (h)>

// CHECK-LABEL: func @parameters_of_other_dim(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x6xf32>, %[[G:.*]]: tensor<5xf32>, %[[B:.*]]: tensor<5xf32>)
// CHECK:         %[[N:.*]] = norm.group_norm ins(%[[X]] : tensor<2x5x6xf32>) outs(%{{.*}} : tensor<2x5x6xf32>) axes = [1] channel_axis = 2 groups = 3 epsilon = 9.765625E-4
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[G]], %[[B]], %[[N]] :
// CHECK:         return %[[Y]]
func.func @parameters_of_other_dim(%x: tensor<2x5x6xf32>, %gamma: tensor<5xf32>, %beta: tensor<5xf32>) -> tensor<2x5x6xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 10.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %row_empty = tensor.empty() : tensor<2x3x2xf32>
  %empty = tensor.empty() : tensor<2x5x6xf32>
  %zeros_empty = tensor.empty() : tensor<2x3xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x3xf32>) -> tensor<2x3xf32>
  %grouped = tensor.expand_shape %x [[0], [1], [2, 3]] output_shape [2, 5, 3, 2] : tensor<2x5x6xf32> into tensor<2x5x3x2xf32>
  %s = linalg.reduce { arith.addf } ins(%grouped : tensor<2x5x3x2xf32>) outs(%zeros : tensor<2x3xf32>) dimensions = [1, 3]
  %ss = linalg.generic {indexing_maps = [#all4, #group, #group], iterator_types = ["parallel", "reduction", "parallel", "reduction"]} ins(%grouped, %s : tensor<2x5x3x2xf32>, tensor<2x3xf32>) outs(%zeros : tensor<2x3xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x3xf32>
  %sb = linalg.broadcast ins(%s : tensor<2x3xf32>) outs(%row_empty : tensor<2x3x2xf32>) dimensions = [2]
  %ssb = linalg.broadcast ins(%ss : tensor<2x3xf32>) outs(%row_empty : tensor<2x3x2xf32>) dimensions = [2]
  %sc = tensor.collapse_shape %sb [[0], [1, 2]] : tensor<2x3x2xf32> into tensor<2x6xf32>
  %ssc = tensor.collapse_shape %ssb [[0], [1, 2]] : tensor<2x3x2xf32> into tensor<2x6xf32>
  %y = linalg.generic {indexing_maps = [#all3, #ofchannel, #ofchannel, #other, #other, #all3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %sc, %ssc, %gamma, %beta : tensor<2x5x6xf32>, tensor<2x6xf32>, tensor<2x6xf32>, tensor<5xf32>, tensor<5xf32>) outs(%empty : tensor<2x5x6xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %b: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %0 = arith.addf %scaled, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x5x6xf32>
  return %y : tensor<2x5x6xf32>
}

// Without the mean it is no group norm.

// CHECK-LABEL: func @rms_of_groups(
// CHECK-NOT:     norm.
// CHECK:         math.rsqrt
// CHECK-NOT:     norm.
// CHECK:         return
func.func @rms_of_groups(%x: tensor<2x5x6xf32>) -> tensor<2x5x6xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 10.0 : f32
  %row_empty = tensor.empty() : tensor<2x3x2xf32>
  %empty = tensor.empty() : tensor<2x5x6xf32>
  %zeros_empty = tensor.empty() : tensor<2x3xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x3xf32>) -> tensor<2x3xf32>
  %grouped = tensor.expand_shape %x [[0], [1], [2, 3]] output_shape [2, 5, 3, 2] : tensor<2x5x6xf32> into tensor<2x5x3x2xf32>
  %ss = linalg.generic {indexing_maps = [#all4, #group], iterator_types = ["parallel", "reduction", "parallel", "reduction"]} ins(%grouped : tensor<2x5x3x2xf32>) outs(%zeros : tensor<2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %xx, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x3xf32>
  %ssb = linalg.broadcast ins(%ss : tensor<2x3xf32>) outs(%row_empty : tensor<2x3x2xf32>) dimensions = [2]
  %ssc = tensor.collapse_shape %ssb [[0], [1, 2]] : tensor<2x3x2xf32> into tensor<2x6xf32>
  %y = linalg.generic {indexing_maps = [#all3, #ofchannel, #all3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %ssc : tensor<2x5x6xf32>, tensor<2x6xf32>) outs(%empty : tensor<2x5x6xf32>) {
  ^bb0(%in: f32, %squares: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %r = math.rsqrt %q : f32
    %0 = arith.mulf %in, %r : f32
    linalg.yield %0 : f32
  } -> tensor<2x5x6xf32>
  return %y : tensor<2x5x6xf32>
}

// Where the groups are a dim of their own it is an RMS norm over that shape.

// CHECK-LABEL: func @rms_of_expanded_groups(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x6xf32>)
// CHECK:         %[[XG:.*]] = tensor.expand_shape %[[X]]
// CHECK:         %[[N:.*]] = norm.rms_norm ins(%[[XG]] : tensor<2x5x3x2xf32>) outs(%{{.*}} : tensor<2x5x3x2xf32>) axes = [1, 3] epsilon = 0.0
// CHECK-NEXT:    %[[Y:.*]] = tensor.collapse_shape %[[N]]
// CHECK-NEXT:    return %[[Y]]
func.func @rms_of_expanded_groups(%x: tensor<2x5x6xf32>) -> tensor<2x5x6xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 10.0 : f32
  %empty = tensor.empty() : tensor<2x5x3x2xf32>
  %zeros_empty = tensor.empty() : tensor<2x3xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x3xf32>) -> tensor<2x3xf32>
  %grouped = tensor.expand_shape %x [[0], [1], [2, 3]] output_shape [2, 5, 3, 2] : tensor<2x5x6xf32> into tensor<2x5x3x2xf32>
  %ss = linalg.generic {indexing_maps = [#all4, #group], iterator_types = ["parallel", "reduction", "parallel", "reduction"]} ins(%grouped : tensor<2x5x3x2xf32>) outs(%zeros : tensor<2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %xx, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x3xf32>
  %y = linalg.generic {indexing_maps = [#all4, #group, #all4], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%grouped, %ss : tensor<2x5x3x2xf32>, tensor<2x3xf32>) outs(%empty : tensor<2x5x3x2xf32>) {
  ^bb0(%in: f32, %squares: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %r = math.rsqrt %q : f32
    %0 = arith.mulf %in, %r : f32
    linalg.yield %0 : f32
  } -> tensor<2x5x3x2xf32>
  %joined = tensor.collapse_shape %y [[0], [1], [2, 3]] : tensor<2x5x3x2xf32> into tensor<2x5x6xf32>
  return %joined : tensor<2x5x6xf32>
}

// -----

//===--- Instance norm ---===//

// Statistics over the spatial dims, parameters along the channels: a group norm
// with one channel a group.

#all = affine_map<(n, c, h, w) -> (n, c, h, w)>
#row = affine_map<(n, c, h, w) -> (n, c)>
#channel = affine_map<(n, c, h, w) -> (c)>

// CHECK-LABEL: func @instance_norm(
// CHECK-SAME:    %[[X:.*]]: tensor<2x6x4x5xf32>, %[[G:.*]]: tensor<6xf32>, %[[B:.*]]: tensor<6xf32>)
// CHECK:         %[[Y:.*]] = norm.group_norm ins(%[[X]] : tensor<2x6x4x5xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) outs(%{{.*}} : tensor<2x6x4x5xf32>)
// CHECK-NOT:       groups
// CHECK-SAME:      axes = [2, 3] channel_axis = 1 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @instance_norm(%x: tensor<2x6x4x5xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>) -> tensor<2x6x4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 20.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x6x4x5xf32>
  %zeros_empty = tensor.empty() : tensor<2x6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x6xf32>) -> tensor<2x6xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x6x4x5xf32>) outs(%zeros : tensor<2x6xf32>) dimensions = [2, 3]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x, %s : tensor<2x6x4x5xf32>, tensor<2x6xf32>) outs(%zeros : tensor<2x6xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x6xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #channel, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %gamma, %beta : tensor<2x6x4x5xf32>, tensor<2x6xf32>, tensor<2x6xf32>, tensor<6xf32>, tensor<6xf32>) outs(%empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %b: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %0 = arith.addf %scaled, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x6x4x5xf32>
  return %y : tensor<2x6x4x5xf32>
}

// Without parameters it is a layer norm over the spatial dims.

// CHECK-LABEL: func @instance_norm_without_affine(
// CHECK-SAME:    %[[X:.*]]: tensor<2x6x4x5xf32>)
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x6x4x5xf32>) outs(%{{.*}} : tensor<2x6x4x5xf32>) axes = [2, 3] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @instance_norm_without_affine(%x: tensor<2x6x4x5xf32>) -> tensor<2x6x4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 20.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x6x4x5xf32>
  %zeros_empty = tensor.empty() : tensor<2x6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x6xf32>) -> tensor<2x6xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x6x4x5xf32>) outs(%zeros : tensor<2x6xf32>) dimensions = [2, 3]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x, %s : tensor<2x6x4x5xf32>, tensor<2x6xf32>) outs(%zeros : tensor<2x6xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x6xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %s, %ss : tensor<2x6x4x5xf32>, tensor<2x6xf32>, tensor<2x6xf32>) outs(%empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    linalg.yield %dr : f32
  } -> tensor<2x6x4x5xf32>
  return %y : tensor<2x6x4x5xf32>
}

// Parameters along the batch: no channel. They stay outside.

#batch = affine_map<(n, c, h, w) -> (n)>

// CHECK-LABEL: func @parameters_of_samples(
// CHECK-SAME:    %[[X:.*]]: tensor<2x6x4x5xf32>, %[[G:.*]]: tensor<2xf32>, %[[B:.*]]: tensor<2xf32>)
// CHECK:         %[[N:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x6x4x5xf32>) outs(%{{.*}} : tensor<2x6x4x5xf32>) axes = [2, 3] epsilon = 9.765625E-4
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[G]], %[[B]], %[[N]] :
// CHECK-NEXT:    ^bb0(%[[GI:.*]]: f32, %[[BI:.*]]: f32, %[[NI:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[S:.*]] = arith.mulf %[[NI]], %[[GI]]
// CHECK-NEXT:      %[[R:.*]] = arith.addf %[[S]], %[[BI]]
// CHECK-NEXT:      linalg.yield %[[R]]
// CHECK:         return %[[Y]]
func.func @parameters_of_samples(%x: tensor<2x6x4x5xf32>, %gamma: tensor<2xf32>, %beta: tensor<2xf32>) -> tensor<2x6x4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 20.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x6x4x5xf32>
  %zeros_empty = tensor.empty() : tensor<2x6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x6xf32>) -> tensor<2x6xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x6x4x5xf32>) outs(%zeros : tensor<2x6xf32>) dimensions = [2, 3]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x, %s : tensor<2x6x4x5xf32>, tensor<2x6xf32>) outs(%zeros : tensor<2x6xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x6xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #batch, #batch, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %gamma, %beta : tensor<2x6x4x5xf32>, tensor<2x6xf32>, tensor<2x6xf32>, tensor<2xf32>, tensor<2xf32>) outs(%empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %b: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %0 = arith.addf %scaled, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x6x4x5xf32>
  return %y : tensor<2x6x4x5xf32>
}
