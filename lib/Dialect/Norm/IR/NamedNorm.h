// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all named normalizations share, in terms of NormOpInterface.

#ifndef NORM_LIB_DIALECT_NORM_IR_NAMEDNORM_H
#define NORM_LIB_DIALECT_NORM_IR_NAMEDNORM_H

#include "norm/Dialect/Norm/IR/NamedOperands.h"

namespace mlir::norm {

/// The dim of the operand that has groups and all that is in them, if any.
std::optional<int64_t> findDimToSplit(NormOpInterface op,
                                      const NamedOperand &operand);

/// The operand with a role, or null.
Value operandOf(NormOpInterface op, OperandRole role);

/// The dims of a space of `rank` dims that are not among `dims`.
SmallVector<int64_t> remainingDims(int64_t rank, ArrayRef<int64_t> dims);

/// c2, c3: increasing dims of the input, which has `rank` of them.
LogicalResult verifyAxes(Operation *op, StringRef name, ArrayRef<int64_t> axes,
                         int64_t rank);

/// All constraints that are not of one operation alone.
LogicalResult verifyNamedOp(NormOpInterface op);

/// The dims of the row program's iteration space that stand for dims of the
/// input: two for one with groups, or one for the groups alone.
SmallVector<int64_t> dimsInProgram(NormOpInterface op,
                                   ArrayRef<int64_t> inputDims,
                                   bool isPerGroup = false);

/// The three steps of NormOpInterface::generalize. The operands of the row
/// program are those of the operation in their order, with the dim that has
/// groups split in two.
SmallVector<Value> expandOperands(NormOpInterface op, OpBuilder &builder);
GenericOp buildProgram(NormOpInterface op, OpBuilder &builder,
                       ValueRange operands);
SmallVector<Value> collapseResults(NormOpInterface op, OpBuilder &builder,
                                   ValueRange results);

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_IR_NAMEDNORM_H
