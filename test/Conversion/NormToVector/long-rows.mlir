// RUN: norm-opt %s --convert-norm-to-vector --canonicalize --cse --split-input-file | FileCheck %s
// RUN: norm-opt %s --convert-norm-to-vector=fma=true --canonicalize --cse --split-input-file | FileCheck %s --check-prefix=FMA \
// RUN:   --implicit-check-not="fastmath<contract>"

// Rows of a static length: four accumulators, what is left in single vectors, the last of them masked. What does not vary
// along the row is computed once per row.

// CHECK-LABEL: func.func @rms_norm(
// CHECK-SAME: %[[X:[^:]*]]: memref<?x100xf32>, %[[G:[^:]*]]: memref<100xf32>, %[[Y:[^:]*]]: memref<?x100xf32>
// CHECK: %[[M:.*]] = memref.dim %[[X]], %c0
// CHECK: call @norm_rows(%[[X]], %[[G]], %[[Y]], %c0, %[[M]], %c0)
// CHECK-LABEL: func.func private @norm_rows(
// CHECK-SAME: %[[X:[^:]*]]: memref<?x100xf32>, %[[G:[^:]*]]: memref<100xf32>, %[[Y:[^:]*]]: memref<?x100xf32>, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index, %{{.*}}: index) attributes {llvm.linkage = #llvm.linkage<internal>}
// CHECK: scf.for %[[ROW:.*]] = %[[LO]] to %[[HI]] step %c1
// One iteration of 64 elements needs no loop.
// CHECK-NEXT: %[[X0:.*]] = vector.load %[[X]][%[[ROW]], %c0] : memref<?x100xf32>, vector<16xf32>
// CHECK-NEXT: %[[SQ0:.*]] = arith.mulf %[[X0]], %[[X0]] fastmath<contract>
// CHECK-NEXT: arith.addf %[[SQ0]], %{{.*}} : vector<16xf32>
// CHECK-COUNT-3: vector.load %[[X]][%[[ROW]],
// CHECK: vector.load %[[X]][%[[ROW]], %c64]
// CHECK: vector.load %[[X]][%[[ROW]], %c80]
// CHECK: %[[MASK:.*]] = vector.constant_mask [4] : vector<16xi1>
// CHECK: %[[TAIL:.*]] = vector.maskedload %[[X]][%[[ROW]], %c96], %[[MASK]]
// CHECK: arith.select %[[MASK]]
// The lanes are added by a tree: those half a vector apart first.
// CHECK: vector.shuffle %[[V:.*]], %[[V]] [0, 1, 2, 3, 4, 5, 6, 7] : vector<16xf32>, vector<16xf32>
// CHECK-NEXT: vector.shuffle %[[V]], %[[V]] [8, 9, 10, 11, 12, 13, 14, 15] : vector<16xf32>, vector<16xf32>
// CHECK-NEXT: arith.addf %{{.*}} : vector<8xf32>
// CHECK: %[[EVEN:.*]] = vector.extract %{{.*}}[0] : f32 from vector<2xf32>
// CHECK: %[[ODD:.*]] = vector.extract %{{.*}}[1] : f32 from vector<2xf32>
// CHECK: arith.addf %[[EVEN]], %[[ODD]] : f32
// CHECK: %[[RSTD:.*]] = math.rsqrt %{{.*}} : f32
// CHECK: vector.broadcast %[[RSTD]] : f32 to vector<16xf32>
// CHECK-NOT: math.rsqrt
// Loops that only store take two vectors an iteration.
// CHECK: scf.for %[[J:.*]] = %c0 to %c96 step %c32
// CHECK: vector.store %{{.*}}, %[[Y]][%[[ROW]], %[[J]]]
// CHECK: vector.maskedstore %[[Y]][%[[ROW]], %c96], %[[MASK]]
// With an instruction for it, the squares are added without a rounding; what is not marked so is not contracted.
// FMA-LABEL: func.func private @norm_rows(
// FMA-COUNT-7: math.fma %[[A:.*]], %[[A]], %{{.*}} : vector<16xf32>
// FMA-NOT: math.fma
func.func @rms_norm(%x: memref<?x100xf32>, %g: memref<100xf32>, %y: memref<?x100xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 16, unroll = 4>}
      ins(%x, %g : memref<?x100xf32>, memref<100xf32>) outs(%y : memref<?x100xf32>) {
  ^bb0(%e: f32, %w: f32):
    %eps = arith.constant 1.0e-6 : f32
    %n = norm.size : f32
    %sq = arith.mulf %e, %e fastmath<contract> : f32
    %sum = norm.reduce <add> %sq : f32
    %ms = arith.divf %sum, %n : f32
    %ve = arith.addf %ms, %eps : f32
    %rstd = math.rsqrt %ve : f32
    %xr = arith.mulf %e, %rstd : f32
    %o = arith.mulf %xr, %w : f32
    norm.yield %o : f32
  }
  return
}

// -----

// Rows of a dynamic length: sums flush into a second level every 16 iterations; whole vectors are left over, then a masked one.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK: scf.for %[[ROW:.*]] =
// CHECK: %[[TOTAL:.*]]:2 = scf.for %[[FIRST:.*]] = %c0 to %[[MAIN:.*]] step %c256
// CHECK: %[[END:.*]] = arith.addi %[[FIRST]], %c256
// CHECK: %[[BLOCK:.*]] = arith.minui %[[END]], %[[MAIN]]
// CHECK: %[[PARTIAL:.*]]:2 = scf.for %{{.*}} = %[[FIRST]] to %[[BLOCK]] step %c16 iter_args(%{{.*}} = %[[ZERO:.*]], %{{.*}} = %[[ZERO]])
// CHECK: arith.addf %{{.*}}, %[[PARTIAL]]#0 : vector<8xf32>
// CHECK: arith.addf %{{.*}}, %[[PARTIAL]]#1 : vector<8xf32>
// CHECK: %[[LEFT:.*]] = scf.for %[[J:.*]] = %[[MAIN]] to %[[FULL:.*]] step %c8
// CHECK-NEXT: vector.load
// CHECK: %[[REST:.*]] = arith.subi %{{.*}}, %[[FULL]]
// CHECK: %[[EXISTS:.*]] = arith.cmpi ne, %[[REST]], %c0
// CHECK: scf.if %[[EXISTS]] -> (vector<8xf32>)
// CHECK-NEXT: vector.create_mask %[[REST]] : vector<8xi1>
// CHECK-NEXT: vector.maskedload
// CHECK: } else {
// CHECK-NEXT: scf.yield %[[LEFT]]
// A statistic alone needs no second sweep over the row.
// CHECK-NOT: scf.for
// CHECK: memref.store %{{.*}}, %{{.*}}[%[[ROW]]]
func.func @sum(%x: memref<?x?xf32>, %y: memref<?xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, unroll = 2>}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    norm.yield %sum : f32
  }
  return
}
