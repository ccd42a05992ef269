// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMLOWERQUANTCASTSPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using quant::UniformQuantizedType;

namespace {
/// A tensor with one scale and zero point, whose sizes are known or come from
/// another tensor's operation: the shapes of casts are those of their operand.
UniformQuantizedType getPerTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? dyn_cast<UniformQuantizedType>(tensor.getElementType())
                : UniformQuantizedType();
}

/// Arithmetic on tensors of one static shape.
class TensorMath {
public:
  TensorMath(PatternRewriter &rewriter, Location loc, RankedTensorType type)
      : b(loc, rewriter), type(type) {}
  Value constant(double value) {
    auto element = cast<FloatType>(type.getElementType());
    return arith::ConstantOp::create(
        b, DenseElementsAttr::get(type, b.getFloatAttr(element, value)));
  }
  ImplicitLocOpBuilder b;
  RankedTensorType type;
};

/// clamp(roundeven(x / scale) + zero point).
struct LowerQuantize : public OpRewritePattern<quant::QuantizeCastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(quant::QuantizeCastOp op,
                                PatternRewriter &rewriter) const override {
    UniformQuantizedType type = getPerTensor(op.getType());
    auto from = dyn_cast<RankedTensorType>(op.getInput().getType());
    if (!type || !from || !from.hasStaticShape())
      return rewriter.notifyMatchFailure(
          op, "not a tensor of static shape with one scale");
    TensorMath math(rewriter, op.getLoc(), from);
    Value scaled = arith::DivFOp::create(math.b, op.getInput(),
                                         math.constant(type.getScale()));
    Value rounded = math::RoundEvenOp::create(math.b, scaled);
    Value shifted = arith::AddFOp::create(math.b, rounded,
                                          math.constant(type.getZeroPoint()));
    Value above = arith::MaximumFOp::create(
        math.b, shifted, math.constant(type.getStorageTypeMin()));
    Value bounded = arith::MinimumFOp::create(
        math.b, above, math.constant(type.getStorageTypeMax()));
    Type stored = from.clone(type.getStorageType());
    Value integer =
        type.isSigned()
            ? arith::FPToSIOp::create(math.b, stored, bounded).getResult()
            : arith::FPToUIOp::create(math.b, stored, bounded).getResult();
    rewriter.replaceOpWithNewOp<quant::StorageCastOp>(op, op.getType(),
                                                      integer);
    return success();
  }
};

/// (q − zero point) · scale.
struct LowerDequantize : public OpRewritePattern<quant::DequantizeCastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(quant::DequantizeCastOp op,
                                PatternRewriter &rewriter) const override {
    UniformQuantizedType type = getPerTensor(op.getInput().getType());
    auto to = dyn_cast<RankedTensorType>(op.getType());
    if (!type || !to || !to.hasStaticShape())
      return rewriter.notifyMatchFailure(
          op, "not a tensor of static shape with one scale");
    TensorMath math(rewriter, op.getLoc(), to);
    Value integer = quant::StorageCastOp::create(
        math.b, to.clone(type.getStorageType()), op.getInput());
    Value number =
        type.isSigned()
            ? arith::SIToFPOp::create(math.b, to, integer).getResult()
            : arith::UIToFPOp::create(math.b, to, integer).getResult();
    Value shifted = arith::SubFOp::create(math.b, number,
                                          math.constant(type.getZeroPoint()));
    rewriter.replaceOpWithNewOp<arith::MulFOp>(op, shifted,
                                               math.constant(type.getScale()));
    return success();
  }
};

struct LowerQuantCasts
    : public norm::impl::NormLowerQuantCastsPassBase<LowerQuantCasts> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerQuantize, LowerDequantize>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace
