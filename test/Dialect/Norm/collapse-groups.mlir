// The row programs of norms with a channel axis: what of them becomes one long dim.
// RUN: norm-opt %s --norm-generalize --canonicalize --norm-collapse-dims --norm-schedule=vector-bits=512 --split-input-file | FileCheck %s

// The channels of a group and the spatial dims are one row in memory; so are samples and groups.
// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: @group_norm(
func.func @group_norm(%x: memref<2x64x14x14xf32>, %mean: memref<2x32xf32>) {
  // CHECK: %[[X:.*]] = memref.collapse_shape %{{.*}} {{\[\[}}0, 1], [2, 3, 4]] : memref<2x32x2x14x14xf32> into memref<64x392xf32>
  // CHECK: %[[M:.*]] = memref.collapse_shape %{{.*}} {{\[\[}}0, 1]] : memref<2x32xf32> into memref<64xf32>
  // CHECK: norm.generic {indexing_maps = [#[[ALL]], #[[ALL]], #[[ROW]]], normalized_dims = [1], schedule = <lane_dim = 1, vector_size = 16, unroll = 4{{[^>]*}}>}
  // CHECK-SAME: ins(%[[X]] : memref<64x392xf32>) outs(%{{.*}}, %[[M]] :
  norm.group_norm ins(%x : memref<2x64x14x14xf32>) outs(%x : memref<2x64x14x14xf32>) mean(%mean : memref<2x32xf32>)
      axes = [2, 3] channel_axis = 1 groups = 32 epsilon = 1.0e-5
  return
}

// -----

// As many channels as there are at run time.
// CHECK-LABEL: @dynamic_channels(
func.func @dynamic_channels(%x: memref<?x?x?x?xf32>) {
  // CHECK: memref.collapse_shape %{{.*}} {{\[\[}}0, 1], [2, 3, 4]] : memref<?x4x?x?x?xf32> into memref<?x?xf32>
  // CHECK: norm.generic {{.*}} normalized_dims = [1], schedule = <lane_dim = 1, vector_size = 16, unroll = 4, {{.*}}>}
  norm.group_norm ins(%x : memref<?x?x?x?xf32>) outs(%x : memref<?x?x?x?xf32>) axes = [2, 3] channel_axis = 1 groups = 4 epsilon = 1.0e-5
  return
}

// -----

// A gamma per channel keeps the channels of a group apart from the spatial dims, which still are one.
// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-DAG: #[[CHANNELS:.*]] = affine_map<(d0, d1, d2, d3) -> (d1, d2)>
// CHECK-LABEL: @gamma(
func.func @gamma(%x: memref<2x64x14x14xf32>, %gamma: memref<64xf32>) {
  // CHECK: memref.collapse_shape %{{.*}} {{\[\[}}0], [1], [2], [3, 4]] : memref<2x32x2x14x14xf32> into memref<2x32x2x196xf32>
  // CHECK: norm.generic {indexing_maps = [#[[ALL]], #[[CHANNELS]], #[[ALL]]], normalized_dims = [2, 3], schedule = <lane_dim = 3, vector_size = 16, unroll = 4{{[^>]*}}>}
  norm.group_norm ins(%x : memref<2x64x14x14xf32>) gamma(%gamma : memref<64xf32>) outs(%x : memref<2x64x14x14xf32>)
      axes = [2, 3] channel_axis = 1 groups = 32 epsilon = 1.0e-5
  return
}
