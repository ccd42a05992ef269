// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Cluster.h"
#include <algorithm>

using namespace mlir::norm::emulator;

/// The cluster whose thread is entered.
static thread_local Cluster *entered = nullptr;

static void enterThread() { entered->runThread(); }

//===----------------------------------------------------------------------===//
// On a thread's stack
//===----------------------------------------------------------------------===//

Dim3 Cluster::getThreadId() const {
  const Dim3 &size = launch->threads;
  int64_t thread = current % numThreads;
  return {thread % size[0], thread / size[0] % size[1],
          thread / (size[0] * size[1])};
}

Dim3 Cluster::getBlockId() const {
  return {firstId[0] + current / numThreads, firstId[1], firstId[2]};
}

void *Cluster::mapWorkgroupMemory(void *address, int64_t rank) {
  auto *bytes = static_cast<uint8_t *>(address);
  Block &own = getBlock();
  if (rank < 0 || rank >= int64_t(blocks.size()) || bytes < own.memory.data() ||
      bytes >= own.memory.data() + own.memory.size()) {
    fail("memory that no block of the cluster has is asked for");
    return address;
  }
  if (&blocks[rank] != &own && blocks[rank].numDone > 0)
    fail("the memory of a block whose threads end is asked for");
  return blocks[rank].memory.data() + (bytes - own.memory.data());
}

void Cluster::runThread() {
  launch->kernel(launch->arguments);
  ++getBlock().numDone;
  wait(State::Done);
}

void Cluster::wait(State state) {
  Thread &thread = threads[current];
  thread.state = state;
  thread.fiber.leave();
}

void Cluster::waitForBlock() {
  Block &block = getBlock();
  if (++block.numAtBarrier < numThreads)
    return wait(State::AtBarrier);
  // The last to arrive lets all others go on.
  block.numAtBarrier = 0;
  ++numBarriers;
  release(State::AtBarrier, current / numThreads * numThreads, numThreads);
}

void Cluster::arriveAtCluster() {
  if (++threads[current].numArrivals > numClusterBarriers + 1)
    fail("a thread arrives at a cluster barrier without a wait for the last");
  if (++numAtCluster < numAll)
    return;
  numAtCluster = 0;
  ++numClusterBarriers;
  release(State::AtCluster, 0, numAll);
}

void Cluster::waitForCluster() {
  if (threads[current].numArrivals > numClusterBarriers)
    wait(State::AtCluster);
}

int32_t Cluster::exchange(int32_t value, int32_t distance) {
  int64_t block = current / numThreads;
  int64_t perBlock = int64_t(warps.size() / blocks.size());
  Warp &warp = warps[block * perBlock + current % numThreads / warpSize];
  int64_t lane = current - warp.first;
  std::array<int32_t, warpSize> &values =
      warp.values[warp.numExchanges[lane]++ % 2];
  values[lane] = value;
  if (++warp.numArrived < warp.size) {
    wait(State::AtShuffle);
  } else {
    warp.numArrived = 0;
    release(State::AtShuffle, warp.first, warp.size);
  }
  return values[(lane ^ distance) % warpSize];
}

//===----------------------------------------------------------------------===//
// On the launching stack
//===----------------------------------------------------------------------===//

void Cluster::fail(const std::string &what) {
  if (problem.empty())
    problem = launch->name + ": block " +
              std::to_string(firstId[0] + current / numThreads) + ": " + what;
}

void Cluster::release(State state, int64_t first, int64_t count) {
  for (int64_t i = first; i < first + count; ++i)
    if (threads[i].state == state)
      threads[i].state = State::Ready;
}

void Cluster::prepare() {
  const Dim3 &size = launch->threads;
  numThreads = size[0] * size[1] * size[2];
  numAll = numThreads * launch->clusterSize;
  if (int64_t(threads.size()) < numAll)
    threads = std::vector<Thread>(numAll);
  blocks.assign(launch->clusterSize, Block{});
  warps.clear();
  for (int64_t block = 0; block < launch->clusterSize; ++block) {
    blocks[block].memory.resize(launch->workgroupBytes);
    for (int64_t first = 0; first < numThreads; first += warpSize) {
      Warp &warp = warps.emplace_back(Warp{});
      warp.first = block * numThreads + first;
      warp.size = std::min(warpSize, numThreads - first);
    }
  }
  numDone = numAtCluster = 0;
  numClusterBarriers = 0;
  problem.clear();
  for (int64_t i = 0; i < numAll; ++i) {
    threads[i].fiber.start(enterThread);
    threads[i].state = State::Ready;
    threads[i].numArrivals = 0;
  }
}

void Cluster::resume(int64_t thread) {
  current = thread;
  entered = this;
  // A block's memory is its own once it runs: what was written there before is
  // lost.
  Block &block = getBlock();
  if (!block.hasStarted)
    std::fill(block.memory.begin(), block.memory.end(), 0xFF);
  block.hasStarted = true;
  threads[thread].fiber.resume();
  numDone += threads[thread].state == State::Done;
}

/// Lets each thread run until it waits; whether one could.
bool Cluster::runEach() {
  bool hasRun = false;
  for (int64_t i = 0; i < numAll; ++i)
    if (threads[i].state == State::Ready) {
      resume(i);
      hasRun = true;
    }
  return hasRun;
}

/// Lets the threads of one warp run for some turns; whether one could.
bool Cluster::runWarpAhead(std::mt19937_64 &random) {
  std::vector<const Warp *> ready;
  for (const Warp &warp : warps)
    for (int64_t i = warp.first; i < warp.first + warp.size; ++i)
      if (threads[i].state == State::Ready) {
        ready.push_back(&warp);
        break;
      }
  if (ready.empty())
    return false;
  const Warp &warp = *ready[random() % ready.size()];
  uint64_t turns = 1 + random() % 24;
  uint64_t shift = random();
  for (uint64_t turn = 0; turn < turns; ++turn)
    for (int64_t i = 0; i < warpSize; ++i) {
      int64_t lane = int64_t((i + shift) % warpSize);
      if (lane < warp.size && threads[warp.first + lane].state == State::Ready)
        resume(warp.first + lane);
    }
  return true;
}

std::string Cluster::describeStuck() const {
  auto count = [&](State state, int64_t first, int64_t size) {
    return std::count_if(
        threads.begin() + first, threads.begin() + first + size,
        [&](const Thread &thread) { return thread.state == state; });
  };
  auto describe = [&](int64_t block, int64_t waiting, int64_t all,
                      const char *what) {
    return launch->name + ": block " + std::to_string(firstId[0] + block) +
           ": " + std::to_string(waiting) + " of " + std::to_string(all) +
           " threads wait at a " + what + " that the others do not reach";
  };
  for (auto [state, what] : {std::pair(State::AtShuffle, "shuffle"),
                             std::pair(State::AtBarrier, "barrier")})
    for (int64_t block = 0; block < launch->clusterSize; ++block)
      if (int64_t waiting = count(state, block * numThreads, numThreads))
        return describe(block, waiting, numThreads, what);
  return describe(0, count(State::AtCluster, 0, numAll), numAll,
                  "cluster barrier");
}

std::string Cluster::run(const Launch &what, const Dim3 &first,
                         std::mt19937_64 *random) {
  launch = &what;
  firstId = first;
  prepare();
  while (numDone < numAll && problem.empty())
    if (!(random ? runWarpAhead(*random) : runEach()))
      return describeStuck();
  return problem;
}
