// RUN: norm-opt %s --norm-to-llvm | FileCheck %s --implicit-check-not=norm. --implicit-check-not=linalg.
// RUN: norm-opt %s --norm-to-llvm=threads=openmp | FileCheck %s --check-prefix=OPENMP --implicit-check-not=scf.
// RUN: norm-opt %s --norm-to-llvm=decompose=true | FileCheck %s --check-prefix=UPSTREAM --implicit-check-not=norm. \
// RUN:   --implicit-check-not="vector<"
// RUN: norm-opt %s --norm-to-llvm=vector-bits=256 | FileCheck %s --check-prefix=NARROW
// RUN: norm-opt %s --norm-to-llvm="raise=false expand-bf16=false algorithm=shifted" | FileCheck %s
// RUN: norm-opt %s --norm-to-llvm | mlir-translate --mlir-to-llvmir | FileCheck %s --check-prefix=LLVM
// RUN: not norm-opt %s --norm-to-llvm=threads=cuda 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: threads{{.*}}Cannot find option named 'cuda'

// A result of static shape is an argument; nothing is allocated for it.
// CHECK-LABEL: llvm.func @static_shape
// CHECK-SAME:    %[[OUT:[a-z0-9]*]]: i64)
// CHECK-NOT:     -> !llvm.struct
// CHECK-NOT:     @malloc
// CHECK:         llvm.return
// OPENMP-LABEL: llvm.func @static_shape
// OPENMP:         omp.parallel
// OPENMP:           omp.wsloop
// UPSTREAM-LABEL: llvm.func @static_shape
// NARROW-LABEL: llvm.func @static_shape
// NARROW-NOT:   vector<16xf32>
// NARROW:       vector<8xf32>
// NARROW-NOT:   vector<16xf32>
// NARROW:       llvm.return
// LLVM:         define {{.*}}void @static_shape(
func.func @static_shape(%x: tensor<512x768xf32>) -> tensor<512x768xf32> {
  %0 = tensor.empty() : tensor<512x768xf32>
  %1 = norm.rms_norm ins(%x : tensor<512x768xf32>) outs(%0 : tensor<512x768xf32>) axes = [1] epsilon = 1.0e-5
  return %1 : tensor<512x768xf32>
}

// The groups are a view of the result.
// CHECK-LABEL: llvm.func @group_norm
// CHECK-NOT:     @malloc
// CHECK:         llvm.return
// LLVM:         define {{.*}}void @group_norm(
func.func @group_norm(%x: tensor<8x64x14x14xf32>, %gamma: tensor<64xf32>) -> tensor<8x64x14x14xf32> {
  %0 = tensor.empty() : tensor<8x64x14x14xf32>
  %1 = norm.group_norm ins(%x : tensor<8x64x14x14xf32>) gamma(%gamma : tensor<64xf32>) outs(%0 : tensor<8x64x14x14xf32>)
      axes = [2, 3] channel_axis = 1 groups = 32 epsilon = 1.0e-5
  return %1 : tensor<8x64x14x14xf32>
}

// One of dynamic shape is returned, and so are all others of its function.
// CHECK-LABEL: llvm.func @dynamic_shape
// CHECK-SAME:    -> !llvm.struct<(struct<(ptr, ptr, i64, array<2 x i64>, array<2 x i64>)>, struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>)>
func.func @dynamic_shape(%x: tensor<?x8xf32>) -> (tensor<?x8xf32>, tensor<2xf32>) {
  %c0 = arith.constant 0 : index
  %ones = arith.constant dense<1.0> : tensor<2xf32>
  %n = tensor.dim %x, %c0 : tensor<?x8xf32>
  %0 = tensor.empty(%n) : tensor<?x8xf32>
  %1 = norm.layer_norm ins(%x : tensor<?x8xf32>) outs(%0 : tensor<?x8xf32>) axes = [1] epsilon = 1.0e-5
  return %1, %ones : tensor<?x8xf32>, tensor<2xf32>
}

// What stands around is lowered too: tosa, linalg, elementwise arith, copies between layouts, assertions.
// CHECK-LABEL: llvm.func @around
// CHECK-NOT:     @memrefCopy
// CHECK:         llvm.call @abort
// CHECK-NOT:     @memrefCopy
// CHECK:         llvm.return
func.func @around(%x: tensor<1x4x8xf32>, %y: tensor<1x8x4xf32>, %flag: i1) -> tensor<1x4x8xf32> {
  cf.assert %flag, "flag"
  %shift = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %0 = tosa.matmul %x, %y, %shift, %shift
    : (tensor<1x4x8xf32>, tensor<1x8x4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4xf32>
  %1 = math.tanh %0 : tensor<1x4x4xf32>
  %2 = tensor.concat dim(2) %1, %0 : (tensor<1x4x4xf32>, tensor<1x4x4xf32>) -> tensor<1x4x8xf32>
  %3 = tensor.empty() : tensor<1x4x8xf32>
  %4 = norm.layer_norm ins(%2 : tensor<1x4x8xf32>) outs(%3 : tensor<1x4x8xf32>) axes = [2] epsilon = 1.0e-5
  return %4 : tensor<1x4x8xf32>
}
