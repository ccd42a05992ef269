// Programs may compute in floats of 8 bits, each result rounded, on all targets.
// REQUIRES: norm-run, norm-compile
// RUN: norm-run %s --entry=scaled --check | FileCheck %s
// RUN: norm-run %s --entry=scaled --check --target=cuda-emulated | FileCheck %s
// RUN: norm-run %s --entry=narrow --check | FileCheck %s
// RUN: norm-run %s --entry=narrow --check --target=cuda-emulated | FileCheck %s
// CHECK: output 0 (in f64): maximum error
// RUN: norm-compile %s -o - --emit=ptx | FileCheck %s --check-prefix=PTX
// PTX: .visible .entry scaled_kernel

#element = affine_map<(r, c) -> (r, c)>
#row = affine_map<(r, c) -> (r)>
func.func @scaled(%x: memref<4x512xf8E4M3FN>, %y: memref<4x512xf8E4M3FN>) {
  norm.generic {indexing_maps = [#element, #element], normalized_dims = [1]}
      ins(%x : memref<4x512xf8E4M3FN>) outs(%y : memref<4x512xf8E4M3FN>) {
  ^bb0(%a: f8E4M3FN):
    %m = norm.reduce <maxnumf> %a : f8E4M3FN
    %n = arith.negf %a : f8E4M3FN
    %q = arith.divf %n, %m : f8E4M3FN
    norm.yield %q : f8E4M3FN
  }
  return
}

func.func @narrow(%x: memref<4x64xf8E5M2>, %y: memref<4xf8E5M2>) {
  norm.generic {indexing_maps = [#element, #row], normalized_dims = [1]} ins(%x : memref<4x64xf8E5M2>) outs(%y : memref<4xf8E5M2>) {
  ^bb0(%a: f8E5M2):
    %s = norm.reduce <minimumf> %a : f8E5M2
    %t = arith.mulf %s, %s : f8E5M2
    norm.yield %t : f8E5M2
  }
  return
}
