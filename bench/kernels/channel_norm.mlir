// Layer norm over the channels of NCHW (channels first): $C channels of $H x $W positions, any batch.
func.func @channel_norm(%x: memref<?x${C}x${H}x${W}x${T}>, %gamma: memref<${C}xf32>, %beta: memref<${C}xf32>,
                        %y: memref<?x${C}x${H}x${W}x${T}>) attributes {llvm.emit_c_interface} {
  norm.layer_norm ins(%x : memref<?x${C}x${H}x${W}x${T}>) gamma(%gamma : memref<${C}xf32>) beta(%beta : memref<${C}xf32>)
      outs(%y : memref<?x${C}x${H}x${W}x${T}>) axes = [1] epsilon = 1.0e-5
  return
}
