// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_PIPELINES_HIDEVALUE_H
#define NORM_LIB_PIPELINES_HIDEVALUE_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::norm {

/// The same bits of a vector, as integers, of which LLVM knows nothing: they
/// pass through an empty piece of assembly. For x86 with AVX-512. The value
/// itself if it does not fill registers.
Value hideValue(OpBuilder &builder, Location loc, Value value);

} // namespace mlir::norm

#endif // NORM_LIB_PIPELINES_HIDEVALUE_H
