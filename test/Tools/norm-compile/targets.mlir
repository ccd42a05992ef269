// Other processors and other architectures, and names of them that do not exist.
// REQUIRES: norm-compile
// DEFINE: %{fails} = %python %S/../norm-run/Inputs/fails.py norm-compile %s -o %t.s

// RUN: norm-compile %s -o - --emit=asm --mtriple=aarch64-linux-gnu | FileCheck %s --check-prefix=AARCH64
// RUN: norm-compile %s -o - --emit=llvm --mtriple=aarch64-linux-gnu | FileCheck %s --check-prefix=AARCH64-LLVM
// AARCH64: fmla {{v[0-9]+}}.4s
// AARCH64: {{^}}_mlir_ciface_rms_norm:
// AARCH64-LLVM: target triple = "aarch64-unknown-linux-gnu"
// RUN: norm-compile %s -o %t.o --header=%t.h --mtriple=aarch64-linux-gnu
// RUN: llvm-readobj --file-headers --symbols %t.o | FileCheck %s --check-prefix=AARCH64-OBJ
// AARCH64-OBJ: Arch: aarch64
// AARCH64-OBJ: Name: rms_norm
// RUN: norm-compile %s -o - --emit=asm --mtriple=riscv64-linux-gnu | FileCheck %s --check-prefix=RISCV
// RISCV: fmadd.s
// RUN: norm-compile %s -o - --emit=asm --mtriple=powerpc64le-linux-gnu | FileCheck %s --check-prefix=PPC
// PPC: _mlir_ciface_rms_norm

// Vectors whose length is known at run time; a width given by hand is one.
// RUN: norm-compile %s -o - --emit=asm --mtriple=aarch64-linux-gnu --mattr=+sve | FileCheck %s --check-prefix=SVE
// RUN: norm-compile %s -o - --emit=asm --mtriple=aarch64-linux-gnu --mcpu=neoverse-v1 | FileCheck %s --check-prefix=SVE
// SVE: cntw
// SVE: fmla {{z[0-9]+}}.s
// RUN: norm-compile %s -o - --emit=asm --mtriple=aarch64-linux-gnu --mattr=+sve --vector-bits=128 | FileCheck %s --check-prefix=NEON
// NEON-NOT: cntw
// NEON: fmla {{v[0-9]+}}.4s
// NEON-NOT: cntw
// NEON: {{^}}_mlir_ciface_rms_norm:

// Without --mcpu a triple means the baseline; a processor and features change the vectors.
// RUN: norm-compile %s -o - --emit=asm --mtriple=x86_64-linux-gnu | FileCheck %s --check-prefix=X86
// X86-NOT: {{ymm|zmm}}
// X86: mulps {{.*}}xmm
// X86-NOT: {{ymm|zmm}}
// X86: {{^}}_mlir_ciface_rms_norm:
// X86-NOT: {{ymm|zmm}}
// RUN: norm-compile %s -o - --emit=asm --mtriple=x86_64-linux-gnu --mcpu=haswell | FileCheck %s --check-prefix=HASWELL
// HASWELL-NOT: zmm
// HASWELL: vfmadd{{.*}}ymm
// RUN: norm-compile %s -o - --emit=asm --mtriple=x86_64-linux-gnu --mattr=+avx | FileCheck %s --check-prefix=AVX
// AVX-NOT: vfmadd
// AVX: vmulps {{.*}}ymm
// RUN: norm-compile %s -o - --emit=asm --mtriple=x86_64-linux-gnu --mcpu=haswell --mattr=-fma,-fma4 | FileCheck %s --check-prefix=NOFMA
// NOFMA-NOT: vfmadd
// NOFMA: vmulps {{.*}}ymm
// RUN: norm-compile %s -o - --emit=asm --mtriple=x86_64-linux-gnu --mcpu=x86-64-v4 | FileCheck %s --check-prefix=V4
// V4: vfmadd{{.*}}zmm

// This machine's processor is the default, and has a name.
// RUN: norm-compile %s -o %t.default.s && norm-compile %s -o %t.native.s --mcpu=native && cmp %t.default.s %t.native.s

// Errors: one line, and no file.
// RUN: rm -f %t.s
// RUN: %{fails} --mcpu=i80486x | FileCheck %s --check-prefix=CPU
// CPU: norm-compile: error: processor 'i80486x' is unknown for
// RUN: %{fails} --mtriple=aarch64-linux-gnu --mcpu=skylake | FileCheck %s --check-prefix=CPU-OF-OTHER
// CPU-OF-OTHER: norm-compile: error: processor 'skylake' is unknown for aarch64
// RUN: %{fails} --mtriple=riscv64-linux-gnu --mcpu=native | FileCheck %s --check-prefix=NATIVE
// NATIVE: norm-compile: error: processor 'native' is none of riscv64
// RUN: %{fails} --mattr=+nothing | FileCheck %s --check-prefix=FEATURE
// FEATURE: norm-compile: error: feature 'nothing' is unknown for
// RUN: %{fails} --mtriple=x86_64-linux-gnu --mattr=+avx2,fma | FileCheck %s --check-prefix=SIGN
// SIGN: norm-compile: error: feature 'fma' must begin with + or -
// RUN: %{fails} --mtriple=pdp11-dec-bsd | FileCheck %s --check-prefix=TRIPLE
// TRIPLE: norm-compile: error: triple 'pdp11-dec-bsd' has no code generator
// RUN: %{fails} --mtriple=armv7-linux-gnueabihf | FileCheck %s --check-prefix=NARROW
// NARROW: norm-compile: error: triple 'armv7-unknown-linux-gnueabihf' is not supported: expected aarch64,
// RUN: %{fails} --mtriple=nvptx64-nvidia-cuda | FileCheck %s --check-prefix=GPU
// GPU: norm-compile: error: triple 'nvptx64-nvidia-cuda' is not supported: expected aarch64,
// RUN: not ls %t.s

func.func @rms_norm(%x: tensor<?x768xf32>, %gamma: tensor<768xf32>) -> tensor<?x768xf32> {
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %x, %c0 : tensor<?x768xf32>
  %init = tensor.empty(%rows) : tensor<?x768xf32>
  %y = norm.rms_norm ins(%x : tensor<?x768xf32>) gamma(%gamma : tensor<768xf32>)
      outs(%init : tensor<?x768xf32>) axes = [1] epsilon = 1.0e-6
  return %y : tensor<?x768xf32>
}
