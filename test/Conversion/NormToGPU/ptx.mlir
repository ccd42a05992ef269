// Down to PTX by upstream's passes: 16-byte accesses alone, gamma and beta through the read-only path, no function that
// would have to come from elsewhere.
// RUN: norm-opt %s --pass-pipeline="builtin.module(norm-generalize,norm-schedule{chip=sm_90},norm-expand-moments,convert-norm-to-gpu{assume-alignment=16},canonicalize,cse,nvvm-attach-target{chip=sm_90 features=+ptx80 O=3},gpu.module(norm-approximate-math{fma=1},norm-expand-gpu-math,convert-scf-to-cf,expand-strided-metadata,lower-affine,convert-gpu-to-nvvm,canonicalize,cse,reconcile-unrealized-casts),gpu-module-to-binary{format=isa})" | FileCheck %s

// CHECK: gpu.binary @ln_kernel
// CHECK-NOT: __nv_
// CHECK-NOT: ld.global.{{(nc\.)?}}b
// CHECK-NOT: .local
// CHECK: .entry ln_kernel(
// CHECK: .maxntid 128
// CHECK: .minnctapersm 6
// CHECK-COUNT-4: ld.global.v4.b32
// CHECK: shfl.sync.bfly.b32
// CHECK: bar.sync
// CHECK: rsqrt.approx.f32
// CHECK: ld.global.nc.v4.b32
// CHECK: fma.rn.f32
// CHECK: st.global.v4.b32
// CHECK-NOT: st.global.b
func.func @ln(%x: memref<4096x1024xf32>, %g: memref<1024xf32>, %b: memref<1024xf32>, %y: memref<4096x1024xf32>) {
  norm.layer_norm ins(%x : memref<4096x1024xf32>) gamma(%g : memref<1024xf32>) beta(%b : memref<1024xf32>)
      outs(%y : memref<4096x1024xf32>) axes = [1] epsilon = 1.0e-5
  return
}
