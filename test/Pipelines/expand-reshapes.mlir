// RUN: norm-opt %s --norm-expand-reshapes | FileCheck %s

// CHECK-LABEL: func.func @several_dynamic_sizes
// CHECK-SAME:    (%[[X:.*]]: memref<4x?xf32, strided<[?, 2], offset: 3>>, %[[A:.*]]: index, %[[B:.*]]: index)
// CHECK:         %[[BASE:.*]], %{{.*}}, %{{.*}}:2, %[[STRIDES:.*]]:2 = memref.extract_strided_metadata %[[X]]
// CHECK:         %[[INNER:.*]] = arith.muli %[[STRIDES]]#1, %[[B]] : index
// CHECK:         memref.reinterpret_cast %[[BASE]] to offset: [3], sizes: [2, 2, %[[A]], %[[B]]], strides: [%{{.*}}, %[[STRIDES]]#0, %[[INNER]], 2]
func.func @several_dynamic_sizes(%x: memref<4x?xf32, strided<[?, 2], offset: 3>>, %a: index, %b: index)
    -> memref<2x2x?x?xf32, strided<[?, ?, ?, 2], offset: 3>> {
  %0 = memref.expand_shape %x [[0, 1], [2, 3]] output_shape [2, 2, %a, %b]
      : memref<4x?xf32, strided<[?, 2], offset: 3>> into memref<2x2x?x?xf32, strided<[?, ?, ?, 2], offset: 3>>
  return %0 : memref<2x2x?x?xf32, strided<[?, ?, ?, 2], offset: 3>>
}

// One dynamic size is left to upstream's pass.
// CHECK-LABEL: func.func @one_dynamic_size
// CHECK-NEXT:    memref.expand_shape
// CHECK-NEXT:    return
func.func @one_dynamic_size(%x: memref<?xf32>, %a: index) -> memref<2x?xf32> {
  %0 = memref.expand_shape %x [[0, 1]] output_shape [2, %a] : memref<?xf32> into memref<2x?xf32>
  return %0 : memref<2x?xf32>
}
