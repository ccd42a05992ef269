// RUN: norm-opt %s --convert-norm-to-vector --canonicalize --cse | FileCheck %s

// Rows side by side without masks: those that do not fill a group are vectors as long as there are, then scalars, which are
// added up in the same order, by two accumulators.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK-NOT: mask
// CHECK-DAG: %[[ONE:.*]] = arith.constant 1 : index
// CHECK-DAG: %[[TWO:.*]] = arith.constant 2 : index
// CHECK-DAG: %[[FOUR:.*]] = arith.constant 4 : index
// CHECK: scf.for
// CHECK: scf.if
// CHECK: vector.load
// CHECK: } else {
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %[[FOUR]]
// CHECK: vector.load %{{.*}} : memref<?x6x?xf32>, vector<4xf32>
// CHECK: vector.store %{{.*}} : memref<?x6x?xf32>, vector<4xf32>
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %[[ONE]]
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %[[TWO]] iter_args(%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}}) -> (f32, f32)
// CHECK: %[[X:.*]] = memref.load %{{.*}} : memref<?x6x?xf32>
// CHECK: arith.addf %[[A]], %[[X]] : f32
// CHECK: %[[Y:.*]] = memref.load %{{.*}} : memref<?x6x?xf32>
// CHECK: arith.addf %[[B]], %[[Y]] : f32
// CHECK: memref.store %{{.*}} : memref<?x6x?xf32>
// CHECK-NOT: mask
// CHECK: return
func.func @sum(%x: memref<?x6x?xf32>, %y: memref<?x6x?xf32>) {
  norm.generic {indexing_maps = [affine_map<(n, c, s) -> (n, c, s)>, affine_map<(n, c, s) -> (n, c, s)>], normalized_dims = [1],
                schedule = #norm.cpu_schedule<lane_dim = 2, vector_size = 4, unroll = 2, rows = 2, masked_rows = false>}
      ins(%x : memref<?x6x?xf32>) outs(%y : memref<?x6x?xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    %o = arith.subf %e, %sum : f32
    norm.yield %o : f32
  }
  return
}
