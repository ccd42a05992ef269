// RUN: norm-opt %s -transform-interpreter -canonicalize -cse -split-input-file | FileCheck %s

// Slices by the operands' maps: rows that are no multiple of the tile; gamma,
// which no tile cuts, stays whole.
// CHECK: #[[MIN:.*]] = affine_map<(d0) -> (-d0 + 10, 4)>
// CHECK-LABEL: func @rows
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<10x768xf32>, %[[G:[a-z0-9]+]]: tensor<768xf32>, %[[Y:[a-z0-9]+]]: tensor<10x768xf32>, %[[M:[a-z0-9]+]]: tensor<10xf32>
func.func @rows(%x: tensor<10x768xf32>, %g: tensor<768xf32>, %y0: tensor<10x768xf32>, %m0: tensor<10xf32>) -> (tensor<10x768xf32>, tensor<10xf32>) {
  // CHECK: scf.for %[[I:[a-z0-9]+]] = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%[[YI:[a-z0-9]+]] = %[[Y]], %[[MI:[a-z0-9]+]] = %[[M]])
  // CHECK: %[[SIZE:.*]] = affine.min #[[MIN]](%[[I]])
  // CHECK: %[[XS:.*]] = tensor.extract_slice %[[X]][%[[I]], 0] [%[[SIZE]], 768] [1, 1]
  // CHECK: %[[YS:.*]] = tensor.extract_slice %[[YI]][%[[I]], 0] [%[[SIZE]], 768] [1, 1]
  // CHECK: %[[MS:.*]] = tensor.extract_slice %[[MI]][%[[I]]] [%[[SIZE]]] [1]
  // CHECK: %[[T:.*]]:2 = norm.layer_norm ins(%[[XS]] : tensor<?x768xf32>) gamma(%[[G]] : tensor<768xf32>)
  // CHECK-SAME: outs(%[[YS]] : tensor<?x768xf32>) mean(%[[MS]] : tensor<?xf32>) axes = [1] epsilon = 1.000000e-05 {tag}
  // CHECK: tensor.insert_slice %[[T]]#0 into %[[YI]][%[[I]], 0] [%[[SIZE]], 768] [1, 1]
  // CHECK: tensor.insert_slice %[[T]]#1 into %[[MI]][%[[I]]] [%[[SIZE]]] [1]
  %y, %m = norm.layer_norm ins(%x : tensor<10x768xf32>) gamma(%g : tensor<768xf32>) outs(%y0 : tensor<10x768xf32>) mean(%m0 : tensor<10xf32>) axes = [1] epsilon = 1.0e-05 {tag}
  return %y, %m : tensor<10x768xf32>, tensor<10xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.layer_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %norm tile_sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// Dynamic sizes, rows before and after the normalized dim, parameters that
// span rows, a mask, parallel tiles.
// CHECK-LABEL: func @dynamic
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x?x?xf32>, %[[G:[a-z0-9]+]]: tensor<?x?xf32>, %[[MASK:[a-z0-9]+]]: tensor<?x?x?xi1>, %[[EPS:[a-z0-9]+]]: f32
func.func @dynamic(%x: tensor<?x?x?xf32>, %g: tensor<?x?xf32>, %mask: tensor<?x?x?xi1>, %eps: f32) -> tensor<?x?x?xf32> {
  // CHECK: %[[N:.*]] = tensor.dim %[[X]], %c1
  // CHECK: scf.forall (%[[P:[a-z0-9]+]], %[[Q:[a-z0-9]+]]) in (%{{.*}}, %{{.*}}) shared_outs(%[[YI:[a-z0-9]+]] = %[[X]])
  // CHECK-DAG: %[[I:[a-z0-9]+]] = affine.apply #{{.*}}(%[[P]])
  // CHECK-DAG: %[[J:[a-z0-9]+]] = affine.apply #{{.*}}(%[[Q]])
  // CHECK: %[[XS:.*]] = tensor.extract_slice %[[X]][%[[I]], 0, %[[J]]] [%[[SI:.*]], %[[N]], %[[SJ:.*]]] [1, 1, 1]
  // CHECK: %[[GS:.*]] = tensor.extract_slice %[[G]][%[[I]], 0] [%[[SI]], %[[N]]] [1, 1]
  // CHECK: %[[MS:.*]] = tensor.extract_slice %[[MASK]][%[[I]], 0, %[[J]]] [%[[SI]], %[[N]], %[[SJ]]] [1, 1, 1]
  // CHECK: %[[T:.*]] = norm.rms_norm ins(%[[XS]] : tensor<?x?x?xf32>) gamma(%[[GS]] : tensor<?x?xf32>) mask(%[[MS]] : tensor<?x?x?xi1>) epsilon(%[[EPS]] : f32)
  // CHECK-SAME: axes = [1] parameter_axes = [0, 1]
  // CHECK: tensor.parallel_insert_slice %[[T]] into %[[YI]][%[[I]], 0, %[[J]]] [%[[SI]], %[[N]], %[[SJ]]] [1, 1, 1]
  %y = norm.rms_norm ins(%x : tensor<?x?x?xf32>) gamma(%g : tensor<?x?xf32>) mask(%mask : tensor<?x?x?xi1>) epsilon(%eps : f32) outs(%x : tensor<?x?x?xf32>) axes = [1] parameter_axes = [0, 1]
  return %y : tensor<?x?x?xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.rms_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_forall %norm tile_sizes [4, 0, 16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// Samples of a group norm; the groups, a dim of the statistics alone, are all
// in each tile.
// CHECK-LABEL: func @groups
func.func @groups(%x: tensor<6x64x7x?xf32>, %g: tensor<64xf32>, %m: tensor<6x?xf32>) -> (tensor<6x64x7x?xf32>, tensor<6x?xf32>) {
  // CHECK: scf.for %[[I:[a-z0-9]+]] = {{.*}} iter_args(%{{.*}}, %[[MI:[a-z0-9]+]] =
  // CHECK: tensor.extract_slice %[[MI]][%[[I]], 0] [2, 8] [1, 1] : tensor<6x?xf32> to tensor<2x8xf32>
  // CHECK: norm.group_norm ins(%{{.*}} : tensor<2x64x7x?xf32>) gamma(%{{.*}} : tensor<64xf32>) {{.*}} axes = [2, 3] channel_axis = 1 groups = 8
  %y, %mean = norm.group_norm ins(%x : tensor<6x64x7x?xf32>) gamma(%g : tensor<64xf32>) outs(%x : tensor<6x64x7x?xf32>) mean(%m : tensor<6x?xf32>) axes = [2, 3] channel_axis = 1 groups = 8 epsilon = 1.0e-05
  return %y, %mean : tensor<6x64x7x?xf32>, tensor<6x?xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.group_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %norm tile_sizes [2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// Given statistics: nothing is normalized over, so that every dim may be cut.
// CHECK-LABEL: func @inference
func.func @inference(%x: memref<4x10x8xf32>, %m: memref<10xf32>, %v: memref<10xf32>) {
  // CHECK: norm.batch_norm_inference ins(%{{.*}} : memref<2x5x4xf32, strided<[80, 8, 1], offset: ?>>) mean(%{{.*}} : memref<5xf32, strided<[1], offset: ?>>)
  norm.batch_norm_inference ins(%x : memref<4x10x8xf32>) mean(%m : memref<10xf32>) variance(%v : memref<10xf32>) outs(%x : memref<4x10x8xf32>) channel_axis = 1 epsilon = 1.0e-05
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.batch_norm_inference"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop:3 = transform.structured.tile_using_for %norm tile_sizes [2, 5, 4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#cr = affine_map<(r, c) -> (c, r)>
#c = affine_map<(r, c) -> (c)>

// A row program: the schedule goes, positions count from the tile's start, and
// the accumulator is passed on from tile to tile.
// CHECK: #[[SCALAR:.*]] = affine_map<(d0, d1) -> ()>
// CHECK-LABEL: func @program
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<12x8xf32>
func.func @program(%x: tensor<12x8xf32>, %y0: tensor<8x12xf32>, %s0: tensor<8xf32>) -> (tensor<8x12xf32>, tensor<8xf32>) {
  // CHECK: scf.for %[[I:[a-z0-9]+]] = {{.*}} iter_args(%[[YI:[a-z0-9]+]] = %{{.*}}, %[[SI:[a-z0-9]+]] = %{{.*}})
  // CHECK: %[[XS:.*]] = tensor.extract_slice %[[X]][%[[I]], 0] [4, 8] [1, 1]
  // CHECK: %[[YS:.*]] = tensor.extract_slice %[[YI]][0, %[[I]]] [8, 4] [1, 1]
  // CHECK: %[[T:.*]]:2 = norm.generic {indexing_maps = [#{{.*}}, #[[SCALAR]], #{{.*}}, #{{.*}}], normalized_dims = [1]}
  // CHECK-SAME: ins(%[[XS]], %[[I]] : tensor<4x8xf32>, index) outs(%[[YS]], %[[SI]] : tensor<8x4xf32>, tensor<8xf32>)
  // CHECK: ^bb0(%{{.*}}: f32, %[[OFFSET:.*]]: index):
  // CHECK: %[[ROW:.*]] = norm.index 0
  // CHECK: arith.addi %[[ROW]], %[[OFFSET]]
  // CHECK: %[[COLUMN:.*]] = norm.index 1
  // CHECK: arith.addi %{{.*}}, %[[COLUMN]]
  // CHECK: tensor.insert_slice %[[T]]#0 into %[[YI]][0, %[[I]]] [8, 4] [1, 1]
  // CHECK: scf.yield %{{.*}}, %[[T]]#1
  %0:2 = norm.generic {indexing_maps = [#rc, #cr, #c], normalized_dims = [1], schedule = <lane_dim = 1, vector_size = 8>}
      ins(%x : tensor<12x8xf32>) outs(%y0, %s0 : tensor<8x12xf32>, tensor<8xf32>) {
  ^bb0(%e: f32):
    %max = norm.reduce <maximumf> %e : f32
    %i = norm.index 0 : index
    %j = norm.index 1 : index
    %p = arith.addi %i, %j : index
    %q = arith.index_cast %p : index to i32
    %f = arith.sitofp %q : i32 to f32
    %o = arith.mulf %max, %f : f32
    norm.yield %o, %e : f32, f32
  }
  return %0#0, %0#1 : tensor<8x12xf32>, tensor<8xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %norm tile_sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>

// Without collectives along it a normalized dim is cut like any other.
// CHECK-LABEL: func @no_collectives
func.func @no_collectives(%x: tensor<12x8xf32>) -> tensor<12x8xf32> {
  // CHECK: norm.generic {{.*}} ins(%{{.*}} : tensor<12x2xf32>) outs(%{{.*}} : tensor<12x2xf32>)
  %0 = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<12x8xf32>) outs(%x : tensor<12x8xf32>) {
  ^bb0(%e: f32):
    %o = arith.mulf %e, %e : f32
    norm.yield %o : f32
  }
  return %0 : tensor<12x8xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %norm tile_sizes [0, 2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
