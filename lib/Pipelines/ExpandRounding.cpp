// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMEXPANDROUNDINGPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

bool isExpanded(Type type) {
  Type element = getElementTypeOrSelf(type);
  return !isa<TensorType>(type) && (element.isF32() || element.isF64());
}

Value createFloat(ImplicitLocOpBuilder &b, Type type, double value) {
  TypedAttr attr = b.getFloatAttr(getElementTypeOrSelf(type), value);
  if (auto shaped = dyn_cast<ShapedType>(type))
    attr = SplatElementsAttr::get(shaped, Attribute(attr));
  return arith::ConstantOp::create(b, attr);
}

/// The magnitude of `x` rounded to an integer, ties to even: a float whose last
/// place is 1 takes it in and gives it back so. Larger ones are integers, and
/// NaN stays.
Value roundMagnitude(ImplicitLocOpBuilder &b, Value magnitude) {
  Type type = magnitude.getType();
  bool isDouble = getElementTypeOrSelf(type).isF64();
  Value shift = createFloat(b, type, isDouble ? 0x1p52 : 0x1p23);
  Value sum = arith::AddFOp::create(b, magnitude, shift);
  Value rounded = arith::SubFOp::create(b, sum, shift);
  Value isSmall =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, magnitude, shift);
  return arith::SelectOp::create(b, isSmall, rounded, magnitude);
}

/// `value`, one less where it is above `x`; with `sign` -1 one more where it is
/// below.
Value correct(ImplicitLocOpBuilder &b, Value value, Value x, double sign) {
  auto predicate =
      sign > 0 ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT;
  Value isOff = arith::CmpFOp::create(b, predicate, value, x);
  Value corrected =
      arith::SubFOp::create(b, value, createFloat(b, value.getType(), sign));
  return arith::SelectOp::create(b, isOff, corrected, value);
}

void expand(Operation *op) {
  ImplicitLocOpBuilder b(op->getLoc(), op);
  Value x = op->getOperand(0);
  Value magnitude = math::AbsFOp::create(b, x);
  Value rounded = roundMagnitude(b, magnitude);
  if (isa<math::TruncOp>(op))
    rounded = correct(b, rounded, magnitude, 1);
  Value result = math::CopySignOp::create(b, rounded, x);
  if (isa<math::FloorOp, math::CeilOp>(op)) {
    result = correct(b, result, x, isa<math::FloorOp>(op) ? 1 : -1);
    // A sum of 0 is positive.
    result = math::CopySignOp::create(b, result, x);
  }
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
}

struct ExpandRounding
    : public norm::impl::NormExpandRoundingPassBase<ExpandRounding> {
  void runOnOperation() override {
    SmallVector<Operation *> rounding;
    getOperation()->walk([&](Operation *op) {
      if (isa<math::RoundEvenOp, math::FloorOp, math::CeilOp, math::TruncOp>(
              op) &&
          isExpanded(op->getResult(0).getType()))
        rounding.push_back(op);
    });
    llvm::for_each(rounding, expand);
  }
};

} // namespace
