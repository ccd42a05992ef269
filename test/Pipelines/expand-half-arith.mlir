// RUN: norm-opt %s --norm-expand-half-arith | FileCheck %s
// RUN: norm-opt %s --norm-expand-half-arith='bf16=false f16=true' | FileCheck %s --check-prefix=F16

// Each operation rounds its result, as it did in bf16.
// CHECK-LABEL: func.func @arithmetic(
// CHECK-SAME: %[[A:.*]]: bf16, %[[B:.*]]: bf16
// CHECK: %[[A32:.*]] = arith.extf %[[A]] : bf16 to f32
// CHECK: %[[B32:.*]] = arith.extf %[[B]] : bf16 to f32
// CHECK: %[[SUM32:.*]] = arith.addf %[[A32]], %[[B32]] fastmath<contract> : f32
// CHECK: %[[SUM:.*]] = arith.truncf %[[SUM32]] : f32 to bf16
// CHECK: %[[AGAIN:.*]] = arith.extf %[[SUM]] : bf16 to f32
// CHECK: %[[ROOT32:.*]] = math.sqrt %[[AGAIN]] : f32
// CHECK: %[[ROOT:.*]] = arith.truncf %[[ROOT32]] : f32 to bf16
// CHECK: return %[[ROOT]]
func.func @arithmetic(%a: bf16, %b: bf16) -> bf16 {
  %sum = arith.addf %a, %b fastmath<contract> : bf16
  %root = math.sqrt %sum : bf16
  return %root : bf16
}

// CHECK-LABEL: func.func @reduction(
// CHECK: arith.extf %{{.*}} : vector<8xbf16> to vector<8xf32>
// CHECK: %[[MAX:.*]] = vector.reduction <maximumf>, %{{.*}} : vector<8xf32> into f32
// CHECK: arith.truncf %[[MAX]] : f32 to bf16
func.func @reduction(%v: vector<8xbf16>) -> bf16 {
  %max = vector.reduction <maximumf>, %v : vector<8xbf16> into bf16
  return %max : bf16
}

// CHECK-LABEL: func.func @comparison(
// CHECK: arith.cmpf olt, %{{.*}}, %{{.*}} : vector<8xf32>
func.func @comparison(%a: vector<8xbf16>, %b: vector<8xbf16>) -> vector<8xi1> {
  %less = arith.cmpf olt, %a, %b : vector<8xbf16>
  return %less : vector<8xi1>
}

// f32 would round an integer of 32 bits first, and the result would be rounded twice.
// CHECK-LABEL: func.func @from_integer(
// CHECK: %[[WIDE:.*]] = arith.sitofp %{{.*}} : i32 to f64
// CHECK: arith.truncf %[[WIDE]] : f64 to bf16
func.func @from_integer(%i: i32) -> bf16 {
  %f = arith.sitofp %i : i32 to bf16
  return %f : bf16
}

// Casts, choices and constants compute nothing; other types are none of its business.
// CHECK-LABEL: func.func @kept(
// CHECK-NEXT: arith.constant 1.000000e+00 : bf16
// CHECK-NEXT: arith.extf
// CHECK-NEXT: arith.addf %{{.*}}, %{{.*}} : f32
// CHECK-NEXT: arith.truncf
// CHECK-NEXT: arith.select
// CHECK-NEXT: return
func.func @kept(%a: bf16, %b: f32, %c: i1) -> bf16 {
  %one = arith.constant 1.0 : bf16
  %wide = arith.extf %a : bf16 to f32
  %sum = arith.addf %wide, %b : f32
  %narrow = arith.truncf %sum : f32 to bf16
  %chosen = arith.select %c, %narrow, %one : bf16
  return %chosen : bf16
}

// CHECK-LABEL: func.func @sum_of_f16(
// CHECK-NEXT: arith.addf %{{.*}}, %{{.*}} : vector<8xf16>
// F16-LABEL: func.func @sum_of_f16(
// F16-SAME: %[[A:.*]]: vector<8xf16>, %[[B:.*]]: bf16)
// F16-NEXT: %[[LHS:.*]] = arith.extf %[[A]] : vector<8xf16> to vector<8xf32>
// F16-NEXT: %[[RHS:.*]] = arith.extf %[[A]] : vector<8xf16> to vector<8xf32>
// F16-NEXT: %[[SUM:.*]] = arith.addf %[[LHS]], %[[RHS]] : vector<8xf32>
// F16-NEXT: arith.truncf %[[SUM]] : vector<8xf32> to vector<8xf16>
// F16-NEXT: arith.addf %[[B]], %[[B]] : bf16
func.func @sum_of_f16(%a: vector<8xf16>, %b: bf16) -> (vector<8xf16>, bf16) {
  %sum = arith.addf %a, %a : vector<8xf16>
  %other = arith.addf %b, %b : bf16
  return %sum, %other : vector<8xf16>, bf16
}

// Floats of 8 bits too, on whatever target.
// CHECK-LABEL: func.func @eight_bits(
// CHECK: arith.extf %{{.*}} : vector<8xf8E4M3FN> to vector<8xf32>
// CHECK: arith.divf %{{.*}} : vector<8xf32>
// CHECK: arith.truncf %{{.*}} : vector<8xf32> to vector<8xf8E4M3FN>
// F16-LABEL: func.func @eight_bits(
// F16: arith.divf %{{.*}} : vector<8xf32>
func.func @eight_bits(%v: vector<8xf8E4M3FN>) -> vector<8xf8E4M3FN> {
  %0 = arith.divf %v, %v : vector<8xf8E4M3FN>
  return %0 : vector<8xf8E4M3FN>
}
