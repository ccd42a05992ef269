// Rows that are kept in workgroup memory, and rows that the blocks of a cluster share.
// RUN: norm-opt %s --convert-norm-to-gpu=assume-alignment=16 --canonicalize --cse --split-input-file | FileCheck %s

#rows = affine_map<(r, c) -> (r, c)>

// Each thread leaves in workgroup memory, which the launch asks for, what it has read, and takes it from there: there is no
// barrier but that of the sum, and no second access of x.

// CHECK-LABEL: func.func @kept
// CHECK: %[[BYTES:.*]] = arith.constant 2048 : i32
// CHECK: gpu.launch_func @kept_kernel::@kept_kernel blocks in (%c8, %c1, %c1) threads in (%c64, %c1, %c1) dynamic_shared_memory_size %[[BYTES]]
// CHECK: llvm.mlir.global external @kept_kernel_memory() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<0 x i8>
// CHECK: gpu.func @kept_kernel
// CHECK: llvm.mlir.addressof @kept_kernel_memory : !llvm.ptr<3>
// CHECK: %[[KEPT:.*]] = builtin.unrealized_conversion_cast %{{.*}} to memref<1024xbf16, 3>
// CHECK: %[[X0:.*]] = vector.load {{.*}} : memref<8x1024xbf16, 1>, vector<8xbf16>
// CHECK: %[[AT0:.*]] = arith.muli %[[THREAD:.*]], %c8
// CHECK: vector.store %[[X0]], %[[KEPT]][%[[AT0]]] {alignment = 16 : i64}
// CHECK: %[[X1:.*]] = vector.load {{.*}} : memref<8x1024xbf16, 1>, vector<8xbf16>
// CHECK: %[[NEXT:.*]] = arith.addi %[[THREAD]], %c64
// CHECK: %[[AT1:.*]] = arith.muli %[[NEXT]], %c8
// CHECK: vector.store %[[X1]], %[[KEPT]][%[[AT1]]] {alignment = 16 : i64}
// CHECK-COUNT-1: gpu.barrier
// CHECK-NOT: gpu.barrier
// CHECK: vector.load %[[KEPT]][%[[AT0]]] {alignment = 16 : i64}
// CHECK: vector.store
// CHECK: vector.load %[[KEPT]][%[[AT1]]] {alignment = 16 : i64}
// CHECK: vector.store
// CHECK-NOT: vector.load
// CHECK: gpu.return
func.func @kept(%x: memref<8x1024xbf16>) {
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, vectors = 2, threads_per_row = 64, row_in = workgroup>}
      ins(%x : memref<8x1024xbf16>) outs(%x : memref<8x1024xbf16>) {
  ^bb0(%e: bf16):
    %w = arith.extf %e : bf16 to f32
    %s = norm.reduce <add> %w : f32
    %d = arith.subf %w, %s : f32
    %t = arith.truncf %d : f32 to bf16
    norm.yield %t : bf16
  }
  return
}

// -----

// Of an addition the sum is kept, and stored in the sweep that computes it.

// CHECK-LABEL: gpu.func @sum_kernel
// CHECK: %[[KEPT:.*]] = builtin.unrealized_conversion_cast %{{.*}} to memref<512xf32, 3>
// CHECK: %[[X:.*]] = vector.load
// CHECK: %[[R:.*]] = vector.load
// CHECK: %[[H:.*]] = arith.addf %[[X]], %[[R]]
// CHECK: vector.store %[[H]], %[[KEPT]]
// CHECK: vector.store %[[H]], %{{.*}} : memref<4x512xf32, 1>
// CHECK: gpu.barrier
// CHECK: vector.load %[[KEPT]]
// CHECK-NOT: vector.load
#rows = affine_map<(r, c) -> (r, c)>
func.func @sum(%x: memref<4x512xf32>, %r: memref<4x512xf32>) {
  norm.generic {indexing_maps = [#rows, #rows, #rows, #rows], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 1, threads_per_row = 128, row_in = workgroup>}
      ins(%x, %r : memref<4x512xf32>, memref<4x512xf32>) outs(%x, %r : memref<4x512xf32>, memref<4x512xf32>) {
  ^bb0(%a: f32, %b: f32):
    %h = arith.addf %a, %b : f32
    %s = norm.reduce <add> %h : f32
    %d = arith.subf %h, %s : f32
    norm.yield %d, %h : f32, f32
  }
  return
}

// -----

// What a later sweep has to read again, booleans here, keeps all stores back.

// CHECK-LABEL: gpu.func @read_again_kernel
// CHECK-NOT: vector.store {{.*}} : memref<4x512xf32, 1>
// CHECK: gpu.barrier
// CHECK: memref.load %{{.*}} : memref<4x512xi1, 1>
// CHECK-COUNT-2: vector.store {{.*}} : memref<4x512xf32, 1>
// CHECK: gpu.return
#rows = affine_map<(r, c) -> (r, c)>
func.func @read_again(%x: memref<4x512xf32>, %m: memref<4x512xi1>, %h: memref<4x512xf32>) {
  norm.generic {indexing_maps = [#rows, #rows, #rows, #rows], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 1, threads_per_row = 128, row_in = workgroup>}
      ins(%x, %m : memref<4x512xf32>, memref<4x512xi1>) outs(%x, %h : memref<4x512xf32>, memref<4x512xf32>) {
  ^bb0(%a: f32, %b: i1):
    %t = arith.mulf %a, %a : f32
    %s = norm.reduce <add> %t : f32
    %d = arith.subf %a, %s : f32
    %e = arith.select %b, %d, %a : f32
    norm.yield %e, %t : f32, f32
  }
  return
}

// -----

// Two blocks of two warps a row: a block takes its part of the pieces. Each says that it runs, waits until the other does,
// leaves what its warps have in the memory of both, and waits for the other's.

// CHECK-LABEL: func.func @shared
// CHECK: gpu.launch_func @shared_kernel::@shared_kernel clusters in (%c2, %c1, %c1) blocks in (%c16, %c1, %c1) threads in (%c64, %c1, %c1)
// CHECK: gpu.func @shared_kernel
// CHECK-SAME: workgroup(%[[MEMORY:.*]] : memref<1x4xf32, #gpu.address_space<workgroup>>)
// CHECK-SAME: known_cluster_size = array<i32: 2, 1, 1>
// CHECK: %[[BLOCK:.*]] = gpu.block_id x
// CHECK: %[[RANK:.*]] = arith.remui %[[BLOCK]], %c2
// CHECK: %[[FIRST:.*]] = arith.muli %[[RANK]], %c64
// CHECK: %[[PART:.*]] = arith.addi %[[FIRST]], %{{.*}}
// CHECK: %[[GROUP:.*]] = arith.divui %[[BLOCK]], %c2
// CHECK: %[[ROW:.*]] = arith.addi %[[GROUP]], %{{.*}}
// CHECK: nvvm.cluster.arrive.relaxed {aligned}
// CHECK: arith.addi %[[PART]], %c128
// CHECK: vector.load %{{.*}}[%[[ROW]], %{{.*}}]
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK: %[[LANE:.*]] = arith.remui %[[PART]], %c32
// CHECK: %[[WARP:.*]] = arith.divui %[[PART]], %c32
// CHECK: nvvm.cluster.wait {aligned}
// CHECK: %[[SENDS:.*]] = arith.cmpi ult, %[[LANE]], %c2
// CHECK: scf.if %[[SENDS]]
// CHECK: %[[TARGET:.*]] = arith.index_cast %[[LANE]] : index to i32
// CHECK: %[[OFFSET:.*]] = arith.index_cast %[[WARP]] : index to i64
// CHECK: %[[OWN:.*]] = llvm.getelementptr %{{.*}}[%[[OFFSET]]] : (!llvm.ptr<3>, i64) -> !llvm.ptr<3>, f32
// CHECK: %[[THEIRS:.*]] = nvvm.mapa %[[OWN]], %[[TARGET]] : !llvm.ptr<3> -> !llvm.ptr<7>
// CHECK: llvm.store %{{.*}}, %[[THEIRS]] : f32, !llvm.ptr<7>
// CHECK: nvvm.cluster.arrive {aligned}
// CHECK: nvvm.cluster.wait {aligned}
// CHECK: %[[SOURCE:.*]] = arith.remui %[[LANE]], %c4
// CHECK: memref.load %[[MEMORY]][%{{.*}}, %[[SOURCE]]]
// CHECK-COUNT-2: gpu.shuffle xor
// CHECK-NOT: nvvm.cluster
// CHECK: gpu.return
#rows = affine_map<(r, c) -> (r, c)>
func.func @shared(%x: memref<8x1024xf32>) {
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 2, threads_per_row = 64, cluster = 2,
                                              row_in = registers>}
      ins(%x : memref<8x1024xf32>) outs(%x : memref<8x1024xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    %d = arith.subf %e, %s : f32
    norm.yield %d : f32
  }
  return
}

// -----

// More warps than lanes: a lane takes several of their values.

// CHECK-LABEL: gpu.func @many_warps_kernel
// CHECK-SAME: memref<1x64xf32, #gpu.address_space<workgroup>>
// CHECK: nvvm.cluster.arrive {aligned}
// CHECK: memref.load
// CHECK: memref.load
// CHECK: arith.addf
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK-NOT: gpu.shuffle
#rows = affine_map<(r, c) -> (r, c)>
func.func @many_warps(%x: memref<8x?xf32>) {
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vectors = 2, threads_per_row = 256, cluster = 8>}
      ins(%x : memref<8x?xf32>) outs(%x : memref<8x?xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    %d = arith.subf %e, %s : f32
    norm.yield %d : f32
  }
  return
}
