// RUN: norm-opt %s --norm-emulate-gpu --split-input-file --verify-diagnostics | FileCheck %s

module attributes {gpu.container_module} {
  // CHECK-DAG: llvm.func @norm_emulated_launch(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, i64)
  // CHECK-DAG: llvm.mlir.global internal constant @twice_emulated_name("twice\00")
  // CHECK-LABEL: func.func @host(
  // CHECK: %[[ARGUMENTS:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr<1>, f32)>
  // CHECK: %[[KERNEL:.*]] = constant @twice_emulated : (!llvm.ptr) -> ()
  // CHECK: %[[POINTER:.*]] = builtin.unrealized_conversion_cast %[[KERNEL]]
  // CHECK: llvm.call @norm_emulated_launch(%{{.*}}, %[[POINTER]], %[[ARGUMENTS]], %{{.*}}, %{{.*}}, %[[BYTES:.*]])
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
