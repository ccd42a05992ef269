// RUN: norm-opt %s --convert-norm-to-vector --canonicalize --cse --split-input-file | FileCheck %s
// RUN: norm-opt %s --convert-norm-to-vector=fma --canonicalize --cse --split-input-file | FileCheck %s --check-prefix=FMA

// Two rows an iteration: one loop for both, one tree of shuffles for their sums, one division for both means. Outputs are stored
// one row after the other, with each row's mean from an array. A last row on its own takes the same steps.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK-SAME: %[[X:[^:]*]]: memref<?x16xf32>, %[[G:[^:]*]]: memref<16xf32>, %[[Y:[^:]*]]: memref<?x16xf32>, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
// CHECK: %[[ARRAY:.*]] = memref.alloca() {alignment = 64 : i64} : memref<2xf32>
// CHECK: scf.for %[[GROUP:.*]] = %[[LO]] to %[[HI]] step %c1
// CHECK: %[[ROW:.*]] = arith.muli %[[GROUP]], %c2
// CHECK: %[[REST:.*]] = arith.subi %{{.*}}, %[[ROW]]
// CHECK: %[[FULL:.*]] = arith.cmpi uge, %[[REST]], %c2
// CHECK: scf.if %[[FULL]] {
// CHECK: %[[NEXT:.*]] = arith.addi %[[ROW]], %c1
// CHECK: %[[SUMS:.*]]:2 = scf.for %[[J:.*]] = %c0 to %c16 step %c4
// CHECK: vector.load %[[X]][%[[ROW]], %[[J]]]
// CHECK: vector.load %[[X]][%[[NEXT]], %[[J]]]
// CHECK: %[[LOW:.*]] = vector.shuffle %[[SUMS]]#0, %[[SUMS]]#1 [0, 1, 4, 5]
// CHECK: %[[HIGH:.*]] = vector.shuffle %[[SUMS]]#0, %[[SUMS]]#1 [2, 3, 6, 7]
// CHECK: arith.addf %[[LOW]], %[[HIGH]] : vector<4xf32>
// CHECK: %[[MEANS:.*]] = arith.divf %{{.*}} : vector<2xf32>
// CHECK: vector.store %[[MEANS]], %[[ARRAY]][%c0]
// CHECK: scf.for %[[R:.*]] = %c0 to %c2 step %c1
// CHECK: %[[SINGLE:.*]] = arith.addi %[[ROW]], %[[R]]
// CHECK: %[[MEAN:.*]] = memref.load %[[ARRAY]][%[[R]]]
// CHECK: %[[SPREAD:.*]] = vector.broadcast %[[MEAN]] : f32 to vector<4xf32>
// CHECK: scf.for %[[J:.*]] = %c0 to %c16 step %c4
// CHECK: %[[E:.*]] = vector.load %[[X]][%[[SINGLE]], %[[J]]]
// CHECK: arith.subf %[[E]], %[[SPREAD]]
// CHECK: vector.store %{{.*}}, %[[Y]][%[[SINGLE]], %[[J]]]
// CHECK: } else {
// CHECK: scf.for %[[LAST:.*]] = %[[ROW]] to %{{.*}} step %c1
// CHECK: arith.divf %{{.*}} : f32
// CHECK: vector.store %{{.*}}, %[[Y]][%[[LAST]],
func.func @elements_in_lanes(%x: memref<?x16xf32>, %g: memref<16xf32>, %y: memref<?x16xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 4, rows = 2>}
      ins(%x, %g : memref<?x16xf32>, memref<16xf32>) outs(%y : memref<?x16xf32>) {
  ^bb0(%e: f32, %w: f32):
    %n = norm.size : f32
    %sum = norm.reduce <add> %e : f32
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %e, %mean : f32
    %o = arith.mulf %d, %w : f32
    norm.yield %o : f32
  }
  return
}

// -----

// With an instruction that multiplies and adds, the array holds the factors of what is contracted in the sweep over single rows.

// FMA-LABEL: func.func @contracted_rows(
// FMA: vector.store %[[SUMS:.*]], %[[ARRAY:.*]][%c0] : memref<2xf32>
// FMA: arith.mulf %[[SUMS]],
// FMA: scf.for %[[R:.*]] = %c0 to %c2
// FMA: %[[SUM:.*]] = memref.load %[[ARRAY]][%[[R]]]
// FMA: %[[SPREAD:.*]] = vector.broadcast %[[SUM]]
// FMA: %[[E:.*]] = vector.load
// FMA: math.fma %[[SPREAD]], %{{.*}}, %[[E]]
// CHECK-LABEL: func.func @contracted_rows(
func.func @contracted_rows(%x: memref<?x8xf32>, %s: memref<?xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 4, rows = 2>}
      ins(%x, %s : memref<?x8xf32>, memref<?xf32>) outs(%x : memref<?x8xf32>) {
  ^bb0(%e: f32, %scale: f32):
    %sum = norm.reduce <add> %e : f32
    %product = arith.mulf %sum, %scale fastmath<contract> : f32
    %o = arith.addf %e, %product fastmath<contract> : f32
    norm.yield %o : f32
  }
  return
}

// -----

// What one element of a row takes and an array cannot hold: rows take turns at each position.

// CHECK-LABEL: func.func @conditions_of_rows(
// CHECK-NOT: memref.alloca
// CHECK: arith.cmpf ogt, %{{.*}} : vector<2xf32>
// CHECK: vector.store
// CHECK-NEXT: vector.store
func.func @conditions_of_rows(%x: memref<?x8xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 4, rows = 2>}
      ins(%x : memref<?x8xf32>) outs(%x : memref<?x8xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    %zero = arith.constant 0.0 : f32
    %positive = arith.cmpf ogt, %sum, %zero : f32
    %o = arith.select %positive, %e, %zero : f32
    norm.yield %o : f32
  }
  return
}

// -----

// Vectors of rows: as many lines are read one after the other. The last vectors have masks, the reductions do not need them.

// CHECK-LABEL: func.func @rows_in_lanes(
// CHECK: func.func private @norm_rows(
// CHECK-SAME: %[[X:[^:]*]]: memref<8x?xf32>
// CHECK: scf.for
// CHECK: %[[FIRST:.*]] = arith.muli %{{.*}}, %c8
// CHECK: scf.if
// CHECK: %[[SECOND:.*]] = arith.addi %[[FIRST]], %c4
// CHECK: scf.for %[[C:.*]] = %c0 to %c8
// CHECK-NEXT: vector.load %[[X]][%[[C]], %[[FIRST]]]
// CHECK: vector.load %[[X]][%[[C]], %[[SECOND]]]
// CHECK: else
// CHECK: %[[M0:.*]] = vector.create_mask
// CHECK: %[[M1:.*]] = vector.create_mask
// CHECK: scf.for
// CHECK-NEXT: vector.maskedload %{{.*}}, %[[M0]]
// CHECK: vector.maskedload %{{.*}}, %[[M1]]
// CHECK-NOT: arith.select
// CHECK: vector.maskedstore
func.func @rows_in_lanes(%x: memref<8x?xf32>) {
  norm.generic {indexing_maps = [affine_map<(c, r) -> (c, r)>, affine_map<(c, r) -> (c, r)>], normalized_dims = [0], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 4, rows = 2>}
      ins(%x : memref<8x?xf32>) outs(%x : memref<8x?xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    %d = arith.divf %e, %sum : f32
    norm.yield %d : f32
  }
  return
}
