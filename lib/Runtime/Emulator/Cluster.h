// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_RUNTIME_EMULATOR_CLUSTER_H
#define NORM_LIB_RUNTIME_EMULATOR_CLUSTER_H

#include "Fiber.h"
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace mlir::norm::emulator {

inline constexpr int64_t warpSize = 32;

/// A point or size of a grid or block: x, y, z.
using Dim3 = std::array<int64_t, 3>;

/// What is run: the kernel, its arguments and its grid.
struct Launch {
  std::string name;
  void (*kernel)(void *);
  void *arguments;
  Dim3 blocks, threads;
  /// Of a block.
  int64_t workgroupBytes;
  /// Blocks of a cluster, neighbours along x.
  int64_t clusterSize = 1;
};

/// The blocks of a cluster, of which there may be one, whose threads are a
/// fiber each. Runs one cluster of a grid at a time.
class Cluster {
public:
  /// Runs the blocks from `first` on to their end. `random` decides which warp
  /// runs ahead; null for round robin. Returns what went wrong, or nothing.
  std::string run(const Launch &launch, const Dim3 &first,
                  std::mt19937_64 *random);

  // For the running thread.
  Dim3 getThreadId() const;
  Dim3 getBlockId() const;
  const Launch &getLaunch() const { return *launch; }
  void *getWorkgroupMemory() { return getBlock().memory.data(); }
  /// Where another block of the cluster has what is at an address of this one's
  /// workgroup memory.
  void *mapWorkgroupMemory(void *address, int64_t rank);
  void waitForBlock();
  void arriveAtCluster();
  void waitForCluster();
  int32_t exchange(int32_t value, int32_t distance);
  /// Runs the kernel; does not return.
  void runThread();

  uint64_t getNumBarriers() const { return numBarriers; }

private:
  enum class State { Ready, AtBarrier, AtCluster, AtShuffle, Done };
  struct Thread {
    Fiber fiber;
    State state = State::Done;
    /// Barriers of the cluster at which it has arrived.
    uint64_t numArrivals = 0;
  };
  /// What the threads of a warp exchange: a value each, by turns in one of two
  /// places, as the fastest may be one exchange ahead of the slowest.
  struct Warp {
    int64_t first, size;
    std::array<std::array<int32_t, warpSize>, 2> values;
    std::array<uint64_t, warpSize> numExchanges;
    int64_t numArrived;
  };
  struct Block {
    std::vector<uint8_t> memory;
    bool hasStarted = false;
    int64_t numAtBarrier = 0, numDone = 0;
  };

  Block &getBlock() { return blocks[current / numThreads]; }
  void fail(const std::string &what);
  void prepare();
  void resume(int64_t thread);
  void wait(State state);
  void release(State state, int64_t first, int64_t count);
  bool runEach();
  bool runWarpAhead(std::mt19937_64 &random);
  std::string describeStuck() const;

  const Launch *launch = nullptr;
  Dim3 firstId = {};
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  std::vector<Block> blocks;
  /// Threads of a block, and of all of them.
  int64_t numThreads = 0, numAll = 0;
  int64_t current = 0, numDone = 0, numAtCluster = 0;
  uint64_t numBarriers = 0, numClusterBarriers = 0;
  std::string problem;
};

} // namespace mlir::norm::emulator

#endif // NORM_LIB_RUNTIME_EMULATOR_CLUSTER_H
