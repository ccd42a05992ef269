// RUN: norm-opt %s --norm-approximate-math | FileCheck %s

// CHECK-LABEL: func.func @vectors
// CHECK-NOT:     math.{{exp|tanh|erf|log}}
// CHECK:         return
func.func @vectors(%x: vector<8xf32>, %h: vector<8xbf16>) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xbf16>) {
  %0 = math.exp %x : vector<8xf32>
  %1 = math.tanh %x : vector<8xf32>
  %2 = math.erf %x : vector<8xf32>
  %3 = math.exp %h : vector<8xbf16>
  return %0, %1, %2, %3 : vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xbf16>
}

// Of vectors of f64 the exponential: what is out of range is chosen last, so that no sum rounds it.
// CHECK-LABEL: func.func @exponential
// CHECK-SAME:    (%[[X:.*]]: vector<[2]xf64>)
// CHECK-DAG:     %[[LARGE:.*]] = arith.cmpf ogt, %[[X]],
// CHECK-DAG:     %[[SMALL:.*]] = arith.cmpf olt, %[[X]],
// CHECK-NOT:     math.
// CHECK:         %[[INFINITY:.*]] = arith.constant dense<0x7FF0000000000000>
// CHECK-NEXT:    %[[ABOVE:.*]] = arith.select %[[LARGE]], %[[INFINITY]], %{{.*}} : vector<[2]xi1>, vector<[2]xf64>
// CHECK-NEXT:    %[[RESULT:.*]] = arith.select %[[SMALL]], %{{.*}}, %[[ABOVE]]
// CHECK-NEXT:    return %[[RESULT]]
func.func @exponential(%x: vector<[2]xf64>) -> vector<[2]xf64> {
  %0 = math.exp %x : vector<[2]xf64>
  return %0 : vector<[2]xf64>
}

// So the other two that activation functions need.
// CHECK-LABEL: func.func @activations
// CHECK-NOT:     math.{{exp|tanh|erf}}
// CHECK:         return
func.func @activations(%x: vector<8xf64>) -> (vector<8xf64>, vector<8xf64>) {
  %0 = math.tanh %x : vector<8xf64>
  %1 = math.erf %x : vector<8xf64>
  return %0, %1 : vector<8xf64>, vector<8xf64>
}

// Scalars are the library's, other functions of vectors of f64 too; roots are instructions.
// CHECK-LABEL: func.func @kept
// CHECK-NEXT:    math.exp %{{.*}} : f32
// CHECK-NEXT:    math.atan %{{.*}} : vector<8xf64>
// CHECK-NEXT:    math.rsqrt %{{.*}} : vector<8xf32>
// CHECK-NEXT:    math.sqrt %{{.*}} : vector<8xf32>
// CHECK-NEXT:    return
func.func @kept(%s: f32, %d: vector<8xf64>, %x: vector<8xf32>) -> (f32, vector<8xf64>, vector<8xf32>, vector<8xf32>) {
  %0 = math.exp %s : f32
  %1 = math.atan %d : vector<8xf64>
  %2 = math.rsqrt %x : vector<8xf32>
  %3 = math.sqrt %x : vector<8xf32>
  return %0, %1, %2, %3 : f32, vector<8xf64>, vector<8xf32>, vector<8xf32>
}

// Where there is no C library, scalars too.
// RUN: norm-opt %s --norm-approximate-math="fma scalars" | FileCheck %s --check-prefix=SCALARS
// SCALARS-LABEL: func.func @scalars(
// SCALARS-NOT: math.{{exp|tanh|erf}}
// SCALARS: arith.bitcast %{{.*}} : i64 to f64
// SCALARS-NOT: math.{{exp|tanh|erf}}
// SCALARS: return
func.func @scalars(%x: f32, %y: f64) -> (f32, f64) {
  %e = math.exp %x : f32
  %t = math.tanh %e : f32
  %r = math.erf %t : f32
  %v = math.tanh %y : f64
  %u = math.erf %v : f64
  %w = math.exp %u : f64
  return %r, %w : f32, f64
}

// CHECK-LABEL: func.func @powers(
// CHECK: %[[PARITY:.*]] = arith.andi %arg1, %{{.*}} : i64
// CHECK: arith.minsi
// CHECK: arith.maxsi
// CHECK: %[[CUT:.*]] = arith.ori %{{.*}}, %[[PARITY]]
// CHECK: %[[E:.*]] = arith.trunci %[[CUT]] : i64 to i32
// CHECK: math.fpowi %arg0, %[[E]] : f32, i32
func.func @powers(%x: f32, %e: i64) -> f32 {
  %p = math.fpowi %x, %e : f32, i64
  return %p : f32
}
