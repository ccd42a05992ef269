// norm-run on a GPU that the CPU emulates.
// REQUIRES: norm-run, x86_64
// DEFINE: %{gpu} = norm-run %s --target=cuda-emulated
// DEFINE: %{fails} = %python %S/Inputs/fails.py norm-run %s --target=cuda-emulated

// Values do not depend on how threads take turns, nor on where arrays are: the seed decides both.
// RUN: %{gpu} --entry=layer_norm --shape=0:5x1000 --check --output=%t.npy | FileCheck %s
// RUN: %{gpu} --entry=layer_norm --shape=0:5x1000 --expect=%t.npy --rtol=0 --atol=0 --schedule-seed=1
// RUN: %{gpu} --entry=layer_norm --shape=0:5x1000 --expect=%t.npy --rtol=0 --atol=0 --schedule-seed=2
// RUN: %{gpu} --entry=layer_norm --shape=0:5x1000 --expect=%t.npy --rtol=0 --atol=0 --schedule-seed=3 --chip=sm_80
// CHECK: output 0 (in f64): maximum error {{.*}}e-07

// What no row program takes up is a plain kernel, run by threads of its own.
// RUN: %{gpu} --entry=product --check | FileCheck %s --check-prefix=PRODUCT
// RUN: norm-opt %s --norm-to-llvm=emulate-chip=sm_90 | FileCheck %s --check-prefix=PLAIN
// PRODUCT: output 0 (in f64): maximum error
// PLAIN-DAG: @product_kernel_emulated_name
// PLAIN-DAG: @product_kernel_emulated_0_name
// PLAIN-DAG: @product_kernel_emulated_1_name

// In place, with strides.
// RUN: %{gpu} --entry=in_place --check --schedule-seed=5 | FileCheck %s --check-prefix=STRIDED
// STRIDED: output 0 (in f64): maximum error

// A kernel that leaves its arrays.
// RUN: %{fails} --entry=beyond | FileCheck %s --check-prefix=BEYOND
// BEYOND: norm-run: error: a kernel accessed byte 1 behind argument 0, which has 4096 bytes
// RUN: %{fails} --entry=before --schedule-seed=1 | FileCheck %s --check-prefix=BEFORE
// BEFORE: norm-run: error: a kernel accessed byte {{[0-9]+}} before argument 0, which has 4096 bytes

// RUN: %{fails} --entry=product --chip=sm_20 | FileCheck %s --check-prefix=CHIP
// CHIP: error: norm-split-programs: expected chip to be one of sm_80, {{.*}} got sm_20
// RUN: %{fails} --chip= | FileCheck %s --check-prefix=EMPTY
// EMPTY: norm-run: error: --chip needs the name of a GPU, as sm_90
// RUN: %{fails} --vector-bits=256 | FileCheck %s --check-prefix=VECTORS
// VECTORS: norm-run: error: --vector-bits needs --target=cpu
// RUN: %{fails} --bench | FileCheck %s --check-prefix=BENCH
// BENCH: norm-run: error: --bench times code for the CPU: it needs --target=cpu
// RUN: %{fails} --threads=2 | FileCheck %s --check-prefix=THREADS
// THREADS: norm-run: error: --threads needs --target=cpu
// RUN: %{fails} --lowering=upstream | FileCheck %s --check-prefix=LOWERING
// LOWERING: norm-run: error: --lowering=upstream needs --target=cpu
// RUN: %python %S/Inputs/fails.py norm-run %s --chip=sm_90 | FileCheck %s --check-prefix=NOCHIP
// NOCHIP: norm-run: error: --chip needs --target=cuda or --target=cuda-emulated
// RUN: %python %S/Inputs/fails.py norm-run %s --schedule-seed=1 | FileCheck %s --check-prefix=SEED
// SEED: norm-run: error: --schedule-seed needs --target=cuda-emulated

func.func @layer_norm(%x: tensor<?x1000xf32>) -> tensor<?x1000xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x1000xf32>
  %e = tensor.empty(%m) : tensor<?x1000xf32>
  %y = norm.layer_norm ins(%x : tensor<?x1000xf32>) outs(%e : tensor<?x1000xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<?x1000xf32>
}
func.func @product(%x: tensor<7x33xf32>, %w: tensor<33x65xf32>) -> tensor<7x65xf32> {
  %c0 = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<7x65xf32>
  %z = linalg.fill ins(%c0 : f32) outs(%e : tensor<7x65xf32>) -> tensor<7x65xf32>
  %y = linalg.matmul ins(%x, %w : tensor<7x33xf32>, tensor<33x65xf32>) outs(%z : tensor<7x65xf32>) -> tensor<7x65xf32>
  %n = norm.rms_norm ins(%y : tensor<7x65xf32>) outs(%e : tensor<7x65xf32>) axes = [1] epsilon = 1.0e-5
  return %n : tensor<7x65xf32>
}
func.func @in_place(%x: memref<3x50xbf16, strided<[101, 2], offset: 1>>) {
  norm.layer_norm ins(%x : memref<3x50xbf16, strided<[101, 2], offset: 1>>)
      outs(%x : memref<3x50xbf16, strided<[101, 2], offset: 1>>) axes = [1] epsilon = 1.0e-5
  return
}
func.func @beyond(%x: memref<8x128xf32>, %y: memref<9x128xf32>) {
  %c = memref.reinterpret_cast %x to offset: [0], sizes: [9, 128], strides: [128, 1] : memref<8x128xf32> to memref<9x128xf32>
  norm.rms_norm ins(%c : memref<9x128xf32>) outs(%y : memref<9x128xf32>) axes = [1] epsilon = 1.0e-5
  return
}
func.func @before(%x: memref<8x128xf32>, %y: memref<8x128xf32>, %at: index) {
  %c0 = arith.constant 0 : index
  %back = arith.subi %c0, %at : index
  %offset = arith.addi %back, %back : index
  %c_1 = arith.constant -1 : index
  %o = arith.minsi %offset, %c_1 : index
  %c = memref.reinterpret_cast %x to offset: [%o], sizes: [8, 128], strides: [128, 1] : memref<8x128xf32> to memref<8x128xf32, strided<[128, 1], offset: ?>>
  norm.rms_norm ins(%c : memref<8x128xf32, strided<[128, 1], offset: ?>>) outs(%y : memref<8x128xf32>) axes = [1] epsilon = 1.0e-5
  return
}
