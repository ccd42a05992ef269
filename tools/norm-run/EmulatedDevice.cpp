// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Device.h"
#include "norm/Runtime/Emulator.h"
#include "llvm/Support/MathExtras.h"
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;
using namespace mlir::norm;

//===----------------------------------------------------------------------===//
// Arrays between pages that may not be accessed
//===----------------------------------------------------------------------===//

namespace {
struct GuardedArray {
  std::string name;
  char *mapping;
  size_t mappedBytes;
  char *data;
  size_t numBytes;
};
} // namespace

/// All of the process, for the signal's handler. Allocated once: the handler
/// may run at any time.
static std::vector<GuardedArray> &getGuardedArrays() {
  static std::vector<GuardedArray> &arrays = *new std::vector<GuardedArray>;
  return arrays;
}

/// Says which array was left, and ends the process.
static void reportAccess(int signal, siginfo_t *info, void *) {
  auto *address = static_cast<char *>(info->si_addr);
  for (const GuardedArray &array : getGuardedArrays()) {
    if (address < array.mapping || address >= array.mapping + array.mappedBytes)
      continue;
    bool isBefore = address < array.data;
    size_t distance = isBefore ? array.data - address
                               : address - (array.data + array.numBytes) + 1;
    char line[256];
    int length = std::snprintf(
        line, sizeof(line),
        "norm-run: error: a kernel accessed byte %zu %s %s, which has %zu "
        "bytes\n",
        distance, isBefore ? "before" : "behind", array.name.c_str(),
        array.numBytes);
    [[maybe_unused]] ssize_t written = write(STDERR_FILENO, line, length);
    _exit(1);
  }
  // Not ours: what happens without a handler.
  std::signal(signal, SIG_DFL);
}

/// On a stack of its own: that of a GPU thread is small.
static void catchAccesses() {
  constexpr size_t stackBytes = 64 << 10;
  static char *handlerStack = static_cast<char *>(std::malloc(stackBytes));
  stack_t stack = {};
  stack.ss_sp = handlerStack;
  stack.ss_size = stackBytes;
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_sigaction = reportAccess;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
}

//===----------------------------------------------------------------------===//
// The device
//===----------------------------------------------------------------------===//

namespace {
class EmulatedDevice final : public Device {
public:
  explicit EmulatedDevice(uint64_t seed) : seed(seed) {
    norm_emulator_set_schedule(seed);
    catchAccesses();
  }

  std::string getChip() const override { return "sm_90"; }
  void configure(LoweringOptions &options) const override {
    options.launch = LaunchKind::Emulator;
  }
  SmallVector<std::pair<StringRef, void *>> getSymbols() const override;
  bool ownsResults() const override { return false; }

  llvm::Expected<char *> allocate(size_t numBytes, const Twine &what) override;
  void release(char *memory) override;
  void copyIn(char *device, const char *host, size_t numBytes) override {
    std::memcpy(device, host, numBytes);
  }
  void copyOut(char *host, const char *device, size_t numBytes) override {
    std::memcpy(host, device, numBytes);
  }
  llvm::Error finish() override {
    const char *problem = norm_emulator_get_error();
    if (!problem)
      return llvm::Error::success();
    std::string text = problem;
    norm_emulator_clear_error();
    return llvm::createStringError(text);
  }

private:
  uint64_t seed;
};
} // namespace

SmallVector<std::pair<StringRef, void *>> EmulatedDevice::getSymbols() const {
  auto symbol = [](StringRef name, auto *function) {
    return std::pair(name, reinterpret_cast<void *>(function));
  };
  return {
      symbol("norm_emulated_launch", &norm_emulated_launch),
      symbol("norm_emulated_thread_id", &norm_emulated_thread_id),
      symbol("norm_emulated_block_id", &norm_emulated_block_id),
      symbol("norm_emulated_block_dim", &norm_emulated_block_dim),
      symbol("norm_emulated_grid_dim", &norm_emulated_grid_dim),
      symbol("norm_emulated_workgroup_memory", &norm_emulated_workgroup_memory),
      symbol("norm_emulated_map_workgroup_memory",
             &norm_emulated_map_workgroup_memory),
      symbol("norm_emulated_barrier", &norm_emulated_barrier),
      symbol("norm_emulated_cluster_arrive", &norm_emulated_cluster_arrive),
      symbol("norm_emulated_cluster_wait", &norm_emulated_cluster_wait),
      symbol("norm_emulated_shuffle_xor", &norm_emulated_shuffle_xor)};
}

llvm::Expected<char *> EmulatedDevice::allocate(size_t numBytes,
                                                const Twine &what) {
  size_t page = size_t(sysconf(_SC_PAGESIZE));
  size_t usable = llvm::alignTo(std::max<size_t>(numBytes, 1), page);
  size_t mappedBytes = usable + 2 * page;
  void *mapping = mmap(nullptr, mappedBytes, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED || mprotect(static_cast<char *>(mapping) + page,
                                        usable, PROT_READ | PROT_WRITE) != 0)
    return llvm::createStringError(what + ": cannot allocate " +
                                   Twine(numBytes) + " bytes");
  char *data = static_cast<char *>(mapping) + page;
  if (seed % 2 == 0)
    data += usable - numBytes;
  getGuardedArrays().push_back(
      {what.str(), static_cast<char *>(mapping), mappedBytes, data, numBytes});
  return data;
}

void EmulatedDevice::release(char *memory) {
  llvm::erase_if(getGuardedArrays(), [&](const GuardedArray &array) {
    if (array.data != memory)
      return false;
    munmap(array.mapping, array.mappedBytes);
    return true;
  });
}

std::unique_ptr<Device> Device::createEmulated(uint64_t seed) {
  return std::make_unique<EmulatedDevice>(seed);
}
