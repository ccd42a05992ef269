// A mask restricts the statistics to valid elements, by each algorithm of the
// variance, in rows with some, all, one, none and none among the first 1024.

// REQUIRES: norm-run
// RUN: %python %S/Inputs/masked_layer_norm.py %t
// RUN: norm-run %s --input=%t/x.npy --input=%t/gamma.npy --input=%t/beta.npy --input=%t/mask.npy --expect=%t/y.npy --expect=%t/mean.npy --expect=%t/rstd.npy --rtol=2e-6 --atol=1e-5
// RUN: norm-run %s --input=%t/x.npy --input=%t/gamma.npy --input=%t/beta.npy --input=%t/mask.npy --expect=%t/y.npy --expect=%t/mean.npy --expect=%t/rstd.npy --rtol=2e-6 --atol=1e-5 --algorithm=shifted
// RUN: norm-run %s --input=%t/x.npy --input=%t/gamma.npy --input=%t/beta.npy --input=%t/mask.npy --expect=%t/y.npy --expect=%t/mean.npy --expect=%t/rstd.npy --rtol=1e-4 --atol=1e-4 --algorithm=two-pass
// RUN: norm-run %s --input=%t/x.npy --input=%t/gamma.npy --input=%t/beta.npy --input=%t/mask.npy --expect=%t/y.npy --expect=%t/mean.npy --expect=%t/rstd.npy --rtol=2e-6 --atol=1e-5 --lowering=upstream

func.func @masked(%x: tensor<?x?xf32>, %gamma: tensor<?xf32>, %beta: tensor<?xf32>, %mask: tensor<?x?xi1>)
    -> (tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %x, %c0 : tensor<?x?xf32>
  %e = tensor.empty(%rows) : tensor<?xf32>
  %y, %mean, %rstd = norm.layer_norm ins(%x : tensor<?x?xf32>) gamma(%gamma : tensor<?xf32>) beta(%beta : tensor<?xf32>) mask(%mask : tensor<?x?xi1>)
      outs(%x : tensor<?x?xf32>) mean(%e : tensor<?xf32>) rstd(%e : tensor<?xf32>) axes = [1] epsilon = 1.0e-5
  return %y, %mean, %rstd : tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>
}
