// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Utils/MemRefUtils.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMEXPANDCOPIESPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

bool isContiguous(Value memref) {
  auto type = dyn_cast<MemRefType>(memref.getType());
  return type && memref::isStaticShapeAndContiguousRowMajor(type);
}

struct ExpandStridedCopy : public OpRewritePattern<memref::CopyOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(memref::CopyOp op,
                                PatternRewriter &rewriter) const override {
    auto from = dyn_cast<MemRefType>(op.getSource().getType());
    auto to = dyn_cast<MemRefType>(op.getTarget().getType());
    if (!from || !to)
      return rewriter.notifyMatchFailure(op, "a memref is unranked");
    if (isContiguous(op.getSource()) && isContiguous(op.getTarget()))
      return rewriter.notifyMatchFailure(op, "the copy is one block of memory");
    if (from.getLayout().isIdentity() && to.getLayout().isIdentity())
      return rewriter.notifyMatchFailure(op, "both layouts are contiguous");
    linalg::GenericOp copy = linalg::makeMemRefCopyOp(
        rewriter, op.getLoc(), op.getSource(), op.getTarget());
    rewriter.replaceOp(op, copy);
    return success();
  }
};

struct ExpandCopies
    : public norm::impl::NormExpandCopiesPassBase<ExpandCopies> {
  using NormExpandCopiesPassBase::NormExpandCopiesPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandStridedCopy>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
