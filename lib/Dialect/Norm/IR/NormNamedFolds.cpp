// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonicalization of the named operations.

#include "FoldMemRefCast.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/IR/Matchers.h"
#include "norm/Dialect/Norm/IR/Norm.h"

using namespace mlir;
using namespace mlir::norm;

namespace {
/// A statistic on tensors that nobody uses is not asked for.
template <typename NamedOp>
struct DropUnusedStatistics : public OpRewritePattern<NamedOp> {
  using OpRewritePattern<NamedOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(NamedOp op,
                                PatternRewriter &rewriter) const override {
    auto isUnused = [](Value result) { return result && result.use_empty(); };
    bool dropMean = false, dropRstd = isUnused(op.getRstdResult());
    if constexpr (std::is_same_v<NamedOp, LayerNormOp>)
      dropMean = isUnused(op.getMeanResult());
    if (!dropMean && !dropRstd)
      return rewriter.notifyMatchFailure(op, "all statistics are used");

    SmallVector<Value> kept;
    for (OpResult result : op->getResults())
      if (result.getResultNumber() == 0 || !result.use_empty())
        kept.push_back(result);
    auto smaller = cast<NamedOp>(
        clone(rewriter, op, TypeRange(ValueRange(kept)), op->getOperands()));
    if (dropRstd)
      smaller.getRstdMutable().clear();
    if constexpr (std::is_same_v<NamedOp, LayerNormOp>)
      if (dropMean)
        smaller.getMeanMutable().clear();
    for (auto [result, replacement] :
         llvm::zip_equal(kept, smaller->getResults()))
      rewriter.replaceAllUsesWith(result, replacement);
    rewriter.eraseOp(op);
    return success();
  }
};

/// An epsilon that is known is an attribute.
template <typename NamedOp>
struct ConstantEpsilonToAttribute : public OpRewritePattern<NamedOp> {
  using OpRewritePattern<NamedOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(NamedOp op,
                                PatternRewriter &rewriter) const override {
    APFloat epsilon(0.0);
    if (!op.getEpsilonOperand() ||
        !matchPattern(op.getEpsilonOperand(), m_ConstantFloat(&epsilon)))
      return rewriter.notifyMatchFailure(op, "no constant epsilon operand");
    bool losesInfo;
    epsilon.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
    if (!epsilon.isFinite() || (epsilon.isNegative() && !epsilon.isZero()))
      return rewriter.notifyMatchFailure(op, "epsilon is no valid attribute");
    rewriter.modifyOpInPlace(op, [&]() {
      op.setEpsilonAttr(rewriter.getF64FloatAttr(epsilon.convertToDouble()));
      op.getEpsilonOperandMutable().clear();
    });
    return success();
  }
};

struct DropZeroGammaOffset : public OpRewritePattern<RMSNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RMSNormOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getGammaOffset() || !op.getGammaOffset()->isZero())
      return rewriter.notifyMatchFailure(op, "no gamma_offset of 0");
    rewriter.modifyOpInPlace(op, [&]() { op.removeGammaOffsetAttr(); });
    return success();
  }
};
} // namespace

void LayerNormOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<ConstantEpsilonToAttribute<LayerNormOp>,
               DropUnusedStatistics<LayerNormOp>, FoldMemRefCast<LayerNormOp>>(
      context);
}

void RMSNormOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<ConstantEpsilonToAttribute<RMSNormOp>,
               DropUnusedStatistics<RMSNormOp>, DropZeroGammaOffset,
               FoldMemRefCast<RMSNormOp>>(context);
}
