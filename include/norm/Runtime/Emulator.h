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
// could run, memory of a block of the cluster that is none or has ended. The
// text is the emulator's.
const char *norm_emulator_get_error(void);
void norm_emulator_clear_error(void);

// How many blocks, and how many barriers of whole blocks, there have been.
uint64_t norm_emulator_count_blocks(void);
uint64_t norm_emulator_count_barriers(void);

// Runs `kernel` with `arguments` once per thread of a grid, x the fastest. A
// block's workgroup memory, of which the launch asks for `requested_bytes` and
// the kernel has the others, starts with bytes of 0xFF, so that reading what
// was not written shows. `cluster_size` neighbours along x run together. A grid
// without blocks is no launch.
void norm_emulated_launch(const char *name, void (*kernel)(void *),
                          void *arguments, const int64_t *blocks,
                          const int64_t *threads, int64_t fixed_bytes,
                          int64_t requested_bytes, int64_t cluster_size);

// For the running thread; dims are 0 for x, 1 for y, 2 for z.
int64_t norm_emulated_thread_id(int32_t dim);
int64_t norm_emulated_block_id(int32_t dim);
int64_t norm_emulated_block_dim(int32_t dim);
int64_t norm_emulated_grid_dim(int32_t dim);
void *norm_emulated_workgroup_memory(void);
void norm_emulated_barrier(void);
// Where the block `rank` of the cluster has what is at an address of this
// block's workgroup memory.
void *norm_emulated_map_workgroup_memory(void *address, int32_t rank);
// The two halves of a barrier of all threads of a cluster.
void norm_emulated_cluster_arrive(void);
void norm_emulated_cluster_wait(void);
// The value of the thread of the warp whose lane is this one's xor `distance`.
// All threads of the warp must take part.
int32_t norm_emulated_shuffle_xor(int32_t value, int32_t distance);

#ifdef __cplusplus
}
#endif

#endif // NORM_RUNTIME_EMULATOR_H
