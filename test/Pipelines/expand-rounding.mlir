// RUN: norm-opt %s --norm-expand-rounding | FileCheck %s

// CHECK-LABEL: func.func @roundeven
// CHECK-SAME:    (%[[X:.*]]: vector<4xf32>)
// CHECK-DAG:     %[[SHIFT:.*]] = arith.constant dense<0x4B000000> : vector<4xf32>
// CHECK-DAG:     %[[MAGNITUDE:.*]] = math.absf %[[X]]
// CHECK:         %[[SUM:.*]] = arith.addf %[[MAGNITUDE]], %[[SHIFT]]
// CHECK:         %[[ROUNDED:.*]] = arith.subf %[[SUM]], %[[SHIFT]]
// CHECK:         %[[SMALL:.*]] = arith.cmpf olt, %[[MAGNITUDE]], %[[SHIFT]]
// CHECK:         %[[CHOSEN:.*]] = arith.select %[[SMALL]], %[[ROUNDED]], %[[MAGNITUDE]]
// CHECK:         math.copysign %[[CHOSEN]], %[[X]]
func.func @roundeven(%x: vector<4xf32>) -> vector<4xf32> {
  %0 = math.roundeven %x : vector<4xf32>
  return %0 : vector<4xf32>
}

// CHECK-LABEL: func.func @others
// CHECK-NOT:     math.{{floor|ceil|trunc}}
// CHECK:         math.floor %{{.*}} : vector<4xf16>
// CHECK-NEXT:    return
func.func @others(%x: f64, %h: vector<4xf16>) -> (f64, f64, f64, vector<4xf16>) {
  %0 = math.floor %x : f64
  %1 = math.ceil %x : f64
  %2 = math.trunc %x : f64
  %3 = math.floor %h : vector<4xf16>
  return %0, %1, %2, %3 : f64, f64, f64, vector<4xf16>
}
