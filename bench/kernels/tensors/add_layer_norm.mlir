// Add & norm, the sum returned too, on tensors of static shape, for compilers that take linalg.
#identity = affine_map<(r, c) -> (r, c)>
func.func @add_layer_norm(%x: tensor<${M}x${N}x${T}>, %residual: tensor<${M}x${N}x${T}>, %gamma: tensor<${N}xf32>,
                          %beta: tensor<${N}xf32>) -> (tensor<${M}x${N}x${T}>, tensor<${M}x${N}x${T}>)
    attributes {llvm.emit_c_interface} {
  %empty = tensor.empty() : tensor<${M}x${N}x${T}>
  %sum = linalg.generic {indexing_maps = [#identity, #identity, #identity], iterator_types = ["parallel", "parallel"]}
      ins(%x, %residual : tensor<${M}x${N}x${T}>, tensor<${M}x${N}x${T}>) outs(%empty : tensor<${M}x${N}x${T}>) {
  ^bb0(%a: ${T}, %b: ${T}, %out: ${T}):
    %s = arith.addf %a, %b : ${T}
    linalg.yield %s : ${T}
  } -> tensor<${M}x${N}x${T}>
  %y = norm.layer_norm ins(%sum : tensor<${M}x${N}x${T}>) gamma(%gamma : tensor<${N}xf32>) beta(%beta : tensor<${N}xf32>)
      outs(%empty : tensor<${M}x${N}x${T}>) axes = [1] epsilon = 1.0e-5
  return %y, %sum : tensor<${M}x${N}x${T}>, tensor<${M}x${N}x${T}>
}
