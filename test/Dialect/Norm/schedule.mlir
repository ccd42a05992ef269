// RUN: norm-opt %s --norm-schedule=vector-bits=512 --split-input-file | FileCheck %s --check-prefixes=CHECK,WIDE
// RUN: norm-opt %s --norm-schedule="parallel=true outline=false algorithm=shifted" --split-input-file | FileCheck %s --check-prefixes=CHECK,DEFAULT

// CHECK-LABEL: @trailing(
func.func @trailing(%x: memref<?x1000xbf16>, %y: memref<?x1000xbf16>) {
  // The block computes in f32, so a vector has as many elements as a register holds of these.
  // WIDE: schedule = <lane_dim = 1, vector_size = 16, unroll = 4, rows = 2, nontemporal_above = 8388608, peel = true, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>
  // WIDE: norm.moments <corrected_two_pass>
  // DEFAULT: schedule = <lane_dim = 1, vector_size = 8, unroll = 4, nontemporal_above = 8388608, peel = true, prefetch_bytes = 10922, cached_prefetch_bytes = 5461, parallel = true, outline = false>
  // DEFAULT: norm.moments <shifted>
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : memref<?x1000xbf16>) outs(%y : memref<?x1000xbf16>) {
  ^bb0(%e: bf16):
    %f = arith.extf %e : bf16 to f32
    %d, %mean, %var = norm.moments %f : f32
    %o = arith.truncf %d : f32 to bf16
    norm.yield %o : bf16
  }
  return
}

// -----

// CHECK-LABEL: @short_row(
func.func @short_row(%x: memref<?x3xf32>, %y: memref<?x3xf32>) {
  // CHECK: schedule = <lane_dim = 1, vector_size = 4, rows = 16,
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : memref<?x3xf32>) outs(%y : memref<?x3xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

// Along a leading axis each lane is a row of its own; a strided row cannot be read in vectors.

// CHECK-LABEL: @scalar(
func.func @scalar(%x: memref<?x8xf32>, %y: memref<?x8xf32>, %z: memref<?x8xf32, strided<[16, 2]>>) {
  // CHECK: schedule = <lane_dim = 1, vector_size = 8, unroll = 4{{[,>]}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [0]}
      ins(%x : memref<?x8xf32>) outs(%y : memref<?x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  // CHECK: schedule = <lane_dim = 1
  // CHECK-NOT: vector_size
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%z : memref<?x8xf32, strided<[16, 2]>>) outs(%y : memref<?x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

// What was written by hand stays, and parallel loops do not nest.

// CHECK-LABEL: @kept(
func.func @kept(%x: memref<?x64xf32>, %y: memref<?x64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: schedule = <lane_dim = 1, vector_size = 2>
  // CHECK: norm.moments <two_pass>
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 2>}
      ins(%x : memref<?x64xf32>) outs(%y : memref<?x64xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments <two_pass> %e : f32
    norm.yield %d : f32
  }
  scf.parallel (%i) = (%c0) to (%c1) step (%c1) {
    // CHECK: scf.parallel
    // CHECK: norm.generic
    // CHECK-NOT: parallel = true
    norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
        ins(%x : memref<?x64xf32>) outs(%y : memref<?x64xf32>) {
    ^bb0(%e: f32):
      norm.yield %e : f32
    }
  }
  return
}

// -----

// The width of vectors comes from the module's target specification where no option gives it.

// CHECK-LABEL: @target(
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"max_vector_op_width" = 128 : i64>>} {
  func.func @target(%x: memref<?x64xf32>, %y: memref<?x64xf32>) {
    // WIDE: vector_size = 16
    // DEFAULT: vector_size = 4
    norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
        ins(%x : memref<?x64xf32>) outs(%y : memref<?x64xf32>) {
    ^bb0(%e: f32):
      norm.yield %e : f32
    }
    return
  }
}

// -----

// Neither dim for the lanes: the output lacks the row dim, or a reduction leaves something that varies along the row.

// CHECK-LABEL: @no_rows_in_lanes(
func.func @no_rows_in_lanes(%x: memref<4x8xf32>, %y: memref<4xf32>, %z: memref<4x2x8xf32>) {
  // CHECK: schedule = <lane_dim = 0{{[,>]}}
  // CHECK-NOT: vector_size
  norm.generic {indexing_maps = [affine_map<(c, r) -> (c, r)>, affine_map<(c, r) -> (c)>], normalized_dims = [0]}
      ins(%x : memref<4x8xf32>) outs(%y : memref<4xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  // CHECK: schedule = <lane_dim = 1{{[,>]}}
  // CHECK-NOT: vector_size
  norm.generic {indexing_maps = [affine_map<(c, d, r) -> (c, d, r)>, affine_map<(c, d, r) -> (c, d, r)>], normalized_dims = [0, 1]}
      ins(%z : memref<4x2x8xf32>) outs(%z : memref<4x2x8xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e over [0] : f32
    norm.yield %s : f32
  }
  return
}

// -----

// No normalized dims at all: a batch norm at inference.

// CHECK-LABEL: @elementwise(
func.func @elementwise(%x: memref<2x3x64xf32>, %m: memref<3xf32>) {
  // WIDE: schedule = <lane_dim = 2, vector_size = 16, rows = 4>
  // DEFAULT: schedule = <lane_dim = 2, vector_size = 8, rows = 8,
  norm.generic {indexing_maps = [affine_map<(n, c, s) -> (n, c, s)>, affine_map<(n, c, s) -> (c)>, affine_map<(n, c, s) -> (n, c, s)>],
                normalized_dims = []} ins(%x, %m : memref<2x3x64xf32>, memref<3xf32>) outs(%x : memref<2x3x64xf32>) {
  ^bb0(%e: f32, %mean: f32):
    %d = arith.subf %e, %mean : f32
    norm.yield %d : f32
  }
  return
}
