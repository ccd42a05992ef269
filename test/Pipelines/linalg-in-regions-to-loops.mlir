// RUN: norm-opt %s --norm-linalg-in-regions-to-loops | FileCheck %s
// RUN: norm-opt %s --norm-to-llvm | FileCheck %s --check-prefix=LLVM

// Sizes of a memref that the loop's body makes are no affine sizes.
// CHECK-LABEL: func.func @in_a_loop
// CHECK:       scf.for
// CHECK:         scf.for
// CHECK:           memref.store
// CHECK-NOT:   linalg
// LLVM-LABEL:  llvm.func @in_a_loop
func.func @in_a_loop(%x: memref<?xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %part = memref.subview %x[0] [%i] [1] : memref<?xf32> to memref<?xf32, strided<[1]>>
    linalg.exp ins(%part : memref<?xf32, strided<[1]>>) outs(%part : memref<?xf32, strided<[1]>>)
  }
  return
}

// CHECK-LABEL: func.func @in_the_function
// CHECK:       linalg.exp
// CHECK:       scf.for
// CHECK:         linalg.exp
func.func @in_the_function(%x: memref<?xf32>, %y: memref<8xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  linalg.exp ins(%x : memref<?xf32>) outs(%x : memref<?xf32>)
  scf.for %i = %c0 to %n step %c1 {
    linalg.exp ins(%y : memref<8xf32>) outs(%y : memref<8xf32>)
  }
  return
}
