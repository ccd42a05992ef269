// RUN: norm-opt %s --norm-raise | FileCheck %s

// Adaptive layer norm: scale and bias that differ from sample to sample.

#all = affine_map<(b, s, d) -> (b, s, d)>
#row = affine_map<(b, s, d) -> (b, s)>
#sample = affine_map<(b, s, d) -> (b, d)>
#col = affine_map<(b, s, d) -> (d)>

// One scale and one bias a sample and feature, the same for all positions.

// CHECK-LABEL: func @scale_and_bias(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x8xf32>, %[[G:.*]]: tensor<2x8xf32>, %[[B:.*]]: tensor<2x8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x5x8xf32>) gamma(%[[G]] : tensor<2x8xf32>) beta(%[[B]] : tensor<2x8xf32>) outs(%{{.*}} : tensor<2x5x8xf32>) axes = [2] parameter_axes = [0, 2] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @scale_and_bias(%x: tensor<2x5x8xf32>, %gamma: tensor<2x8xf32>, %beta: tensor<2x8xf32>) -> tensor<2x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x5x8xf32>
  %zeros_empty = tensor.empty() : tensor<2x5xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x5xf32>) -> tensor<2x5xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x5x8xf32>) outs(%zeros : tensor<2x5xf32>) dimensions = [2]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %s : tensor<2x5x8xf32>, tensor<2x5xf32>) outs(%zeros : tensor<2x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #sample, #sample, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %gamma, %beta : tensor<2x5x8xf32>, tensor<2x5xf32>, tensor<2x5xf32>, tensor<2x8xf32>, tensor<2x8xf32>) outs(%empty : tensor<2x5x8xf32>) {
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
  } -> tensor<2x5x8xf32>
  return %y : tensor<2x5x8xf32>
}

// x · (1 + scale) + shift, as diffusion transformers modulate: 1 + scale is computed
// beforehand, without the positions.

// CHECK-LABEL: func @modulated(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x8xf32>, %[[G:.*]]: tensor<2x8xf32>, %[[B:.*]]: tensor<2x8xf32>)
// CHECK:         %[[S:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins(%[[G]] : tensor<2x8xf32>) outs(%{{.*}} : tensor<2x8xf32>)
// CHECK:           arith.addf
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x5x8xf32>) gamma(%[[S]] : tensor<2x8xf32>) beta(%[[B]] : tensor<2x8xf32>) outs(%{{.*}} : tensor<2x5x8xf32>) axes = [2] parameter_axes = [0, 2] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @modulated(%x: tensor<2x5x8xf32>, %scale: tensor<2x8xf32>, %shift: tensor<2x8xf32>) -> tensor<2x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %one = arith.constant 1.0 : f32
  %empty = tensor.empty() : tensor<2x5x8xf32>
  %zeros_empty = tensor.empty() : tensor<2x5xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x5xf32>) -> tensor<2x5xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x5x8xf32>) outs(%zeros : tensor<2x5xf32>) dimensions = [2]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %s : tensor<2x5x8xf32>, tensor<2x5xf32>) outs(%zeros : tensor<2x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #sample, #sample, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %scale, %shift : tensor<2x5x8xf32>, tensor<2x5xf32>, tensor<2x5xf32>, tensor<2x8xf32>, tensor<2x8xf32>) outs(%empty : tensor<2x5x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %b: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %g1 = arith.addf %g, %one : f32
    %scaled = arith.mulf %dr, %g1 : f32
    %0 = arith.addf %scaled, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x5x8xf32>
  return %y : tensor<2x5x8xf32>
}

// An RMS norm adds the 1 itself.

// CHECK-LABEL: func @rms(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x8xf32>, %[[G:.*]]: tensor<2x8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<2x5x8xf32>) gamma(%[[G]] : tensor<2x8xf32>) outs(%{{.*}} : tensor<2x5x8xf32>) axes = [2] parameter_axes = [0, 2] gamma_offset = 1.000000e+00 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @rms(%x: tensor<2x5x8xf32>, %scale: tensor<2x8xf32>) -> tensor<2x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %one = arith.constant 1.0 : f32
  %empty = tensor.empty() : tensor<2x5x8xf32>
  %zeros_empty = tensor.empty() : tensor<2x5xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x5xf32>) -> tensor<2x5xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x : tensor<2x5x8xf32>) outs(%zeros : tensor<2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<2x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #sample, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %ss, %scale : tensor<2x5x8xf32>, tensor<2x5xf32>, tensor<2x8xf32>) outs(%empty : tensor<2x5x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out: f32):
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %dr = arith.mulf %in, %r : f32
    %g1 = arith.addf %g, %one : f32
    %0 = arith.mulf %dr, %g1 : f32
    linalg.yield %0 : f32
  } -> tensor<2x5x8xf32>
  return %y : tensor<2x5x8xf32>
}

// A scale a sample, but one bias for all: the operation takes the scale.

// CHECK-LABEL: func @bias_of_all(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x8xf32>, %[[G:.*]]: tensor<2x8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK:         %[[N:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x5x8xf32>) gamma(%[[G]] : tensor<2x8xf32>) outs(%{{.*}} : tensor<2x5x8xf32>) axes = [2] parameter_axes = [0, 2] epsilon = 9.765625E-4
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[B]], %[[N]] :
// CHECK-NEXT:    ^bb0(%[[P:.*]]: f32, %[[Q:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[R:.*]] = arith.addf %[[Q]], %[[P]]
// CHECK-NEXT:      linalg.yield %[[R]]
// CHECK:         return %[[Y]]
func.func @bias_of_all(%x: tensor<2x5x8xf32>, %gamma: tensor<2x8xf32>, %beta: tensor<8xf32>) -> tensor<2x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x5x8xf32>
  %zeros_empty = tensor.empty() : tensor<2x5xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x5xf32>) -> tensor<2x5xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x5x8xf32>) outs(%zeros : tensor<2x5xf32>) dimensions = [2]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %s : tensor<2x5x8xf32>, tensor<2x5xf32>) outs(%zeros : tensor<2x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #sample, #col, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %gamma, %beta : tensor<2x5x8xf32>, tensor<2x5xf32>, tensor<2x5xf32>, tensor<2x8xf32>, tensor<8xf32>) outs(%empty : tensor<2x5x8xf32>) {
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
  } -> tensor<2x5x8xf32>
  return %y : tensor<2x5x8xf32>
}

// The other way round.

// CHECK-LABEL: func @scale_of_all(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<2x8xf32>)
// CHECK:         %[[N:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x5x8xf32>) gamma(%[[G]] : tensor<8xf32>) outs(%{{.*}} : tensor<2x5x8xf32>) axes = [2] epsilon = 9.765625E-4
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[B]], %[[N]] :
// CHECK:           arith.addf
// CHECK:         return %[[Y]]
func.func @scale_of_all(%x: tensor<2x5x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<2x8xf32>) -> tensor<2x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x5x8xf32>
  %zeros_empty = tensor.empty() : tensor<2x5xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x5xf32>) -> tensor<2x5xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x5x8xf32>) outs(%zeros : tensor<2x5xf32>) dimensions = [2]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %s : tensor<2x5x8xf32>, tensor<2x5xf32>) outs(%zeros : tensor<2x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #col, #sample, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %gamma, %beta : tensor<2x5x8xf32>, tensor<2x5xf32>, tensor<2x5xf32>, tensor<8xf32>, tensor<2x8xf32>) outs(%empty : tensor<2x5x8xf32>) {
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
  } -> tensor<2x5x8xf32>
  return %y : tensor<2x5x8xf32>
}

// A layer norm with parameters of its own, then modulated: two scales are not one
// tensor, and the second stays outside.

// CHECK-LABEL: func @affine_then_modulated(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>, %[[SC:.*]]: tensor<2x8xf32>, %[[SH:.*]]: tensor<2x8xf32>)
// CHECK:         %[[N:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x5x8xf32>) gamma(%[[G]] : tensor<8xf32>) beta(%[[B]] : tensor<8xf32>) outs(%{{.*}} : tensor<2x5x8xf32>) axes = [2] epsilon = 9.765625E-4
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[SC]], %[[SH]], %[[N]] :
// CHECK:         return %[[Y]]
func.func @affine_then_modulated(%x: tensor<2x5x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>, %scale: tensor<2x8xf32>, %shift: tensor<2x8xf32>) -> tensor<2x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %one = arith.constant 1.0 : f32
  %empty = tensor.empty() : tensor<2x5x8xf32>
  %zeros_empty = tensor.empty() : tensor<2x5xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x5xf32>) -> tensor<2x5xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x5x8xf32>) outs(%zeros : tensor<2x5xf32>) dimensions = [2]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %s : tensor<2x5x8xf32>, tensor<2x5xf32>) outs(%zeros : tensor<2x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #col, #col, #sample, #sample, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %gamma, %beta, %scale, %shift : tensor<2x5x8xf32>, tensor<2x5xf32>, tensor<2x5xf32>, tensor<8xf32>, tensor<8xf32>, tensor<2x8xf32>, tensor<2x8xf32>) outs(%empty : tensor<2x5x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %b: f32, %sc: f32, %sh: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %normalized = arith.addf %scaled, %b : f32
    %g1 = arith.addf %sc, %one : f32
    %modulated = arith.mulf %normalized, %g1 : f32
    %0 = arith.addf %modulated, %sh : f32
    linalg.yield %0 : f32
  } -> tensor<2x5x8xf32>
  return %y : tensor<2x5x8xf32>
}

// A scale that runs along no normalized dim is none of a layer norm's.

// CHECK-LABEL: func @scale_of_rows(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x8xf32>, %[[G:.*]]: tensor<2x5xf32>)
// CHECK:         %[[N:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x5x8xf32>) outs(%{{.*}} : tensor<2x5x8xf32>) axes = [2] epsilon = 9.765625E-4
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[G]], %[[N]] :
// CHECK:         return %[[Y]]
func.func @scale_of_rows(%x: tensor<2x5x8xf32>, %scale: tensor<2x5xf32>) -> tensor<2x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x5x8xf32>
  %zeros_empty = tensor.empty() : tensor<2x5xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x5xf32>) -> tensor<2x5xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x5x8xf32>) outs(%zeros : tensor<2x5xf32>) dimensions = [2]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %s : tensor<2x5x8xf32>, tensor<2x5xf32>) outs(%zeros : tensor<2x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #row, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %scale : tensor<2x5x8xf32>, tensor<2x5xf32>, tensor<2x5xf32>, tensor<2x5xf32>) outs(%empty : tensor<2x5x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %0 = arith.mulf %dr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<2x5x8xf32>
  return %y : tensor<2x5x8xf32>
}

// One along all dims of x is a gate, not a parameter.

// CHECK-LABEL: func @gate(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x8xf32>, %[[G:.*]]: tensor<2x5x8xf32>)
// CHECK:         %[[N:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x5x8xf32>) outs(%{{.*}} : tensor<2x5x8xf32>) axes = [2] epsilon = 9.765625E-4
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[G]], %[[N]] :
// CHECK:         return %[[Y]]
func.func @gate(%x: tensor<2x5x8xf32>, %gate: tensor<2x5x8xf32>) -> tensor<2x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x5x8xf32>
  %zeros_empty = tensor.empty() : tensor<2x5xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x5xf32>) -> tensor<2x5xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x5x8xf32>) outs(%zeros : tensor<2x5xf32>) dimensions = [2]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %s : tensor<2x5x8xf32>, tensor<2x5xf32>) outs(%zeros : tensor<2x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #all, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %gate : tensor<2x5x8xf32>, tensor<2x5xf32>, tensor<2x5xf32>, tensor<2x5x8xf32>) outs(%empty : tensor<2x5x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %0 = arith.mulf %dr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<2x5x8xf32>
  return %y : tensor<2x5x8xf32>
}

// The parameters of a transposed tensor: its dims are not in the input's order.

#transposed = affine_map<(b, s, d) -> (d, b)>

// CHECK-LABEL: func @transposed(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x8xf32>, %[[G:.*]]: tensor<8x2xf32>)
// CHECK:         %[[N:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x5x8xf32>) outs(
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[G]], %[[N]] :
// CHECK:         return %[[Y]]
func.func @transposed(%x: tensor<2x5x8xf32>, %scale: tensor<8x2xf32>) -> tensor<2x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x5x8xf32>
  %zeros_empty = tensor.empty() : tensor<2x5xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x5xf32>) -> tensor<2x5xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x5x8xf32>) outs(%zeros : tensor<2x5xf32>) dimensions = [2]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %s : tensor<2x5x8xf32>, tensor<2x5xf32>) outs(%zeros : tensor<2x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #transposed, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %scale : tensor<2x5x8xf32>, tensor<2x5xf32>, tensor<2x5xf32>, tensor<8x2xf32>) outs(%empty : tensor<2x5x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %0 = arith.mulf %dr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<2x5x8xf32>
  return %y : tensor<2x5x8xf32>
}

// With a dim of size 1 in place of the positions.

#kept = affine_map<(b, s, d) -> (b, 0, d)>

// CHECK-LABEL: func @kept_dim(
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x8xf32>, %[[G:.*]]: tensor<2x1x8xf32>)
// CHECK:         %[[P:.*]] = tensor.collapse_shape %[[G]] {{\[}}{{\[}}0, 1], [2]] : tensor<2x1x8xf32> into tensor<2x8xf32>
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x5x8xf32>) gamma(%[[P]] : tensor<2x8xf32>) outs(%{{.*}} : tensor<2x5x8xf32>) axes = [2] parameter_axes = [0, 2] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @kept_dim(%x: tensor<2x5x8xf32>, %gamma: tensor<2x1x8xf32>) -> tensor<2x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x5x8xf32>
  %zeros_empty = tensor.empty() : tensor<2x5xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<2x5xf32>) -> tensor<2x5xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x5x8xf32>) outs(%zeros : tensor<2x5xf32>) dimensions = [2]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %s : tensor<2x5x8xf32>, tensor<2x5xf32>) outs(%zeros : tensor<2x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #kept, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %gamma : tensor<2x5x8xf32>, tensor<2x5xf32>, tensor<2x5xf32>, tensor<2x1x8xf32>) outs(%empty : tensor<2x5x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %0 = arith.mulf %dr, %g : f32
    linalg.yield %0 : f32
  } -> tensor<2x5x8xf32>
  return %y : tensor<2x5x8xf32>
}
