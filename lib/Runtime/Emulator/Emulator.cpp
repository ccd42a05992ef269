// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Runtime/Emulator.h"
#include "Cluster.h"
#include <algorithm>
#include <numeric>

using namespace mlir::norm::emulator;

/// What a block may have of threads and workgroup memory on any GPU without
/// asking for more, of the latter on some GPU when asked for, and a cluster of
/// blocks.
static constexpr int64_t mostThreads = 1024, mostWorkgroupBytes = 48 << 10,
                         mostBytesOnRequest = 227 << 10, mostBlocks = 8;

namespace {
struct Emulator {
  uint64_t seed = 0;
  std::string error;
  uint64_t numBlocks = 0;
  Cluster cluster;

  void fail(const std::string &text) {
    if (error.empty())
      error = text;
  }
  std::string check(const Launch &launch, int64_t fixedBytes) const;
  void launch(const Launch &launch, int64_t fixedBytes);
};
} // namespace

static Emulator &getEmulator() {
  static Emulator emulator;
  return emulator;
}

/// Why no GPU runs that, or nothing. `fixedBytes` of the workgroup memory are
/// not asked for at the launch.
std::string Emulator::check(const Launch &launch, int64_t fixedBytes) const {
  auto count = [](const Dim3 &size) { return size[0] * size[1] * size[2]; };
  auto exceeds = [](const char *whole, int64_t count, const char *parts,
                    int64_t most) {
    return std::string(whole) + " has " + std::to_string(count) + " " + parts +
           ", more than " + std::to_string(most);
  };
  const char *bytes = "bytes of workgroup memory";
  int64_t numThreads = count(launch.threads);
  if (count(launch.blocks) < 1 || numThreads < 1)
    return "a grid without threads is launched";
  if (numThreads > mostThreads)
    return exceeds("a block", numThreads, "threads", mostThreads);
  if (fixedBytes > mostWorkgroupBytes)
    return exceeds("a block", fixedBytes, bytes, mostWorkgroupBytes);
  if (launch.workgroupBytes > mostBytesOnRequest)
    return exceeds("a block", launch.workgroupBytes, bytes, mostBytesOnRequest);
  if (launch.clusterSize > mostBlocks)
    return exceeds("a cluster", launch.clusterSize, "blocks", mostBlocks);
  if (launch.blocks[0] % launch.clusterSize != 0)
    return std::to_string(launch.blocks[0]) +
           " blocks are no whole number of clusters of " +
           std::to_string(launch.clusterSize);
  return {};
}

void Emulator::launch(const Launch &launch, int64_t fixedBytes) {
  std::string refused = check(launch, fixedBytes);
  if (!refused.empty())
    return fail(launch.name + ": " + refused);
  std::mt19937_64 random(seed);
  Dim3 clusters = {launch.blocks[0] / launch.clusterSize, launch.blocks[1],
                   launch.blocks[2]};
  std::vector<int64_t> order(clusters[0] * clusters[1] * clusters[2]);
  std::iota(order.begin(), order.end(), 0);
  if (seed)
    std::shuffle(order.begin(), order.end(), random);
  for (int64_t number : order) {
    Dim3 first = {number % clusters[0] * launch.clusterSize,
                  number / clusters[0] % clusters[1],
                  number / (clusters[0] * clusters[1])};
    std::string problem = cluster.run(launch, first, seed ? &random : nullptr);
    numBlocks += launch.clusterSize;
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
  return getEmulator().cluster.getNumBarriers();
}

void norm_emulated_launch(const char *name, void (*kernel)(void *),
                          void *arguments, const int64_t *blocks,
                          const int64_t *threads, int64_t fixed_bytes,
                          int64_t requested_bytes, int64_t cluster_size) {
  if (blocks[0] == 0 || blocks[1] == 0 || blocks[2] == 0)
    return;
  getEmulator().launch({name,
                        kernel,
                        arguments,
                        {blocks[0], blocks[1], blocks[2]},
                        {threads[0], threads[1], threads[2]},
                        fixed_bytes + requested_bytes,
                        cluster_size},
                       fixed_bytes);
}

int64_t norm_emulated_thread_id(int32_t dim) {
  return getEmulator().cluster.getThreadId()[dim];
}

int64_t norm_emulated_block_id(int32_t dim) {
  return getEmulator().cluster.getBlockId()[dim];
}

int64_t norm_emulated_block_dim(int32_t dim) {
  return getEmulator().cluster.getLaunch().threads[dim];
}

int64_t norm_emulated_grid_dim(int32_t dim) {
  return getEmulator().cluster.getLaunch().blocks[dim];
}

void *norm_emulated_workgroup_memory(void) {
  return getEmulator().cluster.getWorkgroupMemory();
}

void norm_emulated_barrier(void) { getEmulator().cluster.waitForBlock(); }

int32_t norm_emulated_shuffle_xor(int32_t value, int32_t distance) {
  return getEmulator().cluster.exchange(value, distance);
}

void *norm_emulated_map_workgroup_memory(void *address, int32_t rank) {
  return getEmulator().cluster.mapWorkgroupMemory(address, rank);
}

void norm_emulated_cluster_arrive(void) {
  getEmulator().cluster.arriveAtCluster();
}

void norm_emulated_cluster_wait(void) {
  getEmulator().cluster.waitForCluster();
}
