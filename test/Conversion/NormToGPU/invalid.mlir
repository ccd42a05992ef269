// RUN: norm-opt %s --convert-norm-to-gpu --split-input-file --verify-diagnostics
// RUN: echo "module {}" | not norm-opt --convert-norm-to-gpu=assume-alignment=12 2>&1 | FileCheck %s
// RUN: not norm-opt %s --convert-norm-to-vector --split-input-file 2>&1 | FileCheck %s --check-prefix=VECTOR

// CHECK: convert-norm-to-gpu: expected assume-alignment to be a power of two, got 12

#rows = affine_map<(r, c) -> (r, c)>
#row = affine_map<(r, c) -> (r)>
func.func @tensors(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error @below {{expected operands that are memrefs: bufferize first}}
  %y = norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return %y : tensor<4x8xf32>
}

// -----

#rows = affine_map<(r, c) -> (r, c)>
func.func @no_schedule(%x: memref<4x8xf32>) {
  // expected-error @below {{expected a schedule: run norm-schedule with a chip first}}
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1]} ins(%x : memref<4x8xf32>) outs(%x : memref<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

#rows = affine_map<(r, c) -> (r, c)>
func.func @cpu_schedule(%x: memref<4x8xf32>) {
  // expected-error @below {{expected a GPU schedule, got #norm.cpu_schedule<lane_dim = 1>}}
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1], schedule = <lane_dim = 1>}
      ins(%x : memref<4x8xf32>) outs(%x : memref<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

// VECTOR: expected a CPU schedule, got #norm.gpu_schedule<lane_dim = 1>
#rows = affine_map<(r, c) -> (r, c)>
#row = affine_map<(r, c) -> (c)>
func.func @accumulator(%x: memref<4x8xf32>, %sum: memref<8xf32>) {
  // expected-error @below {{expected outputs that accumulate over rows to have all normalized dims, and rows in registers, got output #0: run norm-split-programs first, on programs without a schedule}}
  norm.generic {indexing_maps = [#rows, #row], normalized_dims = [1], schedule = #norm.gpu_schedule<lane_dim = 1>}
      ins(%x : memref<4x8xf32>) outs(%sum : memref<8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

#all = affine_map<(r, b, c) -> (r, b, c)>
func.func @blocks(%x: memref<4x8x8xf32>) {
  norm.generic {indexing_maps = [#all, #all], normalized_dims = [1, 2], schedule = #norm.gpu_schedule<lane_dim = 2>}
      ins(%x : memref<4x8x8xf32>) outs(%x : memref<4x8x8xf32>) {
  ^bb0(%e: f32):
    // expected-error @below {{expected to combine along all normalized dims: run norm-split-programs first, on programs without a schedule}}
    %sum = norm.reduce <add> %e over [2] : f32
    norm.yield %sum : f32
  }
  return
}

// -----

#all = affine_map<(r, b, c) -> (r, b, c)>
#some = affine_map<(r, b, c) -> (r, b)>
#other = affine_map<(r, b, c) -> (b)>
func.func @partial_output(%x: memref<4x8x8xf32>, %g: memref<8xf32>, %y: memref<4x8xf32>) {
  // expected-error @below {{expected output #0 to have all normalized dims or none: run norm-split-programs first, on programs without a schedule}}
  norm.generic {indexing_maps = [#all, #other, #some], normalized_dims = [1, 2], schedule = #norm.gpu_schedule<lane_dim = 2>}
      ins(%x, %g : memref<4x8x8xf32>, memref<8xf32>) outs(%y : memref<4x8xf32>) {
  ^bb0(%e: f32, %p: f32):
    norm.yield %p : f32
  }
  return
}

// -----

#rows = affine_map<(r, c) -> (r, c)>
func.func @moments(%x: memref<4x8xf32>) {
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1], schedule = #norm.gpu_schedule<lane_dim = 1>}
      ins(%x : memref<4x8xf32>) outs(%x : memref<4x8xf32>) {
  ^bb0(%e: f32):
    // expected-error @below {{expected plain reductions: run norm-expand-moments first}}
    %d, %m, %v = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// -----

#rows = affine_map<(r, c) -> (r, c)>
func.func @not_contiguous(%x: memref<4x8xf32, strided<[16, 2]>>) {
  // expected-error @below {{expected operand #0 to be contiguous along the schedule's lane_dim 1; a vector_size of 1 works for every layout}}
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1], schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4>}
      ins(%x : memref<4x8xf32, strided<[16, 2]>>) outs(%x : memref<4x8xf32, strided<[16, 2]>>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

#rows = affine_map<(r, c) -> (r, c)>
func.func @memory_space(%x: memref<4x8xf32, 3>) {
  // expected-error @below {{expected operands in the default memory space, got 'memref<4x8xf32, 3>'}}
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1], schedule = #norm.gpu_schedule<lane_dim = 1>}
      ins(%x : memref<4x8xf32, 3>) outs(%x : memref<4x8xf32, 3>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

#rows = affine_map<(r, c) -> (r, c)>
func.func @too_much_workgroup_memory(%x: memref<4x65536xf32>) {
  // expected-error @below {{expected what a block keeps of rows in workgroup memory to have at most 232448 bytes, got 262144}}
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 16, threads_per_row = 1024, row_in = workgroup>}
      ins(%x : memref<4x65536xf32>) outs(%x : memref<4x65536xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    %d = arith.subf %e, %s : f32
    norm.yield %d : f32
  }
  return
}
