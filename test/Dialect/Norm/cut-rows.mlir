// RUN: norm-opt %s --norm-split-programs=row-parts=4 --split-input-file | FileCheck %s
// RUN: norm-opt %s --norm-split-programs=chip=sm_80 --split-input-file | FileCheck %s --check-prefix=SM80
// RUN: norm-opt %s --norm-split-programs=chip=sm_90 --split-input-file | FileCheck %s --check-prefix=SM90
// RUN: norm-opt %s --norm-split-programs="chip=sm_80 row-parts=1" --split-input-file | FileCheck %s --check-prefix=NEVER

#rc = affine_map<(r, c) -> (r, c)>

// A softmax of a row: each reduction along the parts, then of the parts, and the
// quotients, which have a row per part. One row of 2 MiB is worth 32 parts, or 4 of what each of 8 blocks
// of a cluster has.
// CHECK-LABEL: func @softmax
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<1x524288xf32>
// CHECK: %[[P:.*]] = memref.expand_shape %[[X]] {{\[}}[0], [1, 2]] output_shape [1, 4, 131072]
// CHECK: norm.generic {{.*}} normalized_dims = [2]} ins(%[[P]] : {{.*}}) outs(%[[MAXIMA:.*]] : memref<1x4xf32>)
// CHECK: norm.reduce <maximumf> %{{.*}} over [2]
// CHECK: norm.generic {{.*}} normalized_dims = [1]} ins(%[[MAXIMA]] : {{.*}}) outs(%[[MAX:.*]] : memref<1xf32>)
// CHECK: norm.reduce <maximumf> %{{.*}} over [1]
// CHECK: norm.generic {{.*}} normalized_dims = [2]} ins(%[[P]], %[[MAX]] : {{.*}}) outs(%[[SUMS:.*]] : memref<1x4xf32>)
// CHECK: norm.generic {{.*}} normalized_dims = [1]} ins(%[[SUMS]] : {{.*}}) outs(%[[SUM:.*]] : memref<1xf32>)
// CHECK: norm.generic {{.*}} normalized_dims = [2, 3]} ins(%{{.*}}, %[[MAX]], %[[SUM]] : memref<1x4x1x131072xf32>
// CHECK: return
// SM80-LABEL: func @softmax
// SM80: output_shape [1, 32, 16384]
// SM90-LABEL: func @softmax
// SM90-NOT: memref.expand_shape
// NEVER-LABEL: func @softmax
// NEVER-NOT: memref.expand_shape
func.func @softmax(%x: memref<1x524288xf32>) {
  norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]}
      ins(%x : memref<1x524288xf32>) outs(%x : memref<1x524288xf32>) {
  ^bb0(%e: f32):
    %max = norm.reduce <maximumf> %e : f32
    %d = arith.subf %e, %max : f32
    %p = math.exp %d : f32
    %sum = norm.reduce <add> %p : f32
    %o = arith.divf %p, %sum : f32
    norm.yield %o : f32
  }
  return
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#c = affine_map<(r, c) -> (c)>

// The sum of many rows: of parts of them, then of the parts.
// CHECK-LABEL: func @sum
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<65536x768xf32>, %[[S:[a-z0-9]+]]: memref<768xf32>
// CHECK: %[[P:.*]] = memref.expand_shape %[[X]] {{\[}}[0, 1], [2]] output_shape [4, 16384, 768]
// CHECK: norm.generic {{.*}} normalized_dims = [1]} ins(%[[P]] : {{.*}}) outs(%[[SUMS:.*]] : memref<4x768xf32>)
// CHECK: norm.generic {{.*}} normalized_dims = [0]} ins(%[[S]], %[[SUMS]] : {{.*}}) outs(%[[S]] : memref<768xf32>)
// CHECK-NOT: norm.generic
// SM80-LABEL: func @sum
// SM80: output_shape [8, 8192, 768]
// SM90-LABEL: func @sum
// SM90: output_shape [8, 8192, 768]
// NEVER-LABEL: func @sum
// NEVER-NOT: memref.expand_shape
func.func @sum(%x: memref<65536x768xf32>, %s: memref<768xf32>) {
  norm.generic {indexing_maps = [#rc, #c], normalized_dims = [1]}
      ins(%x : memref<65536x768xf32>) outs(%s : memref<768xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

#rc = affine_map<(r, c) -> (r, c)>

// Positions count along the whole row; conditions go with the parts.
// CHECK-LABEL: func @index
// CHECK: %[[I:.*]] = norm.index 1
// CHECK: %[[SIZE:.*]] = arith.constant 64 : index
// CHECK: %[[FIRST:.*]] = arith.muli %[[I]], %[[SIZE]]
// CHECK: %[[J:.*]] = norm.index 2
// CHECK: %[[AT:.*]] = arith.addi %[[FIRST]], %[[J]]
// CHECK: %[[IS:.*]] = arith.cmpi ult, %[[AT]]
// CHECK: norm.reduce <add> %{{.*}} where %[[IS]] over [2]
// CHECK: norm.reduce <add> %{{.*}} over [1]
func.func @index(%x: memref<?x256xf32>) {
  norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]}
      ins(%x : memref<?x256xf32>) outs(%x : memref<?x256xf32>) {
  ^bb0(%e: f32):
    %i = norm.index 1 : index
    %most = arith.constant 100 : index
    %is = arith.cmpi ult, %i, %most : index
    %s = norm.reduce <add> %e where %is : f32
    %d = arith.subf %e, %s : f32
    norm.yield %d : f32
  }
  return
}

// -----

#rc = affine_map<(r, c) -> (r, c)>

// Parts of 25 elements would not begin at multiples of 16 bytes; rows of unknown
// number are enough.
// CHECK-LABEL: func @uneven
// CHECK-NOT: memref.expand_shape
// SM80-LABEL: func @uneven
// SM80-NOT: memref.expand_shape
func.func @uneven(%x: memref<?x100xf32>, %w: memref<4x?xf32>) {
  norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : memref<?x100xf32>) outs(%x : memref<?x100xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    norm.yield %s : f32
  }
  norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%w : memref<4x?xf32>) outs(%w : memref<4x?xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    norm.yield %s : f32
  }
  return
}
