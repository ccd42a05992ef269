// RUN: norm-opt %s -split-input-file > %t.before
// RUN: norm-opt %s -split-input-file --norm-raise > %t.after
// RUN: cmp %t.before %t.after
// RUN: norm-opt %s -split-input-file --norm-raise='report-misses=1 tier=precision allow-f64-demote=1' -verify-diagnostics > %t.most
// RUN: cmp %t.before %t.most

// What looks like a normalization and is not one stays as it is, bit for bit of
// the printed IR, under every option; the remark names the first condition that
// failed.

// N4: divided by n − 1.
func.func @unbiased(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<7.0> : tensor<4xf32>
  %n8 = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n8 : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: the sum is scaled by 7.000000e+00 : f32, not by the number of its elements (8)}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// -----

// N5: the cube.
func.func @cube(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %three = arith.constant dense<3> : tensor<4x8xi32>
  %dd = math.fpowi %x, %three : tensor<4x8xf32>, tensor<4x8xi32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: what is summed is not a square}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}

// -----

// N5: a sum that is not divided.
func.func @sum_of_squares(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %ve = arith.addf %ss, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: the sum is not divided by the number of its elements}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}

// -----

// N5: the number of rows instead of that of elements.
func.func @number_of_rows(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<4.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: the sum is scaled by 4.000000e+00 : f32, not by the number of its elements (8)}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}

// -----

// N5: one over the number of rows.
func.func @number_of_rows_reciprocal(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<0.25> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.mulf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: the sum is scaled by 2.500000e-01 : f32, not by the number of its elements (8)}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}

// -----

// N5: one over the number, rounded otherwise (1/24 is 0x3D2AAAAB).
func.func @count_one_ulp_off(%x: tensor<4x24xf32>, %gamma: tensor<24xf32>) -> tensor<4x24xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x24xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<0x3D2AAAAA> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x24xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x24xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.mulf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: the sum is scaled by 0.0416666642 : f32, not by the number of its elements (24)}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x24xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<24xf32>) outs(%empty : tensor<4x24xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x24xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x24xf32>
  return %y1 : tensor<4x24xf32>
}

// -----

// N6: clamped from below by something other than 0.
func.func @clamped(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %floor = arith.constant dense<1.0e-12> : tensor<4xf32>
  %vc = arith.maximumf %v, %floor : tensor<4xf32>
  // expected-remark@+1 {{not raised: the statistic is clamped by something other than 0}}
  %r = math.rsqrt %vc : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}

// -----

// N6: the same for a variance, by division.
func.func @clamped_variance(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %floor = arith.constant dense<1.0e-05> : tensor<4xf32>
  %vc = arith.maximumf %v, %floor : tensor<4xf32>
  // expected-remark@+1 {{not raised: the statistic is clamped by something other than 0}}
  %r = math.sqrt %vc : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y0 = arith.divf %d, %rb : tensor<4x8xf32>
  return %y0 : tensor<4x8xf32>
}

// -----

// N9: the sum starts at 1.
func.func @init_one(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 1.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: the statistic is not a sum divided by a count}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}

// -----

// N9: the sum starts at whatever is in memory.
func.func @init_empty(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%row_empty : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: the statistic is not a sum divided by a count}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}

// -----

// N8: a mask; the count is its sum.
func.func @masked(%x: tensor<4x8xf32>, %mask: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %valid = arith.mulf %dd, %mask : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%valid : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %n_valid = linalg.reduce { arith.addf } ins(%mask : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n_valid : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: the sum is scaled by what is not the number of its elements (8)}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  return %y0 : tensor<4x8xf32>
}

// -----

// N8: a mask; the count is that of all elements.
func.func @masked_fixed_count(%x: tensor<4x8xf32>, %mask: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %valid = arith.mulf %dd, %mask : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%valid : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: what is summed is not a square}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  return %y0 : tensor<4x8xf32>
}

// -----

// An epsilon for each row.
func.func @epsilon_per_row(%x: tensor<4x8xf32>, %eps: tensor<4xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: under the root stands no variance or mean of squares plus an epsilon that is the same for all rows}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  return %y0 : tensor<4x8xf32>
}

// -----

// Epsilon is subtracted.
func.func @epsilon_subtracted(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.subf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: epsilon is subtracted}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  return %y0 : tensor<4x8xf32>
}

// -----

// Epsilon is negative.
func.func @negative_epsilon(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<-1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: epsilon is negative or not finite}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  return %y0 : tensor<4x8xf32>
}

// -----

// The running value of another result is no init: a mean of squares of prefix sums.
func.func @prefix_sums(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 4.0 : f32
  %eps = arith.constant 1.0e-5 : f32
  %e = tensor.empty() : tensor<2xf32>
  %z0 = linalg.fill ins(%zero : f32) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %s:2 = linalg.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r)>], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<2x4xf32>) outs(%z0, %z0 : tensor<2xf32>, tensor<2xf32>) {
  ^bb0(%a: f32, %acc0: f32, %acc1: f32):
    %p = arith.addf %acc0, %a : f32
    %sq = arith.mulf %p, %p : f32
    %q = arith.addf %acc1, %sq : f32
    linalg.yield %p, %q : f32, f32
  } -> (tensor<2xf32>, tensor<2xf32>)
  %o = tensor.empty() : tensor<2x4xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r, c)>], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s#1 : tensor<2x4xf32>, tensor<2xf32>) outs(%o : tensor<2x4xf32>) {
  ^bb0(%a: f32, %ss: f32, %u: f32):
    %m = arith.divf %ss, %n : f32
    %v = arith.addf %m, %eps : f32
    // expected-remark@+1 {{not raised}}
    %r = math.rsqrt %v : f32
    %w = arith.mulf %a, %r : f32
    linalg.yield %w : f32
  } -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

// The sum is over a window of the row.
func.func @window(%x: tensor<2x8x1xf32>) -> tensor<2x8x1xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 6.0 : f32
  %eps = arith.constant 1.0e-5 : f32
  %w = tensor.empty() : tensor<6xf32>
  %xx = tensor.empty() : tensor<2x8x1xf32>
  %sq = linalg.mul ins(%x, %x : tensor<2x8x1xf32>, tensor<2x8x1xf32>) outs(%xx : tensor<2x8x1xf32>) -> tensor<2x8x1xf32>
  %e = tensor.empty() : tensor<2x1x1xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<2x1x1xf32>) -> tensor<2x1x1xf32>
  %s = linalg.pooling_nwc_sum {strides = dense<3> : tensor<1xi64>} ins(%sq, %w : tensor<2x8x1xf32>, tensor<6xf32>) outs(%z : tensor<2x1x1xf32>) -> tensor<2x1x1xf32>
  %o = tensor.empty() : tensor<2x8x1xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(r, c, f) -> (r, c, f)>, affine_map<(r, c, f) -> (r, 0, f)>, affine_map<(r, c, f) -> (r, c, f)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %s : tensor<2x8x1xf32>, tensor<2x1x1xf32>) outs(%o : tensor<2x8x1xf32>) {
  ^bb0(%a: f32, %ss: f32, %u: f32):
    %mm = arith.divf %ss, %n : f32
    %v = arith.addf %mm, %eps : f32
    // expected-remark@+1 {{not raised}}
    %rr = math.rsqrt %v : f32
    %ww = arith.mulf %a, %rr : f32
    linalg.yield %ww : f32
  } -> tensor<2x8x1xf32>
  return %y : tensor<2x8x1xf32>
}

// -----

// The result has six of the row's eight columns.
func.func @part_of_the_row(%x: tensor<2x8xf32>) -> tensor<2x?xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 1.0e-5 : f32
  %six = arith.constant 6 : index
  %w = tensor.empty() : tensor<1xf32>
  %e = tensor.empty() : tensor<2xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<2x8xf32>) outs(%z : tensor<2xf32>) {
  ^bb0(%a: f32, %acc: f32):
    %sq = arith.mulf %a, %a : f32
    %q = arith.addf %acc, %sq : f32
    linalg.yield %q : f32
  } -> tensor<2xf32>
  %o = tensor.empty(%six) : tensor<2x?xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(r, c, k) -> (r, c + k)>, affine_map<(r, c, k) -> (r)>, affine_map<(r, c, k) -> (k)>, affine_map<(r, c, k) -> (r, c)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %s, %w : tensor<2x8xf32>, tensor<2xf32>, tensor<1xf32>) outs(%o : tensor<2x?xf32>) {
  ^bb0(%a: f32, %ss: f32, %kk: f32, %u: f32):
    %mm = arith.divf %ss, %n : f32
    %v = arith.addf %mm, %eps : f32
    // expected-remark@+1 {{not raised}}
    %rr = math.rsqrt %v : f32
    %ww = arith.mulf %a, %rr : f32
    linalg.yield %ww : f32
  } -> tensor<2x?xf32>
  return %y : tensor<2x?xf32>
}
