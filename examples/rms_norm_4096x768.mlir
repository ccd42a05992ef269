// RMS norm over the features of 4096 tokens, as in Llama.
func.func @main(%x: tensor<4096x768xf32>, %gamma: tensor<768xf32>) -> tensor<4096x768xf32> {
  %init = tensor.empty() : tensor<4096x768xf32>
  %y = norm.rms_norm ins(%x : tensor<4096x768xf32>) gamma(%gamma : tensor<768xf32>)
      outs(%init : tensor<4096x768xf32>) axes = [1] epsilon = 1.000000e-06
  return %y : tensor<4096x768xf32>
}
