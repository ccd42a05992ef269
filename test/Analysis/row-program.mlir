// RUN: norm-opt %s --test-norm-row-program --split-input-file | FileCheck %s

// Three sweeps for a softmax: the largest element, the sum, the quotients.

// CHECK-LABEL: row program of 3 phases
// CHECK-NEXT: %[[X:.*]]: phase 0, varies along [0, 1]
// CHECK-NEXT: %[[MAX:.*]]: phase 1, varies along [0]
// CHECK-NEXT: %[[D:.*]]: phase 1, varies along [0, 1]
// CHECK-NEXT: %[[EXP:.*]]: phase 1, varies along [0, 1]
// CHECK-NEXT: %[[SUM:.*]]: phase 2, varies along [0]
// CHECK-NEXT: %[[Y:.*]]: phase 2, varies along [0, 1]
// CHECK-NEXT: sweep 0:; combines %[[MAX]]{{$}}
// CHECK-NEXT: sweep 1: %[[D]] %[[EXP]]; combines %[[SUM]]{{$}}
// CHECK-NEXT: sweep 2: %[[D]] %[[EXP]] %[[Y]]; combines{{$}}
func.func @softmax(%x: tensor<4x8xf32>, %init: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%init : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    %max = norm.reduce <maximumf> %e : f32
    %d = arith.subf %e, %max : f32
    %exp = math.exp %d : f32
    %sum = norm.reduce <add> %exp : f32
    %y = arith.divf %exp, %sum : f32
    norm.yield %y : f32
  }
  return %0 : tensor<4x8xf32>
}

// -----

// A collective over some of the normalized dims keeps the others; a centred value varies along all of them. Moments stand
// for two reductions.

// CHECK-LABEL: row program of 4 phases
// CHECK: %[[X:.*]]: phase 0, varies along [0, 1, 2]
// CHECK: %centered: phase 2, varies along [0, 1, 2]
// CHECK: %mean: phase 2, varies along [0]
// CHECK: %variance: phase 2, varies along [0]
// CHECK: %[[ABS:.*]]: phase 2, varies along [0, 1, 2]
// CHECK: %[[BLOCK:.*]]: phase 3, varies along [0, 1]
// CHECK: sweep 0:; combines %centered
// CHECK: sweep 1:; combines{{$}}
// CHECK: sweep 2: %[[ABS]]; combines %[[BLOCK]]
// CHECK: sweep 3: %[[Q:.*]]; combines{{$}}
func.func @blocks(%x: tensor<4x8x32xf32>, %y: tensor<4x8x32xf32>, %s: tensor<4x8xf32>) -> (tensor<4x8x32xf32>, tensor<4x8xf32>) {
  %0:2 = norm.generic {indexing_maps = [affine_map<(r, b, c) -> (r, b, c)>, affine_map<(r, b, c) -> (r, b, c)>, affine_map<(r, b, c) -> (r, b)>], normalized_dims = [1, 2]}
      ins(%x : tensor<4x8x32xf32>) outs(%y, %s : tensor<4x8x32xf32>, tensor<4x8xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    %abs = math.absf %d : f32
    %amax = norm.reduce <maxnumf> %abs over [2] : f32
    %q = arith.divf %d, %amax : f32
    norm.yield %q, %amax : f32, f32
  }
  return %0#0, %0#1 : tensor<4x8x32xf32>, tensor<4x8xf32>
}

// -----

// What no output needs has no part: neither the unused sum nor the phase it would take.

// CHECK-LABEL: row program of 1 phases
// CHECK: sweep 0: %[[Y:.*]]; combines{{$}}
// CHECK-NOT: sweep 1
func.func @unused(%x: tensor<4x8xf32>, %g: tensor<8xf32>, %init: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x, %g : tensor<4x8xf32>, tensor<8xf32>) outs(%init : tensor<4x8xf32>) {
  ^bb0(%e: f32, %w: f32):
    %sum = norm.reduce <add> %e : f32
    %y = arith.mulf %e, %w : f32
    norm.yield %y : f32
  }
  return %0 : tensor<4x8xf32>
}

// -----

// A size follows from the shapes; a size under a condition is a reduction; an index varies along its own dim.

// CHECK-LABEL: row program of 2 phases
// CHECK: %[[M:.*]]: phase 0, varies along [0, 1]
// CHECK: %[[N:.*]]: phase 0, varies along []
// CHECK: %[[VALID:.*]]: phase 1, varies along [0]
// CHECK: %[[I:.*]]: phase 0, varies along [1]
func.func @sizes(%m: tensor<4x8xi1>, %a: tensor<4xindex>, %b: tensor<4x8xindex>) -> (tensor<4xindex>, tensor<4x8xindex>) {
  %0:2 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%m : tensor<4x8xi1>) outs(%a, %b : tensor<4xindex>, tensor<4x8xindex>) {
  ^bb0(%v: i1):
    %n = norm.size : index
    %valid = norm.size where %v : index
    %i = norm.index 1 : index
    %c = arith.addi %n, %valid : index
    norm.yield %c, %i : index, index
  }
  return %0#0, %0#1 : tensor<4xindex>, tensor<4x8xindex>
}
