// Quantized outputs are those of the operations one by one: an element may tip to the next number where sums round otherwise.
// REQUIRES: norm-run
// RUN: norm-run %s --entry=dynamic_i8 --no-fuse --output=%t.q.npy --output=%t.s.npy
// RUN: norm-run %s --entry=dynamic_i8 --expect=%t.q.npy --expect=%t.s.npy --atol=1 --rtol=0
// RUN: norm-run %s --entry=blocks_i8 --no-fuse --output=%t.q.npy --output=%t.s.npy
// RUN: norm-run %s --entry=blocks_i8 --expect=%t.q.npy --expect=%t.s.npy --atol=1 --rtol=0
// RUN: norm-run %s --entry=dynamic_f8 --no-fuse --output=%t.q.npy --output=%t.s.npy
// RUN: norm-run %s --entry=dynamic_f8 --expect=%t.q.npy --expect=%t.s.npy --atol=1e-9 --rtol=0.13
// RUN: norm-run %s --entry=static_i8 | FileCheck %s

#id = affine_map<(r, c) -> (r, c)>
#row = affine_map<(r, c) -> (r)>
#idb = affine_map<(r, b, c) -> (r, b, c)>
#block = affine_map<(r, b, c) -> (r, b)>
!q = !quant.uniform<i8:f32, 2.0e-2:-3>

// A scale for each row, as an output.
func.func @dynamic_i8(%x: tensor<33x1001xf32>, %g: tensor<1001xf32>) -> (tensor<33x1001xi8>, tensor<33xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<33x1001xf32>
  %eq = tensor.empty() : tensor<33x1001xi8>
  %es = tensor.empty() : tensor<33xf32>
  %y = norm.layer_norm ins(%x : tensor<33x1001xf32>) gamma(%g : tensor<1001xf32>) outs(%e : tensor<33x1001xf32>) axes = [1] epsilon = 1.0e-5
  %f = linalg.fill ins(%zero : f32) outs(%es : tensor<33xf32>) -> tensor<33xf32>
  %a = linalg.abs ins(%y : tensor<33x1001xf32>) outs(%e : tensor<33x1001xf32>) -> tensor<33x1001xf32>
  %m = linalg.reduce { arith.maximumf } ins(%a : tensor<33x1001xf32>) outs(%f : tensor<33xf32>) dimensions = [1]
  %k = arith.constant dense<127.0> : tensor<33xf32>
  %s = arith.divf %m, %k : tensor<33xf32>
  %q = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y, %s : tensor<33x1001xf32>, tensor<33xf32>) outs(%eq : tensor<33x1001xi8>) {
  ^bb0(%v: f32, %t: f32, %o: i8):
    %d = arith.divf %v, %t : f32
    %r = math.roundeven %d : f32
    %i = arith.fptosi %r : f32 to i8
    linalg.yield %i : i8
  } -> tensor<33x1001xi8>
  return %q, %s : tensor<33x1001xi8>, tensor<33xf32>
}

// A scale for each block of 128.
func.func @blocks_i8(%x: tensor<9x1024xbf16>) -> (tensor<9x8x128xi8>, tensor<9x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<9x1024xf32>
  %es = tensor.empty() : tensor<9x8xf32>
  %eq = tensor.empty() : tensor<9x8x128xi8>
  %y = norm.rms_norm ins(%x : tensor<9x1024xbf16>) outs(%e : tensor<9x1024xf32>) axes = [1] epsilon = 1.0e-5
  %b = tensor.expand_shape %y [[0], [1, 2]] output_shape [9, 8, 128] : tensor<9x1024xf32> into tensor<9x8x128xf32>
  %f = linalg.fill ins(%zero : f32) outs(%es : tensor<9x8xf32>) -> tensor<9x8xf32>
  %m = linalg.generic {indexing_maps = [#idb, #block], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%b : tensor<9x8x128xf32>) outs(%f : tensor<9x8xf32>) {
  ^bb0(%v: f32, %o: f32):
    %a = math.absf %v : f32
    %max = arith.maximumf %a, %o : f32
    linalg.yield %max : f32
  } -> tensor<9x8xf32>
  %k = arith.constant dense<127.0> : tensor<9x8xf32>
  %s = arith.divf %m, %k : tensor<9x8xf32>
  %q = linalg.generic {indexing_maps = [#idb, #block, #idb], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%b, %s : tensor<9x8x128xf32>, tensor<9x8xf32>) outs(%eq : tensor<9x8x128xi8>) {
  ^bb0(%v: f32, %t: f32, %o: i8):
    %d = arith.divf %v, %t : f32
    %r = math.roundeven %d : f32
    %i = arith.fptosi %r : f32 to i8
    linalg.yield %i : i8
  } -> tensor<9x8x128xi8>
  return %q, %s : tensor<9x8x128xi8>, tensor<9x8xf32>
}

// To an 8-bit float, saturated.
func.func @dynamic_f8(%x: tensor<7x300xf32>) -> (tensor<7x300xf8E4M3FN>, tensor<7xf32>) {
  %zero = arith.constant 0.0 : f32
  %lo = arith.constant -448.0 : f32
  %hi = arith.constant 448.0 : f32
  %e = tensor.empty() : tensor<7x300xf32>
  %eq = tensor.empty() : tensor<7x300xf8E4M3FN>
  %es = tensor.empty() : tensor<7xf32>
  %y = norm.rms_norm ins(%x : tensor<7x300xf32>) outs(%e : tensor<7x300xf32>) axes = [1] epsilon = 1.0e-5
  %f = linalg.fill ins(%zero : f32) outs(%es : tensor<7xf32>) -> tensor<7xf32>
  %a = linalg.abs ins(%y : tensor<7x300xf32>) outs(%e : tensor<7x300xf32>) -> tensor<7x300xf32>
  %m = linalg.reduce { arith.maximumf } ins(%a : tensor<7x300xf32>) outs(%f : tensor<7xf32>) dimensions = [1]
  %k = arith.constant dense<448.0> : tensor<7xf32>
  %s = arith.divf %m, %k : tensor<7xf32>
  %q = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y, %s : tensor<7x300xf32>, tensor<7xf32>) outs(%eq : tensor<7x300xf8E4M3FN>) {
  ^bb0(%v: f32, %t: f32, %o: f8E4M3FN):
    %d = arith.divf %v, %t : f32
    %above = arith.maximumf %d, %lo : f32
    %bounded = arith.minimumf %above, %hi : f32
    %r = arith.truncf %bounded : f32 to f8E4M3FN
    linalg.yield %r : f8E4M3FN
  } -> tensor<7x300xf8E4M3FN>
  return %q, %s : tensor<7x300xf8E4M3FN>, tensor<7xf32>
}

// 1/√(1/4) = 2, and 2/0.02 − 3 = 97.
// CHECK: output 0: 1x4xi8 {{\[}}[97, -3, -3, -3]]
func.func @static_i8() -> tensor<1x4xi8> {
  %x = arith.constant dense<[[1.0, 0.0, 0.0, 0.0]]> : tensor<1x4xf32>
  %e = tensor.empty() : tensor<1x4xf32>
  %y = norm.rms_norm ins(%x : tensor<1x4xf32>) outs(%e : tensor<1x4xf32>) axes = [1] epsilon = 0.0
  %q = quant.qcast %y : tensor<1x4xf32> to tensor<1x4x!q>
  %s = quant.scast %q : tensor<1x4x!q> to tensor<1x4xi8>
  return %s : tensor<1x4xi8>
}
