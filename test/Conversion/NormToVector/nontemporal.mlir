// RUN: norm-opt %s --convert-norm-to-vector --canonicalize --cse --split-input-file | FileCheck %s

// Sizes at run time decide whether stores bypass the caches, addresses whether all vectors of a row can, and otherwise the
// first elements go apart. Prefetches stand in these versions alone. A fence orders such stores.

// CHECK-LABEL: func.func @sizes(
// CHECK: %[[M:.*]] = memref.dim %{{.*}}, %c0
// CHECK: %[[STREAMS:.*]] = arith.cmpi uge, %{{.*}}, %c1000000
// CHECK: call @norm_rows(%{{.*}}, %[[STREAMS]])
// CHECK-LABEL: func.func private @norm_rows(
// CHECK-SAME: %[[X:[^:]*]]: memref<?x64xf32>, %[[Y:[^:]*]]: memref<?x64xf32>, {{.*}}, %[[STREAMS:[^:]*]]: i1)
// 4096 bytes ahead are 16 rows of 256.
// CHECK: arith.addi %[[GROUP:.*]], %c16
// CHECK: %[[BASE:.*]] = memref.extract_aligned_pointer_as_index %[[Y]]
// CHECK: arith.andi %{{.*}}, %c63
// CHECK: %[[ALIGNED:.*]] = arith.andi %[[STREAMS]], %{{.*}} : i1
// CHECK: scf.if %[[ALIGNED]] {
// CHECK: memref.prefetch %[[X]][%{{.*}}, %{{.*}}], read, locality<3>, data
// CHECK: vector.store %{{.*}}, %[[Y]][%{{.*}}] {alignment = 64 : i64, nontemporal = true}
// CHECK: } else {
// CHECK: scf.if %{{.*}} {
// CHECK: %[[HEAD:.*]] = arith.minui
// CHECK: vector.create_mask %[[HEAD]]
// CHECK: vector.maskedstore
// CHECK: scf.for %{{.*}} = %[[HEAD]] to
// CHECK: memref.prefetch
// CHECK: nontemporal = true
// CHECK: vector.maskedstore
// CHECK: } else {
// CHECK-NOT: prefetch
// CHECK-NOT: nontemporal
// CHECK: vector.store
// CHECK: scf.if %[[STREAMS]] {
// CHECK-NEXT: llvm.fence seq_cst
func.func @sizes(%x: memref<?x64xf32>, %y: memref<?x64xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 16, nontemporal_above = 1000000, peel = true, prefetch_bytes = 4096>}
      ins(%x : memref<?x64xf32>) outs(%y : memref<?x64xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

// Rows that cannot all start at a multiple of a vector's bytes are peeled, all of them.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK-NOT: nontemporal
// CHECK: vector.create_mask
// CHECK: nontemporal
// CHECK-NOT: nontemporal
func.func @odd(%x: memref<?x1000xf32, strided<[1003, 1]>>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 16, nontemporal_above = 0, peel = true>}
      ins(%x : memref<?x1000xf32, strided<[1003, 1]>>) outs(%x : memref<?x1000xf32, strided<[1003, 1]>>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

// Elements of no known size, and booleans, take plain stores and are not prefetched.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK-NOT: prefetch
// CHECK-NOT: nontemporal
// CHECK: return
func.func @index(%x: memref<3x32xindex>, %m: memref<3x32xi1>, %n: memref<3x32xi1>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, nontemporal_above = 0, prefetch_phase = 0>}
      ins(%x, %m : memref<3x32xindex>, memref<3x32xi1>) outs(%x, %n : memref<3x32xindex>, memref<3x32xi1>) {
  ^bb0(%e: index, %b: i1):
    norm.yield %e, %b : index, i1
  }
  return
}

// -----

// For calls whose outputs stay in the caches, rows ahead are prefetched in the sweep before that of the outputs, another distance
// ahead; in other calls that sweep asks for its own row.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK-SAME: %[[X:[^:]*]]: memref<?x64xf32>, {{.*}}, %[[STREAMS:[^:]*]]: i1)
// CHECK: %[[CACHED:.*]] = arith.select %[[STREAMS]], %c0, %c4 : index
// CHECK: scf.for %[[ROW:.*]] = %{{.*}}
// CHECK: arith.addi %[[ROW]], %c16
// CHECK: %[[AHEAD:.*]] = arith.minui
// CHECK: %[[NEXT:.*]] = arith.addi %[[ROW]], %[[CACHED]]
// CHECK: %[[CACHEDAHEAD:.*]] = arith.minui %[[NEXT]]
// CHECK: scf.for
// CHECK-NOT: prefetch
// CHECK: maxnumf
// CHECK: scf.for
// CHECK: memref.prefetch %[[X]][%[[CACHEDAHEAD]], %{{.*}}]
// CHECK: scf.if
// CHECK: memref.prefetch %[[X]][%[[AHEAD]], %{{.*}}]
// CHECK: vector.store %{{.*}} {alignment = 64 : i64, nontemporal = true}
// CHECK: scf.if %[[STREAMS]]
// CHECK: memref.prefetch
// CHECK: } else {
// CHECK-NOT: prefetch
func.func @cached(%x: memref<?x64xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 16, nontemporal_above = 1000000, prefetch_bytes = 4096, cached_prefetch_bytes = 1024>}
      ins(%x : memref<?x64xf32>) outs(%x : memref<?x64xf32>) {
  ^bb0(%e: f32):
    %largest = norm.reduce <maxnumf> %e : f32
    %d = arith.subf %e, %largest : f32
    %sum = norm.reduce <add> %d : f32
    %o = arith.divf %d, %sum : f32
    norm.yield %o : f32
  }
  return
}
