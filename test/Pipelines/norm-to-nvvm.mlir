// Kernels as PTX in the module, and a host that launches them in the stream it is given.
// RUN: norm-opt %s --norm-to-nvvm="chip=sm_90 assume-alignment=16" | FileCheck %s --implicit-check-not=unrealized
// RUN: norm-opt %s --norm-to-nvvm="chip=sm_80 format=llvm" | FileCheck %s --check-prefix=BITCODE
// RUN: norm-opt %s --norm-to-nvvm | mlir-translate --mlir-to-llvmir | llc -filetype=obj -o /dev/null

// CHECK-DAG: llvm.func @norm_cuda_launch(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr)
// CHECK-DAG: llvm.mlir.global internal constant @kernels_image("{{.*}}.target sm_90{{.*}}.visible .entry layer_norm_kernel({{.*}}ld.global.v4{{.*}}\00") {{.*}}alignment = 64
// CHECK-DAG: llvm.mlir.global internal @kernels_module() {{.*}} : !llvm.struct<(ptr, ptr, i64)>
// CHECK-DAG: llvm.mlir.global internal constant @kernels_chip("sm_90\00")
// CHECK-DAG: llvm.mlir.global internal constant @layer_norm_kernel_name("layer_norm_kernel\00")

// BITCODE-NOT: norm_cuda
// BITCODE: gpu.launch_func @kernels::@layer_norm_kernel
// BITCODE: gpu.binary @kernels [#gpu.object<#nvvm.target<O = 3, chip = "sm_80", features = "+ptx70">, offload = "BC

// CHECK-LABEL: llvm.func @layer_norm(
// CHECK-SAME: %[[STREAM:[a-z0-9]+]]: !llvm.ptr) {
// CHECK-DAG: %[[MODULE:.*]] = llvm.mlir.addressof @kernels_module
// CHECK-DAG: %[[NAME:.*]] = llvm.mlir.addressof @layer_norm_kernel_name
// CHECK: llvm.call @norm_cuda_launch(%[[MODULE]], %[[NAME]], %[[GRID:.*]], %[[ARGUMENTS:.*]], %[[STREAM]])
// CHECK-NOT: llvm.call
// CHECK: llvm.return
func.func @layer_norm(%x: tensor<64x1024xf32>, %g: tensor<1024xf32>) -> tensor<64x1024xf32> {
  %e = tensor.empty() : tensor<64x1024xf32>
  %y = norm.layer_norm ins(%x : tensor<64x1024xf32>) gamma(%g : tensor<1024xf32>) outs(%e : tensor<64x1024xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<64x1024xf32>
}

// What no kernel of ours takes up becomes a plain one. The product's memory is the GPU's, for as long as it is needed.
// CHECK-LABEL: llvm.func @matmul(
// CHECK-SAME: %[[STREAM:[a-z0-9]+]]: !llvm.ptr) {
// CHECK: %[[MEMORY:.*]] = llvm.call @norm_cuda_allocate(%{{.*}}, %[[STREAM]])
// CHECK-COUNT-3: llvm.call @norm_cuda_launch({{.*}}, %[[STREAM]])
// CHECK: llvm.call @norm_cuda_free(%{{.*}}, %[[STREAM]])
func.func @matmul(%x: tensor<64x128xf32>, %w: tensor<128x96xf32>) -> tensor<64x96xf16> {
  %c0 = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %z = linalg.fill ins(%c0 : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %y = linalg.matmul ins(%x, %w : tensor<64x128xf32>, tensor<128x96xf32>) outs(%z : tensor<64x96xf32>) -> tensor<64x96xf32>
  %h = tensor.empty() : tensor<64x96xf16>
  %n = norm.rms_norm ins(%y : tensor<64x96xf32>) outs(%h : tensor<64x96xf16>) axes = [1] epsilon = 1.0e-5
  return %n : tensor<64x96xf16>
}

// A program that accumulates over rows what follows from reductions: these come first, to memory of their own.
// CHECK-LABEL: llvm.func @gradient(
// CHECK-SAME: %[[STREAM:[a-z0-9]+]]: !llvm.ptr) {
// CHECK: %[[MEMORY:.*]] = llvm.call @norm_cuda_allocate(%{{.*}}, %[[STREAM]])
// CHECK-COUNT-3: llvm.call @norm_cuda_launch({{.*}}, %[[STREAM]])
// CHECK: llvm.call @norm_cuda_free(%{{.*}}, %[[STREAM]])
func.func @gradient(%x: memref<64x128xf32>, %y: memref<64x128xf32>, %s: memref<128xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (c)>], normalized_dims = [1]}
      ins(%x : memref<64x128xf32>) outs(%y, %s : memref<64x128xf32>, memref<128xf32>) {
  ^bb0(%e: f32):
    %m = norm.reduce <maximumf> %e : f32
    %d = arith.subf %e, %m : f32
    norm.yield %d, %d : f32, f32
  }
  return
}

// A norm in a loop: what decides whom memory belongs to runs on the host, on lists of its own.
// CHECK-LABEL: llvm.func @loop(
// CHECK: llvm.call @norm_cuda_allocate
// CHECK: llvm.call @norm_cuda_launch
func.func @loop(%x: tensor<?x64xf32>, %n: index) -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> tensor<?x64xf32> {
    %m = tensor.dim %a, %c0 : tensor<?x64xf32>
    %e = tensor.empty(%m) : tensor<?x64xf32>
    %y = norm.rms_norm ins(%a : tensor<?x64xf32>) outs(%e : tensor<?x64xf32>) axes = [1] epsilon = 1.0e-5
    scf.yield %y : tensor<?x64xf32>
  }
  return %r : tensor<?x64xf32>
}

// What has nothing parallel about it runs on one thread; floats of 8 bits are converted in integers.
// CHECK-LABEL: llvm.func @sum(
// CHECK-COUNT-2: llvm.call @norm_cuda_launch
func.func @sum(%x: tensor<8x8xf32>) -> tensor<f32> {
  %c0 = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<f32>
  %z = linalg.fill ins(%c0 : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<8x8xf32>) outs(%z : tensor<f32>) dimensions = [0, 1]
  return %s : tensor<f32>
}
func.func @narrow(%x: tensor<8x64xf32>) -> tensor<8x64xf8E4M3FN> {
  %e = tensor.empty() : tensor<8x64xf32>
  %y = norm.rms_norm ins(%x : tensor<8x64xf32>) outs(%e : tensor<8x64xf32>) axes = [1] epsilon = 1.0e-5
  %q = arith.truncf %y : tensor<8x64xf32> to tensor<8x64xf8E4M3FN>
  return %q : tensor<8x64xf8E4M3FN>
}
