// The pipeline's passes about buffers and sizes.
// RUN: norm-opt %s --norm-expand-copies | FileCheck %s --check-prefix=COPIES
// RUN: norm-opt %s --norm-static-results-to-out-params | FileCheck %s --check-prefix=RESULTS
// RUN: norm-opt %s --norm-memrefs-to-tensors | FileCheck %s --check-prefix=TENSORS
// RUN: norm-opt %s --norm-check-shapes | FileCheck %s --check-prefix=SHAPES

// COPIES-LABEL: func.func @copies
// COPIES-SAME:    (%[[A:.*]]: memref<4x4xf32>, %[[B:.*]]: memref<4x4xf32>, %[[S:.*]]: memref<4x4xf32, strided<[8, 1]>>)
// COPIES-NEXT:    memref.copy %[[A]], %[[B]]
// COPIES-NEXT:    linalg.generic
// COPIES-SAME:      ins(%[[A]] : memref<4x4xf32>) outs(%[[S]] : memref<4x4xf32, strided<[8, 1]>>)
// COPIES-NOT:     memref.copy
// COPIES:         return
func.func @copies(%a: memref<4x4xf32>, %b: memref<4x4xf32>, %s: memref<4x4xf32, strided<[8, 1]>>) {
  memref.copy %a, %b : memref<4x4xf32> to memref<4x4xf32>
  memref.copy %a, %s : memref<4x4xf32> to memref<4x4xf32, strided<[8, 1]>>
  return
}

// COPIES-LABEL: func.func @dynamic_copy
// COPIES-NEXT:    memref.copy
func.func @dynamic_copy(%a: memref<?xf32>, %b: memref<?xf32>) {
  memref.copy %a, %b : memref<?xf32> to memref<?xf32>
  return
}

// RESULTS-LABEL: func.func @static_result
// RESULTS-SAME:    (%[[OUT:.*]]: memref<4xf32>) -> f32
// RESULTS-NOT:     memref.alloc
// RESULTS:         memref.store %{{.*}}, %[[OUT]]
func.func @static_result() -> (memref<4xf32>, f32) {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1.0 : f32
  %0 = memref.alloc() : memref<4xf32>
  memref.store %one, %0[%c0] : memref<4xf32>
  return %0, %one : memref<4xf32>, f32
}

// RESULTS-LABEL: func.func @mixed_results
// RESULTS-SAME:    (%{{.*}}: memref<?xf32>, %{{.*}}: memref<4xf32>) -> (memref<?xf32>, memref<4xf32>)
func.func @mixed_results(%a: memref<?xf32>, %b: memref<4xf32>) -> (memref<?xf32>, memref<4xf32>) {
  return %a, %b : memref<?xf32>, memref<4xf32>
}

// RESULTS-LABEL: func.func @strided_result
// RESULTS-SAME:    -> memref<4xf32, strided<[2]>>
func.func @strided_result(%a: memref<4xf32, strided<[2]>>) -> memref<4xf32, strided<[2]>> {
  return %a : memref<4xf32, strided<[2]>>
}

// TENSORS-LABEL: func.func @normalizations
// TENSORS-SAME:    (%[[X:.*]]: memref<4x8xf32, strided<[16, 1]>>, %[[Y:.*]]: memref<4x8xf32>, %[[EPS:.*]]: f32)
// TENSORS-NEXT:    %[[XT:.*]] = bufferization.to_tensor %[[X]] restrict writable
// TENSORS-NEXT:    %[[YT:.*]] = bufferization.to_tensor %[[Y]] restrict writable
// TENSORS-NEXT:    %[[R:.*]] = norm.rms_norm ins(%[[XT]] : tensor<4x8xf32>) epsilon(%[[EPS]] : f32) outs(%[[YT]] : tensor<4x8xf32>) axes = [1]
// TENSORS-NEXT:    bufferization.materialize_in_destination %[[R]] in restrict writable %[[Y]]
// In place: one tensor for one memref, of which a copy is read.
// TENSORS-NEXT:    %[[T:.*]] = bufferization.to_tensor %[[Y]] restrict writable
// TENSORS-NEXT:    %[[C:.*]] = bufferization.alloc_tensor() copy(%[[T]])
// TENSORS-NEXT:    %[[I:.*]] = norm.rms_norm ins(%[[C]] : tensor<4x8xf32>) outs(%[[T]] : tensor<4x8xf32>)
// TENSORS-NEXT:    bufferization.materialize_in_destination %[[I]] in restrict writable %[[Y]]
// TENSORS-NEXT:    return
func.func @normalizations(%x: memref<4x8xf32, strided<[16, 1]>>, %y: memref<4x8xf32>, %eps: f32) {
  norm.rms_norm ins(%x : memref<4x8xf32, strided<[16, 1]>>) epsilon(%eps : f32) outs(%y : memref<4x8xf32>) axes = [1]
  norm.rms_norm ins(%y : memref<4x8xf32>) outs(%y : memref<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// A dynamic size is compared with a static one where there is one; static ones are the verifier's.
// SHAPES-LABEL: func.func @sizes
// SHAPES-SAME:    (%[[X:.*]]: tensor<?x?xf32>, %[[G:.*]]: tensor<8xf32>, %[[Y:.*]]: tensor<?x8xf32>)
// SHAPES:         %[[X0:.*]] = tensor.dim %[[X]], %{{.*}}
// SHAPES:         %[[Y0:.*]] = tensor.dim %[[Y]], %{{.*}}
// SHAPES:         %[[SAME0:.*]] = arith.cmpi eq, %[[X0]], %[[Y0]] : index
// SHAPES:         cf.assert %[[SAME0]], "{{.*}}buffers.mlir:[[# @LINE + 8]]:8: linalg.generic: dim 0 of operand 0 and dim 0 of operand 2 have different sizes"
// SHAPES:         %[[G0:.*]] = tensor.dim %[[G]], %{{.*}}
// SHAPES:         %[[X1:.*]] = tensor.dim %[[X]], %{{.*}}
// SHAPES:         %[[SAME1:.*]] = arith.cmpi eq, %[[G0]], %[[X1]] : index
// SHAPES:         cf.assert %[[SAME1]], "{{.*}}linalg.generic: dim 0 of operand 1 and dim 1 of operand 0 have different sizes"
// SHAPES-NOT:     cf.assert
// SHAPES:         return
func.func @sizes(%x: tensor<?x?xf32>, %g: tensor<8xf32>, %y: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x, %g : tensor<?x?xf32>, tensor<8xf32>) outs(%y : tensor<?x8xf32>) {
  ^bb0(%e: f32, %h: f32, %o: f32):
    %p = arith.mulf %e, %h : f32
    linalg.yield %p : f32
  } -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// Dims that a dynamic one splits into have its size together.
// SHAPES-LABEL: func.func @split
// SHAPES-SAME:    (%[[X:.*]]: tensor<?x6x?xf32>, %[[M:.*]]: memref<?xf32>, %[[N:.*]]: index, %[[K:.*]]: index)
// SHAPES:         %[[PRODUCT:.*]] = arith.muli %{{.*}}, %[[N]] : index
// SHAPES:         %[[SIZE:.*]] = tensor.dim %[[X]], %c2
// SHAPES:         %[[SAME:.*]] = arith.cmpi eq, %[[SIZE]], %[[PRODUCT]] : index
// SHAPES:         cf.assert %[[SAME]], "{{.*}}buffers.mlir:[[# @LINE + 8]]:8: tensor.expand_shape: dim 2 does not split into dims of these sizes"
// SHAPES:         tensor.expand_shape
// SHAPES:         arith.muli %[[N]], %[[K]]
// SHAPES:         memref.dim %[[M]]
// SHAPES:         cf.assert %{{.*}}, "{{.*}}memref.expand_shape: dim 0 does not split into dims of these sizes"
// SHAPES:         memref.expand_shape
// SHAPES-NOT:     cf.assert
func.func @split(%x: tensor<?x6x?xf32>, %m: memref<?xf32>, %n: index, %k: index) -> (tensor<?x2x3x4x?xf32>, memref<?x?xf32>) {
  %0 = tensor.expand_shape %x [[0], [1, 2], [3, 4]] output_shape [%k, 2, 3, 4, %n] : tensor<?x6x?xf32> into tensor<?x2x3x4x?xf32>
  %1 = memref.expand_shape %m [[0, 1]] output_shape [%n, %k] : memref<?xf32> into memref<?x?xf32>
  return %0, %1 : tensor<?x2x3x4x?xf32>, memref<?x?xf32>
}
