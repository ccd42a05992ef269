// RUN: norm-opt %s --convert-norm-to-vector --split-input-file --verify-diagnostics

func.func @tensors(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error @below {{expected operands that are memrefs: bufferize first}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return %0 : tensor<4x8xf32>
}

// -----

func.func @no_schedule(%x: memref<4x8xf32>, %y: memref<4x8xf32>) {
  // expected-error @below {{expected a schedule: run norm-schedule first}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : memref<4x8xf32>) outs(%y : memref<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @no_lane_dim(%x: memref<4x8xf32>, %y: memref<4x8xf32>) {
  // expected-error @below {{expected a schedule with a lane_dim}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<unroll = 1>}
      ins(%x : memref<4x8xf32>) outs(%y : memref<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @moments(%x: memref<4x8xf32>, %y: memref<4x8xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1>}
      ins(%x : memref<4x8xf32>) outs(%y : memref<4x8xf32>) {
  ^bb0(%e: f32):
    // expected-error @below {{expected plain reductions: run norm-expand-moments first}}
    %d, %m, %v = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// -----

func.func @strided_lanes(%x: memref<4x8xf32, strided<[16, 2]>>, %y: memref<4x8xf32>) {
  // expected-error @below {{expected operand #0 to be contiguous along the schedule's lane_dim 1; a vector_size of 1 works for every layout}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 8>}
      ins(%x : memref<4x8xf32, strided<[16, 2]>>) outs(%y : memref<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @leading_lanes(%x: memref<4x8xf32>, %y: memref<4x8xf32>) {
  // expected-error @below {{expected operand #0 to be contiguous along the schedule's lane_dim 0}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [0], schedule = #norm.cpu_schedule<lane_dim = 0, vector_size = 8>}
      ins(%x : memref<4x8xf32>) outs(%y : memref<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @prefetch_phase(%x: memref<4x8xf32>) {
  // expected-error @below {{expected the schedule's prefetch_phase to be one of the program's 1 phases, got 1}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, prefetch_bytes = 64, prefetch_phase = 1>}
      ins(%x : memref<4x8xf32>) outs(%x : memref<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}
