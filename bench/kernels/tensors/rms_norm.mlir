// RMS norm on tensors of static shape, for compilers that take linalg.
func.func @rms_norm(%x: tensor<${M}x${N}x${T}>, %gamma: tensor<${N}xf32>) -> tensor<${M}x${N}x${T}>
    attributes {llvm.emit_c_interface} {
  %empty = tensor.empty() : tensor<${M}x${N}x${T}>
  %y = norm.rms_norm ins(%x : tensor<${M}x${N}x${T}>) gamma(%gamma : tensor<${N}xf32>)
      outs(%empty : tensor<${M}x${N}x${T}>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<${M}x${N}x${T}>
}
