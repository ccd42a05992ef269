// RUN: not norm-opt %s --norm-schedule=vector-bits=9000 2>&1 | FileCheck %s --check-prefix=LARGE
// RUN: not norm-opt %s --norm-schedule=vector-bits=-1 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: norm-opt %s --norm-schedule=vector-bits=8192 | norm-opt | FileCheck %s

// LARGE: norm-schedule: expected vector-bits from 0 to 8192, got 9000
// NEGATIVE: norm-schedule: expected vector-bits from 0 to 8192, got -1
// CHECK: vector_size = 256
func.func @widest(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}
