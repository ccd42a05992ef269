// RUN: norm-opt %s -split-input-file | norm-opt -split-input-file | FileCheck %s --check-prefix=ROUNDTRIP
// RUN: norm-opt %s -split-input-file -norm-generalize | FileCheck %s
// RUN: norm-opt %s -split-input-file -norm-decompose=compute-type=f64 | FileCheck %s --check-prefix=LINALG
// RUN: norm-opt %s -split-input-file -one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" | FileCheck %s --check-prefix=MEMREF

// The statistics of the elements at hand (two passes, corrected), merged with
// those that the inits hold, unless these are of no element.
// ROUNDTRIP-LABEL: func @masked
// ROUNDTRIP: norm.statistics ins(%{{.*}} : tensor<4x?xbf16>) mask(%{{.*}} : tensor<4x?xi1>) outs(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<4xf32>) axes = [1] {tag}
// CHECK: #[[RC:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK: #[[R:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func @masked
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x?xbf16>, %[[K:[a-z0-9]+]]: tensor<4x?xi1>, %[[N:[a-z0-9]+]]: tensor<4xf32>, %[[M:[a-z0-9]+]]: tensor<4xf32>, %[[C:[a-z0-9]+]]: tensor<4xf32>, %[[S:[a-z0-9]+]]: tensor<4xf32>
// CHECK: norm.generic {indexing_maps = [#[[RC]], #[[RC]], #[[R]], #[[R]], #[[R]], #[[R]], #[[R]], #[[R]], #[[R]], #[[R]]], normalized_dims = [1]}
// CHECK-SAME: ins(%[[X]], %[[K]], %[[N]], %[[M]], %[[C]], %[[S]] :
// CHECK-SAME: outs(%[[N]], %[[M]], %[[C]], %[[S]] :
// CHECK-SAME: attributes {tag}
// CHECK: ^bb0(%[[E:[a-z0-9]+]]: bf16, %[[V:[a-z0-9]+]]: i1, %[[AN:[a-z0-9]+]]: f32, %[[AM:[a-z0-9]+]]: f32, %[[AC:[a-z0-9]+]]: f32, %[[AS:[a-z0-9]+]]: f32):
// CHECK: %[[E32:.*]] = arith.extf %[[E]]
// CHECK: norm.reduce <add> %[[E32]] where %[[V]]
// CHECK: %[[D:.*]] = arith.subf %[[E32]], %{{.*}} : f32
// CHECK-DAG: norm.reduce <add> %[[D]] where %[[V]]
// CHECK-DAG: %[[SQ:.*]] = arith.mulf %[[D]], %[[D]]
// CHECK: norm.reduce <add> %[[SQ]] where %[[V]]
// CHECK: %[[BN:.*]] = norm.size where %[[V]] : f32
// CHECK: %[[TOTAL:.*]] = arith.addf %[[AN]], %[[BN]]
// CHECK: %[[EMPTY:.*]] = arith.cmpf oeq, %[[AN]], %{{.*}}
// CHECK: %[[MEAN:.*]] = arith.select %[[EMPTY]]
// CHECK: %[[CORRECTION:.*]] = arith.select %[[EMPTY]]
// CHECK: %[[M2:.*]] = arith.select %[[EMPTY]]
// CHECK: norm.yield %[[TOTAL]], %[[MEAN]], %[[CORRECTION]], %[[M2]]
// LINALG-LABEL: func @masked
// LINALG-NOT: norm.
// LINALG: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// LINALG: arith.truncf %{{.*}} : f64 to f32
// MEMREF-LABEL: func @masked
// MEMREF-SAME: %{{.*}}: memref<4x?xbf16>, %{{.*}}: memref<4x?xi1>, %[[N:[a-z0-9]+]]: memref<4xf32>, %[[M:[a-z0-9]+]]: memref<4xf32>, %[[C:[a-z0-9]+]]: memref<4xf32>, %[[S:[a-z0-9]+]]: memref<4xf32>
// MEMREF-NOT: memref.alloc
// MEMREF: norm.statistics {{.*}} outs(%[[N]], %[[M]], %[[C]], %[[S]] : memref<4xf32>) axes = [1] {tag}
func.func @masked(%x: tensor<4x?xbf16>, %k: tensor<4x?xi1>, %n: tensor<4xf32>, %m: tensor<4xf32>, %c: tensor<4xf32>, %s: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0:4 = norm.statistics ins(%x : tensor<4x?xbf16>) mask(%k : tensor<4x?xi1>) outs(%n, %m, %c, %s : tensor<4xf32>) axes = [1] {tag}
  return %0#0, %0#1, %0#2, %0#3 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// What the inits hold is read: a copy of what is needed later.
// MEMREF-LABEL: func @read
// MEMREF-SAME: %{{.*}}: memref<8x4xf64>, %[[N:[a-z0-9]+]]: memref<4xf64>
// MEMREF: %[[COPY:.*]] = memref.alloc()
// MEMREF: memref.copy %[[N]], %[[COPY]]
// MEMREF: norm.statistics {{.*}} outs(%[[COPY]],
func.func @read(%x: tensor<8x4xf64>, %n: tensor<4xf64>, %m: tensor<4xf64>, %c: tensor<4xf64>, %s: tensor<4xf64>)
    -> (tensor<4xf64>, tensor<4xf64>) {
  %0:4 = norm.statistics ins(%x : tensor<8x4xf64>) outs(%n, %m, %c, %s : tensor<4xf64>) axes = [0]
  return %0#0, %n : tensor<4xf64>, tensor<4xf64>
}
