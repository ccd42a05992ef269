// Group norm of NCHW on tensors of static shape, for compilers that take linalg.
func.func @group_norm(%x: tensor<${B}x${C}x${H}x${W}x${T}>, %gamma: tensor<${C}xf32>, %beta: tensor<${C}xf32>)
    -> tensor<${B}x${C}x${H}x${W}x${T}> attributes {llvm.emit_c_interface} {
  %empty = tensor.empty() : tensor<${B}x${C}x${H}x${W}x${T}>
  %y = norm.group_norm ins(%x : tensor<${B}x${C}x${H}x${W}x${T}>) gamma(%gamma : tensor<${C}xf32>)
      beta(%beta : tensor<${C}xf32>) outs(%empty : tensor<${B}x${C}x${H}x${W}x${T}>) axes = [2, 3] channel_axis = 1 groups = 32 epsilon = 1.0e-5
  return %y : tensor<${B}x${C}x${H}x${W}x${T}>
}
