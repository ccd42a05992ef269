// RUN: norm-opt %s -transform-interpreter -canonicalize -cse -split-input-file -verify-diagnostics | FileCheck %s

// Parts of a row apart from each other, merged in the end with what the inits
// held.
// CHECK-LABEL: func @statistics
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x100xf32>, %[[N:[a-z0-9]+]]: tensor<4xf32>, %[[M:[a-z0-9]+]]: tensor<4xf32>, %[[C:[a-z0-9]+]]: tensor<4xf32>, %[[S:[a-z0-9]+]]: tensor<4xf32>
// CHECK: %[[ZERO:.*]] = linalg.fill {{.*}} -> tensor<4x3xf32>
// CHECK: %[[P:.*]]:4 = scf.forall (%[[I:[a-z0-9]+]]) in (3) shared_outs(%[[PN:[a-z0-9]+]] = %[[ZERO]], %{{.*}} = %[[ZERO]], %{{.*}} = %[[ZERO]], %{{.*}} = %[[ZERO]])
// CHECK-DAG: %[[XS:.*]] = tensor.extract_slice %[[X]][0, %{{.*}}] [4, %{{.*}}] [1, 1]
// CHECK-DAG: %[[NS:.*]] = tensor.extract_slice %[[PN]][0, %[[I]]] [4, 1] [1, 1] : tensor<4x3xf32> to tensor<4xf32>
// CHECK: %[[T:.*]]:4 = norm.statistics ins(%[[XS]] : tensor<4x?xf32>) outs(%[[NS]], {{.*}} axes = [1]
// CHECK: tensor.parallel_insert_slice %[[T]]#0 into %[[PN]][0, %[[I]]] [4, 1] [1, 1] : tensor<4xf32> into tensor<4x3xf32>
// CHECK: %[[R:.*]]:4 = norm.generic {{.*}} normalized_dims = [1]} ins(%[[P]]#0, %[[P]]#1, %[[P]]#2, %[[P]]#3, %[[N]], %[[M]], %[[C]], %[[S]] :
// CHECK-SAME: outs(%[[N]], %[[M]], %[[C]], %[[S]] :
// CHECK: return %[[R]]#0, %[[R]]#1, %[[R]]#2, %[[R]]#3
func.func @statistics(%x: tensor<4x100xf32>, %n: tensor<4xf32>, %m: tensor<4xf32>, %c: tensor<4xf32>, %s: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0:4 = norm.statistics ins(%x : tensor<4x100xf32>) outs(%n, %m, %c, %s : tensor<4xf32>) axes = [1]
  return %0#0, %0#1, %0#2, %0#3 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["norm.statistics"]} in %root : (!transform.any_op) -> !transform.any_op
    %fill:4, %split, %merge, %loop = transform.structured.tile_reduction_using_forall %op by num_threads = [0, 3] : (!transform.any_op)
        -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// One part after the other: the statistics so far are the next one's inits.
// CHECK-LABEL: func @sequential
// CHECK: scf.for {{.*}} iter_args(%[[N:[a-z0-9]+]] = %{{.*}}, %[[M:[a-z0-9]+]] = %{{.*}}, %[[C:[a-z0-9]+]] = %{{.*}}, %[[S:[a-z0-9]+]] =
// CHECK: %[[T:.*]]:4 = norm.statistics ins(%{{.*}} : tensor<4x20xf32>) outs(%[[N]], %[[M]], %[[C]], %[[S]] :
// CHECK: scf.yield %[[T]]#0, %[[T]]#1, %[[T]]#2, %[[T]]#3
func.func @sequential(%x: tensor<4x100xf32>, %n: tensor<4xf32>, %m: tensor<4xf32>, %c: tensor<4xf32>, %s: tensor<4xf32>) -> tensor<4xf32> {
  %0:4 = norm.statistics ins(%x : tensor<4x100xf32>) outs(%n, %m, %c, %s : tensor<4xf32>) axes = [1]
  return %0#3 : tensor<4xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["norm.statistics"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %op tile_sizes [0, 20] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#c = affine_map<(r, c) -> (c)>

// Accumulators over rows: a sum for each tile, from 0; the inits come in with
// the sum of these. The other output is no sum, and its tiles are its own.
// CHECK-DAG: #[[CK:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[C:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func @accumulators
// CHECK-SAME: %{{.*}}: tensor<12x8xf32>, %[[A:[a-z0-9]+]]: tensor<8xf32>, %[[B:[a-z0-9]+]]: tensor<8xf32>
// CHECK: %[[P:.*]]:3 = scf.forall (%[[I:[a-z0-9]+]]) in (3) shared_outs(%[[Y:[a-z0-9]+]] = %{{.*}}, %[[PA:[a-z0-9]+]] = %{{.*}}, %[[PB:[a-z0-9]+]] = %{{.*}}) -> (tensor<12x8xf32>, tensor<8x3xf32>, tensor<8x3xf32>)
// CHECK: norm.generic {{.*}} outs(%{{.*}}, %{{.*}}, %{{.*}} : tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>)
// CHECK-DAG: tensor.parallel_insert_slice %{{.*}}#0 into %[[Y]][%{{.*}}, 0] [4, 8] [1, 1]
// CHECK-DAG: tensor.parallel_insert_slice %{{.*}}#1 into %[[PA]][0, %[[I]]] [8, 1] [1, 1]
// CHECK: %[[R:.*]]:2 = norm.generic {indexing_maps = [#[[CK]], #[[CK]], #[[C]], #[[C]]], normalized_dims = []} ins(%[[P]]#1, %[[P]]#2 : {{.*}} outs(%[[A]], %[[B]] :
// CHECK: return %[[P]]#0, %[[R]]#0, %[[R]]#1
func.func @accumulators(%x: tensor<12x8xf32>, %a: tensor<8xf32>, %b: tensor<8xf32>) -> (tensor<12x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %0:3 = norm.generic {indexing_maps = [#rc, #rc, #c, #c], normalized_dims = [1]} ins(%x : tensor<12x8xf32>)
      outs(%x, %a, %b : tensor<12x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d, %d, %e : f32, f32, f32
  }
  return %0#0, %0#1, %0#2 : tensor<12x8xf32>, tensor<8xf32>, tensor<8xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %fill:3, %split, %merge, %loop = transform.structured.tile_reduction_using_forall %op by num_threads = [3] : (!transform.any_op)
        -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>

// Reductions that are nothing but outputs, each merged by its own kind.
// CHECK-LABEL: func @reductions
// CHECK: %[[P:.*]]:2 = scf.forall {{.*}} -> (tensor<4x3xf32>, tensor<4x3xf32>)
// CHECK: norm.generic {{.*}} normalized_dims = [1]} ins(%[[P]]#0, %[[P]]#1 :
// CHECK: ^bb0(%[[S:[a-z0-9]+]]: f32, %[[M:[a-z0-9]+]]: f32):
// CHECK: %[[RS:.*]] = norm.reduce <add> %[[S]]
// CHECK: %[[RM:.*]] = norm.reduce <maximumf> %[[M]]
// CHECK: norm.yield %[[RS]], %[[RM]]
func.func @reductions(%x: tensor<4x12xf32>, %s: tensor<4xf32>, %m: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0:2 = norm.generic {indexing_maps = [#rc, #r, #r], normalized_dims = [1]} ins(%x : tensor<4x12xf32>) outs(%s, %m : tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    %max = norm.reduce <maximumf> %e : f32
    norm.yield %sum, %max : f32, f32
  }
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %fill:2, %split, %merge, %loop = transform.structured.tile_reduction_using_forall %op by num_threads = [0, 3] : (!transform.any_op)
        -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}
