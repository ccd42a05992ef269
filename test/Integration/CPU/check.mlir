// The generated code beside the decomposition into linalg, computed in f64 throughout by upstream's passes.
//
// REQUIRES: norm-run
// DEFINE: %{check} = norm-run %s --check --seed=3
// RUN: %{check} --entry=layer_norm --shape=0:5x100
// RUN: %{check} --entry=layer_norm --shape=0:64x17 --algorithm=shifted
// RUN: %{check} --entry=rms_norm --shape=0:3x40x24
// RUN: %{check} --entry=masked --shape=0:6x31 --shape=1:6x31
// RUN: %{check} --entry=leading
// RUN: %{check} --entry=softmax --shape=0:7x33
// RUN: %{check} --entry=backward --shape=0:70x20 --shape=1:70x20 --shape=2:20 --shape=3:70 --shape=4:70 --shape=5:20
// RUN: %{check} --entry=backward --shape=0:0x20 --shape=1:0x20 --shape=2:20 --shape=3:0 --shape=4:0 --shape=5:20

func.func @layer_norm(%x: tensor<?x?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n = tensor.dim %x, %c1 : tensor<?x?xf32>
  %y0 = tensor.empty(%m, %n) : tensor<?x?xf32>
  %s0 = tensor.empty(%m) : tensor<?xf32>
  %y, %mean, %rstd = norm.layer_norm ins(%x : tensor<?x?xf32>) outs(%y0 : tensor<?x?xf32>)
      mean(%s0 : tensor<?xf32>) rstd(%s0 : tensor<?xf32>) axes = [1] epsilon = 1.0e-05
  return %y, %mean, %rstd : tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>
}

func.func @rms_norm(%x: tensor<?x40x24xbf16>, %gamma: tensor<24xbf16>) -> tensor<?x40x24xbf16> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x40x24xbf16>
  %y0 = tensor.empty(%m) : tensor<?x40x24xbf16>
  %y = norm.rms_norm ins(%x : tensor<?x40x24xbf16>) gamma(%gamma : tensor<24xbf16>) outs(%y0 : tensor<?x40x24xbf16>)
      axes = [1, 2] parameter_axes = [2] gamma_offset = 1.0 epsilon = 1.0e-06
  return %y : tensor<?x40x24xbf16>
}

func.func @masked(%x: tensor<?x?xf16>, %mask: tensor<?x?xi1>) -> tensor<?x?xf16> {
  %y = norm.layer_norm ins(%x : tensor<?x?xf16>) mask(%mask : tensor<?x?xi1>) outs(%x : tensor<?x?xf16>)
      axes = [1] epsilon = 1.0e-03
  return %y : tensor<?x?xf16>
}

func.func @leading(%x: tensor<9x3x5xf64>, %gamma: tensor<9x5xf64>) -> tensor<9x3x5xf64> {
  %y0 = tensor.empty() : tensor<9x3x5xf64>
  %y = norm.layer_norm ins(%x : tensor<9x3x5xf64>) gamma(%gamma : tensor<9x5xf64>) outs(%y0 : tensor<9x3x5xf64>)
      axes = [0] parameter_axes = [0, 2] epsilon = 1.0e-05
  return %y : tensor<9x3x5xf64>
}

func.func @softmax(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %y = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<?x?xf32>) outs(%x : tensor<?x?xf32>) {
  ^bb0(%e: f32):
    %max = norm.reduce <maximumf> %e : f32
    %d = arith.subf %e, %max : f32
    %p = math.exp %d : f32
    %sum = norm.reduce <add> %p : f32
    %q = arith.divf %p, %sum : f32
    norm.yield %q : f32
  }
  return %y : tensor<?x?xf32>
}

// dx per row; dgamma is added to what %dgamma0 holds.
func.func @backward(%dy: tensor<?x?xf32>, %x: tensor<?x?xf32>, %gamma: tensor<?xf32>, %mean: tensor<?xf32>,
                    %rstd: tensor<?xf32>, %dgamma0: tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>) {
  %dx, %dgamma = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>,
        affine_map<(r, c) -> (c)>, affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r, c)>,
        affine_map<(r, c) -> (c)>], normalized_dims = [1]}
      ins(%dy, %x, %gamma, %mean, %rstd : tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>)
      outs(%x, %dgamma0 : tensor<?x?xf32>, tensor<?xf32>) {
  ^bb0(%g: f32, %e: f32, %w: f32, %m: f32, %r: f32):
    %d = arith.subf %e, %m : f32
    %h = arith.mulf %d, %r : f32
    %gw = arith.mulf %g, %w : f32
    %gwh = arith.mulf %gw, %h : f32
    %n = norm.size : f32
    %s1 = norm.reduce <add> %gw : f32
    %s2 = norm.reduce <add> %gwh : f32
    %m1 = arith.divf %s1, %n : f32
    %m2 = arith.divf %s2, %n : f32
    %hm2 = arith.mulf %h, %m2 : f32
    %a = arith.subf %gw, %m1 : f32
    %b = arith.subf %a, %hm2 : f32
    %dx = arith.mulf %b, %r : f32
    %dw = arith.mulf %g, %h : f32
    norm.yield %dx, %dw : f32, f32
  }
  return %dx, %dgamma : tensor<?x?xf32>, tensor<?xf32>
}
