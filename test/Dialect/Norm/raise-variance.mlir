// RUN: norm-opt %s --norm-raise | FileCheck %s

// Spellings of epsilon and of the variance.

//===--- Epsilon ---===//

// None is 0.

// CHECK-LABEL: func @no_epsilon(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 0.000000e+00
// CHECK-NEXT:    return %[[Y]]
func.func @no_epsilon(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %r = math.rsqrt %v : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// On the left, and large.

// CHECK-LABEL: func @epsilon_left(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 5.000000e-01
// CHECK-NEXT:    return %[[Y]]
func.func @epsilon_left(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<0.5> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %eps, %v : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

//===--- The variance ---===//

// mean(x²) − mean(x)², clamped at 0.

// CHECK-LABEL: func @one_pass(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @one_pass(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<4x8xf32>
  %xx = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %ss, %n : tensor<4xf32>
  %mm = arith.mulf %mean, %mean : tensor<4xf32>
  %v = arith.subf %q, %mm : tensor<4xf32>
  %floor = arith.constant dense<0.0> : tensor<4xf32>
  %vc = arith.maximumf %v, %floor : tensor<4xf32>
  %ve = arith.addf %vc, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// The same without a clamp.

// CHECK-LABEL: func @one_pass_unclamped(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @one_pass_unclamped(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<4x8xf32>
  %xx = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %ss, %n : tensor<4xf32>
  %mm = arith.mulf %mean, %mean : tensor<4xf32>
  %v = arith.subf %q, %mm : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// The sign of the difference that is squared alone does not matter, but that of the numerator does (raise-refused.mlir). The reduction may start at −0.

// CHECK-LABEL: func @minus_zero(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @minus_zero(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant -0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}
