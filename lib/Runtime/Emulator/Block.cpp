// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Block.h"
#include <algorithm>

using namespace mlir::norm::emulator;

/// The block whose thread is entered.
static thread_local Block *entered = nullptr;

static void enterThread() { entered->runThread(); }

//===----------------------------------------------------------------------===//
// On a thread's stack
//===----------------------------------------------------------------------===//

Dim3 Block::getThreadId() const {
  const Dim3 &size = launch->threads;
  return {current % size[0], current / size[0] % size[1],
          current / (size[0] * size[1])};
}

void Block::runThread() {
  launch->kernel(launch->arguments);
  wait(State::Done);
}

void Block::wait(State state) {
  Thread &thread = threads[current];
  thread.state = state;
  thread.fiber.leave();
}

void Block::waitForBlock() {
  if (++numAtBarrier < numThreads)
    return wait(State::AtBarrier);
  // The last to arrive lets all others go on.
  numAtBarrier = 0;
  ++numBarriers;
  release(State::AtBarrier, 0, numThreads);
}

int32_t Block::exchange(int32_t value, int32_t distance) {
  int64_t lane = current % warpSize, first = current - lane;
  Warp &warp = warps[current / warpSize];
  std::array<int32_t, warpSize> &values =
      warp.values[warp.numExchanges[lane]++ % 2];
  values[lane] = value;
  if (++warp.numArrived < std::min(warpSize, numThreads - first)) {
    wait(State::AtShuffle);
  } else {
    warp.numArrived = 0;
    release(State::AtShuffle, first, warpSize);
  }
  return values[(lane ^ distance) % warpSize];
}

//===----------------------------------------------------------------------===//
// On the launching stack
//===----------------------------------------------------------------------===//

void Block::release(State state, int64_t first, int64_t count) {
  for (int64_t i = first; i < std::min(first + count, numThreads); ++i)
    if (threads[i].state == state)
      threads[i].state = State::Ready;
}

void Block::prepare() {
  const Dim3 &size = launch->threads;
  numThreads = size[0] * size[1] * size[2];
  if (int64_t(threads.size()) < numThreads)
    threads = std::vector<Thread>(numThreads);
  warps.assign((numThreads + warpSize - 1) / warpSize, Warp{});
  memory.assign(launch->workgroupBytes, 0xFF);
  numDone = numAtBarrier = 0;
  for (int64_t i = 0; i < numThreads; ++i) {
    threads[i].fiber.start(enterThread);
    threads[i].state = State::Ready;
  }
}

void Block::resume(int64_t thread) {
  current = thread;
  entered = this;
  threads[thread].fiber.resume();
  numDone += threads[thread].state == State::Done;
}

/// Lets each thread run until it waits; whether one could.
bool Block::runEach() {
  bool hasRun = false;
  for (int64_t i = 0; i < numThreads; ++i)
    if (threads[i].state == State::Ready) {
      resume(i);
      hasRun = true;
    }
  return hasRun;
}

/// Lets the threads of one warp run for some turns; whether one could.
bool Block::runWarpAhead(std::mt19937_64 &random) {
  std::vector<int64_t> ready;
  for (size_t warp = 0; warp < warps.size(); ++warp) {
    int64_t first = warp * warpSize;
    int64_t last = std::min<int64_t>(first + warpSize, numThreads);
    for (int64_t i = first; i < last; ++i)
      if (threads[i].state == State::Ready) {
        ready.push_back(first);
        break;
      }
  }
  if (ready.empty())
    return false;
  int64_t first = ready[random() % ready.size()];
  uint64_t turns = 1 + random() % 24;
  uint64_t shift = random();
  for (uint64_t turn = 0; turn < turns; ++turn)
    for (int64_t lane = 0; lane < warpSize; ++lane) {
      int64_t thread = first + int64_t((lane + shift) % warpSize);
      if (thread < numThreads && threads[thread].state == State::Ready)
        resume(thread);
    }
  return true;
}

std::string Block::describeStuck() const {
  int64_t atShuffle = std::count_if(
      threads.begin(), threads.begin() + numThreads,
      [](const Thread &thread) { return thread.state == State::AtShuffle; });
  bool isShuffle = atShuffle > 0;
  std::string text = launch->name + ": block " + std::to_string(id[0]) + ": ";
  text += std::to_string(isShuffle ? atShuffle : numAtBarrier) + " of " +
          std::to_string(numThreads) + " threads wait at a " +
          (isShuffle ? "shuffle" : "barrier") + " that the others do not reach";
  return text;
}

std::string Block::run(const Launch &what, const Dim3 &block,
                       std::mt19937_64 *random) {
  launch = &what;
  id = block;
  prepare();
  while (numDone < numThreads)
    if (!(random ? runWarpAhead(*random) : runEach()))
      return describeStuck();
  return {};
}
