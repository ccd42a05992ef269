// RUN: norm-opt %s --test-norm-element-expr | FileCheck %s

// Which sums are equal: those of the same elements, however their dims are split,
// merged or ordered.

#all = affine_map<(d0, d1) -> (d0, d1)>
#swapped = affine_map<(d0, d1) -> (d1, d0)>
#row = affine_map<(d0, d1) -> (d0)>
#col = affine_map<(d0, d1) -> (d1)>

// Over a merged dim, and over both dims that it is made of.

// CHECK-LABEL: merged_dim
// CHECK:         {{^}}  equal
func.func @merged_dim(%x: tensor<4x3x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %flat = tensor.collapse_shape %x [[0], [1, 2]] : tensor<4x3x8xf32> into tensor<4x24xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x3x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1, 2]
  %t = linalg.reduce { arith.addf } ins(%flat : tensor<4x24xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// The other way round.

// CHECK-LABEL: merged_dim_first
// CHECK:         {{^}}  equal
func.func @merged_dim_first(%x: tensor<4x3x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %flat = tensor.collapse_shape %x [[0], [1, 2]] : tensor<4x3x8xf32> into tensor<4x24xf32>
  %s = linalg.reduce { arith.addf } ins(%flat : tensor<4x24xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %t = linalg.reduce { arith.addf } ins(%x : tensor<4x3x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1, 2]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// Split elsewhere, so that one splits the other.

// CHECK-LABEL: split_further
// CHECK:         {{^}}  equal
func.func @split_further(%x: tensor<4x24xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %a = tensor.expand_shape %x [[0], [1, 2]] output_shape [4, 3, 8] : tensor<4x24xf32> into tensor<4x3x8xf32>
  %b = tensor.expand_shape %x [[0], [1, 2]] output_shape [4, 6, 4] : tensor<4x24xf32> into tensor<4x6x4xf32>
  %s = linalg.reduce { arith.addf } ins(%a : tensor<4x3x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1, 2]
  %t = linalg.reduce { arith.addf } ins(%b : tensor<4x6x4xf32>) outs(%zero : tensor<4xf32>) dimensions = [1, 2]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// Of a transposed tensor, over the dim that was moved.

// CHECK-LABEL: transposed
// CHECK:         {{^}}  equal
func.func @transposed(%x: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %e = tensor.empty() : tensor<8x4xf32>
  %xt = linalg.transpose ins(%x : tensor<4x8xf32>) outs(%e : tensor<8x4xf32>) permutation = [1, 0]
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %t = linalg.reduce { arith.addf } ins(%xt : tensor<8x4xf32>) outs(%zero : tensor<4xf32>) dimensions = [0]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// Two sums, one in the other, over the dims in another order.

// CHECK-LABEL: factors_in_any_order
// CHECK:         {{^}}  equal
func.func @factors_in_any_order(%x: tensor<4x8xf32>, %y: tensor<8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#all, #col, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %y : tensor<4x8xf32>, tensor<8xf32>) outs(%zero : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %0, %out : f32
    linalg.yield %1 : f32
  } -> tensor<4xf32>
  %t = linalg.generic {indexing_maps = [#row, #swapped, #col], iterator_types = ["reduction", "parallel"]} ins(%y, %x : tensor<8xf32>, tensor<4x8xf32>) outs(%zero : tensor<4xf32>) {
  ^bb0(%b: f32, %a: f32, %out: f32):
    %0 = arith.mulf %b, %a : f32
    %1 = arith.addf %out, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<4xf32>
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// Not equal: rows of another order of the elements.

// CHECK-LABEL: other_rows
// CHECK:         not equal
func.func @other_rows(%x: tensor<4x4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %e = tensor.empty() : tensor<4x4xf32>
  %xt = linalg.transpose ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) permutation = [1, 0]
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x4xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %t = linalg.reduce { arith.addf } ins(%xt : tensor<4x4xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// Part of a dim: the upper digit, the lower one.

// CHECK-LABEL: other_digit
// CHECK:         not equal
func.func @other_digit(%x: tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %a = tensor.expand_shape %x [[0, 1]] output_shape [4, 4] : tensor<16xf32> into tensor<4x4xf32>
  %s = linalg.reduce { arith.addf } ins(%a : tensor<4x4xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %t = linalg.reduce { arith.addf } ins(%a : tensor<4x4xf32>) outs(%zero : tensor<4xf32>) dimensions = [0]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// The first half and all.

// CHECK-LABEL: half_of_a_dim
// CHECK:         not equal
func.func @half_of_a_dim(%x: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %half = tensor.extract_slice %x[0, 0] [4, 4] [1, 1] : tensor<4x8xf32> to tensor<4x4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %t = linalg.reduce { arith.addf } ins(%half : tensor<4x4xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// One dim of two, scaled by the size of the other: equal over the reals only by
// accident of the elements.

// CHECK-LABEL: one_dim_of_two
// CHECK:         not equal
func.func @one_dim_of_two(%x: tensor<4x3x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %zero3 = arith.constant dense<0.0> : tensor<4x3xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x3x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1, 2]
  %rows = linalg.reduce { arith.addf } ins(%x : tensor<4x3x8xf32>) outs(%zero3 : tensor<4x3xf32>) dimensions = [2]
  %squares = arith.mulf %rows, %rows : tensor<4x3xf32>
  %t = linalg.reduce { arith.addf } ins(%squares : tensor<4x3xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// The diagonal and a product of two dims.

// CHECK-LABEL: diagonal
// CHECK:         sum[{{d[0-9]+}}](mul(%arg0[[[D:d[0-9]+]], [[D]]], %arg0[[[D]], [[D]]]))
// CHECK:         not equal
func.func @diagonal(%x: tensor<4x4xf32>) -> (tensor<f32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0, d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%x : tensor<4x4xf32>) outs(%zero : tensor<f32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.mulf %in, %in : f32
    %1 = arith.addf %0, %out : f32
    linalg.yield %1 : f32
  } -> tensor<f32>
  %t = linalg.generic {indexing_maps = [#all, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<4x4xf32>) outs(%zero : tensor<f32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.mulf %in, %in : f32
    %1 = arith.addf %0, %out : f32
    linalg.yield %1 : f32
  } -> tensor<f32>
  return %s, %t : tensor<f32>, tensor<f32>
}

// x[i, j] · x[i, j] and x[i, j] · x[j, i].

// CHECK-LABEL: not_a_square
// CHECK:         not equal
func.func @not_a_square(%x: tensor<4x4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#all, #all, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %x : tensor<4x4xf32>, tensor<4x4xf32>) outs(%zero : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %0, %out : f32
    linalg.yield %1 : f32
  } -> tensor<4xf32>
  %t = linalg.generic {indexing_maps = [#all, #swapped, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %x : tensor<4x4xf32>, tensor<4x4xf32>) outs(%zero : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %0, %out : f32
    linalg.yield %1 : f32
  } -> tensor<4xf32>
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// A sum that counts each element twice.

// CHECK-LABEL: counted_twice
// CHECK:         not equal
func.func @counted_twice(%x: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %e = tensor.empty() : tensor<4x8x2xf32>
  %b = linalg.broadcast ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8x2xf32>) dimensions = [2]
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %t = linalg.reduce { arith.addf } ins(%b : tensor<4x8x2xf32>) outs(%zero : tensor<4xf32>) dimensions = [1, 2]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}

// Sums of different elements of the same shape.

// CHECK-LABEL: other_tensor
// CHECK:         not equal
func.func @other_tensor(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %t = linalg.reduce { arith.addf } ins(%y : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  return %s, %t : tensor<4xf32>, tensor<4xf32>
}
