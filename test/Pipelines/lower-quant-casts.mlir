// RUN: norm-opt %s --norm-lower-quant-casts --canonicalize | FileCheck %s
// RUN: norm-opt %s --norm-lower-quant-casts --canonicalize --norm-generalize --norm-fuse --canonicalize | FileCheck %s --check-prefix=FUSED

!i8 = !quant.uniform<i8:f32, 5.0e-1:3>
!u8 = !quant.uniform<u8<10:200>:f16, 2.0>
!axis = !quant.uniform<i8:f32:1, {5.0e-1, 2.5e-1}>

// CHECK-LABEL: func.func @quantize
// CHECK-DAG:   %[[SCALE:.*]] = arith.constant dense<5.000000e-01>
// CHECK-DAG:   %[[ZERO:.*]] = arith.constant dense<3.000000e+00>
// CHECK-DAG:   %[[LEAST:.*]] = arith.constant dense<-1.280000e+02>
// CHECK-DAG:   %[[MOST:.*]] = arith.constant dense<1.270000e+02>
// CHECK:       %[[D:.*]] = arith.divf %{{.*}}, %[[SCALE]]
// CHECK:       %[[R:.*]] = math.roundeven %[[D]]
// CHECK:       %[[S:.*]] = arith.addf %[[R]], %[[ZERO]]
// CHECK:       %[[A:.*]] = arith.maximumf %[[S]], %[[LEAST]]
// CHECK:       %[[B:.*]] = arith.minimumf %[[A]], %[[MOST]]
// CHECK:       %[[Q:.*]] = arith.fptosi %[[B]] : tensor<4x8xf32> to tensor<4x8xi8>
// CHECK:       return %[[Q]]
// FUSED-LABEL: func.func @quantize
// FUSED:       norm.generic
// FUSED:         arith.fptosi %{{.*}} : f32 to i8
func.func @quantize(%x: tensor<4x8xf32>) -> tensor<4x8xi8> {
  %e = tensor.empty() : tensor<4x8xf32>
  %y = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  %q = quant.qcast %y : tensor<4x8xf32> to tensor<4x8x!i8>
  %s = quant.scast %q : tensor<4x8x!i8> to tensor<4x8xi8>
  return %s : tensor<4x8xi8>
}

// Unsigned, with a range of its own.
// CHECK-LABEL: func.func @unsigned
// CHECK-DAG:   arith.constant dense<1.000000e+01> : tensor<8xf16>
// CHECK-DAG:   arith.constant dense<2.000000e+02> : tensor<8xf16>
// CHECK:       arith.fptoui %{{.*}} : tensor<8xf16> to tensor<8xi8>
func.func @unsigned(%x: tensor<8xf16>) -> tensor<8xi8> {
  %q = quant.qcast %x : tensor<8xf16> to tensor<8x!u8>
  %s = quant.scast %q : tensor<8x!u8> to tensor<8xi8>
  return %s : tensor<8xi8>
}

// CHECK-LABEL: func.func @dequantize
// CHECK-SAME:    %[[X:.*]]: tensor<8xi8>
// CHECK:       %[[F:.*]] = arith.sitofp %[[X]] : tensor<8xi8> to tensor<8xf32>
// CHECK:       %[[D:.*]] = arith.subf %[[F]]
// CHECK:       arith.mulf %[[D]]
func.func @dequantize(%x: tensor<8xi8>) -> tensor<8xf32> {
  %q = quant.scast %x : tensor<8xi8> to tensor<8x!i8>
  %y = quant.dcast %q : tensor<8x!i8> to tensor<8xf32>
  return %y : tensor<8xf32>
}

// CHECK-LABEL: func.func @left
// CHECK:       quant.qcast
// CHECK:       quant.qcast
func.func @left(%x: tensor<4x2xf32>, %y: tensor<?xf32>) -> (tensor<4x2x!axis>, tensor<?x!i8>) {
  %q = quant.qcast %x : tensor<4x2xf32> to tensor<4x2x!axis>
  %p = quant.qcast %y : tensor<?xf32> to tensor<?x!i8>
  return %q, %p : tensor<4x2x!axis>, tensor<?x!i8>
}
