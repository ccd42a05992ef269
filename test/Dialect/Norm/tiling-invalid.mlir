// RUN: norm-opt %s -transform-interpreter -split-input-file -verify-diagnostics

// A part of what a row is normalized over is no tile, whatever the operation.

func.func @part_of_a_row(%x: tensor<10x768xf32>) -> tensor<10x768xf32> {
  // expected-error@+3 {{expected a tile with the whole of dim 1, over which it normalizes, got a part or a size that is not known to be the whole}}
  // expected-error@+2 {{faild to tile operation}}
  // expected-error@+1 {{failed to generate tiling loops}}
  %y = norm.layer_norm ins(%x : tensor<10x768xf32>) outs(%x : tensor<10x768xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<10x768xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.layer_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop:2 = transform.structured.tile_using_for %norm tile_sizes [4, 16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

func.func @part_of_the_channels(%x: tensor<4x64x9xf32>) -> tensor<4x64x9xf32> {
  // expected-error@+3 {{expected a tile with the whole of dim 1, which falls into groups of channels, got a part}}
  // expected-error@+2 {{faild to tile operation}}
  // expected-error@+1 {{failed to generate tiling loops}}
  %y = norm.group_norm ins(%x : tensor<4x64x9xf32>) outs(%x : tensor<4x64x9xf32>) axes = [2] channel_axis = 1 groups = 8 epsilon = 1.0e-05
  return %y : tensor<4x64x9xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.group_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %norm tile_sizes [0, 4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>

func.func @collective(%x: tensor<10x?xf32>) -> tensor<10x?xf32> {
  // expected-error@+3 {{expected a tile with the whole of dim 1, along which the program combines, got a part}}
  // expected-error@+2 {{faild to tile operation}}
  // expected-error@+1 {{failed to generate tiling loops}}
  %y = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<10x?xf32>) outs(%x : tensor<10x?xf32>) {
  ^bb0(%e: f32):
    %max = norm.reduce <maximumf> %e : f32
    norm.yield %max : f32
  }
  return %y : tensor<10x?xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %norm tile_sizes [0, 128] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>

func.func @output_per_row(%x: tensor<10x8xf32>, %s: tensor<10xf32>) -> (tensor<10x8xf32>, tensor<10xf32>) {
  // expected-error@+3 {{expected a tile with the whole of dim 1, which an output lacks, got a part}}
  // expected-error@+2 {{faild to tile operation}}
  // expected-error@+1 {{failed to generate tiling loops}}
  %y:2 = norm.generic {indexing_maps = [#rc, #r, #rc, #r], normalized_dims = [1]} ins(%x, %s : tensor<10x8xf32>, tensor<10xf32>) outs(%x, %s : tensor<10x8xf32>, tensor<10xf32>) {
  ^bb0(%e: f32, %t: f32):
    norm.yield %e, %t : f32, f32
  }
  return %y#0, %y#1 : tensor<10x8xf32>, tensor<10xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %norm tile_sizes [0, 2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
