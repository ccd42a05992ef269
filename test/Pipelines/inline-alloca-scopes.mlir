// RUN: norm-opt %s --norm-inline-alloca-scopes | FileCheck %s

func.func private @use(memref<4xf32>)

// CHECK-LABEL: func.func @loop_inside(
// CHECK-NOT: alloca_scope
// CHECK-NOT: stacksave
// CHECK: scf.for
// CHECK: call @use
// CHECK-NOT: stackrestore
func.func @loop_inside(%m: memref<4xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  memref.alloca_scope {
    scf.for %i = %c0 to %n step %c1 {
      func.call @use(%m) : (memref<4xf32>) -> ()
    }
  }
  return
}

// CHECK-LABEL: func.func @allocation_inside(
// CHECK: %[[STACK:.*]] = llvm.intr.stacksave
// CHECK-NEXT: memref.alloca() : memref<4xf32>
// CHECK-NEXT: call @use
// CHECK-NEXT: %[[RESULT:.*]] = arith.constant 7
// CHECK-NEXT: llvm.intr.stackrestore %[[STACK]]
// CHECK-NEXT: return %[[RESULT]]
func.func @allocation_inside() -> index {
  %result = memref.alloca_scope -> index {
    %m = memref.alloca() : memref<4xf32>
    func.call @use(%m) : (memref<4xf32>) -> ()
    %seven = arith.constant 7 : index
    memref.alloca_scope.return %seven : index
  }
  return %result : index
}
