// RUN: norm-opt %s -split-input-file -norm-generalize -norm-split-phases -canonicalize -cse | FileCheck %s
// RUN: norm-opt %s -split-input-file -norm-split-phases --remarks-filter=norm-split-phases -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// A layer norm: statistics of the operand itself, whose cast is exact; the map
// takes what was asked for of them; the mean, which lacks the normalized dim, has a
// program of its own.
// CHECK-DAG: #[[RC:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[R:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-DAG: #[[ROWS:.*]] = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func @layer_norm
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x768xbf16>, %[[Y:[a-z0-9]+]]: tensor<4x768xbf16>, %[[M:[a-z0-9]+]]: tensor<4xf32>
// CHECK: %[[ZERO:.*]] = linalg.fill {{.*}} -> tensor<4xf32>
// CHECK: %[[S:.*]]:4 = norm.statistics ins(%[[X]] : tensor<4x768xbf16>) outs(%[[ZERO]], %[[ZERO]], %[[ZERO]], %[[ZERO]] : tensor<4xf32>) axes = [1]
// CHECK: %[[Z:.*]] = norm.generic {indexing_maps = [#[[RC]], #[[R]], #[[R]], #[[R]], #[[R]], #[[RC]]], normalized_dims = [1]}
// CHECK-SAME: ins(%[[X]], %[[S]]#0, %[[S]]#1, %[[S]]#2, %[[S]]#3 :
// CHECK-SAME: outs(%[[Y]] :
// CHECK-SAME: attributes {tag}
// CHECK: ^bb0(%[[E:[a-z0-9]+]]: bf16, %[[N:[a-z0-9]+]]: f32, %[[MEAN:[a-z0-9]+]]: f32, %[[C:[a-z0-9]+]]: f32, %[[M2:[a-z0-9]+]]: f32):
// CHECK-NOT: norm.moments
// CHECK: %[[COUNT:.*]] = arith.maximumf %[[N]]
// CHECK: arith.divf %[[M2]], %[[COUNT]]
// CHECK: %[[D:.*]] = arith.subf %{{.*}}, %[[MEAN]]
// CHECK: arith.subf %[[D]], %[[C]]
// CHECK: norm.yield
// CHECK: %[[ROW:.*]] = norm.generic {indexing_maps = [#[[ROWS]], #[[ROWS]], #[[ROWS]]], normalized_dims = []}
// CHECK-SAME: ins(%[[S]]#1, %[[S]]#2 :
// CHECK-SAME: outs(%[[M]] :
// CHECK: return %[[Z]], %[[ROW]]
func.func @layer_norm(%x: tensor<4x768xbf16>, %y: tensor<4x768xbf16>, %m: tensor<4xf32>) -> (tensor<4x768xbf16>, tensor<4xf32>) {
  %0:2 = norm.layer_norm ins(%x : tensor<4x768xbf16>) outs(%y : tensor<4x768xbf16>) mean(%m : tensor<4xf32>) axes = [1] epsilon = 1.0e-05 {tag}
  return %0#0, %0#1 : tensor<4x768xbf16>, tensor<4xf32>
}

// -----

#rc = affine_map<(r, c) -> (r, c)>

// Phase by phase: the maximum, the sum of what it shifts, the quotient. The
// schedule goes.
// CHECK-LABEL: func @softmax
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<9x?xf32>
// CHECK: %[[MAX:.*]] = norm.generic {{.*}} normalized_dims = [1]} ins(%[[X]] : tensor<9x?xf32>) outs(%{{.*}} : tensor<9xf32>)
// CHECK: norm.reduce <maximumf>
// CHECK: %[[SUM:.*]] = norm.generic {{.*}} normalized_dims = [1]} ins(%[[X]], %[[MAX]] : tensor<9x?xf32>, tensor<9xf32>) outs(%{{.*}} : tensor<9xf32>)
// CHECK: norm.reduce <add>
// CHECK: norm.generic {{.*}} normalized_dims = [1]} ins(%[[X]], %[[MAX]], %[[SUM]] :
// CHECK-NOT: norm.reduce
// CHECK: return
func.func @softmax(%x: tensor<9x?xf32>) -> tensor<9x?xf32> {
  %0 = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1], schedule = <lane_dim = 1, vector_size = 8>} ins(%x : tensor<9x?xf32>) outs(%x : tensor<9x?xf32>) {
  ^bb0(%e: f32):
    %max = norm.reduce <maximumf> %e : f32
    %d = arith.subf %e, %max : f32
    %p = math.exp %d : f32
    %sum = norm.reduce <add> %p : f32
    %o = arith.divf %p, %sum : f32
    norm.yield %o : f32
  }
  return %0 : tensor<9x?xf32>
}

// -----

#rcd = affine_map<(r, c, d) -> (r, c, d)>
#dc = affine_map<(r, c, d) -> (d, c)>
#r = affine_map<(r, c, d) -> (r)>

// A value that is computed, and its condition, become tensors; a count of
// sizes a scalar; a count with a condition a sum.
// CHECK-LABEL: func @computed
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<5x?x6xf32>, %[[B:[a-z0-9]+]]: tensor<6x?xf32>
// CHECK: %[[N:.*]] = norm.generic
// CHECK: arith.extui %{{.*}} : i1 to i64
// CHECK: norm.reduce <add> %{{.*}} : i64
// CHECK: %[[V:.*]]:2 = norm.generic {{.*}} ins(%[[X]], %[[B]] : {{.*}} outs(%{{.*}}, %{{.*}} : tensor<5x?x6xf32>, tensor<5x?x6xi1>)
// CHECK: norm.statistics ins(%[[V]]#0 : tensor<5x?x6xf32>) mask(%[[V]]#1 : tensor<5x?x6xi1>) {{.*}} axes = [1, 2]
// CHECK-NOT: norm.{{reduce|size|moments}}
// CHECK: return
func.func @computed(%x: tensor<5x?x6xf32>, %b: tensor<6x?xf32>, %y0: tensor<5x?x6xf32>, %n0: tensor<5xf32>) -> (tensor<5x?x6xf32>, tensor<5xf32>) {
  %0:2 = norm.generic {indexing_maps = [#rcd, #dc, #rcd, #r], normalized_dims = [1, 2]}
      ins(%x, %b : tensor<5x?x6xf32>, tensor<6x?xf32>) outs(%y0, %n0 : tensor<5x?x6xf32>, tensor<5xf32>) {
  ^bb0(%e: f32, %f: f32):
    %h = arith.addf %e, %f : f32
    %valid = arith.cmpf ogt, %e, %f : f32
    %d, %mean, %var = norm.moments %h where %valid : f32
    %n = norm.size where %valid : f32
    %all = norm.size over [1] : f32
    %share = arith.divf %n, %all : f32
    norm.yield %d, %share : f32, f32
  }
  return %0#0, %0#1 : tensor<5x?x6xf32>, tensor<5xf32>
}

// -----

#rc = affine_map<(r, c) -> (r, c)>

// What stays, and why.
// REMARK: remark: [Missed] NormNotSplit | Category:norm-split-phases | Reason="its operands are memrefs"
// REMARK: remark: [Missed] NormNotSplit | Category:norm-split-phases | Reason="it has no collectives"
// CHECK-LABEL: func @refused
// CHECK: norm.generic
// CHECK-NEXT: ^bb0(%[[E:.*]]: f32):
// CHECK-NEXT: %[[S:.*]] = norm.reduce <add> %[[E]]
// CHECK-NEXT: norm.yield %[[S]]
// CHECK: norm.generic
// CHECK-NEXT: ^bb0(%[[F:.*]]: f32):
// CHECK-NEXT: norm.yield %[[F]]
func.func @refused(%x: memref<4x8xf32>, %t: tensor<4x8xf32>) -> tensor<4x8xf32> {
  norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : memref<4x8xf32>) outs(%x : memref<4x8xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e : f32
    norm.yield %s : f32
  }
  %0 = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%t : tensor<4x8xf32>) outs(%t : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return %0 : tensor<4x8xf32>
}
