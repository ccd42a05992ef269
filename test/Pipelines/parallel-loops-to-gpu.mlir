// RUN: norm-opt %s --norm-parallel-loops-to-gpu --canonicalize | FileCheck %s

// Two dims become one, the last the fastest; lower bounds and steps are kept.
// CHECK-LABEL: func.func @steps(
// CHECK-SAME: %[[M:.*]]: memref<9x20xf32>, %[[N:.*]]: index
func.func @steps(%m: memref<9x20xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %f = arith.constant 1.0 : f32
  // CHECK-DAG: %[[C256:.*]] = arith.constant 256 : index
  // CHECK-DAG: %[[C8:.*]] = arith.constant 8 : index
  // CHECK: %[[COUNT:.*]] = arith.maxsi
  // CHECK: %[[TOTAL:.*]] = arith.muli %[[COUNT]], %[[C8]]
  // CHECK: %[[BLOCKS:.*]] = arith.ceildivsi %[[TOTAL]], %[[C256]]
  // CHECK: gpu.launch blocks(%[[B:.*]], %{{.*}}, %{{.*}}) in (%{{.*}} = %[[BLOCKS]], {{.*}}) threads(%[[T:.*]], %{{.*}}, %{{.*}}) in (%{{.*}} = %[[C256]],
  // CHECK: %[[I:.*]] = arith.addi %{{.*}}, %[[T]]
  // CHECK: %[[IN:.*]] = arith.cmpi slt, %[[I]], %[[TOTAL]]
  // CHECK: scf.if %[[IN]]
  // CHECK: arith.remsi %[[I]], %[[C8]]
  // CHECK: arith.divsi %[[I]], %[[C8]]
  // CHECK: memref.store %{{.*}}, %[[M]]
  %c4 = arith.constant 4 : index
  %c20 = arith.constant 20 : index
  scf.parallel (%i, %j) = (%c1, %c4) to (%n, %c20) step (%c3, %c2) {
    memref.store %f, %m[%i, %j] : memref<9x20xf32>
    scf.reduce
  }
  return
}

// A loop that launches, allocates, calls or reduces stays; one inside it does not.
// CHECK-LABEL: func.func @stays(
func.func @stays(%m: memref<8xf32>, %n: index) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %f = arith.constant 1.0 : f32
  // CHECK: scf.parallel
  // CHECK: memref.alloc
  // CHECK: gpu.launch
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    %t = memref.alloc(%i) : memref<?xf32>
    scf.parallel (%j) = (%c0) to (%i) step (%c1) {
      memref.store %f, %t[%j] : memref<?xf32>
      scf.reduce
    }
    func.call @outside(%t) : (memref<?xf32>) -> ()
    scf.reduce
  }
  // CHECK: scf.parallel
  // CHECK: memref.load
  %r = scf.parallel (%i) = (%c0) to (%n) step (%c1) init (%f) -> f32 {
    %v = memref.load %m[%i] : memref<8xf32>
    scf.reduce(%v : f32) {
    ^bb0(%a: f32, %b: f32):
      %s = arith.addf %a, %b : f32
      scf.reduce.return %s : f32
    }
  }
  return %r : f32
}
func.func private @outside(memref<?xf32>)
