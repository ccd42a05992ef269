// RUN: norm-opt %s --norm-promote-to-f64 --split-input-file --verify-diagnostics

func.func @to_signed(%x: f32) -> i8 {
  // expected-error @below {{cannot be computed in f64: values depend on rounding to integers, which may go another way in f64}}
  %0 = arith.fptosi %x : f32 to i8
  return %0 : i8
}

// -----

func.func @to_unsigned(%x: f32) -> i8 {
  // expected-error @below {{values depend on rounding to integers}}
  %0 = arith.fptoui %x : f32 to i8
  return %0 : i8
}

// -----

func.func @round_even(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{values depend on rounding to integers}}
  %0 = math.roundeven %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// All obstacles are told, inside bodies too.
func.func @bodies(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) {
  ^bb0(%e: f32, %o: f32):
    // expected-error @below {{values depend on rounding to integers}}
    %f = math.floor %e : f32
    // expected-error @below {{values depend on rounding to integers}}
    %c = math.ceil %f : f32
    linalg.yield %c : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @bits(%x: f32) -> i32 {
  // expected-error @below {{cannot be computed in f64: values depend on the bits of a float type}}
  %0 = arith.bitcast %x : f32 to i32
  return %0 : i32
}

// -----

func.func @view(%m: memref<16xi8>) -> memref<4xf32> {
  %c0 = arith.constant 0 : index
  // expected-error @below {{values depend on the bits of a float type}}
  %0 = memref.view %m[%c0][] : memref<16xi8> to memref<4xf32>
  return %0 : memref<4xf32>
}

// -----

// expected-error @below {{cannot be computed in f64: a function defined elsewhere takes or returns floats}}
func.func private @elsewhere(f32) -> f32

// -----

// expected-error @below {{cannot be computed in f64: complex values are not promoted}}
func.func @complex(%x: complex<f32>) -> f32 {
  %0 = complex.re %x : complex<f32>
  return %0 : f32
}

// -----

func.func @wide(%x: f32) -> f32 {
  // expected-error @below {{cannot be computed in f64: a float type is wider than f64}}
  %0 = arith.extf %x : f32 to f128
  %1 = arith.truncf %0 : f128 to f32
  return %1 : f32
}

// -----

func.func @norm(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error @below {{cannot be computed in f64: norm operations must be decomposed first}}
  %0 = norm.rms_norm ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %0 : tensor<4x8xf32>
}

// -----

func.func @resource() -> tensor<2xf32> {
  // expected-error @below {{cannot be computed in f64: a constant's values are not in the module}}
  %0 = arith.constant dense_resource<elsewhere> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// expected-error @below {{cannot be computed in f64: operations of the llvm dialect are not promoted}}
llvm.func @f(f32)
