// RUN: norm-opt %s --norm-raise --allow-unregistered-dialect --split-input-file | FileCheck %s

// What is easily taken for something else, or not expected at all.

// The rounding of 257 to bf16 is 256, but so is n − 1.

// CHECK-LABEL: func @bessel_257(
// CHECK-NOT: norm.
func.func @bessel_257(%x: tensor<4x257xf32>, %g: tensor<257xf32>) -> tensor<4x257xf32> {
  %zero = arith.constant 0.0 : f32
  %re = tensor.empty() : tensor<4xf32>
  %e = tensor.empty() : tensor<4x257xf32>
  %zs = linalg.fill ins(%zero : f32) outs(%re : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<257.0> : tensor<4xf32>
  %nv = arith.constant dense<256.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x257xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %mb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%e : tensor<4x257xf32>) dimensions = [1]
  %d = arith.subf %x, %mb : tensor<4x257xf32>
  %dd = arith.mulf %d, %d : tensor<4x257xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x257xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %nv : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%e : tensor<4x257xf32>) dimensions = [1]
  %y = arith.mulf %d, %rb : tensor<4x257xf32>
  return %y : tensor<4x257xf32>
}

// -----

// A rounding before an extension stays.

// CHECK-LABEL: func @round_ext(
// CHECK: norm.layer_norm {{.*}}outs(%{{.*}} : tensor<4x8xbf16>)
// CHECK: arith.extf
func.func @round_ext(%x: tensor<4x8xf32>, %g: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %re = tensor.empty() : tensor<4xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %zs = linalg.fill ins(%zero : f32) outs(%re : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %nv = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %mb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%e : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %mb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %nv : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%e : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %d, %rb : tensor<4x8xf32>
  %yt = arith.truncf %y : tensor<4x8xf32> to tensor<4x8xbf16>
  %ye = arith.extf %yt : tensor<4x8xbf16> to tensor<4x8xf32>
  return %ye : tensor<4x8xf32>
}

// -----

// The region of an operation in a body uses what the body computes.

// CHECK-LABEL: func @scfif_body(
// CHECK: norm.layer_norm
// CHECK: math.tanh
// CHECK: scf.if
func.func @scfif_body(%x: tensor<4x8xf32>, %g: tensor<8xf32>, %c: i1) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %re = tensor.empty() : tensor<4xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %zs = linalg.fill ins(%zero : f32) outs(%re : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %nv = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %mb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%e : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %mb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %nv : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%e : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %d, %rb : tensor<4x8xf32>
  %o = linalg.generic {indexing_maps=[affine_map<(i, j) -> (i,j)>,affine_map<(i, j) -> (i)>,affine_map<(i, j) -> (i)>,affine_map<(i, j) -> (j)>,affine_map<(i, j) -> (i,j)>], iterator_types=["parallel","parallel"]}
     ins(%x, %mean, %r, %g : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) outs(%e : tensor<4x8xf32>) {
   ^bb0(%a: f32, %m: f32, %rr: f32, %gg: f32, %out: f32):
     %1 = arith.subf %a, %m : f32
     %2 = arith.mulf %1, %rr : f32
     %t = math.tanh %gg : f32
     %k = arith.mulf %t, %t : f32
     %3 = scf.if %c -> f32 {
       %4 = arith.mulf %2, %k : f32
       scf.yield %4 : f32
     } else {
       scf.yield %2 : f32
     }
     linalg.yield %3 : f32
  } -> tensor<4x8xf32>
  return %o : tensor<4x8xf32>
}

// -----

// An operand that nothing reads gives a loop its size.

// CHECK-LABEL: func @dummy_loop(
// CHECK: norm.layer_norm
// CHECK: linalg.generic {{.*}}tensor<5xf32>
func.func @dummy_loop(%x: tensor<4x8xf32>, %g: tensor<8xf32>, %dm: tensor<5xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %re = tensor.empty() : tensor<4xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %zs = linalg.fill ins(%zero : f32) outs(%re : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %nv = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %mb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%e : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %mb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %nv : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%e : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %d, %rb : tensor<4x8xf32>
  %o = linalg.generic {indexing_maps=[affine_map<(i, j, k) -> (i,j)>,affine_map<(i, j, k) -> (i)>,affine_map<(i, j, k) -> (i)>,affine_map<(i, j, k) -> (k)>,affine_map<(i, j, k) -> (i,j)>], iterator_types=["parallel","parallel","reduction"]}
     ins(%x, %mean, %r, %dm : tensor<4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<5xf32>) outs(%x : tensor<4x8xf32>) {
   ^bb0(%a: f32, %m: f32, %rr: f32, %gg: f32, %out: f32):
     %1 = arith.subf %a, %m : f32
     %2 = arith.mulf %1, %rr : f32
     %3 = arith.addf %out, %2 : f32
     linalg.yield %3 : f32
  } -> tensor<4x8xf32>
  return %o : tensor<4x8xf32>
}

// -----

// An operation that nobody knows computes x.

// CHECK-LABEL: func @unregistered(
// CHECK: %[[X:.*]] = "foo.bar"
// CHECK: norm.layer_norm ins(%[[X]]
func.func @unregistered(%x: tensor<4x8xf32>, %g: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %re = tensor.empty() : tensor<4xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %zs = linalg.fill ins(%zero : f32) outs(%re : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %nv = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %z = "foo.bar"(%x) : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%z : tensor<4x8xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %mb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%e : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %z, %mb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %nv : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%e : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %d, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// A dynamic size that is 0.

// CHECK-LABEL: func @size0(
// CHECK: norm.rms_norm
func.func @size0(%c: tensor<?x8xf32>, %g: tensor<4xf32>) -> tensor<?x4xf32> {
  %z = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %b = tensor.collapse_shape %c [[0,1]] : tensor<?x8xf32> into tensor<?xf32>
  %a = tensor.expand_shape %b [[0,1]] output_shape [%z, 4] : tensor<?xf32> into tensor<?x4xf32>
  %e = tensor.empty(%z) : tensor<?x4xf32>
  %re = tensor.empty(%z) : tensor<?xf32>
  %zs = linalg.fill ins(%zero : f32) outs(%re : tensor<?xf32>) -> tensor<?xf32>
  %sq = arith.mulf %a, %a : tensor<?x4xf32>
  %s = linalg.reduce { arith.addf } ins(%sq : tensor<?x4xf32>) outs(%zs : tensor<?xf32>) dimensions = [1]
  %y = linalg.generic {indexing_maps=[affine_map<(i, j) -> (i,j)>,affine_map<(i, j) -> (i)>,affine_map<(i, j) -> (i,j)>], iterator_types=["parallel","parallel"]} ins(%a, %s : tensor<?x4xf32>, tensor<?xf32>) outs(%e : tensor<?x4xf32>) {
   ^bb0(%x: f32, %ss: f32, %o: f32):
     %n = arith.constant 4.0 : f32
     %m = arith.divf %ss, %n : f32
     %r = math.rsqrt %m : f32
     %yy = arith.mulf %x, %r : f32
     linalg.yield %yy : f32
  } -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

// Two calls of one function give two values.

// CHECK-LABEL: func @unite_calls(
// CHECK-COUNT-2: norm.layer_norm
func.func private @next() -> tensor<8xf32>
func.func @unite_calls(%x: tensor<4x8xf32>, %g: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %re = tensor.empty() : tensor<4xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %zs = linalg.fill ins(%zero : f32) outs(%re : tensor<4xf32>) -> tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %nv = arith.constant dense<8.0> : tensor<4xf32>
  %eps = arith.constant dense<1.0e-05> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %mean = arith.divf %s, %n : tensor<4xf32>
  %mb = linalg.broadcast ins(%mean : tensor<4xf32>) outs(%e : tensor<4x8xf32>) dimensions = [1]
  %d = arith.subf %x, %mb : tensor<4x8xf32>
  %dd = arith.mulf %d, %d : tensor<4x8xf32>
  %ss = linalg.reduce { arith.addf } ins(%dd : tensor<4x8xf32>) outs(%zs : tensor<4xf32>) dimensions = [1]
  %v = arith.divf %ss, %nv : tensor<4xf32>
  %ve = arith.addf %v, %eps : tensor<4xf32>
  %r = math.rsqrt %ve : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%e : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %d, %rb : tensor<4x8xf32>
  %g1 = func.call @next() : () -> tensor<8xf32>
  %g2 = func.call @next() : () -> tensor<8xf32>
  %gb = linalg.broadcast ins(%g1 : tensor<8xf32>) outs(%e : tensor<4x8xf32>) dimensions = [0]
  %gb2 = linalg.broadcast ins(%g2 : tensor<8xf32>) outs(%e : tensor<4x8xf32>) dimensions = [0]
  %y1 = arith.mulf %y, %gb : tensor<4x8xf32>
  %d2 = arith.subf %x, %mb : tensor<4x8xf32>
  %yy = arith.mulf %d2, %rb : tensor<4x8xf32>
  %y2 = arith.mulf %yy, %gb2 : tensor<4x8xf32>
  return %y1, %y2 : tensor<4x8xf32>, tensor<4x8xf32>
}
