// RUN: norm-opt %s --norm-schedule=scalable=true --split-input-file | FileCheck %s

// CHECK-LABEL: @rows(
func.func @rows(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  // One row at a time, through the caches.
  // CHECK: schedule = <lane_dim = 1, vector_size = 4, scalable = true, unroll = 4>
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    norm.yield %sum : f32
  }
  return
}

// -----

// Short rows, of which several are taken at once, rows side by side and products of lanes take vectors of a fixed size.

// CHECK-LABEL: @fixed(
func.func @fixed(%x: memref<?x4xf32>, %y: memref<8x?xf32>, %z: memref<?x?xf32>, %w: memref<?x64xf32>) {
  // CHECK: schedule = <lane_dim = 1, vector_size = 4, rows = 8,
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%w : memref<?x64xf32>) outs(%w : memref<?x64xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  // CHECK: schedule = <lane_dim = 1, vector_size = 4, rows = 16,
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : memref<?x4xf32>) outs(%x : memref<?x4xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  // CHECK: schedule = <lane_dim = 1, vector_size = 4, {{unroll|rows}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [0]}
      ins(%y : memref<8x?xf32>) outs(%y : memref<8x?xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  // CHECK: schedule = <lane_dim = 1, vector_size = 4, unroll
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%z : memref<?x?xf32>) outs(%z : memref<?x?xf32>) {
  ^bb0(%e: f32):
    %p = norm.reduce <mul> %e : f32
    norm.yield %p : f32
  }
  return
}
