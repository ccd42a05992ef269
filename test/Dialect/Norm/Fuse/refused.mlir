// What stays where it is, and why.
// RUN: norm-opt %s --norm-generalize --norm-fuse=report-misses --verify-diagnostics -o /dev/null
// RUN: norm-opt %s --norm-generalize > %t.before
// RUN: norm-opt %s --norm-generalize --norm-fuse > %t.after
// RUN: cmp %t.before %t.after

#id = affine_map<(r, c) -> (r, c)>
#vector = affine_map<(r, c) -> (c)>

func.func private @opaque(tensor<4x8xf32>)

// The sum's other user comes before the norm and reaches it: one operation for both would need itself.
func.func @cycle(%x: tensor<8x8xf32>, %r: tensor<8x8xf32>, %w: tensor<8x8xf32>, %o: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  // expected-remark @+1 {{not fused: linalg.matmul between needs a result of the one for the other}}
  %h = arith.addf %x, %r : tensor<8x8xf32>
  %m = linalg.matmul ins(%h, %w : tensor<8x8xf32>, tensor<8x8xf32>) outs(%o : tensor<8x8xf32>) -> tensor<8x8xf32>
  %y = norm.layer_norm ins(%h : tensor<8x8xf32>) beta(%m : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) axes = [1]
      parameter_axes = [0, 1] epsilon = 1.0e-5
  return %y : tensor<8x8xf32>
}

func.func @side_effect(%x: tensor<4x8xf32>, %r: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  // expected-remark @+1 {{not fused: func.call between uses a result and has side effects}}
  %h = arith.addf %x, %r : tensor<4x8xf32>
  func.call @opaque(%h) : (tensor<4x8xf32>) -> ()
  %y = norm.rms_norm ins(%h : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<4x8xf32>
}

// Rows would be columns in memory.
func.func @transpose(%x: tensor<8x4xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  // expected-remark @+1 {{not fused: its elements lie in another order in memory}}
  %t = linalg.transpose ins(%x : tensor<8x4xf32>) outs(%e : tensor<4x8xf32>) permutation = [1, 0]
  %y = norm.rms_norm ins(%t : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<4x8xf32>
}

// A function of gamma would be computed for each row.
func.func @gamma(%x: tensor<?x768xf32>, %g: tensor<768xf32>, %e: tensor<?x768xf32>) -> tensor<?x768xf32> {
  // expected-remark @+1 {{not fused: it would be computed again for each row}}
  %t = math.exp %g : tensor<768xf32>
  %y = norm.rms_norm ins(%x : tensor<?x768xf32>) gamma(%t : tensor<768xf32>) outs(%e : tensor<?x768xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<?x768xf32>
}

// An expensive function before the norm would be computed in each of its sweeps; behind it, once.
func.func @expensive(%x: tensor<4x8xf16>) -> tensor<4x8xf16> {
  %e = tensor.empty() : tensor<4x8xf16>
  // expected-remark @+1 {{not fused: computing it in each of 3 sweeps over the row would take longer than memory does}}
  %t = math.erf %x : tensor<4x8xf16>
  %y = norm.layer_norm ins(%t : tensor<4x8xf16>) outs(%e : tensor<4x8xf16>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<4x8xf16>
}

// Each row is read by several: it would be normalized for each of them.
func.func @repeated(%x: tensor<4x8xf32>) -> tensor<4x5x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %eb = tensor.empty() : tensor<4x5x8xf32>
  %y = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  // expected-remark @+1 {{not fused: it has more rows, each of which would compute the same again}}
  %b = linalg.broadcast ins(%y : tensor<4x8xf32>) outs(%eb : tensor<4x5x8xf32>) dimensions = [1]
  return %b : tensor<4x5x8xf32>
}

// A vector that others need is there once, not once for each row.
func.func @needed_elsewhere(%x: tensor<4x8xf32>, %g: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<8xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  // expected-remark @+1 {{not fused: its result is needed elsewhere, and once for all rows}}
  %t = arith.addf %g, %g : tensor<8xf32>
  %y = norm.rms_norm ins(%x : tensor<4x8xf32>) gamma(%t : tensor<8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y, %t : tensor<4x8xf32>, tensor<8xf32>
}

func.func @division(%x: tensor<4x8xi32>, %d: i32) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  // expected-remark @+1 {{not fused: arith.divsi in its body: it has side effects or may trap}}
  %h = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xi32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%v: i32, %o: f32):
    %q = arith.divsi %v, %d : i32
    %f = arith.sitofp %q : i32 to f32
    linalg.yield %f : f32
  } -> tensor<4x8xf32>
  %y = norm.rms_norm ins(%h : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<4x8xf32>
}
