// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Widen.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "norm/Dialect/Norm/IR/Norm.h"

using namespace mlir;
using namespace mlir::norm;

Operation *norm::widenOp(OpBuilder &builder, Operation *op, ValueRange operands,
                         int64_t lanes) {
  SmallVector<Type> types =
      llvm::map_to_vector(op->getResultTypes(), [&](Type type) -> Type {
        return VectorType::get(lanes, type);
      });
  OperationState state(op->getLoc(), op->getName(), operands, types,
                       op->getAttrs());
  return builder.create(state);
}

Value norm::convertCount(OpBuilder &builder, Location loc, Value count,
                         Type type) {
  if (!isa<FloatType>(type))
    return count;
  Type integerType = builder.getI64Type();
  if (auto vectorType = dyn_cast<VectorType>(count.getType())) {
    integerType = vectorType.clone(integerType);
    type = vectorType.clone(type);
  }
  Value integer = arith::IndexCastOp::create(builder, loc, integerType, count);
  return arith::UIToFPOp::create(builder, loc, type, integer);
}

Value norm::createIdentity(OpBuilder &builder, Location loc,
                           vector::CombiningKind kind, Type type) {
  TypedAttr identity = ReduceOp::getIdentity(kind, getElementTypeOrSelf(type));
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
