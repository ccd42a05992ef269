// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/TypeUtilities.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMEXPANDHALFMOVESPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

bool isHalf(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isBF16() || element.isF16();
}

Type asIntegers(Type type) {
  Type element = IntegerType::get(type.getContext(), 16);
  auto shaped = dyn_cast<VectorType>(type);
  return shaped ? Type(shaped.clone(element)) : element;
}

/// The same operation on the bits of its operands and results.
void expand(Operation *op) {
  OpBuilder builder(op);
  SmallVector<Value> operands = llvm::to_vector(op->getOperands());
  for (Value &operand : operands)
    if (isHalf(operand.getType()))
      operand = LLVM::BitcastOp::create(builder, op->getLoc(),
                                        asIntegers(operand.getType()), operand);
  SmallVector<Type> types;
  for (Type type : op->getResultTypes())
    types.push_back(isHalf(type) ? asIntegers(type) : type);
  OperationState state(op->getLoc(), op->getName(), operands, types,
                       op->getAttrs());
  Operation *onBits = builder.create(state);
  for (auto [result, bits] :
       llvm::zip_equal(op->getResults(), onBits->getResults())) {
    Value value = bits;
    if (isHalf(result.getType()))
      value = LLVM::BitcastOp::create(builder, op->getLoc(), result.getType(),
                                      bits);
    result.replaceAllUsesWith(value);
  }
  op->erase();
}

struct ExpandHalfMoves
    : public norm::impl::NormExpandHalfMovesPassBase<ExpandHalfMoves> {
  using NormExpandHalfMovesPassBase::NormExpandHalfMovesPassBase;

  void runOnOperation() override {
    auto isMoved = [&](Type type) {
      Type element = getElementTypeOrSelf(type);
      return (bf16 && element.isBF16()) || (f16 && element.isF16());
    };
    SmallVector<Operation *> moves;
    getOperation()->walk([&](Operation *op) {
      auto has = [&](auto isMeant) {
        return llvm::any_of(op->getOperandTypes(), isMeant) ||
               llvm::any_of(op->getResultTypes(), isMeant);
      };
      bool isMaskedAccess = isa<LLVM::MaskedLoadOp, LLVM::MaskedStoreOp>(op);
      bool isMove = isa<LLVM::InsertElementOp, LLVM::ExtractElementOp,
                        LLVM::ShuffleVectorOp, LLVM::SelectOp>(op);
      if ((isMaskedAccess && has(isHalf)) || (isMove && has(isMoved)))
        moves.push_back(op);
    });
    for (Operation *op : moves)
      expand(op);
  }
};

} // namespace
