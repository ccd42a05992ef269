// RUN: norm-opt %s --norm-expand-float-casts --split-input-file | FileCheck %s
// RUN: norm-opt %s --norm-expand-float-casts=bf16=false --split-input-file | FileCheck %s --check-prefix=NATIVE

// CHECK-LABEL: @extend(
// CHECK-SAME: %[[X:.*]]: vector<8xbf16>
// CHECK: %[[HALF:.*]] = arith.bitcast %[[X]] : vector<8xbf16> to vector<8xi16>
// CHECK: %[[BITS:.*]] = arith.extui %[[HALF]] : vector<8xi16> to vector<8xi32>
// CHECK: %[[HIGH:.*]] = arith.shli %[[BITS]], %{{.*}} : vector<8xi32>
// CHECK: %[[Y:.*]] = arith.bitcast %[[HIGH]] : vector<8xi32> to vector<8xf32>
// CHECK: return %[[Y]]
// NATIVE-LABEL: @extend(
// NATIVE: arith.extf
func.func @extend(%x: vector<8xbf16>) -> vector<8xf32> {
  %y = arith.extf %x : vector<8xbf16> to vector<8xf32>
  return %y : vector<8xf32>
}

// -----

// CHECK-LABEL: @extend_twice(
// CHECK: %[[F32:.*]] = arith.bitcast %{{.*}} : i32 to f32
// CHECK: %[[F64:.*]] = arith.extf %[[F32]] : f32 to f64
// CHECK: return %[[F64]]
func.func @extend_twice(%x: bf16) -> f64 {
  %y = arith.extf %x : bf16 to f64
  return %y : f64
}

// -----

// CHECK-LABEL: @truncate(
// CHECK-NOT: arith.truncf
// CHECK: arith.cmpf uno
// CHECK: arith.select
// CHECK: arith.trunci %{{.*}} : i32 to i16
// CHECK: arith.bitcast %{{.*}} : i16 to bf16
// NATIVE-LABEL: @truncate(
// NATIVE: arith.truncf
func.func @truncate(%x: f32) -> bf16 {
  %y = arith.truncf %x : f32 to bf16
  return %y : bf16
}

// -----

// One rounding, not two: the way through f32 is rounded to odd.

// CHECK-LABEL: @truncate_f64(
// CHECK: %[[NEAR:.*]] = arith.truncf %{{.*}} : f64 to f32
// CHECK: arith.ori
// CHECK: %[[ODD:.*]] = arith.bitcast %{{.*}} : i32 to f32
// CHECK: arith.truncf %[[ODD]] : f32 to f16
func.func @truncate_f64(%x: f64) -> f16 {
  %y = arith.truncf %x : f64 to f16
  return %y : f16
}
