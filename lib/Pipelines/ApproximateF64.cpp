// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ApproximateF64.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"
#include <limits>

using namespace mlir;

/// An f64 of this size has a last place of 1: adding it rounds to an integer,
/// which then stands in the lowest bits.
static constexpr double roundingShift = 0x1.8p52;

namespace {

/// Emits functions of f64 or vectors of it, all of one type.
class Emitter {
public:
  Emitter(OpBuilder &builder, Location loc, Type type)
      : b(loc, builder), type(type), integers(b.getI64Type()) {
    if (auto vector = dyn_cast<ShapedType>(type))
      integers = vector.clone(integers);
  }

  Value emitExp(Value x);
  Value emitTanh(Value x);
  Value emitErf(Value x);

private:
  /// x = k ln 2 + r, with k an integer and |r| ≤ ln 2 / 2.
  struct Reduced {
    Value k, r;
    Value shifted; ///< k with the rounding shift added.
  };

  Value splat(Type type, TypedAttr value) {
    if (auto vector = dyn_cast<ShapedType>(type))
      value = SplatElementsAttr::get(vector, Attribute(value));
    return arith::ConstantOp::create(b, value);
  }
  Value constant(double value) { return splat(type, b.getF64FloatAttr(value)); }
  Value integer(int64_t value) {
    return splat(integers, b.getI64IntegerAttr(value));
  }
  Value add(Value lhs, Value rhs) { return arith::AddFOp::create(b, lhs, rhs); }
  Value subtract(Value lhs, Value rhs) {
    return arith::SubFOp::create(b, lhs, rhs);
  }
  Value multiply(Value lhs, Value rhs) {
    return arith::MulFOp::create(b, lhs, rhs);
  }
  Value divide(Value lhs, Value rhs) {
    return arith::DivFOp::create(b, lhs, rhs);
  }
  Value fma(Value lhs, Value rhs, Value addend) {
    return math::FmaOp::create(b, lhs, rhs, addend);
  }
  /// Whether x is more, or less, than a bound; false for NaN.
  Value isMore(Value x, double bound) {
    return arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x,
                                 constant(bound));
  }
  Value isLess(Value x, double bound) {
    return arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x,
                                 constant(bound));
  }
  Value select(Value condition, Value lhs, Value rhs) {
    return arith::SelectOp::create(b, condition, lhs, rhs);
  }

  Value emitPolynomial(Value x, ArrayRef<double> coefficients);
  Reduced reduce(Value x);
  Value emitPowerOf2(Value shifted);
  Value emitReducedExpm1(Value r);

  ImplicitLocOpBuilder b;
  Type type, integers;
};

} // namespace

/// Σ coefficients[i] xⁱ.
Value Emitter::emitPolynomial(Value x, ArrayRef<double> coefficients) {
  Value sum = constant(coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    sum = fma(sum, x, constant(coefficient));
  return sum;
}

Emitter::Reduced Emitter::reduce(Value x) {
  Value shift = constant(roundingShift);
  Value shifted = fma(x, constant(0x1.71547652b82fep0), shift);
  Value k = subtract(shifted, shift);
  // ln 2 in two parts, products of k with the first of which are exact.
  Value r = fma(k, constant(-0x1.62e42feep-1), x);
  r = fma(k, constant(-0x1.a39ef35793c76p-33), r);
  return {k, r, shifted};
}

/// 2 to an integer, given with the rounding shift added, of -1022 to 1023.
Value Emitter::emitPowerOf2(Value shifted) {
  Value bits = arith::BitcastOp::create(b, integers, shifted);
  bits = arith::AddIOp::create(b, bits, integer(1023));
  bits = arith::ShLIOp::create(b, bits, integer(52));
  return arith::BitcastOp::create(b, type, bits);
}

/// eʳ - 1 for |r| ≤ ln 2 / 2: the Taylor polynomial, whose first term that is
/// left out is below 2^-57.
Value Emitter::emitReducedExpm1(Value r) {
  SmallVector<double> coefficients; // of r², r³, …, r¹³
  double factorial = 1;
  for (int degree = 2; degree <= 13; ++degree)
    coefficients.push_back(1 / (factorial *= degree));
  return fma(multiply(r, r), emitPolynomial(r, coefficients), r);
}

Value Emitter::emitExp(Value x) {
  // Where the result is infinite, and where it is below half of the smallest.
  Value isLarge = isMore(x, 0x1.62e42fefa39efp9);
  Value isSmall = isLess(x, -0x1.74910d52d3051p9);
  Value zero = constant(0);
  Reduced reduced = reduce(select(isSmall, zero, select(isLarge, zero, x)));
  Value result = add(constant(1), emitReducedExpm1(reduced.r));
  // 2^k in two factors: it may itself be out of range.
  Value shift = constant(roundingShift);
  Value halfShifted = fma(reduced.k, constant(0.5), shift);
  Value half = subtract(halfShifted, shift);
  Value restShifted = add(subtract(reduced.k, half), shift);
  result = multiply(result, emitPowerOf2(halfShifted));
  result = multiply(result, emitPowerOf2(restShifted));
  result = select(isLarge, constant(std::numeric_limits<double>::infinity()),
                  result);
  return select(isSmall, zero, result);
}

/// tanh |x| = e / (e + 2) with e = exp(2 |x|) - 1.
Value Emitter::emitTanh(Value x) {
  Value magnitude = math::AbsFOp::create(b, x);
  // From 20 on the result is 1.
  magnitude = select(isMore(magnitude, 20), constant(20), magnitude);
  Reduced reduced = reduce(add(magnitude, magnitude));
  Value power = emitPowerOf2(reduced.shifted);
  Value e =
      fma(power, emitReducedExpm1(reduced.r), subtract(power, constant(1)));
  return math::CopySignOp::create(b, divide(e, add(e, constant(2))), x);
}

/// Up to 1, x times a polynomial of x²; above, 1 - exp(-x²) times one of
/// t = (|x| - 2) / (|x| + 2). Weighted least squares in 40 digits, reweighted
/// until the largest relative error of the error function is as small as it
/// gets: 2^-62 and 2^-60.
Value Emitter::emitErf(Value x) {
  static constexpr double small[] = {
      0x1.20dd750429b6dp+0,   -0x1.812746b0379e6p-2,  0x1.ce2f21a042b22p-4,
      -0x1.b82ce31284a0cp-6,  0x1.565bcd0db1138p-8,   -0x1.c02db3d911521p-11,
      0x1.f9a321a4d58efp-14,  -0x1.f4d1df7adf2c2p-17, 0x1.b9def4abdb816p-20,
      -0x1.5f1d4f0cb1892p-23, 0x1.f7a50907221c7p-27,  -0x1.386d957a7490cp-30,
      0x1.0580f905ce4ecp-34};
  static constexpr double large[] = {
      0x1.058671b52c776p-2,   -0x1.b57034efd3f55p-2,  0x1.eeea7dc8a78ddp-3,
      -0x1.437f0b68cd74dp-4,  0x1.e947158ad1828p-9,   0x1.ca95ed8a7c17fp-8,
      -0x1.bc258d23ff0e6p-11, -0x1.016b54e322b59p-10, 0x1.6d338c5743e00p-15,
      0x1.6d81f809fc179p-13,  0x1.cf8d5856efcbap-16,  -0x1.be18e02cd8613p-16,
      -0x1.a7976f012e637p-17};
  Value magnitude = math::AbsFOp::create(b, x);
  // From 6 on the result is 1.
  magnitude = select(isMore(magnitude, 6), constant(6), magnitude);
  Value square = multiply(magnitude, magnitude);
  Value below = multiply(magnitude, emitPolynomial(square, small));
  Value t =
      divide(subtract(magnitude, constant(2)), add(magnitude, constant(2)));
  Value decay = emitExp(arith::NegFOp::create(b, square));
  Value above =
      subtract(constant(1), multiply(decay, emitPolynomial(t, large)));
  return math::CopySignOp::create(b, select(isMore(magnitude, 1), above, below),
                                  x);
}

bool norm::approximateF64(Operation *op) {
  if (op->getNumResults() != 1 ||
      !getElementTypeOrSelf(op->getResult(0).getType()).isF64())
    return false;
  OpBuilder builder(op);
  Emitter emitter(builder, op->getLoc(), op->getResult(0).getType());
  Value result = llvm::TypeSwitch<Operation *, Value>(op)
                     .Case([&](math::ExpOp op) {
                       return emitter.emitExp(op.getOperand());
                     })
                     .Case([&](math::TanhOp op) {
                       return emitter.emitTanh(op.getOperand());
                     })
                     .Case([&](math::ErfOp op) {
                       return emitter.emitErf(op.getOperand());
                     })
                     .Default(Value());
  if (!result)
    return false;
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
  return true;
}
