// Layer norm over the features of any number of tokens.
func.func @layer_norm(%x: tensor<?x?xf32>, %gamma: tensor<?xf32>, %beta: tensor<?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %tokens = tensor.dim %x, %c0 : tensor<?x?xf32>
  %features = tensor.dim %x, %c1 : tensor<?x?xf32>
  %init = tensor.empty(%tokens, %features) : tensor<?x?xf32>
  %y = norm.layer_norm ins(%x : tensor<?x?xf32>) gamma(%gamma : tensor<?xf32>) beta(%beta : tensor<?xf32>)
      outs(%init : tensor<?x?xf32>) axes = [1] epsilon = 1.000000e-05
  return %y : tensor<?x?xf32>
}
