// Conversions to 16-bit floats round once, to nearest, ties to even, in instructions as in integers.
// REQUIRES: norm-run
// RUN: norm-run %s --entry=to_bf16 | FileCheck %s --check-prefix=BF16
// RUN: norm-opt %s --norm-expand-float-casts | norm-run - --entry=to_bf16 | FileCheck %s --check-prefixes=BF16,TINY
// RUN: norm-run %s --entry=wide_to_bf16 | FileCheck %s --check-prefix=WIDE-BF16
// RUN: norm-opt %s --norm-expand-float-casts | norm-run - --entry=wide_to_bf16 | FileCheck %s --check-prefix=WIDE-BF16
// RUN: norm-run %s --entry=wide_to_f16 | FileCheck %s --check-prefix=WIDE-F16

#id = affine_map<(i) -> (i)>

// Ties, overflow to infinity, infinities, zeros and NaN; the last value is subnormal, which an instruction may flush.
// BF16:      output 0: 9xbf16 [1, 1.015625, -1.015625, inf, -inf, 0, -0, nan,
// TINY-SAME: 9.18354962e-41]
func.func @to_bf16() -> tensor<9xbf16> {
  %x = arith.constant dense<[1.00390625, 1.01171875, -1.01171875, 3.4e38, 0xFF800000, 0.0, -0.0, 0x7F800001, 1.0e-40]>
    : tensor<9xf32>
  %0 = tensor.empty() : tensor<9xbf16>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : tensor<9xf32>) outs(%0 : tensor<9xbf16>) {
  ^bb0(%e: f32, %o: bf16):
    %t = arith.truncf %e : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<9xbf16>
  return %1 : tensor<9xbf16>
}

// A hair beyond the tie, which an f32 in between would lose.
// WIDE-BF16: output 0: 6xbf16 [1.0078125, -1.0078125, 1, inf, nan, 1.5]
func.func @wide_to_bf16() -> tensor<6xbf16> {
  %x = arith.constant dense<[1.0039062500009095, -1.0039062500009095, 1.0039062499990905, 1.0e300, 0x7FF0000000000001, 1.5]>
    : tensor<6xf64>
  %0 = tensor.empty() : tensor<6xbf16>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : tensor<6xf64>) outs(%0 : tensor<6xbf16>) {
  ^bb0(%e: f64, %o: bf16):
    %t = arith.truncf %e : f64 to bf16
    linalg.yield %t : bf16
  } -> tensor<6xbf16>
  return %1 : tensor<6xbf16>
}

// WIDE-F16: output 0: 6xf16 [1.00097656, 1, 65504, inf, -inf, -0]
func.func @wide_to_f16() -> tensor<6xf16> {
  %x = arith.constant dense<[1.0004882812509095, 1.00048828125, 65519.999999, 65520.0, -1.0e300, -1.0e-300]>
    : tensor<6xf64>
  %0 = tensor.empty() : tensor<6xf16>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : tensor<6xf64>) outs(%0 : tensor<6xf16>) {
  ^bb0(%e: f64, %o: f16):
    %t = arith.truncf %e : f64 to f16
    linalg.yield %t : f16
  } -> tensor<6xf16>
  return %1 : tensor<6xf16>
}
