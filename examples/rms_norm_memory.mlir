// An RMS norm on memory, as it stands before the lowering to kernels.
func.func @rms_norm(%x: memref<4096x512xf32>, %gamma: memref<512xf32>, %y: memref<4096x512xf32>) {
  norm.rms_norm ins(%x : memref<4096x512xf32>) gamma(%gamma : memref<512xf32>) outs(%y : memref<4096x512xf32>) axes = [1] epsilon = 1.0e-5
  return
}
