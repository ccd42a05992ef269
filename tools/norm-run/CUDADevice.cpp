// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Device.h"
#include "norm/Dialect/Norm/Transforms/Transforms.h"
#include "norm/Runtime/CUDA.h"

using namespace mlir;
using namespace mlir::norm;

/// The stream that everything goes through.
static constexpr std::nullptr_t stream = nullptr;

static llvm::Error takeError() {
  if (norm_cuda_status() == NORM_CUDA_OK)
    return llvm::Error::success();
  std::string text = norm_cuda_error();
  norm_cuda_clear_error();
  return llvm::createStringError(text);
}

namespace {
class CUDADevice final : public Device {
public:
  explicit CUDADevice(int architecture) : architecture(architecture) {}

  /// PTX for an older chip runs on newer ones.
  std::string getChip() const override {
    std::string newest = "sm_" + std::to_string(architecture);
    for (StringRef chip : getKnownGPUs()) {
      int number = 0;
      if (!chip.drop_front(3).getAsInteger(10, number) &&
          number <= architecture)
        newest = chip.str();
    }
    return newest;
  }
  void configure(LoweringOptions &options) const override {
    options.launch = LaunchKind::CUDA;
  }
  SmallVector<std::pair<StringRef, void *>> getSymbols() const override {
    auto symbol = [](StringRef name, auto *function) {
      return std::pair(name, reinterpret_cast<void *>(function));
    };
    return {symbol("norm_cuda_launch", &norm_cuda_launch),
            symbol("norm_cuda_allocate", &norm_cuda_allocate),
            symbol("norm_cuda_free", &norm_cuda_free),
            symbol("norm_cuda_copy", &norm_cuda_copy),
            symbol("norm_cuda_get_constant", &norm_cuda_get_constant),
            symbol("norm_cuda_unload", &norm_cuda_unload),
            symbol("norm_cuda_free_constant", &norm_cuda_free_constant)};
  }
  bool ownsResults() const override { return true; }

  llvm::Expected<char *> allocate(size_t numBytes, const Twine &what) override {
    void *memory = norm_cuda_allocate(int64_t(numBytes), stream);
    if (llvm::Error error = takeError())
      return llvm::createStringError(what + ": " +
                                     llvm::toString(std::move(error)));
    return static_cast<char *>(memory);
  }
  void release(char *memory) override { norm_cuda_free(memory, stream); }
  void copyIn(char *device, const char *host, size_t numBytes) override {
    norm_cuda_copy(device, host, int64_t(numBytes), stream);
  }
  void copyOut(char *host, const char *device, size_t numBytes) override {
    norm_cuda_copy(host, device, int64_t(numBytes), stream);
  }
  llvm::Error finish() override {
    norm_cuda_synchronize(stream);
    return takeError();
  }

private:
  int architecture;
};
} // namespace

llvm::Expected<std::unique_ptr<Device>> Device::createCUDA() {
  int architecture = norm_cuda_get_architecture(stream);
  if (llvm::Error error = takeError())
    return error;
  return std::make_unique<CUDADevice>(architecture);
}
