// What stands before and behind a normalization joins its row program, in the types in which it was written.
// RUN: norm-opt %s --norm-generalize --norm-fuse --canonicalize --cse | FileCheck %s

#id = affine_map<(r, c) -> (r, c)>
#vector = affine_map<(r, c) -> (c)>
#row = affine_map<(r, c) -> (r)>
#scalar = affine_map<(r, c) -> ()>

// CHECK-DAG: #[[ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[VECTOR:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[ROW:.*]] = affine_map<(d0, d1) -> (d0)>

// CHECK-LABEL: func.func @around
// CHECK-SAME:    %[[X:.*]]: tensor<?x768xbf16>, %[[R:.*]]: tensor<?x768xbf16>, %[[G:.*]]: tensor<768xbf16>
// CHECK-NOT:   linalg
// CHECK:       norm.generic {indexing_maps = [#[[ID]], #[[ID]], #[[VECTOR]], #[[ID]]], normalized_dims = [1]}
// CHECK-SAME:      ins(%[[X]], %[[R]], %[[G]] :
// CHECK-NEXT:  ^bb0(%[[A:.*]]: bf16, %[[B:.*]]: bf16, %{{.*}}: bf16):
// CHECK:         %[[H:.*]] = arith.addf %[[A]], %[[B]] : bf16
// CHECK:         arith.extf %[[H]] : bf16 to f32
// CHECK:         %[[Y:.*]] = arith.truncf %{{.*}} : f32 to bf16
// CHECK:         %[[T:.*]] = math.tanh %[[Y]] : bf16
// CHECK:         norm.yield %[[T]] : bf16
// CHECK-NOT:   linalg
func.func @around(%x: tensor<?x768xbf16>, %r: tensor<?x768xbf16>, %g: tensor<768xbf16>) -> tensor<?x768xbf16> {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?x768xbf16>
  %e = tensor.empty(%d) : tensor<?x768xbf16>
  %h = linalg.add ins(%x, %r : tensor<?x768xbf16>, tensor<?x768xbf16>) outs(%e : tensor<?x768xbf16>) -> tensor<?x768xbf16>
  %dh = tensor.dim %h, %c0 : tensor<?x768xbf16>
  %eh = tensor.empty(%dh) : tensor<?x768xbf16>
  %y = norm.rms_norm ins(%h : tensor<?x768xbf16>) gamma(%g : tensor<768xbf16>) outs(%eh : tensor<?x768xbf16>) axes = [1]
      epsilon = 1.0e-5
  %t = math.tanh %y : tensor<?x768xbf16>
  return %t : tensor<?x768xbf16>
}

// A vector, a value per row, a scalar argument and a fill: each is read as what it is, the fill not at all.
// CHECK-LABEL: func.func @broadcasts
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[V:.*]]: tensor<8xf32>, %[[R:.*]]: tensor<4xf32>, %[[S:.*]]: f32
// CHECK-NOT:   linalg
// CHECK:       norm.generic {indexing_maps = [#[[VECTOR]], #[[ID]], #[[ROW]], #{{.*}}, #[[ID]]], normalized_dims = [1]}
// CHECK-SAME:      ins(%[[V]], %[[X]], %[[R]], %[[S]] : tensor<8xf32>, tensor<4x8xf32>, tensor<4xf32>, f32)
// CHECK:         %[[HALF:.*]] = arith.constant 5.000000e-01 : f32
// CHECK:         arith.mulf %{{.*}}, %[[HALF]] : f32
// CHECK-NOT:   linalg
func.func @broadcasts(%x: tensor<4x8xf32>, %v: tensor<8xf32>, %r: tensor<4xf32>, %s: f32) -> tensor<4x8xf32> {
  %half = arith.constant 5.0e-1 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %f = linalg.fill ins(%half : f32) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %b = linalg.broadcast ins(%v : tensor<8xf32>) outs(%e : tensor<4x8xf32>) dimensions = [0]
  %h = linalg.generic {indexing_maps = [#id, #id, #row, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %b, %r, %f : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%xe: f32, %ve: f32, %re: f32, %fe: f32, %o: f32):
    %0 = arith.addf %xe, %ve : f32
    %1 = arith.mulf %0, %re : f32
    %2 = arith.mulf %1, %fe : f32
    %3 = arith.addf %2, %s : f32
    linalg.yield %3 : f32
  } -> tensor<4x8xf32>
  %y = norm.layer_norm ins(%h : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<4x8xf32>
}

// The sum has other users: it becomes an output, and they come behind.
// CHECK-LABEL: func.func @sum_is_an_output
// CHECK:       %[[YH:.*]]:2 = norm.generic {indexing_maps = [#[[ID]], #[[ID]], #[[ID]], #[[ID]]]
// CHECK:         %[[H:.*]] = arith.addf
// CHECK:         norm.yield %[[H]], %{{.*}} : f32, f32
// CHECK:       %[[T:.*]] = linalg.transpose ins(%[[YH]]#0
// CHECK:       return %[[YH]]#1, %[[T]]
func.func @sum_is_an_output(%x: tensor<4x8xf32>, %r: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<8x4xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %et = tensor.empty() : tensor<8x4xf32>
  %h = arith.addf %x, %r : tensor<4x8xf32>
  %t = linalg.transpose ins(%h : tensor<4x8xf32>) outs(%et : tensor<8x4xf32>) permutation = [1, 0]
  %y = norm.rms_norm ins(%h : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y, %t : tensor<4x8xf32>, tensor<8x4xf32>
}

// Several results, the accumulator's element, indices.
// CHECK-LABEL: func.func @bodies
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[O:.*]]: tensor<4x8xf32>
// CHECK:       norm.generic {{.*}} ins(%[[X]], %[[O]] :
// CHECK-NEXT:  ^bb0(%[[XE:.*]]: f32, %[[OE:.*]]: f32):
// CHECK:         %[[I:.*]] = norm.index 1 : index
// CHECK:         arith.index_cast %[[I]] : index to i32
// CHECK:         arith.addf %[[XE]], %[[OE]] : f32
// CHECK:         norm.yield %{{.*}}, %{{.*}} : f32, f32
// CHECK-NOT:   linalg
func.func @bodies(%x: tensor<4x8xf32>, %o: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %h:2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xf32>) outs(%o, %e : tensor<4x8xf32>, tensor<4x8xf32>) {
  ^bb0(%xe: f32, %oe: f32, %ee: f32):
    %i = linalg.index 1 : index
    %i32 = arith.index_cast %i : index to i32
    %fi = arith.sitofp %i32 : i32 to f32
    %0 = arith.addf %xe, %oe : f32
    %1 = arith.mulf %xe, %fi : f32
    linalg.yield %0, %1 : f32, f32
  } -> (tensor<4x8xf32>, tensor<4x8xf32>)
  %y = norm.rms_norm ins(%h#0 : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y, %h#1 : tensor<4x8xf32>, tensor<4x8xf32>
}

// In a loop's body as anywhere else.
// CHECK-LABEL: func.func @in_a_loop
// CHECK:       scf.for
// CHECK-NEXT:    norm.generic
// CHECK:           arith.addf
// CHECK:           norm.moments
// CHECK:         scf.yield
func.func @in_a_loop(%x: tensor<4x8xf32>, %r: tensor<4x8xf32>, %n: index) -> tensor<4x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %e = tensor.empty() : tensor<4x8xf32>
  %y = scf.for %i = %c0 to %n step %c1 iter_args(%acc = %x) -> tensor<4x8xf32> {
    %h = arith.addf %acc, %r : tensor<4x8xf32>
    %y = norm.layer_norm ins(%h : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
    scf.yield %y : tensor<4x8xf32>
  }
  return %y : tensor<4x8xf32>
}
