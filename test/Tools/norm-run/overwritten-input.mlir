// The reference of --check is right where an output is the memory of an input that others still need.
// REQUIRES: norm-run
// RUN: norm-run %s --entry=rows --check | FileCheck %s
// RUN: norm-run %s --entry=view --check | FileCheck %s
// RUN: norm-run %s --entry=rows --check --target=cuda-emulated | FileCheck %s
// CHECK: output 0 (in f64): maximum error
// CHECK: output 1 (in f64): maximum error

#element = affine_map<(r, c) -> (r, c)>
#row = affine_map<(r, c) -> (r)>
func.func @rows(%x: memref<6x64xf32>, %m: memref<6xf32>, %r: memref<6xf32>) {
  norm.generic {indexing_maps = [#element, #row, #row, #row], normalized_dims = [1]}
      ins(%x, %m : memref<6x64xf32>, memref<6xf32>) outs(%m, %r : memref<6xf32>, memref<6xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = norm.reduce <add> %a : f32
    %q = arith.mulf %a, %b : f32
    %t = norm.reduce <add> %q : f32
    norm.yield %s, %t : f32, f32
  }
  return
}

func.func @view(%x: memref<6x64xf32>, %m: memref<6xf32>, %r: memref<6xf32>) {
  %view = memref.cast %m : memref<6xf32> to memref<?xf32>
  %same = memref.cast %view : memref<?xf32> to memref<6xf32, strided<[1], offset: ?>>
  norm.generic {indexing_maps = [#element, #row, #row, #row], normalized_dims = [1]}
      ins(%x, %m : memref<6x64xf32>, memref<6xf32>) outs(%same, %r : memref<6xf32, strided<[1], offset: ?>>, memref<6xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = norm.reduce <add> %a : f32
    %q = arith.mulf %a, %b : f32
    %t = norm.reduce <add> %q : f32
    norm.yield %s, %t : f32, f32
  }
  return
}
