// RUN: norm-opt %s --pass-pipeline="builtin.module(gpu.module(norm-expand-gpu-math))" | FileCheck %s

gpu.module @kernels {
  // CHECK-LABEL: gpu.func @vectors(%arg0: vector<2xf32>)
  // CHECK: %[[E0:.*]] = vector.extract %arg0[0]
  // CHECK: %[[R0:.*]] = llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.f"(%[[E0]]) : (f32) -> f32
  // CHECK: %[[R1:.*]] = llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.f"
  // CHECK: %[[R:.*]] = vector.from_elements %[[R0]], %[[R1]]
  // CHECK: %[[F:.*]] = llvm.call_intrinsic "llvm.fma"(%[[R]], %[[R]], %arg0) : (vector<2xf32>, vector<2xf32>, vector<2xf32>) -> vector<2xf32>
  // CHECK: llvm.call_intrinsic "llvm.roundeven"(%[[F]])
  gpu.func @vectors(%x: vector<2xf32>) -> vector<2xf32> {
    %r = math.rsqrt %x : vector<2xf32>
    %f = math.fma %r, %r, %x : vector<2xf32>
    %e = math.roundeven %f : vector<2xf32>
    gpu.return %e : vector<2xf32>
  }

  // CHECK-LABEL: gpu.func @wide(
  // CHECK: %[[ONE:.*]] = arith.constant 1.000000e+00 : f64
  // CHECK: %[[ROOT:.*]] = llvm.call_intrinsic "llvm.sqrt"(%arg0) : (f64) -> f64
  // CHECK: arith.divf %[[ONE]], %[[ROOT]]
  gpu.func @wide(%x: f64) -> f64 {
    %r = math.rsqrt %x : f64
    gpu.return %r : f64
  }

  // CHECK-LABEL: gpu.func @narrow(
  // CHECK: %[[WIDE:.*]] = arith.extf %arg0 : bf16 to f32
  // CHECK: %[[ROOT:.*]] = llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.f"(%[[WIDE]])
  // CHECK: %[[R:.*]] = arith.truncf %[[ROOT]] : f32 to bf16
  // CHECK: llvm.call_intrinsic "llvm.maxnum"(%[[R]], %arg0) : (bf16, bf16) -> bf16
  gpu.func @narrow(%x: bf16) -> bf16 {
    %r = math.rsqrt %x : bf16
    %m = arith.maxnumf %r, %x : bf16
    gpu.return %m : bf16
  }

  // What has no instruction.
  // CHECK-LABEL: gpu.func @left(
  // CHECK: math.exp %arg0
  gpu.func @left(%x: f32) -> f32 {
    %e = math.exp %x : f32
    gpu.return %e : f32
  }
}
