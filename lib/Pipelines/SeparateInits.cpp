// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMSEPARATEINITSPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

/// Whether an operation starts from the operand's elements and writes over
/// them.
static bool isInit(OpOperand &use) {
  auto user = dyn_cast<DestinationStyleOpInterface>(use.getOwner());
  return user && user.isDpsInit(&use);
}

static void setToClone(RewriterBase &rewriter, OpOperand &use) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(use.getOwner());
  Operation *own = rewriter.clone(*use.get().getDefiningOp());
  rewriter.modifyOpInPlace(use.getOwner(),
                           [&]() { use.set(own->getResult(0)); });
}

/// Each use of a filled tensor as an init but one, or all beside other uses.
static void separateFill(RewriterBase &rewriter, linalg::FillOp fill) {
  for (OpOperand &use : llvm::make_early_inc_range(fill->getUses()))
    if (isInit(use) && !fill->hasOneUse())
      setToClone(rewriter, use);
}

/// Each use of an empty tensor by an operation that has it as another init.
static void separateEmpty(RewriterBase &rewriter, tensor::EmptyOp empty) {
  llvm::SmallDenseSet<Operation *> users;
  for (OpOperand &use : llvm::make_early_inc_range(empty->getUses()))
    if (isInit(use) && !users.insert(use.getOwner()).second)
      setToClone(rewriter, use);
}

/// A memref that the tensor is stored to as a whole; null if there is none.
static Value getDestination(Value tensor) {
  for (Operation *user : tensor.getUsers())
    if (auto store = dyn_cast<bufferization::MaterializeInDestinationOp>(user))
      if (isa<MemRefType>(store.getDest().getType()))
        return store.getDest();
  return {};
}

/// An init that is not read, of a result that goes to another place: an empty
/// tensor can be that place, which a tensor that lives on cannot.
static void separateFromDestination(RewriterBase &rewriter,
                                    DestinationStyleOpInterface op) {
  bufferization::BufferizationOptions options;
  bufferization::AnalysisState state(options);
  for (OpOperand &init : op.getDpsInitsMutable()) {
    if (!isa<RankedTensorType>(init.get().getType()) ||
        init.get().getDefiningOp<tensor::EmptyOp>() ||
        state.bufferizesToMemoryRead(init))
      continue;
    Value destination = getDestination(op.getTiedOpResult(&init));
    auto from = init.get().getDefiningOp<bufferization::ToTensorOp>();
    if (!destination || (from && from.getBuffer() == destination))
      continue;
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(op);
    auto type = cast<RankedTensorType>(init.get().getType());
    Value empty = tensor::EmptyOp::create(
        rewriter, op.getLoc(),
        tensor::getMixedSizes(rewriter, op.getLoc(), init.get()),
        type.getElementType(), type.getEncoding());
    rewriter.modifyOpInPlace(op, [&]() { init.set(empty); });
  }
}

namespace {
struct SeparateInits
    : public norm::impl::NormSeparateInitsPassBase<SeparateInits> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](DestinationStyleOpInterface op) {
      separateFromDestination(rewriter, op);
    });
    SmallVector<Operation *> producers;
    getOperation()->walk([&](Operation *op) {
      if (isa<linalg::FillOp, tensor::EmptyOp>(op))
        producers.push_back(op);
    });
    for (Operation *producer : producers) {
      auto fill = dyn_cast<linalg::FillOp>(producer);
      if (!fill)
        separateEmpty(rewriter, cast<tensor::EmptyOp>(producer));
      else if (fill.hasPureTensorSemantics())
        separateFill(rewriter, fill);
    }
  }
};
} // namespace
