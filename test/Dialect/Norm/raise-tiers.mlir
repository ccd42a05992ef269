// RUN: norm-opt %s --norm-raise=tier=exact | FileCheck %s --check-prefixes=CHECK,EXACT
// RUN: norm-opt %s --norm-raise | FileCheck %s --check-prefixes=CHECK,REALS
// RUN: norm-opt %s --norm-raise=tier=precision | FileCheck %s --check-prefixes=CHECK,PRECISION
// RUN: norm-opt %s --norm-raise=allow-f64-demote | FileCheck %s --check-prefixes=CHECK,DEMOTE
// RUN: norm-opt %s --norm-raise="tier=precision allow-f64-demote" | FileCheck %s --check-prefixes=CHECK,BOTH

// What each operation records: how far its arithmetic had to differ from what was
// written, whatever would have been allowed.

#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>

// As the operation is defined.

// CHECK-LABEL: func @exact(
// CHECK:         norm.rms_norm {{.*}} {norm.tier = "exact"}
func.func @exact(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xx = arith.mulf %x, %x : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf32>
  %r = math.rsqrt %q : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// x divided by the root rounds otherwise than x times its inverse.

// CHECK-LABEL: func @reals(
// EXACT-NOT:     norm.
// REALS:         norm.rms_norm {{.*}} {norm.tier = "reals"}
// PRECISION:     norm.rms_norm {{.*}} {norm.tier = "reals"}
// CHECK:         return
func.func @reals(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xx = arith.mulf %x, %x : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf32>
  %r = math.sqrt %q : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y = arith.divf %x, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// Summed in bf16: the operation sums in f32.

// CHECK-LABEL: func @precision(
// EXACT-NOT:     norm.
// REALS-NOT:     norm.
// DEMOTE-NOT:    norm.
// PRECISION:     norm.rms_norm {{.*}} {norm.tier = "precision"}
// BOTH:          norm.rms_norm {{.*}} {norm.tier = "precision"}
// CHECK:         return
func.func @precision(%x: tensor<4x8xbf16>) -> tensor<4x8xbf16> {
  %zero = arith.constant 0.0 : bf16
  %n = arith.constant dense<8.0> : tensor<4xbf16>
  %row_empty = tensor.empty() : tensor<4xbf16>
  %empty = tensor.empty() : tensor<4x8xbf16>
  %zeros = linalg.fill ins(%zero : bf16) outs(%row_empty : tensor<4xbf16>) -> tensor<4xbf16>
  %xx = arith.mulf %x, %x : tensor<4x8xbf16>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xbf16>) outs(%zeros : tensor<4xbf16>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xbf16>
  %r = math.rsqrt %q : tensor<4xbf16>
  %rb = linalg.broadcast ins(%r : tensor<4xbf16>) outs(%empty : tensor<4x8xbf16>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<4x8xbf16>
  return %y : tensor<4x8xbf16>
}

// The mean of squares of an f32 input in f64, the product in f32: all in f64, or,
// where that is allowed, all in f32.

// CHECK-LABEL: func @wide_statistics(
// EXACT-NOT:     norm.
// REALS-NOT:     norm.
// PRECISION:     norm.rms_norm {{.*}} compute_type = f64 {norm.tier = "precision"}
// DEMOTE:        norm.rms_norm {{.*}} axes = [1] epsilon = 0.000000e+00 {norm.tier = "f64-demote"}
// BOTH:          norm.rms_norm {{.*}} axes = [1] epsilon = 0.000000e+00 {norm.tier = "f64-demote"}
// CHECK:         return
func.func @wide_statistics(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f64
  %n = arith.constant dense<8.0> : tensor<4xf64>
  %row_empty = tensor.empty() : tensor<4xf64>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f64) outs(%row_empty : tensor<4xf64>) -> tensor<4xf64>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf64>) {
  ^bb0(%in: f32, %out: f64):
    %wide = arith.extf %in : f32 to f64
    %xx = arith.mulf %wide, %wide : f64
    %0 = arith.addf %out, %xx : f64
    linalg.yield %0 : f64
  } -> tensor<4xf64>
  %q = arith.divf %s, %n : tensor<4xf64>
  %low = arith.truncf %q : tensor<4xf64> to tensor<4xf32>
  %r = math.rsqrt %low : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// The same of a bf16 input, with a result that is rounded to bf16.

// CHECK-LABEL: func @wide_statistics_of_bf16(
// REALS-NOT:     norm.
// DEMOTE:        norm.rms_norm ins(%{{.*}} : tensor<4x8xbf16>) {{.*}} {norm.tier = "f64-demote"}
// CHECK:         return
func.func @wide_statistics_of_bf16(%x: tensor<4x8xbf16>) -> tensor<4x8xbf16> {
  %zero = arith.constant 0.0 : f64
  %n = arith.constant dense<8.0> : tensor<4xf64>
  %row_empty = tensor.empty() : tensor<4xf64>
  %empty = tensor.empty() : tensor<4x8xbf16>
  %zeros = linalg.fill ins(%zero : f64) outs(%row_empty : tensor<4xf64>) -> tensor<4xf64>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xbf16>) outs(%zeros : tensor<4xf64>) {
  ^bb0(%in: bf16, %out: f64):
    %wide = arith.extf %in : bf16 to f64
    %xx = arith.mulf %wide, %wide : f64
    %0 = arith.addf %out, %xx : f64
    linalg.yield %0 : f64
  } -> tensor<4xf64>
  %y = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %s : tensor<4x8xbf16>, tensor<4xf64>) outs(%empty : tensor<4x8xbf16>) {
  ^bb0(%in: bf16, %squares: f64, %out: bf16):
    %count = arith.constant 8.0 : f64
    %q = arith.divf %squares, %count : f64
    %low = arith.truncf %q : f64 to f32
    %r = math.rsqrt %low : f32
    %wide = arith.extf %in : bf16 to f32
    %xr = arith.mulf %wide, %r : f32
    %0 = arith.truncf %xr : f32 to bf16
    linalg.yield %0 : bf16
  } -> tensor<4x8xbf16>
  return %y : tensor<4x8xbf16>
}
