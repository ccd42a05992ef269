// Kernels, alone and with functions that launch them.
// REQUIRES: norm-compile
// DEFINE: %{fails} = %python %S/../norm-run/Inputs/fails.py norm-compile %s
// RUN: rm -rf %t && mkdir %t

// RUN: norm-compile %s -o %t/kernels.ptx --chip=sm_80 && FileCheck %s --check-prefix=PTX --input-file=%t/kernels.ptx
// RUN: norm-compile %s -o - --emit=ptx | FileCheck %s --check-prefix=PTX
// PTX: .version {{[78]}}.0
// PTX: .target sm_{{[89]}}0
// PTX-DAG: .visible .entry twice_kernel(
// PTX-DAG: .visible .entry norm_1_kernel(

// RUN: norm-compile %s -o - --target=cuda --emit=llvm | FileCheck %s --check-prefix=IR
// IR: @kernels_image = internal constant {{.*}}.entry twice_kernel
// IR: define {{.*}}@_mlir_ciface_twice(ptr {{.*}}, ptr {{.*}}, ptr {{.*}})
// IR: call void @norm_cuda_launch(

// RUN: norm-compile %s -o %t/functions.so --target=cuda --header=%t/functions.h
// RUN: FileCheck %s --input-file=%t/functions.h
// CHECK: const char *norm_cuda_error(void);
// CHECK: /* @twice
// CHECK: stream: the CUstream that the work is put into; arrays are memory of its GPU
// CHECK: int twice(const float *x, int64_t x_size0,
// CHECK-NEXT: float *y, int64_t y_size0,
// CHECK-NEXT: void *stream);

// RUN: %cc -shared -fPIC %S/../../Runtime/CUDA/Inputs/driver.c -o %t/libcuda.so.1
// RUN: %cc -I%t -I%src/include %S/Inputs/cuda.c %t/functions.so -L%norm-lib -lnorm_cuda -Wl,-rpath,%t -Wl,-rpath,%norm-lib -o %t/call
// RUN: env LD_LIBRARY_PATH=%t %t/call | FileCheck %s --check-prefix=CALL
// CALL: stream 203: twice_kernel in
// CALL: status 0: ok
// CALL: 2 4 6 8 10
// CALL-NEXT: null: 1
// CALL-NEXT: sizes: 1
// CALL-NEXT: overlap: 1
// CALL-NEXT: aligned: 1
// CALL-NEXT: context 2: unload 7
// RUN: env LD_LIBRARY_PATH=%t FAKE_CUDA=launch %t/call | FileCheck %s --check-prefix=LAUNCH
// LAUNCH: status 7: twice_kernel cannot be launched: CUDA_ERROR_UNKNOWN

// RUN: %{fails} -o %t/x.o --chip=sm_90 | FileCheck %s --check-prefix=CHIP
// CHIP: norm-compile: error: --chip needs --target=cuda
// RUN: %{fails} -o %t/x.o --image=cubin | FileCheck %s --check-prefix=IMAGE
// IMAGE: norm-compile: error: --image needs --target=cuda
// RUN: %{fails} -o %t/x.ptx --image=cubin | FileCheck %s --check-prefix=IMAGEPTX
// IMAGEPTX: norm-compile: error: --image is for objects and libraries
// RUN: %{fails} -o %t/x.ptx --chip= | FileCheck %s --check-prefix=NOCHIP
// NOCHIP: norm-compile: error: --chip needs the name of a GPU, as sm_90
// RUN: %{fails} -o %t/x.ptx --vector-bits=256 | FileCheck %s --check-prefix=VECTORS
// VECTORS: norm-compile: error: --vector-bits needs --target=cpu
// RUN: %{fails} -o %t/x.ptx --target=cpu | FileCheck %s --check-prefix=CPU
// CPU: norm-compile: error: --emit=ptx, cubin and fatbin are for --target=cuda
// RUN: %{fails} -o %t/x.ptx --header=%t/x.h | FileCheck %s --check-prefix=HEADER
// HEADER: norm-compile: error: --header needs --emit=obj, shared, asm or llvm: kernels alone have no C functions
// RUN: %{fails} -o %t/x.ptx --threads=openmp | FileCheck %s --check-prefix=THREADS
// THREADS: norm-compile: error: --threads needs --target=cpu
// RUN: %{fails} -o - --emit=cubin | FileCheck %s --check-prefix=STDOUT
// STDOUT: norm-compile: error: only text goes to stdout
// RUN: echo 'func.func @one() -> i32 { %%0 = arith.constant 1 : i32 return %%0 : i32 }' > %t/one.mlir
// RUN: not norm-compile %t/one.mlir -o %t/x.ptx 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: one.mlir: error: there is no kernel: no function computes anything on the GPU

func.func @twice(%x: memref<?xf32>, %y: memref<?xf32>) {
  norm.generic {indexing_maps = [affine_map<(m) -> (m)>, affine_map<(m) -> (m)>], normalized_dims = []}
      ins(%x : memref<?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%v: f32):
    %0 = arith.addf %v, %v : f32
    norm.yield %0 : f32
  }
  return
}
func.func @"norm.1"(%x: tensor<?x64xbf16>) -> tensor<?x64xbf16> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x64xbf16>
  %e = tensor.empty(%m) : tensor<?x64xbf16>
  %y = norm.rms_norm ins(%x : tensor<?x64xbf16>) outs(%e : tensor<?x64xbf16>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<?x64xbf16>
}
