// RUN: norm-opt %s --norm-guard-masked-stores | FileCheck %s --check-prefixes=CHECK,PLAIN
// RUN: norm-opt %s --norm-guard-masked-stores=opaque=true | FileCheck %s --check-prefixes=CHECK,OPAQUE

// A constant mask of one lane: a scalar.
// CHECK-LABEL: llvm.func @first(
// CHECK-SAME: %[[V:.*]]: vector<4xi16>, %[[P:.*]]: !llvm.ptr)
// CHECK: %[[ZERO:.*]] = llvm.mlir.constant(0 : i64) : i64
// CHECK: %[[E:.*]] = llvm.extractelement %[[V]][%[[ZERO]] : i64] : vector<4xi16>
// CHECK: llvm.store %[[E]], %[[P]] {alignment = 2 : i64} : i16, !llvm.ptr
// CHECK-NOT: masked.store
// CHECK: llvm.return
llvm.func @first(%v: vector<4xi16>, %p: !llvm.ptr) {
  %mask = llvm.mlir.constant(dense<[true, false, false, false]> : vector<4xi1>) : vector<4xi1>
  llvm.intr.masked.store %v, %p, %mask {alignment = 2 : i32} : vector<4xi16>, vector<4xi1> into !llvm.ptr
  llvm.return
}

// CHECK-LABEL: llvm.func @third(
// CHECK: %[[THERE:.*]] = llvm.getelementptr %{{.*}}[2] : (!llvm.ptr) -> !llvm.ptr, i16
// CHECK: llvm.store %{{.*}}, %[[THERE]] {alignment = 2 : i64} : i16, !llvm.ptr
llvm.func @third(%v: vector<4xi16>, %p: !llvm.ptr) {
  %mask = llvm.mlir.constant(dense<[false, false, true, false]> : vector<4xi1>) : vector<4xi1>
  llvm.intr.masked.store %v, %p, %mask {alignment = 4 : i32} : vector<4xi16>, vector<4xi1> into !llvm.ptr
  llvm.return
}

// Any other mask may become one.
// CHECK-LABEL: llvm.func @unknown(
// PLAIN-NOT: asm
// OPAQUE: %[[HIDDEN:.*]] = llvm.inline_asm "", "=v,0" %{{.*}} : (vector<16xi16>) -> vector<16xi16>
// OPAQUE: llvm.intr.masked.store %[[HIDDEN]], %{{.*}}, %{{.*}} {alignment = 2 : i32} : vector<16xi16>
// CHECK: llvm.return
llvm.func @unknown(%v: vector<16xi16>, %p: !llvm.ptr, %mask: vector<16xi1>) {
  llvm.intr.masked.store %v, %p, %mask {alignment = 2 : i32} : vector<16xi16>, vector<16xi1> into !llvm.ptr
  llvm.return
}

// CHECK-LABEL: llvm.func @not_narrowed(
// CHECK-NOT: asm
// CHECK: llvm.intr.masked.store
llvm.func @not_narrowed(%v: vector<16xf32>, %p: !llvm.ptr, %mask: vector<16xi1>) {
  llvm.intr.masked.store %v, %p, %mask {alignment = 4 : i32} : vector<16xf32>, vector<16xi1> into !llvm.ptr
  llvm.return
}
