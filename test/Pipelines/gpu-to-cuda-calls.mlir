// RUN: norm-opt %s --norm-gpu-to-cuda-calls --split-input-file --verify-diagnostics | FileCheck %s --implicit-check-not=gpu.

#target = #nvvm.target<chip = "sm_90">
module attributes {gpu.container_module} {
  // CHECK-DAG: llvm.mlir.global internal constant @kernels_chip("sm_90\00")
  // CHECK-DAG: llvm.mlir.global internal constant @kernels_image("\7FELF") {{.*}}alignment = 64
  gpu.binary @kernels [#gpu.object<#target, bin = "\7FELF">]

  // CHECK-DAG: llvm.mlir.global internal @table_on_device(0 : i64)
  memref.global "private" constant @table : memref<2xf32> = dense<[1.0, 2.0]>

  // A launch: the grid as numbers, pointers to the arguments, a memref's fields one by one.
  // CHECK-LABEL: func.func @launch(
  // CHECK-SAME: %[[M:.*]]: memref<?x4xf32>, %[[F:.*]]: f32, %[[N:.*]]: index, %[[STREAM:.*]]: !llvm.ptr) {
  // CHECK: %[[LIST:.*]] = llvm.alloca %{{.*}} x !llvm.array<9 x ptr>
  // CHECK: %[[GRID:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(array<3 x i64>, array<3 x i64>, array<3 x i64>, i64)>
  // CHECK: llvm.alloca %{{.*}} x i64
  // CHECK: %[[FPLACE:.*]] = llvm.alloca %{{.*}} x f32
  // CHECK: memref.extract_strided_metadata %[[M]]
  // CHECK: llvm.store %[[F]], %[[FPLACE]]
  // CHECK: %[[BYTES:.*]] = llvm.zext %{{.*}} : i32 to i64
  // CHECK: llvm.insertvalue %[[BYTES]], %{{.*}}[3]
  // CHECK: llvm.call @norm_cuda_launch(%{{.*}}, %{{.*}}, %[[GRID]], %[[LIST]], %[[STREAM]])
  func.func @launch(%m: memref<?x4xf32>, %f: f32, %n: index) {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %bytes = arith.constant 100 : i32
    gpu.launch_func @kernels::@k clusters in (%c2, %c1, %c1) blocks in (%n, %c1, %c1) threads in (%n, %c1, %c1)
        dynamic_shared_memory_size %bytes args(%m : memref<?x4xf32>, %f : f32, %n : index)
    return
  }

  // Calls hand the stream on; functions without a body are as they were.
  // CHECK-LABEL: func.func @call(
  // CHECK-SAME: %[[M:.*]]: memref<?x4xf32>, %[[STREAM:.*]]: !llvm.ptr) {
  // CHECK: call @memory(%[[M]], %[[STREAM]])
  // CHECK: call @outside(%[[M]]) : (memref<?x4xf32>) -> ()
  func.func @call(%m: memref<?x4xf32>) {
    func.call @memory(%m) : (memref<?x4xf32>) -> ()
    func.call @outside(%m) : (memref<?x4xf32>) -> ()
    return
  }
  func.func private @outside(memref<?x4xf32>)

  // A private function that does without has no stream.
  // CHECK-LABEL: func.func private @sizes(
  // CHECK-SAME: %{{[a-z0-9]+}}: index, %{{[a-z0-9]+}}: index) -> i1 {
  func.func private @sizes(%a: index, %b: index) -> i1 {
    %equal = arith.cmpi eq, %a, %b : index
    return %equal : i1
  }
  // CHECK-LABEL: func.func private @calls(
  // CHECK-SAME: %[[M:.*]]: memref<?x4xf32>, %[[STREAM:.*]]: !llvm.ptr) {
  // CHECK: call @memory(%[[M]], %[[STREAM]])
  func.func private @calls(%m: memref<?x4xf32>) {
    func.call @memory(%m) : (memref<?x4xf32>) -> ()
    return
  }

  // CHECK-LABEL: func.func @memory(
  // CHECK-SAME: %[[M:.*]]: memref<?x4xf32>, %[[STREAM:.*]]: !llvm.ptr) {
  // CHECK: %[[C16:.*]] = llvm.mlir.constant(16 : i64)
  // CHECK: %[[SIZE:.*]] = llvm.mul %[[C16]], %{{.*}} : i64
  // CHECK: llvm.call @norm_cuda_allocate(%[[SIZE]], %[[STREAM]])
  // CHECK: %[[T:.*]] = builtin.unrealized_conversion_cast %{{.*}} to memref<?x4xf32>
  // CHECK: llvm.call @norm_cuda_copy(%{{.*}}, %{{.*}}, %{{.*}}, %[[STREAM]])
  // CHECK: %[[C8:.*]] = llvm.mlir.constant(8 : i64)
  // CHECK: llvm.call @norm_cuda_get_constant(%{{.*}}, %{{.*}}, %[[C8]], %[[STREAM]])
  // CHECK: %[[TABLE:.*]] = builtin.unrealized_conversion_cast %{{.*}} to memref<2xf32>
  // CHECK: memref.cast %[[TABLE]]
  // CHECK: llvm.call @norm_cuda_free(%{{.*}}, %[[STREAM]])
  func.func @memory(%m: memref<?x4xf32>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %m, %c0 : memref<?x4xf32>
    %t = memref.alloc(%n) : memref<?x4xf32>
    memref.copy %m, %t : memref<?x4xf32> to memref<?x4xf32>
    %g = memref.get_global @table : memref<2xf32>
    %d = memref.cast %g : memref<2xf32> to memref<?xf32>
    memref.dealloc %t : memref<?x4xf32>
    return
  }
}

// -----

// Bytes of elements that are no scalars.
// CHECK-LABEL: func.func @complex
// CHECK: llvm.mlir.constant(16 : i64)
// CHECK: llvm.call @norm_cuda_copy
// What was loaded is freed with the code.
// CHECK: llvm.func internal @norm_cuda_unload_all() {
// CHECK: %[[ID:.*]] = llvm.mlir.addressof @numbers_on_device
// CHECK: llvm.call @norm_cuda_free_constant(%[[ID]])
// CHECK: llvm.mlir.global_dtors dtors = [@norm_cuda_unload_all]
memref.global "private" constant @numbers : memref<2xf32> = dense<1.0>
func.func @complex(%m: memref<4x8xcomplex<f64>>, %n: memref<4x8xcomplex<f64>>) {
  memref.copy %m, %n : memref<4x8xcomplex<f64>> to memref<4x8xcomplex<f64>>
  %g = memref.get_global @numbers : memref<2xf32>
  return
}

// -----

func.func @strided(%m: memref<4x4xf32, strided<[8, 1]>>, %n: memref<4x4xf32>) {
  // expected-error @below {{'memref.copy' op has no GPU lowering: expected contiguous memrefs}}
  memref.copy %m, %n : memref<4x4xf32, strided<[8, 1]>> to memref<4x4xf32>
  return
}

// -----

func.func @layout() {
  // expected-error @below {{'memref.alloc' op has no GPU lowering: expected a memref of identity layout in the default memory space, aligned to at most 256 bytes}}
  %m = memref.alloc() : memref<4xf32, strided<[2]>>
  return
}

// -----

memref.global "private" @counter : memref<2xf32> = dense<0.0>
func.func @mutable() {
  // expected-error @below {{'memref.get_global' op has no GPU lowering: the global is not constant, and is in the host's memory}}
  %m = memref.get_global @counter : memref<2xf32>
  return
}

// -----

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @k() kernel {
      gpu.return
    }
  }
  func.func @module(%n: index) {
    // expected-error @below {{'gpu.launch_func' op expected a kernel of a gpu.binary}}
    gpu.launch_func @kernels::@k blocks in (%n, %n, %n) threads in (%n, %n, %n)
    return
  }
}

// -----

// expected-error @below {{'gpu.binary' op holds LLVM bitcode, which no driver loads: expected the format isa, bin or fatbin}}
gpu.binary @bitcode [#gpu.object<#nvvm.target, offload = "BC">]

// -----

// expected-error @below {{'gpu.binary' op expected one object, for an NVVM target}}
gpu.binary @amd [#gpu.object<#rocdl.target, bin = "x">]

// -----

func.func @wait() {
  // expected-error @below {{'gpu.wait' op has no lowering to calls of the CUDA runtime}}
  gpu.wait
  return
}
