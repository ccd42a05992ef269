// RUN: norm-opt %s -norm-expand-moments | FileCheck %s

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>

// CHECK-LABEL: func @corrected
func.func @corrected(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>, %m: tensor<4xf32>) -> (tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK: ^bb0(%[[X:.*]]: f32):
  // The size is known: 1/n is a constant.
  // CHECK: %[[INVERSE:.*]] = arith.constant 1.250000e-01 : f32
  // CHECK-NEXT: %[[SUM:.*]] = norm.reduce <add> %[[X]] : f32
  // CHECK-NEXT: %[[SHIFT:.*]] = arith.mulf %[[SUM]], %[[INVERSE]] fastmath<contract>
  // Without contraction, or the shift would be another number here.
  // CHECK-NEXT: %[[D:.*]] = arith.subf %[[X]], %[[SHIFT]] : f32
  // CHECK-NEXT: %[[SQ:.*]] = arith.mulf %[[D]], %[[D]] fastmath<contract>
  // CHECK-NEXT: %[[SQSUM:.*]] = norm.reduce <add> %[[SQ]] : f32
  // CHECK-NEXT: %[[MS:.*]] = arith.mulf %[[SQSUM]], %[[INVERSE]]
  // CHECK-NEXT: %[[DSUM:.*]] = norm.reduce <add> %[[D]] : f32
  // CHECK-NEXT: %[[C:.*]] = arith.mulf %[[DSUM]], %[[INVERSE]]
  // CHECK-NEXT: %[[CC:.*]] = arith.mulf %[[C]], %[[C]]
  // CHECK-NEXT: %[[V:.*]] = arith.subf %[[MS]], %[[CC]]
  // CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.0
  // CHECK-NEXT: %[[VAR:.*]] = arith.maximumf %[[V]], %[[ZERO]]
  // CHECK-DAG: %[[CENTERED:.*]] = arith.subf %[[D]], %[[C]] : f32
  // CHECK-DAG: %[[MEAN:.*]] = arith.addf %[[SHIFT]], %[[C]]
  // CHECK: norm.yield %[[CENTERED]], %[[MEAN]], %[[VAR]]
  %0:3 = norm.generic {indexing_maps = [#rc, #rc, #r, #r], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%y, %m, %m : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d, %mean, %var : f32, f32, f32
  }
  return %0#0, %0#1, %0#2 : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>
}

// The schedule speaks of loops, which stay the same.
// CHECK-LABEL: func @two_pass
func.func @two_pass(%x: memref<4x?xf64>) {
  // CHECK: norm.generic {{.*}}, schedule = <lane_dim = 1, vector_size = 8>}
  // CHECK: ^bb0(%[[X:.*]]: f64):
  // CHECK: %[[SIZE:.*]] = norm.size over [1] : f64
  // CHECK-NEXT: %[[ONE:.*]] = arith.constant 1.0
  // CHECK-NEXT: %[[COUNT:.*]] = arith.maximumf %[[SIZE]], %[[ONE]]
  // CHECK-NEXT: %[[INVERSE:.*]] = arith.divf %[[ONE]], %[[COUNT]]
  // CHECK-NEXT: %[[SUM:.*]] = norm.reduce <add> %[[X]] over [1] : f64
  // CHECK-NEXT: %[[MEAN:.*]] = arith.mulf %[[SUM]], %[[INVERSE]]
  // CHECK-NEXT: %[[D:.*]] = arith.subf %[[X]], %[[MEAN]] : f64
  // CHECK-NEXT: %[[SQ:.*]] = arith.mulf %[[D]], %[[D]]
  // CHECK-NEXT: %[[SQSUM:.*]] = norm.reduce <add> %[[SQ]] over [1] : f64
  // CHECK-NEXT: %[[VAR:.*]] = arith.mulf %[[SQSUM]], %[[INVERSE]]
  // CHECK-NEXT: %[[O:.*]] = arith.divf %[[D]], %[[VAR]]
  norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [0, 1], schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 8>}
      ins(%x : memref<4x?xf64>) outs(%x : memref<4x?xf64>) {
  ^bb0(%e: f64):
    %d, %mean, %var = norm.moments <two_pass> %e over [1] : f64
    %o = arith.divf %d, %var : f64
    norm.yield %o : f64
  }
  return
}

// CHECK-LABEL: func @shifted
func.func @shifted(%x: memref<4x?xbf16>, %y: memref<4x?xbf16>) {
  // CHECK: %[[X:.*]] = arith.extf %{{.*}} : bf16 to f32
  // CHECK: %[[INVERSE:.*]] = arith.divf
  // CHECK-NEXT: %[[PILOT:.*]] = norm.head_mean %[[X]] : f32
  // CHECK-NEXT: %[[D:.*]] = arith.subf %[[X]], %[[PILOT]] : f32
  // CHECK-NEXT: %[[SQ:.*]] = arith.mulf %[[D]], %[[D]]
  // CHECK-NEXT: norm.reduce <add> %[[SQ]]
  // CHECK: norm.reduce <add> %[[D]]
  // CHECK-NEXT: %[[C:.*]] = arith.mulf
  // CHECK: %[[V:.*]] = arith.subf
  // CHECK: %[[VAR:.*]] = arith.maximumf %[[V]]
  // CHECK: %[[CENTERED:.*]] = arith.subf %[[D]], %[[C]]
  // CHECK: arith.divf %[[CENTERED]], %[[VAR]]
  norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : memref<4x?xbf16>) outs(%y : memref<4x?xbf16>) {
  ^bb0(%e: bf16):
    %w = arith.extf %e : bf16 to f32
    %d, %mean, %var = norm.moments <shifted> %w : f32
    %o = arith.divf %d, %var : f32
    %t = arith.truncf %o : f32 to bf16
    norm.yield %t : bf16
  }
  return
}

// The head may hold no valid element, and it is not of one block but of all:
// two passes then.
// CHECK-LABEL: func @shifted_part
func.func @shifted_part(%x: memref<4x8x8xf32>, %mask: memref<4x8x8xi1>, %y: memref<4xf32>, %z: memref<4x8xf32>) {
  // CHECK: ^bb0(%[[X:.*]]: f32, %[[M:.*]]: i1):
  // CHECK-NEXT: %[[SIZE:.*]] = norm.size where %[[M]] : f32
  // CHECK: %[[SUM:.*]] = norm.reduce <add> %[[X]] where %[[M]] : f32
  // CHECK-NEXT: %[[MEAN:.*]] = arith.mulf %[[SUM]]
  // CHECK-NEXT: %[[D:.*]] = arith.subf %[[X]], %[[MEAN]]
  // CHECK: norm.reduce <add> %{{.*}} where %[[M]]
  // CHECK: norm.reduce <add> %[[D]] where %[[M]]
  // CHECK: norm.reduce <add> %[[X]] over [2] : f32
  // CHECK-NOT: norm.head_mean
  // CHECK: return
  norm.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (a)>,
                                 affine_map<(a, b, c) -> (a, b)>], normalized_dims = [1, 2]}
      ins(%x, %mask : memref<4x8x8xf32>, memref<4x8x8xi1>) outs(%y, %z : memref<4xf32>, memref<4x8xf32>) {
  ^bb0(%e: f32, %m: i1):
    %d0, %mean0, %var0 = norm.moments <shifted> %e where %m : f32
    %d1, %mean1, %var1 = norm.moments <shifted> %e over [2] : f32
    norm.yield %mean0, %mean1 : f32, f32
  }
  return
}

// Without normalized dims a row is one element.
// CHECK-LABEL: func @no_normalized_dims
func.func @no_normalized_dims(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK: %[[ONE:.*]] = arith.constant 1.0
  // CHECK: norm.reduce <add>
  // CHECK-NOT: norm.moments
  %0 = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = []} ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %mean : f32
  }
  return %0 : tensor<4x8xf32>
}
