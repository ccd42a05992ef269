// Functions of the module are not those that generated code calls, whatever their names.
// REQUIRES: norm-run, norm-compile

// RUN: norm-run %s --entry=pow --check | FileCheck %s
// RUN: norm-run %s --entry=caller --check | FileCheck %s
// RUN: norm-run %s --entry=norm_cuda_launch --check | FileCheck %s
// CHECK: output 0 (in f64): maximum error

// A private function does not replace the library's in an object either.
// RUN: not norm-compile %s -o - --emit=llvm 2>&1 | FileCheck %s --check-prefix=PUBLIC
// PUBLIC: library-names.mlir:[[# @LINE + 3]]:1: error: @pow has the name of a function of the C library or the runtime: rename it
// RUN: sed 's/func.func @pow/func.func private @pow/; s/func.func @norm_cuda/func.func private @norm_cuda/' %s > %t.mlir
// RUN: norm-compile %t.mlir -o - --emit=llvm | FileCheck %s --check-prefix=PRIVATE
func.func @pow(%x: tensor<8xf64>, %y: tensor<8xf64>) -> tensor<8xf64> {
  %0 = math.powf %x, %y : tensor<8xf64>
  return %0 : tensor<8xf64>
}
// PRIVATE-NOT: define {{.*}}@pow(
// PRIVATE: @_mlir_ciface_caller
func.func @caller(%x: tensor<8xf64>) -> tensor<8xf64> {
  %0 = call @pow(%x, %x) : (tensor<8xf64>, tensor<8xf64>) -> tensor<8xf64>
  return %0 : tensor<8xf64>
}
func.func @norm_cuda_launch(%x: tensor<8xf64>) -> tensor<8xf64> {
  %0 = arith.addf %x, %x : tensor<8xf64>
  return %0 : tensor<8xf64>
}
