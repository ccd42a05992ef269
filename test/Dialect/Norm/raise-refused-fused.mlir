// RUN: norm-opt %s -split-input-file > %t.before
// RUN: norm-opt %s -split-input-file --norm-raise > %t.after
// RUN: cmp %t.before %t.after
// RUN: norm-opt %s -split-input-file --norm-raise='report-misses=1 tier=precision allow-f64-demote=1' -verify-diagnostics > %t.most
// RUN: cmp %t.before %t.most

// The same look-alikes, elementwise fused: each body computes mean and deviation
// anew. The block that holds the mistake is the last or the one before it.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N1: x over the deviation.
func.func @uncentered_numerator(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %dd = arith.mulf %d, %d : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    // expected-remark@+1 {{not raised: the root is that of the variance, but the numerator is not centered}}
    %r = math.rsqrt %ve : f32
    %y0 = arith.mulf %e, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N3: mean − x.
func.func @mean_minus_x(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %dd = arith.mulf %d, %d : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %m, %e : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    // expected-remark@+1 {{not raised: the numerator is negated: mean − x, not x − mean}}
    %r = math.rsqrt %ve : f32
    %y0 = arith.mulf %d, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N4: epsilon is added to the deviation.
func.func @epsilon_outside(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %dd = arith.mulf %d, %d : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %v = arith.divf %squares, %n : f32
    // expected-remark@+1 {{not raised: nothing is (x − mean) times the inverse root}}
    %std = math.sqrt %v : f32
    %stde = arith.addf %std, %eps : f32
    %y0 = arith.divf %d, %stde : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N4: times 1 / (n − 1).
func.func @unbiased_reciprocal(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %inv = arith.constant 0.142857149 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %dd = arith.mulf %d, %d : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %v = arith.mulf %squares, %inv : f32
    %ve = arith.addf %v, %eps : f32
    // expected-remark@+1 {{not raised: the sum is scaled by 0.142857149 : f32, not by the number of its elements (8)}}
    %r = math.rsqrt %ve : f32
    %y0 = arith.mulf %d, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N5: 2 over the root.
func.func @two_over_root(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %two = arith.constant 2.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %dd = arith.mulf %d, %d : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    // expected-remark@+1 {{not raised: the root divides 2.000000e+00 : f32, not 1}}
    %root = math.sqrt %ve : f32
    %r = arith.divf %two, %root : f32
    %y0 = arith.mulf %d, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N5: the third power.
func.func @fpowi_3(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %three = arith.constant 3 : i32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %dd = math.fpowi %d, %three : f32, i32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    // expected-remark@+1 {{not raised: what is summed is not a square}}
    %r = math.rsqrt %ve : f32
    %y0 = arith.mulf %d, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N5: the exponent 2.5.
func.func @powf_2_5(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %p = arith.constant 2.5 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %size = math.absf %d : f32
    // expected-remark@+1 {{not raised: the exponent is neither 1/2 nor −1/2}}
    %dd = math.powf %size, %p : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    // expected-remark@+1 {{not raised: what is summed is not a square}}
    %r = math.rsqrt %ve : f32
    %y0 = arith.mulf %d, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N5: the sum of squares, not their mean.
func.func @sum_of_squares(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %dd = arith.mulf %d, %d : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %ve = arith.addf %squares, %eps : f32
    // expected-remark@+1 {{not raised: the sum is not divided by the number of its elements}}
    %r = math.rsqrt %ve : f32
    %y0 = arith.mulf %d, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N6: the length, clamped from below, times the root of the number of elements.
func.func @clamped_length(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %floor = arith.constant 1.0e-12 : f32
  %root8 = arith.constant 2.82842708 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %dd = arith.mulf %e, %e : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    // expected-remark@+1 {{not raised: the sum is not divided by the number of its elements}}
    %length = math.sqrt %squares : f32
    %clamped = arith.maximumf %length, %floor : f32
    %u = arith.divf %e, %clamped : f32
    %y0 = arith.mulf %u, %root8 : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N6: the mean of squares, clamped from below.
func.func @clamped_mean_of_squares(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %floor = arith.constant 1.0e-12 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %dd = arith.mulf %e, %e : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %v = arith.divf %squares, %n : f32
    %clamped = arith.maximumf %v, %floor : f32
    // expected-remark@+1 {{not raised: the statistic is clamped by something other than 0}}
    %r = math.rsqrt %clamped : f32
    %y0 = arith.mulf %e, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N8: elements that a mask does not let through count as 0.
func.func @selected(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %mask: tensor<4x8xi1>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s, %mask : tensor<4x8xf32>, tensor<4xf32>, tensor<4x8xi1>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %valid: i1, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %all = arith.mulf %d, %d : f32
    %dd = arith.select %valid, %all, %zero : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    // expected-remark@+1 {{not raised: what is summed is not a square}}
    %r = math.rsqrt %ve : f32
    %y0 = arith.mulf %d, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N8: the elements behind the fifth count as 0.
func.func @selected_by_index(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %c5 = arith.constant 5 : index
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %all = arith.mulf %d, %d : f32
    %i = linalg.index 1 : index
    %valid = arith.cmpi slt, %i, %c5 : index
    %dd = arith.select %valid, %all, %zero : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    // expected-remark@+1 {{not raised: what is summed is not a square}}
    %r = math.rsqrt %ve : f32
    %y0 = arith.mulf %d, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N9: the sum starts from an argument.
func.func @init_argument(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %init: tensor<4xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%init : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %dd = arith.mulf %d, %d : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    // expected-remark@+1 {{not raised: the statistic is not a sum divided by a count}}
    %r = math.rsqrt %ve : f32
    %y0 = arith.mulf %d, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N9: the sum of one row starts from 1.
func.func @init_of_one_row(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %init = arith.constant dense<[0.0, 1.0, 0.0, 0.0]> : tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%init : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %dd = arith.mulf %d, %d : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %g: f32, %o: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    // expected-remark@+1 {{not raised: the statistic is not a sum divided by a count}}
    %r = math.rsqrt %ve : f32
    %y0 = arith.mulf %d, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// N7: the mean of each column is subtracted, the deviation is that of rows.
func.func @mean_of_columns(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %column_empty = tensor.empty() : tensor<8xf32>
  %column_zeros = linalg.fill ins(%zero : f32) outs(%column_empty : tensor<8xf32>) -> tensor<8xf32>
  %n4 = arith.constant 4.0 : f32
  %t = linalg.generic {indexing_maps = [#id, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x : tensor<4x8xf32>) outs(%column_zeros : tensor<8xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<8xf32>
  %s = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %acc: f32):
    %a = arith.addf %acc, %e : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %ss = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%zeros : tensor<4xf32>) {
  ^bb0(%e: f32, %sum: f32, %acc: f32):
    %m = arith.divf %sum, %n : f32
    %d = arith.subf %e, %m : f32
    %dd = arith.mulf %d, %d : f32
    %a = arith.addf %dd, %acc : f32
    linalg.yield %a : f32
  } -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #row, #column, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s, %ss, %t, %gamma : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>, tensor<8xf32>) outs(%empty : tensor<4x8xf32>) {
  ^bb0(%e: f32, %sum: f32, %squares: f32, %columns: f32, %g: f32, %o: f32):
    %m = arith.divf %columns, %n4 : f32
    %d = arith.subf %e, %m : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    // expected-remark@+1 {{not raised: nothing is (x − mean) times the inverse root}}
    %r = math.rsqrt %ve : f32
    %y0 = arith.mulf %d, %r : f32
    %z = arith.mulf %y0, %g : f32
    linalg.yield %z : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
