// Each operation that starts from a filled tensor gets one of its own: filling once more costs less than a copy.
// RUN: norm-opt %s --norm-separate-inits | FileCheck %s

// CHECK-LABEL: func.func @shared
// CHECK:       %[[E:.*]] = tensor.empty
// CHECK:       %[[F:.*]] = linalg.fill {{.*}} outs(%[[E]]
// CHECK:       %[[F0:.*]] = linalg.fill {{.*}} outs(%[[E]]
// CHECK:       linalg.matmul {{.*}} outs(%[[F0]]
// CHECK:       %[[F1:.*]] = linalg.fill {{.*}} outs(%[[E]]
// CHECK:       linalg.matmul {{.*}} outs(%[[F1]]
// CHECK:       return %{{.*}}, %{{.*}}, %[[F]]
func.func @shared(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<4x4xf32>, tensor<4x4xf32>) outs(%f : tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = linalg.matmul ins(%b, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%f : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0, %1, %f : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
}

// CHECK-LABEL: func.func @alone
// CHECK-COUNT-1: linalg.fill
// CHECK-NOT:   linalg.fill
func.func @alone(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %0 = linalg.matmul ins(%a, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%f : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// Two outputs of one operation: two empty tensors.
// CHECK-LABEL: func.func @two_outputs
// CHECK:       %[[E0:.*]] = tensor.empty
// CHECK:       %[[E1:.*]] = tensor.empty
// CHECK:       norm.layer_norm {{.*}} mean(%[[E1]] : {{.*}}) rstd(%[[E0]] :
func.func @two_outputs(%x: tensor<4x4xf32>, %y: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %0:3 = norm.layer_norm ins(%x : tensor<4x4xf32>) outs(%y : tensor<4x4xf32>) mean(%e : tensor<4xf32>) rstd(%e : tensor<4xf32>) axes = [1]
      epsilon = 1.0e-5
  return %0#0, %0#1, %0#2 : tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>
}

// An operand that is an init, of a result that goes elsewhere. Where the init is read, or is the destination, it stays.
// CHECK-LABEL: func.func @destination
// CHECK-SAME:      (%[[X:[a-z0-9]*]]: tensor<?x4xf32>, %[[Y:[a-z0-9]*]]: memref<?x4xf32>,
// CHECK:       %[[SIZE:.*]] = tensor.dim %[[X]]
// CHECK:       %[[EMPTY:.*]] = tensor.empty(%[[SIZE]]) : tensor<?x4xf32>
// CHECK:       linalg.add {{.*}} outs(%[[EMPTY]]
// CHECK:       linalg.matmul {{.*}} outs(%[[X]]
// CHECK:       %[[OWN:.*]] = bufferization.to_tensor
// CHECK:       linalg.exp {{.*}} outs(%[[OWN]]
// CHECK:       linalg.abs {{.*}} outs(%[[X]]
func.func @destination(%x: tensor<?x4xf32>, %y: memref<?x4xf32>, %w: tensor<4x4xf32>, %z: memref<?x4xf32>, %own: memref<?x4xf32>)
    -> tensor<?x4xf32> {
  %0 = linalg.add ins(%x, %x : tensor<?x4xf32>, tensor<?x4xf32>) outs(%x : tensor<?x4xf32>) -> tensor<?x4xf32>
  bufferization.materialize_in_destination %0 in restrict writable %y : (tensor<?x4xf32>, memref<?x4xf32>) -> ()
  %1 = linalg.matmul ins(%x, %w : tensor<?x4xf32>, tensor<4x4xf32>) outs(%x : tensor<?x4xf32>) -> tensor<?x4xf32>
  bufferization.materialize_in_destination %1 in restrict writable %z : (tensor<?x4xf32>, memref<?x4xf32>) -> ()
  %t = bufferization.to_tensor %own restrict writable : memref<?x4xf32> to tensor<?x4xf32>
  %2 = linalg.exp ins(%x : tensor<?x4xf32>) outs(%t : tensor<?x4xf32>) -> tensor<?x4xf32>
  bufferization.materialize_in_destination %2 in restrict writable %own : (tensor<?x4xf32>, memref<?x4xf32>) -> ()
  %3 = linalg.abs ins(%x : tensor<?x4xf32>) outs(%x : tensor<?x4xf32>) -> tensor<?x4xf32>
  return %3 : tensor<?x4xf32>
}
