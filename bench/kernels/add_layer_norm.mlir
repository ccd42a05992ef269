// Add & norm, the sum returned too: $N columns of $T, any number of rows; norm-fuse makes one kernel of it.
func.func @add_layer_norm(%x: memref<?x${N}x${T}>, %residual: memref<?x${N}x${T}>, %gamma: memref<${N}xf32>,
                          %beta: memref<${N}xf32>, %y: memref<?x${N}x${T}>, %sum: memref<?x${N}x${T}>)
    attributes {llvm.emit_c_interface} {
  %c0 = arith.constant 0 : index
  %rows = memref.dim %x, %c0 : memref<?x${N}x${T}>
  %init = tensor.empty(%rows) : tensor<?x${N}x${T}>
  %xt = bufferization.to_tensor %x restrict : memref<?x${N}x${T}> to tensor<?x${N}x${T}>
  %rt = bufferization.to_tensor %residual restrict : memref<?x${N}x${T}> to tensor<?x${N}x${T}>
  %gt = bufferization.to_tensor %gamma restrict : memref<${N}xf32> to tensor<${N}xf32>
  %bt = bufferization.to_tensor %beta restrict : memref<${N}xf32> to tensor<${N}xf32>
  %s = arith.addf %xt, %rt : tensor<?x${N}x${T}>
  %n = norm.layer_norm ins(%s : tensor<?x${N}x${T}>) gamma(%gt : tensor<${N}xf32>) beta(%bt : tensor<${N}xf32>)
      outs(%init : tensor<?x${N}x${T}>) axes = [1] epsilon = 1.0e-5
  bufferization.materialize_in_destination %s in restrict writable %sum : (tensor<?x${N}x${T}>, memref<?x${N}x${T}>) -> ()
  bufferization.materialize_in_destination %n in restrict writable %y : (tensor<?x${N}x${T}>, memref<?x${N}x${T}>) -> ()
  return
}
