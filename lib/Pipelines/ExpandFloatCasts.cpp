// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ExpandFloatCasts.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMEXPANDFLOATCASTSPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

namespace {

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
/// cast, LLVM moves comparisons before it, and these call functions or, with
/// AVX512_BF16, cannot be selected (LLVM 22).
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

/// f16 to a wider float. The bits of its exponent and mantissa, moved to their
/// places in an f32, make a number that is 2^112 times too small, subnormals
/// too; infinities and NaN get the largest exponent.
struct ExpandExtFromF16 : public OpRewritePattern<arith::ExtFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::ExtFOp op,
                                PatternRewriter &rewriter) const override {
    Value in = op.getIn();
    if (!getElementTypeOrSelf(in).isF16())
      return rewriter.notifyMatchFailure(op, "not a cast from f16");
    if (isa<TensorType>(op.getType()))
      return rewriter.notifyMatchFailure(op, "on tensors");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type i16 = withElement(in.getType(), b.getI16Type());
    Type i32 = withElement(in.getType(), b.getI32Type());
    Type f32 = withElement(in.getType(), b.getF32Type());
    auto integer = [&](int64_t value) { return createInteger(b, i32, value); };
    Value half = arith::BitcastOp::create(b, i16, in);
    Value bits = arith::ExtUIOp::create(b, i32, half);
    Value magnitude = arith::AndIOp::create(b, bits, integer(0x7fff));
    Value moved = arith::ShLIOp::create(b, magnitude, integer(13));
    Value power = arith::BitcastOp::create(b, f32, integer(0x77800000));
    Value scaled = arith::MulFOp::create(
        b, arith::BitcastOp::create(b, f32, moved), power);
    Value finite = arith::BitcastOp::create(b, i32, scaled);
    Value largest = arith::OrIOp::create(b, moved, integer(0x7f800000));
    Value isFinite = arith::CmpIOp::create(b, arith::CmpIPredicate::slt,
                                           magnitude, integer(0x7c00));
    Value chosen = arith::SelectOp::create(b, isFinite, finite, largest);
    Value sign = arith::XOrIOp::create(b, bits, magnitude);
    sign = arith::ShLIOp::create(b, sign, integer(16));
    Value wide =
        arith::BitcastOp::create(b, f32, arith::OrIOp::create(b, chosen, sign));
    if (op.getType() != f32)
      wide = arith::ExtFOp::create(b, op.getType(), wide);
    rewriter.replaceOp(op, wide);
    return success();
  }
};

/// f32 to f16, as to bf16 above. What becomes a subnormal is rounded by adding
/// 0.5, whose last place is the smallest of an f16.
struct ExpandTruncToF16 : public OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Value in = op.getIn();
    if (!getElementTypeOrSelf(in).isF32() ||
        !getElementTypeOrSelf(op.getType()).isF16())
      return rewriter.notifyMatchFailure(op, "not a cast from f32 to f16");
    if (isa<TensorType>(op.getType()))
      return rewriter.notifyMatchFailure(op, "on tensors");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type i32 = withElement(in.getType(), b.getI32Type());
    Type i16 = withElement(in.getType(), b.getI16Type());
    auto integer = [&](int64_t value) { return createInteger(b, i32, value); };
    Value bits = arith::BitcastOp::create(b, i32, in);
    Value magnitude = arith::AndIOp::create(b, bits, integer(0x7fffffff));
    Value sign = arith::XOrIOp::create(b, bits, magnitude);
    auto isBelow = [&](int64_t bound) {
      return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, magnitude,
                                   integer(bound));
    };
    Value shifted = arith::ShRUIOp::create(b, magnitude, integer(13));
    Value isOdd = arith::AndIOp::create(b, shifted, integer(1));
    // The exponent's bias changes from 127 to 15.
    Value normal =
        arith::AddIOp::create(b, magnitude, integer(0xfff - (112 << 23)));
    normal = arith::AddIOp::create(b, normal, isOdd);
    normal = arith::ShRUIOp::create(b, normal, integer(13));
    Value half = arith::BitcastOp::create(b, in.getType(), integer(0x3f000000));
    Value sum = arith::AddFOp::create(
        b, arith::BitcastOp::create(b, in.getType(), magnitude), half);
    Value subnormal = arith::SubIOp::create(
        b, arith::BitcastOp::create(b, i32, sum), integer(0x3f000000));
    Value finite =
        arith::SelectOp::create(b, isBelow(0x38800000), subnormal, normal);
    Value quiet = arith::OrIOp::create(
        b, arith::AndIOp::create(b, shifted, integer(0x3ff)), integer(0x7e00));
    Value special =
        arith::SelectOp::create(b, isBelow(0x7f800001), integer(0x7c00), quiet);
    // 2^16, above all f16.
    Value chosen =
        arith::SelectOp::create(b, isBelow(0x47800000), finite, special);
    chosen = arith::OrIOp::create(b, chosen,
                                  arith::ShRUIOp::create(b, sign, integer(16)));
    Value narrow = arith::TruncIOp::create(b, i16, chosen);
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, op.getType(), narrow);
    return success();
  }
};

/// f64 to a float of 16 or 8 bits through f32 rounded to odd: an f32 has enough
/// bits beyond those of these types that the second rounding then gives what
/// one rounding would (Boldo and Melquiond, "Emulation of a FMA and correctly
/// rounded sums", 2008).
struct ExpandTruncOfF64 : public OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Value in = op.getIn();
    if (!getElementTypeOrSelf(in).isF64() ||
        getElementTypeOrSelf(op.getType()).getIntOrFloatBitWidth() > 16)
      return rewriter.notifyMatchFailure(
          op, "not a cast from f64 to 16 bits or less");
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
    if (!f8Only) {
      RewritePatternSet wide(&getContext());
      wide.add<ExpandTruncOfF64>(&getContext());
      walkAndApplyPatterns(getOperation(), std::move(wide));
    }
    RewritePatternSet f8(&getContext());
    populateExpandF8CastsPatterns(f8);
    walkAndApplyPatterns(getOperation(), std::move(f8));
    if (f8Only)
      return;
    RewritePatternSet narrow(&getContext());
    narrow.add<ExpandExtFromBF16>(&getContext());
    if (bf16)
      narrow.add<ExpandTruncToBF16>(&getContext());
    if (f16)
      narrow.add<ExpandExtFromF16, ExpandTruncToF16>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(narrow));
  }
};

} // namespace
