// The layer norm of our own dialect, then a matrix product and its layer norm
// as an importer spells it: in linalg, arith and math.

func.func @main(%tokens: tensor<100x32xf32>, %weights: tensor<32x48xf32>, %scale: tensor<32xf32>, %shift: tensor<32xf32>,
                %gamma: tensor<48xf32>, %beta: tensor<48xf32>) -> tensor<100x48xf32> {
  %a = mini.layernorm %tokens, %scale, %shift epsilon 1.0e-05 : tensor<100x32xf32>, tensor<32xf32>, tensor<32xf32>

  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<100x48xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<100x48xf32>) -> tensor<100x48xf32>
  %x = linalg.matmul ins(%a, %weights : tensor<100x32xf32>, tensor<32x48xf32>) outs(%zeros : tensor<100x48xf32>) -> tensor<100x48xf32>

  %n = arith.constant dense<48.0> : tensor<100xf32>
  %epsilon = arith.constant dense<1.0e-05> : tensor<100xf32>
  %row_empty = tensor.empty() : tensor<100xf32>
  %row_zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<100xf32>) -> tensor<100xf32>
  %sum = linalg.reduce { arith.addf } ins(%x : tensor<100x48xf32>) outs(%row_zeros : tensor<100xf32>) dimensions = [1]
  %mean = arith.divf %sum, %n : tensor<100xf32>
  %means = linalg.broadcast ins(%mean : tensor<100xf32>) outs(%empty : tensor<100x48xf32>) dimensions = [1]
  %d = arith.subf %x, %means : tensor<100x48xf32>
  %dd = arith.mulf %d, %d : tensor<100x48xf32>
  %squares = linalg.reduce { arith.addf } ins(%dd : tensor<100x48xf32>) outs(%row_zeros : tensor<100xf32>) dimensions = [1]
  %variance = arith.divf %squares, %n : tensor<100xf32>
  %sum_epsilon = arith.addf %variance, %epsilon : tensor<100xf32>
  %rstd = math.rsqrt %sum_epsilon : tensor<100xf32>
  %rstds = linalg.broadcast ins(%rstd : tensor<100xf32>) outs(%empty : tensor<100x48xf32>) dimensions = [1]
  %gammas = linalg.broadcast ins(%gamma : tensor<48xf32>) outs(%empty : tensor<100x48xf32>) dimensions = [0]
  %betas = linalg.broadcast ins(%beta : tensor<48xf32>) outs(%empty : tensor<100x48xf32>) dimensions = [0]
  %y0 = arith.mulf %d, %rstds : tensor<100x48xf32>
  %y1 = arith.mulf %y0, %gammas : tensor<100x48xf32>
  %y2 = arith.addf %y1, %betas : tensor<100x48xf32>
  return %y2 : tensor<100x48xf32>
}
