// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls a compiled function many times and says how long that took. The loop is
// in C so that a call costs what it costs a C program.

#include <stdint.h>
#include <time.h>

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void call(void *function, void **a, int count) {
  typedef void *P;
  switch (count) {
  case 1:
    ((void (*)(P))function)(a[0]);
    break;
  case 2:
    ((void (*)(P, P))function)(a[0], a[1]);
    break;
  case 3:
    ((void (*)(P, P, P))function)(a[0], a[1], a[2]);
    break;
  case 4:
    ((void (*)(P, P, P, P))function)(a[0], a[1], a[2], a[3]);
    break;
  case 5:
    ((void (*)(P, P, P, P, P))function)(a[0], a[1], a[2], a[3], a[4]);
    break;
  case 6:
    ((void (*)(P, P, P, P, P, P))function)(a[0], a[1], a[2], a[3], a[4], a[5]);
    break;
  }
}

/// Calls `function` `calls` times, in turn with each of `sets` groups of
/// `count` (1 to 6) pointers, which lie one after another in `arguments`.
/// Returns nanoseconds.
uint64_t norm_bench_time(void *function, void **arguments, int count, int sets,
                         int64_t calls) {
  uint64_t start = now();
  int set = 0;
  for (int64_t i = 0; i < calls; ++i) {
    call(function, arguments + (int64_t)set * count, count);
    if (++set == sets)
      set = 0;
  }
  return now() - start;
}
