// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/TypeUtilities.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMEXPANDMASKEDHALVESPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

bool isHalf(Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  return element.isBF16() || element.isF16();
}

Type asIntegers(Type type) {
  auto shaped = cast<VectorType>(type);
  return shaped.clone(IntegerType::get(type.getContext(), 16));
}

void expandLoad(LLVM::MaskedLoadOp op) {
  OpBuilder builder(op);
  Type type = op.getRes().getType();
  SmallVector<Value> operands = llvm::to_vector(op->getOperands());
  for (Value &operand : operands)
    if (isHalf(operand))
      operand = LLVM::BitcastOp::create(builder, op.getLoc(),
                                        asIntegers(operand.getType()), operand);
  OperationState state(op.getLoc(), op->getName(), operands, asIntegers(type),
                       op->getAttrs());
  Operation *load = builder.create(state);
  Value bits =
      LLVM::BitcastOp::create(builder, op.getLoc(), type, load->getResult(0));
  op->replaceAllUsesWith(ValueRange{bits});
  op->erase();
}

void expandStore(LLVM::MaskedStoreOp op) {
  OpBuilder builder(op);
  Value value = op.getValue();
  Value bits = LLVM::BitcastOp::create(builder, op.getLoc(),
                                       asIntegers(value.getType()), value);
  op.getValueMutable().assign(bits);
}

struct ExpandMaskedHalves
    : public norm::impl::NormExpandMaskedHalvesPassBase<ExpandMaskedHalves> {
  void runOnOperation() override {
    SmallVector<Operation *> accesses;
    getOperation()->walk([&](Operation *op) {
      auto load = dyn_cast<LLVM::MaskedLoadOp>(op);
      auto store = dyn_cast<LLVM::MaskedStoreOp>(op);
      if ((load && isHalf(load.getRes())) ||
          (store && isHalf(store.getValue())))
        accesses.push_back(op);
    });
    for (Operation *op : accesses) {
      if (auto load = dyn_cast<LLVM::MaskedLoadOp>(op))
        expandLoad(load);
      else
        expandStore(cast<LLVM::MaskedStoreOp>(op));
    }
  }
};

} // namespace
