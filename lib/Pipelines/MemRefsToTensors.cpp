// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Utils/MemRefUtils.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMMEMREFSTOTENSORSPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

/// Whether the operation writes to the memory of one of its inputs. Some output
/// may be there before the input is last read.
static bool isOverwritten(DestinationStyleOpInterface op, OpOperand &input) {
  auto getMemory = [](Value memref) -> Value {
    return memref::skipViewLikeOps(cast<MemrefValue>(memref));
  };
  return llvm::any_of(op.getDpsInits(), [&](Value init) {
    return getMemory(init) == getMemory(input.get());
  });
}

namespace {

void putOnTensors(DestinationStyleOpInterface op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  // Once per memref: each `restrict` promises that no other tensor stands for
  // its memory.
  llvm::SmallDenseMap<Value, Value> tensors;
  SmallVector<Value> operands;
  for (OpOperand &use : op->getOpOperands()) {
    Value operand = use.get();
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type) {
      operands.push_back(operand);
      continue;
    }
    bool isCopied = !op.isDpsInit(&use) && isOverwritten(op, use);
    Value &tensor = tensors[operand];
    if (!tensor)
      tensor = bufferization::ToTensorOp::create(
          b, loc, memref::getTensorTypeFromMemRefType(type), operand,
          /*restrict=*/true, /*writable=*/true);
    operands.push_back(
        isCopied ? bufferization::AllocTensorOp::create(
                       b, loc, cast<RankedTensorType>(tensor.getType()),
                       /*dynamicSizes=*/ValueRange(), /*copy=*/tensor)
                       .getResult()
                 : tensor);
  }
  SmallVector<Type> resultTypes;
  for (OpOperand &init : op.getDpsInitsMutable())
    resultTypes.push_back(tensors.lookup(init.get()).getType());
  Operation *onTensors = clone(b, op, resultTypes, operands);
  for (auto [init, result] :
       llvm::zip_equal(op.getDpsInitsMutable(), onTensors->getResults())) {
    auto materialize = bufferization::MaterializeInDestinationOp::create(
        b, loc, result, init.get());
    materialize.setRestrict(true);
    materialize.setWritable(true);
  }
  op->erase();
}

struct MemRefsToTensors
    : public norm::impl::NormMemRefsToTensorsPassBase<MemRefsToTensors> {
  using NormMemRefsToTensorsPassBase::NormMemRefsToTensorsPassBase;

  void runOnOperation() override {
    SmallVector<DestinationStyleOpInterface> ops;
    getOperation()->walk([&](DestinationStyleOpInterface op) {
      if (isa_and_present<norm::NormDialect>(op->getDialect()) &&
          op.hasPureBufferSemantics())
        ops.push_back(op);
    });
    for (DestinationStyleOpInterface op : ops)
      putOnTensors(op);
  }
};

} // namespace
