// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_DIALECT_NORM_IR_NAMEDOPERANDS_H
#define NORM_DIALECT_NORM_IR_NAMEDOPERANDS_H

#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// An operand of a named normalization.
struct NamedOperand {
  OperandRole role;
  OpOperand *operand;
  /// The dims of the input that it has; none for a scalar.
  SmallVector<int64_t> inputDims;
  /// Of the dim that has groups it has the groups alone: a statistic.
  bool isPerGroup;
};

/// The operands that are there, in their order.
SmallVector<NamedOperand> getNamedOperands(NormOpInterface op);

} // namespace mlir::norm

#endif // NORM_DIALECT_NORM_IR_NAMEDOPERANDS_H
