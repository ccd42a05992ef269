// A shared library exports the C functions and _mlir_ciface_ functions alone, and needs the C library alone.
// REQUIRES: norm-compile, x86_64

// RUN: rm -rf %t && mkdir %t
// RUN: norm-compile %s -o %t/a.so
// RUN: llvm-nm --dynamic --defined-only --format=just-symbols %t/a.so | sort | FileCheck %s --check-prefix=EXPORTS --match-full-lines
// EXPORTS-NOT: {{.}}
// EXPORTS: _mlir_ciface_f
// EXPORTS-NEXT: _mlir_ciface_g.h
// EXPORTS-NOT: {{.}}

// RUN: norm-compile %s -o %t/b.so --header=%t/b.h
// RUN: llvm-nm --dynamic --defined-only --format=just-symbols %t/b.so | sort | FileCheck %s --check-prefix=WITH-C --match-full-lines
// WITH-C-NOT: {{.}}
// WITH-C: _mlir_ciface_f
// WITH-C-NEXT: _mlir_ciface_g.h
// WITH-C-NEXT: f
// WITH-C-NEXT: g_h
// WITH-C-NOT: {{.}}

// RUN: norm-compile %s -o %t/c.so --header=%t/c.h --prefix=my-
// RUN: llvm-nm --dynamic --defined-only --format=just-symbols %t/c.so | FileCheck %s --check-prefix=PREFIX
// RUN: FileCheck %s --check-prefix=PREFIX --input-file=%t/c.h
// PREFIX-DAG: my_f
// PREFIX-DAG: my_g_h

// RUN: llvm-readobj --needed-libs %t/b.so | FileCheck %s --check-prefix=NEEDED --match-full-lines
// NEEDED: NeededLibraries [
// NEEDED-NEXT: libc.so.6
// NEEDED-NEXT: libm.so.6
// NEEDED-NEXT: ]

// With parallel loops it needs the OpenMP runtime too.
// RUN: norm-compile %s -o %t/d.so --threads=openmp
// RUN: llvm-readobj --needed-libs %t/d.so | FileCheck %s --check-prefix=OPENMP --match-full-lines
// OPENMP: NeededLibraries [
// OPENMP-NEXT: libc.so.6
// OPENMP-NEXT: libm.so.6
// OPENMP-NEXT: libomp.so{{.*}}
// OPENMP-NEXT: ]

// A name of another kind of symbol stands in nobody's way.
func.func private @g_h(%x: f64) -> f64 {
  %0 = math.erf %x : f64
  return %0 : f64
}
func.func @f(%x: tensor<?x768xf32>, %s: f64) -> (tensor<?x768xf32>, f64) {
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %x, %c0 : tensor<?x768xf32>
  %init = tensor.empty(%rows) : tensor<?x768xf32>
  %y = norm.rms_norm ins(%x : tensor<?x768xf32>) outs(%init : tensor<?x768xf32>) axes = [1] epsilon = 1.0e-6
  %t = call @g_h(%s) : (f64) -> f64
  return %y, %t : tensor<?x768xf32>, f64
}
// Calls a public function.
func.func @"g.h"(%x: tensor<?x768xf32>, %s: f64) -> tensor<?x768xf32> {
  %y, %t = call @f(%x, %s) : (tensor<?x768xf32>, f64) -> (tensor<?x768xf32>, f64)
  return %y : tensor<?x768xf32>
}
