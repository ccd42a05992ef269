// RUN: norm-opt %s -canonicalize -split-input-file | FileCheck %s

// CHECK-LABEL: func @unused_statistics
func.func @unused_statistics(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4xf32>, tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  // CHECK: %[[A:.*]]:2 = norm.layer_norm ins(%{{.*}}) outs(%{{.*}} : tensor<4x8xf32>) rstd(%{{.*}} : tensor<4xf32>) axes = [1] epsilon = 1.000000e-05 {tag}
  %a:3 = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) mean(%e : tensor<4xf32>) rstd(%e : tensor<4xf32>)
      axes = [1] epsilon = 1.0e-5 {tag}
  // CHECK: %[[B:.*]] = norm.rms_norm ins(%{{.*}}) outs(%{{.*}} : tensor<4x8xf32>) axes = [1] epsilon = 1.000000e-05
  %b:2 = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) rstd(%e : tensor<4xf32>) axes = [1] epsilon = 1.0e-5
  // CHECK: return %[[A]]#0, %[[A]]#1, %[[B]]
  return %a#0, %a#2, %b#0 : tensor<4x8xf32>, tensor<4xf32>, tensor<4x8xf32>
}

// -----

// Of each operation, whatever its statistics are; y stays though nobody uses it.
// CHECK-LABEL: func @unused_channel_statistics
func.func @unused_channel_statistics(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<2xf32>, tensor<8xf32>, tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<2xf32>
  %f = tensor.empty() : tensor<8xf32>
  // CHECK: %[[A:.*]]:2 = norm.group_norm ins(%{{.*}}) outs(%{{.*}} : tensor<4x8xf32>) mean(%{{.*}} : tensor<2xf32>) axes = [0] channel_axis = 1 groups = 2 epsilon = 1.000000e-05 {tag}
  %a:3 = norm.group_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) mean(%e : tensor<2xf32>) rstd(%e : tensor<2xf32>)
      axes = [0] channel_axis = 1 groups = 2 epsilon = 1.0e-5 {tag}
  // CHECK: %[[B:.*]]:2 = norm.batch_norm_training ins(%{{.*}}) outs(%{{.*}} : tensor<4x8xf32>) variance(%{{.*}} : tensor<8xf32>) channel_axis = 1 epsilon = 1.000000e-05
  %b:3 = norm.batch_norm_training ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) mean(%f : tensor<8xf32>) variance(%f : tensor<8xf32>)
      channel_axis = 1 epsilon = 1.0e-5
  // CHECK: %[[C:.*]] = norm.batch_norm_training ins(%{{.*}}) outs(%{{.*}} : tensor<4x8xf32>) channel_axis = 0 epsilon = 1.000000e-05
  %g = tensor.empty() : tensor<4xf32>
  %c:2 = norm.batch_norm_training ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) mean(%g : tensor<4xf32>)
      channel_axis = 0 epsilon = 1.0e-5
  // CHECK: return %[[A]]#0, %[[A]]#1, %[[B]]#1, %[[C]]
  return %a#0, %a#1, %b#2, %c#0 : tensor<4x8xf32>, tensor<2xf32>, tensor<8xf32>, tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func @mean_only
func.func @mean_only(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  // CHECK: %[[A:.*]]:2 = norm.layer_norm ins(%{{.*}}) outs(%{{.*}}) mean(%{{.*}} : tensor<4xf32>) axes
  %a:3 = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) mean(%e : tensor<4xf32>) rstd(%e : tensor<4xf32>)
      axes = [1] epsilon = 1.0e-5
  // CHECK: return %[[A]]#1
  return %a#1 : tensor<4xf32>
}

// -----

// The epsilon of 16 bits is exact in the attribute's 64.
// CHECK-LABEL: func @constant_epsilon
func.func @constant_epsilon(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %c = arith.constant 0.5 : f16
  // CHECK: norm.layer_norm ins(%{{.*}} : tensor<4x8xf32>) outs(%{{.*}} : tensor<4x8xf32>) axes = [1] epsilon = 5.000000e-01
  %a = norm.layer_norm ins(%x : tensor<4x8xf32>) epsilon(%c : f16) outs(%x : tensor<4x8xf32>) axes = [1]
  // A negative one is not an attribute.
  %n = arith.constant -0.5 : f32
  // CHECK: norm.rms_norm ins(%{{.*}} : tensor<4x8xf32>) epsilon(%{{.*}} : f32) outs
  %b = norm.rms_norm ins(%x : tensor<4x8xf32>) epsilon(%n : f32) outs(%x : tensor<4x8xf32>) axes = [1]
  return %a, %b : tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func @constant_epsilon_of_channels
func.func @constant_epsilon_of_channels(%x: tensor<4x8xf32>, %p: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) {
  %c = arith.constant 0.5 : f32
  // CHECK: norm.group_norm ins(%{{.*}}) outs(%{{.*}}) axes = [] channel_axis = 1 groups = 2 epsilon = 5.000000e-01
  %0 = norm.group_norm ins(%x : tensor<4x8xf32>) epsilon(%c : f32) outs(%x : tensor<4x8xf32>) axes = [] channel_axis = 1 groups = 2
  // CHECK: norm.batch_norm_inference ins(%{{.*}}) mean(%{{.*}}) variance(%{{.*}}) beta(%{{.*}} : tensor<8xf32>) outs(%{{.*}}) channel_axis = 1 epsilon = 5.000000e-01
  %1 = norm.batch_norm_inference ins(%x : tensor<4x8xf32>) mean(%p : tensor<8xf32>) variance(%p : tensor<8xf32>)
      beta(%p : tensor<8xf32>) epsilon(%c : f32) outs(%x : tensor<4x8xf32>) channel_axis = 1
  // CHECK: norm.batch_norm_training ins(%{{.*}}) outs(%{{.*}}) channel_axis = 1 epsilon = 5.000000e-01
  %2 = norm.batch_norm_training ins(%x : tensor<4x8xf32>) epsilon(%c : f32) outs(%x : tensor<4x8xf32>) channel_axis = 1
  return %0, %1, %2 : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func @gamma_offset
func.func @gamma_offset(%x: tensor<4x8xf32>, %g: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  // CHECK: norm.rms_norm {{.*}} axes = [1] epsilon = 1.000000e-05
  %a = norm.rms_norm ins(%x : tensor<4x8xf32>) gamma(%g : tensor<8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] gamma_offset = 0.0 epsilon = 1.0e-5
  // CHECK: norm.rms_norm {{.*}} axes = [1] gamma_offset = 1.000000e+00 epsilon = 1.000000e-05
  %b = norm.rms_norm ins(%x : tensor<4x8xf32>) gamma(%g : tensor<8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] gamma_offset = 1.0 epsilon = 1.0e-5
  return %a, %b : tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func @casts
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x8xf32>
func.func @casts(%x: tensor<4x8xf32>, %y: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %c = tensor.cast %x : tensor<4x8xf32> to tensor<?x8xf32>
  // CHECK: norm.layer_norm ins(%[[X]] : tensor<4x8xf32>)
  %a = norm.layer_norm ins(%c : tensor<?x8xf32>) outs(%y : tensor<?x8xf32>) axes = [1] epsilon = 1.0e-5
  return %a : tensor<?x8xf32>
}

// CHECK-LABEL: func @memref_casts
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4x8xf32>, %[[G:[a-z0-9]+]]: memref<8xf32>
func.func @memref_casts(%x: memref<4x8xf32>, %g: memref<8xf32>, %u: memref<*xf32>) {
  %c = memref.cast %x : memref<4x8xf32> to memref<?x8xf32, strided<[?, 1], offset: ?>>
  %d = memref.cast %g : memref<8xf32> to memref<?xf32>
  %e = memref.cast %u : memref<*xf32> to memref<4x8xf32>
  // CHECK: norm.rms_norm ins(%[[X]] : memref<4x8xf32>) gamma(%[[G]] : memref<8xf32>) outs(%[[X]] : memref<4x8xf32>)
  norm.rms_norm ins(%c : memref<?x8xf32, strided<[?, 1], offset: ?>>) gamma(%d : memref<?xf32>)
      outs(%c : memref<?x8xf32, strided<[?, 1], offset: ?>>) axes = [1] epsilon = 1.0e-5
  // CHECK: norm.layer_norm ins(%{{.*}} : memref<4x8xf32>) outs(%[[X]] : memref<4x8xf32>)
  norm.layer_norm ins(%e : memref<4x8xf32>) outs(%x : memref<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: func @memref_casts_of_channels
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4x8xf32>, %[[G:[a-z0-9]+]]: memref<8xf32>
func.func @memref_casts_of_channels(%x: memref<4x8xf32>, %g: memref<8xf32>) {
  %c = memref.cast %x : memref<4x8xf32> to memref<?x?xf32, strided<[?, 1], offset: ?>>
  %d = memref.cast %g : memref<8xf32> to memref<?xf32>
  // CHECK: norm.group_norm ins(%[[X]] : memref<4x8xf32>) gamma(%[[G]] : memref<8xf32>) outs(%[[X]] : memref<4x8xf32>)
  norm.group_norm ins(%c : memref<?x?xf32, strided<[?, 1], offset: ?>>) gamma(%d : memref<?xf32>)
      outs(%c : memref<?x?xf32, strided<[?, 1], offset: ?>>) axes = [] channel_axis = 1 groups = 2 epsilon = 1.0e-5
  // CHECK: norm.batch_norm_inference ins(%[[X]] : memref<4x8xf32>) mean(%[[G]] : memref<8xf32>) variance(%[[G]] : memref<8xf32>) outs(%[[X]] : memref<4x8xf32>)
  norm.batch_norm_inference ins(%c : memref<?x?xf32, strided<[?, 1], offset: ?>>) mean(%d : memref<?xf32>) variance(%g : memref<8xf32>)
      outs(%x : memref<4x8xf32>) channel_axis = 1 epsilon = 1.0e-5
  // CHECK: norm.batch_norm_training ins(%[[X]] : memref<4x8xf32>) outs(%[[X]] : memref<4x8xf32>) mean(%[[G]] : memref<8xf32>)
  norm.batch_norm_training ins(%x : memref<4x8xf32>) outs(%c : memref<?x?xf32, strided<[?, 1], offset: ?>>) mean(%d : memref<?xf32>)
      channel_axis = 1 epsilon = 1.0e-5
  return
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#c = affine_map<(r, c) -> (c)>
#s = affine_map<(r, c) -> ()>

// Unused (%x1), twice the same (%x, %g) and constant inputs go, and with them
// the schedule, which was made for another program.
// CHECK-LABEL: func @inputs
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x8xf32>, %{{[a-z0-9]+}}: tensor<4x8xf32>, %[[G:[a-z0-9]+]]: tensor<8xf32>, %[[Y:[a-z0-9]+]]: tensor<4x8xf32>
func.func @inputs(%x: tensor<4x8xf32>, %x1: tensor<4x8xf32>, %g: tensor<8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %three = arith.constant 3.0 : f32
  %ones = arith.constant dense<2.0> : tensor<8xf32>
  %mask = arith.constant dense<true> : tensor<4x8xi1>
  // CHECK: norm.generic {indexing_maps = [#[[RC:.*]], #[[C:.*]], #[[RC]]], normalized_dims = [1]} ins(%[[X]], %[[G]] : tensor<4x8xf32>, tensor<8xf32>) outs(%[[Y]] : tensor<4x8xf32>) attributes {tag}
  // CHECK-NEXT: ^bb0(%[[E:.*]]: f32, %[[H:.*]]: f32):
  // CHECK-DAG: %[[TWO:.*]] = arith.constant 2.0
  // CHECK-DAG: %[[THREE:.*]] = arith.constant 3.0
  // CHECK: %[[A:.*]] = arith.mulf %[[E]], %[[H]]
  // CHECK: %[[SUM:.*]] = norm.reduce <add> %[[A]] : f32
  // CHECK: %[[B:.*]] = arith.mulf %[[E]], %[[SUM]]
  // CHECK: %[[D:.*]] = arith.mulf %[[B]], %[[H]]
  // CHECK: %[[F:.*]] = arith.mulf %[[D]], %[[THREE]]
  // CHECK: %[[K:.*]] = arith.mulf %[[F]], %[[TWO]]
  // CHECK: norm.yield %[[K]]
  %0 = norm.generic {indexing_maps = [#rc, #rc, #c, #c, #rc, #s, #c, #rc, #rc], normalized_dims = [1],
                     schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 16, unroll = 4>}
      ins(%x, %x1, %g, %g, %x, %three, %ones, %mask : tensor<4x8xf32>, tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<4x8xf32>, f32, tensor<8xf32>, tensor<4x8xi1>)
      outs(%y : tensor<4x8xf32>) attributes {tag} {
  ^bb0(%e: f32, %u: f32, %g0: f32, %g1: f32, %e1: f32, %t: f32, %o: f32, %m: i1):
    %a = arith.mulf %e, %g0 : f32
    %sum = norm.reduce <add> %a where %m : f32
    %b = arith.mulf %e1, %sum : f32
    %d = arith.mulf %b, %g1 : f32
    %f = arith.mulf %d, %t : f32
    %k = arith.mulf %f, %o : f32
    norm.yield %k : f32
  }
  return %0 : tensor<4x8xf32>
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#cr = affine_map<(r, c) -> (c, r)>
#r = affine_map<(r, c) -> (r)>
#c = affine_map<(r, c) -> (c)>

// Other maps make another input, and %k alone tells how long a row is.
// CHECK-LABEL: func @inputs_kept
func.func @inputs_kept(%x: tensor<?x?xf32>, %r: tensor<?xf32>, %k: tensor<?xf32>, %y: tensor<?xf32>, %z: tensor<?x?xf32>)
    -> (tensor<?xf32>, tensor<?x?xf32>) {
  // CHECK: norm.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<?xf32>, tensor<?xf32>)
  %0 = norm.generic {indexing_maps = [#r, #c, #r], normalized_dims = [1]}
      ins(%r, %k : tensor<?xf32>, tensor<?xf32>) outs(%y : tensor<?xf32>) {
  ^bb0(%e: f32, %u: f32):
    %sum = norm.reduce <add> %e : f32
    norm.yield %sum : f32
  }
  // CHECK: norm.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<?x?xf32>, tensor<?x?xf32>)
  %1 = norm.generic {indexing_maps = [#rc, #cr, #rc], normalized_dims = [1]}
      ins(%x, %x : tensor<?x?xf32>, tensor<?x?xf32>) outs(%z : tensor<?x?xf32>) {
  ^bb0(%e: f32, %f: f32):
    %a = arith.addf %e, %f : f32
    norm.yield %a : f32
  }
  return %0, %1 : tensor<?xf32>, tensor<?x?xf32>
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>
#c = affine_map<(r, c) -> (c)>

// CHECK-LABEL: func @outputs
func.func @outputs(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>, %m: tensor<4xf32>, %b: tensor<8xf32>) -> tensor<4xf32> {
  // CHECK: %[[S:.*]] = norm.generic {{.*}} outs(%{{.*}} : tensor<4xf32>) {
  // CHECK-NEXT: ^bb0(%[[E:.*]]: f32):
  // CHECK-NEXT: %[[SUM:.*]] = norm.reduce <add> %[[E]]
  // CHECK-NEXT: norm.yield %[[SUM]] : f32
  %0:3 = norm.generic {indexing_maps = [#rc, #rc, #r, #c], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%y, %m, %b : tensor<4x8xf32>, tensor<4xf32>, tensor<8xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    %max = norm.reduce <maxnumf> %e : f32
    %o = arith.subf %e, %max : f32
    norm.yield %o, %sum, %e : f32, f32, f32
  }
  // CHECK: return %[[S]]
  return %0#1 : tensor<4xf32>
}

// An output on memrefs is an effect.
// CHECK-LABEL: func @outputs_memref
func.func @outputs_memref(%x: memref<4x8xf32>, %y: memref<4x8xf32>, %m: memref<4xf32>) {
  // CHECK: norm.generic {{.*}} ins(%{{.*}} : memref<4x8xf32>) outs(%{{.*}}, %{{.*}} : memref<4x8xf32>, memref<4xf32>)
  norm.generic {indexing_maps = [#rc, #rc, #rc, #r], normalized_dims = [1]}
      ins(%x, %x : memref<4x8xf32>, memref<4x8xf32>) outs(%y, %m : memref<4x8xf32>, memref<4xf32>) {
  ^bb0(%e: f32, %f: f32):
    %sum = norm.reduce <add> %e : f32
    norm.yield %f, %sum : f32, f32
  }
  return
}

// -----

#abc = affine_map<(a, b, c) -> (a, b, c)>
#a = affine_map<(a, b, c) -> (a)>

// The size of one dim is known, that of both is not.
// CHECK-LABEL: func @size
func.func @size(%x: tensor<4x?x8xf32>, %y: tensor<4xindex>, %z: tensor<4xbf16>) -> (tensor<4xindex>, tensor<4xindex>, tensor<4xbf16>) {
  // CHECK: %[[C:.*]] = arith.constant 8 : index
  // CHECK: %[[S:.*]] = norm.size : index
  // CHECK: %[[B:.*]] = norm.size over [1] : bf16
  // CHECK: norm.yield %[[C]], %[[S]], %[[B]]
  %0:3 = norm.generic {indexing_maps = [#abc, #a, #a, #a], normalized_dims = [1, 2]}
      ins(%x : tensor<4x?x8xf32>) outs(%y, %y, %z : tensor<4xindex>, tensor<4xindex>, tensor<4xbf16>) {
  ^bb0(%e: f32):
    %true = arith.constant true
    %m = norm.size where %true over [2] : index
    %n = norm.size : index
    %k = norm.size over [1] : bf16
    norm.yield %m, %n, %k : index, index, bf16
  }
  return %0#0, %0#1, %0#2 : tensor<4xindex>, tensor<4xindex>, tensor<4xbf16>
}

// -----

// A size that the type cannot hold is rounded to it: 1001 to 1000 in bf16.
#n = affine_map<(n) -> (n)>
#s = affine_map<(n) -> ()>
// CHECK-LABEL: func @rounded_size
func.func @rounded_size(%x: tensor<1001xf32>, %y: tensor<bf16>) -> tensor<bf16> {
  // CHECK: arith.constant 1.000000e+03 : bf16
  %0 = norm.generic {indexing_maps = [#n, #s], normalized_dims = [0]} ins(%x : tensor<1001xf32>) outs(%y : tensor<bf16>) {
  ^bb0(%e: f32):
    %k = norm.size : bf16
    norm.yield %k : bf16
  }
  return %0 : tensor<bf16>
}
