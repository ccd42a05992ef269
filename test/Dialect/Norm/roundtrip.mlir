// What is printed is parsed again and printed the same: in the custom form, in
// the generic one and through bytecode.

// RUN: norm-opt %s | FileCheck %s
// RUN: norm-opt %s | norm-opt | FileCheck %s
// RUN: norm-opt %s -mlir-print-op-generic | norm-opt | FileCheck %s
// RUN: norm-opt %s -emit-bytecode | norm-opt | FileCheck %s

// CHECK-LABEL: func @layer_norm_all
func.func @layer_norm_all(%x: tensor<2x?x768xbf16>, %g: tensor<2x768xf32>, %b: tensor<2x768xf16>, %m: tensor<2x?x768xi1>, %e: f32,
    %y0: tensor<2x?x768xf32>, %mean0: tensor<2x?xf32>, %rstd0: tensor<2x?xf64>) -> (tensor<2x?x768xf32>, tensor<2x?xf32>, tensor<2x?xf64>) {
  // CHECK: %[[Y:.*]]:3 = norm.layer_norm ins(%{{.*}} : tensor<2x?x768xbf16>) gamma(%{{.*}} : tensor<2x768xf32>) beta(%{{.*}} : tensor<2x768xf16>)
  // CHECK-SAME: mask(%{{.*}} : tensor<2x?x768xi1>) epsilon(%{{.*}} : f32)
  // CHECK-SAME: outs(%{{.*}} : tensor<2x?x768xf32>) mean(%{{.*}} : tensor<2x?xf32>) rstd(%{{.*}} : tensor<2x?xf64>)
  // CHECK-SAME: axes = [2] parameter_axes = [0, 2] compute_type = f64 {tag = "a"}{{$}}
  %y, %mean, %rstd = norm.layer_norm ins(%x : tensor<2x?x768xbf16>) gamma(%g : tensor<2x768xf32>) beta(%b : tensor<2x768xf16>)
      mask(%m : tensor<2x?x768xi1>) epsilon(%e : f32)
      outs(%y0 : tensor<2x?x768xf32>) mean(%mean0 : tensor<2x?xf32>) rstd(%rstd0 : tensor<2x?xf64>)
      axes = [2] parameter_axes = [0, 2] compute_type = f64 {tag = "a"}
  // CHECK: return %[[Y]]#0, %[[Y]]#1, %[[Y]]#2
  return %y, %mean, %rstd : tensor<2x?x768xf32>, tensor<2x?xf32>, tensor<2x?xf64>
}

// The operands' clauses in any order, the results still y, mean, rstd.
// CHECK-LABEL: func @layer_norm_order
func.func @layer_norm_order(%x: tensor<4x8xf32>, %p: tensor<8xf32>, %m: tensor<4xf32>, %r: tensor<4xf16>) -> (tensor<4xf32>, tensor<4xf16>) {
  // CHECK: norm.layer_norm ins(%{{.*}}) gamma(%{{.*}} : tensor<8xf32>) beta(%{{.*}} : tensor<8xf32>) outs(%{{.*}}) mean(%{{.*}} : tensor<4xf32>) rstd(%{{.*}} : tensor<4xf16>) axes = [1] epsilon = 1.000000e-05{{$}}
  %y, %mean, %rstd = norm.layer_norm ins(%x : tensor<4x8xf32>) beta(%p : tensor<8xf32>) gamma(%p : tensor<8xf32>)
      outs(%x : tensor<4x8xf32>) rstd(%r : tensor<4xf16>) mean(%m : tensor<4xf32>) axes = [1] epsilon = 1.0e-5
  return %mean, %rstd : tensor<4xf32>, tensor<4xf16>
}

// CHECK-LABEL: func @layer_norm_memref
func.func @layer_norm_memref(%x: memref<4x8xf16, strided<[?, 1], offset: ?>>, %r: memref<f64>) {
  // CHECK: {{^ *}}norm.layer_norm ins(%{{.*}} : memref<4x8xf16, strided<[?, 1], offset: ?>>) outs(%{{.*}} : memref<4x8xf16, strided<[?, 1], offset: ?>>) rstd(%{{.*}} : memref<f64>) axes = [0, 1] epsilon = 0.000000e+00{{$}}
  norm.layer_norm ins(%x : memref<4x8xf16, strided<[?, 1], offset: ?>>) outs(%x : memref<4x8xf16, strided<[?, 1], offset: ?>>)
      rstd(%r : memref<f64>) axes = [0, 1] epsilon = 0.0
  return
}

// CHECK-LABEL: func @layer_norm_no_axes
func.func @layer_norm_no_axes(%x: tensor<f64>) -> tensor<f64> {
  // CHECK: norm.layer_norm ins(%{{.*}} : tensor<f64>) outs(%{{.*}} : tensor<f64>) axes = [] epsilon = 1.000000e-05{{$}}
  %0 = norm.layer_norm ins(%x : tensor<f64>) outs(%x : tensor<f64>) axes = [] epsilon = 1.0e-5
  return %0 : tensor<f64>
}

// CHECK-LABEL: func @rms_norm_all
func.func @rms_norm_all(%x: tensor<4x8xf32>, %g: tensor<4x8xbf16>, %m: tensor<4x8xi1>, %r: tensor<4xf32>) -> (tensor<4x8xf32>, tensor<4xf32>) {
  // CHECK: %{{.*}}:2 = norm.rms_norm ins(%{{.*}}) gamma(%{{.*}} : tensor<4x8xbf16>) beta(%{{.*}} : tensor<4x8xbf16>) mask(%{{.*}} : tensor<4x8xi1>)
  // CHECK-SAME: outs(%{{.*}} : tensor<4x8xf32>) rstd(%{{.*}} : tensor<4xf32>)
  // CHECK-SAME: axes = [1] parameter_axes = [0, 1] gamma_offset = 1.000000e+00 epsilon = 9.9999999999999995E-7 compute_type = f32 {tag}{{$}}
  %y, %rstd = norm.rms_norm ins(%x : tensor<4x8xf32>) gamma(%g : tensor<4x8xbf16>) beta(%g : tensor<4x8xbf16>) mask(%m : tensor<4x8xi1>)
      outs(%x : tensor<4x8xf32>) rstd(%r : tensor<4xf32>)
      axes = [1] parameter_axes = [0, 1] gamma_offset = 1.0 epsilon = 1.0e-6 compute_type = f32 {tag}
  return %y, %rstd : tensor<4x8xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @rms_norm_memref
func.func @rms_norm_memref(%x: memref<?x?xf32>, %e: f64) {
  // CHECK: {{^ *}}norm.rms_norm ins(%{{.*}} : memref<?x?xf32>) epsilon(%{{.*}} : f64) outs(%{{.*}} : memref<?x?xf32>) axes = [0]{{$}}
  norm.rms_norm ins(%x : memref<?x?xf32>) epsilon(%e : f64) outs(%x : memref<?x?xf32>) axes = [0]
  return
}

// CHECK-LABEL: func @group_norm_all
func.func @group_norm_all(%x: tensor<2x?x5x7xbf16>, %p: tensor<?xf32>, %m: tensor<2x?x5x7xi1>, %e: f32, %y0: tensor<2x?x5x7xf32>,
    %mean0: tensor<2x4xf32>, %rstd0: tensor<2x4xf64>) -> (tensor<2x?x5x7xf32>, tensor<2x4xf32>, tensor<2x4xf64>) {
  // CHECK: %[[Y:.*]]:3 = norm.group_norm ins(%{{[a-z0-9]+}} : tensor<2x?x5x7xbf16>) gamma(%{{[a-z0-9]+}} : tensor<?xf32>) beta(%{{[a-z0-9]+}} : tensor<?xf32>)
  // CHECK-SAME: mask(%{{[a-z0-9]+}} : tensor<2x?x5x7xi1>) epsilon(%{{[a-z0-9]+}} : f32)
  // CHECK-SAME: outs(%{{[a-z0-9]+}} : tensor<2x?x5x7xf32>) mean(%{{[a-z0-9]+}} : tensor<2x4xf32>) rstd(%{{[a-z0-9]+}} : tensor<2x4xf64>)
  // CHECK-SAME: axes = [2, 3] channel_axis = 1 groups = 4 compute_type = f64 {tag = "a"}{{$}}
  %y, %mean, %rstd = norm.group_norm ins(%x : tensor<2x?x5x7xbf16>) beta(%p : tensor<?xf32>) gamma(%p : tensor<?xf32>)
      epsilon(%e : f32) mask(%m : tensor<2x?x5x7xi1>)
      outs(%y0 : tensor<2x?x5x7xf32>) rstd(%rstd0 : tensor<2x4xf64>) mean(%mean0 : tensor<2x4xf32>)
      axes = [2, 3] channel_axis = 1 groups = 4 compute_type = f64 {tag = "a"}
  // CHECK: return %[[Y]]#0, %[[Y]]#1, %[[Y]]#2
  return %y, %mean, %rstd : tensor<2x?x5x7xf32>, tensor<2x4xf32>, tensor<2x4xf64>
}

// One group per channel, channels last, a batch dim in the middle.
// CHECK-LABEL: func @group_norm_memref
func.func @group_norm_memref(%x: memref<2x5x3x7xf16>, %r: memref<2x3x7xf32>) {
  // CHECK: {{^ *}}norm.group_norm ins(%{{[a-z0-9]+}} : memref<2x5x3x7xf16>) outs(%{{[a-z0-9]+}} : memref<2x5x3x7xf16>) rstd(%{{[a-z0-9]+}} : memref<2x3x7xf32>) axes = [1] channel_axis = 3 epsilon = 1.000000e-05{{$}}
  norm.group_norm ins(%x : memref<2x5x3x7xf16>) outs(%x : memref<2x5x3x7xf16>) rstd(%r : memref<2x3x7xf32>)
      axes = [1] channel_axis = 3 epsilon = 1.0e-5
  return
}

// CHECK-LABEL: func @group_norm_no_axes
func.func @group_norm_no_axes(%x: tensor<0xf64>) -> tensor<0xf64> {
  // CHECK: norm.group_norm ins(%{{[a-z0-9]+}} : tensor<0xf64>) outs(%{{[a-z0-9]+}} : tensor<0xf64>) axes = [] channel_axis = 0 groups = 3 epsilon = 1.000000e-05{{$}}
  %0 = norm.group_norm ins(%x : tensor<0xf64>) outs(%x : tensor<0xf64>) axes = [] channel_axis = 0 groups = 3 epsilon = 1.0e-5
  return %0 : tensor<0xf64>
}

// CHECK-LABEL: func @batch_norm_inference
func.func @batch_norm_inference(%x: tensor<2x6x?xbf16>, %p: tensor<6xf32>, %q: tensor<6xf16>, %e: f64, %y0: tensor<2x6x?xf32>) -> tensor<2x6x?xf32> {
  // CHECK: %{{.*}} = norm.batch_norm_inference ins(%{{[a-z0-9]+}} : tensor<2x6x?xbf16>) mean(%{{[a-z0-9]+}} : tensor<6xf16>) variance(%{{[a-z0-9]+}} : tensor<6xf32>)
  // CHECK-SAME: gamma(%{{[a-z0-9]+}} : tensor<6xf16>) beta(%{{[a-z0-9]+}} : tensor<6xf32>) epsilon(%{{[a-z0-9]+}} : f64)
  // CHECK-SAME: outs(%{{[a-z0-9]+}} : tensor<2x6x?xf32>) channel_axis = 1 compute_type = f64 {tag}{{$}}
  %0 = norm.batch_norm_inference ins(%x : tensor<2x6x?xbf16>) mean(%q : tensor<6xf16>) variance(%p : tensor<6xf32>)
      epsilon(%e : f64) beta(%p : tensor<6xf32>) gamma(%q : tensor<6xf16>) outs(%y0 : tensor<2x6x?xf32>)
      channel_axis = 1 compute_type = f64 {tag}
  return %0 : tensor<2x6x?xf32>
}

// CHECK-LABEL: func @batch_norm_inference_memref
func.func @batch_norm_inference_memref(%x: memref<?x?xf32>, %p: memref<?xf32>) {
  // CHECK: {{^ *}}norm.batch_norm_inference ins(%{{[a-z0-9]+}} : memref<?x?xf32>) mean(%{{[a-z0-9]+}} : memref<?xf32>) variance(%{{[a-z0-9]+}} : memref<?xf32>) outs(%{{[a-z0-9]+}} : memref<?x?xf32>) channel_axis = 1 epsilon = 0.000000e+00{{$}}
  norm.batch_norm_inference ins(%x : memref<?x?xf32>) mean(%p : memref<?xf32>) variance(%p : memref<?xf32>)
      outs(%x : memref<?x?xf32>) channel_axis = 1 epsilon = 0.0
  return
}

// CHECK-LABEL: func @batch_norm_training
func.func @batch_norm_training(%x: tensor<2x6x?xf16>, %p: tensor<6xf32>, %m: tensor<2x6x?xi1>, %e: f32) -> (tensor<2x6x?xf16>, tensor<6xf32>, tensor<6xf32>) {
  // CHECK: %[[Y:.*]]:3 = norm.batch_norm_training ins(%{{[a-z0-9]+}} : tensor<2x6x?xf16>) gamma(%{{[a-z0-9]+}} : tensor<6xf32>) beta(%{{[a-z0-9]+}} : tensor<6xf32>)
  // CHECK-SAME: mask(%{{[a-z0-9]+}} : tensor<2x6x?xi1>) epsilon(%{{[a-z0-9]+}} : f32)
  // CHECK-SAME: outs(%{{[a-z0-9]+}} : tensor<2x6x?xf16>) mean(%{{[a-z0-9]+}} : tensor<6xf32>) variance(%{{[a-z0-9]+}} : tensor<6xf32>) channel_axis = 1 compute_type = f32{{$}}
  %y, %mean, %variance = norm.batch_norm_training ins(%x : tensor<2x6x?xf16>) gamma(%p : tensor<6xf32>) beta(%p : tensor<6xf32>)
      mask(%m : tensor<2x6x?xi1>) epsilon(%e : f32) outs(%x : tensor<2x6x?xf16>)
      variance(%p : tensor<6xf32>) mean(%p : tensor<6xf32>) channel_axis = 1 compute_type = f32
  // CHECK: return %[[Y]]#0, %[[Y]]#1, %[[Y]]#2
  return %y, %mean, %variance : tensor<2x6x?xf16>, tensor<6xf32>, tensor<6xf32>
}

// CHECK-LABEL: func @batch_norm_training_memref
func.func @batch_norm_training_memref(%x: memref<4x8xf32>, %v: memref<8xf32>) {
  // CHECK: {{^ *}}norm.batch_norm_training ins(%{{[a-z0-9]+}} : memref<4x8xf32>) outs(%{{[a-z0-9]+}} : memref<4x8xf32>) variance(%{{[a-z0-9]+}} : memref<8xf32>) channel_axis = 1 epsilon = 1.000000e-03{{$}}
  norm.batch_norm_training ins(%x : memref<4x8xf32>) outs(%x : memref<4x8xf32>) variance(%v : memref<8xf32>) channel_axis = 1 epsilon = 1.0e-3
  return
}

#abc = affine_map<(a, b, c) -> (a, b, c)>
#ca = affine_map<(a, b, c) -> (c, a)>
#a = affine_map<(a, b, c) -> (a)>
#ab = affine_map<(a, b, c) -> (a, b)>
#none = affine_map<(a, b, c) -> ()>

// CHECK-LABEL: func @generic
func.func @generic(%x: tensor<2x3x8xf32>, %p: tensor<8x2xf16>, %s: i32, %y: tensor<2x3x8xi8>, %z: tensor<2xf32>) -> (tensor<2x3x8xi8>, tensor<2xf32>) {
  // CHECK: %[[P:.*]]:2 = norm.generic {indexing_maps = [#{{.*}}, #{{.*}}, #{{.*}}, #{{.*}}, #{{.*}}], normalized_dims = [1, 2],
  // CHECK-SAME: schedule = <lane_dim = 2, vector_size = 8, unroll = 2, parallel = true, serial_below = 100, outline = false>}
  // CHECK-SAME: ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<2x3x8xf32>, tensor<8x2xf16>, i32) outs(%{{.*}}, %{{.*}} : tensor<2x3x8xi8>, tensor<2xf32>) attributes {tag = 1 : i64} {
  %0:2 = norm.generic {indexing_maps = [#abc, #ca, #none, #abc, #a], normalized_dims = [1, 2],
                       schedule = #norm.cpu_schedule<lane_dim = 2, vector_size = 8, unroll = 2, parallel = true, serial_below = 100, outline = false>}
      ins(%x, %p, %s : tensor<2x3x8xf32>, tensor<8x2xf16>, i32) outs(%y, %z : tensor<2x3x8xi8>, tensor<2xf32>) attributes {tag = 1} {
  // CHECK-NEXT: ^bb0(%[[E:.*]]: f32, %[[F:.*]]: f16, %[[S:.*]]: i32):
  ^bb0(%e: f32, %f: f16, %t: i32):
    // CHECK-NEXT: %[[I:.*]] = norm.index 2 : index
    %i = norm.index 2 : index
    // CHECK-NEXT: %[[N:.*]] = norm.size : index
    %n = norm.size : index
    // CHECK-NEXT: %[[M:.*]] = arith.cmpi ult, %[[I]], %[[N]]
    %m = arith.cmpi ult, %i, %n : index
    // CHECK-NEXT: norm.size where %[[M]] over [2] : bf16
    %k = norm.size where %m over [2] : bf16
    // CHECK-NEXT: norm.reduce <add> %[[E]] : f32
    %r0 = norm.reduce <add> %e : f32
    // CHECK-NEXT: norm.reduce <maxnumf> %[[F]] where %[[M]] : f16
    %r1 = norm.reduce <maxnumf> %f where %m : f16
    // CHECK-NEXT: norm.reduce <xor> %[[S]] over [1] : i32
    %r2 = norm.reduce <xor> %t over [1] : i32
    // CHECK-NEXT: norm.reduce <minui> %[[I]] where %[[M]] over [1, 2] {tag} : index
    %r3 = norm.reduce <minui> %i where %m over [1, 2] {tag} : index
    // CHECK-NEXT: norm.head_mean %[[E]] : f32
    %h = norm.head_mean %e : f32
    // CHECK-NEXT: norm.moments %[[E]] : f32
    %c0, %mean0, %var0 = norm.moments %e : f32
    // CHECK-NEXT: norm.moments <corrected_two_pass> %[[E]] where %[[M]] : f32
    %c1, %mean1, %var1 = norm.moments <corrected_two_pass> %e where %m : f32
    // CHECK-NEXT: norm.moments <two_pass> %[[E]] over [2] : f32
    %c2, %mean2, %var2 = norm.moments <two_pass> %e over [2] : f32
    // CHECK-NEXT: norm.moments <shifted> %[[E]] where %[[M]] over [1, 2] {tag} : f32
    %c3, %mean3, %var3 = norm.moments <shifted> %e where %m over [1, 2] {tag} : f32
    // CHECK-NEXT: %[[Q:.*]] = arith.fptosi
    %q = arith.fptosi %e : f32 to i8
    // CHECK-NEXT: norm.yield %[[Q]], %{{.*}} : i8, f32
    norm.yield %q, %mean0 : i8, f32
  // CHECK-NEXT: }
  }
  // CHECK-NEXT: return %[[P]]#0, %[[P]]#1
  return %0#0, %0#1 : tensor<2x3x8xi8>, tensor<2xf32>
}

// No inputs, no normalized dims, memrefs.
// CHECK-LABEL: func @generic_no_inputs
func.func @generic_no_inputs(%y: memref<4x8xindex>) {
  // CHECK: {{^ *}}norm.generic {indexing_maps = [#{{.*}}], normalized_dims = []} outs(%{{.*}} : memref<4x8xindex>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>], normalized_dims = []} outs(%y : memref<4x8xindex>) {
    // CHECK-NEXT: %[[I:.*]] = norm.index 1 : index
    // CHECK-NEXT: norm.yield %[[I]] : index
    %i = norm.index 1 : index
    norm.yield %i : index
  }
  return
}
