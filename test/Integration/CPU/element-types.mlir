// Elements that memory and vectors hold differently, operations of several results, and an epsilon that rounds to 0.

// RUN: norm-run %s --entry=i24 --check
// RUN: norm-run %s --entry=both_halves --check
// RUN: norm-run %s --entry=upper_half --check
// RUN: norm-run %s --entry=tiny_epsilon --print | FileCheck %s

func.func @i24(%x: tensor<2x21xi32>) -> tensor<2x21xi32> {
  %e = tensor.empty() : tensor<2x21xi24>
  %t = linalg.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<2x21xi32>) outs(%e : tensor<2x21xi24>) {
  ^bb0(%a: i32, %u: i24):
    %w = arith.trunci %a : i32 to i24
    linalg.yield %w : i24
  } -> tensor<2x21xi24>
  %i = tensor.empty() : tensor<2x21xi32>
  %y = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%t : tensor<2x21xi24>) outs(%i : tensor<2x21xi32>) {
  ^bb0(%a: i24):
    %w = arith.extsi %a : i24 to i32
    norm.yield %w : i32
  }
  return %y : tensor<2x21xi32>
}

func.func @both_halves(%x: tensor<2x21xi32>) -> (tensor<2x21xi32>, tensor<2x21xi32>) {
  %i = tensor.empty() : tensor<2x21xi32>
  %y:2 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<2x21xi32>) outs(%i, %i : tensor<2x21xi32>, tensor<2x21xi32>) {
  ^bb0(%a: i32):
    %c = arith.constant 1073741824 : i32
    %lo, %hi = arith.mulsi_extended %a, %c : i32
    norm.yield %lo, %hi : i32, i32
  }
  return %y#0, %y#1 : tensor<2x21xi32>, tensor<2x21xi32>
}

func.func @upper_half(%x: tensor<4xi32>, %z: tensor<4x2xi32>) -> tensor<4xi32> {
  %i = tensor.empty() : tensor<4xi32>
  %y = norm.generic {indexing_maps = [affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>], normalized_dims = [1]}
      ins(%x, %z : tensor<4xi32>, tensor<4x2xi32>) outs(%i : tensor<4xi32>) {
  ^bb0(%a: i32, %unused: i32):
    %c = arith.constant 1073741824 : i32
    %lo, %hi = arith.mulsi_extended %a, %c : i32
    norm.yield %hi : i32
  }
  return %y : tensor<4xi32>
}

// CHECK: {{\[\[}}0, 0, 0, 0, 0]]
func.func @tiny_epsilon() -> tensor<1x5xf32> {
  %x = arith.constant dense<3.0> : tensor<1x5xf32>
  %init = tensor.empty() : tensor<1x5xf32>
  %y = norm.layer_norm ins(%x : tensor<1x5xf32>) outs(%init : tensor<1x5xf32>) axes = [1] epsilon = 1.0e-50
  return %y : tensor<1x5xf32>
}
