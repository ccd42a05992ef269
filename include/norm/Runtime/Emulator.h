// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs GPU kernels on the CPU: one fiber per GPU thread, one block after the
// other. What norm-emulate-gpu makes of a kernel calls the functions whose
// names begin with norm_emulated; the others are for whoever loads such code.
// One thread of the process at a time may use this.

#ifndef NORM_RUNTIME_EMULATOR_H
#define NORM_RUNTIME_EMULATOR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// How threads take turns, for all later launches. 0: round robin, each thread
// until it waits. Otherwise a seed: warps chosen at random run ahead as far as
// they can, blocks come in random order, so that a missing barrier shows.
void norm_emulator_set_schedule(uint64_t seed);

// What went wrong first since the last call of norm_emulator_clear_error, or
// null: a barrier or a shuffle that not all threads reach, a block that no GPU
// could run. The text is the emulator's.
const char *norm_emulator_get_error(void);
void norm_emulator_clear_error(void);

// How many blocks, and how many barriers of whole blocks, there have been.
uint64_t norm_emulator_count_blocks(void);
uint64_t norm_emulator_count_barriers(void);

// Runs `kernel` with `arguments` once per thread of a grid, x the fastest. The
// block's workgroup memory starts with bytes of 0xFF, so that reading what was
// not written shows.
void norm_emulated_launch(const char *name, void (*kernel)(void *),
                          void *arguments, const int64_t *blocks,
                          const int64_t *threads, int64_t workgroup_bytes);

// For the running thread; dims are 0 for x, 1 for y, 2 for z.
int64_t norm_emulated_thread_id(int32_t dim);
int64_t norm_emulated_block_id(int32_t dim);
int64_t norm_emulated_block_dim(int32_t dim);
int64_t norm_emulated_grid_dim(int32_t dim);
void *norm_emulated_workgroup_memory(void);
void norm_emulated_barrier(void);
// The value of the thread of the warp whose lane is this one's xor `distance`.
// All threads of the warp must take part.
int32_t norm_emulated_shuffle_xor(int32_t value, int32_t distance);

#ifdef __cplusplus
}
#endif

#endif // NORM_RUNTIME_EMULATOR_H
