// A softmax is a row program like any other: static rows by loops over vectors
// and by linalg, dynamic ones, in place.

// REQUIRES: norm-run
// RUN: %python %S/Inputs/softmax.py %t
// RUN: norm-run %s --entry=softmax --input=%t/x.npy --expect=%t/y.npy --rtol=2e-6 --atol=1e-9
// RUN: norm-run %s --entry=softmax --input=%t/x.npy --expect=%t/y.npy --rtol=2e-6 --atol=1e-9 --lowering=upstream
// RUN: norm-run %s --entry=dynamic --input=%t/x.npy --expect=%t/y.npy --rtol=2e-6 --atol=1e-9

#rc = affine_map<(r, c) -> (r, c)>

func.func @softmax(%x: tensor<13x1000xf32>) -> tensor<13x1000xf32> {
  %y = tensor.empty() : tensor<13x1000xf32>
  %0 = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<13x1000xf32>) outs(%y : tensor<13x1000xf32>) {
  ^bb0(%e: f32):
    %max = norm.reduce <maximumf> %e : f32
    %d = arith.subf %e, %max : f32
    %p = math.exp %d : f32
    %sum = norm.reduce <add> %p : f32
    %o = arith.divf %p, %sum : f32
    norm.yield %o : f32
  }
  return %0 : tensor<13x1000xf32>
}

func.func @dynamic(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<?x?xf32>) outs(%x : tensor<?x?xf32>) {
  ^bb0(%e: f32):
    %max = norm.reduce <maximumf> %e : f32
    %d = arith.subf %e, %max : f32
    %p = math.exp %d : f32
    %sum = norm.reduce <add> %p : f32
    %o = arith.divf %p, %sum : f32
    norm.yield %o : f32
  }
  return %0 : tensor<?x?xf32>
}
