// RUN: norm-opt %s --norm-split-programs --split-input-file | FileCheck %s
// RUN: echo "module {}" | not norm-opt --norm-split-programs=chip=sm_75 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: echo "module {}" | not norm-opt --norm-split-programs=row-parts=-1 2>&1 | FileCheck %s --check-prefix=PARTS

// CHIP: norm-split-programs: expected chip to be one of sm_80, sm_86, sm_89, sm_90, sm_100, sm_120, got sm_75
// PARTS: norm-split-programs: expected row-parts from 0 to 65536, got -1

#rc = affine_map<(r, c) -> (r, c)>
#c = affine_map<(r, c) -> (c)>
#r = affine_map<(r, c) -> (r)>

// Gradients first, which no input's memory is: their rows are the columns. Then
// what has whole rows, as it was.
// CHECK-LABEL: func @backward
// CHECK-SAME: %[[DY:[a-z0-9]+]]: memref<?x64xf32>, %[[X:[a-z0-9]+]]: memref<?x64xf32>, %[[G:[a-z0-9]+]]: memref<64xf32>, %[[DG:[a-z0-9]+]]: memref<64xf32>, %[[DB:[a-z0-9]+]]: memref<64xf32>
// CHECK: norm.generic {{.*}} normalized_dims = [0]}
// CHECK-SAME: ins(%[[DY]], %[[X]], %[[DG]], %[[DB]] : {{.*}}) outs(%[[DG]], %[[DB]] :
// CHECK: ^bb0(%[[E:.*]]: f32, %[[F:.*]]: f32, %[[OLD:.*]]: f32, %[[OLD_B:.*]]: f32):
// CHECK: %[[P:.*]] = arith.mulf %[[E]], %[[F]]
// CHECK: %[[SUM:.*]] = norm.reduce <add> %[[P]] : f32
// CHECK: %[[NEW:.*]] = arith.addf %[[OLD]], %[[SUM]]
// CHECK: %[[SUM_B:.*]] = norm.reduce <add> %[[E]] : f32
// CHECK: %[[NEW_B:.*]] = arith.addf %[[OLD_B]], %[[SUM_B]]
// CHECK: norm.yield %[[NEW]], %[[NEW_B]]
// CHECK: norm.generic {{.*}} normalized_dims = [1]}
// CHECK-SAME: ins(%[[DY]], %[[G]] : {{.*}}) outs(%[[DY]] : {{.*}}) attributes {tag}
// CHECK: norm.reduce <add>
// CHECK-NOT: norm.generic
// CHECK: return
func.func @backward(%dy: memref<?x64xf32>, %x: memref<?x64xf32>, %g: memref<64xf32>, %dg: memref<64xf32>, %db: memref<64xf32>) {
  norm.generic {indexing_maps = [#rc, #rc, #c, #rc, #c, #c], normalized_dims = [1]}
      ins(%dy, %x, %g : memref<?x64xf32>, memref<?x64xf32>, memref<64xf32>)
      outs(%dy, %dg, %db : memref<?x64xf32>, memref<64xf32>, memref<64xf32>) attributes {tag} {
  ^bb0(%e: f32, %f: f32, %w: f32):
    %p = arith.mulf %e, %f : f32
    %q = arith.mulf %e, %w : f32
    %s = norm.reduce <add> %q : f32
    %d = arith.subf %q, %s : f32
    norm.yield %d, %p, %e : f32, f32, f32
  }
  return
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#c = affine_map<(r, c) -> (c)>

// Statistics that a gradient needs go before both, to memory of their own.
// CHECK-LABEL: func @statistics
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<?x64xf32>, %[[Y:[a-z0-9]+]]: memref<?x64xf32>, %[[S:[a-z0-9]+]]: memref<64xf32>
// CHECK: %[[ROWS:.*]] = memref.dim %[[X]]
// CHECK: %[[OWN:.*]] = memref.alloc(%[[ROWS]]) {alignment = 16 : i64} : memref<?xf32>
// CHECK: norm.generic {{.*}} normalized_dims = [1]} ins(%[[X]] : {{.*}}) outs(%[[OWN]] :
// CHECK: norm.generic {{.*}} normalized_dims = [0]} ins(%[[X]], %[[OWN]], %[[S]] : {{.*}}) outs(%[[S]] :
// CHECK: norm.generic {{.*}} normalized_dims = [1]} ins(%[[X]], %[[OWN]] : {{.*}}) outs(%[[Y]] :
// CHECK-NOT: norm.reduce
// CHECK: memref.dealloc %[[OWN]]
func.func @statistics(%x: memref<?x64xf32>, %y: memref<?x64xf32>, %s: memref<64xf32>) {
  norm.generic {indexing_maps = [#rc, #rc, #c], normalized_dims = [1]}
      ins(%x : memref<?x64xf32>) outs(%y, %s : memref<?x64xf32>, memref<64xf32>) {
  ^bb0(%e: f32):
    %m = norm.reduce <maximumf> %e : f32
    %d = arith.subf %e, %m : f32
    norm.yield %d, %d : f32, f32
  }
  return
}

// -----

#rbc = affine_map<(r, b, c) -> (r, b, c)>
#rb = affine_map<(r, b, c) -> (r, b)>

// What combines whole rows comes first, and what combines blocks of them keeps
// both outputs. The size is an operand of its own.
// CHECK-LABEL: func @blocks
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<?x?x32xf32>, %[[Y:[a-z0-9]+]]: memref<?x?x32xf32>, %[[S:[a-z0-9]+]]: memref<?x?xf32>
// CHECK: %[[N:.*]] = arith.uitofp %{{.*}} : i64 to f32
// CHECK: norm.generic {{.*}} normalized_dims = [1, 2]} ins(%[[X]] : memref<?x?x32xf32>) outs(%[[SUM:.*]] : memref<?xf32>)
// CHECK: norm.generic {{.*}} normalized_dims = [2]} ins(%[[X]], %[[N]], %[[SUM]] : {{.*}}) outs(%[[Y]], %[[S]] :
// CHECK: norm.reduce <maxnumf> %{{.*}} over [2]
// CHECK-NOT: norm.generic
// CHECK: memref.dealloc %[[SUM]]
func.func @blocks(%x: memref<?x?x32xf32>, %y: memref<?x?x32xf32>, %s: memref<?x?xf32>) {
  norm.generic {indexing_maps = [#rbc, #rbc, #rb], normalized_dims = [1, 2]}
      ins(%x : memref<?x?x32xf32>) outs(%y, %s : memref<?x?x32xf32>, memref<?x?xf32>) {
  ^bb0(%e: f32):
    %n = norm.size : f32
    %sum = norm.reduce <add> %e : f32
    %mean = arith.divf %sum, %n : f32
    %d = arith.subf %e, %mean : f32
    %most = norm.reduce <maxnumf> %d over [2] : f32
    %q = arith.divf %d, %most : f32
    norm.yield %q, %most : f32, f32
  }
  return
}

// -----

#rbc = affine_map<(r, b, c) -> (r, b, c)>
#rb = affine_map<(r, b, c) -> (r, b)>

// An output that is computed before the last program reads what may be its
// memory is copied there at the end.
// CHECK-LABEL: func @may_be_input
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<2x3x32xf32>, %[[P:[a-z0-9]+]]: memref<2x3xf32>, %[[S:[a-z0-9]+]]: memref<2x3xf32>
// CHECK: norm.generic {{.*}} outs(%[[SUM:.*]] : memref<2xf32>)
// CHECK: %[[LATE:.*]] = memref.alloc() {alignment = 16 : i64} : memref<2x3xf32>
// CHECK: norm.generic {{.*}} normalized_dims = [1]} ins(%[[P]], %[[SUM]] : memref<2x3xf32>, memref<2xf32>) outs(%[[LATE]] :
// CHECK: norm.generic {{.*}} normalized_dims = [1, 2]} ins(%[[X]], %[[P]], %[[SUM]] : {{.*}}) outs(%[[X]] :
// CHECK: memref.copy %[[LATE]], %[[S]]
func.func @may_be_input(%x: memref<2x3x32xf32>, %p: memref<2x3xf32>, %s: memref<2x3xf32>) {
  norm.generic {indexing_maps = [#rbc, #rb, #rbc, #rb], normalized_dims = [1, 2]}
      ins(%x, %p : memref<2x3x32xf32>, memref<2x3xf32>) outs(%x, %s : memref<2x3x32xf32>, memref<2x3xf32>) {
  ^bb0(%e: f32, %f: f32):
    %sum = norm.reduce <add> %e : f32
    %y = arith.addf %e, %f : f32
    %z = arith.addf %y, %sum : f32
    %scaled = arith.mulf %f, %sum : f32
    norm.yield %z, %scaled : f32, f32
  }
  return
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#c = affine_map<(r, c) -> (c)>
#none = affine_map<(r, c) -> ()>

// A count of rows: no operand of its program tells how many, so that one is
// made.
// CHECK-LABEL: func @sizes
// CHECK: %[[SIZES:.*]] = memref.alloc() {alignment = 16 : i64} : memref<9xi8>
// CHECK: norm.generic {{.*}} normalized_dims = [0]} ins(%[[SIZES]], %[[COUNT:.*]] : memref<9xi8>, memref<f32>) outs(%[[COUNT]] : memref<f32>)
func.func @sizes(%x: memref<9x8xf32>, %g: memref<8xf32>, %y: memref<9x8xf32>, %n: memref<f32>) {
  norm.generic {indexing_maps = [#rc, #c, #rc, #none], normalized_dims = [1]}
      ins(%x, %g : memref<9x8xf32>, memref<8xf32>) outs(%y, %n : memref<9x8xf32>, memref<f32>) {
  ^bb0(%e: f32, %f: f32):
    %one = arith.constant 1.0 : f32
    %z = arith.mulf %e, %f : f32
    norm.yield %z, %one : f32, f32
  }
  return
}

// -----

#rc = affine_map<(r, c) -> (r, c)>
#r = affine_map<(r, c) -> (r)>
#c = affine_map<(r, c) -> (c)>

// What stays: whole rows, tensors, programs with a schedule.
// CHECK-LABEL: func @stay
// CHECK-NOT: memref.alloc
// CHECK: norm.generic {{.*}} normalized_dims = [1]}
// CHECK: norm.moments %
// CHECK: norm.generic {{.*}} ins(%{{.*}} : tensor<4x4xf32>)
// CHECK: norm.generic {{.*}} schedule = <lane_dim = 1>}
// CHECK: return
func.func @stay(%x: memref<4x4xf32>, %m: memref<4xf32>, %t: tensor<4x4xf32>, %s: tensor<4xf32>) -> tensor<4xf32> {
  norm.generic {indexing_maps = [#rc, #rc, #r], normalized_dims = [1]}
      ins(%x : memref<4x4xf32>) outs(%x, %m : memref<4x4xf32>, memref<4xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %variance = norm.moments %e : f32
    norm.yield %d, %mean : f32, f32
  }
  %0 = norm.generic {indexing_maps = [#rc, #c], normalized_dims = [1]}
      ins(%t : tensor<4x4xf32>) outs(%s : tensor<4xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  norm.generic {indexing_maps = [#rc, #c], normalized_dims = [1], schedule = <lane_dim = 1>}
      ins(%x : memref<4x4xf32>) outs(%m : memref<4xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return %0 : tensor<4xf32>
}
