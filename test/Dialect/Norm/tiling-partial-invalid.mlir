// RUN: norm-opt %s -transform-interpreter -split-input-file -verify-diagnostics

func.func @outer_reduction(%x: tensor<4x100xf32>, %n: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+3 {{expected the strategy OuterParallel for partial results, as tile_reduction_using_forall has it}}
  // expected-error@+2 {{faild to tile operation}}
  // expected-error@+1 {{failed to generate tiling loops}}
  %0:4 = norm.statistics ins(%x : tensor<4x100xf32>) outs(%n, %n, %n, %n : tensor<4xf32>) axes = [1]
  return %0#0 : tensor<4xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["norm.statistics"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error@below {{failed to tile using partial reduction}}
    %fill:4, %split, %merge, %loop = transform.structured.tile_reduction_using_for %op by tile_sizes = [0, 20] : (!transform.any_op)
        -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>

func.func @moments(%x: tensor<4x100xf32>, %n: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{has no partial results along dim 1: expected no collective but norm.reduce along it}}
  %0 = norm.generic {indexing_maps = [#rc, #r], normalized_dims = [1]} ins(%x : tensor<4x100xf32>) outs(%n : tensor<4xf32>) {
  ^bb0(%e: f32):
    // expected-note@+1 {{the collective}}
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %mean : f32
  }
  return %0 : tensor<4xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error@below {{could not tile reduction}}
    %fill, %split, %merge, %loop = transform.structured.tile_reduction_using_forall %op by num_threads = [0, 20] : (!transform.any_op)
        -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>

func.func @used_in_the_block(%x: tensor<4x100xf32>, %n: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{has no partial results along dim 1: expected its reductions to be nothing but outputs}}
  %0 = norm.generic {indexing_maps = [#rc, #r], normalized_dims = [1]} ins(%x : tensor<4x100xf32>) outs(%n : tensor<4xf32>) {
  ^bb0(%e: f32):
    // expected-note@+1 {{the collective}}
    %sum = norm.reduce <add> %e : f32
    %root = math.sqrt %sum : f32
    norm.yield %root : f32
  }
  return %0 : tensor<4xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error@below {{could not tile reduction}}
    %fill, %split, %merge, %loop = transform.structured.tile_reduction_using_forall %op by num_threads = [0, 20] : (!transform.any_op)
        -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#none = affine_map<(r, c) -> ()>

func.func @sum_of_maxima(%x: tensor<4x100xf32>, %n: tensor<f32>) -> tensor<f32> {
  // expected-error@+1 {{has no partial results along dim 1: output #0 is a sum over rows of what is no sum}}
  %0 = norm.generic {indexing_maps = [#rc, #none], normalized_dims = [1]} ins(%x : tensor<4x100xf32>) outs(%n : tensor<f32>) {
  ^bb0(%e: f32):
    %max = norm.reduce <maximumf> %e : f32
    norm.yield %max : f32
  }
  return %0 : tensor<f32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error@below {{could not tile reduction}}
    %fill, %split, %merge, %loop = transform.structured.tile_reduction_using_forall %op by num_threads = [0, 20] : (!transform.any_op)
        -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}
