// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMEXPANDFLOATCASTSPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

/// The type with the shape of `like`, a scalar or a vector, and this element.
Type withElement(Type like, Type element) {
  auto shaped = dyn_cast<ShapedType>(like);
  return shaped ? Type(shaped.clone(element)) : element;
}

Value createInteger(ImplicitLocOpBuilder &b, Type type, int64_t value) {
  TypedAttr attr = b.getIntegerAttr(getElementTypeOrSelf(type), value);
  if (auto shaped = dyn_cast<ShapedType>(type))
    attr = DenseElementsAttr::get(shaped, ArrayRef<Attribute>(attr));
  return arith::ConstantOp::create(b, attr);
}

/// f32 to bf16 in 32-bit integers: adding half a unit in the last place, less
/// one where that place is even, before cutting rounds to nearest, ties to
/// even, and carries into the exponent as it should, up to infinity.
struct ExpandTruncToBF16 : public OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Value in = op.getIn();
    if (!getElementTypeOrSelf(in).isF32() ||
        !getElementTypeOrSelf(op.getType()).isBF16())
      return rewriter.notifyMatchFailure(op, "not a cast from f32 to bf16");
    if (isa<TensorType>(op.getType()))
      return rewriter.notifyMatchFailure(op, "on tensors");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type i32 = withElement(in.getType(), b.getI32Type());
    Type i16 = withElement(in.getType(), b.getI16Type());
    Value shift = createInteger(b, i32, 16);
    Value one = createInteger(b, i32, 1);
    Value belowHalf = createInteger(b, i32, 0x7fff);
    Value quietBit = createInteger(b, i32, 0x400000);
    Value bits = arith::BitcastOp::create(b, i32, in);
    Value high = arith::ShRUIOp::create(b, bits, shift);
    Value isOdd = arith::AndIOp::create(b, high, one);
    Value bias = arith::AddIOp::create(b, isOdd, belowHalf);
    Value rounded = arith::AddIOp::create(b, bits, bias);
    Value quiet = arith::OrIOp::create(b, bits, quietBit);
    Value isNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, in, in);
    Value chosen = arith::SelectOp::create(b, isNaN, quiet, rounded);
    Value shifted = arith::ShRUIOp::create(b, chosen, shift);
    Value half = arith::TruncIOp::create(b, i16, shifted);
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, op.getType(), half);
    return success();
  }
};

/// bf16 to a wider float: its bits are the upper half of an f32's. Left as a
/// cast, LLVM moves comparisons before it, and these call functions.
struct ExpandExtFromBF16 : public OpRewritePattern<arith::ExtFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::ExtFOp op,
                                PatternRewriter &rewriter) const override {
    Value in = op.getIn();
    if (!getElementTypeOrSelf(in).isBF16())
      return rewriter.notifyMatchFailure(op, "not a cast from bf16");
    if (isa<TensorType>(op.getType()))
      return rewriter.notifyMatchFailure(op, "on tensors");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type i16 = withElement(in.getType(), b.getI16Type());
    Type i32 = withElement(in.getType(), b.getI32Type());
    Type f32 = withElement(in.getType(), b.getF32Type());
    Value half = arith::BitcastOp::create(b, i16, in);
    Value bits = arith::ExtUIOp::create(b, i32, half);
    Value high = arith::ShLIOp::create(b, bits, createInteger(b, i32, 16));
    Value wide = arith::BitcastOp::create(b, f32, high);
    if (op.getType() != f32)
      wide = arith::ExtFOp::create(b, op.getType(), wide);
    rewriter.replaceOp(op, wide);
    return success();
  }
};

/// f64 to a 16-bit float through f32 rounded to odd: an f32 has enough bits
/// beyond those of either 16-bit type that the second rounding then gives what
/// one rounding would (Boldo and Melquiond, "Emulation of a FMA and correctly
/// rounded sums", 2008).
struct ExpandTruncOfF64 : public OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Value in = op.getIn();
    if (!getElementTypeOrSelf(in).isF64() ||
        getElementTypeOrSelf(op.getType()).getIntOrFloatBitWidth() != 16)
      return rewriter.notifyMatchFailure(op, "not a cast from f64 to 16 bits");
    if (isa<TensorType>(op.getType()))
      return rewriter.notifyMatchFailure(op, "on tensors");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type f32 = withElement(in.getType(), b.getF32Type());
    Type i64 = withElement(in.getType(), b.getI64Type());
    Type i32 = withElement(in.getType(), b.getI32Type());
    Value near = arith::TruncFOp::create(b, f32, in);
    Value back = arith::ExtFOp::create(b, in.getType(), near);
    // Without their signs, the bits of floats compare as the floats do.
    Value magnitude = createInteger(b, i64, INT64_MAX);
    Value inBits = arith::BitcastOp::create(b, i64, in);
    inBits = arith::AndIOp::create(b, inBits, magnitude);
    Value backBits = arith::BitcastOp::create(b, i64, back);
    backBits = arith::AndIOp::create(b, backBits, magnitude);
    Value isAway =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ugt, backBits, inBits);
    Value isInexact =
        arith::CmpFOp::create(b, arith::CmpFPredicate::ONE, in, back);
    Value bits = arith::BitcastOp::create(b, i32, near);
    Value one = createInteger(b, i32, 1);
    Value below = arith::SubIOp::create(b, bits, one);
    Value towardZero = arith::SelectOp::create(b, isAway, below, bits);
    Value odd = arith::OrIOp::create(b, towardZero, one);
    Value chosen = arith::SelectOp::create(b, isInexact, odd, bits);
    Value toOdd = arith::BitcastOp::create(b, f32, chosen);
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, op.getType(), toOdd);
    return success();
  }
};

struct ExpandFloatCasts
    : public norm::impl::NormExpandFloatCastsPassBase<ExpandFloatCasts> {
  using NormExpandFloatCastsPassBase::NormExpandFloatCastsPassBase;

  void runOnOperation() override {
    RewritePatternSet wide(&getContext());
    wide.add<ExpandTruncOfF64>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(wide));
    if (!bf16)
      return;
    RewritePatternSet narrow(&getContext());
    narrow.add<ExpandExtFromBF16, ExpandTruncToBF16>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(narrow));
  }
};

} // namespace
