// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collectives in terms of simpler ones, in place in a row program's block.

#ifndef NORM_DIALECT_NORM_IR_EXPANDCOLLECTIVES_H
#define NORM_DIALECT_NORM_IR_EXPANDCOLLECTIVES_H

#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// Replaces `norm.moments` by `norm.reduce`, `norm.size` and arithmetic, by its
/// algorithm (`corrected_two_pass` where it has none); `shifted` takes a
/// `norm.head_mean` too.
void expandMoments(RewriterBase &rewriter, MomentsOp op);

/// Replaces `norm.head_mean` by a `norm.reduce` over the elements whose number
/// in the row is below `HeadMeanOp::headLength`.
void expandHeadMean(RewriterBase &rewriter, HeadMeanOp op);

/// Replaces a `norm.size` with a condition by a `norm.reduce` that counts in
/// i64.
void expandConditionalSize(RewriterBase &rewriter, SizeOp op);

} // namespace mlir::norm

#endif // NORM_DIALECT_NORM_IR_EXPANDCOLLECTIVES_H
