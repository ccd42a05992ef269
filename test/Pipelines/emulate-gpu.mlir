// RUN: norm-opt %s --norm-emulate-gpu --split-input-file --verify-diagnostics | FileCheck %s

module attributes {gpu.container_module} {
  // CHECK-DAG: llvm.func @norm_emulated_launch(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64, i64)
  // CHECK-DAG: llvm.mlir.global internal constant @twice_emulated_name("twice\00")
  // CHECK-LABEL: func.func @host(
  // CHECK: %[[ARGUMENTS:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr<1>, f32)>
  // CHECK: %[[KERNEL:.*]] = constant @twice_emulated : (!llvm.ptr) -> ()
  // CHECK: %[[POINTER:.*]] = builtin.unrealized_conversion_cast %[[KERNEL]]
  // CHECK: llvm.call @norm_emulated_launch(%{{.*}}, %[[POINTER]], %[[ARGUMENTS]], %{{.*}}, %{{.*}}, %[[BYTES:.*]], %[[ZERO:.*]], %[[ONE:.*]])
  func.func @host(%p: !llvm.ptr<1>, %s: f32, %n: index) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@twice blocks in (%n, %c1, %c1) threads in (%n, %c1, %c1) args(%p : !llvm.ptr<1>, %s : f32)
    return
  }
  // CHECK-NOT: gpu.
  // CHECK-LABEL: func.func private @twice_emulated(%arg0: !llvm.ptr)
  // CHECK: llvm.getelementptr %arg0[0, 1]
  // CHECK: %[[SCALAR:.*]] = llvm.load %{{.*}} : !llvm.ptr -> f32
  // CHECK: llvm.call @norm_emulated_workgroup_memory
  // CHECK: %[[MEMORY:.*]] = builtin.unrealized_conversion_cast %{{.*}} to memref<3xf32>
  // CHECK: llvm.sext %{{.*}} : i32 to i64
  // CHECK: builtin.unrealized_conversion_cast %{{.*}} : !llvm.struct<(ptr<1>, ptr<1>, i64, array<1 x i64>, array<1 x i64>)> to memref<8xf32, 1>
  // CHECK: %[[X:.*]] = llvm.mlir.constant(0 : i32)
  // CHECK: llvm.call @norm_emulated_thread_id(%[[X]]) : (i32) -> i64
  // CHECK: memref.store %[[SCALAR]], %[[MEMORY]]
  // CHECK: llvm.call @norm_emulated_barrier()
  // CHECK: llvm.call @norm_emulated_shuffle_xor(%{{.*}}, %{{.*}}) : (i32, i32) -> i32
  // CHECK: return
  gpu.module @kernels attributes {dlti.dl_spec = #dlti.dl_spec<index = 32 : i32>} {
    gpu.func @twice(%p: !llvm.ptr<1>, %s: f32) workgroup(%w: memref<3xf32, #gpu.address_space<workgroup>>) kernel {
      %d = llvm.mlir.poison : !llvm.struct<(ptr<1>, ptr<1>, i32, array<1 x i32>, array<1 x i32>)>
      %m = builtin.unrealized_conversion_cast %d : !llvm.struct<(ptr<1>, ptr<1>, i32, array<1 x i32>, array<1 x i32>)> to memref<8xf32, 1>
      %t = gpu.thread_id x
      memref.store %s, %w[%t] : memref<3xf32, #gpu.address_space<workgroup>>
      gpu.barrier
      %v = arith.bitcast %s : f32 to i32
      %c1 = arith.constant 1 : i32
      %c32 = arith.constant 32 : i32
      %r, %ok = gpu.shuffle xor %v, %c1, %c32 : i32
      %f = arith.bitcast %r : i32 to f32
      memref.store %f, %m[%t] : memref<8xf32, 1>
      gpu.return
    }
  }
}

// -----

// Arguments of plain kernels: memrefs travel as their descriptors.
module attributes {gpu.container_module} {
  // CHECK-LABEL: func.func @plain_host(
  // CHECK-SAME: %[[X:.*]]: memref<?x8xf32>, %[[N:.*]]: index
  // CHECK-DAG: builtin.unrealized_conversion_cast %[[X]] : memref<?x8xf32> to !llvm.struct<(ptr, ptr, i64, array<2 x i64>, array<2 x i64>)>
  // CHECK-DAG: arith.index_cast %[[N]] : index to i64
  func.func @plain_host(%x: memref<?x8xf32>, %n: index) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @plain::@plain blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<?x8xf32>, %n : index)
    return
  }
  // CHECK-LABEL: func.func private @plain_emulated(
  // CHECK: %[[PACKED:.*]] = llvm.load %{{.*}} -> !llvm.struct<(ptr, ptr, i64, array<2 x i64>, array<2 x i64>)>
  // CHECK: %[[MEMREF:.*]] = builtin.unrealized_conversion_cast %[[PACKED]] {{.*}} to memref<?x8xf32>
  // CHECK: %[[WIDE:.*]] = llvm.load %{{.*}} -> i64
  // CHECK: %[[INDEX:.*]] = arith.index_cast %[[WIDE]] : i64 to index
  // CHECK: memref.store %{{.*}}, %[[MEMREF]][%[[INDEX]], %[[INDEX]]]
  gpu.module @plain {
    gpu.func @plain(%x: memref<?x8xf32>, %n: index) kernel {
      %c = arith.constant 1.0 : f32
      memref.store %c, %x[%n, %n] : memref<?x8xf32>
      gpu.return
    }
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @down(%s: i32) kernel {
      %c1 = arith.constant 1 : i32
      %c32 = arith.constant 32 : i32
      // expected-error @below {{has no emulation, expected a shuffle xor of i32}}
      %r, %ok = gpu.shuffle down %s, %c1, %c32 : i32
      gpu.return
    }
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @lane() kernel {
      // expected-error @below {{has no emulation}}
      %l = gpu.lane_id
      gpu.return
    }
  }
}

// -----

// Clusters of blocks, and memory that a launch asks for.

module attributes {gpu.container_module} {
  // CHECK-LABEL: func.func @host(
  // CHECK: %[[ASKED:.*]] = llvm.zext %arg0 : i32 to i64
  // CHECK: %[[CLUSTER:.*]] = arith.index_cast %arg1 : index to i64
  // CHECK: %[[OWN:.*]] = llvm.mlir.constant(16 : i64)
  // CHECK: llvm.call @norm_emulated_launch({{.*}}, %[[OWN]], %[[ASKED]], %[[CLUSTER]])
  func.func @host(%bytes: i32, %n: index) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@shared clusters in (%n, %c1, %c1) blocks in (%n, %c1, %c1) threads in (%n, %c1, %c1)
      dynamic_shared_memory_size %bytes
    return
  }
  // CHECK-LABEL: func.func private @shared_emulated(
  // CHECK: llvm.call @norm_emulated_workgroup_memory
  // CHECK: %[[ALL:.*]] = llvm.call @norm_emulated_workgroup_memory
  // CHECK: %[[BEHIND:.*]] = llvm.getelementptr %[[ALL]][16]
  // CHECK: %[[ASKED:.*]] = llvm.addrspacecast %[[BEHIND]] : !llvm.ptr to !llvm.ptr<3>
  // CHECK: llvm.store %{{.*}}, %[[ASKED]]
  // CHECK: llvm.call @norm_emulated_cluster_arrive()
  // CHECK: llvm.call @norm_emulated_cluster_wait()
  // CHECK: %[[MINE:.*]] = llvm.addrspacecast %{{.*}} : !llvm.ptr<3> to !llvm.ptr
  // CHECK: %[[THEIRS:.*]] = llvm.call @norm_emulated_map_workgroup_memory(%[[MINE]], %{{.*}}) : (!llvm.ptr, i32) -> !llvm.ptr
  // CHECK: llvm.addrspacecast %[[THEIRS]] : !llvm.ptr to !llvm.ptr<7>
  // CHECK: llvm.call @norm_emulated_cluster_arrive()
  gpu.module @kernels {
    llvm.mlir.global external @asked() {addr_space = 3 : i32} : !llvm.array<0 x i8>
    gpu.func @shared() workgroup(%w: memref<3xf32, #gpu.address_space<workgroup>>) kernel {
      %rank = arith.constant 1 : i32
      %value = arith.constant 1.0 : f32
      %asked = llvm.mlir.addressof @asked : !llvm.ptr<3>
      llvm.store %value, %asked : f32, !llvm.ptr<3>
      nvvm.cluster.arrive.relaxed {aligned}
      nvvm.cluster.wait {aligned}
      %address = memref.extract_aligned_pointer_as_index %w : memref<3xf32, #gpu.address_space<workgroup>> -> index
      %integer = arith.index_cast %address : index to i64
      %mine = llvm.inttoptr %integer : i64 to !llvm.ptr<3>
      %theirs = nvvm.mapa %mine, %rank : !llvm.ptr<3> -> !llvm.ptr<7>
      llvm.store %value, %theirs : f32, !llvm.ptr<7>
      nvvm.cluster.arrive {aligned}
      gpu.return
    }
  }
}
