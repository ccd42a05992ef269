// Add & Norm as it stands behind each half of a transformer's layer: a bias and the residual are added to what a product of
// matrices gave, and the sum is normalized.
#id = affine_map<(r, c) -> (r, c)>
#vector = affine_map<(r, c) -> (c)>
func.func @main(%x: tensor<4096x768xf32>, %bias: tensor<768xf32>, %residual: tensor<4096x768xf32>, %gamma: tensor<768xf32>,
                %beta: tensor<768xf32>) -> tensor<4096x768xf32> {
  %init = tensor.empty() : tensor<4096x768xf32>
  %b = linalg.generic {indexing_maps = [#id, #vector, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<4096x768xf32>, tensor<768xf32>) outs(%init : tensor<4096x768xf32>) {
  ^bb0(%xe: f32, %be: f32, %out: f32):
    %s = arith.addf %xe, %be : f32
    linalg.yield %s : f32
  } -> tensor<4096x768xf32>
  %h = linalg.add ins(%b, %residual : tensor<4096x768xf32>, tensor<4096x768xf32>) outs(%init : tensor<4096x768xf32>)
      -> tensor<4096x768xf32>
  %y = norm.layer_norm ins(%h : tensor<4096x768xf32>) gamma(%gamma : tensor<768xf32>) beta(%beta : tensor<768xf32>)
      outs(%init : tensor<4096x768xf32>) axes = [1] epsilon = 1.000000e-12
  return %y : tensor<4096x768xf32>
}
