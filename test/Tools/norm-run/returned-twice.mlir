// A value that is returned twice is two outputs.
//
// REQUIRES: norm-run
// RUN: norm-run %s | FileCheck %s

// CHECK: output 0: 2xf32 [[VALUES:.*]]
// CHECK-NEXT: output 1: 2xf32 [[VALUES]]
func.func @main(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %y = arith.addf %x, %x : tensor<2xf32>
  return %y, %y : tensor<2xf32>, tensor<2xf32>
}
