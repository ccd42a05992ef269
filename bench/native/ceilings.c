// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// What memory can do: copies and triads with normal and with non-temporal
// stores, one line at a time or in several streams per thread. The number of
// threads is OpenMP's. Sizes are in bytes, multiples of 64 x streams x threads
// (what is left over is done at the end by one thread); pointers are aligned to
// 64 bytes.

#include <omp.h>
#include <stdint.h>

typedef float Line __attribute__((vector_size(64)));

/// Streams per thread of the kernels whose names end in 8. Each takes
/// `linesPerTurn` lines before it is the next one's turn.
enum { streams = 8, linesPerTurn = 2 };

struct Arguments {
  Line *to;
  const Line *from;
  const Line *other; // triad only
  int64_t bytes;     // of `to`
};

// Non-temporal stores are weakly ordered on x86.
#if defined(__x86_64__)
#define FENCE() __builtin_ia32_sfence()
#else
#define FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

#define COPY(i) a->from[i]
#define TRIAD(i) (a->from[i] + 3.0f * a->other[i])
#define NORMAL(i, value) a->to[i] = (value)
#define STREAM(i, value) __builtin_nontemporal_store((value), a->to + (i))

// A part [begin, end) of the lines, in order.
#define IN_ORDER(STORE, VALUE)                                                 \
  for (int64_t i = begin; i < end; ++i)                                        \
    STORE(i, VALUE(i));

// A part [begin, end) of the lines, in eight streams.
#define IN_STREAMS(STORE, VALUE)                                               \
  int64_t length = (end - begin) / (streams * linesPerTurn) * linesPerTurn;    \
  for (int64_t offset = 0; offset < length; offset += linesPerTurn)            \
    _Pragma("clang loop unroll(full)") for (int s = 0; s < streams; ++s)       \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < linesPerTurn;   \
                                                ++j) {                         \
      int64_t i = begin + s * length + offset + j;                             \
      STORE(i, VALUE(i));                                                      \
    }                                                                          \
  for (int64_t i = begin + streams * length; i < end; ++i)                     \
    STORE(i, VALUE(i));

// One thread needs no parallel region.
#define CEILING(name, ORDER, STORE, VALUE)                                     \
  static void name##_part(const struct Arguments *a, int64_t begin,            \
                          int64_t end) {                                       \
    ORDER(STORE, VALUE)                                                        \
    FENCE();                                                                   \
  }                                                                            \
  void name(const struct Arguments *a) {                                       \
    int64_t lines = a->bytes / 64;                                             \
    if (omp_get_max_threads() == 1) {                                          \
      name##_part(a, 0, lines);                                                \
      return;                                                                  \
    }                                                                          \
    _Pragma("omp parallel") {                                                  \
      int64_t count = omp_get_num_threads(), self = omp_get_thread_num();      \
      name##_part(a, lines * self / count, lines * (self + 1) / count);        \
    }                                                                          \
  }

CEILING(copy, IN_ORDER, NORMAL, COPY)
CEILING(copy_nt, IN_ORDER, STREAM, COPY)
CEILING(copy_nt8, IN_STREAMS, STREAM, COPY)
CEILING(triad, IN_ORDER, NORMAL, TRIAD)
CEILING(triad_nt, IN_ORDER, STREAM, TRIAD)
CEILING(triad_nt8, IN_STREAMS, STREAM, TRIAD)
