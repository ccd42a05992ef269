// RUN: norm-opt %s --norm-raise | FileCheck %s

// Spellings of scale, bias and axes, and RMS norm.

//===--- The affine ---===//

// None.

// CHECK-LABEL: func @no_affine(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @no_affine(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
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
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  return %y0 : tensor<4x8xf32>
}

// Scale alone.

// CHECK-LABEL: func @scale_only(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @scale_only(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}

// Bias alone.

// CHECK-LABEL: func @bias_only(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @bias_only(%x: tensor<4x8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y2 = arith.addf %y0, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// The scale multiplied into the inverse root first.

// CHECK-LABEL: func @scale_into_root(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @scale_into_root(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %k = arith.mulf %rb, %gb : tensor<4x8xf32>
  %y1 = arith.mulf %k, %d : tensor<4x8xf32>
  %y2 = arith.addf %bb, %y1 : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// x * k + (b − m * k).

// CHECK-LABEL: func @distributed(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @distributed(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %k = arith.mulf %rb, %gb : tensor<4x8xf32>
  %xk = arith.mulf %x, %k : tensor<4x8xf32>
  %mk = arith.mulf %meanb, %k : tensor<4x8xf32>
  %c = arith.subf %bb, %mk : tensor<4x8xf32>
  %y2 = arith.addf %xk, %c : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// (−(m * k) + b) + x * k.

// CHECK-LABEL: func @distributed_negated(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @distributed_negated(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %k = arith.mulf %rb, %gb : tensor<4x8xf32>
  %xk = arith.mulf %x, %k : tensor<4x8xf32>
  %mk = arith.mulf %meanb, %k : tensor<4x8xf32>
  %nmk = arith.negf %mk : tensor<4x8xf32>
  %c = arith.addf %nmk, %bb : tensor<4x8xf32>
  %y2 = arith.addf %c, %xk : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// The scale before the division by the root.

// CHECK-LABEL: func @scale_first(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @scale_first(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.sqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %dw = arith.mulf %gb, %d : tensor<4x8xf32>
  %y1 = arith.divf %dw, %rb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

//===--- The axes ---===//

// Two.

// CHECK-LABEL: func @two_axes(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x4xf32>, %[[G:.*]]: tensor<3x4xf32>, %[[B:.*]]: tensor<3x4xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<2x3x4xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1, 2] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @two_axes(%x: tensor<2x3x4xf32>, %gamma: tensor<3x4xf32>, %beta: tensor<3x4xf32>) -> tensor<2x3x4xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<2xf32>
  %empty = tensor.empty() : tensor<2x3x4xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<2xf32>) -> tensor<2xf32>
  %n = arith.constant dense<12.0> : tensor<2xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<2xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x3x4xf32>) outs(%zeros : tensor<2xf32>) dimensions = [1, 2]
  %mean = arith.divf %s, %n : tensor<2xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<2xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [1, 2]
  %d = arith.subf %x, %meanb : tensor<2x3x4xf32>
  %dd = arith.mulf %d, %d : tensor<2x3x4xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<2x3x4xf32>) outs(%zeros : tensor<2xf32>) dimensions = [1, 2]
  %v = arith.divf %ss, %n : tensor<2xf32>
  %ve = arith.addf %v, %eps : tensor<2xf32>
  %r = math.rsqrt %ve : tensor<2xf32>
  %rb = linalg.broadcast ins(%r : tensor<2xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [1, 2]
  %gb = linalg.broadcast ins(%gamma : tensor<3x4xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<3x4xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<2x3x4xf32>
  %y1 = arith.mulf %y0, %gb : tensor<2x3x4xf32>
  %y2 = arith.addf %y1, %bb : tensor<2x3x4xf32>
  return %y2 : tensor<2x3x4xf32>
}

// A dim in the middle.

// CHECK-LABEL: func @middle_axis(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x4xf32>, %[[G:.*]]: tensor<3xf32>, %[[B:.*]]: tensor<3xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<2x3x4xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @middle_axis(%x: tensor<2x3x4xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>) -> tensor<2x3x4xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<2x4xf32>
  %empty = tensor.empty() : tensor<2x3x4xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<2x4xf32>) -> tensor<2x4xf32>
  %n = arith.constant dense<3.0> : tensor<2x4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<2x4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x3x4xf32>) outs(%zeros : tensor<2x4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<2x4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<2x4xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<2x3x4xf32>
  %dd = arith.mulf %d, %d : tensor<2x3x4xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<2x3x4xf32>) outs(%zeros : tensor<2x4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<2x4xf32>
  %ve = arith.addf %v, %eps : tensor<2x4xf32>
  %r = math.rsqrt %ve : tensor<2x4xf32>
  %rb = linalg.broadcast ins(%r : tensor<2x4xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<3xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [0, 2]
  %bb = linalg.broadcast ins(%beta : tensor<3xf32>) outs(%empty : tensor<2x3x4xf32>) dimensions = [0, 2]
  %y0 = arith.mulf %d, %rb : tensor<2x3x4xf32>
  %y1 = arith.mulf %y0, %gb : tensor<2x3x4xf32>
  %y2 = arith.addf %y1, %bb : tensor<2x3x4xf32>
  return %y2 : tensor<2x3x4xf32>
}

// All: the statistics have rank 0.

// CHECK-LABEL: func @all_axes(
// CHECK-SAME:    %[[X:.*]]: tensor<3x4xf32>, %[[G:.*]]: tensor<3x4xf32>, %[[B:.*]]: tensor<3x4xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<3x4xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [0, 1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @all_axes(%x: tensor<3x4xf32>, %gamma: tensor<3x4xf32>, %beta: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<f32>
  %empty = tensor.empty() : tensor<3x4xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<f32>) -> tensor<f32>
  %n = arith.constant dense<12.0> : tensor<f32>
  %eps = arith.constant dense<1.0e-05> : tensor<f32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<3x4xf32>) outs(%zeros : tensor<f32>) dimensions = [0, 1]
  %mean = arith.divf %s, %n : tensor<f32>
  %meanb = linalg.broadcast ins(%mean : tensor<f32>) outs(%empty : tensor<3x4xf32>) dimensions = [0, 1]
  %d = arith.subf %x, %meanb : tensor<3x4xf32>
  %dd = arith.mulf %d, %d : tensor<3x4xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<3x4xf32>) outs(%zeros : tensor<f32>) dimensions = [0, 1]
  %v = arith.divf %ss, %n : tensor<f32>
  %ve = arith.addf %v, %eps : tensor<f32>
  %r = math.rsqrt %ve : tensor<f32>
  %rb = linalg.broadcast ins(%r : tensor<f32>) outs(%empty : tensor<3x4xf32>) dimensions = [0, 1]
  %gb = linalg.broadcast ins(%gamma : tensor<3x4xf32>) outs(%empty : tensor<3x4xf32>) dimensions = []
  %bb = linalg.broadcast ins(%beta : tensor<3x4xf32>) outs(%empty : tensor<3x4xf32>) dimensions = []
  %y0 = arith.mulf %d, %rb : tensor<3x4xf32>
  %y1 = arith.mulf %y0, %gb : tensor<3x4xf32>
  %y2 = arith.addf %y1, %bb : tensor<3x4xf32>
  return %y2 : tensor<3x4xf32>
}

//===--- RMS norm ---===//

// The plain form.

// CHECK-LABEL: func @rms(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.rms_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @rms(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  return %y1 : tensor<4x8xf32>
}

// With a bias, and a power as the inverse root.

// CHECK-LABEL: func @rms_bias(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.rms_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @rms_bias(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %h = arith.constant dense<-0.5> : tensor<4xf32>
  %r = math.powf %ve, %h : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// Divided by the root, without a scale.

// CHECK-LABEL: func @rms_divided(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.rms_norm ins(%[[X]] : {{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @rms_divided(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %dd = arith.mulf %x, %x : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.sqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y0 = arith.divf %x, %rb : tensor<4x8xf32>
  return %y0 : tensor<4x8xf32>
}
