// RUN: norm-opt %s -norm-generalize -split-input-file | FileCheck %s

// CHECK-DAG: #[[XYZ:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK-DAG: #[[C:.*]] = affine_map<(d0, d1, d2) -> (d2)>
// CHECK-DAG: #[[ROWS:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>

// Everything between the casts runs in f32, from the mean to beta.
// CHECK-LABEL: func @layer_norm
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x?x768xbf16>, %[[G:[a-z0-9]+]]: tensor<768xf32>, %[[B:[a-z0-9]+]]: tensor<768xbf16>
func.func @layer_norm(%x: tensor<4x?x768xbf16>, %g: tensor<768xf32>, %b: tensor<768xbf16>, %m: tensor<4x?x768xi1>,
    %y0: tensor<4x?x768xbf16>, %m0: tensor<4x?xf32>, %r0: tensor<4x?xf16>) -> (tensor<4x?x768xbf16>, tensor<4x?xf32>, tensor<4x?xf16>) {
  // CHECK: %[[P:.*]]:3 = norm.generic
  // CHECK-SAME: {indexing_maps = [#[[XYZ]], #[[C]], #[[C]], #[[XYZ]], #[[XYZ]], #[[ROWS]], #[[ROWS]]], normalized_dims = [2]}
  // CHECK-SAME: ins(%[[X]], %[[G]], %[[B]], %{{.*}} : tensor<4x?x768xbf16>, tensor<768xf32>, tensor<768xbf16>, tensor<4x?x768xi1>)
  // CHECK-SAME: attributes {tag = 1 : i64}
  // CHECK-NEXT: ^bb0(%[[XE:.*]]: bf16, %[[GE:.*]]: f32, %[[BE:.*]]: bf16, %[[ME:.*]]: i1):
  // CHECK-NEXT: %[[X32:.*]] = arith.extf %[[XE]] : bf16 to f32
  // CHECK-NEXT: %[[D:.*]], %[[MEAN:.*]], %[[VAR:.*]] = norm.moments %[[X32]] where %[[ME]] : f32
  // CHECK-NEXT: %[[EPS:.*]] = arith.constant 9.99999974E-6 : f32
  // CHECK-NEXT: %[[VE:.*]] = arith.addf %[[VAR]], %[[EPS]] fastmath<contract>
  // CHECK-NEXT: %[[RS:.*]] = math.rsqrt %[[VE]] : f32
  // CHECK-NEXT: %[[N:.*]] = arith.mulf %[[D]], %[[RS]] fastmath<contract>
  // CHECK-NEXT: %[[NG:.*]] = arith.mulf %[[N]], %[[GE]] fastmath<contract>
  // CHECK-NEXT: %[[B32:.*]] = arith.extf %[[BE]] : bf16 to f32
  // CHECK-NEXT: %[[O:.*]] = arith.addf %[[NG]], %[[B32]] fastmath<contract>
  // CHECK-NEXT: %[[O16:.*]] = arith.truncf %[[O]] : f32 to bf16
  // CHECK-NEXT: %[[RS16:.*]] = arith.truncf %[[RS]] : f32 to f16
  // CHECK-NEXT: norm.yield %[[O16]], %[[MEAN]], %[[RS16]] : bf16, f32, f16
  %y, %mean, %rstd = norm.layer_norm ins(%x : tensor<4x?x768xbf16>) gamma(%g : tensor<768xf32>) beta(%b : tensor<768xbf16>)
      mask(%m : tensor<4x?x768xi1>) outs(%y0 : tensor<4x?x768xbf16>) mean(%m0 : tensor<4x?xf32>) rstd(%r0 : tensor<4x?xf16>)
      axes = [2] epsilon = 1.0e-5 {tag = 1}
  // CHECK: return %[[P]]#0, %[[P]]#1, %[[P]]#2
  return %y, %mean, %rstd : tensor<4x?x768xbf16>, tensor<4x?xf32>, tensor<4x?xf16>
}

// -----

// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-DAG: #[[PARAMETERS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1)>
// CHECK-DAG: #[[SCALAR:.*]] = affine_map<(d0, d1, d2, d3) -> ()>
// CHECK-DAG: #[[REST:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d3)>

// Any axes, parameters per sample and channel, an epsilon of run time that may
// be 0: then a row without spread has rstd 0.
// CHECK-LABEL: func @axes
func.func @axes(%x: memref<2x3x4x5xf64>, %g: memref<2x3xf32>, %eps: f32, %r: memref<2x5xf64>) {
  // CHECK: norm.generic {indexing_maps = [#[[ALL]], #[[PARAMETERS]], #[[SCALAR]], #[[ALL]], #[[REST]]], normalized_dims = [1, 2]}
  // CHECK: ^bb0(%[[XE:.*]]: f64, %{{.*}}: f32, %[[EPS:.*]]: f32):
  // CHECK-NEXT: norm.moments %[[XE]] : f64
  // CHECK-NEXT: %[[EPS64:.*]] = arith.extf %[[EPS]] : f32 to f64
  // CHECK-NEXT: %[[VE:.*]] = arith.addf %{{.*}}, %[[EPS64]]
  // CHECK-NEXT: %[[RS:.*]] = math.rsqrt %[[VE]]
  // CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.0
  // CHECK-NEXT: %[[ISZERO:.*]] = arith.cmpf oeq, %[[VE]], %[[ZERO]]
  // CHECK-NEXT: %[[RSTD:.*]] = arith.select %[[ISZERO]], %[[ZERO]], %[[RS]]
  // CHECK: norm.yield %{{.*}}, %[[RSTD]]
  norm.layer_norm ins(%x : memref<2x3x4x5xf64>) gamma(%g : memref<2x3xf32>) epsilon(%eps : f32) outs(%x : memref<2x3x4x5xf64>)
      rstd(%r : memref<2x5xf64>) axes = [1, 2] parameter_axes = [0, 1]
  return
}

// -----

// CHECK-LABEL: func @rms_norm
func.func @rms_norm(%x: tensor<4x8xf16>, %g: tensor<8xf16>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK: ^bb0(%[[XE:.*]]: f16, %[[GE:.*]]: f16):
  // CHECK-NEXT: %[[X:.*]] = arith.extf %[[XE]] : f16 to f64
  // CHECK-NEXT: %[[SQ:.*]] = arith.mulf %[[X]], %[[X]] fastmath<contract>
  // CHECK-NEXT: %[[SUM:.*]] = norm.reduce <add> %[[SQ]] : f64
  // CHECK-NEXT: %[[SIZE:.*]] = norm.size : f64
  // CHECK-NEXT: %[[ONE:.*]] = arith.constant 1.0
  // CHECK-NEXT: %[[COUNT:.*]] = arith.maximumf %[[SIZE]], %[[ONE]]
  // CHECK-NEXT: %[[INVERSE:.*]] = arith.divf %[[ONE]], %[[COUNT]]
  // CHECK-NEXT: %[[MS:.*]] = arith.mulf %[[SUM]], %[[INVERSE]] fastmath<contract>
  // CHECK-NEXT: %[[EPS:.*]] = arith.constant 9.9999999999999995E-7
  // CHECK-NEXT: %[[VE:.*]] = arith.addf %[[MS]], %[[EPS]]
  // CHECK-NEXT: %[[RS:.*]] = math.rsqrt %[[VE]]
  // CHECK-NEXT: %[[N:.*]] = arith.mulf %[[X]], %[[RS]]
  // CHECK-NEXT: %[[G:.*]] = arith.extf %[[GE]] : f16 to f64
  // CHECK-NEXT: %[[OFFSET:.*]] = arith.constant 1.0
  // CHECK-NEXT: %[[SCALE:.*]] = arith.addf %[[G]], %[[OFFSET]]
  // CHECK-NEXT: %[[O:.*]] = arith.mulf %[[N]], %[[SCALE]]
  // CHECK-NEXT: %[[O32:.*]] = arith.truncf %[[O]] : f64 to f32
  // CHECK-NEXT: norm.yield %[[O32]] : f32
  %0 = norm.rms_norm ins(%x : tensor<4x8xf16>) gamma(%g : tensor<8xf16>) outs(%y : tensor<4x8xf32>) axes = [1]
      gamma_offset = 1.0 epsilon = 1.0e-6 compute_type = f64
  return %0 : tensor<4x8xf32>
}

// -----

// Inside other operations' regions too.
// CHECK-LABEL: func @nested
func.func @nested(%x: tensor<4x8xf32>, %c: i1) -> tensor<4x8xf32> {
  // CHECK: scf.if
  // CHECK: norm.generic
  // CHECK-NOT: norm.layer_norm
  %0 = scf.if %c -> tensor<4x8xf32> {
    %1 = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
    scf.yield %1 : tensor<4x8xf32>
  } else {
    scf.yield %x : tensor<4x8xf32>
  }
  return %0 : tensor<4x8xf32>
}
