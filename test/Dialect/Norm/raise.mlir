// RUN: norm-opt %s --norm-raise | FileCheck %s

// Every axis along which spellings of a normalization differ, one at a time:
// whatever the spelling, one operation is left and nothing else.

//===--- The square ---===//

// d * d, and the plain form of all else.

// CHECK-LABEL: func @plain(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @plain(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// powf with exponent 2.

// CHECK-LABEL: func @square_powf(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @square_powf(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %two_dd = arith.constant dense<2.0> : tensor<4x8xf32>
  %dd = math.powf %d, %two_dd : tensor<4x8xf32>
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

// fpowi with exponent 2.

// CHECK-LABEL: func @square_fpowi(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @square_fpowi(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %two_dd = arith.constant dense<2> : tensor<4x8xi32>
  %dd = math.fpowi %d, %two_dd : tensor<4x8xf32>, tensor<4x8xi32>
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

// linalg.square.

// CHECK-LABEL: func @square_linalg(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @square_linalg(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
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
  %dd = linalg.square ins(%d : tensor<4x8xf32>) outs(%empty : tensor<4x8xf32>) -> tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  return %y0 : tensor<4x8xf32>
}

//===--- The count ---===//

// Times fl(1/24), which is inexact.

// CHECK-LABEL: func @count_reciprocal(
// CHECK-SAME:    %[[X:.*]]: tensor<4x24xf32>, %[[G:.*]]: tensor<24xf32>, %[[B:.*]]: tensor<24xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x24xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @count_reciprocal(%x: tensor<4x24xf32>, %gamma: tensor<24xf32>, %beta: tensor<24xf32>) -> tensor<4x24xf32> {
  %init = arith.constant 0.0 : f32
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x24xf32>
  %zeros = linalg.fill ins(%init : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<0.0416666679> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x24xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %mean = arith.mulf %s, %n : tensor<4xf32>
  %meanb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%empty : tensor<4x24xf32>) dimensions = [1]
  %d = arith.subf %x, %meanb : tensor<4x24xf32>
  %dd = arith.mulf %d, %d : tensor<4x24xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x24xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %v = arith.mulf %ss, %n : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x24xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<24xf32>) outs(%empty : tensor<4x24xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<24xf32>) outs(%empty : tensor<4x24xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x24xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x24xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x24xf32>
  return %y2 : tensor<4x24xf32>
}

//===--- The inverse root ---===//

// 1 / sqrt.

// CHECK-LABEL: func @one_over_sqrt(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @one_over_sqrt(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %root = math.sqrt %ve : tensor<4xf32>
  %one = arith.constant dense<1.0> : tensor<4xf32>
  %r = arith.divf %one, %root : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// Division by the root.

// CHECK-LABEL: func @divided_by_sqrt(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @divided_by_sqrt(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %y0 = arith.divf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// The root of the reciprocal.

// CHECK-LABEL: func @sqrt_of_reciprocal(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @sqrt_of_reciprocal(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %one = arith.constant dense<1.0> : tensor<4xf32>
  %inv = arith.divf %one, %ve : tensor<4xf32>
  %r = math.sqrt %inv : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// powf with exponent -1/2.

// CHECK-LABEL: func @powf_minus_half(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @powf_minus_half(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %h = arith.constant dense<-0.5> : tensor<4xf32>
  %r = math.powf %ve, %h : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}

// The root to the power -1.

// CHECK-LABEL: func @pow_of_sqrt(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[E:.*]] = tensor.empty() : tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = norm.layer_norm ins(%[[X]] : {{.*}}gamma(%[[G]] :{{.*}}beta(%[[B]] :{{.*}}outs(%[[E]] : {{.*}}axes = [1] epsilon = 9.99999974{{[0-9E+-]*}}
// CHECK-NEXT:    return %[[Y]]
func.func @pow_of_sqrt(%x: tensor<4x8xf32>, %gamma: tensor<8xf32>, %beta: tensor<8xf32>) -> tensor<4x8xf32> {
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
  %root = math.sqrt %ve : tensor<4xf32>
  %h = arith.constant dense<-1.0> : tensor<4xf32>
  %r = math.powf %root, %h : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %gb = linalg.broadcast ins(%gamma : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %bb = linalg.broadcast ins(%beta : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %y0, %gb : tensor<4x8xf32>
  %y2 = arith.addf %y1, %bb : tensor<4x8xf32>
  return %y2 : tensor<4x8xf32>
}
