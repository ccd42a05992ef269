// RUN: norm-opt %s -norm-decompose -canonicalize -cse | FileCheck %s
// RUN: norm-opt %s -norm-decompose=compute-type=f64 -canonicalize -cse | FileCheck %s --check-prefix=F64
// RUN: norm-opt %s -norm-decompose -one-shot-bufferize=bufferize-function-boundaries -convert-linalg-to-loops -o /dev/null
// RUN: not norm-opt %s -norm-decompose=compute-type=f16 2>&1 | FileCheck %s --check-prefix=TYPE

// TYPE: error: expected compute-type f32 or f64, got 'f16'

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>
#c = affine_map<(r, c) -> (c)>

// CHECK-DAG: #[[RC:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[R:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-DAG: #[[C:.*]] = affine_map<(d0, d1) -> (d1)>

// Three reductions and an elementwise operation, in f32 with one cast at the
// end; another for the outputs that have no columns.
// CHECK-LABEL: func @layer_norm
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x768xbf16>, %[[G:[a-z0-9]+]]: tensor<768xf32>, %[[Y:[a-z0-9]+]]: tensor<?x768xbf16>, %[[M:[a-z0-9]+]]: tensor<?xf32>
// F64-LABEL: func @layer_norm
func.func @layer_norm(%x: tensor<?x768xbf16>, %g: tensor<768xf32>, %y: tensor<?x768xbf16>, %m: tensor<?xf32>) -> (tensor<?x768xbf16>, tensor<?xf32>) {
  // CHECK: %[[INIT:.*]] = linalg.fill
  // CHECK: %[[SUM:.*]] = linalg.generic {indexing_maps = [#[[RC]], #[[R]]], iterator_types = ["parallel", "reduction"]} ins(%[[X]] : tensor<?x768xbf16>) outs(%[[INIT]] : tensor<?xf32>)
  // CHECK: arith.extf %{{.*}} : bf16 to f32
  // CHECK: arith.addf %{{.*}}, %{{.*}} fastmath<reassoc> : f32
  // CHECK: %[[SQ:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%[[X]], %[[SUM]] : tensor<?x768xbf16>, tensor<?xf32>) outs(%[[INIT]]
  // CHECK: %[[D:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%[[X]], %[[SUM]] : tensor<?x768xbf16>, tensor<?xf32>) outs(%[[INIT]]
  // CHECK: %[[O:.*]] = linalg.generic {indexing_maps = [#[[RC]], #[[C]], #[[R]], #[[R]], #[[R]], #[[RC]]], iterator_types = ["parallel", "parallel"]} ins(%[[X]], %[[G]], %[[SUM]], %[[SQ]], %[[D]]
  // CHECK-SAME: outs(%[[Y]] : tensor<?x768xbf16>)
  // CHECK: %[[RSTD:.*]] = math.rsqrt
  // CHECK: %[[LAST:.*]] = arith.truncf %{{.*}} : f32 to bf16
  // CHECK-NEXT: linalg.yield %[[LAST]]
  // CHECK: %[[MEAN:.*]] = linalg.generic {{.*}} iterator_types = ["parallel"]} ins(%[[SUM]], %[[D]] : tensor<?xf32>, tensor<?xf32>) outs(%[[M]] : tensor<?xf32>)
  // CHECK: return %[[O]], %[[MEAN]]
  // Each operand is cast to f64 once and each output from it once.
  // F64: ins(%{{.*}} : tensor<?x768xbf16>) outs(%{{.*}} : tensor<?xf64>)
  // F64-NEXT: ^bb0(%[[E:.*]]: bf16, %[[OUT:.*]]: f64):
  // F64-NEXT: %[[E64:.*]] = arith.extf %[[E]] : bf16 to f64
  // F64-NEXT: %[[ADD:.*]] = arith.addf %[[E64]], %[[OUT]]
  // F64-NEXT: linalg.yield %[[ADD]] : f64
  // F64-NOT: {{(add|sub|mul)f .* : f32}}
  // F64: math.rsqrt %{{.*}} : f64
  // F64: arith.truncf %{{.*}} : f64 to bf16
  // F64: arith.truncf %{{.*}} : f64 to f32
  %0:2 = norm.layer_norm ins(%x : tensor<?x768xbf16>) gamma(%g : tensor<768xf32>) outs(%y : tensor<?x768xbf16>) mean(%m : tensor<?xf32>)
      axes = [1] epsilon = 1.0e-5
  return %0#0, %0#1 : tensor<?x768xbf16>, tensor<?xf32>
}

// CHECK-LABEL: func @softmax
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x?xf32>, %[[Y:[a-z0-9]+]]: tensor<?x?xf32>
func.func @softmax(%x: tensor<?x?xf32>, %y: tensor<?x?xf32>) -> tensor<?x?xf32> {
  // CHECK-DAG: %[[LOWEST:.*]] = arith.constant 0xFF800000 : f32
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.0
  // CHECK: %[[INIT0:.*]] = linalg.fill ins(%[[LOWEST]]
  // CHECK: %[[MAX:.*]] = linalg.generic {{.*}} ins(%[[X]] : tensor<?x?xf32>) outs(%[[INIT0]]
  // CHECK: arith.maximumf %{{.*}}, %{{.*}} : f32
  // CHECK: %[[INIT1:.*]] = linalg.fill ins(%[[ZERO]]
  // CHECK: %[[SUM:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[MAX]] : tensor<?x?xf32>, tensor<?xf32>) outs(%[[INIT1]]
  // CHECK: math.exp
  // CHECK: linalg.generic {{.*}} ins(%[[X]], %[[MAX]], %[[SUM]] : tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) outs(%[[Y]]
  // CHECK: arith.divf
  %0 = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<?x?xf32>) outs(%y : tensor<?x?xf32>) {
  ^bb0(%e: f32):
    %max = norm.reduce <maximumf> %e : f32
    %d = arith.subf %e, %max : f32
    %p = math.exp %d : f32
    %sum = norm.reduce <add> %p : f32
    %o = arith.divf %p, %sum : f32
    norm.yield %o : f32
  }
  return %0 : tensor<?x?xf32>
}

// A layer norm's gradient from the saved statistics, dx per row, and those of
// gamma and beta, which add up over the rows.
// CHECK-LABEL: func @layer_norm_grad
// CHECK-SAME: %[[DY:[a-z0-9]+]]: tensor<?x8xf32>, %[[X:[a-z0-9]+]]: tensor<?x8xf32>, %[[G:[a-z0-9]+]]: tensor<8xf32>, %[[M:[a-z0-9]+]]: tensor<?xf32>, %[[RS:[a-z0-9]+]]: tensor<?xf32>, %[[DX:[a-z0-9]+]]: tensor<?x8xf32>, %[[DG:[a-z0-9]+]]: tensor<8xf32>, %[[DB:[a-z0-9]+]]: tensor<8xf32>
// F64-LABEL: func @layer_norm_grad
func.func @layer_norm_grad(%dy: tensor<?x8xf32>, %x: tensor<?x8xf32>, %gamma: tensor<8xf32>, %mean: tensor<?xf32>, %rstd: tensor<?xf32>,
    %dx: tensor<?x8xf32>, %dgamma: tensor<8xf32>, %dbeta: tensor<8xf32>) -> (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  // CHECK: %[[S1:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%[[DY]], %[[G]] :
  // CHECK: %[[S2:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%[[DY]], %[[X]], %[[G]], %[[M]], %[[RS]] :
  // CHECK: %[[DGAMMA:.*]] = linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]} ins(%[[DY]], %[[X]], %[[M]], %[[RS]] : {{.*}}) outs(%[[DG]] : tensor<8xf32>)
  // CHECK: arith.addf %{{.*}}, %{{.*}} fastmath<reassoc> : f32
  // CHECK: %[[DBETA:.*]] = linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]} ins(%[[DY]] : tensor<?x8xf32>) outs(%[[DB]] : tensor<8xf32>)
  // CHECK: %[[R:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins({{.*}}%[[S1]], %[[S2]] : {{.*}}) outs(%[[DX]] : tensor<?x8xf32>)
  // CHECK: return %[[R]], %[[DGAMMA]], %[[DBETA]]
  // In f64 the init is extended, and the sum truncated into it.
  // F64: %[[INIT:.*]] = linalg.generic {{.*}} iterator_types = ["parallel"]} ins(%{{.*}} : tensor<8xf32>) outs(%{{.*}} : tensor<8xf64>)
  // F64: arith.extf
  // F64: %[[SUM:.*]] = linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]} {{.*}} outs(%[[INIT]] : tensor<8xf64>)
  // F64: linalg.generic {{.*}} iterator_types = ["parallel"]} ins(%[[SUM]] : tensor<8xf64>) outs(%{{.*}} : tensor<8xf32>)
  // F64: arith.truncf
  %0:3 = norm.generic {indexing_maps = [#rc, #rc, #c, #r, #r, #rc, #c, #c], normalized_dims = [1]}
      ins(%dy, %x, %gamma, %mean, %rstd : tensor<?x8xf32>, tensor<?x8xf32>, tensor<8xf32>, tensor<?xf32>, tensor<?xf32>)
      outs(%dx, %dgamma, %dbeta : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  ^bb0(%g: f32, %e: f32, %w: f32, %m: f32, %rs: f32):
    %inverse = arith.constant 0.125 : f32
    %d = arith.subf %e, %m : f32
    %xhat = arith.mulf %d, %rs : f32
    %gw = arith.mulf %g, %w : f32
    %s1 = norm.reduce <add> %gw : f32
    %gwx = arith.mulf %gw, %xhat : f32
    %s2 = norm.reduce <add> %gwx : f32
    %m1 = arith.mulf %s1, %inverse : f32
    %m2 = arith.mulf %s2, %inverse : f32
    %t0 = arith.mulf %xhat, %m2 : f32
    %t1 = arith.subf %gw, %m1 : f32
    %t2 = arith.subf %t1, %t0 : f32
    %o = arith.mulf %t2, %rs : f32
    %og = arith.mulf %g, %xhat : f32
    norm.yield %o, %og, %g : f32, f32, f32
  }
  return %0#0, %0#1, %0#2 : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
}

#abc = affine_map<(a, b, c) -> (a, b, c)>
#ca = affine_map<(a, b, c) -> (c, a)>
#ba = affine_map<(a, b, c) -> (b, a)>
#b = affine_map<(a, b, c) -> (b)>
#none = affine_map<(a, b, c) -> ()>

// Collectives over what no operand of theirs varies along: a tensor without
// values tells the sizes.
// CHECK-LABEL: func @uncovered_dims
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x?xi32>, %[[K:[a-z0-9]+]]: f32, %[[Y:[a-z0-9]+]]: tensor<?x?x4xf32>
func.func @uncovered_dims(%x: tensor<4x?xi32>, %k: f32, %y: tensor<?x?x4xf32>, %z: tensor<?x?xi32>, %w: tensor<?xindex>)
    -> (tensor<?x?x4xf32>, tensor<?x?xi32>, tensor<?xindex>) {
  // CHECK-DAG: %[[A:.*]] = tensor.dim %[[X]], %c1
  // CHECK-DAG: %[[B:.*]] = tensor.dim %[[Y]], %c1
  // The largest position along dim 0.
  // CHECK: %[[SHAPE:.*]] = tensor.empty(%[[A]]) : tensor<?xi1>
  // CHECK: %[[LAST:.*]] = linalg.generic {{.*}} iterator_types = ["reduction"]} ins(%[[SHAPE]] : tensor<?xi1>) outs(%{{.*}} : tensor<index>)
  // CHECK: linalg.index 0
  // CHECK: arith.maxsi
  // A scalar four times.
  // CHECK: %[[FOUR:.*]] = tensor.empty() : tensor<4xi1>
  // CHECK: linalg.generic {{.*}} iterator_types = ["reduction"]} ins(%[[K]], %[[FOUR]] : f32, tensor<4xi1>)
  // The head of a row of a·c elements.
  // CHECK: %[[SIZE:.*]] = arith.muli %[[A]], %c4
  // CHECK: linalg.generic {{.*}} iterator_types = ["reduction", "reduction"]} ins(%[[X]] : tensor<4x?xi32>) outs(%{{.*}} : tensor<f32>)
  // CHECK: %[[I:.*]] = linalg.index 0
  // CHECK: %[[J:.*]] = linalg.index 1
  // CHECK: %[[IC:.*]] = arith.muli %[[I]], %c4
  // CHECK: %[[POSITION:.*]] = arith.addi %[[IC]], %[[J]]
  // CHECK: %[[INHEAD:.*]] = arith.cmpi ult, %[[POSITION]], %c1024
  // CHECK: arith.select %[[INHEAD]]
  // A condition and a count that vary along row and normalized dims.
  // CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]} ins(%[[LAST]], %[[FOUR]] : tensor<index>, tensor<4xi1>) outs(%{{.*}} : tensor<?x?xi32>)
  // CHECK: arith.select %{{.*}}, %{{.*}}, %c-2147483648_i32
  // CHECK: %[[AC:.*]] = tensor.empty(%[[A]]) : tensor<?x4xi1>
  // CHECK: %[[COUNT:.*]] = linalg.generic {{.*}} iterator_types = ["reduction", "parallel", "reduction"]} ins(%[[AC]] : tensor<?x4xi1>) outs(%{{.*}} : tensor<?xi64>)
  // CHECK: arith.extui
  // CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} {{.*}} outs(%{{.*}} : tensor<?x?xi32>)
  // CHECK: linalg.generic {{.*}} iterator_types = ["parallel"]} ins(%[[COUNT]] : tensor<?xi64>) outs(%{{.*}} : tensor<?xindex>)
  %0:3 = norm.generic {indexing_maps = [#ca, #none, #abc, #ba, #b], normalized_dims = [0, 2]}
      ins(%x, %k : tensor<4x?xi32>, f32) outs(%y, %z, %w : tensor<?x?x4xf32>, tensor<?x?xi32>, tensor<?xindex>) {
  ^bb0(%e: i32, %s: f32):
    %i = norm.index 0 : index
    %j = norm.index 1 : index
    %last = norm.reduce <maxsi> %i over [0] : index
    %sum = norm.reduce <add> %s over [2] : f32
    %f = arith.sitofp %e : i32 to f32
    %p = norm.head_mean %f : f32
    %q = arith.addf %p, %sum : f32
    %t = arith.addf %q, %f : f32
    %last32 = arith.index_cast %last : index to i32
    %above = arith.cmpi ugt, %i, %j : index
    %max = norm.reduce <maxsi> %last32 where %above over [2] : i32
    %n = norm.size where %above : index
    norm.yield %t, %max, %n : f32, i32, index
  }
  return %0#0, %0#1, %0#2 : tensor<?x?x4xf32>, tensor<?x?xi32>, tensor<?xindex>
}

// What reads the bits of a float gets those of the type it was written for.
// F64-LABEL: func @bits
func.func @bits(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // F64: %[[WIDE:.*]] = arith.extf %{{.*}} : f32 to f64
  // F64: %[[EXP:.*]] = math.exp %[[WIDE]] : f64
  // F64: %[[NARROW:.*]] = arith.truncf %[[EXP]] : f64 to f32
  // F64: %[[BITS:.*]] = arith.bitcast %[[NARROW]] : f32 to i32
  // F64: %[[BACK:.*]] = arith.bitcast %{{.*}} : i32 to f32
  // F64: linalg.yield %[[BACK]] : f32
  %0 = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    %exp = math.exp %e : f32
    %bits = arith.bitcast %exp : f32 to i32
    %one = arith.constant 1 : i32
    %next = arith.addi %bits, %one : i32
    %o = arith.bitcast %next : i32 to f32
    norm.yield %o : f32
  }
  return %0 : tensor<4x8xf32>
}

// Casts between float types vanish, those to integers and constants stay.
// F64-LABEL: func @casts
func.func @casts(%x: tensor<4x8xf32>, %y: tensor<4x8xi8>) -> tensor<4x8xi8> {
  // F64: ^bb0(%[[E:.*]]: f32, %{{.*}}: i8):
  // F64-NEXT: %[[WIDE:.*]] = arith.extf %[[E]] : f32 to f64
  // F64-NEXT: %[[MUL:.*]] = arith.mulf %[[WIDE]], %{{.*}} : f64
  // F64-NEXT: %[[INT:.*]] = arith.fptosi %[[MUL]] : f64 to i8
  // F64-NEXT: linalg.yield %[[INT]]
  %0 = norm.generic {indexing_maps = [#rc, #rc], normalized_dims = [1]} ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xi8>) {
  ^bb0(%e: f32):
    %h = arith.truncf %e : f32 to f16
    %k = arith.constant 1.5 : f16
    %m = arith.mulf %h, %k : f16
    %w = arith.extf %m : f16 to f32
    %o = arith.fptosi %w : f32 to i8
    norm.yield %o : i8
  }
  return %0 : tensor<4x8xi8>
}

// Rank 0, no axes: x is its own mean.
// CHECK-LABEL: func @scalar
func.func @scalar(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
  // CHECK: linalg.generic {{.*}} iterator_types = []}
  // CHECK-NOT: norm.
  %0 = norm.rms_norm ins(%x : tensor<f32>) outs(%y : tensor<f32>) axes = [] epsilon = 1.0e-5
  return %0 : tensor<f32>
}

// The groups are a dim of their own around all of it.
// CHECK-LABEL: func @group_norm
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x?x5xf32>, %[[G:[a-z0-9]+]]: tensor<?xf32>, %[[R:[a-z0-9]+]]: tensor<2x3xf32>
func.func @group_norm(%x: tensor<2x?x5xf32>, %g: tensor<?xf32>, %r: tensor<2x3xf32>) -> (tensor<2x?x5xf32>, tensor<2x3xf32>) {
  // CHECK: %[[XE:.*]] = tensor.expand_shape %[[X]] {{\[\[}}0], [1, 2], [3]] output_shape [2, 3, %{{.*}}, 5]
  // CHECK: %[[GE:.*]] = tensor.expand_shape %[[G]] {{\[\[}}0, 1]]
  // CHECK: %[[SUM:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%[[XE]] : tensor<2x3x?x5xf32>) outs(%{{.*}} : tensor<2x3xf32>)
  // CHECK: %[[O:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%[[XE]], %[[GE]], {{.*}}) outs(%[[XE]] : tensor<2x3x?x5xf32>)
  // CHECK: %[[RSTD:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} {{.*}} outs(%[[R]] : tensor<2x3xf32>)
  // CHECK: %[[Y:.*]] = tensor.collapse_shape %[[O]] {{\[\[}}0], [1, 2], [3]] : tensor<2x3x?x5xf32> into tensor<2x?x5xf32>
  // CHECK: return %[[Y]], %[[RSTD]]
  %0:2 = norm.group_norm ins(%x : tensor<2x?x5xf32>) gamma(%g : tensor<?xf32>) outs(%x : tensor<2x?x5xf32>) rstd(%r : tensor<2x3xf32>)
      axes = [2] channel_axis = 1 groups = 3 epsilon = 1.0e-5
  return %0#0, %0#1 : tensor<2x?x5xf32>, tensor<2x3xf32>
}

// Given statistics: one elementwise operation.
// CHECK-LABEL: func @batch_norm_inference
// F64-LABEL: func @batch_norm_inference
func.func @batch_norm_inference(%x: tensor<2x8x?xf32>, %m: tensor<8xf32>, %v: tensor<8xf32>) -> tensor<2x8x?xf32> {
  // CHECK-NEXT: arith.constant
  // CHECK-NEXT: %[[Y:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel"]} ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<2x8x?xf32>, tensor<8xf32>, tensor<8xf32>)
  // F64: math.rsqrt %{{.*}} : f64
  // CHECK: return %[[Y]]
  %0 = norm.batch_norm_inference ins(%x : tensor<2x8x?xf32>) mean(%m : tensor<8xf32>) variance(%v : tensor<8xf32>)
      outs(%x : tensor<2x8x?xf32>) channel_axis = 1 epsilon = 1.0e-3
  return %0 : tensor<2x8x?xf32>
}

// CHECK-LABEL: func @batch_norm_training
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x8x?xf32>, %[[V:[a-z0-9]+]]: tensor<8xf32>
func.func @batch_norm_training(%x: tensor<2x8x?xf32>, %v: tensor<8xf32>) -> (tensor<2x8x?xf32>, tensor<8xf32>) {
  // CHECK-COUNT-3: linalg.generic {{.*}} iterator_types = ["reduction", "parallel", "reduction"]} ins(%[[X]]
  // CHECK: %[[Y:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel"]} ins(%[[X]]
  // CHECK: %[[VARIANCE:.*]] = linalg.generic {{.*}} iterator_types = ["parallel"]} {{.*}} outs(%[[V]] : tensor<8xf32>)
  // CHECK-NOT: math.rsqrt
  // CHECK: return %[[Y]], %[[VARIANCE]]
  %0:2 = norm.batch_norm_training ins(%x : tensor<2x8x?xf32>) outs(%x : tensor<2x8x?xf32>) variance(%v : tensor<8xf32>)
      channel_axis = 1 epsilon = 1.0e-3
  return %0#0, %0#1 : tensor<2x8x?xf32>, tensor<8xf32>
}

// What works on memrefs is not for linalg on tensors.
// CHECK-LABEL: func @memrefs
func.func @memrefs(%x: memref<4x8xf32>) {
  // CHECK: norm.layer_norm
  norm.layer_norm ins(%x : memref<4x8xf32>) outs(%x : memref<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return
}
