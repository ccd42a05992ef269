// norm-run on a GPU, of which there is but the driver: what goes to it, and what comes back.
// REQUIRES: norm-run
// DEFINE: %{cuda} = env LD_LIBRARY_PATH=%t norm-run %s --target=cuda
// DEFINE: %{fails} = env LD_LIBRARY_PATH=%t %python %S/../../Tools/norm-run/Inputs/fails.py norm-run %s --target=cuda
// RUN: rm -rf %t && mkdir %t
// RUN: %cc -shared -fPIC %S/Inputs/driver.c -o %t/libcuda.so.1

// RUN: %{cuda} --entry=twice --shape=0:3x4 --shape=1:3x4 --check | FileCheck %s --check-prefix=TWICE
// TWICE:      load "//
// TWICE:      context 1, stream 0: twice_kernel in {{.*}} 0 bytes
// TWICE-NEXT: synchronize stream 0
// TWICE-NEXT: stream 0: copy 48 bytes
// TWICE:      output 0 (in f64): maximum error 0

// Results of static shape are arguments of the lowered function; others come back in memory of the GPU, which is freed.
// RUN: %{cuda} --entry=norm --print | FileCheck %s --check-prefix=STATIC
// STATIC:      stream 0: allocate 512 bytes
// STATIC-NEXT: stream 0: allocate 512 bytes
// STATIC-NEXT: stream 0: copy 512 bytes
// STATIC-NEXT: load "//
// STATIC-NEXT: norm_kernel in
// STATIC-NEXT: synchronize
// STATIC-NEXT: stream 0: copy 512 bytes
// STATIC-COUNT-2: stream 0: free
// STATIC:      output 0: 2x64xf32

// RUN: %{cuda} --entry=dynamic --shape=0:5x64 --print | FileCheck %s --check-prefix=DYNAMIC
// DYNAMIC:      stream 0: allocate 1280 bytes
// DYNAMIC-NEXT: stream 0: copy 1280 bytes
// DYNAMIC-NEXT: stream 0: allocate 1280 bytes
// DYNAMIC-NEXT: load "//
// DYNAMIC-NEXT: dynamic_kernel in
// DYNAMIC-NEXT: synchronize
// DYNAMIC:      stream 0: copy 1280 bytes
// DYNAMIC-COUNT-2: stream 0: free
// DYNAMIC:      output 0: 5x64xf32

// A constant goes there once.
// RUN: %{cuda} --entry=constant --print | FileCheck %s --check-prefix=CONSTANT
// CONSTANT:      allocate 16 bytes
// CONSTANT:      {{^}}allocate 16 bytes
// CONSTANT-NEXT: stream 0: copy 16 bytes

// RUN: env FAKE_CUDA=memory %{fails} --entry=norm | FileCheck %s --check-prefix=MEMORY
// MEMORY: norm-run: error: argument 0: no memory of 512 bytes: CUDA_ERROR_OUT_OF_MEMORY: out of memory
// RUN: env FAKE_CUDA=launch %{fails} --entry=norm | FileCheck %s --check-prefix=LAUNCH
// LAUNCH: norm-run: error: norm_kernel cannot be launched: CUDA_ERROR_UNKNOWN: that is so
// RUN: env FAKE_CUDA=device %{fails} --entry=norm | FileCheck %s --check-prefix=DEVICE
// DEVICE: norm-run: error: the CUDA driver has no device

func.func @twice(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  norm.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>], normalized_dims = []}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%v: f32):
    %0 = arith.addf %v, %v : f32
    norm.yield %0 : f32
  }
  return
}
func.func @norm(%x: tensor<2x64xf32>) -> tensor<2x64xf32> {
  %e = tensor.empty() : tensor<2x64xf32>
  %y = norm.rms_norm ins(%x : tensor<2x64xf32>) outs(%e : tensor<2x64xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<2x64xf32>
}
func.func @dynamic(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x64xf32>
  %e = tensor.empty(%m) : tensor<?x64xf32>
  %y = norm.rms_norm ins(%x : tensor<?x64xf32>) outs(%e : tensor<?x64xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<?x64xf32>
}
func.func @constant(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %y = arith.addf %x, %c : tensor<4xf32>
  return %y : tensor<4xf32>
}
