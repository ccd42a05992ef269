// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DestinationStyle.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::norm;

LogicalResult norm::verifyDestinationStyle(DestinationStyleOpInterface op) {
  bool onTensors = false, onMemRefs = false;
  for (Type type : op->getOperandTypes()) {
    onTensors |= isa<RankedTensorType>(type);
    onMemRefs |= isa<MemRefType>(type);
  }
  if (onTensors && onMemRefs)
    return op->emitOpError(
        "expected operands that are all tensors or all memrefs, got both");
  SmallVector<Type> expected;
  appendInitResults(expected, op.getDpsInits().getTypes());
  if (!llvm::equal(expected, op->getResultTypes()))
    return op->emitOpError()
           << "expected results of the tensor inits' types (" << expected
           << "), got (" << op->getResultTypes() << ")";
  for (auto [index, init] : llvm::enumerate(op.getDpsInits()))
    if (isa<MemRefType>(init.getType()) &&
        llvm::is_contained(op.getDpsInits().take_front(index), init))
      return op->emitOpError() << "expected outputs that are different memory, "
                                  "but output #"
                               << index << " repeats an earlier one";
  return success();
}

void norm::appendDestinationStyleEffects(
    DestinationStyleOpInterface op, MemoryEffectList &effects,
    function_ref<bool(unsigned)> readsInit) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    auto append = [&](MemoryEffects::Effect *effect, bool onFullRegion) {
      effects.emplace_back(effect, &operand, /*stage=*/0, onFullRegion,
                           SideEffects::DefaultResource::get());
    };
    bool isInit = op.isDpsInit(&operand);
    unsigned initIndex =
        isInit ? operand.getOperandNumber() -
                     op.getDpsInitsMutable().begin()->getOperandNumber()
               : 0;
    if (!isInit || readsInit(initIndex))
      append(MemoryEffects::Read::get(), /*onFullRegion=*/true);
    if (isInit)
      append(MemoryEffects::Write::get(), /*onFullRegion=*/true);
  }
}

Speculation::Speculatability
norm::destinationStyleSpeculatability(DestinationStyleOpInterface op) {
  return op.hasPureTensorSemantics() ? Speculation::Speculatable
                                     : Speculation::NotSpeculatable;
}

LogicalResult
norm::reifyFromInits(DestinationStyleOpInterface op, OpBuilder &builder,
                     SmallVectorImpl<SmallVector<OpFoldResult>> &shapes) {
  for (Value init : op.getDpsInits())
    if (isa<RankedTensorType>(init.getType()))
      shapes.push_back(tensor::getMixedSizes(builder, op.getLoc(), init));
  return success();
}
