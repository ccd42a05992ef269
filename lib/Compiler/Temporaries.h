// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_COMPILER_TEMPORARIES_H
#define NORM_LIB_COMPILER_TEMPORARIES_H

#include "mlir/Pass/PassManager.h"

namespace mlir::norm {

/// Takes what stands between two stages: the suffix of a file's name, and text.
using SaveTemporary = std::function<void(StringRef suffix, StringRef text)>;

/// Saves what stands between passes: row programs with their schedules
/// (`norm.mlir`), and the kernels of a GPU (`ptx`) if they are compiled to it.
void saveBetweenPasses(PassManager &pm, SaveTemporary save);

} // namespace mlir::norm

#endif // NORM_LIB_COMPILER_TEMPORARIES_H
