// What norm-schedule chooses for a GPU, for row programs of all kinds.
// RUN: norm-opt %s --norm-generalize --norm-schedule=chip=sm_80 | FileCheck %s --check-prefixes=CHECK,ALONE,SM80
// RUN: norm-opt %s --norm-generalize --norm-schedule=chip=sm_86 | FileCheck %s --check-prefixes=CHECK,ALONE,SM86
// RUN: norm-opt %s --norm-generalize --norm-schedule=chip=sm_90 | FileCheck %s --check-prefixes=CHECK,CLUSTER,SM90
// RUN: norm-opt %s --norm-generalize --norm-schedule=chip=sm_120 | FileCheck %s --check-prefixes=CHECK,CLUSTER,SM120

// CHECK-LABEL: @f32_1(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, threads_per_row = 1, rows_per_block = 128, row_in = registers, resident_blocks = 8>}
func.func @f32_1(%x: memref<?x1xf32>, %g: memref<1xf32>, %y: memref<?x1xf32>) {
  norm.rms_norm ins(%x : memref<?x1xf32>) gamma(%g : memref<1xf32>) outs(%y : memref<?x1xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_3(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vectors = 3, threads_per_row = 1, rows_per_block = 128, row_in = registers, resident_blocks = 8>}
func.func @f32_3(%x: memref<?x3xf32>, %g: memref<3xf32>, %y: memref<?x3xf32>) {
  norm.rms_norm ins(%x : memref<?x3xf32>) gamma(%g : memref<3xf32>) outs(%y : memref<?x3xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_64(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 2, threads_per_row = 8, rows_per_block = 16, row_in = registers, resident_blocks = 7>}
func.func @f32_64(%x: memref<?x64xf32>, %g: memref<64xf32>, %y: memref<?x64xf32>) {
  norm.rms_norm ins(%x : memref<?x64xf32>) gamma(%g : memref<64xf32>) outs(%y : memref<?x64xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_256(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 2, rows_per_block = 4, row_in = registers, resident_blocks = 7>}
func.func @f32_256(%x: memref<?x256xf32>, %g: memref<256xf32>, %y: memref<?x256xf32>) {
  norm.rms_norm ins(%x : memref<?x256xf32>) gamma(%g : memref<256xf32>) outs(%y : memref<?x256xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_768(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 3, threads_per_row = 64, rows_per_block = 2, row_in = registers, resident_blocks = 7>}
func.func @f32_768(%x: memref<?x768xf32>, %g: memref<768xf32>, %y: memref<?x768xf32>) {
  norm.rms_norm ins(%x : memref<?x768xf32>) gamma(%g : memref<768xf32>) outs(%y : memref<?x768xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_1000(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 4, threads_per_row = 64, rows_per_block = 2, row_in = registers, resident_blocks = 6>}
func.func @f32_1000(%x: memref<?x1000xf32>, %g: memref<1000xf32>, %y: memref<?x1000xf32>) {
  norm.rms_norm ins(%x : memref<?x1000xf32>) gamma(%g : memref<1000xf32>) outs(%y : memref<?x1000xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_1024(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 4, threads_per_row = 64, rows_per_block = 2, row_in = registers, resident_blocks = 6>}
func.func @f32_1024(%x: memref<?x1024xf32>, %g: memref<1024xf32>, %y: memref<?x1024xf32>) {
  norm.rms_norm ins(%x : memref<?x1024xf32>) gamma(%g : memref<1024xf32>) outs(%y : memref<?x1024xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_3001(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vectors = 24, threads_per_row = 128, row_in = registers, resident_blocks = 6>}
func.func @f32_3001(%x: memref<?x3001xf32>, %g: memref<3001xf32>, %y: memref<?x3001xf32>) {
  norm.rms_norm ins(%x : memref<?x3001xf32>) gamma(%g : memref<3001xf32>) outs(%y : memref<?x3001xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_4096(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 8, threads_per_row = 128, row_in = registers, resident_blocks = 5>}
func.func @f32_4096(%x: memref<?x4096xf32>, %g: memref<4096xf32>, %y: memref<?x4096xf32>) {
  norm.rms_norm ins(%x : memref<?x4096xf32>) gamma(%g : memref<4096xf32>) outs(%y : memref<?x4096xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_8192(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 8, threads_per_row = 256, row_in = registers>}
func.func @f32_8192(%x: memref<?x8192xf32>, %g: memref<8192xf32>, %y: memref<?x8192xf32>) {
  norm.rms_norm ins(%x : memref<?x8192xf32>) gamma(%g : memref<8192xf32>) outs(%y : memref<?x8192xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_16384(
// ALONE: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 16, threads_per_row = 256, row_in = registers>}
// CLUSTER: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 8, threads_per_row = 256, cluster = 2, row_in = registers>}
func.func @f32_16384(%x: memref<?x16384xf32>, %g: memref<16384xf32>, %y: memref<?x16384xf32>) {
  norm.rms_norm ins(%x : memref<?x16384xf32>) gamma(%g : memref<16384xf32>) outs(%y : memref<?x16384xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_32768(
// ALONE: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 16, threads_per_row = 512, row_in = registers>}
// CLUSTER: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 8, threads_per_row = 256, cluster = 4, row_in = registers>}
func.func @f32_32768(%x: memref<?x32768xf32>, %g: memref<32768xf32>, %y: memref<?x32768xf32>) {
  norm.rms_norm ins(%x : memref<?x32768xf32>) gamma(%g : memref<32768xf32>) outs(%y : memref<?x32768xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_65536(
// ALONE: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 4, threads_per_row = 1024>}
// CLUSTER: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 8, threads_per_row = 256, cluster = 8, row_in = registers>}
func.func @f32_65536(%x: memref<?x65536xf32>, %g: memref<65536xf32>, %y: memref<?x65536xf32>) {
  norm.rms_norm ins(%x : memref<?x65536xf32>) gamma(%g : memref<65536xf32>) outs(%y : memref<?x65536xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_262144(
// ALONE: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 4, threads_per_row = 1024>}
// CLUSTER: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 16, threads_per_row = 512, cluster = 8, row_in = registers>}
func.func @f32_262144(%x: memref<?x262144xf32>, %g: memref<262144xf32>, %y: memref<?x262144xf32>) {
  norm.rms_norm ins(%x : memref<?x262144xf32>) gamma(%g : memref<262144xf32>) outs(%y : memref<?x262144xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @f32_393216(
// ALONE: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 4, threads_per_row = 1024>}
// SM90: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 12, threads_per_row = 1024, cluster = 8, row_in = workgroup>}
// SM120: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 4, threads_per_row = 1024, cluster = 8>}
func.func @f32_393216(%x: memref<?x393216xf32>, %g: memref<393216xf32>, %y: memref<?x393216xf32>) {
  norm.rms_norm ins(%x : memref<?x393216xf32>) gamma(%g : memref<393216xf32>) outs(%y : memref<?x393216xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @bf16_64(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, threads_per_row = 8, rows_per_block = 16, row_in = registers, resident_blocks = 7>}
func.func @bf16_64(%x: memref<?x64xbf16>, %g: memref<64xbf16>, %y: memref<?x64xbf16>) {
  norm.rms_norm ins(%x : memref<?x64xbf16>) gamma(%g : memref<64xbf16>) outs(%y : memref<?x64xbf16>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @bf16_1000(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, vectors = 2, threads_per_row = 64, rows_per_block = 2, row_in = registers, resident_blocks = 6>}
func.func @bf16_1000(%x: memref<?x1000xbf16>, %g: memref<1000xbf16>, %y: memref<?x1000xbf16>) {
  norm.rms_norm ins(%x : memref<?x1000xbf16>) gamma(%g : memref<1000xbf16>) outs(%y : memref<?x1000xbf16>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @bf16_1004(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 4, threads_per_row = 64, rows_per_block = 2, row_in = registers, resident_blocks = 6>}
func.func @bf16_1004(%x: memref<?x1004xbf16>, %g: memref<1004xbf16>, %y: memref<?x1004xbf16>) {
  norm.rms_norm ins(%x : memref<?x1004xbf16>) gamma(%g : memref<1004xbf16>) outs(%y : memref<?x1004xbf16>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @bf16_4096(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, vectors = 4, threads_per_row = 128, row_in = registers, resident_blocks = 5>}
func.func @bf16_4096(%x: memref<?x4096xbf16>, %g: memref<4096xbf16>, %y: memref<?x4096xbf16>) {
  norm.rms_norm ins(%x : memref<?x4096xbf16>) gamma(%g : memref<4096xbf16>) outs(%y : memref<?x4096xbf16>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @bf16_16384(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, vectors = 8, threads_per_row = 256, row_in = registers>}
func.func @bf16_16384(%x: memref<?x16384xbf16>, %g: memref<16384xbf16>, %y: memref<?x16384xbf16>) {
  norm.rms_norm ins(%x : memref<?x16384xbf16>) gamma(%g : memref<16384xbf16>) outs(%y : memref<?x16384xbf16>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @bf16_32768(
// ALONE: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, vectors = 8, threads_per_row = 512, row_in = registers>}
// CLUSTER: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, vectors = 8, threads_per_row = 256, cluster = 2, row_in = registers>}
func.func @bf16_32768(%x: memref<?x32768xbf16>, %g: memref<32768xbf16>, %y: memref<?x32768xbf16>) {
  norm.rms_norm ins(%x : memref<?x32768xbf16>) gamma(%g : memref<32768xbf16>) outs(%y : memref<?x32768xbf16>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @bf16_65536(
// SM80: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, vectors = 8, threads_per_row = 1024, row_in = workgroup>}
// SM86: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, vectors = 4, threads_per_row = 1024>}
// CLUSTER: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, vectors = 8, threads_per_row = 256, cluster = 4, row_in = registers>}
func.func @bf16_65536(%x: memref<?x65536xbf16>, %g: memref<65536xbf16>, %y: memref<?x65536xbf16>) {
  norm.rms_norm ins(%x : memref<?x65536xbf16>) gamma(%g : memref<65536xbf16>) outs(%y : memref<?x65536xbf16>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @bf16_gamma_f32(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 8, vectors = 4, threads_per_row = 128, row_in = registers, resident_blocks = 5>}
func.func @bf16_gamma_f32(%x: memref<?x4096xbf16>, %g: memref<4096xf32>, %y: memref<?x4096xbf16>) {
  norm.rms_norm ins(%x : memref<?x4096xbf16>) gamma(%g : memref<4096xf32>) outs(%y : memref<?x4096xbf16>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @few_rows(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 2, threads_per_row = 8, rows_per_block = 4, row_in = registers, resident_blocks = 30>}
func.func @few_rows(%x: memref<4x64xf32>, %g: memref<64xf32>, %y: memref<4x64xf32>) {
  norm.rms_norm ins(%x : memref<4x64xf32>) gamma(%g : memref<64xf32>) outs(%y : memref<4x64xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @dynamic(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 4, threads_per_row = 256>}
func.func @dynamic(%x: memref<?x?xf32>, %g: memref<?xf32>, %y: memref<?x?xf32>) {
  norm.rms_norm ins(%x : memref<?x?xf32>) gamma(%g : memref<?xf32>) outs(%y : memref<?x?xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @channels(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 2, vectors = 24, threads_per_row = 4, rows_per_block = 32, row_in = registers, resident_blocks = 6>}
func.func @channels(%x: memref<8x96x3136xf32>, %y: memref<8x96x3136xf32>) {
  norm.layer_norm ins(%x : memref<8x96x3136xf32>) outs(%y : memref<8x96x3136xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @channels_bf16(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 2, vector_size = 2, vectors = 4, threads_per_row = 16, rows_per_block = 32>}
func.func @channels_bf16(%x: memref<8x768x196xbf16>, %y: memref<8x768x196xbf16>) {
  norm.layer_norm ins(%x : memref<8x768x196xbf16>) outs(%y : memref<8x768x196xbf16>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @many_channels(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 2, vectors = 4, threads_per_row = 16, rows_per_block = 32>}
func.func @many_channels(%x: memref<8x8192x196xf32>, %y: memref<8x8192x196xf32>) {
  norm.layer_norm ins(%x : memref<8x8192x196xf32>) outs(%y : memref<8x8192x196xf32>) axes = [1] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @no_axes(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, threads_per_row = 1, rows_per_block = 128, row_in = registers, resident_blocks = 8>}
func.func @no_axes(%x: memref<8x96xf32>, %y: memref<8x96xf32>) {
  norm.layer_norm ins(%x : memref<8x96xf32>) outs(%y : memref<8x96xf32>) axes = [] epsilon = 1.0e-5
  return
}

// CHECK-LABEL: @inner_stride(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vectors = 6, threads_per_row = 16, rows_per_block = 8, row_in = registers, resident_blocks = 7>}
func.func @inner_stride(%x: memref<8x96xf32, strided<[200, 2]>>, %y: memref<8x96xf32, strided<[200, 2]>>) {
  norm.layer_norm ins(%x : memref<8x96xf32, strided<[200, 2]>>) outs(%y : memref<8x96xf32, strided<[200, 2]>>) axes = [1] epsilon = 1.0e-5
  return
}

// What is kept of an addition is the sum alone.

// CHECK-LABEL: @sum_f32(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 8, threads_per_row = 256, row_in = registers>}
func.func @sum_f32(%x: memref<?x8192xf32>, %r: memref<?x8192xf32>, %y: memref<?x8192xf32>, %h: memref<?x8192xf32>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>,
                                 affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x, %r : memref<?x8192xf32>, memref<?x8192xf32>) outs(%y, %h : memref<?x8192xf32>, memref<?x8192xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    %m = norm.reduce <add> %s : f32
    %d = arith.subf %s, %m : f32
    norm.yield %d, %s : f32, f32
  }
  return
}

// Pieces have 16 bytes of the widest of what rows consist of; bytes are stored four at a time.

// CHECK-LABEL: @to_i8(
// CHECK: schedule = #norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 4, threads_per_row = 64, rows_per_block = 2, row_in = registers, resident_blocks = 6>}
func.func @to_i8(%x: memref<?x1024xf32>, %q: memref<?x1024xi8>) {
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : memref<?x1024xf32>) outs(%q : memref<?x1024xi8>) {
  ^bb0(%a: f32):
    %m = norm.reduce <add> %a : f32
    %d = arith.subf %a, %m : f32
    %i = arith.fptosi %d : f32 to i8
    norm.yield %i : i8
  }
  return
}
