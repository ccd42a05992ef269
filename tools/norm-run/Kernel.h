// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// A function of a module, compiled into this process.

#ifndef NORM_RUN_KERNEL_H
#define NORM_RUN_KERNEL_H

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
  void call(void **values) const { function(values); }

private:
  Kernel(LoadedObject object, EntryPoint entry)
      : object(std::move(object)), entry(std::move(entry)) {}

  LoadedObject object;
  EntryPoint entry;
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
  ~Invocation() { freeReturned(); }

  void call();
  /// The results of the last call.
  llvm::Expected<SmallVector<HostArray>> copyResults();
  /// Bytes of the tensors and memrefs that go in and out.
  int64_t getNumBytes() const;

private:
  Invocation(const Kernel &kernel, MutableArrayRef<HostArray> arguments)
      : kernel(&kernel), arguments(arguments) {}
  void freeReturned();

  const Kernel *kernel;
  MutableArrayRef<HostArray> arguments;
  /// Results that the caller provides: scalars and out-params. Like the
  /// descriptors, they are pointed at, and stay where they are when this moves.
  std::vector<std::optional<HostArray>> provided;
  /// Descriptors of the others.
  std::vector<SmallVector<int64_t>> returned;
  SmallVector<void *> pointers;
};

} // namespace mlir::norm

#endif // NORM_RUN_KERNEL_H
