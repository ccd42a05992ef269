// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The values that a function is called with: from files, or seeded.

#ifndef NORM_RUN_ARGUMENTS_H
#define NORM_RUN_ARGUMENTS_H

#include "HostArray.h"
#include "norm/Compiler/EntryPoint.h"

namespace mlir::norm {

struct ArgumentOptions {
  /// One file per argument, where an empty name means seeded; or none at all.
  std::vector<std::string> files;
  /// `INDEX:4x768`: sizes of seeded arguments.
  std::vector<std::string> shapes;
  uint64_t seed = 0;
};

llvm::Expected<SmallVector<HostArray>>
makeArguments(ArrayRef<ValueSpec> specs, const ArgumentOptions &options);

/// The specs of types, or an error that names the argument or result.
llvm::Expected<SmallVector<ValueSpec>> getSpecs(ArrayRef<Type> types,
                                                StringRef what);

/// The file's array as a value of this spec: of its kind, where floats of f32
/// convert to any float type.
llvm::Expected<HostArray> readValue(StringRef path, const ValueSpec &spec);

} // namespace mlir::norm

#endif // NORM_RUN_ARGUMENTS_H
