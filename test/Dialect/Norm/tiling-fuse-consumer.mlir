// RUN: norm-opt %s -transform-interpreter -test-norm-fuse-consumers -canonicalize -cse -split-input-file -verify-diagnostics | FileCheck %s

// The norm behind a tiled matrix product moves into the loop over its rows.
// CHECK-LABEL: func @rows
// CHECK-SAME: %[[A:[a-z0-9]+]]: tensor<100x64xf32>, %{{.*}}: tensor<64x96xf32>, %[[G:[a-z0-9]+]]: tensor<96xf32>
// CHECK: %[[LOOP:.*]]:2 = scf.for %[[I:[a-z0-9]+]] = {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[YI:[a-z0-9]+]] = %{{.*}})
// CHECK: %[[P:.*]] = linalg.matmul
// CHECK: %[[T:.*]] = norm.layer_norm ins(%[[P]] : tensor<?x96xf32>) gamma(%[[G]] : tensor<96xf32>)
// CHECK: tensor.insert_slice %[[T]] into %[[YI]][%[[I]], 0] [%{{.*}}, 96] [1, 1]
// CHECK: return %[[LOOP]]#1
func.func @rows(%a: tensor<100x64xf32>, %b: tensor<64x96xf32>, %g: tensor<96xf32>, %p: tensor<100x96xf32>, %e: tensor<100x96xf32>) -> tensor<100x96xf32> {
  %x = linalg.matmul ins(%a, %b : tensor<100x64xf32>, tensor<64x96xf32>) outs(%p : tensor<100x96xf32>) -> tensor<100x96xf32>
  %y = norm.layer_norm ins(%x : tensor<100x96xf32>) gamma(%g : tensor<96xf32>) outs(%e : tensor<100x96xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<100x96xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %op tile_sizes [8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// Not into a loop that makes a part of a row.
// CHECK-LABEL: func @part_of_a_row
// CHECK: %[[X:.*]] = scf.for
// CHECK: norm.layer_norm ins(%[[X]] : tensor<100x96xf32>)
func.func @part_of_a_row(%a: tensor<100x64xf32>, %b: tensor<64x96xf32>, %p: tensor<100x96xf32>, %e: tensor<100x96xf32>) -> tensor<100x96xf32> {
  %x = linalg.matmul ins(%a, %b : tensor<100x64xf32>, tensor<64x96xf32>) outs(%p : tensor<100x96xf32>) -> tensor<100x96xf32>
  // expected-remark@+1 {{not fused}}
  %y = norm.layer_norm ins(%x : tensor<100x96xf32>) outs(%e : tensor<100x96xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<100x96xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %op tile_sizes [0, 32] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#c = affine_map<(r, c) -> (c)>

// A sum over the rows: in a sequential loop each tile adds to it.
// CHECK-LABEL: func @accumulator
// CHECK: %[[LOOP:.*]]:2 = scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[SI:[a-z0-9]+]] = %{{.*}})
// CHECK: %[[E:.*]] = linalg.exp
// CHECK: %[[T:.*]] = norm.generic {{.*}} ins(%[[E]] : tensor<4x8xf32>) outs(%[[SI]] : tensor<8xf32>)
// CHECK: scf.yield %{{.*}}, %[[T]]
// CHECK: return %[[LOOP]]#1
func.func @accumulator(%a: tensor<12x8xf32>, %e: tensor<12x8xf32>, %s: tensor<8xf32>) -> tensor<8xf32> {
  %x = linalg.exp ins(%a : tensor<12x8xf32>) outs(%e : tensor<12x8xf32>) -> tensor<12x8xf32>
  %0 = norm.generic {indexing_maps = [#rc, #c], normalized_dims = [1]} ins(%x : tensor<12x8xf32>) outs(%s : tensor<8xf32>) {
  ^bb0(%v: f32):
    norm.yield %v : f32
  }
  return %0 : tensor<8xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %op tile_sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#c = affine_map<(r, c) -> (c)>

// Not in a parallel one.
// CHECK-LABEL: func @parallel_accumulator
// CHECK: %[[X:.*]] = scf.forall
// CHECK: norm.generic {{.*}} ins(%[[X]] : tensor<12x8xf32>)
func.func @parallel_accumulator(%a: tensor<12x8xf32>, %e: tensor<12x8xf32>, %s: tensor<8xf32>) -> tensor<8xf32> {
  %x = linalg.exp ins(%a : tensor<12x8xf32>) outs(%e : tensor<12x8xf32>) -> tensor<12x8xf32>
  // expected-remark@+1 {{not fused}}
  %0 = norm.generic {indexing_maps = [#rc, #c], normalized_dims = [1]} ins(%x : tensor<12x8xf32>) outs(%s : tensor<8xf32>) {
  ^bb0(%v: f32):
    norm.yield %v : f32
  }
  return %0 : tensor<8xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_forall %op tile_sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
