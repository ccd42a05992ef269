// RUN: norm-opt %s --test-norm-element-expr | FileCheck %s

// Operations by meaning: each pair is one operation in two spellings.

#row = affine_map<(d0, d1) -> (d0)>
#all = affine_map<(d0, d1) -> (d0, d1)>

// A select of the larger is a maximum, whichever way it is compared.

// CHECK-LABEL: select_if_greater
// CHECK-NEXT:    max(%arg0[d0], 0.000000e+00 : f32)
// CHECK-NEXT:    max(%arg0[d0], 0.000000e+00 : f32)
// CHECK-NEXT:    equal
func.func @select_if_greater(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %zeros = arith.constant dense<0.0> : tensor<4xf32>
  %empty = tensor.empty() : tensor<4xf32>
  %a = arith.maximumf %x, %zeros : tensor<4xf32>
  %b = linalg.map ins(%x : tensor<4xf32>) outs(%empty : tensor<4xf32>) (%in: f32, %out: f32) {
    %c = arith.cmpf ogt, %in, %zero : f32
    %0 = arith.select %c, %in, %zero : f32
    linalg.yield %0 : f32
  }
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: select_if_less
// CHECK:         {{^}}  equal
func.func @select_if_less(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %zeros = arith.constant dense<0.0> : tensor<4xf32>
  %empty = tensor.empty() : tensor<4xf32>
  %a = arith.maximumf %x, %zeros : tensor<4xf32>
  %b = linalg.map ins(%x : tensor<4xf32>) outs(%empty : tensor<4xf32>) (%in: f32, %out: f32) {
    %c = arith.cmpf ult, %in, %zero : f32
    %0 = arith.select %c, %zero, %in : f32
    linalg.yield %0 : f32
  }
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// One of the smaller is not.

// CHECK-LABEL: select_the_smaller
// CHECK:         not equal
func.func @select_the_smaller(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %zeros = arith.constant dense<0.0> : tensor<4xf32>
  %empty = tensor.empty() : tensor<4xf32>
  %a = arith.maximumf %x, %zeros : tensor<4xf32>
  %b = linalg.map ins(%x : tensor<4xf32>) outs(%empty : tensor<4xf32>) (%in: f32, %out: f32) {
    %c = arith.cmpf olt, %in, %zero : f32
    %0 = arith.select %c, %in, %zero : f32
    linalg.yield %0 : f32
  }
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// 0 − x is −x.

// CHECK-LABEL: negated
// CHECK:         {{^}}  equal
func.func @negated(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %a = arith.subf %zero, %x : tensor<4xf32>
  %b = arith.negf %x : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// x − 0 is x, and not 0 − x.

// CHECK-LABEL: zero_subtracted
// CHECK-NEXT:    %arg0[d0]
// CHECK:         not equal
func.func @zero_subtracted(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %a = arith.subf %x, %zero : tensor<4xf32>
  %b = arith.subf %zero, %x : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// A fused multiplication and addition.

// CHECK-LABEL: fma
// CHECK:         {{^}}  equal
func.func @fma(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %a = math.fma %x, %x, %y : tensor<4xf32>
  %xx = arith.mulf %x, %x : tensor<4xf32>
  %b = arith.addf %y, %xx : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// One that accumulates.

// CHECK-LABEL: accumulated_by_fma
// CHECK-NEXT:    sum[d1](mul(%arg0[d0, d1], %arg0[d0, d1]))
func.func @accumulated_by_fma(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = math.fma %in, %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// One that multiplies the accumulator is no sum.

// CHECK-LABEL: multiplied_accumulator
// CHECK-NEXT:    %{{[0-9]+}}[d0]
func.func @multiplied_accumulator(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = math.fma %out, %in, %in : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// An accumulator that is rounded at each step.

// CHECK-LABEL: rounded_accumulator
// CHECK-NEXT:    sum[d1](ext(%arg0[d0, d1]):f32)
func.func @rounded_accumulator(%x: tensor<4x8xbf16>) -> tensor<4xbf16> {
  %zero = arith.constant dense<0.0> : tensor<4xbf16>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xbf16>) outs(%zero : tensor<4xbf16>) {
  ^bb0(%in: bf16, %out: bf16):
    %wide = arith.extf %in : bf16 to f32
    %acc = arith.extf %out : bf16 to f32
    %0 = arith.addf %acc, %wide : f32
    %1 = arith.truncf %0 : f32 to bf16
    linalg.yield %1 : bf16
  } -> tensor<4xbf16>
  return %s : tensor<4xbf16>
}

// One that is used twice, or not only to be added to, is no sum.

// CHECK-LABEL: doubled_accumulator
// CHECK-NEXT:    %{{[0-9]+}}[d0]
func.func @doubled_accumulator(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %out, %in : f32
    %1 = arith.addf %out, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// CHECK-LABEL: subtracted_accumulator
// CHECK-NEXT:    %{{[0-9]+}}[d0]
func.func @subtracted_accumulator(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.subf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// A sum in a wider type is not that of the rounded terms.

// CHECK-LABEL: rounded_terms
// CHECK:         not equal
func.func @rounded_terms(%x: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %low = arith.truncf %x : tensor<4x8xf32> to tensor<4x8xbf16>
  %back = arith.extf %low : tensor<4x8xbf16> to tensor<4x8xf32>
  %t = linalg.reduce { arith.addf } ins(%back : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// TOSA's spellings of the same.

// CHECK-LABEL: tosa
// CHECK:         {{^}}  equal
func.func @tosa(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %one = arith.constant dense<1.0> : tensor<4xf32>
  %xx = tosa.mul %x, %x, %shift : (tensor<4xf32>, tensor<4xf32>, tensor<1xi8>) -> tensor<4xf32>
  %positive = tosa.maximum %xx, %zero : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %a = tosa.reciprocal %positive : (tensor<4xf32>) -> tensor<4xf32>
  %square = arith.mulf %x, %x : tensor<4xf32>
  %clamped = arith.maximumf %zero, %square : tensor<4xf32>
  %b = arith.divf %one, %clamped : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// What is not known by meaning is compared by name and attributes.

// CHECK-LABEL: other_operations
// CHECK:         not equal
func.func @other_operations(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %a = math.exp %x : tensor<4xf32>
  %b = math.exp2 %x : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// Division does not commute.

// CHECK-LABEL: divided
// CHECK:         not equal
func.func @divided(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %a = arith.divf %x, %y : tensor<4xf32>
  %b = arith.divf %y, %x : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}
