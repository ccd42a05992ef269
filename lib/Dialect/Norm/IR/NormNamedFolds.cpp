// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonicalization of the named operations.

#include "NamedNorm.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::norm;

namespace {
/// A statistic on tensors that nobody uses is not asked for.
struct DropUnusedStatistics
    : public OpInterfaceRewritePattern<NormOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(NormOpInterface op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> kept;
    SmallVector<OperandRole> dropped;
    for (const NamedOperand &named : getNamedOperands(op)) {
      if (op->getNumResults() == 0 || !op.isDpsInit(named.operand))
        continue;
      OpResult result = op.getTiedOpResult(named.operand);
      if (named.role == OperandRole::Output || !result.use_empty())
        kept.push_back(result);
      else
        dropped.push_back(named.role);
    }
    if (dropped.empty())
      return rewriter.notifyMatchFailure(op, "all statistics are used");

    auto smaller = cast<NormOpInterface>(
        clone(rewriter, op, TypeRange(ValueRange(kept)), op->getOperands()));
    for (OperandRole role : dropped)
      smaller.getOperandsOf(role).clear();
    for (auto [result, replacement] :
         llvm::zip_equal(kept, smaller->getResults()))
      rewriter.replaceAllUsesWith(result, replacement);
    rewriter.eraseOp(op);
    return success();
  }
};

/// An epsilon that is known is an attribute.
struct ConstantEpsilonToAttribute
    : public OpInterfaceRewritePattern<NormOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(NormOpInterface op,
                                PatternRewriter &rewriter) const override {
    APFloat epsilon(0.0);
    Value operand = operandOf(op, OperandRole::Epsilon);
    if (!operand || !matchPattern(operand, m_ConstantFloat(&epsilon)))
      return rewriter.notifyMatchFailure(op, "no constant epsilon operand");
    bool losesInfo;
    epsilon.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
    if (!epsilon.isFinite() || (epsilon.isNegative() && !epsilon.isZero()))
      return rewriter.notifyMatchFailure(op, "epsilon is no valid attribute");
    rewriter.modifyOpInPlace(op, [&]() {
      op.setEpsilonAttr(rewriter.getF64FloatAttr(epsilon.convertToDouble()));
      op.getOperandsOf(OperandRole::Epsilon).clear();
    });
    return success();
  }
};

/// Takes memrefs from before a cast that hides sizes or strides. On tensors the
/// tensor dialect does the same for whatever is in destination style.
struct FoldMemRefCast
    : public OpInterfaceRewritePattern<DestinationStyleOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(DestinationStyleOpInterface op,
                                PatternRewriter &rewriter) const override {
    if (!isa<NormOpInterface, GenericOp>(op.getOperation()))
      return rewriter.notifyMatchFailure(op, "not of this dialect");
    rewriter.startOpModification(op);
    if (failed(memref::foldMemRefCast(op))) {
      rewriter.cancelOpModification(op);
      return rewriter.notifyMatchFailure(op, "no operand is cast");
    }
    rewriter.finalizeOpModification(op);
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

void NormDialect::getCanonicalizationPatterns(
    RewritePatternSet &patterns) const {
  patterns.add<ConstantEpsilonToAttribute, DropUnusedStatistics,
               DropZeroGammaOffset, FoldMemRefCast>(getContext());
}
