// RUN: norm-opt %s -one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" -split-input-file | FileCheck %s

// An output takes its input's memory where the maps are equal.
// CHECK-LABEL: func @in_place
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4x8xf32>, %[[G:[a-z0-9]+]]: memref<8xf32>
func.func @in_place(%x: tensor<4x8xf32>, %g: tensor<8xf32>) -> tensor<4x8xf32> {
  // CHECK-NOT: memref.alloc
  // CHECK: norm.layer_norm ins(%[[X]] : memref<4x8xf32>) gamma(%[[G]] : memref<8xf32>) outs(%[[X]] : memref<4x8xf32>) axes = [1] epsilon = 1.000000e-05 {tag}
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) gamma(%g : tensor<8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5 {tag}
  // CHECK: return %[[X]]
  return %0 : tensor<4x8xf32>
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>

// Each pair of equal maps, attributes and the schedule kept.
// CHECK-LABEL: func @generic_in_place
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4x8xf32>, %[[S:[a-z0-9]+]]: memref<4xf32>
func.func @generic_in_place(%x: tensor<4x8xf32>, %s: tensor<4xf32>) -> (tensor<4x8xf32>, tensor<4xf32>) {
  // CHECK-NOT: memref.alloc
  // CHECK: norm.generic {{.*}} normalized_dims = [1], schedule = <lane_dim = 1, vector_size = 8>}
  // CHECK-SAME: ins(%[[X]], %[[S]] : memref<4x8xf32>, memref<4xf32>) outs(%[[X]], %[[S]] : memref<4x8xf32>, memref<4xf32>) attributes {tag}
  // CHECK: norm.reduce
  %0:2 = norm.generic {indexing_maps = [#rc, #r, #rc, #r], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 8>}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%x, %s : tensor<4x8xf32>, tensor<4xf32>) attributes {tag} {
  ^bb0(%e: f32, %t: f32):
    %sum = norm.reduce <add> %e : f32
    %o = arith.mulf %e, %t : f32
    norm.yield %o, %sum : f32, f32
  }
  // CHECK: return %[[X]], %[[S]]
  return %0#0, %0#1 : tensor<4x8xf32>, tensor<4xf32>
}

// -----

// The input is read later: a buffer of its own, without a copy, for what is
// only written.
// CHECK-LABEL: func @used_later
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4x8xf32>
func.func @used_later(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  // CHECK: %[[A:.*]] = memref.alloc
  // CHECK-NOT: memref.copy
  // CHECK: norm.rms_norm ins(%[[X]] : memref<4x8xf32>) outs(%[[A]] : memref<4x8xf32>)
  %0 = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  // CHECK: return %[[A]], %[[X]]
  return %0, %x : tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func @gamma_is_output
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4x8xf32>, %[[G:[a-z0-9]+]]: memref<4x8xf32>
func.func @gamma_is_output(%x: tensor<4x8xf32>, %g: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK: %[[A:.*]] = memref.alloc
  // CHECK: norm.layer_norm ins(%[[X]] : {{.*}}) gamma(%[[G]] : {{.*}}) outs(%[[A]] : {{.*}})
  %0 = norm.layer_norm ins(%x : tensor<4x8xf32>) gamma(%g : tensor<4x8xf32>) outs(%g : tensor<4x8xf32>) axes = [1] parameter_axes = [0, 1] epsilon = 1.0e-5
  return %0 : tensor<4x8xf32>
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#cr = affine_map<(r, c) -> (c, r)>

// Read at other positions than written.
// CHECK-LABEL: func @transposed
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<8x8xf32>
func.func @transposed(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  // CHECK: %[[A:.*]] = memref.alloc
  // CHECK: norm.generic {{.*}} ins(%[[X]] : {{.*}}) outs(%[[A]] : {{.*}})
  %0 = norm.generic {indexing_maps = [#cr, #rc], normalized_dims = [1]} ins(%x : tensor<8x8xf32>) outs(%x : tensor<8x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return %0 : tensor<8x8xf32>
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#c = affine_map<(r, c) -> (c)>

// An accumulator reads its init; each row would read what others have added.
// CHECK-LABEL: func @accumulator
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4x8xf32>, %[[B:[a-z0-9]+]]: memref<8xf32>, %[[D:[a-z0-9]+]]: memref<8xf32>
func.func @accumulator(%x: tensor<4x8xf32>, %b: tensor<8xf32>, %d: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  // CHECK: %[[C:.*]] = memref.alloc
  // CHECK: memref.copy %[[B]], %[[C]]
  // CHECK: norm.generic {{.*}} ins(%[[X]], %[[B]] : {{.*}}) outs(%[[C]] : {{.*}})
  %0 = norm.generic {indexing_maps = [#rc, #c, #c], normalized_dims = [1]} ins(%x, %b : tensor<4x8xf32>, tensor<8xf32>) outs(%b : tensor<8xf32>) {
  ^bb0(%e: f32, %f: f32):
    %o = arith.mulf %e, %f : f32
    norm.yield %o : f32
  }
  // CHECK: %[[E:.*]] = memref.alloc
  // CHECK: memref.copy %[[D]], %[[E]]
  // CHECK: norm.generic {{.*}} outs(%[[E]] : {{.*}})
  %1 = norm.generic {indexing_maps = [#rc, #c], normalized_dims = [1]} ins(%x : tensor<4x8xf32>) outs(%d : tensor<8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return %0, %1, %d : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// -----

// Two outputs that start from the same tensor, as CSE leaves it.
// CHECK-LABEL: func @same_init
func.func @same_init(%x: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  // CHECK-DAG: %[[A:.*]] = memref.alloc() {{.*}} : memref<4xf32>
  // CHECK-DAG: %[[B:.*]] = memref.alloc() {{.*}} : memref<4xf32>
  // CHECK: norm.layer_norm {{.*}} mean(%[[M:.*]] : memref<4xf32>) rstd(%[[R:.*]] : memref<4xf32>)
  // CHECK: return %[[M]], %[[R]]
  %0:3 = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) mean(%e : tensor<4xf32>) rstd(%e : tensor<4xf32>) axes = [1] epsilon = 1.0e-5
  return %0#1, %0#2 : tensor<4xf32>, tensor<4xf32>
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>

// Nor do outputs that nobody reads share memory.
// CHECK-LABEL: func @same_unused_init
func.func @same_unused_init(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4xf32>
  // CHECK-DAG: %[[A:.*]] = memref.alloc() {{.*}} : memref<4xf32>
  // CHECK-DAG: %[[B:.*]] = memref.alloc() {{.*}} : memref<4xf32>
  // CHECK: norm.generic {{.*}} outs(%{{.*}}, %{{.*}}, %{{.*}} : memref<4x8xf32>, memref<4xf32>, memref<4xf32>)
  %0:3 = norm.generic {indexing_maps = [#rc, #rc, #r, #r], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%x, %e, %e : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%v: f32):
    %sum = norm.reduce <add> %v : f32
    %max = norm.reduce <maximumf> %v : f32
    norm.yield %v, %sum, %max : f32, f32, f32
  }
  return %0#0 : tensor<4x8xf32>
}

// -----

// Strided memory, as a slice leaves it, and a scalar operand.
// CHECK-LABEL: func @slice
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4x16xf32>, %[[E:[a-z0-9]+]]: f32
func.func @slice(%x: tensor<4x16xf32>, %e: f32) -> tensor<4x16xf32> {
  // CHECK: %[[S:.*]] = memref.subview %[[X]]
  // CHECK: norm.rms_norm ins(%[[S]] : memref<4x8xf32, strided<[16, 1], offset: 8>>) epsilon(%[[E]] : f32) outs(%[[S]] :
  // CHECK-NOT: memref.alloc
  %s = tensor.extract_slice %x[0, 8] [4, 8] [1, 1] : tensor<4x16xf32> to tensor<4x8xf32>
  %0 = norm.rms_norm ins(%s : tensor<4x8xf32>) epsilon(%e : f32) outs(%s : tensor<4x8xf32>) axes = [1]
  %1 = tensor.insert_slice %0 into %x[0, 8] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x16xf32>
  return %1 : tensor<4x16xf32>
}

// -----

// In place over x; the statistics that are given are read alone.
// CHECK-LABEL: func @channels
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4x8x5xf32>, %[[G:[a-z0-9]+]]: memref<8xf32>, %[[M:[a-z0-9]+]]: memref<8xf32>
func.func @channels(%x: tensor<4x8x5xf32>, %g: tensor<8xf32>, %m: tensor<8xf32>) -> (tensor<4x8x5xf32>, tensor<8xf32>) {
  // CHECK-NOT: memref.alloc
  // CHECK: norm.group_norm ins(%[[X]] : memref<4x8x5xf32>) gamma(%[[G]] : memref<8xf32>) outs(%[[X]] : memref<4x8x5xf32>) axes = [2] channel_axis = 1 groups = 2 epsilon = 1.000000e-05
  %0 = norm.group_norm ins(%x : tensor<4x8x5xf32>) gamma(%g : tensor<8xf32>) outs(%x : tensor<4x8x5xf32>) axes = [2] channel_axis = 1 groups = 2 epsilon = 1.0e-5
  // CHECK: norm.batch_norm_inference ins(%[[X]] : {{.*}}) mean(%[[G]] : memref<8xf32>) variance(%[[M]] : memref<8xf32>) outs(%[[X]] : memref<4x8x5xf32>) channel_axis = 1
  %1 = norm.batch_norm_inference ins(%0 : tensor<4x8x5xf32>) mean(%g : tensor<8xf32>) variance(%m : tensor<8xf32>) outs(%0 : tensor<4x8x5xf32>)
      channel_axis = 1 epsilon = 1.0e-5
  // CHECK: norm.batch_norm_training ins(%[[X]] : memref<4x8x5xf32>) gamma(%[[G]] : memref<8xf32>) outs(%[[X]] : memref<4x8x5xf32>) mean(%[[M]] : memref<8xf32>) channel_axis = 1
  %2:2 = norm.batch_norm_training ins(%1 : tensor<4x8x5xf32>) gamma(%g : tensor<8xf32>) outs(%1 : tensor<4x8x5xf32>) mean(%m : tensor<8xf32>)
      channel_axis = 1 epsilon = 1.0e-5
  // CHECK: return %[[X]], %[[M]]
  return %2#0, %2#1 : tensor<4x8x5xf32>, tensor<8xf32>
}

// -----

// The variance would be overwritten before it is read by later elements.
// CHECK-LABEL: func @variance_is_output
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<8xf32>, %[[V:[a-z0-9]+]]: memref<8xf32>
func.func @variance_is_output(%x: tensor<8xf32>, %v: tensor<8xf32>) -> tensor<8xf32> {
  // CHECK: %[[A:.*]] = memref.alloc
  // CHECK: norm.batch_norm_inference ins(%[[X]] : {{.*}}) mean(%[[X]] : {{.*}}) variance(%[[V]] : {{.*}}) outs(%[[A]] :
  %0 = norm.batch_norm_inference ins(%x : tensor<8xf32>) mean(%x : tensor<8xf32>) variance(%v : tensor<8xf32>) outs(%v : tensor<8xf32>)
      channel_axis = 0 epsilon = 1.0e-5
  return %0 : tensor<8xf32>
}
