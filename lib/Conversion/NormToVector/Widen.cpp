// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Widen.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "norm/Dialect/Norm/IR/Norm.h"

using namespace mlir;
using namespace mlir::norm;

Value norm::widenOp(OpBuilder &builder, Operation *op, ValueRange operands,
                    int64_t lanes) {
  Type type = VectorType::get(lanes, op->getResult(0).getType());
  OperationState state(op->getLoc(), op->getName(), operands, type,
                       op->getAttrs());
  return builder.create(state)->getResult(0);
}

Value norm::convertCount(OpBuilder &builder, Location loc, Value count,
                         Type type) {
  if (!isa<FloatType>(type))
    return count;
  Value integer =
      arith::IndexCastOp::create(builder, loc, builder.getI64Type(), count);
  return arith::UIToFPOp::create(builder, loc, type, integer);
}

static TypedAttr getIdentityAttr(vector::CombiningKind kind, Type type) {
  auto floatAttr = [&](APFloat value) -> TypedAttr {
    return FloatAttr::get(type, value);
  };
  auto integerAttr = [&](auto make) -> TypedAttr {
    unsigned width = isa<IndexType>(type) ? IndexType::kInternalStorageBitWidth
                                          : type.getIntOrFloatBitWidth();
    return IntegerAttr::get(type, make(width));
  };
  const llvm::fltSemantics *semantics =
      isa<FloatType>(type) ? &cast<FloatType>(type).getFloatSemantics()
                           : nullptr;
  switch (kind) {
  case vector::CombiningKind::ADD:
    // -0 is the identity of IEEE addition, but an empty sum shall be 0.
    return semantics ? floatAttr(APFloat::getZero(*semantics))
                     : integerAttr(APInt::getZero);
  case vector::CombiningKind::MUL:
    return semantics
               ? floatAttr(APFloat(*semantics, 1))
               : integerAttr([](unsigned width) { return APInt(width, 1); });
  case vector::CombiningKind::MINNUMF:
  case vector::CombiningKind::MAXNUMF:
    return floatAttr(APFloat::getNaN(*semantics));
  case vector::CombiningKind::MINIMUMF:
    return floatAttr(APFloat::getInf(*semantics));
  case vector::CombiningKind::MAXIMUMF:
    return floatAttr(APFloat::getInf(*semantics, /*Negative=*/true));
  case vector::CombiningKind::MINUI:
  case vector::CombiningKind::AND:
    return integerAttr(APInt::getMaxValue);
  case vector::CombiningKind::MINSI:
    return integerAttr(APInt::getSignedMaxValue);
  case vector::CombiningKind::MAXSI:
    return integerAttr(APInt::getSignedMinValue);
  case vector::CombiningKind::MAXUI:
  case vector::CombiningKind::OR:
  case vector::CombiningKind::XOR:
    return integerAttr(APInt::getZero);
  }
  llvm_unreachable("unknown combining kind");
}

Value norm::createIdentity(OpBuilder &builder, Location loc,
                           vector::CombiningKind kind, Type type) {
  TypedAttr identity = getIdentityAttr(kind, getElementTypeOrSelf(type));
  if (auto vectorType = dyn_cast<VectorType>(type))
    identity = SplatElementsAttr::get(vectorType, Attribute(identity));
  return arith::ConstantOp::create(builder, loc, identity);
}

Value norm::combineValues(OpBuilder &builder, Location loc,
                          vector::CombiningKind kind, Value accumulator,
                          Value value) {
  arith::FastMathFlagsAttr flags;
  if (isa<FloatType>(getElementTypeOrSelf(value.getType())) &&
      kind == vector::CombiningKind::ADD)
    flags = arith::FastMathFlagsAttr::get(builder.getContext(),
                                          arith::FastMathFlags::contract);
  return vector::makeArithReduction(builder, loc, kind, accumulator, value,
                                    flags);
}

Value norm::combineLanes(OpBuilder &builder, Location loc,
                         vector::CombiningKind kind, Value vector) {
  bool isFloat = isa<FloatType>(getElementTypeOrSelf(vector.getType()));
  return vector::ReductionOp::create(builder, loc, kind, vector,
                                     isFloat ? arith::FastMathFlags::reassoc
                                             : arith::FastMathFlags::none);
}
