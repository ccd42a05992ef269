// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_RUNTIME_EMULATOR_BLOCK_H
#define NORM_LIB_RUNTIME_EMULATOR_BLOCK_H

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
  int64_t workgroupBytes;
};

/// A block of threads, each a fiber, that runs one block of a grid at a time.
class Block {
public:
  /// Runs a block to its end. `random` decides which warp runs ahead; null
  /// for round robin. Returns what went wrong, or nothing.
  std::string run(const Launch &launch, const Dim3 &block,
                  std::mt19937_64 *random);

  // For the running thread.
  Dim3 getThreadId() const;
  const Dim3 &getBlockId() const { return id; }
  const Launch &getLaunch() const { return *launch; }
  void *getWorkgroupMemory() { return memory.data(); }
  void waitForBlock();
  int32_t exchange(int32_t value, int32_t distance);
  /// Runs the kernel; does not return.
  void runThread();

  uint64_t getNumBarriers() const { return numBarriers; }

private:
  enum class State { Ready, AtBarrier, AtShuffle, Done };
  struct Thread {
    Fiber fiber;
    State state = State::Done;
  };
  /// What the threads of a warp exchange: a value each, by turns in one of two
  /// places, as the fastest may be one exchange ahead of the slowest.
  struct Warp {
    std::array<std::array<int32_t, warpSize>, 2> values;
    std::array<uint64_t, warpSize> numExchanges;
    int64_t numArrived;
  };

  void prepare();
  void resume(int64_t thread);
  void wait(State state);
  void release(State state, int64_t first, int64_t count);
  bool runEach();
  bool runWarpAhead(std::mt19937_64 &random);
  std::string describeStuck() const;

  const Launch *launch = nullptr;
  Dim3 id = {};
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  std::vector<uint8_t> memory;
  int64_t numThreads = 0, current = 0, numDone = 0, numAtBarrier = 0;
  uint64_t numBarriers = 0;
};

} // namespace mlir::norm::emulator

#endif // NORM_LIB_RUNTIME_EMULATOR_BLOCK_H
