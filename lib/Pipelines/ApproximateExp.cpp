// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ApproximateExp.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include <limits>

using namespace mlir;
using namespace mlir::norm;

namespace {
/// Constants of the type at hand: f64 or a vector of it.
struct Constants {
  ImplicitLocOpBuilder &b;
  Type type, integers;

  Value get(double value) const {
    return create(type, b.getF64FloatAttr(value));
  }
  Value getInteger(int64_t value) const {
    return create(integers, b.getI64IntegerAttr(value));
  }

private:
  Value create(Type type, TypedAttr value) const {
    if (auto vector = dyn_cast<ShapedType>(type))
      value = SplatElementsAttr::get(vector, Attribute(value));
    return arith::ConstantOp::create(b, value);
  }
};
} // namespace

/// An f64 of this size has a last place of 1: adding it rounds to an integer,
/// which then stands in the lowest bits.
static constexpr double roundingShift = 0x1.8p52;

/// 2 to an integer that is given with the rounding shift added.
static Value emitPowerOf2(const Constants &constants, Value shifted) {
  ImplicitLocOpBuilder &b = constants.b;
  Value bits = arith::BitcastOp::create(b, constants.integers, shifted);
  bits = arith::AddIOp::create(b, bits, constants.getInteger(1023));
  bits = arith::ShLIOp::create(b, bits, constants.getInteger(52));
  return arith::BitcastOp::create(b, constants.type, bits);
}

/// The exponential of |r| ≤ ln 2 / 2: its Taylor polynomial, whose first term
/// that is left out is below 2^-57.
static Value emitPolynomial(const Constants &constants, Value r) {
  ImplicitLocOpBuilder &b = constants.b;
  double factorial = 6227020800.0; // of 13
  Value sum = constants.get(1 / factorial);
  for (int degree = 12; degree >= 0; --degree) {
    factorial /= degree + 1;
    sum = math::FmaOp::create(b, sum, r, constants.get(1 / factorial));
  }
  return sum;
}

void norm::approximateExpOfF64(math::ExpOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  Type integers = b.getI64Type();
  if (auto vector = dyn_cast<ShapedType>(op.getType()))
    integers = vector.clone(integers);
  Constants constants{b, op.getType(), integers};
  Value x = op.getOperand();
  auto compare = [&](arith::CmpFPredicate predicate, double bound) -> Value {
    return arith::CmpFOp::create(b, predicate, x, constants.get(bound));
  };
  // Where the result is infinite, and where it is below half of the smallest.
  Value isLarge = compare(arith::CmpFPredicate::OGT, 0x1.62e42fefa39efp9);
  Value isSmall = compare(arith::CmpFPredicate::OLT, -0x1.74910d52d3051p9);
  Value zero = constants.get(0);
  Value inside = arith::SelectOp::create(b, isLarge, zero, x);
  inside = arith::SelectOp::create(b, isSmall, zero, inside);

  Value shift = constants.get(roundingShift);
  Value shifted =
      math::FmaOp::create(b, inside, constants.get(0x1.71547652b82fep0), shift);
  Value k = arith::SubFOp::create(b, shifted, shift);
  // ln 2 in two parts, products of k with the first of which are exact.
  Value r = math::FmaOp::create(b, k, constants.get(-0x1.62e42feep-1), inside);
  r = math::FmaOp::create(b, k, constants.get(-0x1.a39ef35793c76p-33), r);
  Value result = emitPolynomial(constants, r);

  // 2^k in two factors: it may itself be out of range.
  Value halfShifted = math::FmaOp::create(b, k, constants.get(0.5), shift);
  Value half = arith::SubFOp::create(b, halfShifted, shift);
  Value restShifted =
      arith::AddFOp::create(b, arith::SubFOp::create(b, k, half), shift);
  result =
      arith::MulFOp::create(b, result, emitPowerOf2(constants, halfShifted));
  result =
      arith::MulFOp::create(b, result, emitPowerOf2(constants, restShifted));
  result = arith::SelectOp::create(
      b, isLarge, constants.get(std::numeric_limits<double>::infinity()),
      result);
  result = arith::SelectOp::create(b, isSmall, zero, result);
  op.replaceAllUsesWith(result);
  op.erase();
}
