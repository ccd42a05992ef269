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

// -----

// Group norm of 6 channels in 3 groups: the channels become the dims 1 and 2,
// of which the latter is normalized. In place stays in place.
// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-DAG: #[[CHANNELS:.*]] = affine_map<(d0, d1, d2, d3) -> (d1, d2)>
// CHECK-DAG: #[[GROUPS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1)>
// CHECK-LABEL: func @group_norm
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x6x5xbf16>, %[[G:[a-z0-9]+]]: tensor<6xf32>, %[[M:[a-z0-9]+]]: tensor<2x6x5xi1>, %[[M0:[a-z0-9]+]]: tensor<2x3xf32>, %[[R0:[a-z0-9]+]]: tensor<2x3xf16>
func.func @group_norm(%x: tensor<2x6x5xbf16>, %g: tensor<6xf32>, %m: tensor<2x6x5xi1>, %m0: tensor<2x3xf32>, %r0: tensor<2x3xf16>)
    -> (tensor<2x6x5xbf16>, tensor<2x3xf32>, tensor<2x3xf16>) {
  // CHECK-DAG: %[[XE:.*]] = tensor.expand_shape %[[X]] {{\[\[}}0], [1, 2], [3]] output_shape [2, 3, 2, 5] : tensor<2x6x5xbf16> into tensor<2x3x2x5xbf16>
  // CHECK-DAG: %[[GE:.*]] = tensor.expand_shape %[[G]] {{\[\[}}0, 1]] output_shape [3, 2] : tensor<6xf32> into tensor<3x2xf32>
  // CHECK-DAG: %[[ME:.*]] = tensor.expand_shape %[[M]] {{\[\[}}0], [1, 2], [3]]
  // CHECK: %[[P:.*]]:3 = norm.generic
  // CHECK-SAME: {indexing_maps = [#[[ALL]], #[[CHANNELS]], #[[ALL]], #[[ALL]], #[[GROUPS]], #[[GROUPS]]], normalized_dims = [2, 3]}
  // CHECK-SAME: ins(%[[XE]], %[[GE]], %[[ME]] : {{.*}}) outs(%[[XE]], %[[M0]], %[[R0]] : {{.*}}) attributes {tag}
  // CHECK-NEXT: ^bb0(%[[E:.*]]: bf16, %[[GAMMA:.*]]: f32, %[[WHERE:.*]]: i1):
  // CHECK-NEXT: %[[E32:.*]] = arith.extf %[[E]] : bf16 to f32
  // CHECK-NEXT: %[[D:.*]], %[[MEAN:.*]], %[[VAR:.*]] = norm.moments %[[E32]] where %[[WHERE]] : f32
  // CHECK-NEXT: %[[EPS:.*]] = arith.constant 9.99999974E-6 : f32
  // CHECK-NEXT: %[[VE:.*]] = arith.addf %[[VAR]], %[[EPS]] fastmath<contract>
  // CHECK-NEXT: %[[RS:.*]] = math.rsqrt %[[VE]] : f32
  // CHECK-NEXT: %[[N:.*]] = arith.mulf %[[D]], %[[RS]] fastmath<contract>
  // CHECK-NEXT: %[[NG:.*]] = arith.mulf %[[N]], %[[GAMMA]] fastmath<contract>
  // CHECK-NEXT: %[[O:.*]] = arith.truncf %[[NG]] : f32 to bf16
  // CHECK-NEXT: %[[RS16:.*]] = arith.truncf %[[RS]] : f32 to f16
  // CHECK-NEXT: norm.yield %[[O]], %[[MEAN]], %[[RS16]]
  // CHECK: %[[Y:.*]] = tensor.collapse_shape %[[P]]#0 {{\[\[}}0], [1, 2], [3]] : tensor<2x3x2x5xbf16> into tensor<2x6x5xbf16>
  // CHECK: return %[[Y]], %[[P]]#1, %[[P]]#2
  %0:3 = norm.group_norm ins(%x : tensor<2x6x5xbf16>) gamma(%g : tensor<6xf32>) mask(%m : tensor<2x6x5xi1>)
      outs(%x : tensor<2x6x5xbf16>) mean(%m0 : tensor<2x3xf32>) rstd(%r0 : tensor<2x3xf16>)
      axes = [2] channel_axis = 1 groups = 3 epsilon = 1.0e-5 {tag}
  return %0#0, %0#1, %0#2 : tensor<2x6x5xbf16>, tensor<2x3xf32>, tensor<2x3xf16>
}

// -----

// Channels last, as many as there are at run time; the output's type knows
// their number. The statistics have no dim to split.
// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-DAG: #[[CHANNELS:.*]] = affine_map<(d0, d1, d2, d3) -> (d2, d3)>
// CHECK-DAG: #[[GROUPS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d2)>
// CHECK-LABEL: func @group_norm_dynamic_channels
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<?x5x?xf32, strided<[?, ?, 1]>>, %[[G:[a-z0-9]+]]: memref<?xf32>, %[[Y:[a-z0-9]+]]: memref<?x5x12xf32>, %[[R:[a-z0-9]+]]: memref<?x4xf32>
func.func @group_norm_dynamic_channels(%x: memref<?x5x?xf32, strided<[?, ?, 1]>>, %g: memref<?xf32>, %y: memref<?x5x12xf32>, %r: memref<?x4xf32>) {
  // CHECK: %[[N:.*]] = memref.dim %[[X]], %c0
  // CHECK: %[[C:.*]] = memref.dim %[[X]], %c2
  // CHECK: %[[K:.*]] = arith.divui %[[C]], %c4
  // CHECK: %[[XE:.*]] = memref.expand_shape %[[X]] {{\[\[}}0], [1], [2, 3]] output_shape [%[[N]], 5, 4, %[[K]]]
  // CHECK-SAME: into memref<?x5x4x?xf32, strided<[?, ?, ?, 1]>>
  // CHECK: %[[GC:.*]] = memref.dim %[[G]], %c0
  // CHECK: %[[GK:.*]] = arith.divui %[[GC]], %c4
  // CHECK: %[[GE:.*]] = memref.expand_shape %[[G]] {{\[\[}}0, 1]] output_shape [4, %[[GK]]] : memref<?xf32> into memref<4x?xf32>
  // CHECK: %[[YE:.*]] = memref.expand_shape %[[Y]] {{.*}} into memref<?x5x4x3xf32>
  // CHECK: norm.generic {indexing_maps = [#[[ALL]], #[[CHANNELS]], #[[ALL]], #[[GROUPS]]], normalized_dims = [1, 3]}
  // CHECK-SAME: ins(%[[XE]], %[[GE]] : {{.*}}) outs(%[[YE]], %[[R]] :
  norm.group_norm ins(%x : memref<?x5x?xf32, strided<[?, ?, 1]>>) gamma(%g : memref<?xf32>)
      outs(%y : memref<?x5x12xf32>) rstd(%r : memref<?x4xf32>) axes = [1] channel_axis = 2 groups = 4 epsilon = 1.0e-5
  return
}

// -----

// A group per channel needs no split.
// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK-DAG: #[[CHANNEL:.*]] = affine_map<(d0, d1, d2) -> (d1)>
// CHECK-DAG: #[[ROWS:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-LABEL: func @instance_norm
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x?x5xf32>, %[[B:[a-z0-9]+]]: tensor<?xf32>, %[[M:[a-z0-9]+]]: tensor<2x?xf32>
func.func @instance_norm(%x: tensor<2x?x5xf32>, %b: tensor<?xf32>, %m: tensor<2x?xf32>) -> (tensor<2x?x5xf32>, tensor<2x?xf32>) {
  // CHECK-NEXT: %[[P:.*]]:2 = norm.generic {indexing_maps = [#[[ALL]], #[[CHANNEL]], #[[ALL]], #[[ROWS]]], normalized_dims = [2]}
  // CHECK-SAME: ins(%[[X]], %[[B]] : {{.*}}) outs(%[[X]], %[[M]] :
  // CHECK: return %[[P]]#0, %[[P]]#1
  %0:2 = norm.group_norm ins(%x : tensor<2x?x5xf32>) beta(%b : tensor<?xf32>) outs(%x : tensor<2x?x5xf32>) mean(%m : tensor<2x?xf32>)
      axes = [2] channel_axis = 1 epsilon = 1.0e-5
  return %0#0, %0#1 : tensor<2x?x5xf32>, tensor<2x?xf32>
}

// -----

// Nothing is normalized over: the statistics are given.
// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK-DAG: #[[CHANNEL:.*]] = affine_map<(d0, d1, d2) -> (d1)>
// CHECK-LABEL: func @batch_norm_inference
func.func @batch_norm_inference(%x: tensor<2x6x5xf16>, %m: tensor<6xf32>, %v: tensor<6xf64>, %g: tensor<6xf32>, %b: tensor<6xf16>) -> tensor<2x6x5xf16> {
  // CHECK: norm.generic {indexing_maps = [#[[ALL]], #[[CHANNEL]], #[[CHANNEL]], #[[CHANNEL]], #[[CHANNEL]], #[[ALL]]], normalized_dims = []}
  // CHECK-NEXT: ^bb0(%[[E:.*]]: f16, %[[M:.*]]: f32, %[[V:.*]]: f64, %[[G:.*]]: f32, %[[B:.*]]: f16):
  // CHECK-NEXT: %[[E32:.*]] = arith.extf %[[E]] : f16 to f32
  // CHECK-NEXT: %[[D:.*]] = arith.subf %[[E32]], %[[M]] : f32
  // CHECK-NEXT: %[[V32:.*]] = arith.truncf %[[V]] : f64 to f32
  // CHECK-NEXT: %[[EPS:.*]] = arith.constant 0.000000e+00 : f32
  // CHECK-NEXT: %[[VE:.*]] = arith.addf %[[V32]], %[[EPS]]
  // CHECK-NEXT: %[[RS:.*]] = math.rsqrt %[[VE]]
  // CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.0
  // CHECK-NEXT: %[[ISZERO:.*]] = arith.cmpf oeq, %[[VE]], %[[ZERO]]
  // CHECK-NEXT: %[[RSTD:.*]] = arith.select %[[ISZERO]], %[[ZERO]], %[[RS]]
  // CHECK-NEXT: %[[N:.*]] = arith.mulf %[[D]], %[[RSTD]] fastmath<contract>
  // CHECK-NEXT: %[[NG:.*]] = arith.mulf %[[N]], %[[G]] fastmath<contract>
  // CHECK-NEXT: %[[B32:.*]] = arith.extf %[[B]]
  // CHECK-NEXT: %[[O:.*]] = arith.addf %[[NG]], %[[B32]] fastmath<contract>
  // CHECK-NEXT: %[[O16:.*]] = arith.truncf %[[O]] : f32 to f16
  // CHECK-NEXT: norm.yield %[[O16]] : f16
  %0 = norm.batch_norm_inference ins(%x : tensor<2x6x5xf16>) mean(%m : tensor<6xf32>) variance(%v : tensor<6xf64>)
      gamma(%g : tensor<6xf32>) beta(%b : tensor<6xf16>) outs(%x : tensor<2x6x5xf16>) channel_axis = 1 epsilon = 0.0
  return %0 : tensor<2x6x5xf16>
}

// -----

// All dims but the channels' are normalized over; the variance goes out as it
// is, without epsilon.
// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK-DAG: #[[CHANNEL:.*]] = affine_map<(d0, d1, d2) -> (d1)>
// CHECK-LABEL: func @batch_norm_training
func.func @batch_norm_training(%x: tensor<2x6x5xf32>, %g: tensor<6xf32>, %v: tensor<6xf64>) -> (tensor<2x6x5xf32>, tensor<6xf64>) {
  // CHECK: norm.generic {indexing_maps = [#[[ALL]], #[[CHANNEL]], #[[ALL]], #[[CHANNEL]]], normalized_dims = [0, 2]}
  // CHECK-NEXT: ^bb0(%[[E:.*]]: f32, %{{.*}}: f32):
  // CHECK-NEXT: %[[D:.*]], %[[MEAN:.*]], %[[VAR:.*]] = norm.moments %[[E]] : f32
  // CHECK: arith.addf %[[VAR]]
  // CHECK: %[[VAR64:.*]] = arith.extf %[[VAR]] : f32 to f64
  // CHECK-NEXT: norm.yield %{{.*}}, %[[VAR64]] : f32, f64
  %0:2 = norm.batch_norm_training ins(%x : tensor<2x6x5xf32>) gamma(%g : tensor<6xf32>) outs(%x : tensor<2x6x5xf32>)
      variance(%v : tensor<6xf64>) channel_axis = 1 epsilon = 1.0e-5
  return %0#0, %0#1 : tensor<2x6x5xf32>, tensor<6xf64>
}
