// RUN: norm-opt %s --norm-expand-half-moves | FileCheck %s
// RUN: norm-opt %s --norm-expand-half-moves='bf16=false f16=true' | FileCheck %s --check-prefix=F16

// CHECK-LABEL: llvm.func @copy(
// CHECK: %[[ELSE:.*]] = llvm.bitcast %{{.*}} : vector<8xbf16> to vector<8xi16>
// CHECK: %[[BITS:.*]] = llvm.intr.masked.load %{{.*}}, %{{.*}}, %[[ELSE]] {alignment = 2 : i32} : (!llvm.ptr, vector<8xi1>, vector<8xi16>) -> vector<8xi16>
// CHECK: %[[VALUE:.*]] = llvm.bitcast %[[BITS]] : vector<8xi16> to vector<8xbf16>
// CHECK: %[[STORED:.*]] = llvm.bitcast %[[VALUE]] : vector<8xbf16> to vector<8xi16>
// CHECK: llvm.intr.masked.store %[[STORED]], %{{.*}} {alignment = 2 : i32} : vector<8xi16>
llvm.func @copy(%from: !llvm.ptr, %to: !llvm.ptr, %mask: vector<8xi1>, %else: vector<8xbf16>) {
  %v = llvm.intr.masked.load %from, %mask, %else {alignment = 2 : i32} : (!llvm.ptr, vector<8xi1>, vector<8xbf16>) -> vector<8xbf16>
  llvm.intr.masked.store %v, %to, %mask {alignment = 2 : i32} : vector<8xbf16>, vector<8xi1> into !llvm.ptr
  llvm.return
}

// CHECK-LABEL: llvm.func @other_types(
// CHECK-NOT: bitcast
llvm.func @other_types(%from: !llvm.ptr, %to: !llvm.ptr, %mask: vector<8xi1>, %else: vector<8xf32>) {
  %v = llvm.intr.masked.load %from, %mask, %else {alignment = 4 : i32} : (!llvm.ptr, vector<8xi1>, vector<8xf32>) -> vector<8xf32>
  llvm.intr.masked.store %v, %to, %mask {alignment = 4 : i32} : vector<8xf32>, vector<8xi1> into !llvm.ptr
  llvm.return
}

// CHECK-LABEL: llvm.func @moves(
// CHECK-SAME: %[[V:.*]]: vector<8xbf16>, %[[C:.*]]: i1, %[[I:.*]]: i64)
// CHECK: %[[FROM:.*]] = llvm.bitcast %[[V]] : vector<8xbf16> to vector<8xi16>
// CHECK: %[[TAKEN:.*]] = llvm.extractelement %[[FROM]][%[[I]] : i64] : vector<8xi16>
// CHECK: llvm.bitcast %[[TAKEN]] : i16 to bf16
// CHECK: llvm.insertelement %{{.*}}, %{{.*}}[%[[I]] : i64] : vector<8xi16>
// CHECK: llvm.shufflevector %{{.*}}, %{{.*}} [0, 0, 0, 0, 0, 0, 0, 0] : vector<8xi16>
// CHECK: %[[CHOSEN:.*]] = llvm.select %[[C]], %{{.*}}, %{{.*}} : i1, vector<8xi16>
// CHECK: %[[RESULT:.*]] = llvm.bitcast %[[CHOSEN]] : vector<8xi16> to vector<8xbf16>
// CHECK: llvm.return %[[RESULT]]
// F16-LABEL: llvm.func @moves(
// F16-NOT: bitcast
llvm.func @moves(%v: vector<8xbf16>, %c: i1, %i: i64) -> vector<8xbf16> {
  %taken = llvm.extractelement %v[%i : i64] : vector<8xbf16>
  %put = llvm.insertelement %taken, %v[%i : i64] : vector<8xbf16>
  %spread = llvm.shufflevector %put, %v [0, 0, 0, 0, 0, 0, 0, 0] : vector<8xbf16>
  %chosen = llvm.select %c, %spread, %v : i1, vector<8xbf16>
  llvm.return %chosen : vector<8xbf16>
}

// CHECK-LABEL: llvm.func @moves_of_f16(
// CHECK-NOT: bitcast
// F16-LABEL: llvm.func @moves_of_f16(
// F16: llvm.extractelement %{{.*}}[%{{.*}} : i64] : vector<8xi16>
// F16: llvm.bitcast %{{.*}} : i16 to f16
llvm.func @moves_of_f16(%v: vector<8xf16>, %i: i64) -> f16 {
  %taken = llvm.extractelement %v[%i : i64] : vector<8xf16>
  llvm.return %taken : f16
}
