// RUN: norm-opt %s --norm-raise -split-input-file | FileCheck %s

// Batch norm: statistics of each channel, by the batch itself or given.

//===--- Batch norm by its own statistics ---===//

#all = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>

// CHECK-LABEL: func @batch_norm_training(
// CHECK-SAME:    %[[X:.*]]: tensor<2x6x4x5xf32>, %[[G:.*]]: tensor<6xf32>, %[[B:.*]]: tensor<6xf32>)
// CHECK:         %[[Y:.*]] = norm.batch_norm_training ins(%[[X]] : tensor<2x6x4x5xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) outs(%{{.*}})
// CHECK-SAME:      channel_axis = 1 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @batch_norm_training(%x: tensor<2x6x4x5xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>) -> tensor<2x6x4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 40.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x6x4x5xf32>
  %zeros_empty = tensor.empty() : tensor<6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<6xf32>) -> tensor<6xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x6x4x5xf32>) outs(%zeros : tensor<6xf32>) dimensions = [0, 2, 3]
  %ss = linalg.generic {indexing_maps = [#all, #channel, #channel], iterator_types = ["reduction", "parallel", "reduction", "reduction"]} ins(%x, %s : tensor<2x6x4x5xf32>, tensor<6xf32>) outs(%zeros : tensor<6xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #channel, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %gamma, %beta : tensor<2x6x4x5xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) outs(%empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %b: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %0 = arith.addf %scaled, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x6x4x5xf32>
  return %y : tensor<2x6x4x5xf32>
}

// Without parameters it is a layer norm over all dims but the channel.

// CHECK-LABEL: func @batch_norm_training_without_affine(
// CHECK-SAME:    %[[X:.*]]: tensor<2x6x4x5xf32>)
// CHECK:         %[[Y:.*]] = norm.layer_norm ins(%[[X]] : tensor<2x6x4x5xf32>) outs(%{{.*}} : tensor<2x6x4x5xf32>) axes = [0, 2, 3] epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @batch_norm_training_without_affine(%x: tensor<2x6x4x5xf32>) -> tensor<2x6x4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 40.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x6x4x5xf32>
  %zeros_empty = tensor.empty() : tensor<6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<6xf32>) -> tensor<6xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x6x4x5xf32>) outs(%zeros : tensor<6xf32>) dimensions = [0, 2, 3]
  %ss = linalg.generic {indexing_maps = [#all, #channel, #channel], iterator_types = ["reduction", "parallel", "reduction", "reduction"]} ins(%x, %s : tensor<2x6x4x5xf32>, tensor<6xf32>) outs(%zeros : tensor<6xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %s, %ss : tensor<2x6x4x5xf32>, tensor<6xf32>, tensor<6xf32>) outs(%empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    linalg.yield %dr : f32
  } -> tensor<2x6x4x5xf32>
  return %y : tensor<2x6x4x5xf32>
}

// -----

// Channel last.

#all = affine_map<(n, h, w, c) -> (n, h, w, c)>
#channel = affine_map<(n, h, w, c) -> (c)>

// CHECK-LABEL: func @batch_norm_training_channel_last(
// CHECK-SAME:    %[[X:.*]]: tensor<2x4x5x6xf32>, %[[G:.*]]: tensor<6xf32>, %[[B:.*]]: tensor<6xf32>)
// CHECK:         %[[Y:.*]] = norm.batch_norm_training ins(%[[X]] : tensor<2x4x5x6xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) outs(%{{.*}})
// CHECK-SAME:      channel_axis = 3 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @batch_norm_training_channel_last(%x: tensor<2x4x5x6xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>) -> tensor<2x4x5x6xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 40.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x4x5x6xf32>
  %zeros_empty = tensor.empty() : tensor<6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<6xf32>) -> tensor<6xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<2x4x5x6xf32>) outs(%zeros : tensor<6xf32>) dimensions = [0, 1, 2]
  %ss = linalg.generic {indexing_maps = [#all, #channel, #channel], iterator_types = ["reduction", "reduction", "reduction", "parallel"]} ins(%x, %s : tensor<2x4x5x6xf32>, tensor<6xf32>) outs(%zeros : tensor<6xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #channel, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %s, %ss, %gamma, %beta : tensor<2x4x5x6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) outs(%empty : tensor<2x4x5x6xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %b: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %0 = arith.addf %scaled, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x4x5x6xf32>
  return %y : tensor<2x4x5x6xf32>
}

// -----

// Rows of features.

#all = affine_map<(n, c) -> (n, c)>
#channel = affine_map<(n, c) -> (c)>

// CHECK-LABEL: func @batch_norm_training_of_rows(
// CHECK-SAME:    %[[X:.*]]: tensor<8x6xf32>, %[[G:.*]]: tensor<6xf32>, %[[B:.*]]: tensor<6xf32>)
// CHECK:         %[[Y:.*]] = norm.batch_norm_training ins(%[[X]] : tensor<8x6xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) outs(%{{.*}})
// CHECK-SAME:      channel_axis = 1 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @batch_norm_training_of_rows(%x: tensor<8x6xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>) -> tensor<8x6xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 8.0 : f32
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<8x6xf32>
  %zeros_empty = tensor.empty() : tensor<6xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%zeros_empty : tensor<6xf32>) -> tensor<6xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<8x6xf32>) outs(%zeros : tensor<6xf32>) dimensions = [0]
  %ss = linalg.generic {indexing_maps = [#all, #channel, #channel], iterator_types = ["reduction", "parallel"]} ins(%x, %s : tensor<8x6xf32>, tensor<6xf32>) outs(%zeros : tensor<6xf32>) {
  ^bb0(%in: f32, %sum: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %dd = arith.mulf %d, %d : f32
    %0 = arith.addf %dd, %out : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #channel, #channel, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %s, %ss, %gamma, %beta : tensor<8x6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) outs(%empty : tensor<8x6xf32>) {
  ^bb0(%in: f32, %sum: f32, %squares: f32, %g: f32, %b: f32, %out: f32):
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %in, %mean : f32
    %v = arith.divf %squares, %n : f32
    %ve = arith.addf %v, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %0 = arith.addf %scaled, %b : f32
    linalg.yield %0 : f32
  } -> tensor<8x6xf32>
  return %y : tensor<8x6xf32>
}

// -----

//===--- Batch norm by given statistics ---===//

#all = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>

// CHECK-LABEL: func @batch_norm_inference(
// CHECK-SAME:    %[[X:[^:]*]]: tensor<2x6x4x5xf32>, %[[G:[^:]*]]: tensor<6xf32>, %[[B:[^:]*]]: tensor<6xf32>, %[[M:[^:]*]]: tensor<6xf32>, %[[V:[^:]*]]: tensor<6xf32>)
// CHECK:         %[[Y:.*]] = norm.batch_norm_inference ins(%[[X]] : tensor<2x6x4x5xf32>) mean(%[[M]] : tensor<6xf32>) variance(%[[V]] : tensor<6xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) outs(%{{.*}} : tensor<2x6x4x5xf32>)
// CHECK-SAME:      channel_axis = 1 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @batch_norm_inference(%x: tensor<2x6x4x5xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>, %m: tensor<6xf32>, %v: tensor<6xf32>) -> tensor<2x6x4x5xf32> {
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x6x4x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #channel, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %gamma, %beta, %m, %v : tensor<2x6x4x5xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) outs(%empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %g: f32, %b: f32, %mean: f32, %variance: f32, %out: f32):
    %d = arith.subf %in, %mean : f32
    %ve = arith.addf %variance, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %0 = arith.addf %scaled, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x6x4x5xf32>
  return %y : tensor<2x6x4x5xf32>
}

// Distributed: x·k + (b − m·k).

// CHECK-LABEL: func @batch_norm_inference_distributed(
// CHECK-SAME:    %[[X:[^:]*]]: tensor<2x6x4x5xf32>, %[[G:[^:]*]]: tensor<6xf32>, %[[B:[^:]*]]: tensor<6xf32>, %[[M:[^:]*]]: tensor<6xf32>, %[[V:[^:]*]]: tensor<6xf32>)
// CHECK:         %[[Y:.*]] = norm.batch_norm_inference ins(%[[X]] : tensor<2x6x4x5xf32>) mean(%[[M]] : tensor<6xf32>) variance(%[[V]] : tensor<6xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) outs(%{{.*}} : tensor<2x6x4x5xf32>)
// CHECK-SAME:      channel_axis = 1 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @batch_norm_inference_distributed(%x: tensor<2x6x4x5xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>, %m: tensor<6xf32>, %v: tensor<6xf32>) -> tensor<2x6x4x5xf32> {
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x6x4x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #channel, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %gamma, %beta, %m, %v : tensor<2x6x4x5xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) outs(%empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %g: f32, %b: f32, %mean: f32, %variance: f32, %out: f32):
    %ve = arith.addf %variance, %eps : f32
    %r = math.rsqrt %ve : f32
    %k = arith.mulf %r, %g : f32
    %mk = arith.mulf %mean, %k : f32
    %c = arith.subf %b, %mk : f32
    %xk = arith.mulf %in, %k : f32
    %0 = arith.addf %xk, %c : f32
    linalg.yield %0 : f32
  } -> tensor<2x6x4x5xf32>
  return %y : tensor<2x6x4x5xf32>
}

// An epsilon that comes at run time.

// CHECK-LABEL: func @batch_norm_inference_epsilon(
// CHECK-SAME:    %[[X:[^:]*]]: tensor<2x6x4x5xf32>, %[[G:[^:]*]]: tensor<6xf32>, %[[B:[^:]*]]: tensor<6xf32>, %[[M:[^:]*]]: tensor<6xf32>, %[[V:[^:]*]]: tensor<6xf32>, %[[EPS:[^:]*]]: f32)
// CHECK:         %[[Y:.*]] = norm.batch_norm_inference ins(%[[X]] : tensor<2x6x4x5xf32>) mean(%[[M]] : tensor<6xf32>) variance(%[[V]] : tensor<6xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) epsilon(%[[EPS]] : f32) outs(%{{.*}} : tensor<2x6x4x5xf32>)
// CHECK-SAME:      channel_axis = 1
// CHECK-NEXT:    return %[[Y]]
func.func @batch_norm_inference_epsilon(%x: tensor<2x6x4x5xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>, %m: tensor<6xf32>, %v: tensor<6xf32>, %eps: f32) -> tensor<2x6x4x5xf32> {
  %empty = tensor.empty() : tensor<2x6x4x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #channel, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %gamma, %beta, %m, %v : tensor<2x6x4x5xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) outs(%empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %g: f32, %b: f32, %mean: f32, %variance: f32, %out: f32):
    %d = arith.subf %in, %mean : f32
    %ve = arith.addf %variance, %eps : f32
    %r = math.rsqrt %ve : f32
    %dr = arith.mulf %d, %r : f32
    %scaled = arith.mulf %dr, %g : f32
    %0 = arith.addf %scaled, %b : f32
    linalg.yield %0 : f32
  } -> tensor<2x6x4x5xf32>
  return %y : tensor<2x6x4x5xf32>
}

// The mean of another dim than the variance: no batch norm.

#batch = affine_map<(n, c, h, w) -> (h)>

// CHECK-LABEL: func @mean_of_other_dim(
// CHECK-NOT:     norm.
// CHECK:         return
func.func @mean_of_other_dim(%x: tensor<2x6x4x5xf32>, %m: tensor<4xf32>, %v: tensor<6xf32>) -> tensor<2x6x4x5xf32> {
  %eps = arith.constant 9.765625e-04 : f32
  %empty = tensor.empty() : tensor<2x6x4x5xf32>
  %y = linalg.generic {indexing_maps = [#all, #batch, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %m, %v : tensor<2x6x4x5xf32>, tensor<4xf32>, tensor<6xf32>) outs(%empty : tensor<2x6x4x5xf32>) {
  ^bb0(%in: f32, %mean: f32, %variance: f32, %out: f32):
    %d = arith.subf %in, %mean : f32
    %ve = arith.addf %variance, %eps : f32
    %r = math.rsqrt %ve : f32
    %0 = arith.mulf %d, %r : f32
    linalg.yield %0 : f32
  } -> tensor<2x6x4x5xf32>
  return %y : tensor<2x6x4x5xf32>
}

// -----

// Channel last, with the parameters of a convolution's layout, in TOSA.

// CHECK-LABEL: func @batch_norm_inference_tosa(
// CHECK-SAME:    %[[X:[^:]*]]: tensor<2x4x5x6xf32>, %[[G:[^:]*]]: tensor<6xf32>, %[[B:[^:]*]]: tensor<6xf32>, %[[M:[^:]*]]: tensor<6xf32>, %[[V:[^:]*]]: tensor<6xf32>)
// CHECK:         %[[Y:.*]] = norm.batch_norm_inference ins(%[[X]] : tensor<2x4x5x6xf32>) mean(%[[M]] : tensor<6xf32>) variance(%[[V]] : tensor<6xf32>) gamma(%[[G]] : tensor<6xf32>) beta(%[[B]] : tensor<6xf32>) outs(%{{.*}} : tensor<2x4x5x6xf32>)
// CHECK-SAME:      channel_axis = 3 epsilon = 9.765625E-4
// CHECK-NEXT:    return %[[Y]]
func.func @batch_norm_inference_tosa(%x: tensor<2x4x5x6xf32>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>, %m: tensor<6xf32>, %v: tensor<6xf32>) -> tensor<2x4x5x6xf32> {
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %shape = tosa.const_shape {values = dense<[1, 1, 1, 6]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %eps = "tosa.const"() <{values = dense<9.765625e-04> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %gamma4 = tosa.reshape %gamma, %shape : (tensor<6xf32>, !tosa.shape<4>) -> tensor<1x1x1x6xf32>
  %beta4 = tosa.reshape %beta, %shape : (tensor<6xf32>, !tosa.shape<4>) -> tensor<1x1x1x6xf32>
  %m4 = tosa.reshape %m, %shape : (tensor<6xf32>, !tosa.shape<4>) -> tensor<1x1x1x6xf32>
  %v4 = tosa.reshape %v, %shape : (tensor<6xf32>, !tosa.shape<4>) -> tensor<1x1x1x6xf32>
  %d = tosa.sub %x, %m4 : (tensor<2x4x5x6xf32>, tensor<1x1x1x6xf32>) -> tensor<2x4x5x6xf32>
  %ve = tosa.add %v4, %eps : (tensor<1x1x1x6xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x6xf32>
  %r = tosa.rsqrt %ve : (tensor<1x1x1x6xf32>) -> tensor<1x1x1x6xf32>
  %dr = tosa.mul %d, %r, %shift : (tensor<2x4x5x6xf32>, tensor<1x1x1x6xf32>, tensor<1xi8>) -> tensor<2x4x5x6xf32>
  %scaled = tosa.mul %dr, %gamma4, %shift : (tensor<2x4x5x6xf32>, tensor<1x1x1x6xf32>, tensor<1xi8>) -> tensor<2x4x5x6xf32>
  %y = tosa.add %scaled, %beta4 : (tensor<2x4x5x6xf32>, tensor<1x1x1x6xf32>) -> tensor<2x4x5x6xf32>
  return %y : tensor<2x4x5x6xf32>
}
