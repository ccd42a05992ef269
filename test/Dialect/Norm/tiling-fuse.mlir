// RUN: norm-opt %s -transform-interpreter -canonicalize -cse -split-input-file | FileCheck %s
// RUN: norm-opt %s -transform-interpreter -split-input-file --remarks-filter=norm-tile -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// A normalization and the matrix product before it in one loop over tiles of
// rows; gamma's computation, which every tile would repeat, stays outside.
// CHECK-LABEL: func @matmul_then_norm
// CHECK-SAME: %[[A:[a-z0-9]+]]: tensor<?x64xf32>, %[[B:[a-z0-9]+]]: tensor<64x96xf32>
func.func @matmul_then_norm(%a: tensor<?x64xf32>, %b: tensor<64x96xf32>, %g: tensor<96xf32>) -> tensor<?x96xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?x64xf32>
  %e = tensor.empty(%n) : tensor<?x96xf32>
  // CHECK: %[[G:.*]] = linalg.exp
  %eg = linalg.exp ins(%g : tensor<96xf32>) outs(%g : tensor<96xf32>) -> tensor<96xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x96xf32>) -> tensor<?x96xf32>
  // CHECK-NOT: linalg
  // CHECK: scf.for %[[I:[a-z0-9]+]] =
  // CHECK: %[[AS:.*]] = tensor.extract_slice %[[A]][%[[I]], 0] [%[[SIZE:.*]], 64] [1, 1]
  // CHECK: %[[F:.*]] = linalg.fill
  // CHECK: %[[P:.*]] = linalg.matmul ins(%[[AS]], %[[B]] : tensor<?x64xf32>, tensor<64x96xf32>) outs(%[[F]] : tensor<?x96xf32>)
  // CHECK: %[[T:.*]] = norm.layer_norm ins(%[[P]] : tensor<?x96xf32>) gamma(%[[G]] : tensor<96xf32>)
  // CHECK: tensor.insert_slice %[[T]] into %{{.*}}[%[[I]], 0] [%[[SIZE]], 96] [1, 1]
  %x = linalg.matmul ins(%a, %b : tensor<?x64xf32>, tensor<64x96xf32>) outs(%f : tensor<?x96xf32>) -> tensor<?x96xf32>
  %y = norm.layer_norm ins(%x : tensor<?x96xf32>) gamma(%eg : tensor<96xf32>) outs(%e : tensor<?x96xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<?x96xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.layer_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.fuse %norm tile_sizes [8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// As a producer: the row that a tile of the product needs, by the size of a
// result, for which only the bounds of the operation vouch.
// CHECK-LABEL: func @norm_then_matmul
func.func @norm_then_matmul(%a: tensor<?x?xf32>, %b: tensor<?x96xf32>, %e: tensor<?x96xf32>) -> tensor<?x96xf32> {
  // CHECK: scf.forall
  // CHECK: %[[T:.*]] = norm.rms_norm
  // CHECK: linalg.matmul ins(%[[T]], %{{.*}})
  %x = norm.rms_norm ins(%a : tensor<?x?xf32>) outs(%a : tensor<?x?xf32>) axes = [1] epsilon = 1.0e-05
  %y = linalg.matmul ins(%x, %b : tensor<?x?xf32>, tensor<?x96xf32>) outs(%e : tensor<?x96xf32>) -> tensor<?x96xf32>
  return %y : tensor<?x96xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %matmul = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_forall %matmul tile_sizes [8, 32] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %norm = transform.structured.match ops{["norm.rms_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %fused, %containing = transform.structured.fuse_into_containing_op %norm into %loop : (!transform.any_op, !transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// A consumer that takes a part of a row gets no normalization of that part.
// REMARK: remark: [Missed] NormNotFused | Category:norm-tile | Reason="expected a tile with the whole of dim 1, over which it normalizes, got a part or a size that is not known to be the whole", Remark=norm.rms_norm
// CHECK-LABEL: func @part_of_a_row
func.func @part_of_a_row(%a: tensor<16x64xf32>) -> tensor<16x64xf32> {
  // CHECK: %[[X:.*]] = norm.rms_norm
  // CHECK: scf.for
  // CHECK: scf.for
  // CHECK: tensor.extract_slice %[[X]]
  // CHECK-NOT: norm.rms_norm
  %x = norm.rms_norm ins(%a : tensor<16x64xf32>) outs(%a : tensor<16x64xf32>) axes = [1] epsilon = 1.0e-05
  %y = linalg.exp ins(%x : tensor<16x64xf32>) outs(%a : tensor<16x64xf32>) -> tensor<16x64xf32>
  return %y : tensor<16x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %exp = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop:2 = transform.structured.fuse %exp tile_sizes [8, 32] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// A consumer of the statistics alone: its rows, all of them whole.
// CHECK-LABEL: func @statistics_consumer
func.func @statistics_consumer(%a: tensor<16x64xf32>, %m0: tensor<16xf32>) -> tensor<16xf32> {
  // CHECK: scf.for
  // CHECK: norm.layer_norm ins(%{{.*}} : tensor<4x64xf32>) {{.*}} mean(%{{.*}} : tensor<4xf32>)
  // CHECK: linalg.exp
  %x, %m = norm.layer_norm ins(%a : tensor<16x64xf32>) outs(%a : tensor<16x64xf32>) mean(%m0 : tensor<16xf32>) axes = [1] epsilon = 1.0e-05
  %y = linalg.exp ins(%m : tensor<16xf32>) outs(%m0 : tensor<16xf32>) -> tensor<16xf32>
  return %y : tensor<16xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %exp = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.fuse %exp tile_sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
