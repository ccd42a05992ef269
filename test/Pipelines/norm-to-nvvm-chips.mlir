// Every chip that has schedules has all that its kernels use, with clusters or without, in the version of PTX that it gets.
// RUN: norm-opt %s --norm-to-nvvm=chip=sm_80 | FileCheck %s -DCHIP=80 --implicit-check-not=cluster
// RUN: norm-opt %s --norm-to-nvvm=chip=sm_86 | FileCheck %s -DCHIP=86 --implicit-check-not=cluster
// RUN: norm-opt %s --norm-to-nvvm=chip=sm_89 | FileCheck %s -DCHIP=89 --implicit-check-not=cluster
// RUN: norm-opt %s --norm-to-nvvm=chip=sm_90 | FileCheck %s -DCHIP=90 --check-prefixes=CHECK,CLUSTER
// RUN: norm-opt %s --norm-to-nvvm=chip=sm_100 | FileCheck %s -DCHIP=100 --check-prefixes=CHECK,CLUSTER
// RUN: norm-opt %s --norm-to-nvvm=chip=sm_120 | FileCheck %s -DCHIP=120 --check-prefixes=CHECK,CLUSTER
// CHECK: .target sm_[[CHIP]]
// CLUSTER: .reqnctapercluster
func.func @long_rows(%x: memref<1024x65536xf32>, %y: memref<1024x65536xf32>) {
  norm.layer_norm ins(%x : memref<1024x65536xf32>) outs(%y : memref<1024x65536xf32>) axes = [1] epsilon = 1.0e-5
  return
}
func.func @half(%x: memref<4096x32768xbf16>, %y: memref<4096x32768xbf16>) {
  norm.rms_norm ins(%x : memref<4096x32768xbf16>) outs(%y : memref<4096x32768xbf16>) axes = [1] epsilon = 1.0e-5
  return
}
func.func @channels(%x: memref<8x96x56x56xf32>, %y: memref<8x96x56x56xf32>) {
  norm.layer_norm ins(%x : memref<8x96x56x56xf32>) outs(%y : memref<8x96x56x56xf32>) axes = [1] epsilon = 1.0e-5
  return
}
