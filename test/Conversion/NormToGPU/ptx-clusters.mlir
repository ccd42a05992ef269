// Clusters and the workgroup memory that a launch asks for, down to PTX by upstream's passes.
// RUN: norm-opt %s --pass-pipeline="builtin.module(norm-generalize,norm-schedule{chip=sm_90},norm-expand-moments,convert-norm-to-gpu{assume-alignment=16},canonicalize,cse,nvvm-attach-target{chip=sm_90 features=+ptx80 O=3},gpu.module(norm-approximate-math{fma=1},norm-expand-gpu-math,convert-scf-to-cf,expand-strided-metadata,lower-affine,convert-gpu-to-nvvm,canonicalize,cse,reconcile-unrealized-casts),gpu-module-to-binary{format=isa})" | FileCheck %s

// CHECK: gpu.binary @shared_kernel
// CHECK-NOT: ld.global.{{(nc\.)?}}b
// CHECK: .entry shared_kernel(
// CHECK: .explicitcluster
// CHECK: .reqnctapercluster 4
// CHECK: barrier.cluster.arrive.relaxed.aligned
// CHECK: barrier.cluster.wait.aligned
// CHECK: mapa.shared::cluster.u64
// CHECK: st.shared::cluster.b32
// CHECK: barrier.cluster.arrive.aligned
// CHECK: barrier.cluster.wait.aligned
// CHECK: rsqrt.approx.f32
// CHECK-NOT: bar.sync
func.func @shared(%x: memref<64x65536xbf16>, %g: memref<65536xf32>, %y: memref<64x65536xbf16>) {
  norm.rms_norm ins(%x : memref<64x65536xbf16>) gamma(%g : memref<65536xf32>) outs(%y : memref<64x65536xbf16>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK: gpu.binary @kept_kernel
// CHECK: .extern .shared .align 16 .b8 kept_kernel_memory[]
// CHECK: .entry kept_kernel(
// CHECK: ld.global.v4.b32
// CHECK: st.shared.v4.b32
// CHECK: bar.sync
// CHECK: ld.shared.v4.b32
// CHECK-NOT: ld.global.v4
// CHECK: st.global.v4.b32
func.func @kept(%x: memref<64x4096xbf16>, %y: memref<64x4096xbf16>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, vectors = 2, threads_per_row = 256, row_in = workgroup>}
      ins(%x : memref<64x4096xbf16>) outs(%y : memref<64x4096xbf16>) {
  ^bb0(%e: bf16):
    %w = arith.extf %e : bf16 to f32
    %s = norm.reduce <add> %w : f32
    %d = arith.subf %w, %s : f32
    %t = arith.truncf %d : f32 to bf16
    norm.yield %t : bf16
  }
  return
}
