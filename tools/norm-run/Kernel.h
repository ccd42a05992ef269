// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// A function of a module, compiled into this process.

#ifndef NORM_RUN_KERNEL_H
#define NORM_RUN_KERNEL_H

#include "Device.h"
#include "HostArray.h"
#include "norm/Compiler/Compiler.h"
#include "norm/Compiler/Diagnostics.h"
#include "norm/Compiler/EntryPoint.h"
#include "norm/Compiler/JIT.h"
#include <vector>

namespace mlir::norm {

struct KernelOptions {
  LoweringOptions lowering;
  /// More than one runs parallel loops on the OpenMP runtime.
  unsigned numThreads = 1;
  /// The OpenMP runtime's full path.
  std::string openMPLibrary;
  /// What runs kernels; null: the CPU, without kernels. Outlives them.
  Device *device = nullptr;
  /// Where to write assembly, or null.
  llvm::raw_ostream *assembly = nullptr;
};

class Kernel {
public:
  /// Lowers a copy of the module. `MLIRFailure` means that diagnostics say why.
  static llvm::Expected<Kernel> compile(ModuleOp module,
                                        const EntryPoint &entry,
                                        const KernelOptions &options,
                                        llvm::TargetMachine &machine);

  const EntryPoint &getEntry() const { return entry; }
  ArrayRef<ValueSpec> getResultSpecs() const { return resultSpecs; }
  Device *getDevice() const { return device; }
  void call(void **values) const { function(values); }

private:
  Kernel(LoadedObject object, EntryPoint entry, Device *device)
      : object(std::move(object)), entry(std::move(entry)), device(device) {}

  LoadedObject object;
  EntryPoint entry;
  Device *device;
  SmallVector<ValueSpec> resultSpecs;
  void (*function)(void **) = nullptr;
};

/// Arguments bound to a kernel, which can be called any number of times.
class Invocation {
public:
  /// The arguments must outlive the invocation.
  static llvm::Expected<Invocation> bind(const Kernel &kernel,
                                         MutableArrayRef<HostArray> arguments);
  Invocation(Invocation &&) = default;
  ~Invocation();

  /// Without a device, this cannot fail.
  llvm::Error call();
  /// The results of the last call.
  llvm::Expected<SmallVector<HostArray>> copyResults();
  /// Bytes of the tensors and memrefs that go in and out.
  int64_t getNumBytes() const;

private:
  Invocation(const Kernel &kernel, MutableArrayRef<HostArray> arguments)
      : kernel(&kernel), arguments(arguments) {}
  llvm::Error bindArray(HostArray &array, bool isRead, bool isWritten,
                        const Twine &name);
  llvm::Expected<HostArray> copyReturned(const ValueSpec &spec,
                                         ArrayRef<int64_t> words) const;
  void freeReturned();

  /// A copy of an array in the device's memory.
  struct DeviceArray {
    HostArray *array;
    bool isRead, isWritten;
    char *memory;
    SmallVector<int64_t> descriptor;
  };

  const Kernel *kernel;
  MutableArrayRef<HostArray> arguments;
  /// Results that the caller provides: scalars and out-params. Like the
  /// descriptors, they are pointed at, and stay where they are when this moves.
  std::vector<std::optional<HostArray>> provided;
  /// Descriptors of the others.
  std::vector<SmallVector<int64_t>> returned;
  /// Not moved either.
  std::vector<DeviceArray> onDevice;
  SmallVector<void *> pointers;
  std::unique_ptr<void *> stream = std::make_unique<void *>(nullptr);
};

} // namespace mlir::norm

#endif // NORM_RUN_KERNEL_H
