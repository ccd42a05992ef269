// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_COMPILER_LINK_H
#define NORM_COMPILER_LINK_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <string>

namespace mlir::norm {

struct LinkOptions {
  /// A C compiler's driver; empty: the first of cc, gcc and clang on the PATH.
  std::string linker;
  /// Full paths of the runtimes that the object calls.
  llvm::SmallVector<std::string, 2> libraries;
};

/// Links an object to a shared library that needs libc, libm and the given
/// runtimes alone, whose folders become its run path. Symbols that none of them
/// has are errors. The file appears when it is complete.
llvm::Error linkSharedLibrary(const llvm::MemoryBuffer &object,
                              llvm::StringRef output,
                              const LinkOptions &options);

/// Where LLVM's OpenMP runtime is on this machine: where it was when this was
/// built, or among the usual places; empty if it is in none.
std::string findOpenMPLibrary();

/// Where libnorm_cuda is: beside the program or library that this is part of,
/// in the folder of libraries or in the same one; empty if it is in neither.
std::string findCUDARuntime();

/// Writes a file, which appears when it is complete; `-` is stdout. What is no
/// regular file, such as a pipe, is written in place.
llvm::Error writeFileAtOnce(llvm::StringRef path, llvm::StringRef contents);

} // namespace mlir::norm

#endif // NORM_COMPILER_LINK_H
