// What --expect and --check say: exit code 2 and the worst element where they fail.
// REQUIRES: norm-run

// RUN: rm -rf %t && split-file %s %t
// DEFINE: %{differs} = %python %S/Inputs/fails.py --code=2 norm-run

// RUN: %python %S/Inputs/npy.py %t/x.npy '<f4' '(2,3)' 1 2 3 4 5 6
// RUN: %python %S/Inputs/npy.py %t/near.npy '<f4' '(2,3)' 1 2 3 4 5 6.00003
// RUN: %python %S/Inputs/npy.py %t/far.npy '<f4' '(2,3)' 1 2.5 3 4 5.5 6
// RUN: %python %S/Inputs/npy.py %t/f64.npy '<f8' '(2,3)' 1 2 3 4 5 6
// RUN: %python %S/Inputs/npy.py %t/nan.npy '<f4' '(2,3)' 1 2 nan 4 5 6
// RUN: %python %S/Inputs/npy.py %t/inf.npy '<f4' '(2,3)' 1 2 inf 4 5 6
// RUN: %python %S/Inputs/npy.py %t/neginf.npy '<f4' '(2,3)' 1 2 -inf 4 5 6

// RUN: norm-run %t/identity.mlir --input=%t/x.npy --expect=%t/x.npy | FileCheck %s --check-prefix=EQUAL
// EQUAL: output 0 (expected): maximum error 0
// RUN: norm-run %t/identity.mlir --input=%t/x.npy --expect=%t/near.npy | FileCheck %s --check-prefix=NEAR
// NEAR: output 0 (expected): maximum error 3e-05
// RUN: %{differs} %t/identity.mlir --input=%t/x.npy --expect=%t/near.npy --rtol=1e-6 --atol=0 | FileCheck %s --check-prefix=STRICT
// STRICT: norm-run: output 0 (expected): 1 of 6 elements differ, worst at [1, 2]: 6 where 6.0000{{[0-9]*}} is expected (rtol 1e-06, atol 0)
// RUN: %{differs} %t/identity.mlir --input=%t/x.npy --expect=%t/far.npy | FileCheck %s --check-prefix=FAR
// FAR: norm-run: output 0 (expected): 2 of 6 elements differ, worst at [0, 1]: 2 where 2.5 is expected (rtol 1e-05, atol 1e-05)
// RUN: norm-run %t/identity.mlir --input=%t/x.npy --expect=%t/far.npy --atol=0.5
// RUN: norm-run %t/identity.mlir --input=%t/x.npy --expect=%t/f64.npy

// NaN equals NaN alone; infinities equal themselves.
// RUN: norm-run %t/identity.mlir --input=%t/nan.npy --expect=%t/nan.npy
// RUN: norm-run %t/identity.mlir --input=%t/inf.npy --expect=%t/inf.npy
// RUN: %{differs} %t/identity.mlir --input=%t/x.npy --expect=%t/nan.npy --atol=1e30 | FileCheck %s --check-prefix=WANTNAN
// WANTNAN: 1 of 6 elements differ, worst at [0, 2]: 3 where nan is expected
// RUN: %{differs} %t/identity.mlir --input=%t/nan.npy --expect=%t/x.npy --atol=1e30 | FileCheck %s --check-prefix=GOTNAN
// GOTNAN: 1 of 6 elements differ, worst at [0, 2]: nan where 3 is expected
// RUN: %{differs} %t/identity.mlir --input=%t/inf.npy --expect=%t/neginf.npy --rtol=1 | FileCheck %s --check-prefix=INF
// INF: 1 of 6 elements differ, worst at [0, 2]: inf where -inf is expected
// RUN: %{differs} %t/identity.mlir --input=%t/x.npy --expect=%t/inf.npy --rtol=1 | FileCheck %s --check-prefix=WANTINF
// WANTINF: 1 of 6 elements differ, worst at [0, 2]: 3 where inf is expected

// Several outputs: each one has its own line, an empty name skips one.
// RUN: norm-run %t/two.mlir --input=%t/x.npy --expect=%t/x.npy --expect=
// RUN: not norm-run %t/two.mlir --input=%t/x.npy --expect=%t/x.npy --expect=%t/x.npy 2>&1 | FileCheck %s --check-prefix=SECOND
// SECOND-DAG: output 0 (expected): maximum error 0
// SECOND-DAG: norm-run: output 1 (expected): 6 of 6 elements differ, worst at [1, 2]: 0 where 6 is expected

// --check computes the same in f64: rounding to bf16 in the middle shows, cancellation too.
// RUN: norm-run %t/check.mlir --entry=same --check | FileCheck %s --check-prefix=CHECK
// CHECK: output 0 (in f64): maximum error {{[0-9]}}
// RUN: %{differs} %t/check.mlir --entry=cancels --check | FileCheck %s --check-prefix=CANCELS
// CANCELS: norm-run: output 0 (in f64): {{[0-9]+}} of 64 elements differ, worst at [
// RUN: %{differs} %t/check.mlir --entry=rounds --check | FileCheck %s --check-prefix=ROUNDS
// ROUNDS: norm-run: output 0 (in f64): {{[0-9]+}} of 64 elements differ
// The oracle gets arguments as they were before the call.
// RUN: norm-run %t/check.mlir --entry=in_place --check | FileCheck %s --check-prefix=CHECK

//--- identity.mlir
func.func @f(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  return %x : tensor<2x3xf32>
}
//--- two.mlir
func.func @f(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = arith.subf %x, %x : tensor<2x3xf32>
  return %x, %0 : tensor<2x3xf32>, tensor<2x3xf32>
}
//--- check.mlir
func.func @same(%x: tensor<8x8xf32>, %y: tensor<8xf32>) -> tensor<8x8xf32> {
  %0 = math.exp %x : tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
func.func @cancels(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %big = arith.constant dense<1.0e6> : tensor<8x8xf32>
  %0 = arith.addf %x, %big : tensor<8x8xf32>
  %1 = arith.subf %0, %big : tensor<8x8xf32>
  return %1 : tensor<8x8xf32>
}
func.func @rounds(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = arith.truncf %x : tensor<8x8xf32> to tensor<8x8xbf16>
  %1 = arith.extf %0 : tensor<8x8xbf16> to tensor<8x8xf32>
  return %1 : tensor<8x8xf32>
}
func.func @in_place(%m: memref<4x5xf32, strided<[8, 1]>>) {
  linalg.add ins(%m, %m : memref<4x5xf32, strided<[8, 1]>>, memref<4x5xf32, strided<[8, 1]>>)
    outs(%m : memref<4x5xf32, strided<[8, 1]>>)
  return
}
