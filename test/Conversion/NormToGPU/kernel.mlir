// Kernels: who computes what, where it is kept, how threads exchange it.
// RUN: norm-opt %s --convert-norm-to-gpu=assume-alignment=16 --canonicalize --cse --split-input-file | FileCheck %s

#rows = affine_map<(r, c) -> (r, c)>
#row = affine_map<(r, c) -> (r)>

// Two warps a row, two rows a block; each thread loads its two pieces once, before anything else, and stores them over
// what it has read. The sum goes through the warps' registers, then through workgroup memory, behind one barrier.

// CHECK-LABEL: func.func @warps
// CHECK: gpu.launch_func @warps_kernel::@warps_kernel blocks in (%c4, %c1, %c1) threads in (%c128, %c1, %c1)
// CHECK: gpu.func @warps_kernel
// CHECK-SAME: workgroup(%[[MEMORY:.*]] : memref<2x2xf32, #gpu.address_space<workgroup>>)
// CHECK-SAME: known_block_size = array<i32: 128, 1, 1>
// CHECK: %[[THREAD:.*]] = gpu.thread_id x
// CHECK: %[[PART:.*]] = arith.remui %[[THREAD]], %c64
// CHECK: %[[SLOT:.*]] = arith.divui %[[THREAD]], %c64
// CHECK: %[[BLOCK:.*]] = gpu.block_id x
// CHECK: %[[FIRST:.*]] = arith.muli %[[BLOCK]], %c2
// CHECK: %[[ROW:.*]] = arith.addi %[[FIRST]], %[[SLOT]]
// CHECK: %[[AT0:.*]] = arith.muli %[[PART]], %c4
// CHECK: %[[NEXT:.*]] = arith.addi %[[PART]], %c64
// CHECK: %[[AT1:.*]] = arith.muli %[[NEXT]], %c4
// CHECK: %[[X0:.*]] = vector.load %[[X:.*]][%[[ROW]], %[[AT0]]] {alignment = 16 : i64} : memref<8x512xf32, 1>, vector<4xf32>
// CHECK: %[[X1:.*]] = vector.load %[[X]][%[[ROW]], %[[AT1]]] {alignment = 16 : i64}
// CHECK: %[[SUM:.*]] = arith.addf %[[X0]], %{{.*}} : vector<4xf32>
// CHECK: arith.addf %[[SUM]], %[[X1]] : vector<4xf32>
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK: scf.if
// CHECK-NEXT: memref.store %{{.*}}, %[[MEMORY]][%[[SLOT]], %{{.*}}]
// CHECK: gpu.barrier
// CHECK: memref.load %[[MEMORY]][%[[SLOT]], %{{.*}}]
// CHECK-COUNT-1: gpu.shuffle xor
// CHECK-NOT: gpu.barrier
// CHECK: %[[Y0:.*]] = arith.subf %[[X0]], %{{.*}} : vector<4xf32>
// CHECK: vector.store %[[Y0]], %[[X]][%[[ROW]], %[[AT0]]] {alignment = 16 : i64}
// CHECK: %[[Y1:.*]] = arith.subf %[[X1]], %{{.*}} : vector<4xf32>
// CHECK: vector.store %[[Y1]], %[[X]][%[[ROW]], %[[AT1]]]
// CHECK-NOT: vector.load
// CHECK: gpu.return
func.func @warps(%x: memref<8x512xf32>) {
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 2, threads_per_row = 64, rows_per_block = 2,
                                              row_in = registers>}
      ins(%x : memref<8x512xf32>) outs(%x : memref<8x512xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    %d = arith.subf %e, %s : f32
    norm.yield %d : f32
  }
  return
}

// -----

// All reductions of a phase share a barrier.

// CHECK-LABEL: gpu.func @one_barrier_kernel
// CHECK: scf.if
// CHECK-NEXT: memref.store
// CHECK-NEXT: memref.store
// CHECK: gpu.barrier
// CHECK-NOT: gpu.barrier
// CHECK: gpu.return
#rows = affine_map<(r, c) -> (r, c)>
#row = affine_map<(r, c) -> (r)>
func.func @one_barrier(%x: memref<8x512xf32>, %y: memref<8xf32>) {
  norm.generic {indexing_maps = [#rows, #row], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 2, threads_per_row = 64, row_in = registers>}
      ins(%x : memref<8x512xf32>) outs(%y : memref<8xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    %m = norm.reduce <maximumf> %e : f32
    %d = arith.subf %m, %s : f32
    norm.yield %d : f32
  }
  return
}

// -----

// Rows that do not fill the last block, and pieces that do not fill the last turn: loads go to the last ones, nothing is
// combined or stored.

// CHECK-LABEL: gpu.func @ragged_kernel
// CHECK: %[[EXISTS:.*]] = arith.cmpi ult, %[[ROW:.*]], %c7
// CHECK: %[[CLAMPED:.*]] = arith.minui %[[ROW]], %c6
// CHECK: %[[HAS:.*]] = arith.cmpi ult, %[[PIECE:.*]], %c25
// CHECK: %[[NEAR:.*]] = arith.minui %[[PIECE]], %c24
// CHECK: %[[AT:.*]] = arith.muli %[[NEAR]], %c4
// CHECK: vector.load %{{.*}}[%[[CLAMPED]], %[[AT]]]
// CHECK: arith.select %[[HAS]], %{{.*}} : vector<4xf32>
// CHECK: scf.if %[[EXISTS]]
// CHECK: vector.store %{{.*}}[%[[CLAMPED]], %{{.*}}]
// CHECK: scf.if %[[HAS]]
// CHECK-NEXT: vector.store %{{.*}}[%[[CLAMPED]], %[[AT]]]
#rows = affine_map<(r, c) -> (r, c)>
func.func @ragged(%x: memref<7x100xf32>) {
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 2, threads_per_row = 16, rows_per_block = 2,
                                              row_in = registers>}
      ins(%x : memref<7x100xf32>) outs(%x : memref<7x100xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    %d = arith.subf %e, %s : f32
    norm.yield %d : f32
  }
  return
}

// -----

// Rows of any length are read again by each sweep, and whether their pieces are whole is decided for the launch.

// CHECK-LABEL: gpu.func @any_length_kernel
// CHECK-SAME: (%{{.*}}: !llvm.ptr<1> {llvm.align = 16 : i64}, %{{.*}}: i64, %{{.*}}: i64)
// CHECK: %[[REST:.*]] = arith.andi %{{.*}}, %c3
// CHECK: %[[WHOLE:.*]] = arith.cmpi eq, %[[REST]], %c0
// CHECK: scf.if %[[WHOLE]]
// CHECK: scf.for
// CHECK: scf.for
// CHECK: vector.load
// CHECK: gpu.barrier
// CHECK: scf.for
// CHECK: vector.load
// CHECK: vector.store
// CHECK: else
// CHECK: scf.for
// CHECK-COUNT-8: memref.load
// CHECK: gpu.barrier
// CHECK: scf.for
// CHECK-COUNT-8: memref.load
// CHECK-NOT: vector.store
#rows = affine_map<(r, c) -> (r, c)>
func.func @any_length(%x: memref<?x?xf32>) {
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 2, threads_per_row = 64>}
      ins(%x : memref<?x?xf32>) outs(%x : memref<?x?xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    %d = arith.subf %e, %s : f32
    norm.yield %d : f32
  }
  return
}

// -----

// Channels: neighbouring threads take neighbouring positions, the threads of a position meet in workgroup memory.

// CHECK-LABEL: gpu.func @channels_kernel
// CHECK-SAME: workgroup(%[[MEMORY:.*]] : memref<4x32x2xf32, #gpu.address_space<workgroup>>)
// CHECK: %[[THREAD:.*]] = gpu.thread_id x
// CHECK: %[[SLOT:.*]] = arith.remui %[[THREAD]], %c32
// CHECK: %[[PART:.*]] = arith.divui %[[THREAD]], %c32
// CHECK: vector.load %{{.*}}[%{{.*}}, %[[PART]], %[[FIRST:.*]]] {alignment = 8 : i64} : memref<2x8x64xf32, 1>, vector<2xf32>
// CHECK-NOT: gpu.shuffle
// CHECK: vector.store %{{.*}}, %[[MEMORY]][%[[PART]], %[[SLOT]], %c0]
// CHECK: gpu.barrier
// CHECK-COUNT-4: vector.load %[[MEMORY]]
// CHECK: vector.store %{{.*}}, %{{.*}}[%{{.*}}, %[[PART]], %[[FIRST]]]
#all = affine_map<(n, c, h) -> (n, c, h)>
func.func @channels(%x: memref<2x8x64xf32>) {
  norm.generic {indexing_maps = [#all, #all], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 2, vector_size = 2, vectors = 2, threads_per_row = 4, rows_per_block = 32,
                                              row_in = registers>}
      ins(%x : memref<2x8x64xf32>) outs(%x : memref<2x8x64xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    %d = arith.subf %e, %s : f32
    norm.yield %d : f32
  }
  return
}

// -----

#plc = affine_map<(p, l, c) -> (p, l, c)>
#pc = affine_map<(p, l, c) -> (p, c)>

// A sum over rows: a warp goes over the rows of a part, one after the other. What it has of the sum stays in registers.
// CHECK-LABEL: gpu.func @sums_kernel(
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[ONE:.*]] = arith.constant 1 : index
// CHECK-DAG: %[[ROWS:.*]] = arith.constant 16 : index
// CHECK: %[[START:.*]] = vector.load %[[S:.*]][%[[PART:.*]], %[[COLUMN:.*]]] {{.*}} : memref<8x128xf32, 1>, vector<4xf32>
// CHECK: %[[TOTAL:.*]] = scf.for %[[ROW:.*]] = %[[ZERO]] to %[[ROWS]] step %[[ONE]] iter_args(%[[SUM:.*]] = %[[START]]) -> (vector<4xf32>) {
// CHECK: %[[X:.*]] = vector.load %{{.*}}[%[[PART]], %[[ROW]], %[[COLUMN]]] {{.*}} : memref<8x16x128xf32, 1>, vector<4xf32>
// CHECK: gpu.shuffle
// CHECK: vector.store %{{.*}}, %{{.*}}[%[[PART]], %[[ROW]], %[[COLUMN]]] {{.*}} : memref<8x16x128xf32, 1>, vector<4xf32>
// CHECK: %[[NEXT:.*]] = arith.addf %[[SUM]], %[[X]] : vector<4xf32>
// CHECK: scf.yield %[[NEXT]]
// CHECK: vector.store %[[TOTAL]], %[[S]][%[[PART]], %[[COLUMN]]]
func.func @sums(%x: memref<8x16x128xf32>, %s: memref<8x128xf32>) {
  norm.generic {indexing_maps = [#plc, #plc, #pc], normalized_dims = [2],
                schedule = #norm.gpu_schedule<lane_dim = 2, vector_size = 4, rows_per_block = 4, row_in = registers>}
      ins(%x : memref<8x16x128xf32>) outs(%x, %s : memref<8x16x128xf32>, memref<8x128xf32>) {
  ^bb0(%e: f32):
    %m = norm.reduce <maximumf> %e : f32
    %d = arith.subf %e, %m : f32
    norm.yield %d, %e : f32, f32
  }
  return
}
