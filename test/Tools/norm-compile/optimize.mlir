// Loops of kernels are not vectorised or unrolled again, and take LLVM's passes that they need; others take all.
// REQUIRES: norm-compile

// RUN: rm -rf %t && split-file %s %t
// RUN: norm-compile %t/kernel.mlir -o - --emit=llvm --mtriple=x86_64-linux-gnu --mcpu=haswell | FileCheck %s --check-prefix=KERNEL
// KERNEL-NOT: {{^}}vector.body
// KERNEL: define void @_mlir_ciface_rms_norm(
// KERNEL-NOT: {{^}}vector.body
// KERNEL: !{!"llvm.loop.vectorize.enable", i1 false}
// RUN: norm-compile %t/loop.mlir -o - --emit=llvm --mtriple=x86_64-linux-gnu --mcpu=haswell | FileCheck %s --check-prefix=LOOP
// LOOP: {{^}}vector.body

// What was a function of its own is inlined, and its memrefs are gone.
// RUN: norm-compile %t/kernel.mlir -o - --emit=llvm --mtriple=x86_64-linux-gnu --mcpu=haswell | FileCheck %s --check-prefix=CLEAN
// CLEAN-NOT: {{(call|define).*}}norm_rows
// CLEAN-NOT: insertvalue

//--- kernel.mlir
func.func @rms_norm(%x: memref<?x1000xf32>, %y: memref<?x1000xf32>) {
  norm.rms_norm ins(%x : memref<?x1000xf32>) outs(%y : memref<?x1000xf32>) axes = [1] epsilon = 1.0e-5
  return
}

//--- loop.mlir
func.func @rms_norm(%x: memref<?x1000xf32>, %y: memref<?x1000xf32>, %z: memref<1000xf32>) {
  norm.rms_norm ins(%x : memref<?x1000xf32>) outs(%y : memref<?x1000xf32>) axes = [1] epsilon = 1.0e-5
  linalg.abs ins(%z : memref<1000xf32>) outs(%z : memref<1000xf32>)
  return
}
