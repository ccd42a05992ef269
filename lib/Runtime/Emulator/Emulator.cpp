// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Runtime/Emulator.h"
#include "Block.h"
#include <algorithm>
#include <numeric>

using namespace mlir::norm::emulator;

/// What a block may have of threads and workgroup memory on any GPU without
/// asking for more.
static constexpr int64_t mostThreads = 1024, mostWorkgroupBytes = 48 << 10;

namespace {
struct Emulator {
  uint64_t seed = 0;
  std::string error;
  uint64_t numBlocks = 0;
  Block block;

  void fail(const std::string &text) {
    if (error.empty())
      error = text;
  }
  void launch(const Launch &launch);
};
} // namespace

static Emulator &getEmulator() {
  static Emulator emulator;
  return emulator;
}

void Emulator::launch(const Launch &launch) {
  auto count = [](const Dim3 &size) { return size[0] * size[1] * size[2]; };
  int64_t numThreads = count(launch.threads), all = count(launch.blocks);
  if (all < 1 || numThreads < 1)
    return fail(launch.name + ": a grid without threads is launched");
  if (numThreads > mostThreads)
    return fail(launch.name + ": a block has " + std::to_string(numThreads) +
                " threads, more than " + std::to_string(mostThreads));
  if (launch.workgroupBytes > mostWorkgroupBytes)
    return fail(launch.name + ": a block has " +
                std::to_string(launch.workgroupBytes) +
                " bytes of workgroup memory, more than " +
                std::to_string(mostWorkgroupBytes));
  std::mt19937_64 random(seed);
  std::vector<int64_t> order(all);
  std::iota(order.begin(), order.end(), 0);
  if (seed)
    std::shuffle(order.begin(), order.end(), random);
  for (int64_t number : order) {
    Dim3 id = {number % launch.blocks[0],
               number / launch.blocks[0] % launch.blocks[1],
               number / (launch.blocks[0] * launch.blocks[1])};
    std::string problem = block.run(launch, id, seed ? &random : nullptr);
    ++numBlocks;
    if (!problem.empty())
      return fail(problem);
  }
}

void norm_emulator_set_schedule(uint64_t seed) { getEmulator().seed = seed; }

const char *norm_emulator_get_error(void) {
  const std::string &error = getEmulator().error;
  return error.empty() ? nullptr : error.c_str();
}

void norm_emulator_clear_error(void) { getEmulator().error.clear(); }

uint64_t norm_emulator_count_blocks(void) { return getEmulator().numBlocks; }

uint64_t norm_emulator_count_barriers(void) {
  return getEmulator().block.getNumBarriers();
}

void norm_emulated_launch(const char *name, void (*kernel)(void *),
                          void *arguments, const int64_t *blocks,
                          const int64_t *threads, int64_t workgroup_bytes) {
  getEmulator().launch({name,
                        kernel,
                        arguments,
                        {blocks[0], blocks[1], blocks[2]},
                        {threads[0], threads[1], threads[2]},
                        workgroup_bytes});
}

int64_t norm_emulated_thread_id(int32_t dim) {
  return getEmulator().block.getThreadId()[dim];
}

int64_t norm_emulated_block_id(int32_t dim) {
  return getEmulator().block.getBlockId()[dim];
}

int64_t norm_emulated_block_dim(int32_t dim) {
  return getEmulator().block.getLaunch().threads[dim];
}

int64_t norm_emulated_grid_dim(int32_t dim) {
  return getEmulator().block.getLaunch().blocks[dim];
}

void *norm_emulated_workgroup_memory(void) {
  return getEmulator().block.getWorkgroupMemory();
}

void norm_emulated_barrier(void) { getEmulator().block.waitForBlock(); }

int32_t norm_emulated_shuffle_xor(int32_t value, int32_t distance) {
  return getEmulator().block.exchange(value, distance);
}
