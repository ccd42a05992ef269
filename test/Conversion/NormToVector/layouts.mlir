// RUN: norm-opt %s --convert-norm-to-vector --canonicalize --cse --split-input-file | FileCheck %s

// A reduction along some of the normalized dims leaves its results in a buffer that the next sweep reads.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK-SAME: %[[X:[^:]*]]: memref<4x8x32xf32>, %[[Y:[^:]*]]: memref<4x8x32xf32>, %[[S:[^:]*]]: memref<4x8xf32>
// CHECK: %[[BUFFER:.*]] = memref.alloc() : memref<1x8xf32>
// CHECK: scf.for %[[ROW:.*]] =
// CHECK: scf.for %[[B:.*]] = %c0 to %c8
// CHECK: %[[AMAX:.*]] = arith.maxnumf %{{.*}} : f32
// CHECK: memref.store %[[AMAX]], %[[BUFFER]][%c0, %[[B]]]
// CHECK: scf.for %[[B:.*]] = %c0 to %c8
// CHECK: memref.load %[[BUFFER]][%c0, %[[B]]]
// CHECK: vector.store %{{.*}}, %[[Y]][%[[ROW]], %[[B]], %c0]
// CHECK: scf.for %[[B:.*]] = %c0 to %c8
// CHECK: memref.store %{{.*}}, %[[S]][%[[ROW]], %[[B]]]
// CHECK: memref.dealloc %[[BUFFER]]
func.func @blocks(%x: memref<4x8x32xf32>, %y: memref<4x8x32xf32>, %s: memref<4x8xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, b, c) -> (r, b, c)>, affine_map<(r, b, c) -> (r, b, c)>, affine_map<(r, b, c) -> (r, b)>], normalized_dims = [1, 2], schedule = #norm.cpu_schedule<lane_dim = 2, vector_size = 16, unroll = 2>}
      ins(%x : memref<4x8x32xf32>) outs(%y, %s : memref<4x8x32xf32>, memref<4x8xf32>) {
  ^bb0(%e: f32):
    %abs = math.absf %e : f32
    %amax = norm.reduce <maxnumf> %abs over [2] : f32
    %q = arith.divf %e, %amax : f32
    norm.yield %q, %amax : f32, f32
  }
  return
}

// -----

// Several row dims are one loop; a leading axis is normalized by scalar code.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK-SAME: %[[X:[^:]*]]: memref<2x8x4x4xf32>
// CHECK: scf.for %[[ROW:.*]] =
// CHECK: %[[W:.*]] = arith.remui %[[ROW]], %c4
// CHECK: %[[NH:.*]] = arith.divui %[[ROW]], %c4
// CHECK: %[[H:.*]] = arith.remui %[[NH]], %c4
// CHECK: %[[N:.*]] = arith.divui %[[NH]], %c4
// CHECK: scf.for %[[C:.*]] = %c0 to %c8
// CHECK: memref.load %[[X]][%[[N]], %[[C]], %[[H]], %[[W]]]
// CHECK-NOT: vector
// CHECK: memref.store
func.func @channels(%x: memref<2x8x4x4xf32>, %y: memref<2x8x4x4xf32>) {
  norm.generic {indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>, affine_map<(n, c, h, w) -> (n, c, h, w)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1>}
      ins(%x : memref<2x8x4x4xf32>) outs(%y : memref<2x8x4x4xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    %o = arith.divf %e, %sum : f32
    norm.yield %o : f32
  }
  return
}

// -----

// Conditions select lanes; a count is exact whatever the float type; booleans are loaded as the bytes that
// memory holds.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK: %[[BYTES:.*]] = builtin.unrealized_conversion_cast %{{.*}} : memref<4x8xi1> to memref<4x8xi8>
// CHECK: %[[LOADED:.*]] = vector.load %[[BYTES]][%{{.*}}] : memref<4x8xi8>, vector<8xi8>
// CHECK: %[[MASK:.*]] = arith.cmpi ne, %[[LOADED]], %{{.*}} : vector<8xi8>
// CHECK: %[[ONES:.*]] = arith.select %[[MASK]], %{{.*}}, %{{.*}} : vector<8xi1>, vector<8xindex>
// CHECK: vector.shuffle %[[ONES]], %[[ONES]] [0, 1, 2, 3] : vector<8xindex>, vector<8xindex>
// CHECK: arith.addi %{{.*}} : index
// CHECK: arith.uitofp
func.func @masked(%x: memref<4x8xf16>, %m: memref<4x8xi1>, %y: memref<4xf16>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>], normalized_dims = [1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 8>}
      ins(%x, %m : memref<4x8xf16>, memref<4x8xi1>) outs(%y : memref<4xf16>) {
  ^bb0(%e: f16, %valid: i1):
    %n = norm.size where %valid : f16
    %sum = norm.reduce <add> %e where %valid : f16
    %mean = arith.divf %sum, %n : f16
    norm.yield %mean : f16
  }
  return
}

// -----

// The head of a row over two dims ends where its elements reach 1024.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK: scf.for %[[ROW:.*]] =
// CHECK: %[[OUTER:.*]] = scf.for %[[A:.*]] = %c0 to %[[END:[a-z0-9]*]] step
// CHECK: scf.for %[[B:.*]] = %c0 to %c496 step
// CHECK: arith.cmpi ult, %{{.*}}, %{{.*}} : vector<16xindex>
func.func @head(%x: memref<2x10x500xf32>, %y: memref<2xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, a, b) -> (r, a, b)>, affine_map<(r, a, b) -> (r)>], normalized_dims = [1, 2], schedule = #norm.cpu_schedule<lane_dim = 2, vector_size = 16, unroll = 1>}
      ins(%x : memref<2x10x500xf32>) outs(%y : memref<2xf32>) {
  ^bb0(%e: f32):
    %h = norm.head_mean %e : f32
    norm.yield %h : f32
  }
  return
}
