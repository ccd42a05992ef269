// RUN: norm-opt %s --norm-raise | FileCheck %s --check-prefixes=CHECK,REALS
// RUN: norm-opt %s --norm-raise=tier=exact | FileCheck %s --check-prefixes=CHECK,EXACT
// RUN: norm-opt %s --norm-raise=tier=precision | FileCheck %s --check-prefixes=CHECK,PRECISION
// RUN: norm-opt %s --norm-raise=allow-f64-demote | FileCheck %s --check-prefixes=CHECK,DEMOTE
// RUN: not norm-opt %s --norm-raise=tier=any 2>&1 | FileCheck %s --check-prefix=ERROR

// What is computed in which type, and which tier each needs.

// ERROR: expected tier exact, reals or precision, got 'any'

// Rounding before the scale is kept: the product stays in bf16, outside.

// CHECK-LABEL: func @rounded_before_scale(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xbf16>, %[[G:.*]]: tensor<8xbf16>)
// REALS:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<4x8xbf16>) outs(%{{.*}} : tensor<4x8xbf16>) axes = [1]
// REALS:         %[[B:.*]] = linalg.broadcast ins(%[[G]] :
// REALS:         %[[Z:.*]] = arith.mulf %[[Y]], %[[B]] : tensor<4x8xbf16>
// REALS:         return %[[Z]]
// PRECISION:     norm.rms_norm ins(%[[X]] : tensor<4x8xbf16>) gamma(%[[G]] : tensor<8xbf16>)
func.func @rounded_before_scale(%x: tensor<4x8xbf16>, %gamma: tensor<8xbf16>) -> tensor<4x8xbf16> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %low_empty = tensor.empty() : tensor<4x8xbf16>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xf = arith.extf %x : tensor<4x8xbf16> to tensor<4x8xf32>
  %xx = arith.mulf %xf, %xf : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf32>
  %qe = arith.addf %q, %eps : tensor<4xf32>
  %r = math.rsqrt %qe : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %xf, %rb : tensor<4x8xf32>
  %low = arith.truncf %y : tensor<4x8xf32> to tensor<4x8xbf16>
  %gb = linalg.broadcast ins(%gamma : tensor<8xbf16>) outs(%low_empty : tensor<4x8xbf16>) dimensions = [0]
  %z = arith.mulf %low, %gb : tensor<4x8xbf16>
  return %z : tensor<4x8xbf16>
}

// The scale in f32, as 1 + gamma, and one rounding last.

// CHECK-LABEL: func @rounded_last(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xbf16>, %[[G:.*]]: tensor<8xbf16>)
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<4x8xbf16>) gamma(%[[G]] : tensor<8xbf16>)
// CHECK-SAME:      outs(%{{.*}} : tensor<4x8xbf16>) axes = [1] gamma_offset = 1.000000e+00 epsilon =
// CHECK-NEXT:    return %[[Y]]
func.func @rounded_last(%x: tensor<4x8xbf16>, %gamma: tensor<8xbf16>) -> tensor<4x8xbf16> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant dense<1.0> : tensor<8xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xf = arith.extf %x : tensor<4x8xbf16> to tensor<4x8xf32>
  %xx = arith.mulf %xf, %xf : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf32>
  %qe = arith.addf %q, %eps : tensor<4xf32>
  %r = math.rsqrt %qe : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %xf, %rb : tensor<4x8xf32>
  %gf = arith.extf %gamma : tensor<8xbf16> to tensor<8xf32>
  %g1 = arith.addf %gf, %one : tensor<8xf32>
  %gb = linalg.broadcast ins(%g1 : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %z = arith.mulf %y, %gb : tensor<4x8xf32>
  %low = arith.truncf %z : tensor<4x8xf32> to tensor<4x8xbf16>
  return %low : tensor<4x8xbf16>
}

// Statistics in bf16 would become those of f32: a wider type.

// CHECK-LABEL: func @all_bf16(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xbf16>)
// REALS-NOT:     norm.
// EXACT-NOT:     norm.
// DEMOTE-NOT:    norm.
// PRECISION:     norm.rms_norm ins(%[[X]] : {{.*}} axes = [1] epsilon = 1.001{{.*}}E-5
// CHECK:         return
func.func @all_bf16(%x: tensor<4x8xbf16>) -> tensor<4x8xbf16> {
  %zero = arith.constant 0.0 : bf16
  %n = arith.constant dense<8.0> : tensor<4xbf16>
  %eps = arith.constant dense<1.0e-05> : tensor<4xbf16>
  %row_empty = tensor.empty() : tensor<4xbf16>
  %empty = tensor.empty() : tensor<4x8xbf16>
  %zeros = linalg.fill ins(%zero : bf16) outs(%row_empty : tensor<4xbf16>) -> tensor<4xbf16>
  %xx = arith.mulf %x, %x : tensor<4x8xbf16>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xbf16>) outs(%zeros : tensor<4xbf16>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xbf16>
  %qe = arith.addf %q, %eps : tensor<4xbf16>
  %r = math.rsqrt %qe : tensor<4xbf16>
  %rb = linalg.broadcast ins(%r : tensor<4xbf16>) outs(%empty : tensor<4x8xbf16>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<4x8xbf16>
  return %y : tensor<4x8xbf16>
}

// Statistics in f64 of an f32 input: either less precise than written, which
// takes leave, or all of it in f64.

// CHECK-LABEL: func @f64_statistics(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>)
// REALS-NOT:     norm.
// EXACT-NOT:     norm.
// PRECISION:     norm.rms_norm ins(%[[X]] : {{.*}} axes = [1] epsilon = 1.000000e-05 compute_type = f64
// DEMOTE:        norm.rms_norm ins(%[[X]] : {{.*}} axes = [1] epsilon = 1.000000e-05
// DEMOTE-NOT:    compute_type
// CHECK:         return
func.func @f64_statistics(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f64
  %n = arith.constant dense<8.0> : tensor<4xf64>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf64>
  %row_empty = tensor.empty() : tensor<4xf64>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f64) outs(%row_empty : tensor<4xf64>) -> tensor<4xf64>
  %xd = arith.extf %x : tensor<4x8xf32> to tensor<4x8xf64>
  %xx = arith.mulf %xd, %xd : tensor<4x8xf64>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf64>) outs(%zeros : tensor<4xf64>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf64>
  %qe = arith.addf %q, %eps : tensor<4xf64>
  %qf = arith.truncf %qe : tensor<4xf64> to tensor<4xf32>
  %r = math.rsqrt %qf : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// All in f64 stays in f64, whatever the input.

// CHECK-LABEL: func @all_f64(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>)
// CHECK:         norm.rms_norm ins(%[[X]] : {{.*}} outs({{.*}} : tensor<4x8xf64>) axes = [1] epsilon = 1.000000e-05 compute_type = f64
func.func @all_f64(%x: tensor<4x8xf32>) -> tensor<4x8xf64> {
  %zero = arith.constant 0.0 : f64
  %n = arith.constant dense<8.0> : tensor<4xf64>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf64>
  %row_empty = tensor.empty() : tensor<4xf64>
  %empty = tensor.empty() : tensor<4x8xf64>
  %zeros = linalg.fill ins(%zero : f64) outs(%row_empty : tensor<4xf64>) -> tensor<4xf64>
  %xd = arith.extf %x : tensor<4x8xf32> to tensor<4x8xf64>
  %xx = arith.mulf %xd, %xd : tensor<4x8xf64>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf64>) outs(%zeros : tensor<4xf64>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf64>
  %qe = arith.addf %q, %eps : tensor<4xf64>
  %r = math.rsqrt %qe : tensor<4xf64>
  %rb = linalg.broadcast ins(%r : tensor<4xf64>) outs(%empty : tensor<4x8xf64>) dimensions = [1]
  %y = arith.mulf %xd, %rb : tensor<4x8xf64>
  return %y : tensor<4x8xf64>
}

// The quotient of two constants is equal over the reals, not in f32.

// CHECK-LABEL: func @reciprocal_count(
// REALS:         norm.rms_norm
// EXACT-NOT:     norm.
// CHECK:         return
func.func @reciprocal_count(%x: tensor<4x24xf32>) -> tensor<4x24xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant dense<0.0416666679> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x24xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xx = arith.mulf %x, %x : tensor<4x24xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x24xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.mulf %s, %n : tensor<4xf32>
  %r = math.rsqrt %q : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x24xf32>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<4x24xf32>
  return %y : tensor<4x24xf32>
}
