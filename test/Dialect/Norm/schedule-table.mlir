// What norm-schedule chooses, for row programs of all kinds and three machines.
// RUN: norm-opt %s --norm-schedule="vector-bits=512 l1-bytes=49152 l2-bytes=2097152" | FileCheck %s --check-prefix=AVX512
// RUN: norm-opt %s --norm-schedule="vector-bits=256 l1-bytes=32768 l2-bytes=524288 num-threads=4" | FileCheck %s --check-prefix=AVX2
// RUN: norm-opt %s --norm-schedule="vector-bits=128 l1-bytes=65536 l2-bytes=1048576" | FileCheck %s --check-prefix=NEON

// Row lengths, f32: short rows share an iteration.

// AVX512-LABEL: @n1(
// AVX512: schedule = <lane_dim = 1>}
// AVX2-LABEL: @n1(
// AVX2: schedule = <lane_dim = 1>}
// NEON-LABEL: @n1(
// NEON: schedule = <lane_dim = 1>}
func.func @n1(%x: memref<?x1xf32>, %y: memref<?x1xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x1xf32>) outs(%y : memref<?x1xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @n3(
// AVX512: schedule = <lane_dim = 1, vector_size = 4, rows = 16, nontemporal_above = 16777216, prefetch_bytes = 16384, cached_prefetch_bytes = 8192>}
// AVX2-LABEL: @n3(
// AVX2: schedule = <lane_dim = 1, vector_size = 4, rows = 16, nontemporal_above = 16777216, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>}
// NEON-LABEL: @n3(
// NEON: schedule = <lane_dim = 1, vector_size = 4, rows = 16, nontemporal_above = 8388608, prefetch_bytes = 21845, cached_prefetch_bytes = 10922>}
func.func @n3(%x: memref<?x3xf32>, %y: memref<?x3xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x3xf32>) outs(%y : memref<?x3xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @n16(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, rows = 16, nontemporal_above = 16777216, prefetch_bytes = 16384, cached_prefetch_bytes = 8192>}
// AVX2-LABEL: @n16(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, rows = 16, nontemporal_above = 16777216, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>}
// NEON-LABEL: @n16(
// NEON: schedule = <lane_dim = 1, vector_size = 4, rows = 16, nontemporal_above = 8388608, prefetch_bytes = 21845, cached_prefetch_bytes = 10922>}
func.func @n16(%x: memref<?x16xf32>, %y: memref<?x16xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x16xf32>) outs(%y : memref<?x16xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @n24(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, rows = 16, nontemporal_above = 16777216, prefetch_bytes = 16384, cached_prefetch_bytes = 8192>}
// AVX2-LABEL: @n24(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, rows = 16, nontemporal_above = 16777216, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>}
// NEON-LABEL: @n24(
// NEON: schedule = <lane_dim = 1, vector_size = 4, rows = 16, nontemporal_above = 8388608, prefetch_bytes = 21845, cached_prefetch_bytes = 10922>}
func.func @n24(%x: memref<?x24xf32>, %y: memref<?x24xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x24xf32>) outs(%y : memref<?x24xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @n64(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, rows = 8, nontemporal_above = 16777216, prefetch_bytes = 16384, cached_prefetch_bytes = 8192>}
// AVX2-LABEL: @n64(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, rows = 8, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>}
// NEON-LABEL: @n64(
// NEON: schedule = <lane_dim = 1, vector_size = 4, rows = 8, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845, cached_prefetch_bytes = 10922>}
func.func @n64(%x: memref<?x64xf32>, %y: memref<?x64xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x64xf32>) outs(%y : memref<?x64xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @n128(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, rows = 8, nontemporal_above = 16777216, peel = true, prefetch_bytes = 16384, cached_prefetch_bytes = 8192>}
// AVX2-LABEL: @n128(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, rows = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>}
// NEON-LABEL: @n128(
// NEON: schedule = <lane_dim = 1, vector_size = 4, rows = 4, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845, cached_prefetch_bytes = 10922>}
func.func @n128(%x: memref<?x128xf32>, %y: memref<?x128xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x128xf32>) outs(%y : memref<?x128xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @n256(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, unroll = 2, rows = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 16384, cached_prefetch_bytes = 8192>}
// AVX2-LABEL: @n256(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>}
// NEON-LABEL: @n256(
// NEON: schedule = <lane_dim = 1, vector_size = 4, unroll = 4, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845, cached_prefetch_bytes = 10922>}
func.func @n256(%x: memref<?x256xf32>, %y: memref<?x256xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x256xf32>) outs(%y : memref<?x256xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @n1000(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, unroll = 4, rows = 2, nontemporal_above = 16777216, peel = true, prefetch_bytes = 16384, cached_prefetch_bytes = 8192>}
// AVX2-LABEL: @n1000(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>}
// NEON-LABEL: @n1000(
// NEON: schedule = <lane_dim = 1, vector_size = 4, unroll = 4, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845, cached_prefetch_bytes = 10922>}
func.func @n1000(%x: memref<?x1000xf32>, %y: memref<?x1000xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x1000xf32>) outs(%y : memref<?x1000xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @n4096(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 16384, prefetch_phase = 1>}
// AVX2-LABEL: @n4096(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922, prefetch_phase = 1>}
// NEON-LABEL: @n4096(
// NEON: schedule = <lane_dim = 1, vector_size = 4, unroll = 4, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845, prefetch_phase = 1, cached_prefetch_bytes = 10922>}
func.func @n4096(%x: memref<?x4096xf32>, %y: memref<?x4096xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x4096xf32>) outs(%y : memref<?x4096xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @n65536(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 16384>}
// AVX2-LABEL: @n65536(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922>}
// NEON-LABEL: @n65536(
// NEON: schedule = <lane_dim = 1, vector_size = 4, unroll = 4, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845>}
func.func @n65536(%x: memref<?x65536xf32>, %y: memref<?x65536xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x65536xf32>) outs(%y : memref<?x65536xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @dynamic(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 16384>}
// AVX2-LABEL: @dynamic(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922>}
// NEON-LABEL: @dynamic(
// NEON: schedule = <lane_dim = 1, vector_size = 4, unroll = 4, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845>}
func.func @dynamic(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// 16-bit inputs are computed in f32; f64 has half the lanes.

// AVX512-LABEL: @bf16_n64(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, rows = 16, nontemporal_above = 16777216, prefetch_bytes = 16384, cached_prefetch_bytes = 8192>}
// AVX2-LABEL: @bf16_n64(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, rows = 8, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>}
// NEON-LABEL: @bf16_n64(
// NEON: schedule = <lane_dim = 1, vector_size = 4, rows = 8, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845, cached_prefetch_bytes = 10922>}
func.func @bf16_n64(%x: memref<?x64xbf16>, %y: memref<?x64xbf16>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x64xbf16>) outs(%y : memref<?x64xbf16>) {
  ^bb0(%e: bf16):
    %f = arith.extf %e : bf16 to f32
    %d, %mean, %var = norm.moments %f : f32
    %o = arith.truncf %d : f32 to bf16
    norm.yield %o : bf16
  }
  return
}

// AVX512-LABEL: @f16_n256(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, unroll = 2, rows = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 16384, cached_prefetch_bytes = 8192>}
// AVX2-LABEL: @f16_n256(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>}
// NEON-LABEL: @f16_n256(
// NEON: schedule = <lane_dim = 1, vector_size = 4, unroll = 4, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845, cached_prefetch_bytes = 10922>}
func.func @f16_n256(%x: memref<?x256xf16>, %y: memref<?x256xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x256xf16>) outs(%y : memref<?x256xf32>) {
  ^bb0(%e: f16):
    %f = arith.extf %e : f16 to f32
    %d, %mean, %var = norm.moments %f : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @f64_n64(
// AVX512: schedule = <lane_dim = 1, vector_size = 8, rows = 8, nontemporal_above = 16777216, peel = true, prefetch_bytes = 16384, cached_prefetch_bytes = 8192>}
// AVX2-LABEL: @f64_n64(
// AVX2: schedule = <lane_dim = 1, vector_size = 4, rows = 8, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>}
// NEON-LABEL: @f64_n64(
// NEON: schedule = <lane_dim = 1, vector_size = 2, rows = 8, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845, cached_prefetch_bytes = 10922>}
func.func @f64_n64(%x: memref<?x64xf64>, %y: memref<?x64xf64>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x64xf64>) outs(%y : memref<?x64xf64>) {
  ^bb0(%e: f64):
    %d, %mean, %var = norm.moments %e : f64
    norm.yield %d : f64
  }
  return
}

// AVX512-LABEL: @f64_n4096(
// AVX512: schedule = <lane_dim = 1, vector_size = 8, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 16384>}
// AVX2-LABEL: @f64_n4096(
// AVX2: schedule = <lane_dim = 1, vector_size = 4, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922>}
// NEON-LABEL: @f64_n4096(
// NEON: schedule = <lane_dim = 1, vector_size = 2, unroll = 4, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845, prefetch_phase = 1>}
func.func @f64_n4096(%x: memref<?x4096xf64>, %y: memref<?x4096xf64>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<?x4096xf64>) outs(%y : memref<?x4096xf64>) {
  ^bb0(%e: f64):
    %d, %mean, %var = norm.moments %e : f64
    norm.yield %d : f64
  }
  return
}

// Static sizes decide at once whether caches are bypassed.

// AVX512-LABEL: @small(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, unroll = 4, rows = 2, prefetch_bytes = 8192, prefetch_phase = 1>}
// AVX2-LABEL: @small(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, unroll = 4, prefetch_bytes = 5461, prefetch_phase = 1>}
// NEON-LABEL: @small(
// NEON: schedule = <lane_dim = 1, vector_size = 4, unroll = 4, prefetch_bytes = 10922, prefetch_phase = 1>}
func.func @small(%x: memref<8x768xf32>, %y: memref<8x768xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<8x768xf32>) outs(%y : memref<8x768xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @large(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, unroll = 4, rows = 2, nontemporal_above = 16777216, peel = true, prefetch_bytes = 16384, cached_prefetch_bytes = 8192>}
// AVX2-LABEL: @large(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, unroll = 4, nontemporal_above = 16777216, peel = true, prefetch_bytes = 10922, cached_prefetch_bytes = 5461>}
// NEON-LABEL: @large(
// NEON: schedule = <lane_dim = 1, vector_size = 4, unroll = 4, nontemporal_above = 8388608, peel = true, prefetch_bytes = 21845, cached_prefetch_bytes = 10922>}
func.func @large(%x: memref<65536x768xf32>, %y: memref<65536x768xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [1]}
      ins(%x : memref<65536x768xf32>) outs(%y : memref<65536x768xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// Rows in lanes: as many vectors of them as keep their elements in the first cache.

// AVX512-LABEL: @nchw_96x3136(
// AVX512: schedule = <lane_dim = 2, vector_size = 16, rows = 8, nontemporal_above = 16777216, prefetch_bytes = 16384>}
// AVX2-LABEL: @nchw_96x3136(
// AVX2: schedule = <lane_dim = 2, vector_size = 8, rows = 8, nontemporal_above = 16777216, prefetch_bytes = 10922>}
// NEON-LABEL: @nchw_96x3136(
// NEON: schedule = <lane_dim = 2, vector_size = 4, rows = 8, nontemporal_above = 8388608, prefetch_bytes = 21845>}
func.func @nchw_96x3136(%x: memref<8x96x3136xf32>, %y: memref<8x96x3136xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], normalized_dims = [1]}
      ins(%x : memref<8x96x3136xf32>) outs(%y : memref<8x96x3136xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @nchw_16x3136(
// AVX512: schedule = <lane_dim = 2, vector_size = 16, rows = 8>}
// AVX2-LABEL: @nchw_16x3136(
// AVX2: schedule = <lane_dim = 2, vector_size = 8, rows = 8>}
// NEON-LABEL: @nchw_16x3136(
// NEON: schedule = <lane_dim = 2, vector_size = 4, rows = 8>}
func.func @nchw_16x3136(%x: memref<8x16x3136xf32>, %y: memref<8x16x3136xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], normalized_dims = [1]}
      ins(%x : memref<8x16x3136xf32>) outs(%y : memref<8x16x3136xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @nchw_256x196(
// AVX512: schedule = <lane_dim = 2, vector_size = 16, rows = 16>}
// AVX2-LABEL: @nchw_256x196(
// AVX2: schedule = <lane_dim = 2, vector_size = 8, rows = 4>}
// NEON-LABEL: @nchw_256x196(
// NEON: schedule = <lane_dim = 2, vector_size = 4, rows = 4, nontemporal_above = 8388608, prefetch_bytes = 21845>}
func.func @nchw_256x196(%x: memref<32x256x196xf32>, %y: memref<32x256x196xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], normalized_dims = [1]}
      ins(%x : memref<32x256x196xf32>) outs(%y : memref<32x256x196xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @nchw_2048x49(
// AVX512: schedule = <lane_dim = 2, vector_size = 16, rows = 4>}
// AVX2-LABEL: @nchw_2048x49(
// AVX2: schedule = <lane_dim = 2, vector_size = 8, rows = 4>}
// NEON-LABEL: @nchw_2048x49(
// NEON: schedule = <lane_dim = 2, vector_size = 4, rows = 4>}
func.func @nchw_2048x49(%x: memref<1x2048x49xf32>, %y: memref<1x2048x49xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], normalized_dims = [1]}
      ins(%x : memref<1x2048x49xf32>) outs(%y : memref<1x2048x49xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @leading(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, rows = 4, nontemporal_above = 16777216, prefetch_bytes = 16384>}
// AVX2-LABEL: @leading(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, rows = 4, nontemporal_above = 16777216, prefetch_bytes = 10922>}
// NEON-LABEL: @leading(
// NEON: schedule = <lane_dim = 1, vector_size = 4, rows = 4, nontemporal_above = 8388608, prefetch_bytes = 21845>}
func.func @leading(%x: memref<?x64xf32>, %y: memref<?x64xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [0]}
      ins(%x : memref<?x64xf32>) outs(%y : memref<?x64xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}

// AVX512-LABEL: @leading_dynamic(
// AVX512: schedule = <lane_dim = 1, vector_size = 16, rows = 4, nontemporal_above = 16777216, prefetch_bytes = 16384>}
// AVX2-LABEL: @leading_dynamic(
// AVX2: schedule = <lane_dim = 1, vector_size = 8, rows = 4, nontemporal_above = 16777216, prefetch_bytes = 10922>}
// NEON-LABEL: @leading_dynamic(
// NEON: schedule = <lane_dim = 1, vector_size = 4, rows = 4, nontemporal_above = 8388608, prefetch_bytes = 21845>}
func.func @leading_dynamic(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  norm.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], normalized_dims = [0]}
      ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}


// Planes of 14 x 14 are not whole lines: vectors hold all rows of a plane, where there are masks and the second cache holds them.

// AVX512-LABEL: @small_planes(
// AVX512: schedule = <lane_dim = 2, vector_size = 16, rows = 16, nontemporal_above = 16777216, peel = true>
// AVX2-LABEL: @small_planes(
// AVX2: schedule = <lane_dim = 2, vector_size = 8, rows = 4, nontemporal_above = 16777216, prefetch_bytes = 10922>
// NEON-LABEL: @small_planes(
// NEON: schedule = <lane_dim = 2, vector_size = 4, rows = 4, nontemporal_above = 8388608, prefetch_bytes = 21845>
func.func @small_planes(%x: memref<?x256x196xf32>, %y: memref<?x256x196xf32>) {
  norm.generic {indexing_maps = [affine_map<(b, c, p) -> (b, c, p)>, affine_map<(b, c, p) -> (b, c, p)>], normalized_dims = [1]}
      ins(%x : memref<?x256x196xf32>) outs(%y : memref<?x256x196xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    norm.yield %d : f32
  }
  return
}
