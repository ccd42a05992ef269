// Normalizations with a channel axis on tensors: the generated code beside the decomposition into linalg, computed in
// f64 throughout by upstream's passes.
//
// REQUIRES: norm-run
// RUN: split-file %s %t
// DEFINE: %{group} = norm-run %t/group.mlir --check --seed=3
// DEFINE: %{batch} = norm-run %t/batch.mlir --check --seed=3
// RUN: %{group} --entry=group_norm --shape=0:2x12x5x7 --shape=1:12 --shape=2:12
// RUN: %{group} --entry=group_norm --shape=0:3x4x1x1 --shape=1:4 --shape=2:4 --algorithm=shifted
// RUN: %{group} --entry=group_norm --shape=0:2x0x5x7 --shape=1:0 --shape=2:0
// RUN: %{group} --entry=group_norm_channels_last
// RUN: %{group} --entry=two_group_norms --shape=0:3x8x11
// RUN: %{group} --entry=group_norm_of_slice
// RUN: %{group} --entry=instance_norm --shape=0:2x5x9x4 --shape=1:2x5x9x4
// RUN: %{batch} --entry=batch_norm_inference --shape=0:2x6x5x7
// RUN: %{batch} --entry=batch_norm_inference --shape=0:64x6x32x16 --threads=2
// RUN: %{batch} --entry=batch_norm_inference_channels_last --shape=0:3x4x17 --shape=1:17 --shape=2:17
// RUN: %{batch} --entry=batch_norm_training --shape=0:4x6x5x7 --shape=1:6
// RUN: %{batch} --entry=batch_norm_training --shape=0:1x1x1x1 --shape=1:1
// RUN: %{batch} --entry=batch_norm_training --shape=0:64x6x32x16 --shape=1:6 --threads=2
// RUN: %{batch} --entry=batch_norm_training_memrefs

//--- group.mlir

func.func @group_norm(%x: tensor<?x?x?x?xbf16>, %gamma: tensor<?xf32>, %beta: tensor<?xbf16>)
    -> (tensor<?x?x?x?xbf16>, tensor<?x4xf32>, tensor<?x4xf32>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x?x?x?xbf16>
  %s0 = tensor.empty(%n) : tensor<?x4xf32>
  %y, %mean, %rstd = norm.group_norm ins(%x : tensor<?x?x?x?xbf16>) gamma(%gamma : tensor<?xf32>) beta(%beta : tensor<?xbf16>)
      outs(%x : tensor<?x?x?x?xbf16>) mean(%s0 : tensor<?x4xf32>) rstd(%s0 : tensor<?x4xf32>)
      axes = [2, 3] channel_axis = 1 groups = 4 epsilon = 1.0e-05
  return %y, %mean, %rstd : tensor<?x?x?x?xbf16>, tensor<?x4xf32>, tensor<?x4xf32>
}

func.func @group_norm_channels_last(%x: tensor<2x5x7x12xf16>, %gamma: tensor<12xf16>, %epsilon: f32) -> tensor<2x5x7x12xf32> {
  %y0 = tensor.empty() : tensor<2x5x7x12xf32>
  %y = norm.group_norm ins(%x : tensor<2x5x7x12xf16>) gamma(%gamma : tensor<12xf16>) epsilon(%epsilon : f32)
      outs(%y0 : tensor<2x5x7x12xf32>) axes = [1, 2] channel_axis = 3 groups = 3
  return %y : tensor<2x5x7x12xf32>
}

// What one collapses, the other expands again.
func.func @two_group_norms(%x: tensor<?x8x?xf32>) -> tensor<?x8x?xf32> {
  %0 = norm.group_norm ins(%x : tensor<?x8x?xf32>) outs(%x : tensor<?x8x?xf32>) axes = [2] channel_axis = 1 groups = 4 epsilon = 1.0e-05
  %1 = norm.group_norm ins(%0 : tensor<?x8x?xf32>) outs(%0 : tensor<?x8x?xf32>) axes = [2] channel_axis = 1 groups = 2 epsilon = 1.0e-05
  return %1 : tensor<?x8x?xf32>
}

// In place in memory with gaps.
func.func @group_norm_of_slice(%x: tensor<2x12x9xf32>) -> tensor<2x12x9xf32> {
  %s = tensor.extract_slice %x[0, 3, 1] [2, 6, 7] [1, 1, 1] : tensor<2x12x9xf32> to tensor<2x6x7xf32>
  %y = norm.group_norm ins(%s : tensor<2x6x7xf32>) outs(%s : tensor<2x6x7xf32>) axes = [2] channel_axis = 1 groups = 3 epsilon = 1.0e-05
  %r = tensor.insert_slice %y into %x[0, 3, 1] [2, 6, 7] [1, 1, 1] : tensor<2x6x7xf32> into tensor<2x12x9xf32>
  return %r : tensor<2x12x9xf32>
}

func.func @instance_norm(%x: tensor<?x?x?x?xf16>, %mask: tensor<?x?x?x?xi1>) -> tensor<?x?x?x?xf16> {
  %y = norm.group_norm ins(%x : tensor<?x?x?x?xf16>) mask(%mask : tensor<?x?x?x?xi1>) outs(%x : tensor<?x?x?x?xf16>)
      axes = [1, 2] channel_axis = 3 epsilon = 1.0e-03
  return %y : tensor<?x?x?x?xf16>
}

//--- batch.mlir

// The variance is a square, so that it is not negative.
func.func @batch_norm_inference(%x: tensor<?x6x?x?xbf16>, %mean: tensor<6xf32>, %deviation: tensor<6xf32>, %gamma: tensor<6xf32>,
                                %beta: tensor<6xf32>) -> tensor<?x6x?x?xbf16> {
  %variance = arith.mulf %deviation, %deviation : tensor<6xf32>
  %y = norm.batch_norm_inference ins(%x : tensor<?x6x?x?xbf16>) mean(%mean : tensor<6xf32>) variance(%variance : tensor<6xf32>)
      gamma(%gamma : tensor<6xf32>) beta(%beta : tensor<6xf32>) outs(%x : tensor<?x6x?x?xbf16>) channel_axis = 1 epsilon = 1.0e-02
  return %y : tensor<?x6x?x?xbf16>
}

func.func @batch_norm_inference_channels_last(%x: tensor<?x?x?xf32>, %mean: tensor<?xf32>, %deviation: tensor<?xf32>) -> tensor<?x?x?xf32> {
  %variance = arith.mulf %deviation, %deviation : tensor<?xf32>
  %y = norm.batch_norm_inference ins(%x : tensor<?x?x?xf32>) mean(%mean : tensor<?xf32>) variance(%variance : tensor<?xf32>)
      outs(%x : tensor<?x?x?xf32>) channel_axis = 2 epsilon = 1.0e-02
  return %y : tensor<?x?x?xf32>
}

func.func @batch_norm_training(%x: tensor<?x?x?x?xf16>, %gamma: tensor<?xf32>) -> (tensor<?x?x?x?xf16>, tensor<?xf32>, tensor<?xf32>) {
  %c1 = arith.constant 1 : index
  %c = tensor.dim %x, %c1 : tensor<?x?x?x?xf16>
  %s0 = tensor.empty(%c) : tensor<?xf32>
  %y, %mean, %variance = norm.batch_norm_training ins(%x : tensor<?x?x?x?xf16>) gamma(%gamma : tensor<?xf32>)
      outs(%x : tensor<?x?x?x?xf16>) mean(%s0 : tensor<?xf32>) variance(%s0 : tensor<?xf32>) channel_axis = 1 epsilon = 1.0e-05
  return %y, %mean, %variance : tensor<?x?x?x?xf16>, tensor<?xf32>, tensor<?xf32>
}

func.func @batch_norm_training_memrefs(%x: memref<9x17xf64>, %mean: memref<17xf64>) {
  norm.batch_norm_training ins(%x : memref<9x17xf64>) outs(%x : memref<9x17xf64>) mean(%mean : memref<17xf64>)
      channel_axis = 1 epsilon = 1.0e-05
  return
}
