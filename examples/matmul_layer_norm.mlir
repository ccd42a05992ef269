// A matrix product and the layer norm of its rows; docs/Tiling.md fuses both
// into one loop.

func.func @main(%a: tensor<100x64xf32>, %b: tensor<64x96xf32>, %gamma: tensor<96xf32>, %beta: tensor<96xf32>) -> tensor<100x96xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<100x96xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<100x96xf32>) -> tensor<100x96xf32>
  %x = linalg.matmul ins(%a, %b : tensor<100x64xf32>, tensor<64x96xf32>) outs(%init : tensor<100x96xf32>) -> tensor<100x96xf32>
  %y = norm.layer_norm ins(%x : tensor<100x96xf32>) gamma(%gamma : tensor<96xf32>) beta(%beta : tensor<96xf32>)
      outs(%empty : tensor<100x96xf32>) axes = [1] epsilon = 1.0e-05
  return %y : tensor<100x96xf32>
}
