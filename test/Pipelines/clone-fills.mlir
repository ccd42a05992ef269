// Each operation that starts from a filled tensor gets one of its own: filling once more costs less than a copy.
// RUN: norm-opt %s --norm-clone-fills | FileCheck %s

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
