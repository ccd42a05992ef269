// RUN: norm-opt %s --convert-norm-to-vector --canonicalize --cse --split-input-file --verify-diagnostics | FileCheck %s

// Steps are multiples of vscale; a tail takes a mask, also where the length is static; lanes are summed in one operation.

// CHECK-LABEL: func.func private @norm_rows(
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<[4]xf32>
// CHECK-DAG: %[[EIGHT:.*]] = arith.constant 8 : index
// CHECK-DAG: %[[FOUR:.*]] = arith.constant 4 : index
// CHECK-DAG: %[[SCALE:.*]] = vector.vscale
// CHECK-DAG: %[[STEP:.*]] = arith.muli %[[SCALE]], %[[EIGHT]]
// CHECK-DAG: %[[WIDTH:.*]] = arith.muli %[[SCALE]], %[[FOUR]]
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step %[[STEP]] iter_args(%{{.*}} = %[[ZERO]], %{{.*}} = %[[ZERO]])
// CHECK: vector.load %{{.*}}[%{{.*}}, %[[I]]] : memref<?x1000xf32>, vector<[4]xf32>
// CHECK: %[[NEXT:.*]] = arith.addi %[[I]], %[[WIDTH]]
// CHECK: vector.load %{{.*}}[%{{.*}}, %[[NEXT]]] : memref<?x1000xf32>, vector<[4]xf32>
// CHECK: %[[MASK:.*]] = vector.create_mask %{{.*}} : vector<[4]xi1>
// CHECK: vector.maskedload %{{.*}}, %[[MASK]], %[[ZERO]] : memref<?x1000xf32>, vector<[4]xi1>, vector<[4]xf32> into vector<[4]xf32>
// CHECK: vector.reduction <add>, %{{.*}} fastmath<reassoc> : vector<[4]xf32> into f32
// CHECK: vector.store %{{.*}} : memref<?x1000xf32>, vector<[4]xf32>
func.func @sum(%x: memref<?x1000xf32>, %y: memref<?x1000xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1],
                schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 4, scalable = true, unroll = 2>}
      ins(%x : memref<?x1000xf32>) outs(%y : memref<?x1000xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    %o = arith.subf %e, %sum : f32
    norm.yield %o : f32
  }
  return
}

// -----

func.func @rows_in_lanes(%x: memref<8x?xf32>, %y: memref<8x?xf32>) {
  // expected-error @+1 {{expected elements of a row in scalable vectors, got a lane_dim that is a row dim}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [0],
                schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 4, scalable = true>}
      ins(%x : memref<8x?xf32>) outs(%y : memref<8x?xf32>) {
  ^bb0(%e: f32):
    %sum = norm.reduce <add> %e : f32
    norm.yield %sum : f32
  }
  return
}

// -----

func.func @booleans_out(%x: memref<?x?xf32>, %y: memref<?x?xi1>) {
  // expected-error @+1 {{expected no elements of type 'i1' in scalable vectors}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1],
                schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 4, scalable = true>}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xi1>) {
  ^bb0(%e: f32):
    %b = arith.cmpf oeq, %e, %e : f32
    norm.yield %b : i1
  }
  return
}

// -----

func.func @product(%x: memref<?x?xf32>, %y: memref<?xf32>) {
  // expected-error @+1 {{expected no products of the lanes of scalable vectors}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>], normalized_dims = [1],
                schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 4, scalable = true>}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%e: f32):
    %p = norm.reduce <mul> %e : f32
    norm.yield %p : f32
  }
  return
}
