// RUN: norm-opt %s --norm-promote-to-f64 --split-input-file | FileCheck %s

// Signatures, elements of tensors and memrefs, blocks, constants of any form and attributes; casts go.
// CHECK-LABEL: func.func @types
// CHECK-SAME:    (%[[X:.*]]: tensor<4x?xf64>, %[[M:.*]]: memref<2xf64, strided<[4]>>, %[[I:.*]]: tensor<4xi8>, %[[S:.*]]: f64) -> tensor<4x?xf64>
func.func @types(%x: tensor<4x?xbf16>, %m: memref<2xf16, strided<[4]>>, %i: tensor<4xi8>, %s: f32) -> tensor<4x?xbf16> {
  %c0 = arith.constant 0 : index
  // CHECK: %[[C:.*]] = arith.constant 9.9999997473787516E-6 : f64
  %c = arith.constant 1.0e-5 : f32
  // CHECK: %[[V:.*]] = memref.load %[[M]][%{{.*}}] : memref<2xf64, strided<[4]>>
  %v = memref.load %m[%c0] : memref<2xf16, strided<[4]>>
  // CHECK-NOT: arith.extf
  %w = arith.extf %v : f16 to f32
  // CHECK: %[[SUM:.*]] = arith.addf %[[V]], %[[C]] fastmath<contract> : f64
  %sum = arith.addf %w, %c fastmath<contract> : f32
  // CHECK: linalg.generic
  // CHECK-SAME: ins(%[[X]] : tensor<4x?xf64>) outs(%[[X]] : tensor<4x?xf64>)
  // CHECK-NEXT: ^bb0(%[[E:.*]]: f64, %{{.*}}: f64):
  // CHECK-NEXT:   %[[P:.*]] = arith.mulf %[[E]], %[[SUM]] : f64
  // CHECK-NEXT:   linalg.yield %[[P]] : f64
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x?xbf16>) outs(%x : tensor<4x?xbf16>) {
  ^bb0(%e: bf16, %o: bf16):
    %e32 = arith.extf %e : bf16 to f32
    %p = arith.mulf %e32, %sum : f32
    %p16 = arith.truncf %p : f32 to bf16
    linalg.yield %p16 : bf16
  } -> tensor<4x?xbf16>
  return %0 : tensor<4x?xbf16>
}

// -----

// CHECK-LABEL: func.func @constants
func.func @constants() -> (tensor<3xf16>, tensor<4xf32>, tensor<2xi32>, tensor<0xf32>, tensor<2xf32>) {
  // CHECK-DAG: arith.constant dense<[1.000000e+00, 2.000000e+00, 0.0999755859375]> : tensor<3xf64>
  %0 = arith.constant dense<[1.0, 2.0, 0.1]> : tensor<3xf16>
  // CHECK-DAG: arith.constant dense<5.000000e-01> : tensor<4xf64>
  %1 = arith.constant dense<0.5> : tensor<4xf32>
  // CHECK-DAG: arith.constant dense<[1, 2]> : tensor<2xi32>
  %2 = arith.constant dense<[1, 2]> : tensor<2xi32>
  // CHECK-DAG: arith.constant dense<> : tensor<0xf64>
  %3 = arith.constant dense<> : tensor<0xf32>
  // CHECK-DAG: arith.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf64>
  %4 = arith.constant dense_resource<one_two> : tensor<2xf32>
  return %0, %1, %2, %3, %4 : tensor<3xf16>, tensor<4xf32>, tensor<2xi32>, tensor<0xf32>, tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      one_two: "0x040000000000803F00000040"
    }
  }
#-}

// -----

// Callers and callees change alike; integers made into floats, and comparisons, stay.
// CHECK-LABEL: func.func private @callee(%{{.*}}: f64) -> i1
func.func private @callee(%x: f32) -> i1 {
  %zero = arith.constant 0.0 : f32
  // CHECK: arith.cmpf olt, %{{.*}}, %{{.*}} : f64
  %0 = arith.cmpf olt, %x, %zero : f32
  return %0 : i1
}
// CHECK-LABEL: func.func @caller(%{{.*}}: i32) -> i1
func.func @caller(%n: i32) -> i1 {
  // CHECK: %[[F:.*]] = arith.sitofp %{{.*}} : i32 to f64
  %0 = arith.sitofp %n : i32 to f32
  // CHECK: call @callee(%[[F]]) : (f64) -> i1
  %1 = call @callee(%0) : (f32) -> i1
  return %1 : i1
}
