// Numbers that people check an implementation by.
//
// REQUIRES: norm-run
// RUN: %python %S/Inputs/field_numbers.py %t
// DEFINE: %{run} = norm-run %s --rtol=0 --atol=5e-6

// Three features, five samples: normalized per row as layer norm does, per column as batch norm would.
// RUN: %{run} --entry=per_row --input=%t/x.npy --expect=%t/rows.npy
// RUN: %{run} --entry=per_column --input=%t/x.npy --expect=%t/columns.npy
// RUN: norm-run %s --entry=first_row --input=%t/x.npy --expect=%t/first_row.npy --rtol=0 --atol=6e-7
// RUN: norm-run %s --entry=first_column --input=%t/x.npy --expect=%t/first_column.npy --rtol=0 --atol=6e-7
func.func @per_row(%x: tensor<5x3xf32>) -> tensor<5x3xf32> {
  %init = tensor.empty() : tensor<5x3xf32>
  %y = norm.layer_norm ins(%x : tensor<5x3xf32>) outs(%init : tensor<5x3xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<5x3xf32>
}
func.func @per_column(%x: tensor<5x3xf32>) -> tensor<5x3xf32> {
  %init = tensor.empty() : tensor<5x3xf32>
  %y = norm.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (n, c)>], normalized_dims = [0]}
      ins(%x : tensor<5x3xf32>) outs(%init : tensor<5x3xf32>) {
  ^bb0(%e: f32):
    %epsilon = arith.constant 1.0e-05 : f32
    %centered, %mean, %variance = norm.moments %e : f32
    %sum = arith.addf %variance, %epsilon : f32
    %rstd = math.rsqrt %sum : f32
    %normalized = arith.mulf %centered, %rstd : f32
    norm.yield %normalized : f32
  }
  return %y : tensor<5x3xf32>
}
func.func @first_row(%x: tensor<5x3xf32>) -> tensor<3xf32> {
  %y = func.call @per_row(%x) : (tensor<5x3xf32>) -> tensor<5x3xf32>
  %row = tensor.extract_slice %y[0, 0] [1, 3] [1, 1] : tensor<5x3xf32> to tensor<3xf32>
  return %row : tensor<3xf32>
}
func.func @first_column(%x: tensor<5x3xf32>) -> tensor<5xf32> {
  %y = func.call @per_column(%x) : (tensor<5x3xf32>) -> tensor<5x3xf32>
  %column = tensor.extract_slice %y[0, 0] [5, 1] [1, 1] : tensor<5x3xf32> to tensor<5xf32>
  return %column : tensor<5xf32>
}

// Epsilon is added to the variance, not to the standard deviation, and inside the root.
// RUN: %{run} --entry=large_epsilon --input=%t/x.npy --expect=%t/large_epsilon.npy
func.func @large_epsilon(%x: tensor<5x3xf32>) -> tensor<5x3xf32> {
  %init = tensor.empty() : tensor<5x3xf32>
  %y = norm.layer_norm ins(%x : tensor<5x3xf32>) outs(%init : tensor<5x3xf32>) axes = [1] epsilon = 1.0
  return %y : tensor<5x3xf32>
}

// [batch, sequence, dim] and [sequence, batch, dim], with parameters of the one trailing dim; sequences of any length,
// a single step of a single batch too.
// RUN: %{run} --entry=sequences --input=%t/batch_first.npy --input=%t/gamma.npy --input=%t/beta.npy --expect=%t/batch_first_y.npy
// RUN: %{run} --entry=sequences --input=%t/sequence_first.npy --input=%t/gamma.npy --input=%t/beta.npy --expect=%t/sequence_first_y.npy
// RUN: %{run} --entry=sequences --input=%t/length_1.npy --input=%t/gamma.npy --input=%t/beta.npy --expect=%t/length_1_y.npy
// RUN: %{run} --entry=sequences --input=%t/length_4.npy --input=%t/gamma.npy --input=%t/beta.npy --expect=%t/length_4_y.npy
func.func @sequences(%x: tensor<?x?x3xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>) -> tensor<?x?x3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %d0 = tensor.dim %x, %c0 : tensor<?x?x3xf32>
  %d1 = tensor.dim %x, %c1 : tensor<?x?x3xf32>
  %init = tensor.empty(%d0, %d1) : tensor<?x?x3xf32>
  %y = norm.layer_norm ins(%x : tensor<?x?x3xf32>) gamma(%gamma : tensor<3xf32>) beta(%beta : tensor<3xf32>)
      outs(%init : tensor<?x?x3xf32>) axes = [2] epsilon = 1.0e-05
  return %y : tensor<?x?x3xf32>
}

// Parameters of several trailing dims: those of an image.
// RUN: %{run} --entry=image --input=%t/image.npy --input=%t/scale.npy --input=%t/shift.npy --expect=%t/image_y.npy
func.func @image(%x: tensor<2x3x4x5xf32>, %gamma: tensor<3x4x5xf32>, %beta: tensor<3x4x5xf32>) -> tensor<2x3x4x5xf32> {
  %init = tensor.empty() : tensor<2x3x4x5xf32>
  %y = norm.layer_norm ins(%x : tensor<2x3x4x5xf32>) gamma(%gamma : tensor<3x4x5xf32>) beta(%beta : tensor<3x4x5xf32>)
      outs(%init : tensor<2x3x4x5xf32>) axes = [1, 2, 3] epsilon = 1.0e-05
  return %y : tensor<2x3x4x5xf32>
}

// Over the channels of an image: a mean and an inverse root for each of its pixels.
// RUN: %{run} --entry=channels --input=%t/image.npy --input=%t/gamma.npy --input=%t/beta.npy --expect=%t/channels_y.npy --expect=%t/channels_mean.npy --expect=%t/channels_rstd.npy
func.func @channels(%x: tensor<2x3x4x5xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>)
    -> (tensor<2x3x4x5xf32>, tensor<2x4x5xf32>, tensor<2x4x5xf32>) {
  %init = tensor.empty() : tensor<2x3x4x5xf32>
  %statistics = tensor.empty() : tensor<2x4x5xf32>
  %y, %mean, %rstd = norm.layer_norm ins(%x : tensor<2x3x4x5xf32>) gamma(%gamma : tensor<3xf32>) beta(%beta : tensor<3xf32>)
      outs(%init : tensor<2x3x4x5xf32>) mean(%statistics : tensor<2x4x5xf32>) rstd(%statistics : tensor<2x4x5xf32>)
      axes = [1] epsilon = 1.0e-05
  return %y, %mean, %rstd : tensor<2x3x4x5xf32>, tensor<2x4x5xf32>, tensor<2x4x5xf32>
}

// Rows of padding are all zero and give beta; an epsilon of 0 does not make them NaN.
// RUN: norm-run %s --entry=padded --input=%t/padded.npy --input=%t/gamma.npy --input=%t/beta.npy --expect=%t/padded_y.npy --rtol=0 --atol=2e-5
// RUN: norm-run %s --entry=padded_without_epsilon --input=%t/padded.npy --input=%t/gamma.npy --input=%t/beta.npy --expect=%t/padded_y.npy --rtol=0 --atol=2e-5
func.func @padded(%x: tensor<3x3xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>) -> tensor<3x3xf32> {
  %init = tensor.empty() : tensor<3x3xf32>
  %y = norm.layer_norm ins(%x : tensor<3x3xf32>) gamma(%gamma : tensor<3xf32>) beta(%beta : tensor<3xf32>)
      outs(%init : tensor<3x3xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<3x3xf32>
}
func.func @padded_without_epsilon(%x: tensor<3x3xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>) -> tensor<3x3xf32> {
  %init = tensor.empty() : tensor<3x3xf32>
  %y = norm.layer_norm ins(%x : tensor<3x3xf32>) gamma(%gamma : tensor<3xf32>) beta(%beta : tensor<3xf32>)
      outs(%init : tensor<3x3xf32>) axes = [1] epsilon = 0.0
  return %y : tensor<3x3xf32>
}
