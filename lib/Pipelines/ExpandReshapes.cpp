// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMEXPANDRESHAPESPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

/// What the type says, or else the value.
OpFoldResult preferStatic(OpBuilder &b, int64_t known, Value value) {
  if (ShapedType::isDynamic(known))
    return value;
  return b.getIndexAttr(known);
}

struct ExpandDynamicReshape : public OpRewritePattern<memref::ExpandShapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(memref::ExpandShapeOp op,
                                PatternRewriter &rewriter) const override {
    MemRefType type = op.getResultType();
    auto hasSeveralDynamic = [&](ArrayRef<int64_t> group) {
      return llvm::count_if(group, [&](int64_t dim) {
               return type.isDynamicDim(dim);
             }) > 1;
    };
    SmallVector<ReassociationIndices> groups = op.getReassociationIndices();
    if (llvm::none_of(groups, hasSeveralDynamic))
      return rewriter.notifyMatchFailure(op, "upstream's passes expand it");
    SmallVector<int64_t> knownStrides;
    int64_t knownOffset;
    if (failed(type.getStridesAndOffset(knownStrides, knownOffset)))
      return rewriter.notifyMatchFailure(op, "the layout is not strided");

    Location loc = op.getLoc();
    auto source =
        memref::ExtractStridedMetadataOp::create(rewriter, loc, op.getSrc());
    SmallVector<OpFoldResult> sizes = getMixedValues(
        op.getStaticOutputShape(), op.getOutputShape(), rewriter);
    SmallVector<OpFoldResult> strides(type.getRank());
    for (auto [from, group] : llvm::enumerate(groups)) {
      Value stride = source.getStrides()[from];
      for (int64_t dim : llvm::reverse(group)) {
        strides[dim] = preferStatic(rewriter, knownStrides[dim], stride);
        Value size = getValueOrCreateConstantIndexOp(rewriter, loc, sizes[dim]);
        stride = arith::MulIOp::create(rewriter, loc, stride, size);
      }
    }
    rewriter.replaceOpWithNewOp<memref::ReinterpretCastOp>(
        op, type, source.getBaseBuffer(),
        preferStatic(rewriter, knownOffset, source.getOffset()), sizes,
        strides);
    return success();
  }
};

struct ExpandReshapes
    : public norm::impl::NormExpandReshapesPassBase<ExpandReshapes> {
  using NormExpandReshapesPassBase::NormExpandReshapesPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandDynamicReshape>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
