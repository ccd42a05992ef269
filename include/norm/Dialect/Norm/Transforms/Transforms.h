// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The transformations of single operations that the passes apply to all.

#ifndef NORM_DIALECT_NORM_TRANSFORMS_TRANSFORMS_H
#define NORM_DIALECT_NORM_TRANSFORMS_TRANSFORMS_H

#include "norm/Dialect/Norm/IR/ExpandCollectives.h"

namespace mlir::norm {

/// Replaces a named normalization by its row program, which takes over its
/// location and discardable attributes, and returns it.
GenericOp generalize(RewriterBase &rewriter, NormOpInterface op);

} // namespace mlir::norm

#endif // NORM_DIALECT_NORM_TRANSFORMS_TRANSFORMS_H
