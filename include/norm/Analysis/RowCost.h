// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_ANALYSIS_ROWCOST_H
#define NORM_ANALYSIS_ROWCOST_H

#include "norm/Analysis/RowProgram.h"

namespace mlir::norm {

/// Simple vector operations that take about as long as moving a byte of each
/// element from or to memory.
inline constexpr unsigned operationsPerByte = 4;

/// How many simple vector operations an operation costs, roughly, in a
/// vectorised kernel.
unsigned getOperationWeight(Operation *op);

/// What a row program does, as far as its types tell.
struct RowCost {
  explicit RowCost(const RowProgram &program);

  /// Bytes that go in and out, equal inputs once, and equal outputs; nothing
  /// where a size is dynamic.
  std::optional<int64_t> numBytes;
  /// Bytes per element of the row, of the operands that hold one for each row.
  int64_t bytesPerElement = 0;
  /// Simple vector operations per element of the row, over all sweeps.
  int64_t operationsPerElement = 0;

  /// Whether moving the elements takes longer than computing with them.
  bool isBoundByMemory() const {
    return bytesPerElement * operationsPerByte >= operationsPerElement;
  }
};

} // namespace mlir::norm

#endif // NORM_ANALYSIS_ROWCOST_H
