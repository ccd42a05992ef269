// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_TRANSFORMS_SUBPROGRAM_H
#define NORM_LIB_DIALECT_NORM_TRANSFORMS_SUBPROGRAM_H

#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// A value of a program's block that is wanted outside.
struct ProgramRoot {
  Value value;
  /// The dims of the program that the tensor has, in its order; the value does
  /// not vary along others that are normalized.
  SmallVector<int64_t> dims;
  /// The init of a result of the program; none for a tensor of its own.
  Value init;
};

/// Builds, at the builder's insertion point, a program of what some values of a
/// program on tensors need, whose results are those values. It has the dims
/// that these operations, the tensors and (for roots that lack row dims: sums
/// over the rows) the rows need, in their order.
GenericOp buildSubProgram(OpBuilder &builder, GenericOp program,
                          ArrayRef<ProgramRoot> roots);

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_SUBPROGRAM_H
