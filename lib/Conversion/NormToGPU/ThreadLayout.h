// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_NORMTOGPU_THREADLAYOUT_H
#define NORM_LIB_CONVERSION_NORMTOGPU_THREADLAYOUT_H

#include "RowValues/ValueEmitter.h"

namespace mlir::norm {

/// Which rows a block has and which of them, and which part of it, a thread.
/// Rows are counted in groups: vectors of rows where lanes are rows, single
/// rows elsewhere, in row-major order of the row dims.
struct ThreadLayout {
  /// The threads of a row in a block, and the blocks that share a row.
  int64_t threadsPerRow, rowsPerBlock, clusterSize;
  bool lanesAreRows;
  /// The thread's number in its block, among those of its row in all blocks,
  /// and its row's among the block's.
  Value thread, part, slot;
  /// The block's number in its cluster; null without clusters.
  Value rank;
  /// Whether the thread's row exists; null if it always does. Where it does
  /// not, the position is that of the last row, so that loads are harmless.
  Value exists;
  /// Where the row, or the first of its group, is along the row dims but the
  /// loop dims.
  DimPositions position;
};

/// The row dims that accumulators lack: a thread goes over the rows along these
/// one after the other.
SmallVector<int64_t> getLoopDims(GenericOp op);

/// Whether the lanes of a schedule's pieces are rows.
bool hasRowsInLanes(GenericOp op);

/// The number of groups of rows of a program with these operands.
OpFoldResult countRowGroups(OpBuilder &builder, GenericOp op,
                            ValueRange operands);

/// Emits the layout at the beginning of a kernel.
ThreadLayout emitThreadLayout(OpBuilder &builder, GenericOp op,
                              ValueRange operands);

/// The position of the `linear`-th point of a space with these dims and sizes,
/// the last the fastest.
DimPositions delinearize(OpBuilder &builder, Location loc, Value linear,
                         ArrayRef<int64_t> dims, ArrayRef<OpFoldResult> sizes);

/// Sizes multiplied, and divided with the quotient rounded up; constants where
/// they are.
OpFoldResult multiply(OpBuilder &builder, Location loc, OpFoldResult lhs,
                      OpFoldResult rhs);
OpFoldResult ceilDivide(OpBuilder &builder, Location loc, OpFoldResult size,
                        int64_t divisor);

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_NORMTOGPU_THREADLAYOUT_H
