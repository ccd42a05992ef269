// Upstream's passes over programs with norm operations: on tensors these are
// pure values, on memrefs they read their inputs and write their outputs.

// RUN: norm-opt %s -cse -loop-invariant-code-motion -control-flow-sink -inline -sccp -canonicalize -symbol-dce | FileCheck %s

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>
#c = affine_map<(r, c) -> (c)>

// CHECK-LABEL: func @cse_tensors
func.func @cse_tensors(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) {
  // CHECK: %[[A:.*]] = norm.layer_norm
  // CHECK-NOT: norm.layer_norm
  // CHECK: %[[B:.*]] = norm.generic
  // CHECK-NOT: norm.generic
  // CHECK: return %[[A]], %[[A]], %[[B]]
  %a = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  %b = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  // Unused, so gone.
  %dead = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  %c = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    %s0 = norm.reduce <add> %e : f32
    %s1 = norm.reduce <add> %e : f32
    %s = arith.addf %s0, %s1 : f32
    norm.yield %s : f32
  }
  %d = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    %s0 = norm.reduce <add> %e : f32
    norm.yield %s0 : f32
  }
  return %a, %b, %c : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>
}

// CHECK-LABEL: func @cse_channels
func.func @cse_channels(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>, %p: tensor<8xf32>, %m: memref<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  // CHECK: %[[A:.*]] = norm.group_norm {{.*}} groups = 2
  // CHECK-NEXT: norm.batch_norm_training {{.*}} memref<4x8xf32>
  // CHECK-NEXT: return %[[A]], %[[A]]
  %a = norm.group_norm ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) axes = [] channel_axis = 1 groups = 2 epsilon = 1.0e-5
  %b = norm.group_norm ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) axes = [] channel_axis = 1 groups = 2 epsilon = 1.0e-5
  norm.batch_norm_training ins(%m : memref<4x8xf32>) outs(%m : memref<4x8xf32>) channel_axis = 1 epsilon = 1.0e-5
  %dead = norm.batch_norm_inference ins(%x : tensor<4x8xf32>) mean(%p : tensor<8xf32>) variance(%p : tensor<8xf32>) outs(%y : tensor<4x8xf32>)
      channel_axis = 1 epsilon = 1.0e-5
  return %a, %b : tensor<4x8xf32>, tensor<4x8xf32>
}

// What writes memory is neither merged nor removed.
// CHECK-LABEL: func @cse_memrefs
func.func @cse_memrefs(%x: memref<4x8xf32>, %y: memref<4x8xf32>) {
  // CHECK-COUNT-2: norm.layer_norm
  // CHECK-COUNT-2: norm.generic
  norm.layer_norm ins(%x : memref<4x8xf32>) outs(%y : memref<4x8xf32>) axes = [1] epsilon = 1.0e-5
  norm.layer_norm ins(%x : memref<4x8xf32>) outs(%y : memref<4x8xf32>) axes = [1] epsilon = 1.0e-5
  norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : memref<4x8xf32>) outs(%y : memref<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : memref<4x8xf32>) outs(%y : memref<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// A load from the output on the other side of the operation is another load,
// one from its input is not.
// CHECK-LABEL: func @cse_loads
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4x8xf32>, %[[Y:[a-z0-9]+]]: memref<8xf32>
func.func @cse_loads(%x: memref<4x8xf32>, %y: memref<8xf32>) -> (f32, f32) {
  %i = arith.constant 0 : index
  // CHECK: memref.load %[[Y]]
  // CHECK: norm.generic
  // CHECK: memref.load %[[Y]]
  %before = memref.load %y[%i] : memref<8xf32>
  norm.generic {indexing_maps = [#rc, #c], normalized_dims = [1]} ins(%x : memref<4x8xf32>) outs(%y : memref<8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  %after = memref.load %y[%i] : memref<8xf32>
  return %before, %after : f32, f32
}

// CHECK-LABEL: func @hoist
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x8xf32>
func.func @hoist(%x: tensor<4x8xf32>, %m: memref<4x8xf32>, %n: index, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: %[[A:.*]] = norm.layer_norm ins(%[[X]]
  // CHECK: scf.for
  // CHECK: arith.addf %[[A]]
  // CHECK: norm.rms_norm
  // CHECK: scf.yield
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%acc = %y) -> tensor<4x8xf32> {
    %a = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
    %s = arith.addf %a, %acc : tensor<4x8xf32>
    norm.rms_norm ins(%m : memref<4x8xf32>) outs(%m : memref<4x8xf32>) axes = [1] epsilon = 1.0e-5
    scf.yield %s : tensor<4x8xf32>
  }
  return %0 : tensor<4x8xf32>
}

// On tensors into the branch that needs the value, on memrefs not.
// CHECK-LABEL: func @sink
func.func @sink(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>, %m: memref<4x8xf32>, %c: i1) -> tensor<4x8xf32> {
  // CHECK-NEXT: norm.generic {{.*}} memref<4x8xf32>
  norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%m : memref<4x8xf32>) outs(%m : memref<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  %a = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  // CHECK: scf.if
  // CHECK-NEXT: norm.generic {{.*}} tensor<4x8xf32>
  %0 = scf.if %c -> tensor<4x8xf32> {
    %b = arith.addf %a, %a : tensor<4x8xf32>
    scf.yield %b : tensor<4x8xf32>
  } else {
    scf.yield %x : tensor<4x8xf32>
  }
  return %0 : tensor<4x8xf32>
}

func.func private @callee(%x: tensor<4x8xf32>, %e: f32) -> tensor<4x8xf32> {
  %a = norm.layer_norm ins(%x : tensor<4x8xf32>) epsilon(%e : f32) outs(%x : tensor<4x8xf32>) axes = [1]
  %b = norm.generic {indexing_maps = [#rc, affine_map<(r, c) -> ()>, #rc], normalized_dims = [1]}
      ins(%a, %e : tensor<4x8xf32>, f32) outs(%x : tensor<4x8xf32>) {
  ^bb0(%v: f32, %f: f32):
    %s = norm.reduce <add> %v : f32
    %t = arith.mulf %s, %f : f32
    norm.yield %t : f32
  }
  return %b : tensor<4x8xf32>
}

// Inlined, the epsilon is known.
// CHECK-LABEL: func @caller
func.func @caller(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK-NOT: call
  // CHECK: norm.layer_norm {{.*}} epsilon = 5.000000e-01
  // CHECK: norm.generic
  // CHECK-NEXT: ^bb0(%[[V:.*]]: f32):
  // CHECK: arith.constant 5.0
  %e = arith.constant 0.5 : f32
  %0 = call @callee(%x, %e) : (tensor<4x8xf32>, f32) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// CHECK-NOT: @callee
