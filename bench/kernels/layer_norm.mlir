// Layer norm over the last dim: $N columns of $T, any number of rows.
func.func @layer_norm(%x: memref<?x${N}x${T}>, %gamma: memref<${N}xf32>, %beta: memref<${N}xf32>, %y: memref<?x${N}x${T}>)
    attributes {llvm.emit_c_interface} {
  norm.layer_norm ins(%x : memref<?x${N}x${T}>) gamma(%gamma : memref<${N}xf32>) beta(%beta : memref<${N}xf32>)
      outs(%y : memref<?x${N}x${T}>) axes = [1] epsilon = 1.0e-5
  return
}
