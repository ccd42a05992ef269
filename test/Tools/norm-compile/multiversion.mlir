// Code for several processors in one object; the best that the processor has is chosen when it is loaded.
// REQUIRES: norm-compile, x86_64
// DEFINE: %{fails} = %python %S/../norm-run/Inputs/fails.py norm-compile %s -o %t/x.so
// RUN: rm -rf %t && mkdir %t

// RUN: norm-compile %s -o - --emit=llvm --header=%t/versions.h --multiversion=x86-64-v4,x86-64-v3,x86-64 | FileCheck %s
// CHECK-DAG: @normalize.version = internal global ptr @normalize.x86-64
// CHECK-DAG: @llvm.global_ctors = appending global {{.*}} @x86-64.choose
// CHECK-DAG: define internal {{.*}}@normalize.x86-64-v4({{.*}} #[[V4:[0-9]+]]
// CHECK-DAG: define internal {{.*}}@normalize.x86-64-v3({{.*}} #[[V3:[0-9]+]]
// CHECK-DAG: load <16 x float>
// CHECK-DAG: load <8 x float>
// CHECK-DAG: load <4 x float>
// CHECK-DAG: musttail call {{.*}}i32 %{{.*}}(ptr
// CHECK-DAG: attributes #[[V4]] = {{.*}}"target-cpu"="x86-64-v4"
// CHECK-DAG: attributes #[[V3]] = {{.*}}"target-cpu"="x86-64-v3"

// RUN: norm-compile %s -o %t/versions.so --header=%t/versions.h --multiversion=x86-64-v4,x86-64-v3,x86-64-v2,x86-64
// DEFINE: %{one} = norm-compile %s --header=%t/one.h
// RUN: %{one} -o %t/x86-64.so --mcpu=x86-64
// RUN: %{one} -o %t/x86-64-v2.so --mcpu=x86-64-v2
// RUN: %{one} -o %t/x86-64-v3.so --mcpu=x86-64-v3
// RUN: %{one} -o %t/x86-64-v4.so --mcpu=x86-64-v4
// RUN: %cc %S/Inputs/versions.c -o %t/versions -ldl
// RUN: %t/versions %t | FileCheck %s --check-prefix=RUN-BEST
// RUN-BEST: status 0, x86-64{{.*}}: its bits

// Nothing but the functions is seen from outside.
// RUN: nm -D --defined-only %t/versions.so | FileCheck %s --check-prefix=SYMBOLS
// SYMBOLS-COUNT-2: T {{_mlir_ciface_normalize|normalize$}}
// SYMBOLS-NOT: {{.}}

// RUN: %{fails} --multiversion=x86-64-v3,x86-64 --mcpu=native | FileCheck %s --check-prefix=CPU
// CPU: norm-compile: error: --multiversion says what --mcpu and --mattr would: leave them out
// RUN: %{fails} --multiversion=x86-64-v3,skylake,x86-64 | FileCheck %s --check-prefix=NAME
// NAME: norm-compile: error: versions are x86-64-v4, x86-64-v3, x86-64-v2 and x86-64, not 'skylake'
// RUN: %{fails} --multiversion=x86-64-v4,x86-64-v3 | FileCheck %s --check-prefix=LAST
// RUN: %{fails} --multiversion=x86-64 | FileCheck %s --check-prefix=LAST
// LAST: norm-compile: error: versions must end with x86-64, behind others: what runs where none of these does
// RUN: %{fails} --multiversion=x86-64-v3,x86-64-v3,x86-64 | FileCheck %s --check-prefix=TWICE
// TWICE: norm-compile: error: version x86-64-v3 is given twice
// RUN: %{fails} --multiversion=x86-64-v3,x86-64 --mtriple=aarch64-linux-gnu --linker=cc | FileCheck %s --check-prefix=TRIPLE
// TRIPLE: norm-compile: error: versions are levels of x86-64, which triple 'aarch64-linux-gnu' is not
// RUN: %{fails} --multiversion=x86-64-v3,x86-64 --target=cuda | FileCheck %s --check-prefix=CUDA
// CUDA: norm-compile: error: --multiversion needs --target=cpu and --emit=obj, shared, asm or llvm

func.func @normalize(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %rows = tensor.dim %x, %c0 : tensor<?x?xf32>
  %columns = tensor.dim %x, %c1 : tensor<?x?xf32>
  %init = tensor.empty(%rows, %columns) : tensor<?x?xf32>
  %y = norm.layer_norm ins(%x : tensor<?x?xf32>) outs(%init : tensor<?x?xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<?x?xf32>
}
