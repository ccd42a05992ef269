// RUN: norm-opt %s --norm-extracts-to-slices --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @epsilon(
// CHECK-SAME: %[[X:.*]]: tensor<4x8xf32>, %[[E:.*]]: tensor<?x3xf32>, %[[S:.*]]: tensor<f32>, %[[I:.*]]: index, %[[F:.*]]: f32
// CHECK-NOT: tensor.extract %
// CHECK: %[[SLICE:.*]] = tensor.extract_slice %[[E]][%[[I]], 2] [1, 1] [1, 1] : tensor<?x3xf32> to tensor<f32>
// CHECK: norm.generic {{.*}} ins(%[[X]], %[[SLICE]], %[[S]], %[[F]] : tensor<4x8xf32>, tensor<f32>, tensor<f32>, f32)
func.func @epsilon(%x: tensor<4x8xf32>, %e: tensor<?x3xf32>, %s: tensor<f32>, %i: index, %f: f32) -> tensor<4x8xf32> {
  %c2 = arith.constant 2 : index
  %a = tensor.extract %e[%i, %c2] : tensor<?x3xf32>
  %b = tensor.extract %s[] : tensor<f32>
  %y = norm.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> ()>, affine_map<(m, n) -> ()>,
                                      affine_map<(m, n) -> ()>, affine_map<(m, n) -> (m, n)>], normalized_dims = [1]}
      ins(%x, %a, %b, %f : tensor<4x8xf32>, f32, f32, f32) outs(%x : tensor<4x8xf32>) {
  ^bb0(%v: f32, %p: f32, %q: f32, %r: f32):
    %0 = arith.mulf %p, %q : f32
    %1 = arith.mulf %0, %r : f32
    %2 = arith.addf %v, %1 : f32
    %3 = norm.reduce <add> %2 : f32
    %4 = arith.subf %v, %3 : f32
    norm.yield %4 : f32
  }
  return %y : tensor<4x8xf32>
}
