// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_IR_NORMBYTECODE_H
#define NORM_LIB_DIALECT_NORM_IR_NORMBYTECODE_H

#include "mlir/IR/Dialect.h"

namespace mlir::norm {

/// Which version of the dialect bytecode is written in. It grows when what is
/// written could not be read, or would mean something else, before; then
/// `upgradeFromVersion` is to read the older ones.
inline constexpr uint64_t dialectVersion = 1;

/// Lets bytecode carry the version, and readers refuse a newer one.
void addBytecodeInterface(Dialect &dialect);

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_IR_NORMBYTECODE_H
