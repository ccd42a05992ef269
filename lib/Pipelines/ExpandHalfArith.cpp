// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMEXPANDHALFARITHPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

/// Which element types are expanded: those of 8 bits always, as no target
/// computes in them.
struct Narrow {
  bool bf16, f16;

  bool operator()(Type type) const {
    Type element = getElementTypeOrSelf(type);
    return !isa<TensorType, MemRefType>(type) &&
           (isa<Float8E4M3FNType, Float8E5M2Type>(element) ||
            (bf16 && element.isBF16()) || (f16 && element.isF16()));
  }
};

/// Whether the operation computes: others only move numbers, or are the very
/// casts that expansion makes.
bool isArithmetic(Operation *op) {
  if (isa<vector::ReductionOp, vector::FMAOp>(op))
    return true;
  return isa_and_present<arith::ArithDialect, math::MathDialect>(
             op->getDialect()) &&
         !isa<arith::ConstantOp, arith::SelectOp, arith::BitcastOp,
              arith::ExtFOp, arith::TruncFOp>(op);
}

/// f32, which holds what any operation on narrower floats gives with bits to
/// spare, but f64 for integers that f32 would round.
Type getWideElement(Operation *op, Builder &builder) {
  bool isWideInteger =
      isa<arith::SIToFPOp, arith::UIToFPOp>(op) &&
      getElementTypeOrSelf(op->getOperand(0)).getIntOrFloatBitWidth() > 16;
  return isWideInteger ? Type(builder.getF64Type()) : builder.getF32Type();
}

void expand(Operation *op, Narrow isNarrow) {
  OpBuilder builder(op);
  Type element = getWideElement(op, builder);
  auto widen = [&](Type type) -> Type {
    auto shaped = dyn_cast<ShapedType>(type);
    return shaped ? Type(shaped.clone(element)) : element;
  };
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    operands.push_back(isNarrow(operand.getType())
                           ? arith::ExtFOp::create(builder, op->getLoc(),
                                                   widen(operand.getType()),
                                                   operand)
                                 .getResult()
                           : operand);
  }
  SmallVector<Type> types;
  for (Type type : op->getResultTypes())
    types.push_back(isNarrow(type) ? widen(type) : type);
  OperationState state(op->getLoc(), op->getName(), operands, types,
                       op->getAttrs());
  Operation *wide = builder.create(state);
  for (auto [result, from] :
       llvm::zip_equal(op->getResults(), wide->getResults())) {
    Value narrow = from;
    if (isNarrow(result.getType()))
      narrow = arith::TruncFOp::create(builder, op->getLoc(), result.getType(),
                                       from);
    result.replaceAllUsesWith(narrow);
  }
  op->erase();
}

struct ExpandHalfArith
    : public norm::impl::NormExpandHalfArithPassBase<ExpandHalfArith> {
  using NormExpandHalfArithPassBase::NormExpandHalfArithPassBase;

  void runOnOperation() override {
    Narrow isNarrow{bf16, f16};
    auto isSelected = [&](Operation *op) {
      return selects && isa<arith::SelectOp>(op) &&
             isa<VectorType>(op->getResult(0).getType());
    };
    SmallVector<Operation *> computing;
    getOperation()->walk([&](Operation *op) {
      if ((isArithmetic(op) || isSelected(op)) &&
          (llvm::any_of(op->getOperandTypes(), isNarrow) ||
           llvm::any_of(op->getResultTypes(), isNarrow)))
        computing.push_back(op);
    });
    for (Operation *op : computing)
      expand(op, isNarrow);
  }
};

} // namespace
