// RUN: norm-opt %s --split-input-file --verify-diagnostics --allow-unregistered-dialect
// RUN: echo "module {}" | not norm-opt --norm-schedule=chip=sm_75 2>&1 | FileCheck %s

// CHECK: norm-schedule: expected chip to be one of sm_80, sm_86, sm_89, sm_90, sm_100, sm_120, got sm_75

// expected-error @below {{expected vector_size to be a power of two up to 16, got 32}}
"test.op"() {schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 32>} : () -> ()

// -----

// expected-error @below {{expected threads_per_row to be a power of two up to 1024, got 48}}
"test.op"() {schedule = #norm.gpu_schedule<lane_dim = 1, threads_per_row = 48>} : () -> ()

// -----

// expected-error @below {{expected a lane_dim of at least 0, got -1}}
"test.op"() {schedule = #norm.gpu_schedule<lane_dim = -1>} : () -> ()

// -----

// expected-error @below {{expected a vector_size of 1 without a lane_dim, got 4}}
"test.op"() {schedule = #norm.gpu_schedule<vector_size = 4>} : () -> ()

// -----

// expected-error @below {{expected vectors from 1 to 64, got 65}}
"test.op"() {schedule = #norm.gpu_schedule<vectors = 65>} : () -> ()

// -----

// expected-error @below {{expected threads_per_row * rows_per_block to be a multiple of 32 up to 1024, got 8 * 3}}
"test.op"() {schedule = #norm.gpu_schedule<threads_per_row = 8, rows_per_block = 3>} : () -> ()

// -----

// expected-error @below {{expected threads_per_row * rows_per_block to be a multiple of 32 up to 1024, got 1024 * 2}}
"test.op"() {schedule = #norm.gpu_schedule<threads_per_row = 1024, rows_per_block = 2>} : () -> ()

// -----

// expected-error @below {{expected cluster to be a power of two up to 8, got 16}}
"test.op"() {schedule = #norm.gpu_schedule<lane_dim = 1, cluster = 16>} : () -> ()

// -----

// expected-error @below {{expected resident_blocks from 0 to 16 for blocks of 128 threads, got 17}}
"test.op"() {schedule = #norm.gpu_schedule<lane_dim = 1, threads_per_row = 128, resident_blocks = 17>} : () -> ()

// -----

// expected-error @below {{expected resident_blocks from 0 to 32 for blocks of 32 threads, got -1}}
"test.op"() {schedule = #norm.gpu_schedule<lane_dim = 1, resident_blocks = -1>} : () -> ()

// -----

// expected-error @below {{expected a rows_per_block of 1 where blocks of a cluster share rows, got 4}}
"test.op"() {schedule = #norm.gpu_schedule<lane_dim = 1, rows_per_block = 4, cluster = 2>} : () -> ()

// -----

func.func @generic_c13(%x: memref<4x1024xf32>) {
  // expected-error @below {{expected the schedule's vectors * threads_per_row * cluster to cover the 256 pieces of a row that is kept, got 128}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 4, row_in = registers>}
      ins(%x : memref<4x1024xf32>) outs(%x : memref<4x1024xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c13(%x: memref<4x?xf32>) {
  // expected-error @below {{expected rows of static size, with an element at least, for a schedule that keeps them}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, row_in = registers>}
      ins(%x : memref<4x?xf32>) outs(%x : memref<4x?xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c13(%x: memref<4x16x64xf32>) {
  // expected-error @below {{expected the schedule's rows_per_block to be a multiple of 32, as lanes are rows that several threads share, got 16}}
  norm.generic {indexing_maps = [affine_map<(r, c, h) -> (r, c, h)>, affine_map<(r, c, h) -> (r, c, h)>], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 2, threads_per_row = 4, rows_per_block = 16>}
      ins(%x : memref<4x16x64xf32>) outs(%x : memref<4x16x64xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c13(%x: memref<4x16xf32>) {
  // expected-error @below {{expected the schedule's lane_dim to be a normalized dim, or a row dim that all outputs have where reductions combine whole rows, got 2}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 2>}
      ins(%x : memref<4x16xf32>) outs(%x : memref<4x16xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @not_a_schedule(%x: memref<4x16xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1],
                // expected-error @below {{expected a CPU or GPU schedule, got 1 : i64}}
                schedule = 1}
      ins(%x : memref<4x16xf32>) outs(%x : memref<4x16xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}
