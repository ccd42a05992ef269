// RUN: norm-opt %s --norm-raise | FileCheck %s

// Reshapes and transposes around a normalization, between its parts, and of its
// parameters. The operation works on the shape of its result, where it can.

#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#col = affine_map<(d0, d1) -> (d1)>
#all3 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#row3 = affine_map<(d0, d1, d2) -> (d0, d1)>
#one3 = affine_map<(d0, d1, d2) -> (d0)>
#params = affine_map<(d0, d1, d2) -> (d1, d2)>
#mid3 = affine_map<(d0, d1, d2) -> (d1)>
#last3 = affine_map<(d0, d1, d2) -> (d2)>

// All rows in one dim, and back.

// CHECK-LABEL: func @flattened(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<2x3x8xf32>) gamma(%[[G]] : tensor<8xf32>) outs(%{{.*}} : tensor<2x3x8xf32>) axes = [2] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @flattened(%x: tensor<2x3x8xf32>, %gamma: tensor<8xf32>) -> tensor<2x3x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<6x8xf32>
  %zeros_empty = tensor.empty() : tensor<6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<6xf32>) -> tensor<6xf32>
  %flat = tensor.collapse_shape %x [[0, 1], [2]] : tensor<2x3x8xf32> into tensor<6x8xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%flat : tensor<6x8xf32>) outs(%zeros : tensor<6xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%flat, %ss, %gamma : tensor<6x8xf32>, tensor<6xf32>, tensor<8xf32>) outs(%empty : tensor<6x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %xr = arith.mulf %in, %r : f32
    %0 = arith.mulf %xr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<6x8xf32>
  %back = tensor.expand_shape %y [[0, 1], [2]] output_shape [2, 3, 8] : tensor<6x8xf32> into tensor<2x3x8xf32>
  return %back : tensor<2x3x8xf32>
}

// The statistics of the flattened rows, the rest in x's own shape.

// CHECK-LABEL: func @statistics_flattened(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<2x3x8xf32>) gamma(%[[G]] : tensor<8xf32>) outs(%{{.*}} : tensor<2x3x8xf32>) axes = [2] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @statistics_flattened(%x: tensor<2x3x8xf32>, %gamma: tensor<8xf32>) -> tensor<2x3x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x3x8xf32>
  %zeros_empty = tensor.empty() : tensor<6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<6xf32>) -> tensor<6xf32>
  %flat = tensor.collapse_shape %x [[0, 1], [2]] : tensor<2x3x8xf32> into tensor<6x8xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%flat : tensor<6x8xf32>) outs(%zeros : tensor<6xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %ss3 = tensor.expand_shape %ss [[0, 1]] output_shape [2, 3] : tensor<6xf32> into tensor<2x3xf32>
  %y = linalg.generic {indexing_maps = [#all3, #row3, #last3, #all3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %ss3, %gamma : tensor<2x3x8xf32>, tensor<2x3xf32>, tensor<8xf32>) outs(%empty : tensor<2x3x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %xr = arith.mulf %in, %r : f32
    %0 = arith.mulf %xr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<2x3x8xf32>
  return %y : tensor<2x3x8xf32>
}

// Two normalized dims in one.

// CHECK-LABEL: func @normalized_dims_merged(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x8xf32>, %[[G:.*]]: tensor<3x8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<2x3x8xf32>) gamma(%[[G]] : tensor<3x8xf32>) outs(%{{.*}} : tensor<2x3x8xf32>) axes = [1, 2] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @normalized_dims_merged(%x: tensor<2x3x8xf32>, %gamma: tensor<3x8xf32>) -> tensor<2x3x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 24.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x3x8xf32>
  %zeros_empty = tensor.empty() : tensor<2xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2xf32>) -> tensor<2xf32>
  %merged = tensor.collapse_shape %x [[0], [1, 2]] : tensor<2x3x8xf32> into tensor<2x24xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%merged : tensor<2x24xf32>) outs(%zeros : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<2xf32>
  %y = linalg.generic {indexing_maps = [#all3, #one3, #params, #all3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %ss, %gamma : tensor<2x3x8xf32>, tensor<2xf32>, tensor<3x8xf32>) outs(%empty : tensor<2x3x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %xr = arith.mulf %in, %r : f32
    %0 = arith.mulf %xr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<2x3x8xf32>
  return %y : tensor<2x3x8xf32>
}

// Parameters along merged dims are given the dims of x.

// CHECK-LABEL: func @parameters_merged(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x8xf32>, %[[G:.*]]: tensor<24xf32>)
// CHECK:         %[[P:.*]] = tensor.expand_shape %[[G]] {{\[}}[0, 1]] output_shape [3, 8] : tensor<24xf32> into tensor<3x8xf32>
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<2x3x8xf32>) gamma(%[[P]] : tensor<3x8xf32>) outs(%{{.*}} : tensor<2x3x8xf32>) axes = [1, 2] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @parameters_merged(%x: tensor<2x3x8xf32>, %gamma: tensor<24xf32>) -> tensor<2x3x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 24.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x24xf32>
  %zeros_empty = tensor.empty() : tensor<2xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2xf32>) -> tensor<2xf32>
  %merged = tensor.collapse_shape %x [[0], [1, 2]] : tensor<2x3x8xf32> into tensor<2x24xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%merged : tensor<2x24xf32>) outs(%zeros : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<2xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%merged, %ss, %gamma : tensor<2x24xf32>, tensor<2xf32>, tensor<24xf32>) outs(%empty : tensor<2x24xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %xr = arith.mulf %in, %r : f32
    %0 = arith.mulf %xr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<2x24xf32>
  %back = tensor.expand_shape %y [[0], [1, 2]] output_shape [2, 3, 8] : tensor<2x24xf32> into tensor<2x3x8xf32>
  return %back : tensor<2x3x8xf32>
}

// The batch norm trick: the rows are channels of a batch of one, and scale and
// bias are applied to the original shape.

// CHECK-LABEL: func @batch_norm_of_rows(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x3x8xf32>) gamma(%[[G]] : tensor<8xf32>) beta(%[[B]] : tensor<8xf32>) outs(%{{.*}} : tensor<2x3x8xf32>) axes = [2] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @batch_norm_of_rows(%x: tensor<2x3x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<2x3x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %bn_empty = tensor.empty() : tensor<1x6x8xf32>
  %empty = tensor.empty() : tensor<2x3x8xf32>
  %zeros_empty = tensor.empty() : tensor<6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<6xf32>) -> tensor<6xf32>
  %flat = tensor.collapse_shape %x [[0, 1], [2]] : tensor<2x3x8xf32> into tensor<6x8xf32>
  %rows = tensor.expand_shape %flat [[0, 1], [2]] output_shape [1, 6, 8] : tensor<6x8xf32> into tensor<1x6x8xf32>
  %s = linalg.reduce { arith.addf } ins(%rows : tensor<1x6x8xf32>) outs(%zeros : tensor<6xf32>) dimensions = [0, 2]
  %ss = linalg.generic {indexing_maps = [#all3, #mid3, #mid3], iterator_types = ["reduction", "parallel", "reduction"]} ins(%rows, %s : tensor<1x6x8xf32>, tensor<6xf32>) outs(%zeros : tensor<6xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %normalized = linalg.generic {indexing_maps = [#all3, #mid3, #mid3, #all3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%rows, %s, %ss : tensor<1x6x8xf32>, tensor<6xf32>, tensor<6xf32>) outs(%bn_empty : tensor<1x6x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    linalg.yield %dr : f32
  } -> tensor<1x6x8xf32>
  %joined = tensor.collapse_shape %normalized [[0, 1], [2]] : tensor<1x6x8xf32> into tensor<6x8xf32>
  %back = tensor.expand_shape %joined [[0, 1], [2]] output_shape [2, 3, 8] : tensor<6x8xf32> into tensor<2x3x8xf32>
  %y = linalg.generic {indexing_maps = [#all3, #last3, #last3, #all3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%back, %gamma, %beta : tensor<2x3x8xf32>, tensor<8xf32>, tensor<8xf32>) outs(%empty : tensor<2x3x8xf32>) {
  ^bb0(%in: f32, %g: f32, %b: f32, %out: f32):
    %0 = arith.mulf %in, %g : f32
    %1 = arith.addf %0, %b : f32
    linalg.yield %1 : f32
  } -> tensor<2x3x8xf32>
  return %y : tensor<2x3x8xf32>
}

// Between two transposes, as ConvNeXt normalizes channels: they vanish where the
// operation works along any dim.

// CHECK-LABEL: func @between_transposes(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x8xf32>, %[[G:.*]]: tensor<3xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<2x3x8xf32>) gamma(%[[G]] : tensor<3xf32>) outs(%{{.*}} : tensor<2x3x8xf32>) axes = [1] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @between_transposes(%x: tensor<2x3x8xf32>, %gamma: tensor<3xf32>) -> tensor<2x3x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 3.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x8x3xf32>
  %y_empty = tensor.empty() : tensor<2x3x8xf32>
  %zeros_empty = tensor.empty() : tensor<2x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x8xf32>) -> tensor<2x8xf32>
  %last = linalg.transpose ins(%x : tensor<2x3x8xf32>) outs(%empty : tensor<2x8x3xf32>) permutation = [0, 2, 1]
  %ss = linalg.generic {indexing_maps = [#all3, #row3], iterator_types = ["parallel", "parallel", "reduction"]} ins(%last : tensor<2x8x3xf32>) outs(%zeros : tensor<2x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<2x8xf32>
  %y = linalg.generic {indexing_maps = [#all3, #row3, #last3, #all3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%last, %ss, %gamma : tensor<2x8x3xf32>, tensor<2x8xf32>, tensor<3xf32>) outs(%empty : tensor<2x8x3xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %xr = arith.mulf %in, %r : f32
    %0 = arith.mulf %xr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<2x8x3xf32>
  %first = linalg.transpose ins(%y : tensor<2x8x3xf32>) outs(%y_empty : tensor<2x3x8xf32>) permutation = [0, 2, 1]
  return %first : tensor<2x3x8xf32>
}

// Fused into the body that applies the root.

#swapped3 = affine_map<(d0, d1, d2) -> (d0, d2, d1)>
#first3 = affine_map<(d0, d1, d2) -> (d0, d2)>

// CHECK-LABEL: func @transpose_in_body(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK:         %[[N:.*]] = norm.rms_norm ins(%[[X]] : tensor<2x3x8xf32>) gamma(%[[G]] : tensor<8xf32>) outs(%{{.*}} : tensor<2x3x8xf32>) axes = [2] epsilon = 9.765625E-4
// CHECK:         %[[Y:.*]] = linalg.transpose ins(%[[N]] : tensor<2x3x8xf32>) outs(%{{.*}} : tensor<2x8x3xf32>) permutation = [0, 2, 1]
// CHECK-NEXT:    return %[[Y]]
func.func @transpose_in_body(%x: tensor<2x3x8xf32>, %gamma: tensor<8xf32>) -> tensor<2x8x3xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x8x3xf32>
  %zeros_empty = tensor.empty() : tensor<2x3xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x3xf32>) -> tensor<2x3xf32>
  %ss = linalg.generic {indexing_maps = [#all3, #row3], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x : tensor<2x3x8xf32>) outs(%zeros : tensor<2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<2x3xf32>
  %y = linalg.generic {indexing_maps = [#swapped3, #first3, #mid3, #all3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %ss, %gamma : tensor<2x3x8xf32>, tensor<2x3xf32>, tensor<8xf32>) outs(%empty : tensor<2x8x3xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %xr = arith.mulf %in, %r : f32
    %0 = arith.mulf %xr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<2x8x3xf32>
  return %y : tensor<2x8x3xf32>
}

// Of dynamic size.

// CHECK-LABEL: func @dynamic_rows(
// CHECK-SAME:    %[[X:.*]]: tensor<?x3x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[N:.*]] = norm.rms_norm ins(%[[X]] : tensor<?x3x8xf32>) gamma(%[[G]] : tensor<8xf32>) outs(%{{.*}} : tensor<?x3x8xf32>) axes = [2] epsilon = 9.765625E-4
// CHECK-NOT:     linalg
// CHECK:         return %[[N]]
func.func @dynamic_rows(%x: tensor<?x3x8xf32>, %gamma: tensor<8xf32>) -> tensor<?x3x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %c0 = arith.constant 0 : index
  %size = tensor.dim %x, %c0 : tensor<?x3x8xf32>
  %flat = tensor.collapse_shape %x [[0, 1], [2]] : tensor<?x3x8xf32> into tensor<?x8xf32>
  %num_rows = tensor.dim %flat, %c0 : tensor<?x8xf32>
  %empty = tensor.empty(%num_rows) : tensor<?x8xf32>
  %zeros_empty = tensor.empty(%num_rows) : tensor<?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<?xf32>) -> tensor<?xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%flat : tensor<?x8xf32>) outs(%zeros : tensor<?xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<?xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%flat, %ss, %gamma : tensor<?x8xf32>, tensor<?xf32>, tensor<8xf32>) outs(%empty : tensor<?x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %xr = arith.mulf %in, %r : f32
    %0 = arith.mulf %xr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<?x8xf32>
  %back = tensor.expand_shape %y [[0, 1], [2]] output_shape [%size, 3, 8] : tensor<?x8xf32> into tensor<?x3x8xf32>
  return %back : tensor<?x3x8xf32>
}

// Slices that take all there is.

// CHECK-LABEL: func @whole_slices(
// CHECK-SAME:    %[[X:.*]]: tensor<6x8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<6x8xf32>) outs(%{{.*}} : tensor<6x8xf32>) axes = [1] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @whole_slices(%x: tensor<6x8xf32>) -> tensor<6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<6x8xf32>
  %kept = tensor.empty() : tensor<6x1xf32>
  %zeros_empty = tensor.empty() : tensor<6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<6xf32>) -> tensor<6xf32>
  %slice = tensor.extract_slice %x[0, 0] [6, 8] [1, 1] : tensor<6x8xf32> to tensor<6x8xf32>
  %sums = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%slice : tensor<6x8xf32>) outs(%zeros : tensor<6xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %inserted = tensor.insert_slice %sums into %kept[0, 0] [6, 1] [1, 1] : tensor<6xf32> into tensor<6x1xf32>
  %ss = tensor.extract_slice %inserted[0, 0] [6, 1] [1, 1] : tensor<6x1xf32> to tensor<6xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %ss : tensor<6x8xf32>, tensor<6xf32>) outs(%empty : tensor<6x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %xr = arith.mulf %in, %r : f32
    linalg.yield %xr : f32
  } -> tensor<6x8xf32>
  return %y : tensor<6x8xf32>
}

// One that does not: the statistics are of another tensor.

// CHECK-LABEL: func @part_of_rows(
// CHECK-NOT:     norm.
// CHECK:         return
func.func @part_of_rows(%x: tensor<6x8xf32>) -> tensor<6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 4.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<6x8xf32>
  %zeros_empty = tensor.empty() : tensor<6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<6xf32>) -> tensor<6xf32>
  %slice = tensor.extract_slice %x[0, 0] [6, 4] [1, 1] : tensor<6x8xf32> to tensor<6x4xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%slice : tensor<6x4xf32>) outs(%zeros : tensor<6xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %ss : tensor<6x8xf32>, tensor<6xf32>) outs(%empty : tensor<6x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %xr = arith.mulf %in, %r : f32
    linalg.yield %xr : f32
  } -> tensor<6x8xf32>
  return %y : tensor<6x8xf32>
}

// Rows of the flattened tensor that are no rows of x: the statistics run over
// other elements than those that they are applied to.

// CHECK-LABEL: func @other_rows(
// CHECK-NOT:     norm.
// CHECK:         return
func.func @other_rows(%x: tensor<6x8xf32>) -> tensor<6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<6x8xf32>
  %turned_empty = tensor.empty() : tensor<8x6xf32>
  %zeros_empty = tensor.empty() : tensor<6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<6xf32>) -> tensor<6xf32>
  %turned = linalg.transpose ins(%x : tensor<6x8xf32>) outs(%turned_empty : tensor<8x6xf32>) permutation = [1, 0]
  %flat = tensor.collapse_shape %turned [[0, 1]] : tensor<8x6xf32> into tensor<48xf32>
  %rows = tensor.expand_shape %flat [[0, 1]] output_shape [6, 8] : tensor<48xf32> into tensor<6x8xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%rows : tensor<6x8xf32>) outs(%zeros : tensor<6xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %ss : tensor<6x8xf32>, tensor<6xf32>) outs(%empty : tensor<6x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %xr = arith.mulf %in, %r : f32
    linalg.yield %xr : f32
  } -> tensor<6x8xf32>
  return %y : tensor<6x8xf32>
}
