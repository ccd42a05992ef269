// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_COMPILER_JIT_H
#define NORM_COMPILER_JIT_H

#include "mlir/Support/LLVM.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

namespace mlir::norm {

/// An object, loaded into this process.
class LoadedObject {
public:
  /// Loads an object for this machine. Its undefined symbols are looked for in
  /// `symbols`, in this process and in the shared libraries, in that order.
  static llvm::Expected<LoadedObject>
  load(std::unique_ptr<llvm::MemoryBuffer> object,
       ArrayRef<std::string> sharedLibraries = {},
       ArrayRef<std::pair<StringRef, void *>> symbols = {});

  /// The address of a symbol of the object or of a library it was loaded with.
  llvm::Expected<void *> lookup(StringRef name);

private:
  LoadedObject(std::unique_ptr<llvm::orc::LLJIT> jit,
               std::shared_ptr<std::string> problems)
      : problems(std::move(problems)), jit(std::move(jit)) {}

  /// What the session reported, e.g. the names of missing symbols.
  std::shared_ptr<std::string> problems;
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

} // namespace mlir::norm

#endif // NORM_COMPILER_JIT_H
