// Add & norm, the sum returned too: $N columns of $T, any number of rows.
#row = affine_map<(r, c) -> (r, c)>
#column = affine_map<(r, c) -> (c)>
func.func @add_layer_norm(%x: memref<?x${N}x${T}>, %residual: memref<?x${N}x${T}>, %gamma: memref<${N}xf32>,
                          %beta: memref<${N}xf32>, %y: memref<?x${N}x${T}>, %sum: memref<?x${N}x${T}>)
    attributes {llvm.emit_c_interface} {
  norm.generic {indexing_maps = [#row, #row, #column, #column, #row, #row], normalized_dims = [1]}
      ins(%x, %residual, %gamma, %beta : memref<?x${N}x${T}>, memref<?x${N}x${T}>, memref<${N}xf32>, memref<${N}xf32>)
      outs(%y, %sum : memref<?x${N}x${T}>, memref<?x${N}x${T}>) {
  ^bb0(%a: ${T}, %b: ${T}, %g: f32, %bt: f32):
    %epsilon = arith.constant 1.0e-5 : f32
    %s = arith.addf %a, %b : ${T}
    %centered, %mean, %variance = norm.moments %s : f32
    %shifted = arith.addf %variance, %epsilon : f32
    %rstd = math.rsqrt %shifted : f32
    %normal = arith.mulf %centered, %rstd : f32
    %scaled = arith.mulf %normal, %g : f32
    %out = arith.addf %scaled, %bt : f32
    norm.yield %out, %s : ${T}, ${T}
  }
  return
}
