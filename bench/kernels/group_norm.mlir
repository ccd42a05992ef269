// Group norm of NCHW: $C channels in 32 groups, $H x $W positions, any batch.
func.func @group_norm(%x: memref<?x${C}x${H}x${W}x${T}>, %gamma: memref<${C}xf32>, %beta: memref<${C}xf32>,
                      %y: memref<?x${C}x${H}x${W}x${T}>) attributes {llvm.emit_c_interface} {
  norm.group_norm ins(%x : memref<?x${C}x${H}x${W}x${T}>) gamma(%gamma : memref<${C}xf32>) beta(%beta : memref<${C}xf32>)
      outs(%y : memref<?x${C}x${H}x${W}x${T}>) axes = [2, 3] channel_axis = 1 groups = 32 epsilon = 1.0e-5
  return
}
