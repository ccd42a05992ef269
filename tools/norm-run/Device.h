// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// What runs kernels that are not for this machine's own processor.

#ifndef NORM_RUN_DEVICE_H
#define NORM_RUN_DEVICE_H

#include "norm/Compiler/Compiler.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace mlir::norm {

class Device {
public:
  virtual ~Device() = default;

  /// A GPU that this process emulates on the CPU. Threads take turns round
  /// robin, or as a seed other than 0 says. Arrays lie between pages that may
  /// not be accessed: with even seeds they end at one, with odd seeds they
  /// begin behind one. A kernel that touches one ends the process, with a line
  /// that says which array it left.
  static std::unique_ptr<Device> createEmulated(uint64_t seed);
  /// The first GPU of the CUDA driver.
  static llvm::Expected<std::unique_ptr<Device>> createCUDA();

  /// The chip to compile for if none is asked for.
  virtual std::string getChip() const = 0;
  /// Lets `options` make code for this device.
  virtual void configure(LoweringOptions &options) const = 0;
  /// What that code calls.
  virtual SmallVector<std::pair<StringRef, void *>> getSymbols() const = 0;
  /// Whether functions return memory of the device, and take a stream.
  virtual bool ownsResults() const = 0;

  /// `what` names it in messages.
  virtual llvm::Expected<char *> allocate(size_t numBytes,
                                          const Twine &what) = 0;
  virtual void release(char *memory) = 0;
  virtual void copyIn(char *device, const char *host, size_t numBytes) = 0;
  virtual void copyOut(char *host, const char *device, size_t numBytes) = 0;
  /// Waits for what was called; says what went wrong.
  virtual llvm::Error finish() = 0;
};

} // namespace mlir::norm

#endif // NORM_RUN_DEVICE_H
