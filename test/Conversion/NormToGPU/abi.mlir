// Arguments of kernels, and the width of indices.
// RUN: norm-opt %s --convert-norm-to-gpu --canonicalize --cse --split-input-file | FileCheck %s
// RUN: norm-opt %s --convert-norm-to-gpu=assume-distinct --split-input-file | FileCheck %s --check-prefix=DISTINCT

#rows = affine_map<(r, c) -> (r, c)>
#col = affine_map<(r, c) -> (c)>
#none = affine_map<(r, c) -> ()>

// Memrefs, scalars, sizes, strides. Gamma cannot be the output, x can; with an alignment at the function's argument, that
// of the kernel's.

// CHECK-LABEL: func.func @all_kinds(
// CHECK: memref.extract_aligned_pointer_as_index %arg0
// CHECK: gpu.launch_func @all_kinds_kernel::@all_kinds_kernel
// CHECK-LABEL: gpu.module @all_kinds_kernel {
// CHECK: gpu.func @all_kinds_kernel(
// CHECK-SAME: %[[X:[a-z0-9]*]]: !llvm.ptr<1>, %[[G:[a-z0-9]*]]: !llvm.ptr<1> {llvm.align = 64 : i64, llvm.noalias, llvm.readonly},
// CHECK-SAME: %[[Y:[a-z0-9]*]]: !llvm.ptr<1>, %[[E:[a-z0-9]*]]: f32, %[[I:[a-z0-9]*]]: i64, %[[M:[a-z0-9]*]]: i64,
// CHECK-SAME: %[[N:[a-z0-9]*]]: i64, %[[S:[a-z0-9]*]]: i64) kernel
// DISTINCT: gpu.func @all_kinds_kernel(
// DISTINCT-SAME: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %{{[a-z0-9]*}}: !llvm.ptr<1> {llvm.align = 64 : i64, llvm.noalias, llvm.readonly},
// DISTINCT-SAME: !llvm.ptr<1> {llvm.noalias}
func.func @all_kinds(%x: memref<?x?xf32, strided<[?, 1], offset: ?>>, %g: memref<?xf32> {llvm.align = 64 : i64}, %e: f32, %i: index,
                     %y: memref<?x?xf32>) {
  norm.generic {indexing_maps = [#rows, #col, #none, #none, #rows], normalized_dims = [1],
                schedule = #norm.gpu_schedule<lane_dim = 1>}
      ins(%x, %g, %e, %i : memref<?x?xf32, strided<[?, 1], offset: ?>>, memref<?xf32>, f32, index) outs(%y : memref<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %d: index):
    %o = arith.mulf %a, %b : f32
    norm.yield %o : f32
  }
  return
}

// -----

// In place: one argument, which is not only read. A type of another width cannot be the output's memory.

// CHECK-LABEL: gpu.func @in_place_kernel(
// CHECK-SAME: %{{[a-z0-9]*}}: !llvm.ptr<1>, %{{[a-z0-9]*}}: !llvm.ptr<1> {llvm.noalias, llvm.readonly}) kernel
#rows = affine_map<(r, c) -> (r, c)>
func.func @in_place(%x: memref<4x32xf32>, %r: memref<4x32xbf16>) {
  norm.generic {indexing_maps = [#rows, #rows, #rows], normalized_dims = [1], schedule = #norm.gpu_schedule<lane_dim = 1>}
      ins(%x, %r : memref<4x32xf32>, memref<4x32xbf16>) outs(%x : memref<4x32xf32>) {
  ^bb0(%a: f32, %b: bf16):
    %w = arith.extf %b : bf16 to f32
    %o = arith.addf %a, %w : f32
    norm.yield %o : f32
  }
  return
}

// -----

// 2^31 - 4 bytes: indices of 32 bits. 2^31: of 64, and so where a size is not known.

// CHECK-LABEL: gpu.module @below_kernel attributes {dlti.dl_spec = #dlti.dl_spec<index = 32 : i32>}
// CHECK-LABEL: gpu.module @above_kernel {
// CHECK-LABEL: gpu.module @unknown_kernel {
#rows = affine_map<(r, c) -> (r, c)>
func.func @below(%x: memref<1x536870911xf32>) {
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1], schedule = #norm.gpu_schedule<lane_dim = 1>}
      ins(%x : memref<1x536870911xf32>) outs(%x : memref<1x536870911xf32>) {
  ^bb0(%a: f32):
    norm.yield %a : f32
  }
  return
}
func.func @above(%x: memref<524288x1024xf32>) {
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1], schedule = #norm.gpu_schedule<lane_dim = 1>}
      ins(%x : memref<524288x1024xf32>) outs(%x : memref<524288x1024xf32>) {
  ^bb0(%a: f32):
    norm.yield %a : f32
  }
  return
}
func.func @unknown(%x: memref<?x8xf32>) {
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1], schedule = #norm.gpu_schedule<lane_dim = 1>}
      ins(%x : memref<?x8xf32>) outs(%x : memref<?x8xf32>) {
  ^bb0(%a: f32):
    norm.yield %a : f32
  }
  return
}

// -----

// Two programs of a function are two kernels; without rows nothing is launched.

// CHECK-LABEL: func.func @twice
// CHECK: %[[ROWS:.*]] = memref.dim %arg0, %c0
// CHECK: %[[SOME:.*]] = arith.cmpi ne, %[[ROWS]], %c0
// CHECK: scf.if %[[SOME]]
// CHECK: gpu.launch_func @twice_kernel::@twice_kernel blocks in (%[[ROWS]],
// CHECK: gpu.launch_func @twice_kernel_0::@twice_kernel_0
#rows = affine_map<(r, c) -> (r, c)>
func.func @twice(%x: memref<?x8xf32>) {
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1], schedule = #norm.gpu_schedule<lane_dim = 1>}
      ins(%x : memref<?x8xf32>) outs(%x : memref<?x8xf32>) {
  ^bb0(%a: f32):
    norm.yield %a : f32
  }
  norm.generic {indexing_maps = [#rows, #rows], normalized_dims = [1], schedule = #norm.gpu_schedule<lane_dim = 1>}
      ins(%x : memref<?x8xf32>) outs(%x : memref<?x8xf32>) {
  ^bb0(%a: f32):
    norm.yield %a : f32
  }
  return
}
