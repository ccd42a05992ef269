// RUN: norm-opt %s --norm-raise | FileCheck %s
// RUN: norm-opt %s --norm-raise -o %t.once && norm-opt %t.once --norm-raise | cmp %t.once -

// Normalizations inside of the bodies that elementwise fusion leaves. What else
// the body does stays there, and reads the operation's result.

#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#col = affine_map<(d0, d1) -> (d1)>

// CHECK-DAG:     #[[ALL:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK-DAG:     #[[SPREAD:.*]] = affine_map<(d0, d1, d2) -> (0, d1, d2)>

// A GELU after the normalization: the body keeps it.

// CHECK-LABEL: func @gelu_after(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NOT:     linalg.reduce
// CHECK:         %[[N:.*]] = norm.layer_norm ins(%[[X]] : tensor<4x8xf32>) gamma(%[[G]] : tensor<8xf32>) beta(%[[B]] : tensor<8xf32>) outs(%{{.*}} : tensor<4x8xf32>) axes = [1] epsilon = 9.765625E-4
// CHECK-NEXT:    %[[Y:.*]] = linalg.generic {{.*}} ins(%[[N]] : tensor<4x8xf32>)
// CHECK-NEXT:    ^bb0(%[[V:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[T:.*]] = arith.mulf %[[V]], %{{.*}}
// CHECK-NEXT:      %[[E:.*]] = math.erf %[[T]]
// CHECK-NEXT:      %[[P:.*]] = arith.addf %[[E]], %{{.*}}
// CHECK-NEXT:      %[[H:.*]] = arith.mulf %[[V]], %{{.*}}
// CHECK-NEXT:      %[[R:.*]] = arith.mulf %[[H]], %[[P]]
// CHECK-NEXT:      linalg.yield %[[R]]
// CHECK:         return %[[Y]]
func.func @gelu_after(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %one = arith.constant 1.0 : f32
  %half = arith.constant 0.5 : f32
  %root_half = arith.constant 0.707106769 : f32
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #col, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %s, %ss, %gamma, %beta : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %b: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %normalized = arith.addf %scaled, %b : f32
    %t = arith.mulf %normalized, %root_half : f32
    %erf = math.erf %t : f32
    %p = arith.addf %erf, %one : f32
    %h = arith.mulf %normalized, %half : f32
    %0 = arith.mulf %h, %p : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// The rounding to bf16 before the scale, both in one body: the operation ends
// with the rounding.

// CHECK-LABEL: func @rounded_then_scaled(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xbf16>, %[[G:.*]]: tensor<8xbf16>)
// CHECK:         %[[N:.*]] = norm.rms_norm ins(%[[X]] : tensor<4x8xbf16>) outs(%{{.*}} : tensor<4x8xbf16>) axes = [1] epsilon = 9.765625E-4
// CHECK-NEXT:    %[[Y:.*]] = linalg.generic {{.*}} ins(%[[G]], %[[N]] : tensor<8xbf16>, tensor<4x8xbf16>)
// CHECK-NEXT:    ^bb0(%[[S:.*]]: bf16, %[[V:.*]]: bf16, %{{.*}}: bf16):
// CHECK-NEXT:      %[[R:.*]] = arith.mulf %[[V]], %[[S]] : bf16
// CHECK-NEXT:      linalg.yield %[[R]]
// CHECK:         return %[[Y]]
func.func @rounded_then_scaled(%x: tensor<4x8xbf16>, %gamma: tensor<8xbf16>) -> tensor<4x8xbf16> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xbf16>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xbf16>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%in: bf16, %out: f32):
    %wide = arith.extf %in : bf16 to f32
    %xx = arith.mulf %wide, %wide : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %ss, %gamma : tensor<4x8xbf16>, tensor<4xf32>, tensor<8xbf16>) outs(%empty : tensor<4x8xbf16>) {
  ^bb0(%in: bf16, %squares: f32, %g: bf16, %out: bf16):
    %wide = arith.extf %in : bf16 to f32
    %q = arith.divf %squares, %n : f32
    %qe = arith.addf %q, %eps : f32
    %r = math.rsqrt %qe : f32
    %xr = arith.mulf %wide, %r : f32
    %low = arith.truncf %xr : f32 to bf16
    %0 = arith.mulf %low, %g : bf16
    linalg.yield %0 : bf16
  } -> tensor<4x8xbf16>
  return %y : tensor<4x8xbf16>
}

// x = a + b, computed anew in each body: it becomes a tensor.

// CHECK-LABEL: func @input_in_bodies(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf32>, %[[B:.*]]: tensor<4x8xf32>)
// CHECK:         %[[X:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] : tensor<4x8xf32>, tensor<4x8xf32>)
// CHECK-NEXT:    ^bb0(%[[P:.*]]: f32, %[[Q:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[R:.*]] = arith.addf %[[P]], %[[Q]]
// CHECK-NEXT:      linalg.yield %[[R]]
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<4x8xf32>) outs(%{{.*}} : tensor<4x8xf32>) axes = [1] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @input_in_bodies(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %ss = linalg.generic {indexing_maps = [#all, #all, #row], iterator_types = ["parallel", "reduction"]} ins(%a, %b : tensor<4x8xf32>, tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%p: f32, %q: f32, %out: f32):
    %x = arith.addf %p, %q : f32
    %xx = arith.mulf %x, %x : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#all, #all, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%a, %b, %ss : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%p: f32, %q: f32, %squares: f32, %out: f32):
    %x = arith.addf %p, %q : f32
    %ms = arith.divf %squares, %n : f32
    %ve = arith.addf %ms, %eps : f32
    %r = math.rsqrt %ve : f32
    %0 = arith.mulf %x, %r : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// 1 + gamma in the body of a layer norm, which has no offset of its own: it is
// computed beforehand, along the dim of gamma alone.

// CHECK-LABEL: func @one_plus_gamma(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK:         %[[S:.*]] = linalg.generic {{.*}} iterator_types = ["parallel"]} ins(%[[G]] : tensor<8xf32>) outs(%{{.*}} : tensor<8xf32>)
// CHECK-NEXT:    ^bb0(%[[P:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[ONE:.*]] = arith.constant 1.0
// CHECK-NEXT:      %[[Q:.*]] = arith.addf %[[P]], %[[ONE]]
// CHECK-NEXT:      linalg.yield %[[Q]]
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<4x8xf32>) gamma(%[[S]] : tensor<8xf32>) beta(%[[B]] : tensor<8xf32>) outs(%{{.*}} : tensor<4x8xf32>) axes = [1] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @one_plus_gamma(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %one = arith.constant 1.0 : f32
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %ss = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #col, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %s, %ss, %gamma, %beta : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
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
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// An RMS norm has: nothing is computed beforehand.

// CHECK-LABEL: func @offset_of_gamma(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<4x8xf32>) gamma(%[[G]] : tensor<8xf32>) outs(%{{.*}} : tensor<4x8xf32>) axes = [1] gamma_offset = 1.000000e+00 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @offset_of_gamma(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %one = arith.constant 1.0 : f32
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out: f32):
    %ms = arith.divf %squares, %n : f32
    %ve = arith.addf %ms, %eps : f32
    %r = math.rsqrt %ve : f32
    %g1 = arith.addf %one, %g : f32
    %xr = arith.mulf %in, %r : f32
    %0 = arith.mulf %xr, %g1 : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// A bias that enlarges the result: the normalization is of x's shape, and the
// body spreads it.

#all3 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#one3 = affine_map<(d0, d1, d2) -> (0, d1, d2)>
#row3 = affine_map<(d0, d1, d2) -> (0, d1)>
#row21 = affine_map<(d0, d1, d2) -> (d0, d1)>

// CHECK-LABEL: func @enlarged(
// CHECK-SAME:    %[[X:.*]]: tensor<1x4x8xf32>, %[[B:.*]]: tensor<3x4x8xf32>)
// CHECK:         %[[N:.*]] = norm.layer_norm ins(%[[X]] : tensor<1x4x8xf32>) outs(%{{.*}} : tensor<1x4x8xf32>) axes = [2] epsilon = 9.765625E-4
// CHECK:         %[[Y:.*]] = linalg.generic {indexing_maps = [#[[ALL]], #[[SPREAD]], #[[ALL]]]{{.*}} ins(%[[B]], %[[N]] : tensor<3x4x8xf32>, tensor<1x4x8xf32>)
// CHECK-NEXT:    ^bb0(%[[P:.*]]: f32, %[[Q:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[R:.*]] = arith.addf %[[Q]], %[[P]]
// CHECK-NEXT:      linalg.yield %[[R]]
// CHECK:         return %[[Y]]
func.func @enlarged(%x: tensor<1x4x8xf32>, %bias: tensor<3x4x8xf32>) -> tensor<3x4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %zeros_empty = tensor.empty() : tensor<1x4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<1x4xf32>) -> tensor<1x4xf32>
  %empty = tensor.empty() : tensor<3x4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<1x4x8xf32>) outs(%zeros : tensor<1x4xf32>) dimensions = [2]
  %ss = linalg.generic {indexing_maps = [#all3, #row21, #row21], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %s : tensor<1x4x8xf32>, tensor<1x4xf32>) outs(%zeros : tensor<1x4xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<1x4xf32>
  %y = linalg.generic {indexing_maps = [#one3, #row3, #row3, #all3, #all3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %bias : tensor<1x4x8xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<3x4x8xf32>) outs(%empty : tensor<3x4x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %b: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %0 = arith.addf %dr, %b : f32
    linalg.yield %0 : f32
  } -> tensor<3x4x8xf32>
  return %y : tensor<3x4x8xf32>
}

// Two bodies that compute the same normalization for different things: one
// operation does for both.

// CHECK-LABEL: func @two_bodies(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK:         %[[N:.*]] = norm.rms_norm ins(%[[X]] : tensor<4x8xf32>) gamma(%[[G]] : tensor<8xf32>)
// CHECK-NOT:     norm.rms_norm
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[N]] :
// CHECK:           math.exp
// CHECK-NOT:     norm.rms_norm
// CHECK:         %[[Z:.*]] = linalg.generic {{.*}} ins(%[[N]] :
// CHECK:           math.tanh
// CHECK-NOT:     math.rsqrt
// CHECK:         return %[[Y]], %[[Z]]
func.func @two_bodies(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out: f32):
    %ms = arith.divf %squares, %n : f32
    %ve = arith.addf %ms, %eps : f32
    %r = math.rsqrt %ve : f32
    %xr = arith.mulf %in, %r : f32
    %normalized = arith.mulf %xr, %g : f32
    %0 = math.exp %normalized : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  %z = linalg.generic {indexing_maps = [#all, #row, #col, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out: f32):
    %ms = arith.divf %squares, %n : f32
    %ve = arith.addf %ms, %eps : f32
    %r = math.rsqrt %ve : f32
    %xr = arith.mulf %in, %r : f32
    %normalized = arith.mulf %xr, %g : f32
    %0 = math.tanh %normalized : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %y, %z : tensor<4x8xf32>, tensor<4x8xf32>
}

// A body with two results, one of which is the normalization.

// CHECK-LABEL: func @two_results(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<4x8xf32>)
// CHECK:         %[[N:.*]] = norm.rms_norm ins(%[[X]] : tensor<4x8xf32>) outs(%{{.*}} : tensor<4x8xf32>) axes = [1] epsilon = 9.765625E-4
// CHECK:         %[[Y:.*]]:2 = linalg.generic {{.*}} ins(%[[G]], %[[N]] :
// CHECK-NEXT:    ^bb0(%[[P:.*]]: f32, %[[Q:.*]]: f32, %{{.*}}: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[R:.*]] = arith.mulf %[[Q]], %[[P]]
// CHECK-NEXT:      linalg.yield %[[Q]], %[[R]]
// CHECK:         return %[[N]], %[[Y]]#1
func.func @two_results(%x: tensor<4x8xf32>, %gate: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %y:2 = linalg.generic {indexing_maps = [#all, #row, #all, #all, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %ss, %gate : tensor<4x8xf32>, tensor<4xf32>, tensor<4x8xf32>) outs(%empty, %empty : tensor<4x8xf32>, tensor<4x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %out0: f32, %out1: f32):
    %ms = arith.divf %squares, %n : f32
    %ve = arith.addf %ms, %eps : f32
    %r = math.rsqrt %ve : f32
    %normalized = arith.mulf %in, %r : f32
    %gated = arith.mulf %normalized, %g : f32
    linalg.yield %normalized, %gated : f32, f32
  } -> (tensor<4x8xf32>, tensor<4x8xf32>)
  return %y#0, %y#1 : tensor<4x8xf32>, tensor<4x8xf32>
}

// Both sums in one operation.

// CHECK-LABEL: func @two_sums(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>)
// CHECK-NOT:     linalg
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<4x8xf32>) outs(%{{.*}} : tensor<4x8xf32>) axes = [1] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @two_sums(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %s:2 = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zeros, %zeros : tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32):
    %0 = arith.addf %sum, %in : f32
    %xx = arith.mulf %in, %in : f32
    %1 = arith.addf %squares, %xx : f32
    linalg.yield %0, %1 : f32, f32
  } -> (tensor<4xf32>, tensor<4xf32>)
  %y = linalg.generic {indexing_maps = [#all, #row, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %s#0, %s#1 : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %q = arith.divf %squares, %n : f32
    %mm = arith.mulf %mean, %mean : f32
    %v = arith.subf %q, %mm : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %d = arith.subf %in, %mean : f32
    %0 = arith.mulf %d, %r : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// A residual that is added in the body: it varies along all dims and is no bias.

// CHECK-LABEL: func @residual_after(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[Z:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK:         %[[N:.*]] = norm.rms_norm ins(%[[X]] : tensor<4x8xf32>) gamma(%[[G]] : tensor<8xf32>) outs(
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[Z]], %[[N]] :
// CHECK-NEXT:    ^bb0(%[[P:.*]]: f32, %[[Q:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[R:.*]] = arith.addf %[[Q]], %[[P]]
// CHECK-NEXT:      linalg.yield %[[R]]
// CHECK:         return %[[Y]]
func.func @residual_after(%x: tensor<4x8xf32>, %z: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %zeros_empty = tensor.empty() : tensor<4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<4xf32>) -> tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #col, #all, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %ss, %gamma, %z : tensor<4x8xf32>, tensor<4xf32>, tensor<8xf32>, tensor<4x8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%in: f32, %squares: f32, %g: f32, %skip: f32, %out: f32):
    %ms = arith.divf %squares, %n : f32
    %ve = arith.addf %ms, %eps : f32
    %r = math.rsqrt %ve : f32
    %xr = arith.mulf %in, %r : f32
    %normalized = arith.mulf %xr, %g : f32
    %0 = arith.addf %normalized, %skip : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
