// RUN: norm-opt %s --convert-norm-to-vector --canonicalize --cse --split-input-file | FileCheck %s

// Planes of 24 elements are not whole lines, rows of two of them are: each plane fills a buffer behind what is left of the plane
// before, whose whole lines bypass the caches.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK-SAME: memref<?x2x24xf32>, %[[Y:[^:]*]]: memref<?x2x24xf32>
// CHECK: %[[BUFFER:.*]] = memref.alloca() {alignment = 64 : i64} : memref<64xf32>
// CHECK: %[[ADDRESS:.*]] = arith.addi
// CHECK: %[[BITS:.*]] = arith.andi %[[ADDRESS]], %c63
// CHECK: %[[ATLINE:.*]] = arith.cmpi eq, %[[BITS]], %c0
// CHECK: scf.if
// CHECK: %[[WHOLE:.*]] = memref.reinterpret_cast %[[Y]] to offset: [%{{.*}}], sizes: [48], strides: [1]
// CHECK: scf.for %[[PLANE:.*]] = %c0 to %c2 step %c1 iter_args(%[[REST:.*]] = %c0, %[[WRITTEN:.*]] = %c0)
// CHECK: %[[PART:.*]] = memref.reinterpret_cast %[[BUFFER]] to offset: [%[[REST]]], sizes: [24], strides: [1]
// CHECK: vector.store %{{.*}}, %[[PART]][%c0]
// CHECK: vector.maskedstore %[[PART]][%c16]
// CHECK: %[[TOTAL:.*]] = arith.addi %[[REST]], %c24
// CHECK: %[[LEFT:.*]] = arith.andi %[[TOTAL]], %c15
// CHECK: %[[END:.*]] = arith.subi %[[TOTAL]], %[[LEFT]]
// CHECK: scf.for %[[J:.*]] = %c0 to %[[END]] step %c16
// CHECK: %[[PLACE:.*]] = arith.addi %[[WRITTEN]], %[[J]]
// CHECK: %[[LINE:.*]] = vector.load %[[BUFFER]][%[[J]]]
// CHECK: vector.store %[[LINE]], %[[WHOLE]][%[[PLACE]]] {alignment = 64 : i64, nontemporal = true}
// CHECK: %[[LAST:.*]] = vector.load %[[BUFFER]][%[[END]]]
// CHECK: vector.store %[[LAST]], %[[BUFFER]][%c0]
// CHECK: %[[NEXT:.*]] = arith.addi %[[WRITTEN]], %[[END]]
// CHECK: scf.yield %[[LEFT]], %[[NEXT]]
// CHECK: } else {
// CHECK-NOT: nontemporal
func.func @planes(%x: memref<?x2x24xf32>, %y: memref<?x2x24xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c, p) -> (r, c, p)>, affine_map<(r, c, p) -> (r, c, p)>], normalized_dims = [1, 2], schedule = #norm.cpu_schedule<lane_dim = 2, vector_size = 16, nontemporal_above = 0, peel = true>}
      ins(%x : memref<?x2x24xf32>) outs(%y : memref<?x2x24xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    %d = arith.divf %e, %sum : f32
    norm.yield %d : f32
  }
  return
}

// -----

// All 24 rows of a plane side by side in two vectors, the second of which has a mask; so have their parts of the buffer.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK-SAME: %[[X:[^:]*]]: memref<?x2x24xf32>
// CHECK: %[[BUFFER:.*]] = memref.alloca() {alignment = 64 : i64} : memref<64xf32>
// CHECK: %[[MASK:.*]] = vector.constant_mask [8] : vector<16xi1>
// CHECK: scf.for %[[C:.*]] = %c0 to %c2
// CHECK: vector.load %[[X]][%{{.*}}, %[[C]], %{{.*}}]
// CHECK: vector.maskedload %[[X]][%{{.*}}, %[[C]], %{{.*}}], %[[MASK]]
// CHECK: memref.reinterpret_cast %[[BUFFER]]
// CHECK: vector.store
// CHECK: vector.maskedstore %{{.*}}, %[[MASK]]
// CHECK: vector.store %{{.*}} {alignment = 64 : i64, nontemporal = true}
func.func @rows_side_by_side(%x: memref<?x2x24xf32>, %y: memref<?x2x24xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c, p) -> (r, c, p)>, affine_map<(r, c, p) -> (r, c, p)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 2, vector_size = 16, rows = 2, nontemporal_above = 0, peel = true>}
      ins(%x : memref<?x2x24xf32>) outs(%y : memref<?x2x24xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    %d = arith.divf %e, %sum : f32
    norm.yield %d : f32
  }
  return
}
