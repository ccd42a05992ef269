// RUN: norm-opt %s --test-norm-element-expr | FileCheck %s

// Reshapes and slices change coordinates alone. A dim that is split into several
// is written as digits of its index.

// CHECK-LABEL: split
// CHECK-NEXT:    %arg0[d1 + d0 * 4, d2]
func.func @split(%x: tensor<12x8xf32>) -> tensor<3x4x8xf32> {
  %y = tensor.expand_shape %x [[0, 1], [2]] output_shape [3, 4, 8] : tensor<12x8xf32> into tensor<3x4x8xf32>
  return %y : tensor<3x4x8xf32>
}

// CHECK-LABEL: merged
// CHECK-NEXT:    %arg0[d0 floordiv 4, d0 mod 4, d1]
func.func @merged(%x: tensor<3x4x8xf32>) -> tensor<12x8xf32> {
  %y = tensor.collapse_shape %x [[0, 1], [2]] : tensor<3x4x8xf32> into tensor<12x8xf32>
  return %y : tensor<12x8xf32>
}

// Split and merged again, also in other groups, is where it was.

// CHECK-LABEL: there_and_back
// CHECK-NEXT:    %arg0[d0, d1]
// CHECK-NEXT:    %arg0[d0, d1]
// CHECK-NEXT:    equal
func.func @there_and_back(%x: tensor<12x8xf32>) -> (tensor<12x8xf32>, tensor<12x8xf32>) {
  %a = tensor.expand_shape %x [[0, 1], [2]] output_shape [3, 4, 8] : tensor<12x8xf32> into tensor<3x4x8xf32>
  %b = tensor.collapse_shape %a [[0], [1, 2]] : tensor<3x4x8xf32> into tensor<3x32xf32>
  %c = tensor.collapse_shape %b [[0, 1]] : tensor<3x32xf32> into tensor<96xf32>
  %d = tensor.expand_shape %c [[0, 1]] output_shape [12, 8] : tensor<96xf32> into tensor<12x8xf32>
  return %x, %d : tensor<12x8xf32>, tensor<12x8xf32>
}

// A digit of a digit.

// CHECK-LABEL: channels_of_groups
// CHECK-NEXT:    %arg0[(d0 floordiv 4) mod 3]
func.func @channels_of_groups(%x: tensor<3xf32>) -> tensor<24xf32> {
  %e = tensor.empty() : tensor<2x3x4xf32>
  %b = linalg.broadcast ins(%x : tensor<3xf32>) outs(%e : tensor<2x3x4xf32>) dimensions = [0, 2]
  %y = tensor.collapse_shape %b [[0, 1, 2]] : tensor<2x3x4xf32> into tensor<24xf32>
  return %y : tensor<24xf32>
}

// What row-major order does not keep together is an element of the reshape.

// CHECK-LABEL: transposed_between
// CHECK-NEXT:    %arg0[d0 mod 4, d0 floordiv 4]
// CHECK-NEXT:    %collapsed[d2 + d1 * 3]
// CHECK-NEXT:    not equal
func.func @transposed_between(%x: tensor<4x3xf32>) -> (tensor<12xf32>, tensor<4x3xf32>) {
  %e = tensor.empty() : tensor<3x4xf32>
  %t = linalg.transpose ins(%x : tensor<4x3xf32>) outs(%e : tensor<3x4xf32>) permutation = [1, 0]
  %flat = tensor.collapse_shape %t [[0, 1]] : tensor<3x4xf32> into tensor<12xf32>
  %y = tensor.expand_shape %flat [[0, 1]] output_shape [4, 3] : tensor<12xf32> into tensor<4x3xf32>
  return %flat, %y : tensor<12xf32>, tensor<4x3xf32>
}

// Of dynamic size: the most significant digit.

// CHECK-LABEL: dynamic
// CHECK-NEXT:    %arg0[d1 + d0 * 4]
// CHECK-NEXT:    %arg0[d2]
// CHECK-NEXT:    not equal
func.func @dynamic(%x: tensor<?xf32>, %n: index) -> (tensor<?x4xf32>, tensor<?xf32>) {
  %y = tensor.expand_shape %x [[0, 1]] output_shape [%n, 4] : tensor<?xf32> into tensor<?x4xf32>
  %z = tensor.collapse_shape %y [[0, 1]] : tensor<?x4xf32> into tensor<?xf32>
  return %y, %z : tensor<?x4xf32>, tensor<?xf32>
}

// Slices of all there is, with fewer dims or not.

// CHECK-LABEL: whole_slices
// CHECK-NEXT:    %arg0[d0, 0, d1]
// CHECK-NEXT:    %arg0[d0, 0, d2]
// CHECK-NEXT:    not equal
func.func @whole_slices(%x: tensor<4x1x8xf32>) -> (tensor<4x8xf32>, tensor<4x1x8xf32>) {
  %e = tensor.empty() : tensor<4x1x8xf32>
  %y = tensor.extract_slice %x[0, 0, 0] [4, 1, 8] [1, 1, 1] : tensor<4x1x8xf32> to tensor<4x8xf32>
  %z = tensor.insert_slice %y into %e[0, 0, 0] [4, 1, 8] [1, 1, 1] : tensor<4x8xf32> into tensor<4x1x8xf32>
  return %y, %z : tensor<4x8xf32>, tensor<4x1x8xf32>
}

// Others are elements of their own, and their sums are none of the source.

// CHECK-LABEL: part
// CHECK-NEXT:    %{{[a-z_]+}}[d0, d1]
func.func @part(%x: tensor<4x8xf32>) -> tensor<4x4xf32> {
  %y = tensor.extract_slice %x[0, 4] [4, 4] [1, 1] : tensor<4x8xf32> to tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}

// CHECK-LABEL: strided
// CHECK-NEXT:    %{{[a-z_]+}}[d0, d1]
func.func @strided(%x: tensor<4x8xf32>) -> tensor<4x4xf32> {
  %y = tensor.extract_slice %x[0, 0] [4, 4] [1, 2] : tensor<4x8xf32> to tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}

// CHECK-LABEL: inserted_in_part
// CHECK-NEXT:    %{{[a-z_]+}}[d0, d1]
func.func @inserted_in_part(%x: tensor<4x4xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %z = tensor.insert_slice %x into %y[0, 0] [4, 4] [1, 1] : tensor<4x4xf32> into tensor<4x8xf32>
  return %z : tensor<4x8xf32>
}

// TOSA's reshapes, and tiles, which repeat dims of size 1.

// CHECK-LABEL: tosa
// CHECK-NEXT:    %arg0[d1]
// CHECK-NEXT:    %arg0[d2 mod 8]
// CHECK-NEXT:    not equal
func.func @tosa(%x: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<32xf32>) {
  %shape = tosa.const_shape {values = dense<[1, 8]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %multiples = tosa.const_shape {values = dense<[4, 1]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %flat = tosa.const_shape {values = dense<[32]> : tensor<1xindex>} : () -> !tosa.shape<1>
  %r = tosa.reshape %x, %shape : (tensor<8xf32>, !tosa.shape<2>) -> tensor<1x8xf32>
  %y = tosa.tile %r, %multiples : (tensor<1x8xf32>, !tosa.shape<2>) -> tensor<4x8xf32>
  %z = tosa.reshape %y, %flat : (tensor<4x8xf32>, !tosa.shape<1>) -> tensor<32xf32>
  return %y, %z : tensor<4x8xf32>, tensor<32xf32>
}

// A tile that repeats several elements.

// CHECK-LABEL: tiled
// CHECK-NEXT:    %{{[0-9]+}}[d0]
func.func @tiled(%x: tensor<4xf32>) -> tensor<8xf32> {
  %multiples = tosa.const_shape {values = dense<[2]> : tensor<1xindex>} : () -> !tosa.shape<1>
  %y = tosa.tile %x, %multiples : (tensor<4xf32>, !tosa.shape<1>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}
