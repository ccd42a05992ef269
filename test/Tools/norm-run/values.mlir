// Where arguments come from, and where outputs go.
// REQUIRES: norm-run

// RUN: rm -rf %t && split-file %s %t

// An f32 array becomes what the argument wants, rounded to nearest even; f16 and bf16 are written as f32. 1.00390625
// lies half way between two values of bf16, 1.01171875 too; the even ones are 1 and 1.015625.
// RUN: %python %S/Inputs/npy.py %t/x.npy '<f4' '(4,)' 1.00390625 1.01171875 70000 0.1
// RUN: norm-run %t/identity.mlir --entry=bf16 --input=%t/x.npy --output=%t/y.npy --print | FileCheck %s --check-prefix=BF16
// BF16: output 0: 4xbf16 [1, 1.015625, 70144, 0.100097656]
// RUN: norm-run %t/identity.mlir --entry=f16 --input=%t/x.npy | FileCheck %s --check-prefix=F16
// F16: output 0: 4xf16 [1.00390625, 1.01171875, inf, 0.0999755859]
// RUN: norm-run %t/identity.mlir --entry=f64 --input=%t/x.npy | FileCheck %s --check-prefix=F64
// F64: output 0: 4xf64 [1.00390625, 1.01171875, 70000, 0.100000001]
// RUN: norm-run %t/identity.mlir --entry=f32 --input=%t/y.npy | FileCheck %s --check-prefix=F32
// F32: output 0: 4xf32 [1, 1.015625, 70144, 0.100097656]

// Other types are taken and written as they are.
// RUN: %python %S/Inputs/npy.py %t/i8.npy '|i1' '(3,)' -128 0 127
// RUN: %python %S/Inputs/npy.py %t/u8.npy '|u1' '(3,)' 0 1 255
// RUN: %python %S/Inputs/npy.py %t/i16.npy '<i2' '(3,)' -32768 0 32767
// RUN: %python %S/Inputs/npy.py %t/i32.npy '<i4' '(3,)' -2147483648 0 2147483647
// RUN: %python %S/Inputs/npy.py %t/i64.npy '<i8' '(3,)' -1 0 1
// RUN: %python %S/Inputs/npy.py %t/i1.npy '|b1' '(3,)' 1 0 1
// RUN: %python %S/Inputs/npy.py %t/f16.npy '<f2' '(3,)' 0.5 1 2
// RUN: norm-run %t/types.mlir --input=%t/i8.npy --input=%t/i16.npy --input=%t/i32.npy --input=%t/i64.npy \
// RUN:   --input=%t/i64.npy --input=%t/i1.npy --input=%t/f16.npy \
// RUN:   --output=%t/o0.npy --output= --output= --output= --output= --output=%t/o5.npy --output= --print \
// RUN:   | FileCheck %s --check-prefix=TYPES
// TYPES: output 0: 3xi8 [-128, 0, 127]
// TYPES: output 1: 3xi16 [-32768, 0, 32767]
// TYPES: output 2: 3xi32 [-2147483648, 0, 2147483647]
// TYPES: output 3: 3xi64 [-1, 0, 1]
// TYPES: output 4: 3xindex [-1, 0, 1]
// TYPES: output 5: 3xi1 [1, 0, 1]
// TYPES: output 6: 3xf16 [0.5, 1, 2]
// RUN: cmp %t/o0.npy %t/i8.npy || norm-run %t/identity.mlir --entry=i8 --input=%t/o0.npy --expect=%t/i8.npy
// RUN: norm-run %t/identity.mlir --entry=i1 --input=%t/o5.npy --expect=%t/i1.npy
// RUN: norm-run %t/identity.mlir --entry=i8 --input=%t/u8.npy | FileCheck %s --check-prefix=U8
// U8: output 0: 3xi8 [0, 1, -1]

// Scalars are arrays of rank 0.
// RUN: %python %S/Inputs/npy.py %t/scalar.npy '<f4' '()' 3
// RUN: %python %S/Inputs/npy.py %t/index.npy '<i8' '()' 2
// RUN: %python %S/Inputs/npy.py %t/flag.npy '|b1' '()' 1
// RUN: norm-run %t/scalars.mlir --input=%t/scalar.npy --input=%t/index.npy --input=%t/flag.npy --input=%t/scalar.npy \
// RUN:   | FileCheck %s --check-prefix=SCALARS
// SCALARS:      output 0: f32 3
// SCALARS-NEXT: output 1: index 4
// SCALARS-NEXT: output 2: i1 1
// SCALARS-NEXT: output 3: bf16 3
// SCALARS-NEXT: output 4: 2xf32 [3, 3]

// Strided memrefs; the written one is an output. An element's place is seen by its neighbours staying zero.
// RUN: %python %S/Inputs/npy.py %t/m.npy '<f4' '(2,3)' 1 2 3 4 5 6
// RUN: norm-run %t/memref.mlir --entry=copy --input=%t/m.npy --input= --output=%t/c.npy
// RUN: norm-run %t/identity.mlir --entry=matrix --input=%t/c.npy --expect=%t/m.npy
// RUN: norm-run %t/memref.mlir --entry=raw --input=%t/m.npy --input= | FileCheck %s --check-prefix=RAW
// RAW: output 0: 12xf32 [1, 0, 2, 0, 3, {{.*}}, 4, 0, 5, 0, 6, {{.*}}]
// RUN: norm-run %t/memref.mlir --entry=views --input=%t/m.npy --input=%t/m.npy --input=%t/m.npy --print \
// RUN:   | FileCheck %s --check-prefix=VIEWS
// VIEWS:     output 0: 2x3xf32 {{\[}}[2, 4, 6], [8, 10, 12]]
// VIEWS-NOT: output

// Results of dynamic size, of no elements, of memory that is returned twice, and of an argument.
// RUN: norm-run %t/results.mlir --shape=0:2x3 --shape=1:0x3 --seed=7 | FileCheck %s --check-prefix=RESULTS
// RESULTS: output 0: 2x3xf32 [[A:\[\[.*\]\]]]
// RESULTS: output 1: 2x3xf32 [[A]]
// RESULTS: output 2: 0x3xf32 []
// RESULTS: output 3: 4xf32 [0.5, 0.5, 0.5, 0.5]

// The same seed gives the same numbers, another one others.
// RUN: norm-run %t/identity.mlir --entry=f32 --seed=1 --output=%t/s1.npy
// RUN: norm-run %t/identity.mlir --entry=f32 --seed=1 --expect=%t/s1.npy --rtol=0 --atol=0
// RUN: not norm-run %t/identity.mlir --entry=f32 --seed=2 --expect=%t/s1.npy

// Text and bytecode, from a file and from stdin.
// RUN: mlir-opt --emit-bytecode %t/scalars.mlir -o %t/scalars.mlirbc
// RUN: norm-run %t/scalars.mlirbc --input=%t/scalar.npy --input=%t/index.npy --input=%t/flag.npy --input=%t/scalar.npy \
// RUN:   | FileCheck %s --check-prefix=SCALARS
// RUN: norm-run - --input=%t/scalar.npy --input=%t/index.npy --input=%t/flag.npy --input=%t/scalar.npy < %t/scalars.mlir \
// RUN:   | FileCheck %s --check-prefix=SCALARS
// RUN: norm-run - --input=%t/scalar.npy --input=%t/index.npy --input=%t/flag.npy --input=%t/scalar.npy < %t/scalars.mlirbc \
// RUN:   | FileCheck %s --check-prefix=SCALARS

//--- identity.mlir
func.func @bf16(%x: tensor<4xbf16>) -> tensor<4xbf16> {
  return %x : tensor<4xbf16>
}
func.func @f16(%x: tensor<4xf16>) -> tensor<4xf16> {
  return %x : tensor<4xf16>
}
func.func @f32(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func @f64(%x: tensor<4xf64>) -> tensor<4xf64> {
  return %x : tensor<4xf64>
}
func.func @i8(%x: tensor<3xi8>) -> tensor<3xi8> {
  return %x : tensor<3xi8>
}
func.func @i1(%x: tensor<3xi1>) -> tensor<3xi1> {
  return %x : tensor<3xi1>
}
func.func @matrix(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  return %x : tensor<2x3xf32>
}
//--- types.mlir
func.func @f(%0: tensor<3xi8>, %1: tensor<3xi16>, %2: tensor<3xi32>, %3: tensor<3xi64>, %4: tensor<3xindex>,
             %5: tensor<3xi1>, %6: tensor<3xf16>)
    -> (tensor<3xi8>, tensor<3xi16>, tensor<3xi32>, tensor<3xi64>, tensor<3xindex>, tensor<3xi1>, tensor<3xf16>) {
  return %0, %1, %2, %3, %4, %5, %6
    : tensor<3xi8>, tensor<3xi16>, tensor<3xi32>, tensor<3xi64>, tensor<3xindex>, tensor<3xi1>, tensor<3xf16>
}
//--- scalars.mlir
func.func @f(%x: f32, %n: index, %flag: i1, %b: bf16) -> (f32, index, i1, bf16, tensor<2xf32>) {
  %0 = arith.addi %n, %n : index
  %1 = tensor.splat %x : tensor<2xf32>
  return %x, %0, %flag, %b, %1 : f32, index, i1, bf16, tensor<2xf32>
}
//--- memref.mlir
func.func @copy(%from: memref<2x3xf32, strided<[8, 2], offset: 5>>, %to: memref<2x3xf32, strided<[?, 1], offset: ?>>) {
  memref.copy %from, %to : memref<2x3xf32, strided<[8, 2], offset: 5>> to memref<2x3xf32, strided<[?, 1], offset: ?>>
  return
}
func.func @raw(%from: memref<2x3xf32, strided<[6, 2]>>, %to: memref<12xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c11 = arith.constant 11 : index
  %c12 = arith.constant 12 : index
  %zero = arith.constant 0.0 : f32
  %flat = memref.reinterpret_cast %from to offset: [0], sizes: [12], strides: [1]
    : memref<2x3xf32, strided<[6, 2]>> to memref<12xf32>
  scf.for %i = %c0 to %c11 step %c1 {
    %v = memref.load %flat[%i] : memref<12xf32>
    memref.store %v, %to[%i] : memref<12xf32>
  }
  memref.store %zero, %to[%c11] : memref<12xf32>
  return
}
func.func private @double(%m: memref<2x3xf32>) {
  linalg.add ins(%m, %m : memref<2x3xf32>, memref<2x3xf32>) outs(%m : memref<2x3xf32>)
  return
}
func.func @views(%read: memref<2x3xf32>, %written: memref<2x3xf32>, %unused: memref<2x3xf32>) {
  %cast = memref.cast %written : memref<2x3xf32> to memref<?x?xf32>
  %back = memref.cast %cast : memref<?x?xf32> to memref<2x3xf32>
  call @double(%back) : (memref<2x3xf32>) -> ()
  %c0 = arith.constant 0 : index
  %v = memref.load %read[%c0, %c0] : memref<2x3xf32>
  return
}
//--- results.mlir
func.func @f(%x: tensor<?x3xf32>, %empty: tensor<?x3xf32>)
    -> (tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<4xf32>) {
  %half = arith.constant dense<0.5> : tensor<4xf32>
  %0 = arith.addf %x, %x : tensor<?x3xf32>
  return %0, %0, %empty, %half : tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<4xf32>
}
