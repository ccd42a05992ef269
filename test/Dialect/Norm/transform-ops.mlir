// RUN: norm-opt %s -transform-interpreter -split-input-file -verify-diagnostics | FileCheck %s

// From the named operation to a scheduled row program, by hand and by the
// heuristic.
// CHECK-LABEL: func @schedule
func.func @schedule(%x: tensor<4x64xf32>, %z: tensor<4x64xf32>) -> (tensor<4x64xf32>, tensor<4x64xf32>) {
  // CHECK: norm.generic {{.*}} schedule = <lane_dim = 1, vector_size = 8>
  // CHECK: norm.reduce <add>
  // CHECK: norm.generic {{.*}} schedule = <lane_dim = 1, vector_size = 16,
  // CHECK: norm.moments <two_pass>
  %y = norm.rms_norm ins(%x : tensor<4x64xf32>) outs(%x : tensor<4x64xf32>) axes = [1] epsilon = 1.0e-05
  %w = norm.layer_norm ins(%z : tensor<4x64xf32>) outs(%z : tensor<4x64xf32>) axes = [1] epsilon = 1.0e-05
  return %y, %w : tensor<4x64xf32>, tensor<4x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %rms = transform.structured.match ops{["norm.rms_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %rms_program = transform.norm.generalize %rms : (!transform.any_op) -> !transform.any_op
    %by_hand = transform.norm.schedule %rms_program {schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 8>} : (!transform.any_op) -> !transform.any_op
    %layer = transform.structured.match ops{["norm.layer_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %layer_program = transform.norm.generalize %layer : (!transform.any_op) -> !transform.any_op
    %first = transform.norm.schedule %layer_program {vector_bits = 128, algorithm = #norm.algorithm<two_pass>} : (!transform.any_op) -> !transform.any_op
    %again = transform.norm.schedule %first {vector_bits = 512} : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

// CHECK-LABEL: func @decompose
func.func @decompose(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  // CHECK-NOT: norm.
  // CHECK: linalg.generic {{.*}} ["parallel", "reduction"]
  // CHECK-SAME: attrs = {found}
  // CHECK: linalg.generic {{.*}} ["parallel", "parallel"]
  // CHECK-SAME: attrs = {found}
  %y = norm.rms_norm ins(%x : tensor<4x64xf32>) outs(%x : tensor<4x64xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<4x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.rms_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %linalg = transform.norm.decompose %norm : (!transform.any_op) -> !transform.any_op
    transform.annotate %linalg "found" : !transform.any_op
    transform.yield
  }
}

// -----

// expected-note@below {{the operation}}
func.func @generalize_refused() {
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %function = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error@below {{expected a named normalization, got func.func}}
    %program = transform.norm.generalize %function : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

func.func @decompose_refused(%x: memref<4x64xf32>) {
  // expected-note@below {{the operation}}
  norm.rms_norm ins(%x : memref<4x64xf32>) outs(%x : memref<4x64xf32>) axes = [1] epsilon = 1.0e-05
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.rms_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error@below {{expected a normalization on tensors, got norm.rms_norm}}
    %linalg = transform.norm.decompose %norm : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

func.func @schedule_refused(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  // expected-error@below {{expected the schedule's lane_dim to be a normalized dim}}
  %y = norm.rms_norm ins(%x : tensor<4x64xf32>) outs(%x : tensor<4x64xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<4x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.rms_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %program = transform.norm.generalize %norm : (!transform.any_op) -> !transform.any_op
    // expected-error@below {{no such schedule for norm.generic}}
    %scheduled = transform.norm.schedule %program {schedule = #norm.cpu_schedule<lane_dim = 2, vector_size = 8>} : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

func.func @schedule_of_no_program(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  // expected-note@below {{the operation}}
  %y = norm.rms_norm ins(%x : tensor<4x64xf32>) outs(%x : tensor<4x64xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<4x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.rms_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error@below {{expected a norm.generic, got norm.rms_norm}}
    %scheduled = transform.norm.schedule %norm : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>

// CHECK-LABEL: func @split_phases
func.func @split_phases(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  // CHECK: %[[SUM:.*]] = norm.generic {{.*}} outs(%{{.*}} : tensor<4xf32>)
  // CHECK: norm.generic {{.*}} ins(%{{.*}}, %[[SUM]] :
  %y = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<4x64xf32>) outs(%x : tensor<4x64xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    %o = arith.divf %e, %s : f32
    norm.yield %o : f32
  }
  return %y : tensor<4x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %program = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.norm.split_phases %program : !transform.any_op
    transform.yield
  }
}

// -----

func.func @split_phases_refused(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  // expected-note@below {{the operation}}
  %y = norm.rms_norm ins(%x : tensor<4x64xf32>) outs(%x : tensor<4x64xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<4x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.rms_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error@below {{expected a norm.generic, got norm.rms_norm}}
    transform.norm.split_phases %norm : !transform.any_op
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>

func.func @split_phases_of_none(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  // expected-note@below {{the operation}}
  %y = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<4x64xf32>) outs(%x : tensor<4x64xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return %y : tensor<4x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %program = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error@below {{expected a program on tensors with collectives, got norm.generic}}
    transform.norm.split_phases %program : !transform.any_op
    transform.yield
  }
}

// -----

#rc = affine_map<(r, c) -> (r, c)>

// What stands before a norm, within the loop over its tiles.
// CHECK-LABEL: func @fuse
func.func @fuse(%x: tensor<4x64xf32>, %e: tensor<4x64xf32>) -> tensor<4x64xf32> {
  // CHECK: scf.for
  // CHECK-NOT: linalg
  // CHECK: norm.generic
  // CHECK: math.exp
  // CHECK: norm.reduce <add>
  // CHECK: norm.yield
  // CHECK: scf.yield
  %z = linalg.exp ins(%x : tensor<4x64xf32>) outs(%e : tensor<4x64xf32>) -> tensor<4x64xf32>
  %y = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%z : tensor<4x64xf32>) outs(%e : tensor<4x64xf32>) {
  ^bb0(%v: f32):
    %s = norm.reduce <add> %v : f32
    %o = arith.divf %v, %s : f32
    norm.yield %o : f32
  }
  return %y : tensor<4x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %program = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.fuse %program tile_sizes [2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %function = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    %fused = transform.norm.fuse %function : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// -----

func.func @fuse_refused(%n: index, %i: index) {
  // expected-note@below {{the operation}}
  scf.for %j = %i to %n step %n {
  }
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %loop = transform.structured.match ops{["scf.for"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error@below {{expected an operation isolated from above, got scf.for}}
    %fused = transform.norm.fuse %loop : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}
