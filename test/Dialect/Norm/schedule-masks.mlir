// RUN: norm-opt %s --norm-schedule="vector-bits=256 masked-bits=32" | FileCheck %s --check-prefixes=CHECK,SOME
// RUN: norm-opt %s --norm-schedule="vector-bits=256 masked-bits=0" | FileCheck %s --check-prefixes=CHECK,NONE
// RUN: norm-opt %s --norm-schedule="vector-bits=256" | FileCheck %s --check-prefixes=CHECK,ALL

// Where rows stand side by side, whether the last ones take masks depends on what is loaded and stored.

// CHECK-LABEL: @rows_in_lanes(
func.func @rows_in_lanes(%x: memref<8x?xf32>, %y: memref<8x?xf16>, %m: memref<8xf16>) {
  // ALL: schedule = <lane_dim = 1, vector_size = 8, {{.*}}rows = {{[0-9]+}}, nontemporal_above
  // SOME: schedule = <lane_dim = 1, vector_size = 8, {{.*}}rows = {{[0-9]+}}, nontemporal_above
  // NONE: schedule = <lane_dim = 1, vector_size = 8, {{.*}}rows = {{[0-9]+}}, masked_rows = false,
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r, c)>],
                normalized_dims = [0]} ins(%x, %m : memref<8x?xf32>, memref<8xf16>) outs(%x : memref<8x?xf32>) {
  ^bb0(%e: f32, %h: f16):
    norm.yield %e : f32
  }
  // ALL: schedule = <lane_dim = 1, vector_size = 16, {{.*}}rows = {{[0-9]+}}, nontemporal_above
  // SOME: schedule = <lane_dim = 1, vector_size = 16, {{.*}}rows = {{[0-9]+}}, masked_rows = false,
  // NONE: schedule = <lane_dim = 1, vector_size = 16, {{.*}}rows = {{[0-9]+}}, masked_rows = false,
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [0]}
      ins(%y : memref<8x?xf16>) outs(%y : memref<8x?xf16>) {
  ^bb0(%e: f16):
    norm.yield %e : f16
  }
  return
}

// The elements of a row take masks in any case.

// CHECK-LABEL: @elements_in_lanes(
func.func @elements_in_lanes(%x: memref<?x?xf32>) {
  // CHECK-NOT: masked_rows
  // CHECK: return
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : memref<?x?xf32>) outs(%x : memref<?x?xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}
