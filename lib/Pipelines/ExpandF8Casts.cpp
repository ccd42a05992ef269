// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversions between f8E4M3FN or f8E5M2 (Micikevicius et al., "FP8 formats for
// deep learning", 2022) and f32. LLVM has no such types: their values are i8.

#include "ExpandFloatCasts.h"

using namespace mlir;
using namespace mlir::norm;

namespace {
/// What tells the two formats apart.
struct Format {
  unsigned mantissaBits;
  int bias;
  /// The first code, without its sign, that is no finite number; what is too
  /// large becomes this one.
  int64_t overflow;

  static std::optional<Format> get(Type type) {
    Type element = getElementTypeOrSelf(type);
    if (isa<TensorType>(type))
      return std::nullopt;
    if (isa<Float8E4M3FNType>(element))
      return Format{3, 7, 0x7f}; // NaN
    if (isa<Float8E5M2Type>(element))
      return Format{2, 15, 0x7c}; // infinity
    return std::nullopt;
  }
};

/// The bits of an f32 that is a power of two.
int64_t getPowerBits(int exponent) { return int64_t(127 + exponent) << 23; }

/// Adding half a unit in the last place, less one where that place is even,
/// before cutting rounds to nearest, ties to even. What becomes a subnormal is
/// rounded by adding a power of two whose last place is the smallest number of
/// the format.
struct ExpandTrunc : public OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<Format> format = Format::get(op.getType());
    if (!format)
      return rewriter.notifyMatchFailure(op, "not a cast to f8");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type f32 = withElement(op.getType(), b.getF32Type());
    Value in = op.getIn();
    if (getElementTypeOrSelf(in).getIntOrFloatBitWidth() > 32)
      return rewriter.notifyMatchFailure(op, "not a cast from f32");
    if (in.getType() != f32)
      in = arith::ExtFOp::create(b, f32, in);
    Type i32 = withElement(op.getType(), b.getI32Type());
    auto integer = [&](int64_t value) { return createInteger(b, i32, value); };
    unsigned cut = 23 - format->mantissaBits;
    Value bits = arith::BitcastOp::create(b, i32, in);
    Value magnitude = arith::AndIOp::create(b, bits, integer(0x7fffffff));
    Value sign = arith::XOrIOp::create(b, bits, magnitude);
    auto isBelow = [&](int64_t bound) {
      return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, magnitude,
                                   integer(bound));
    };

    Value last = arith::ShRUIOp::create(b, magnitude, integer(cut));
    Value isOdd = arith::AndIOp::create(b, last, integer(1));
    int64_t belowHalf = (int64_t(1) << (cut - 1)) - 1;
    int64_t rebias = int64_t(127 - format->bias) << 23;
    Value normal =
        arith::AddIOp::create(b, magnitude, integer(belowHalf - rebias));
    normal = arith::AddIOp::create(b, normal, isOdd);
    normal = arith::ShRUIOp::create(b, normal, integer(cut));

    int64_t step = getPowerBits(1 - format->bias + int(cut));
    Value sum =
        arith::AddFOp::create(b, arith::BitcastOp::create(b, f32, magnitude),
                              arith::BitcastOp::create(b, f32, integer(step)));
    Value subnormal = arith::SubIOp::create(
        b, arith::BitcastOp::create(b, i32, sum), integer(step));

    Value number = arith::SelectOp::create(
        b, isBelow(getPowerBits(1 - format->bias)), subnormal, normal);
    Value bounded =
        arith::MinUIOp::create(b, number, integer(format->overflow));
    Value code =
        arith::SelectOp::create(b, isBelow(0x7f800001), bounded, integer(0x7f));
    code = arith::OrIOp::create(b, code,
                                arith::ShRUIOp::create(b, sign, integer(24)));
    Value narrow = arith::TruncIOp::create(
        b, withElement(op.getType(), b.getI8Type()), code);
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, op.getType(), narrow);
    return success();
  }
};

/// The bits of exponent and mantissa, moved to their places in an f32, make a
/// number that is too small by the difference of the biases, subnormals too.
struct ExpandExt : public OpRewritePattern<arith::ExtFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::ExtFOp op,
                                PatternRewriter &rewriter) const override {
    Value in = op.getIn();
    std::optional<Format> format = Format::get(in.getType());
    if (!format)
      return rewriter.notifyMatchFailure(op, "not a cast from f8");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type f32 = withElement(in.getType(), b.getF32Type());
    Type i32 = withElement(in.getType(), b.getI32Type());
    auto integer = [&](int64_t value) { return createInteger(b, i32, value); };
    Value code = arith::BitcastOp::create(
        b, withElement(in.getType(), b.getI8Type()), in);
    Value bits = arith::ExtUIOp::create(b, i32, code);
    Value magnitude = arith::AndIOp::create(b, bits, integer(0x7f));
    Value moved =
        arith::ShLIOp::create(b, magnitude, integer(23 - format->mantissaBits));
    Value power = arith::BitcastOp::create(
        b, f32, integer(getPowerBits(127 - format->bias)));
    Value scaled = arith::MulFOp::create(
        b, arith::BitcastOp::create(b, f32, moved), power);
    Value finite = arith::BitcastOp::create(b, i32, scaled);
    Value special = arith::OrIOp::create(b, moved, integer(0x7f800000));
    Value isFinite = arith::CmpIOp::create(
        b, arith::CmpIPredicate::slt, magnitude, integer(format->overflow));
    Value chosen = arith::SelectOp::create(b, isFinite, finite, special);
    Value sign = arith::XOrIOp::create(b, bits, magnitude);
    sign = arith::ShLIOp::create(b, sign, integer(24));
    Value wide =
        arith::BitcastOp::create(b, f32, arith::OrIOp::create(b, chosen, sign));
    Type target = op.getType();
    if (getElementTypeOrSelf(target).getIntOrFloatBitWidth() > 32)
      wide = arith::ExtFOp::create(b, target, wide);
    else if (target != f32)
      wide = arith::TruncFOp::create(b, target, wide);
    rewriter.replaceOp(op, wide);
    return success();
  }
};
} // namespace

void norm::populateExpandF8CastsPatterns(RewritePatternSet &patterns) {
  patterns.add<ExpandTrunc, ExpandExt>(patterns.getContext());
}
