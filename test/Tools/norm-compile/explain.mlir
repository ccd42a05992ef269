// What a compilation tells of itself.
// REQUIRES: norm-compile
// DEFINE: %{fails} = %python %S/../norm-run/Inputs/fails.py norm-compile %s
// RUN: rm -rf %t && mkdir %t

// RUN: norm-compile %s -o %t/x.o --explain 2>&1 | FileCheck %s
// CHECK:      @fused
// CHECK-NEXT: found at explain.mlir:{{[0-9]+}}:8: norm.rms_norm, tier reals
// CHECK-NEXT: fused at explain.mlir:{{[0-9]+}}:8: linalg.generic, norm.generic, 2560 bytes before, 1536 after
// CHECK-NEXT: kernel at explain.mlir:{{[0-9]+}}:8: 2x64 elements, rows along 1, 2 sweeps
// CHECK-NEXT:   1536 bytes in and out, 12 bytes and about 5 vector operations an element: bound by memory where rows come from memory
// CHECK-NEXT:   #norm.cpu_schedule<
// CHECK-NEXT: @missed
// CHECK-NEXT: not found at explain.mlir:{{[0-9]+}}:8: math.rsqrt: nothing is x times the inverse root
// CHECK-NEXT: fused at
// CHECK:      @costly
// CHECK:      kernel at explain.mlir:{{[0-9]+}}:8: ?x64 elements, rows along 1, 3 sweeps
// CHECK-NEXT:   8 bytes and about 44 vector operations an element: bound by arithmetic where rows come from memory

// RUN: norm-compile %s -o %t/x.ptx --explain 2>&1 | FileCheck %s --check-prefix=GPU
// GPU: #norm.gpu_schedule<
// GPU: @product
// GPU: plain kernel at explain.mlir:{{[0-9]+}}:8: one thread an element

// RUN: norm-compile %s -o %t/y.o --save-temps && ls %t | FileCheck %s --check-prefix=TEMPS
// TEMPS: y.ll
// TEMPS-NEXT: y.llvm.mlir
// TEMPS-NEXT: y.norm.mlir
// TEMPS-NEXT: y.o
// TEMPS-NEXT: y.s
// RUN: FileCheck %s --check-prefix=ROWS --input-file=%t/y.norm.mlir
// ROWS: norm.generic {{.*}}schedule = <
// RUN: norm-compile %s -o %t/y.so --target=cuda --save-temps && FileCheck %s --check-prefix=PTX --input-file=%t/y.ptx
// PTX: .visible .entry fused_kernel
// RUN: %{fails} -o - --emit=asm --save-temps | FileCheck %s --check-prefix=STDOUT
// STDOUT: norm-compile: error: --save-temps needs a file's name in -o
// The input is never written over, whatever it is called.
// RUN: cp %s %t/z.ll
// RUN: %python %S/../norm-run/Inputs/fails.py norm-compile %t/../explain.mlir.tmp/z.ll -o %t/z.o --save-temps | FileCheck %s --check-prefix=OVER
// OVER: norm-compile: error: --save-temps would write over {{.*}}z.ll
// RUN: %python %S/../norm-run/Inputs/fails.py norm-compile %t/z.ll -o %t/./z.ll | FileCheck %s --check-prefix=INPUT
// RUN: %python %S/../norm-run/Inputs/fails.py norm-compile %t/z.ll -o %t/z.o --header=%t/z.ll | FileCheck %s --check-prefix=INPUT
// INPUT: norm-compile: error: {{.*}}z.ll is the input, which would be written over
// RUN: diff %s %t/z.ll
// RUN: norm-compile %s -o %t/w.ptx --save-temps && ls %t/w.* | FileCheck %s --check-prefix=OWN
// OWN: w.norm.mlir
// OWN-NEXT: w.ptx

func.func @fused(%x: tensor<2x64xf32>, %residual: tensor<2x64xf32>) -> tensor<2x64xf32> {
  %c0 = arith.constant 0.0 : f32
  %n = arith.constant dense<0.015625> : tensor<2xf32>
  %eps = arith.constant dense<1.0e-5> : tensor<2xf32>
  %e = tensor.empty() : tensor<2xf32>
  %init = tensor.empty() : tensor<2x64xf32>
  %h = arith.addf %x, %residual : tensor<2x64xf32>
  %squares = arith.mulf %h, %h : tensor<2x64xf32>
  %zero = linalg.fill ins(%c0 : f32) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %sum = linalg.reduce { arith.addf } ins(%squares : tensor<2x64xf32>) outs(%zero : tensor<2xf32>) dimensions = [1]
  %mean = arith.mulf %sum, %n : tensor<2xf32>
  %safe = arith.addf %mean, %eps : tensor<2xf32>
  %r = math.rsqrt %safe : tensor<2xf32>
  %b = linalg.broadcast ins(%r : tensor<2xf32>) outs(%init : tensor<2x64xf32>) dimensions = [1]
  %y = arith.mulf %h, %b : tensor<2x64xf32>
  return %y : tensor<2x64xf32>
}
func.func @product(%x: tensor<4x8xf32>, %y: tensor<8x4xf32>, %init: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %z = linalg.matmul ins(%x, %y : tensor<4x8xf32>, tensor<8x4xf32>) outs(%init : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %z : tensor<4x4xf32>
}
func.func @costly(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x64xf32>
  %init = tensor.empty(%m) : tensor<?x64xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<?x64xf32>) outs(%init : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}
func.func @missed(%x: tensor<2x64xf32>, %other: tensor<2x64xf32>) -> tensor<2x64xf32> {
  %c0 = arith.constant 0.0 : f32
  %n = arith.constant dense<0.015625> : tensor<2xf32>
  %eps = arith.constant dense<1.0e-5> : tensor<2xf32>
  %e = tensor.empty() : tensor<2xf32>
  %init = tensor.empty() : tensor<2x64xf32>
  %squares = arith.mulf %other, %other : tensor<2x64xf32>
  %zero = linalg.fill ins(%c0 : f32) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %sum = linalg.reduce { arith.addf } ins(%squares : tensor<2x64xf32>) outs(%zero : tensor<2xf32>) dimensions = [1]
  %mean = arith.mulf %sum, %n : tensor<2xf32>
  %safe = arith.addf %mean, %eps : tensor<2xf32>
  %r = math.rsqrt %safe : tensor<2xf32>
  %b = linalg.broadcast ins(%r : tensor<2xf32>) outs(%init : tensor<2x64xf32>) dimensions = [1]
  %y = arith.mulf %x, %b : tensor<2x64xf32>
  return %y : tensor<2x64xf32>
}
