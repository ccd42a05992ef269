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
  /// An output of the program; none for a tensor or memref of its own.
  Value init;
};

/// The dims of a map's results.
SmallVector<int64_t> dimsOf(AffineMap map);

/// Builds, at the builder's insertion point, a program of what some values of a
/// program need, whose outputs are those values. It has the dims that these
/// operations, the outputs and (for outputs of the program that lack row dims:
/// sums over the rows) the rows need, in their order. What no operand tells the
/// size of has an operand that is never read. `normalizedDims` are those of the
/// program's dims that are normalized in the new one, where it has them;
/// without, the program's.
GenericOp
buildSubProgram(OpBuilder &builder, GenericOp program,
                ArrayRef<ProgramRoot> roots,
                std::optional<ArrayRef<int64_t>> normalizedDims = std::nullopt);

/// Creates a tensor or memref, like those of the program, with these of its
/// dims.
Value createEmpty(OpBuilder &builder, GenericOp program, ArrayRef<int64_t> dims,
                  Type elementType);

/// Gives a program one more input, the last, with these dims, in place.
BlockArgument appendInput(GenericOp program, Value value,
                          ArrayRef<int64_t> dims);

/// Replaces a size without condition by a constant or, where sizes are dynamic,
/// by an input, a scalar that is computed before the program.
void makeInput(RewriterBase &rewriter, SizeOp op);

/// Leaves no collectives in the block but reductions, and nothing that no
/// yielded value needs. `norm.moments` have an algorithm.
void expandCollectives(RewriterBase &rewriter, GenericOp program);

/// Erases what no yielded value needs.
void eraseDeadOps(RewriterBase &rewriter, GenericOp program);

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_SUBPROGRAM_H
