// What the tool writes: each kind, by --emit and by the suffix; text and bytecode from a file and from stdin.
// REQUIRES: norm-compile, x86_64

// RUN: rm -rf %t && mkdir %t

// RUN: norm-compile %s -o - --emit=mlir | FileCheck %s --check-prefix=MLIR
// RUN: norm-compile %s -o %t/a.mlir && FileCheck %s --check-prefix=MLIR --input-file=%t/a.mlir
// MLIR: llvm.func @layer_norm(
// MLIR: llvm.func @_mlir_ciface_layer_norm(

// Results are arguments, the last ones; the kernel itself is not exported and nothing is allocated or copied.
// RUN: norm-compile %s -o - --emit=llvm --mcpu=x86-64-v3 --header=%t/a.h | FileCheck %s --check-prefix=LLVM --implicit-check-not=malloc --implicit-check-not=memcpy
// RUN: norm-compile %s -o %t/a.ll --mcpu=x86-64-v3 --header=%t/a.h && FileCheck %s --check-prefix=LLVM --input-file=%t/a.ll
// LLVM: target triple = "x86_64
// LLVM: define internal {{.*}}layer_norm
// LLVM: define void @_mlir_ciface_layer_norm(ptr {{[^,]*}}, ptr {{[^,]*}}, ptr {{[^,]*}}, ptr {{[^,]*}})
// LLVM: <8 x float>
// LLVM: define {{.*}}i32 @layer_norm(ptr {{[^,]*}}%x, i64 %x_size0, ptr {{[^,]*}}%gamma, ptr {{[^,]*}}%beta, ptr {{[^,]*}}%result, i64 %result_size0)

// RUN: norm-compile %s -o - --emit=asm --mcpu=x86-64-v4 | FileCheck %s --check-prefix=ASM
// RUN: norm-compile %s -o %t/a.s --mcpu=x86-64-v4 && FileCheck %s --check-prefix=ASM --input-file=%t/a.s
// ASM-NOT: call{{.*}}malloc
// ASM: zmm
// ASM-NOT: call{{.*}}malloc
// ASM: {{^}}_mlir_ciface_layer_norm:
// ASM-NOT: call{{.*}}malloc

// RUN: norm-compile %s -o %t/a.o && llvm-readobj --file-headers %t/a.o | FileCheck %s --check-prefix=OBJ
// RUN: norm-compile %s -o %t/a.unknown && llvm-readobj --file-headers %t/a.unknown | FileCheck %s --check-prefix=OBJ
// RUN: norm-compile %s -o %t/a.so --emit=obj && llvm-readobj --file-headers %t/a.so | FileCheck %s --check-prefix=OBJ
// OBJ: Type: Relocatable

// RUN: norm-compile %s -o %t/b.so && llvm-readobj --file-headers %t/b.so | FileCheck %s --check-prefix=SHARED
// RUN: norm-compile %s -o %t/b --emit=shared && llvm-readobj --file-headers %t/b | FileCheck %s --check-prefix=SHARED
// SHARED: Type: SharedObject

// The same bytes come from bytecode, and from stdin.
// RUN: norm-opt %s --emit-bytecode -o %t/a.mlirbc
// RUN: norm-compile %s -o %t/text.s
// RUN: norm-compile %t/a.mlirbc -o %t/bytecode.s && cmp %t/text.s %t/bytecode.s
// RUN: norm-compile - -o %t/stdin.s < %s && cmp %t/text.s %t/stdin.s
// RUN: cat %t/a.mlirbc | norm-compile - -o %t/stdin2.s && cmp %t/text.s %t/stdin2.s

// Options of the lowering.
// RUN: norm-compile %s -o - --emit=llvm --vector-bits=128 | FileCheck %s --check-prefix=BITS
// BITS: <4 x float>
// BITS-NOT: <8 x float>
// RUN: norm-compile %s -o - --emit=mlir --algorithm=two-pass > %t/two-pass.mlir
// RUN: norm-compile %s -o - --emit=mlir > %t/corrected.mlir
// RUN: not cmp %t/two-pass.mlir %t/corrected.mlir

// Each stage's time.
// RUN: norm-compile %s -o %t/c.so --timing 2>&1 | FileCheck %s --check-prefix=TIMING
// TIMING: parse {{ *[0-9]+\.[0-9]+}} ms
// TIMING-NEXT: lower {{ *[0-9]+\.[0-9]+}} ms
// TIMING-NEXT: translate {{ *[0-9]+\.[0-9]+}} ms
// TIMING-NEXT: optimize {{ *[0-9]+\.[0-9]+}} ms
// TIMING-NEXT: codegen {{ *[0-9]+\.[0-9]+}} ms
// TIMING-NEXT: link {{ *[0-9]+\.[0-9]+}} ms

// RUN: norm-compile --help | FileCheck %s --check-prefix=HELP
// HELP: USAGE: norm-compile [options] FILE.mlir
// HELP-DAG: --emit=<value>
// HELP-DAG: --header=<file.h>
// HELP-DAG: --mcpu=<name>
// RUN: norm-compile --version | FileCheck %s --check-prefix=VERSION
// VERSION: norm-compile {{[0-9.]+}} (LLVM {{[0-9.]+}})

func.func @layer_norm(%x: tensor<?x768xf32>, %gamma: tensor<768xf32>, %beta: tensor<768xf32>) -> tensor<?x768xf32> {
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %x, %c0 : tensor<?x768xf32>
  %init = tensor.empty(%rows) : tensor<?x768xf32>
  %y = norm.layer_norm ins(%x : tensor<?x768xf32>) gamma(%gamma : tensor<768xf32>) beta(%beta : tensor<768xf32>)
      outs(%init : tensor<?x768xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<?x768xf32>
}
