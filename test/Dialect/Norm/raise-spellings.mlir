// RUN: norm-opt %s --norm-raise | FileCheck %s

// The statistics keep a dynamic dim; sizes of 1 are broadcast.

// CHECK-LABEL: func @dynamic_rows(
// CHECK-SAME:    %[[X:.*]]: tensor<?x8xf32>, %[[G:.*]]: tensor<1x8xf32>)
// CHECK:         %[[GAMMA:.*]] = tensor.collapse_shape %[[G]]
// CHECK:         %[[Y:.*]] = norm.rms_norm ins(%[[X]] : tensor<?x8xf32>) gamma(%[[GAMMA]] : tensor<8xf32>)
// CHECK-SAME:      axes = [1] epsilon = 9.9999997473787516E-6
// CHECK-NOT:     tosa.
// CHECK:         return %[[Y]]
func.func @dynamic_rows(%x: tensor<?x8xf32>, %gamma: tensor<1x8xf32>) -> tensor<?x8xf32> {
  %shift = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %n = "tosa.const"() {values = dense<0.125> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %eps = "tosa.const"() {values = dense<1.0e-5> : tensor<1x1xf32>} : () -> tensor<1x1xf32>
  %xx = tosa.mul %x, %x, %shift : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<1xi8>) -> tensor<?x8xf32>
  %s = tosa.reduce_sum %xx {axis = 1 : i32} : (tensor<?x8xf32>) -> tensor<?x1xf32>
  %q = tosa.mul %s, %n, %shift : (tensor<?x1xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<?x1xf32>
  %qe = tosa.add %eps, %q : (tensor<1x1xf32>, tensor<?x1xf32>) -> tensor<?x1xf32>
  %r = tosa.rsqrt %qe : (tensor<?x1xf32>) -> tensor<?x1xf32>
  %xr = tosa.mul %x, %r, %shift : (tensor<?x8xf32>, tensor<?x1xf32>, tensor<1xi8>) -> tensor<?x8xf32>
  %y = tosa.mul %xr, %gamma, %shift : (tensor<?x8xf32>, tensor<1x8xf32>, tensor<1xi8>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// The square of |x| is that of x.

// CHECK-LABEL: func @absolute(
// CHECK:         norm.rms_norm
// CHECK-NOT:     math.absf
func.func @absolute(%x: tensor<8xf32>) -> tensor<8xf32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %n = arith.constant dense<8.0> : tensor<f32>
  %two = arith.constant dense<2.0> : tensor<8xf32>
  %a = math.absf %x : tensor<8xf32>
  %aa = math.powf %a, %two : tensor<8xf32>
  %s = linalg.reduce { arith.addf } ins(%aa : tensor<8xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  %q = arith.divf %s, %n : tensor<f32>
  %v = tensor.extract %q[] : tensor<f32>
  %r = math.rsqrt %v : f32
  %rb = tensor.splat %r : tensor<8xf32>
  %y = arith.mulf %x, %rb : tensor<8xf32>
  return %y : tensor<8xf32>
}

// What must not become one operation: the same tensor as scale of one and bias of the other.

// CHECK-LABEL: func @scale_and_bias(
// CHECK-DAG:     norm.rms_norm ins(%{{.*}}) gamma(
// CHECK-DAG:     norm.rms_norm ins(%{{.*}}) beta(
func.func @scale_and_bias(%x: tensor<4x8xf32>, %g: tensor<4x8xf32>, %p: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %xx = arith.mulf %x, %x : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf32>
  %r = math.rsqrt %q : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %pb = linalg.broadcast ins(%p : tensor<8xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [0]
  %n1 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y1 = arith.mulf %n1, %pb : tensor<4x8xf32>
  %n2 = arith.mulf %x, %rb : tensor<4x8xf32>
  %y2 = arith.addf %n2, %pb : tensor<4x8xf32>
  return %y1, %y2 : tensor<4x8xf32>, tensor<4x8xf32>
}
