// A layer norm's gradient from its saved statistics in one row program: dx per
// row; dgamma and dbeta add up over the rows, onto what is there.

// REQUIRES: norm-run
// RUN: %python %S/Inputs/layer_norm_grad.py %t
// RUN: norm-run %s --input=%t/dy.npy --input=%t/x.npy --input=%t/gamma.npy --input=%t/mean.npy --input=%t/rstd.npy --input=%t/dgamma0.npy --input=%t/dbeta0.npy --expect=%t/dx.npy --expect=%t/dgamma.npy --expect=%t/dbeta.npy --rtol=2e-6 --atol=5e-6
// RUN: norm-run %s --input=%t/dy.npy --input=%t/x.npy --input=%t/gamma.npy --input=%t/mean.npy --input=%t/rstd.npy --input=%t/dgamma0.npy --input=%t/dbeta0.npy --expect=%t/dx.npy --expect=%t/dgamma.npy --expect=%t/dbeta.npy --rtol=2e-6 --atol=5e-6 --lowering=upstream
// RUN: norm-run %s --shape=0:5x300 --shape=1:5x300 --shape=2:300 --shape=3:5 --shape=4:5 --shape=5:300 --shape=6:300 --check

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>
#c = affine_map<(r, c) -> (c)>

func.func @layer_norm_grad(%dy: tensor<?x?xf32>, %x: tensor<?x?xf32>, %gamma: tensor<?xf32>, %mean: tensor<?xf32>, %rstd: tensor<?xf32>,
    %dgamma: tensor<?xf32>, %dbeta: tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %rows = tensor.dim %x, %c0 : tensor<?x?xf32>
  %columns = tensor.dim %x, %c1 : tensor<?x?xf32>
  %dx = tensor.empty(%rows, %columns) : tensor<?x?xf32>
  %0:3 = norm.generic {indexing_maps = [#rc, #rc, #c, #r, #r, #rc, #c, #c], normalized_dims = [1]}
      ins(%dy, %x, %gamma, %mean, %rstd : tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>)
      outs(%dx, %dgamma, %dbeta : tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) {
  ^bb0(%g: f32, %e: f32, %w: f32, %m: f32, %rs: f32):
    %n = norm.size : f32
    %d = arith.subf %e, %m : f32
    %xhat = arith.mulf %d, %rs : f32
    %gw = arith.mulf %g, %w : f32
    %s1 = norm.reduce <add> %gw : f32
    %gwx = arith.mulf %gw, %xhat : f32
    %s2 = norm.reduce <add> %gwx : f32
    %m1 = arith.divf %s1, %n : f32
    %m2 = arith.divf %s2, %n : f32
    %t0 = arith.mulf %xhat, %m2 : f32
    %t1 = arith.subf %gw, %m1 : f32
    %t2 = arith.subf %t1, %t0 : f32
    %o = arith.mulf %t2, %rs : f32
    %og = arith.mulf %g, %xhat : f32
    norm.yield %o, %og, %g : f32, f32, f32
  }
  return %0#0, %0#1, %0#2 : tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>
}
