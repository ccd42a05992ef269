// Row programs out of reductions and what is around them, which nobody has named.
// RUN: norm-opt %s --norm-generalize --norm-fuse --canonicalize --cse | FileCheck %s
// RUN: norm-opt %s --norm-fuse=form-programs=false | FileCheck %s --check-prefix=OFF

// OFF-NOT: norm.generic

#id = affine_map<(r, c) -> (r, c)>
#row = affine_map<(r, c) -> (r)>
#kept = affine_map<(r, c) -> (r, 0)>

// CHECK-LABEL: func.func @softmax
// CHECK:       norm.generic {indexing_maps = [#[[MAP:.*]], #[[MAP]]], normalized_dims = [2]}
// CHECK-NEXT:  ^bb0(%[[X:.*]]: f32):
// CHECK-NEXT:    %[[MAX:.*]] = norm.reduce <maxnumf> %[[X]] : f32
// CHECK-NEXT:    %[[D:.*]] = arith.subf %[[X]], %[[MAX]] : f32
// CHECK-NEXT:    %[[E:.*]] = math.exp %[[D]] : f32
// CHECK-NEXT:    %[[SUM:.*]] = norm.reduce <add> %[[E]] : f32
// CHECK-NEXT:    %[[Y:.*]] = arith.divf %[[E]], %[[SUM]] : f32
// CHECK-NEXT:    norm.yield %[[Y]] : f32
// CHECK-NOT:   linalg
func.func @softmax(%x: tensor<2x3x16xf32>) -> tensor<2x3x16xf32> {
  %e = tensor.empty() : tensor<2x3x16xf32>
  %y = linalg.softmax dimension(2) ins(%x : tensor<2x3x16xf32>) outs(%e : tensor<2x3x16xf32>) -> tensor<2x3x16xf32>
  return %y : tensor<2x3x16xf32>
}

// A maximum with its position, of which nobody asks for the position; the sum keeps its dim.
// CHECK-LABEL: func.func @log_softmax
// CHECK:       norm.generic {indexing_maps = [#{{.*}}, #{{.*}}], normalized_dims = [1]}
// CHECK:         %[[MAX:.*]] = norm.reduce <maximumf>
// CHECK:         %[[D:.*]] = arith.subf %{{.*}}, %[[MAX]] : f32
// CHECK:         math.exp %[[D]] : f32
// CHECK:         %[[SUM:.*]] = norm.reduce <add>
// CHECK:         %[[LOG:.*]] = math.log %[[SUM]] : f32
// CHECK:         %[[Y:.*]] = arith.subf %[[D]], %[[LOG]] : f32
// CHECK:         norm.yield %[[Y]] : f32
// CHECK-NOT:   linalg
func.func @log_softmax(%x: tensor<?x100xf32>, %n: index) -> tensor<?x100xf32> {
  %lowest = arith.constant 0xFF800000 : f32
  %zero = arith.constant 0.0 : f32
  %none = arith.constant 0 : i64
  %c0 = arith.constant 0 : index
  %rows = tensor.dim %x, %c0 : tensor<?x100xf32>
  %er = tensor.empty(%rows) : tensor<?xf32>
  %ei = tensor.empty(%rows) : tensor<?xi64>
  %ek = tensor.empty(%rows) : tensor<?x1xf32>
  %e = tensor.empty(%rows) : tensor<?x100xf32>
  %m0 = linalg.fill ins(%lowest : f32) outs(%er : tensor<?xf32>) -> tensor<?xf32>
  %p0 = linalg.fill ins(%none : i64) outs(%ei : tensor<?xi64>) -> tensor<?xi64>
  %m:2 = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<?x100xf32>) outs(%m0, %p0 : tensor<?xf32>, tensor<?xi64>) {
  ^bb0(%v: f32, %o: f32, %p: i64):
    %i = linalg.index 1 : index
    %i64 = arith.index_cast %i : index to i64
    %max = arith.maximumf %v, %o : f32
    %is = arith.cmpf ogt, %v, %o : f32
    %at = arith.select %is, %i64, %p : i64
    linalg.yield %max, %at : f32, i64
  } -> (tensor<?xf32>, tensor<?xi64>)
  %mk = tensor.expand_shape %m#0 [[0, 1]] output_shape [%rows, 1] : tensor<?xf32> into tensor<?x1xf32>
  %d = linalg.generic {indexing_maps = [#id, #kept, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %mk : tensor<?x100xf32>, tensor<?x1xf32>) outs(%e : tensor<?x100xf32>) {
  ^bb0(%v: f32, %k: f32, %o: f32):
    %s = arith.subf %v, %k : f32
    linalg.yield %s : f32
  } -> tensor<?x100xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%ek : tensor<?x1xf32>) -> tensor<?x1xf32>
  %s = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction"]}
      ins(%d : tensor<?x100xf32>) outs(%s0 : tensor<?x1xf32>) {
  ^bb0(%v: f32, %o: f32):
    %exp = math.exp %v : f32
    %sum = arith.addf %exp, %o : f32
    linalg.yield %sum : f32
  } -> tensor<?x1xf32>
  %l = math.log %s : tensor<?x1xf32>
  %y = linalg.generic {indexing_maps = [#id, #kept, #id], iterator_types = ["parallel", "parallel"]}
      ins(%d, %l : tensor<?x100xf32>, tensor<?x1xf32>) outs(%e : tensor<?x100xf32>) {
  ^bb0(%v: f32, %k: f32, %o: f32):
    %r = arith.subf %v, %k : f32
    linalg.yield %r : f32
  } -> tensor<?x100xf32>
  return %y : tensor<?x100xf32>
}

// x / max(|x|, ε), and a sum whose start is no identity.
// CHECK-LABEL: func.func @l2_normalize
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf32>, %[[S:.*]]: tensor<4xf32>
// CHECK:       norm.generic {{.*}}normalized_dims = [1]} ins(%[[X]], %[[S]] :
// CHECK:       ^bb0(%[[XE:.*]]: f32, %[[SE:.*]]: f32):
// CHECK:         %[[SUM:.*]] = norm.reduce <add>
// CHECK:         %[[ALL:.*]] = arith.addf %[[SE]], %[[SUM]] : f32
// CHECK:         math.sqrt %[[ALL]] : f32
// CHECK:         arith.maximumf
// CHECK:         arith.divf %[[XE]]
// CHECK-NOT:   linalg
func.func @l2_normalize(%x: tensor<4x8xf32>, %start: tensor<4xf32>) -> tensor<4x8xf32> {
  %eps = arith.constant 1.0e-12 : f32
  %er = tensor.empty() : tensor<4xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %sq = linalg.square ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%sq : tensor<4x8xf32>) outs(%start : tensor<4xf32>) dimensions = [1]
  %n = linalg.sqrt ins(%s : tensor<4xf32>) outs(%er : tensor<4xf32>) -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %n : tensor<4x8xf32>, tensor<4xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%v: f32, %k: f32, %o: f32):
    %m = arith.maximumf %k, %eps : f32
    %q = arith.divf %v, %m : f32
    linalg.yield %q : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// The mean over the elements that a mask admits.
// CHECK-LABEL: func.func @masked_mean
// CHECK:       norm.generic {{.*}}normalized_dims = [1]}
// CHECK:         arith.select
// CHECK:         norm.reduce <add> %{{.*}} : f32
// CHECK:         norm.reduce <add> %{{.*}} : f32
// CHECK:         arith.divf
// CHECK-NOT:   linalg
func.func @masked_mean(%x: tensor<4x8xf32>, %mask: tensor<4x8xi1>) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %er = tensor.empty() : tensor<4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%er : tensor<4xf32>) -> tensor<4xf32>
  %s:2 = linalg.generic {indexing_maps = [#id, #id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %mask : tensor<4x8xf32>, tensor<4x8xi1>) outs(%f, %f : tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%v: f32, %m: i1, %o0: f32, %o1: f32):
    %valid = arith.select %m, %v, %zero : f32
    %count = arith.select %m, %one, %zero : f32
    %0 = arith.addf %o0, %valid : f32
    %1 = arith.addf %o1, %count : f32
    linalg.yield %0, %1 : f32, f32
  } -> (tensor<4xf32>, tensor<4xf32>)
  %y = arith.divf %s#0, %s#1 : tensor<4xf32>
  return %y : tensor<4xf32>
}

// A reduction alone is left to others, as are contractions.
// CHECK-LABEL: func.func @alone
// CHECK-NOT:   norm.generic
// CHECK:       linalg.reduce
// CHECK:       linalg.matmul
func.func @alone(%x: tensor<4x8xf32>, %w: tensor<8x4xf32>, %o: tensor<4xf32>, %p: tensor<4x4xf32>) -> (tensor<4xf32>, tensor<4x4xf32>) {
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%o : tensor<4xf32>) dimensions = [1]
  %m = linalg.matmul ins(%x, %w : tensor<4x8xf32>, tensor<8x4xf32>) outs(%p : tensor<4x4xf32>) -> tensor<4x4xf32>
  %r = arith.negf %m : tensor<4x4xf32>
  return %s, %r : tensor<4xf32>, tensor<4x4xf32>
}
