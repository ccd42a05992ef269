// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_TRANSFORMS_SCHEDULEFACTS_H
#define NORM_LIB_DIALECT_NORM_TRANSFORMS_SCHEDULEFACTS_H

#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// The dim for the lanes: the last normalized one that all operands are
/// contiguous in, or else such a row dim, whose rows then stand side by side.
std::optional<int64_t> chooseLaneDim(GenericOp op);

/// The product of sizes; `ShapedType::kDynamic` where one is unknown or the
/// result exceeds 64 bits.
int64_t multiplySizes(int64_t lhs, int64_t rhs);

/// The sizes that a choice of a schedule depends on; `ShapedType::kDynamic` if
/// unknown.
struct RowSizes {
  explicit RowSizes(GenericOp op);

  /// Elements of a row.
  int64_t elements = 1;
  /// Bytes of a row in the inputs that hold rows.
  int64_t inputBytes = 0;
  /// Bytes of all operands together.
  int64_t totalBytes = 0;
};

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_SCHEDULEFACTS_H
