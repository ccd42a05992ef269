// Quantization behind a norm is elementwise operations and one more reduction: nothing of it is special.
// RUN: norm-opt %s --norm-generalize --norm-fuse --canonicalize --cse | FileCheck %s

#id = affine_map<(r, c) -> (r, c)>
#row = affine_map<(r, c) -> (r)>
#idb = affine_map<(r, b, c) -> (r, b, c)>
#block = affine_map<(r, b, c) -> (r, b)>

// CHECK-LABEL: func.func @static_i8
// CHECK:       norm.generic
// CHECK:         math.roundeven
// CHECK:         %[[Q:.*]] = arith.fptosi %{{.*}} : f32 to i8
// CHECK:         norm.yield %[[Q]] : i8
// CHECK-NOT:   arith.fptosi
func.func @static_i8(%x: tensor<4x8xf32>) -> tensor<4x8xi8> {
  %e = tensor.empty() : tensor<4x8xf32>
  %y = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  %inverse = arith.constant dense<20.0> : tensor<4x8xf32>
  %zero_point = arith.constant dense<3.0> : tensor<4x8xf32>
  %lo = arith.constant dense<-128.0> : tensor<4x8xf32>
  %hi = arith.constant dense<127.0> : tensor<4x8xf32>
  %0 = arith.mulf %y, %inverse : tensor<4x8xf32>
  %1 = math.roundeven %0 : tensor<4x8xf32>
  %2 = arith.addf %1, %zero_point : tensor<4x8xf32>
  %3 = arith.maximumf %2, %lo : tensor<4x8xf32>
  %4 = arith.minimumf %3, %hi : tensor<4x8xf32>
  %5 = arith.fptosi %4 : tensor<4x8xf32> to tensor<4x8xi8>
  return %5 : tensor<4x8xi8>
}

// A scale for each row.
// CHECK-LABEL: func.func @dynamic_i8
// CHECK:       norm.generic {{.*}}normalized_dims = [1]}
// CHECK:         %[[AMAX:.*]] = norm.reduce <maxnumf> %{{.*}} : f32
// CHECK:         %[[SCALE:.*]] = arith.maximumf
// CHECK:         arith.divf %{{.*}}, %[[SCALE]]
// CHECK:         norm.yield %{{.*}}, %{{.*}} : f32, i8
// CHECK-NOT:   linalg
func.func @dynamic_i8(%x: tensor<?x768xf16>, %g: tensor<768xf16>) -> (tensor<?x768xi8>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?x768xf16>
  %e = tensor.empty(%n) : tensor<?x768xf32>
  %eq = tensor.empty(%n) : tensor<?x768xi8>
  %es = tensor.empty(%n) : tensor<?xf32>
  %y = norm.rms_norm ins(%x : tensor<?x768xf16>) gamma(%g : tensor<768xf16>) outs(%e : tensor<?x768xf32>) axes = [1] epsilon = 1.0e-5
  %f = linalg.fill ins(%zero : f32) outs(%es : tensor<?xf32>) -> tensor<?xf32>
  %a = linalg.abs ins(%y : tensor<?x768xf32>) outs(%e : tensor<?x768xf32>) -> tensor<?x768xf32>
  %m = linalg.reduce { arith.maxnumf } ins(%a : tensor<?x768xf32>) outs(%f : tensor<?xf32>) dimensions = [1]
  %s = linalg.generic {indexing_maps = [affine_map<(r) -> (r)>, affine_map<(r) -> (r)>], iterator_types = ["parallel"]}
      ins(%m : tensor<?xf32>) outs(%es : tensor<?xf32>) {
  ^bb0(%v: f32, %o: f32):
    %k = arith.constant 127.0 : f32
    %least = arith.constant 1.0e-12 : f32
    %q = arith.divf %v, %k : f32
    %safe = arith.maximumf %q, %least : f32
    linalg.yield %safe : f32
  } -> tensor<?xf32>
  %q = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y, %s : tensor<?x768xf32>, tensor<?xf32>) outs(%eq : tensor<?x768xi8>) {
  ^bb0(%v: f32, %k: f32, %o: i8):
    %d = arith.divf %v, %k : f32
    %r = math.roundeven %d : f32
    %i = arith.fptosi %r : f32 to i8
    linalg.yield %i : i8
  } -> tensor<?x768xi8>
  return %q, %s : tensor<?x768xi8>, tensor<?xf32>
}

// A scale for each block of 32 along the row.
// CHECK-LABEL: func.func @blocks_i8
// CHECK-SAME:    %[[X:.*]]: tensor<4x64xf32>
// CHECK:       %[[XB:.*]] = tensor.expand_shape %[[X]] {{.*}} into tensor<4x2x32xf32>
// CHECK:       norm.generic {{.*}}normalized_dims = [1, 2]} ins(%[[XB]] : tensor<4x2x32xf32>)
// CHECK:         norm.reduce <add> %{{[0-9]+}} : f32
// CHECK:         norm.reduce <maxnumf> %{{[0-9]+}} over [2] : f32
// CHECK:         norm.yield %{{.*}}, %{{.*}} : f32, i8
func.func @blocks_i8(%x: tensor<4x64xf32>) -> (tensor<4x2x32xi8>, tensor<4x2xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x64xf32>
  %es = tensor.empty() : tensor<4x2xf32>
  %eq = tensor.empty() : tensor<4x2x32xi8>
  %y = norm.rms_norm ins(%x : tensor<4x64xf32>) outs(%e : tensor<4x64xf32>) axes = [1] epsilon = 1.0e-5
  %b = tensor.expand_shape %y [[0], [1, 2]] output_shape [4, 2, 32] : tensor<4x64xf32> into tensor<4x2x32xf32>
  %f = linalg.fill ins(%zero : f32) outs(%es : tensor<4x2xf32>) -> tensor<4x2xf32>
  %m = linalg.generic {indexing_maps = [#idb, #block], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%b : tensor<4x2x32xf32>) outs(%f : tensor<4x2xf32>) {
  ^bb0(%v: f32, %o: f32):
    %a = math.absf %v : f32
    %max = arith.maxnumf %a, %o : f32
    linalg.yield %max : f32
  } -> tensor<4x2xf32>
  %k = arith.constant dense<127.0> : tensor<4x2xf32>
  %s = arith.divf %m, %k : tensor<4x2xf32>
  %q = linalg.generic {indexing_maps = [#idb, #block, #idb], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%b, %s : tensor<4x2x32xf32>, tensor<4x2xf32>) outs(%eq : tensor<4x2x32xi8>) {
  ^bb0(%v: f32, %t: f32, %o: i8):
    %d = arith.divf %v, %t : f32
    %r = math.roundeven %d : f32
    %i = arith.fptosi %r : f32 to i8
    linalg.yield %i : i8
  } -> tensor<4x2x32xi8>
  return %q, %s : tensor<4x2x32xi8>, tensor<4x2xf32>
}

// CHECK-LABEL: func.func @static_f8
// CHECK:       norm.generic
// CHECK:         arith.minimumf
// CHECK:         %[[Q:.*]] = arith.truncf %{{.*}} : f32 to f8E4M3FN
// CHECK:         norm.yield %[[Q]] : f8E4M3FN
func.func @static_f8(%x: tensor<4x8xf32>) -> tensor<4x8xf8E4M3FN> {
  %e = tensor.empty() : tensor<4x8xf32>
  %y = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  %lo = arith.constant dense<-448.0> : tensor<4x8xf32>
  %hi = arith.constant dense<448.0> : tensor<4x8xf32>
  %0 = arith.maximumf %y, %lo : tensor<4x8xf32>
  %1 = arith.minimumf %0, %hi : tensor<4x8xf32>
  %2 = arith.truncf %1 : tensor<4x8xf32> to tensor<4x8xf8E4M3FN>
  return %2 : tensor<4x8xf8E4M3FN>
}
