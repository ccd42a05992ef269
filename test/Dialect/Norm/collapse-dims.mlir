// RUN: norm-opt %s --norm-collapse-dims --split-input-file | FileCheck %s

// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-DAG: #[[IN_ROW:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: @trailing(
// CHECK-SAME: %[[X:.*]]: memref<?x3x4x8xf32>, %[[G:.*]]: memref<4x8xf32>, %[[S:.*]]: memref<?x3xf32>
func.func @trailing(%x: memref<?x3x4x8xf32>, %g: memref<4x8xf32>, %s: memref<?x3xf32>) {
  // CHECK: %[[X2:.*]] = memref.collapse_shape %[[X]] {{\[\[}}0, 1], [2, 3]] : memref<?x3x4x8xf32> into memref<?x32xf32>
  // CHECK: %[[G2:.*]] = memref.collapse_shape %[[G]] {{\[\[}}0, 1]]
  // CHECK: %[[S2:.*]] = memref.collapse_shape %[[S]] {{\[\[}}0, 1]]
  // CHECK: norm.generic {indexing_maps = [#[[ALL]], #[[IN_ROW]], #[[ROW]]], normalized_dims = [1]} ins(%[[X2]], %[[G2]] : {{.*}}) outs(%[[S2]] :
  norm.generic {indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (c, d)>, affine_map<(a, b, c, d) -> (a, b)>], normalized_dims = [2, 3]}
      ins(%x, %g : memref<?x3x4x8xf32>, memref<4x8xf32>) outs(%s : memref<?x3xf32>) {
  ^bb0(%e: f32, %w: f32):
    %p = arith.mulf %e, %w : f32
    %sum = norm.reduce <add> %p over [2, 3] : f32
    // CHECK: norm.reduce <add> %{{.*}} over [1] : f32
    norm.yield %sum : f32
  }
  return
}

// -----

// Row and normalized dims do not mix, and a dim in between keeps its neighbours apart.

// CHECK-LABEL: @channels(
func.func @channels(%x: memref<2x8x4x4xf32>, %y: memref<2x8x4x4xf32>) {
  // CHECK: memref.collapse_shape %{{.*}} {{\[\[}}0], [1], [2, 3]]
  // CHECK: normalized_dims = [1]
  norm.generic {indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>, affine_map<(n, c, h, w) -> (n, c, h, w)>], normalized_dims = [1]}
      ins(%x : memref<2x8x4x4xf32>) outs(%y : memref<2x8x4x4xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    norm.yield %sum : f32
  }
  return
}

// -----

// Memory with gaps, an operand with one of two dims, an index, a reduction along one of two dims: nothing is merged.

// CHECK-LABEL: @kept(
// CHECK-NOT: memref.collapse_shape
func.func @kept(%x: memref<4x4x8xf32, strided<[64, 16, 1]>>, %z: memref<4x4x8xf32>, %g: memref<8xf32>, %y: memref<4xf32>, %b: memref<4x4xf32>, %i: memref<4x4x8xindex>) {
  // CHECK: normalized_dims = [1, 2]
  norm.generic {indexing_maps = [affine_map<(r, a, b) -> (r, a, b)>, affine_map<(r, a, b) -> (r)>], normalized_dims = [1, 2]}
      ins(%x : memref<4x4x8xf32, strided<[64, 16, 1]>>) outs(%y : memref<4xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    norm.yield %sum : f32
  }
  // CHECK: normalized_dims = [1, 2]
  norm.generic {indexing_maps = [affine_map<(r, a, b) -> (r, a, b)>, affine_map<(r, a, b) -> (b)>, affine_map<(r, a, b) -> (r)>], normalized_dims = [1, 2]}
      ins(%z, %g : memref<4x4x8xf32>, memref<8xf32>) outs(%y : memref<4xf32>) {
  ^bb0(%e: f32, %w: f32):
    %p = arith.mulf %e, %w : f32
    %sum = norm.reduce <add> %p : f32
    norm.yield %sum : f32
  }
  // CHECK: normalized_dims = [1, 2]
  norm.generic {indexing_maps = [affine_map<(r, a, b) -> (r, a, b)>], normalized_dims = [1, 2]}
      outs(%i : memref<4x4x8xindex>) {
    %c = norm.index 2 : index
    norm.yield %c : index
  }
  // CHECK: normalized_dims = [1, 2]
  norm.generic {indexing_maps = [affine_map<(r, a, b) -> (r, a, b)>, affine_map<(r, a, b) -> (r, a)>], normalized_dims = [1, 2]}
      ins(%z : memref<4x4x8xf32>) outs(%b : memref<4x4xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e over [2] : f32
    norm.yield %sum : f32
  }
  return
}

// -----

// A schedule written by hand names dims: these stay.

// CHECK-LABEL: @scheduled(
// CHECK-NOT: collapse_shape
// CHECK: norm.generic {{.*}} normalized_dims = [1, 2], schedule = <lane_dim = 2, vector_size = 8>}
func.func @scheduled(%x: memref<4x8x16xf32>) {
  norm.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (a, b, c)>], normalized_dims = [1, 2], schedule = #norm.cpu_schedule<lane_dim = 2, vector_size = 8>}
      ins(%x : memref<4x8x16xf32>) outs(%x : memref<4x8x16xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}
