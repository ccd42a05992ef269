// RUN: norm-opt %s --norm-merge-gpu-modules --split-input-file --verify-diagnostics | FileCheck %s

module attributes {gpu.container_module} {
  // Equal names are kept apart, equal declarations are one; other targets are another module.
  // CHECK: gpu.module @kernels [#nvvm.target<chip = "sm_90">]
  // CHECK-NEXT: llvm.func @main_1_kernel() attributes
  // CHECK: llvm.func @power(f32) -> f32
  // CHECK-NEXT: llvm.mlir.global private @buffer() {{.*}} : !llvm.array<4 x f32>
  // CHECK: llvm.func @[[SECOND:main_1_kernel_[0-9]+]]() attributes
  // CHECK-NEXT: %{{.*}} = llvm.mlir.addressof @[[BUFFER:buffer_[0-9]+]]
  // CHECK: llvm.mlir.global private @[[BUFFER]]() {{.*}} : !llvm.array<8 x f32>
  // CHECK: llvm.func @a_b_0()
  // CHECK: llvm.func @a_b()
  // CHECK: gpu.module @kernels_{{[0-9]+}} [#nvvm.target<chip = "sm_80">]
  gpu.module @a [#nvvm.target<chip = "sm_90">] {
    llvm.func @"main.1_kernel"() attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
    llvm.func @power(f32) -> f32
    llvm.mlir.global private @buffer() {addr_space = 3 : i32} : !llvm.array<4 x f32>
  }
  gpu.module @b [#nvvm.target<chip = "sm_90">] attributes {dlti.dl_spec = #dlti.dl_spec<index = 32 : i32>} {
    llvm.func @"main.1_kernel"() attributes {gpu.kernel, nvvm.kernel} {
      %0 = llvm.mlir.addressof @buffer : !llvm.ptr<3>
      llvm.return
    }
    llvm.func @power(f32) -> f32
    llvm.mlir.global private @buffer() {addr_space = 3 : i32} : !llvm.array<8 x f32>
    llvm.func @"a-b"() attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
    llvm.func @a_b() attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
  gpu.module @c [#nvvm.target<chip = "sm_80">] {
    llvm.func @k() attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
  // CHECK: func.func @host
  // CHECK: gpu.launch_func @kernels::@main_1_kernel blocks
  // CHECK: gpu.launch_func @kernels::@[[SECOND]] blocks
  func.func @host(%n: index) {
    gpu.launch_func @a::@"main.1_kernel" blocks in (%n, %n, %n) threads in (%n, %n, %n)
    gpu.launch_func @b::@"main.1_kernel" blocks in (%n, %n, %n) threads in (%n, %n, %n)
    return
  }
}
