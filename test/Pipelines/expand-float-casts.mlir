// RUN: norm-opt %s --norm-expand-float-casts | FileCheck %s
// RUN: norm-opt %s --norm-expand-float-casts=bf16=false | FileCheck %s --check-prefix=NATIVE

// CHECK-LABEL: func.func @scalar
// CHECK-SAME:    (%[[X:.*]]: f32) -> bf16
// CHECK-DAG:     %[[SIXTEEN:.*]] = arith.constant 16 : i32
// CHECK-DAG:     %[[ONE:.*]] = arith.constant 1 : i32
// CHECK-DAG:     %[[HALF:.*]] = arith.constant 32767 : i32
// CHECK-DAG:     %[[QUIET_BIT:.*]] = arith.constant 4194304 : i32
// CHECK:         %[[BITS:.*]] = arith.bitcast %[[X]] : f32 to i32
// CHECK:         %[[HIGH:.*]] = arith.shrui %[[BITS]], %[[SIXTEEN]]
// CHECK:         %[[ODD:.*]] = arith.andi %[[HIGH]], %[[ONE]]
// CHECK:         %[[BIAS:.*]] = arith.addi %[[ODD]], %[[HALF]]
// CHECK:         %[[ROUNDED:.*]] = arith.addi %[[BITS]], %[[BIAS]]
// CHECK:         %[[QUIET:.*]] = arith.ori %[[BITS]], %[[QUIET_BIT]]
// CHECK:         %[[NAN:.*]] = arith.cmpf uno, %[[X]], %[[X]] : f32
// CHECK:         %[[CHOSEN:.*]] = arith.select %[[NAN]], %[[QUIET]], %[[ROUNDED]] : i32
// CHECK:         %[[SHIFTED:.*]] = arith.shrui %[[CHOSEN]], %[[SIXTEEN]]
// CHECK:         %[[CUT:.*]] = arith.trunci %[[SHIFTED]] : i32 to i16
// CHECK:         arith.bitcast %[[CUT]] : i16 to bf16
// NATIVE-LABEL: func.func @scalar
// NATIVE:         arith.truncf %{{.*}} : f32 to bf16
func.func @scalar(%x: f32) -> bf16 {
  %0 = arith.truncf %x : f32 to bf16
  return %0 : bf16
}

// CHECK-LABEL: func.func @vector
// CHECK-NOT:     arith.truncf
// CHECK:         arith.bitcast %{{.*}} : vector<16xf32> to vector<16xi32>
// CHECK:         arith.select %{{.*}} : vector<16xi1>, vector<16xi32>
// CHECK:         arith.bitcast %{{.*}} : vector<16xi16> to vector<16xbf16>
func.func @vector(%x: vector<16xf32>) -> vector<16xbf16> {
  %0 = arith.truncf %x : vector<16xf32> to vector<16xbf16>
  return %0 : vector<16xbf16>
}

// The f64 goes through an f32 that is rounded to odd, for whatever 16-bit type.
// CHECK-LABEL: func.func @wide
// CHECK-SAME:    (%[[X:.*]]: f64)
// CHECK:         %[[NEAR:.*]] = arith.truncf %[[X]] : f64 to f32
// CHECK:         %[[BACK:.*]] = arith.extf %[[NEAR]] : f32 to f64
// CHECK:         %[[INEXACT:.*]] = arith.cmpf one, %[[X]], %[[BACK]] : f64
// CHECK:         %[[ODD:.*]] = arith.select %[[INEXACT]]
// CHECK:         %[[TO_ODD:.*]] = arith.bitcast %[[ODD]] : i32 to f32
// CHECK:         arith.truncf %[[TO_ODD]] : f32 to f16
// NATIVE-LABEL: func.func @wide
// NATIVE-NOT:     arith.truncf %{{.*}} : f64 to f16
// NATIVE:         return
func.func @wide(%x: f64) -> f16 {
  %0 = arith.truncf %x : f64 to f16
  return %0 : f16
}

// Casts that need nothing, and tensors, stay.
// CHECK-LABEL: func.func @others
// CHECK-NEXT:    arith.truncf %{{.*}} : f32 to f16
// CHECK-NEXT:    arith.truncf %{{.*}} : f64 to f32
// CHECK-NEXT:    arith.truncf %{{.*}} : tensor<4xf32> to tensor<4xbf16>
// CHECK-NEXT:    return
func.func @others(%x: f32, %y: f64, %z: tensor<4xf32>) -> (f16, f32, tensor<4xbf16>) {
  %0 = arith.truncf %x : f32 to f16
  %1 = arith.truncf %y : f64 to f32
  %2 = arith.truncf %z : tensor<4xf32> to tensor<4xbf16>
  return %0, %1, %2 : f16, f32, tensor<4xbf16>
}

// CHECK-LABEL: func.func @extend
// CHECK-SAME:    (%[[X:.*]]: vector<8xbf16>)
// CHECK:         %[[HALF:.*]] = arith.bitcast %[[X]] : vector<8xbf16> to vector<8xi16>
// CHECK:         %[[BITS:.*]] = arith.extui %[[HALF]] : vector<8xi16> to vector<8xi32>
// CHECK:         %[[HIGH:.*]] = arith.shli %[[BITS]], %{{.*}} : vector<8xi32>
// CHECK:         %[[Y:.*]] = arith.bitcast %[[HIGH]] : vector<8xi32> to vector<8xf32>
// CHECK:         return %[[Y]]
// NATIVE-LABEL: func.func @extend
// NATIVE-NOT:     arith.extf
// NATIVE:         arith.shli
func.func @extend(%x: vector<8xbf16>) -> vector<8xf32> {
  %y = arith.extf %x : vector<8xbf16> to vector<8xf32>
  return %y : vector<8xf32>
}

// CHECK-LABEL: func.func @far_extend
// CHECK:         %[[F32:.*]] = arith.bitcast %{{.*}} : i32 to f32
// CHECK:         %[[F64:.*]] = arith.extf %[[F32]] : f32 to f64
// CHECK:         return %[[F64]]
func.func @far_extend(%x: bf16) -> f64 {
  %y = arith.extf %x : bf16 to f64
  return %y : f64
}
