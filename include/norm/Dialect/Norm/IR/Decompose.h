// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_DIALECT_NORM_IR_DECOMPOSE_H
#define NORM_DIALECT_NORM_IR_DECOMPOSE_H

#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// Builds linalg operations that compute a program's results, at the builder's
/// insertion point, and returns their results. The program stays. Fails on
/// memrefs.
///
/// Each collective becomes one reduction over the dims that its operands vary
/// along or that it combines, the outputs one elementwise operation for each
/// set of dims among their maps, an accumulator one reduction over the rows.
///
/// With `computeType` all float arithmetic runs in that type: casts between
/// float types vanish, operands are cast to it and outputs from it once.
/// Operations that depend on a type's bits (arith.bitcast) get operands of the
/// type they were written for.
FailureOr<SmallVector<Value>> decompose(OpBuilder &builder, GenericOp program,
                                        FloatType computeType = nullptr);

} // namespace mlir::norm

#endif // NORM_DIALECT_NORM_IR_DECOMPOSE_H
