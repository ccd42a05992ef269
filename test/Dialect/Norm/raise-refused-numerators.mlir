// RUN: norm-opt %s -split-input-file > %t.before
// RUN: norm-opt %s -split-input-file --norm-raise > %t.after
// RUN: cmp %t.before %t.after
// RUN: norm-opt %s -split-input-file --norm-raise='report-misses=1 tier=precision allow-f64-demote=1' -verify-diagnostics > %t.most
// RUN: cmp %t.before %t.most

// What looks like a normalization and is not one stays as it is, bit for bit of
// the printed IR, under every option; the remark names the first condition that
// failed.

// N1: x, not x − mean, is divided by the standard deviation.
func.func @uncentered_numerator(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
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
  // expected-remark@+1 {{not raised: the root is that of the variance, but the numerator is not centered}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// -----

// N2: the same over two dims, divided.
func.func @uncentered_numerator_divided(%x: tensor<2x3x4xf32>, %gamma: tensor<3x4xf32>, %beta: tensor<3x4xf32>) -> tensor<2x3x4xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<2xf32>
  %empty = tensor.empty() : tensor<2x3x4xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<2xf32>) -> tensor<2xf32>
  %n = arith.constant dense<12.0> : tensor<2xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<2xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x3x4xf32>) outs(%zeros : tensor<2xf32>) dimensions = [1, 2]
  %mean = arith.divf %s, %n : tensor<2xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<2xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [1, 2]
  %d = arith.subf %x, %meanb : tensor<2x3x4xf32>
  %dd = arith.mulf %d, %d : tensor<2x3x4xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<2x3x4xf32>) outs(%zeros : tensor<2xf32>) dimensions = [1, 2]
  %v = arith.divf %ss, %n : tensor<2xf32>
  %ve = arith.addf %v, %eps : tensor<2xf32>
  // expected-remark@+1 {{not raised: the root is that of the variance, but the numerator is not centered}}
  %r = math.sqrt %ve : tensor<2xf32>
  %rb = linalg.broadcast ins(%r : tensor<2xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [1, 2]
  %gb = linalg.broadcast ins(%gamma : tensor<3x4xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<3x4xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [0]
  %y0 = arith.divf %x, %rb : tensor<2x3x4xf32>
  %y1 = arith.mulf %y0, %gb : tensor<2x3x4xf32>
  %y2 = arith.addf %y1, %bb : tensor<2x3x4xf32>
  return %y2 : tensor<2x3x4xf32>
}

// -----

// N3: mean − x.
func.func @mean_minus_x(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %meanb, %x : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: the numerator is negated: mean − x, not x − mean}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  return %y0 : tensor<4x8xf32>
}

// -----

// N3: mean − x, scaled and divided.
func.func @mean_minus_x_divided(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %meanb, %x : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: the numerator is negated: mean − x, not x − mean}}
  %r = math.sqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %dw = arith.mulf %gb, %d : tensor<4x8xf32>
  %y1 = arith.divf %dw, %rb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}

// -----

// N4: epsilon outside of the root.
func.func @epsilon_outside(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
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
  // expected-remark@+1 {{not raised: nothing is (x − mean) times the inverse root}}
  %root = math.sqrt %v : tensor<4xf32>
  %r = arith.addf %root, %eps : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.divf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// -----

// N5: two over the root.
func.func @two_over_root(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
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
  // expected-remark@+1 {{not raised: the root divides 2.000000e+00 : f32, not 1}}
  %root = math.sqrt %ve : tensor<4xf32>
  %one = arith.constant dense<2.0> : tensor<4xf32>
  %r = arith.divf %one, %root : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  return %y0 : tensor<4x8xf32>
}

// -----

// N5: the root of the root.
func.func @root_of_root(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: nothing is x times the inverse root}}
  %root = math.sqrt %ve : tensor<4xf32>
  // expected-remark@+1 {{not raised: the statistic is not a sum divided by a count}}
  %r = math.rsqrt %root : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}

// -----

// N7: the numerator's mean is over the other dim.
func.func @other_mean_in_numerator(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x4xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<4.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x4xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x4xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<4x4xf32>
  %dd = arith.mulf %d, %d : tensor<4x4xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x4xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: nothing is (x − mean) times the inverse root}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x4xf32>) dimensions = [1]
  %s0 = linalg.reduce { arith.addf } ins(%x : tensor<4x4xf32>) outs(%zeros : tensor<4xf32>) dimensions = [0]
  %mean0 = arith.divf %s0, %n : tensor<4xf32>
  %mean0b = linalg.broadcast ins(%mean0 : tensor<4xf32>) outs(%empty : tensor<4x4xf32>) dimensions = [0]
  %d0 = arith.subf %x, %mean0b : tensor<4x4xf32>
  %y0 = arith.mulf %d0, %rb : tensor<4x4xf32>
  return %y0 : tensor<4x4xf32>
}

// -----

// N7: the numerator is x transposed, so the statistics are over its other dim.
func.func @transposed_numerator(%x: tensor<4x4xf32>, %gamma: tensor<4xf32>) -> tensor<4x4xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x4xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<4.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x4xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x4xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: nothing is x times the inverse root}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x4xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<4xf32>) outs(%empty : tensor<4x4xf32>) dimensions = [0]
  %xt = linalg.transpose ins(%x : tensor<4x4xf32>) outs(%empty : tensor<4x4xf32>) permutation = [1, 0]
  %y0 = arith.mulf %xt, %rb : tensor<4x4xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x4xf32>
  return %y1 : tensor<4x4xf32>
}

// -----

// The statistics are those of another tensor.
func.func @other_statistics(%x: tensor<4x8xf32>, %z: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %z, %z : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  // expected-remark@+1 {{not raised: nothing is x times the inverse root}}
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}
