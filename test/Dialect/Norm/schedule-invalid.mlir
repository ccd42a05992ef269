// RUN: not norm-opt %s --norm-schedule=vector-bits=9000 2>&1 | FileCheck %s --check-prefix=LARGE
// RUN: not norm-opt %s --norm-schedule=vector-bits=-1 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not norm-opt %s --norm-schedule=vector-bits=384 2>&1 | FileCheck %s --check-prefix=ODD
// RUN: not norm-opt %s --norm-schedule=masked-bits=65 2>&1 | FileCheck %s --check-prefix=MASKED
// RUN: norm-opt %s --norm-schedule=vector-bits=8192 | norm-opt | FileCheck %s

// LARGE: norm-schedule: expected vector-bits to be a power of two from 8 to 8192, or 0, got 9000
// ODD: norm-schedule: expected vector-bits to be a power of two from 8 to 8192, or 0, got 384
// MASKED: norm-schedule: expected masked-bits from 0 to 64, got 65
// NEGATIVE: norm-schedule: expected vector-bits to be a power of two from 8 to 8192, or 0, got -1
// CHECK: vector_size = 256
func.func @widest(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}
