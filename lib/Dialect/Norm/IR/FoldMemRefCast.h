// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_IR_FOLDMEMREFCAST_H
#define NORM_LIB_DIALECT_NORM_IR_FOLDMEMREFCAST_H

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::norm {

/// Takes memrefs from before a cast that hides sizes or strides. On tensors the
/// tensor dialect does the same for whatever is in destination style.
template <typename NormOp>
struct FoldMemRefCast : public OpRewritePattern<NormOp> {
  using OpRewritePattern<NormOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(NormOp op,
                                PatternRewriter &rewriter) const override {
    rewriter.startOpModification(op);
    if (failed(memref::foldMemRefCast(op))) {
      rewriter.cancelOpModification(op);
      return rewriter.notifyMatchFailure(op, "no operand is cast");
    }
    rewriter.finalizeOpModification(op);
    return success();
  }
};

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_IR_FOLDMEMREFCAST_H
