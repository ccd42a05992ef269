// RUN: norm-opt %s -resolve-ranked-shaped-type-result-dims | FileCheck %s

// A result has the sizes of its init.
// CHECK-LABEL: func @layer_norm
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x?x8xf32>, %[[Y:[a-z0-9]+]]: tensor<?x?x8xf32>, %[[M:[a-z0-9]+]]: tensor<?x?xf32>
func.func @layer_norm(%x: tensor<?x?x8xf32>, %y: tensor<?x?x8xf32>, %m: tensor<?x?xf32>) -> (index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0:2 = norm.layer_norm ins(%x : tensor<?x?x8xf32>) outs(%y : tensor<?x?x8xf32>) rstd(%m : tensor<?x?xf32>) axes = [2] epsilon = 1.0e-5
  // CHECK-DAG: %[[A:.*]] = tensor.dim %[[Y]], %c1
  // CHECK-DAG: %[[B:.*]] = tensor.dim %[[M]], %c0
  // CHECK: return %[[A]], %[[B]]
  %a = tensor.dim %0#0, %c1 : tensor<?x?x8xf32>
  %b = tensor.dim %0#1, %c0 : tensor<?x?xf32>
  return %a, %b : index, index
}

// CHECK-LABEL: func @channels
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x?x8xf32>, %[[Y:[a-z0-9]+]]: tensor<?x?x8xf32>, %[[M:[a-z0-9]+]]: tensor<?x2xf32>, %[[V:[a-z0-9]+]]: tensor<?xf32>
func.func @channels(%x: tensor<?x?x8xf32>, %y: tensor<?x?x8xf32>, %m: tensor<?x2xf32>, %v: tensor<?xf32>) -> (index, index, index, index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0:2 = norm.group_norm ins(%x : tensor<?x?x8xf32>) outs(%y : tensor<?x?x8xf32>) rstd(%m : tensor<?x2xf32>)
      axes = [2] channel_axis = 1 groups = 2 epsilon = 1.0e-5
  %1 = norm.batch_norm_inference ins(%x : tensor<?x?x8xf32>) mean(%v : tensor<?xf32>) variance(%v : tensor<?xf32>) outs(%y : tensor<?x?x8xf32>)
      channel_axis = 1 epsilon = 1.0e-5
  %2:2 = norm.batch_norm_training ins(%x : tensor<?x?x8xf32>) outs(%y : tensor<?x?x8xf32>) variance(%v : tensor<?xf32>)
      channel_axis = 1 epsilon = 1.0e-5
  // CHECK-DAG: %[[Y0:.*]] = tensor.dim %[[Y]], %c0
  // CHECK-DAG: %[[Y1:.*]] = tensor.dim %[[Y]], %c1
  // CHECK-DAG: %[[M0:.*]] = tensor.dim %[[M]], %c0
  // CHECK-DAG: %[[V0:.*]] = tensor.dim %[[V]], %c0
  // CHECK: return %{{.*}}, %[[M0]], %{{.*}}, %{{.*}}, %[[V0]]
  %a = tensor.dim %0#0, %c1 : tensor<?x?x8xf32>
  %b = tensor.dim %0#1, %c0 : tensor<?x2xf32>
  %c = tensor.dim %1, %c1 : tensor<?x?x8xf32>
  %d = tensor.dim %2#0, %c0 : tensor<?x?x8xf32>
  %e = tensor.dim %2#1, %c0 : tensor<?xf32>
  return %a, %b, %c, %d, %e : index, index, index, index, index
}

#rc = affine_map<(r, c) -> (r, c)>
#c = affine_map<(r, c) -> (c)>

// CHECK-LABEL: func @generic
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x?xf32>, %[[Y:[a-z0-9]+]]: tensor<?x?xf32>, %[[B:[a-z0-9]+]]: tensor<?xf32>
func.func @generic(%x: tensor<?x?xf32>, %y: tensor<?x?xf32>, %b: tensor<?xf32>) -> (index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0:2 = norm.generic {indexing_maps = [#rc, #rc, #c], normalized_dims = [1]}
      ins(%x : tensor<?x?xf32>) outs(%y, %b : tensor<?x?xf32>, tensor<?xf32>) {
  ^bb0(%e: f32):
    norm.yield %e, %e : f32, f32
  }
  // CHECK-DAG: %[[D0:.*]] = tensor.dim %[[Y]], %c1
  // CHECK-DAG: %[[D1:.*]] = tensor.dim %[[B]], %c0
  // CHECK: return %[[D0]], %[[D1]]
  %d0 = tensor.dim %0#0, %c1 : tensor<?x?xf32>
  %d1 = tensor.dim %0#1, %c0 : tensor<?xf32>
  return %d0, %d1 : index, index
}
