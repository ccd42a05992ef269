// What generated graphs found: each came out as invalid IR.
// RUN: norm-opt %s --norm-generalize --norm-fuse | FileCheck %s

// No operand would have the dim that is summed over.
// CHECK-LABEL: func @sum_of_scalar
func.func @sum_of_scalar(%s: f32, %r: tensor<4xf32>) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %t = tensor.splat %s : tensor<4x8xf32>
  // CHECK-NOT: norm.generic
  // CHECK: %[[SUM:.*]] = linalg.reduce
  %sum = linalg.reduce { arith.addf } ins(%t : tensor<4x8xf32>) outs(%i : tensor<4xf32>) dimensions = [1]
  // CHECK: %[[Y:.*]] = arith.addf %[[SUM]], %{{.*}} : tensor<4xf32>
  %y = arith.addf %sum, %r : tensor<4xf32>
  // CHECK: return %[[Y]]
  return %y : tensor<4xf32>
}

// Here a broadcast has it, which therefore stays in memory.
// CHECK-LABEL: func @sum_of_broadcast
func.func @sum_of_broadcast(%v: tensor<8xf32>, %r: tensor<8xf32>) -> tensor<8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  %e2 = tensor.empty() : tensor<4x8xf32>
  // CHECK: %[[B:.*]] = linalg.broadcast
  %b = linalg.broadcast ins(%v : tensor<8xf32>) outs(%e2 : tensor<4x8xf32>) dimensions = [0]
  // CHECK: norm.generic
  // CHECK-SAME: normalized_dims = [0]} ins(%[[B]], %{{.*}} : tensor<4x8xf32>, tensor<8xf32>)
  // CHECK: %[[SUM:.*]] = norm.reduce <add>
  // CHECK: arith.addf %[[SUM]]
  %sum = linalg.reduce { arith.addf } ins(%b : tensor<4x8xf32>) outs(%i : tensor<8xf32>) dimensions = [0]
  %y = arith.addf %sum, %r : tensor<8xf32>
  return %y : tensor<8xf32>
}

// Nobody uses what would be fused: it has no output.
// CHECK-LABEL: func @unused
func.func @unused(%x: tensor<4x8xf32>) {
  // CHECK-NOT: norm.generic
  // CHECK: linalg.reduce
  // CHECK: arith.negf
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %sum = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%i : tensor<4xf32>) dimensions = [1]
  %y = arith.negf %sum : tensor<4xf32>
  return
}
