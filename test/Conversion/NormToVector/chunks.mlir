// RUN: norm-opt %s --convert-norm-to-vector --canonicalize --cse --split-input-file | FileCheck %s

// Little work runs serially, much in at most 64 chunks of rows.

// CHECK-LABEL: func.func @parallel(
// CHECK-SAME: %[[X:[^:]*]]: memref<?x64xf32>
// CHECK: %[[M:.*]] = memref.dim %[[X]]
// CHECK: %[[CHUNKS:.*]] = arith.minui %[[M]], %c64
// CHECK: %[[SMALL:.*]] = arith.cmpi ult, %{{.*}}, %c1000
// CHECK: scf.if %[[SMALL]]
// CHECK-NEXT: func.call @norm_rows(%[[X]], %{{.*}}, %c0, %[[M]], %c0)
// CHECK: else
// CHECK-NEXT: scf.parallel (%[[CHUNK:.*]]) = (%c0) to (%[[CHUNKS]])
// CHECK: func.call @norm_rows(%[[X]], %{{.*}}, %{{.*}}, %{{.*}}, %[[CHUNK]])
func.func @parallel(%x: memref<?x64xf32>, %y: memref<?x64xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 16, parallel = true, serial_below = 1000>}
      ins(%x : memref<?x64xf32>) outs(%y : memref<?x64xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

// Accumulators over rows: each chunk has partial sums of its own, which are added in order, with and without threads.

// CHECK-LABEL: func.func @accumulate(
// CHECK-SAME: %[[DY:[^:]*]]: memref<?x64xf32>, %[[DB:[^:]*]]: memref<64xf32>
// CHECK: %[[CHUNKS:.*]] = arith.minui
// CHECK: %[[PARTIAL:.*]] = memref.alloc(%[[CHUNKS]]) : memref<?x64xf32>
// CHECK: scf.for %[[CHUNK:.*]] = %c0 to %[[CHUNKS]]
// CHECK: memref.store %{{.*}}, %[[PARTIAL]][%[[CHUNK]], %{{.*}}]
// CHECK: scf.for %[[ROW:.*]] =
// CHECK: vector.load %[[PARTIAL]][%[[CHUNK]], %{{.*}}]
// CHECK: vector.store %{{.*}}, %[[PARTIAL]][%[[CHUNK]], %{{.*}}]
// CHECK: scf.for %[[CHUNK:.*]] = %c0 to %[[CHUNKS]]
// CHECK: memref.load %[[DB]]
// CHECK: memref.load %[[PARTIAL]][%[[CHUNK]]
// CHECK: arith.addf
// CHECK: memref.store %{{.*}}, %[[DB]]
// CHECK: memref.dealloc %[[PARTIAL]]
// CHECK-NOT: func.func private
func.func @accumulate(%dy: memref<?x64xf32>, %db: memref<64xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 16, outline = false>}
      ins(%dy : memref<?x64xf32>) outs(%db : memref<64xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}
