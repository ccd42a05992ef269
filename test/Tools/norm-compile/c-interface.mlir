// A program in C, compiled as C and as C++, calls every kind of function through the header.
// REQUIRES: norm-compile

// RUN: rm -rf %t && mkdir %t
// RUN: norm-compile %s -o %t/libfunctions.so --header=%t/functions.h
// RUN: %cc -std=c11 -Wall -Wextra -Wpedantic -Werror -I%t %S/Inputs/layer_norm.c -o %t/c %t/libfunctions.so -Wl,-rpath,%t -lm
// RUN: %t/c | FileCheck %s --check-prefix=CALL
// RUN: %cxx -x c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -I%t %S/Inputs/layer_norm.c -x none -o %t/cxx %t/libfunctions.so -Wl,-rpath,%t -lm
// RUN: %t/cxx | FileCheck %s --check-prefix=CALL

// The same as an object, otherwise compiled.
// RUN: norm-compile %s -o %t/functions.o --header=%t/functions.h --vector-bits=128 --algorithm=shifted
// RUN: %cc -Wall -Wextra -Werror -I%t %S/Inputs/layer_norm.c %t/functions.o -o %t/object -lm
// RUN: %t/object | FileCheck %s --check-prefix=CALL
// RUN: FileCheck %s --input-file=%t/functions.h

// CALL: 0 failures

// With assertions, for callers of _mlir_ciface_layer_norm.
// RUN: norm-compile %s -o - --emit=llvm | FileCheck %s --check-prefix=TRUST
// TRUST-NOT: different sizes
// RUN: norm-compile %s -o - --emit=llvm --check-shapes | FileCheck %s --check-prefix=ASSERT
// ASSERT: c-interface.mlir:{{[0-9]+}}:{{[0-9]+}}: norm.generic: dim 1 of operand 0 and dim 0 of operand 1 have different sizes

// CHECK: #ifndef NORM_COMPILED_FUNCTIONS_H
// CHECK: extern "C" {
// CHECK: NORM_OK = 0,
// CHECK: NORM_NEGATIVE_SIZE = 1,
// CHECK: NORM_SIZE_OVERFLOW = 2,
// CHECK: NORM_SIZE_MISMATCH = 3,
// CHECK: NORM_NULL_POINTER = 4,
// CHECK: NORM_OVERLAP = 5,
// CHECK: NORM_MISALIGNED = 6,
// CHECK: NORM_CUDA_ERROR = 7 /*

// CHECK-LABEL: /* @layer_norm
// CHECK-NEXT: x[x_size0][x_size1]: read
// CHECK-NEXT: gamma[gamma_size0]: read
// CHECK-NEXT: beta[beta_size0]: read
// CHECK-NEXT: result[result_size0][result_size1]: written
// CHECK-NEXT: Sizes must agree:
// CHECK-NEXT: x_size1 == gamma_size0
// CHECK-NEXT: x_size1 == beta_size0
// CHECK-NEXT: result_size0 == x_size0
// CHECK-NEXT: result_size1 == x_size1
// CHECK-NEXT: */
// CHECK-NEXT: int layer_norm(const float *x, int64_t x_size0, int64_t x_size1,
// CHECK-NEXT: const float *gamma, int64_t gamma_size0,
// CHECK-NEXT: const float *beta, int64_t beta_size0,
// CHECK-NEXT: float *result, int64_t result_size0, int64_t result_size1);
func.func @layer_norm(%x: tensor<?x?xf32>, %gamma: tensor<?xf32>, %beta: tensor<?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %rows = tensor.dim %x, %c0 : tensor<?x?xf32>
  %columns = tensor.dim %x, %c1 : tensor<?x?xf32>
  %init = tensor.empty(%rows, %columns) : tensor<?x?xf32>
  %y = norm.layer_norm ins(%x : tensor<?x?xf32>) gamma(%gamma : tensor<?xf32>) beta(%beta : tensor<?xf32>)
      outs(%init : tensor<?x?xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<?x?xf32>
}

// CHECK-LABEL: /* @fixed
// CHECK-NOT: agree
// CHECK: int fixed(const float *x,
// CHECK-NEXT: const float *gamma,
// CHECK-NEXT: const float *beta,
// CHECK-NEXT: float *result);
func.func @fixed(%x: tensor<5x37xf32>, %gamma: tensor<37xf32>, %beta: tensor<37xf32>) -> tensor<5x37xf32> {
  %init = tensor.empty() : tensor<5x37xf32>
  %y = norm.layer_norm ins(%x : tensor<5x37xf32>) gamma(%gamma : tensor<37xf32>) beta(%beta : tensor<37xf32>)
      outs(%init : tensor<5x37xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<5x37xf32>
}

// CHECK-LABEL: /* @in_place
// CHECK: int in_place(float *x, int64_t x_size0,
// CHECK-NEXT: const float *gamma,
// CHECK-NEXT: const float *beta);
func.func @in_place(%x: memref<?x37xf32>, %gamma: memref<37xf32>, %beta: memref<37xf32>) {
  norm.layer_norm ins(%x : memref<?x37xf32>) gamma(%gamma : memref<37xf32>) beta(%beta : memref<37xf32>)
      outs(%x : memref<?x37xf32>) axes = [1] epsilon = 1.0e-5
  return
}

func.func @copied(%x: memref<?x37xf32>, %gamma: memref<37xf32>, %beta: memref<37xf32>, %y: memref<?x37xf32>) {
  norm.layer_norm ins(%x : memref<?x37xf32>) gamma(%gamma : memref<37xf32>) beta(%beta : memref<37xf32>)
      outs(%y : memref<?x37xf32>) axes = [1] epsilon = 1.0e-5
  return
}

func.func @in_two_steps(%x: memref<37xf32>, %y: memref<37xf32>) {
  norm.layer_norm ins(%x : memref<37xf32>) outs(%y : memref<37xf32>) axes = [0] epsilon = 1.0e-5
  norm.rms_norm ins(%x : memref<37xf32>) outs(%y : memref<37xf32>) axes = [0] epsilon = 1.0e-5
  return
}

func.func @narrowed(%y: memref<37xf16>, %x: memref<37xf32>) {
  norm.layer_norm ins(%x : memref<37xf32>) outs(%y : memref<37xf16>) axes = [0] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: /* @concat
// CHECK: result_size0 == (a_size0 + b_size0)
func.func @concat(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %r = tensor.concat dim(0) %a, %b : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// CHECK-LABEL: /* @filled
// CHECK: result_size0 == n
func.func @filled(%n: index, %value: f32) -> memref<?xf32> {
  %out = memref.alloc(%n) : memref<?xf32>
  linalg.fill ins(%value : f32) outs(%out : memref<?xf32>)
  return %out : memref<?xf32>
}

// The sizes that a reshape gives must be those of what it reshapes.
// CHECK-LABEL: /* @grouped
// CHECK: x_size0 == (size * 2)
func.func @grouped(%x: tensor<?xf32>, %size: index) -> tensor<?xf32> {
  %e = tensor.expand_shape %x [[0, 1]] output_shape [2, %size] : tensor<?xf32> into tensor<2x?xf32>
  %init = tensor.empty(%size) : tensor<2x?xf32>
  %y = norm.layer_norm ins(%e : tensor<2x?xf32>) outs(%init : tensor<2x?xf32>) axes = [1] epsilon = 1.0e-5
  %r = tensor.collapse_shape %y [[0, 1]] : tensor<2x?xf32> into tensor<?xf32>
  return %r : tensor<?xf32>
}

// Both sizes are arguments.
// CHECK-LABEL: /* @table
// CHECK: x_size0 == (rows * columns)
func.func @table(%x: tensor<?xf32>, %rows: index, %columns: index) -> tensor<?x?xf32> {
  %e = tensor.expand_shape %x [[0, 1]] output_shape [%rows, %columns] : tensor<?xf32> into tensor<?x?xf32>
  %init = tensor.empty(%rows, %columns) : tensor<?x?xf32>
  %y = norm.layer_norm ins(%e : tensor<?x?xf32>) outs(%init : tensor<?x?xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<?x?xf32>
}

// A size that is a quotient: by 0 there is none.
func.func @split(%x: tensor<?xf32>, %groups: index) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %size = arith.divsi %n, %groups : index
  %init = tensor.empty(%size) : tensor<?xf32>
  %r = linalg.fill ins(%zero : f32) outs(%init : tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// CHECK: int norm_f16(const uint16_t *x, int64_t x_size0,
// CHECK-NEXT: uint16_t *result, int64_t result_size0);
func.func @norm_f16(%x: tensor<?x4xf16>) -> tensor<?x4xf16> {
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %x, %c0 : tensor<?x4xf16>
  %init = tensor.empty(%rows) : tensor<?x4xf16>
  %y = norm.rms_norm ins(%x : tensor<?x4xf16>) outs(%init : tensor<?x4xf16>) axes = [1] epsilon = 0.0
  return %y : tensor<?x4xf16>
}

// CHECK: x[x_size0][4]: read, the bits of a bfloat16
func.func @norm_bf16(%x: tensor<?x4xbf16>) -> tensor<?x4xbf16> {
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %x, %c0 : tensor<?x4xbf16>
  %init = tensor.empty(%rows) : tensor<?x4xbf16>
  %y = norm.rms_norm ins(%x : tensor<?x4xbf16>) outs(%init : tensor<?x4xbf16>) axes = [1] epsilon = 0.0
  return %y : tensor<?x4xbf16>
}

// Names that are none in C, and results that are scalars.
// CHECK-LABEL: /* @a.b-c
// CHECK-NEXT: double_: read, the bits of IEEE binary16
// CHECK-NEXT: arg1: read
// CHECK-NEXT: f_1: read, 0 or 1
// CHECK: int a_b_c(uint16_t double_,
// CHECK-NEXT: int64_t arg1,
// CHECK-NEXT: uint8_t f_1,
// CHECK-NEXT: uint16_t *result0,
// CHECK-NEXT: int64_t *result1,
// CHECK-NEXT: uint8_t *result2);
func.func @"a.b-c"(%double: f16, %1: index, %f.1: i1) -> (f16, index, i1) {
  %one = arith.constant 1 : index
  %true = arith.constant true
  %sum = arith.addf %double, %double : f16
  %next = arith.addi %1, %one : index
  %not = arith.xori %f.1, %true : i1
  return %sum, %next, %not : f16, index, i1
}

// CHECK: int total(const float *x, int64_t x_size0,
// CHECK-NEXT: float *result);
func.func @total(%x: memref<?xf32>) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %n = memref.dim %x, %c0 : memref<?xf32>
  %sum = scf.for %i = %c0 to %n step %c1 iter_args(%s = %zero) -> f32 {
    %e = memref.load %x[%i] : memref<?xf32>
    %next = arith.addf %s, %e : f32
    scf.yield %next : f32
  }
  return %sum : f32
}

// CHECK: int main_(void);
func.func @main() {
  return
}
