// A schedule written by hand must suit the chip: not all have clusters.
// RUN: norm-opt %s --norm-schedule=chip=sm_90 | FileCheck %s
// CHECK: cluster = 8
// RUN: not norm-opt %s --norm-schedule=chip=sm_86 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not norm-opt %s --norm-to-nvvm=chip=sm_80 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: :[[# @LINE + 5]]:3: error: 'norm.generic' op expected a schedule without clusters, which sm_8{{[06]}} does not have, got a cluster of 8

#map = affine_map<(r, c) -> (r, c)>
#schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 4, threads_per_row = 64, cluster = 8, row_in = workgroup>
func.func @f(%x: memref<4x512xf32>, %y: memref<4x512xf32>) {
  norm.generic {indexing_maps = [#map, #map], normalized_dims = [1], schedule = #schedule}
      ins(%x : memref<4x512xf32>) outs(%y : memref<4x512xf32>) {
  ^bb0(%a: f32):
    %s = norm.reduce <add> %a : f32
    %d = arith.subf %a, %s : f32
    norm.yield %d : f32
  }
  return
}
