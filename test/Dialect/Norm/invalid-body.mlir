// What the operations of a row program's block and the attributes refuse.

// RUN: norm-opt %s -split-input-file -verify-diagnostics

func.func @reduce_float_kind_of_integers(%x: tensor<8xi32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xi32>) outs(%x : tensor<8xi32>) {
  ^bb0(%e: i32):
    // expected-error@+1 {{expected a kind that combines 'i32', got <maximumf>}}
    %s = norm.reduce <maximumf> %e : i32
    norm.yield %s : i32
  }
  return
}

// -----

func.func @reduce_integer_kind_of_floats(%x: tensor<8xf32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) {
  ^bb0(%e: f32):
    // expected-error@+1 {{expected a kind that combines 'f32', got <maxsi>}}
    %s = norm.reduce <maxsi> %e : f32
    norm.yield %s : f32
  }
  return
}

// -----

// Without NaN the kinds that pass over it have no identity.
func.func @reduce_of_floats_without_nan(%x: tensor<8xf4E2M1FN>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf4E2M1FN>) outs(%x : tensor<8xf4E2M1FN>) {
  ^bb0(%e: f4E2M1FN):
    // expected-error@+1 {{expected a kind that combines 'f4E2M1FN', got <maxnumf>}}
    %s = norm.reduce <maxnumf> %e : f4E2M1FN
    norm.yield %s : f4E2M1FN
  }
  return
}

// -----

func.func @index_dim(%x: tensor<8xf32>, %y: tensor<8xindex>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%y : tensor<8xindex>) {
  ^bb0(%e: f32):
    // expected-error@+1 {{expected a dim below 1, got 1}}
    %i = norm.index 1 : index
    norm.yield %i : index
  }
  return
}

// -----

func.func @moments_algorithm(%x: tensor<8xf32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) {
  ^bb0(%e: f32):
    // expected-error@+1 {{expected corrected_two_pass, two_pass or shifted, got 'welford'}}
    %d, %m, %v = norm.moments <welford> %e : f32
    norm.yield %d : f32
  }
  return
}

// -----

func.func @body_op_outside(%x: f32) {
  // expected-error@+1 {{'norm.reduce' op expects parent op 'norm.generic'}}
  %0 = norm.reduce <add> %x : f32
  return
}

// -----

  // expected-error@+1 {{expected a lane_dim of at least 0, got -1}}
func.func private @schedule_lane_dim() attributes {s = #norm.cpu_schedule<lane_dim = -1, vector_size = 8>}

// -----

  // expected-error@+1 {{expected a vector_size from 1 to 1024, got 0}}
func.func private @schedule_vector_size() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 0>}

// -----

  // expected-error@+1 {{expected a vector_size of 1 without a lane_dim, got 8}}
func.func private @schedule_vector_without_lane_dim() attributes {s = #norm.cpu_schedule<vector_size = 8>}

// -----

  // expected-error@+1 {{expected an unroll from 1 to 64, got 65}}
func.func private @schedule_unroll() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, unroll = 65>}

// -----

  // expected-error@+1 {{expected rows to be a power of two up to 64, got 3}}
func.func private @schedule_rows() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, rows = 3>}

// -----

  // expected-error@+1 {{expected rows to be a power of two up to 64, got 128}}
func.func private @schedule_many_rows() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, rows = 128>}

// -----

  // expected-error@+1 {{expected nontemporal_above with cached_prefetch_bytes: without, prefetch_bytes holds for all calls}}
func.func private @schedule_cached_prefetch() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, cached_prefetch_bytes = 64>}

// -----

  // expected-error@+1 {{expected a nontemporal_above of at least 0, got -1}}
func.func private @schedule_nontemporal() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, nontemporal_above = -1>}

// -----

  // expected-error@+1 {{expected a prefetch_bytes of at least 0, got -1}}
func.func private @schedule_prefetch() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, prefetch_bytes = -1>}

// -----

  // expected-error@+1 {{expected a prefetch_locality from 0 to 3, got 4}}
func.func private @schedule_locality() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, prefetch_locality = 4>}

// -----

func.func @schedule_rows_of_one_row(%x: memref<8xf32>) {
  // expected-error@+1 {{expected the schedule to have a single row per iteration, as there is only one, got 4}}
  norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0], schedule = #norm.cpu_schedule<lane_dim = 0, vector_size = 8, rows = 4>}
      ins(%x : memref<8xf32>) outs(%x : memref<8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @schedule_rows_with_accumulator(%x: memref<4x8xf32>, %y: memref<8xf32>) {
  // expected-error@+1 {{expected the schedule to have a single row per iteration, as output #0 accumulates over rows, got 4}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, rows = 4>}
      ins(%x : memref<4x8xf32>) outs(%y : memref<8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

  // expected-error@+1 {{expected a serial_below of at least 0, got -1}}
func.func private @schedule_serial_below() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 8, serial_below = -1>}

// -----

// expected-error @+1 {{expected unroll times rows to be at most 256, got 32 times 16}}
func.func private @schedule_copies() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 4, unroll = 32, rows = 16>}

// -----

// expected-error @+1 {{expected scalable vectors of more than one element and a single row per iteration, got vector_size 4 and rows 2}}
func.func private @schedule_scalable_rows() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 4, scalable = true, rows = 2>}

// -----

// expected-error @+1 {{expected neither nontemporal_above nor prefetch_bytes with scalable vectors}}
func.func private @schedule_scalable_streams() attributes {s = #norm.cpu_schedule<lane_dim = 1, vector_size = 4, scalable = true, nontemporal_above = 0>}
