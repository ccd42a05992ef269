// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Upstream's driver that fuses a consumer into its producer's loops, which no
// operation of the transform dialect calls.

#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "norm/Dialect/Norm/IR/Norm.h"

using namespace mlir;

/// The loop that makes one of the operands, and the loops right within it.
static SmallVector<LoopLikeOpInterface> findLoops(Operation *op) {
  SmallVector<LoopLikeOpInterface> loops;
  for (Value operand : op->getOperands())
    if (auto loop = operand.getDefiningOp<LoopLikeOpInterface>()) {
      loops.push_back(loop);
      break;
    }
  while (!loops.empty()) {
    Block &body = loops.back()->getRegion(0).front();
    auto inner = body.getOps<LoopLikeOpInterface>();
    if (inner.empty())
      break;
    loops.push_back(*inner.begin());
  }
  return loops;
}

namespace {
struct TestFuseConsumers
    : public PassWrapper<TestFuseConsumers, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TestFuseConsumers)

  StringRef getArgument() const final { return "test-norm-fuse-consumers"; }
  StringRef getDescription() const final {
    return "Fuse norm operations into the loops that make their operands";
  }
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<Operation *> consumers;
    getOperation()->walk([&](TilingInterface op) {
      if (isa<norm::NormDialect>(op->getDialect()))
        consumers.push_back(op);
    });
    for (Operation *consumer : consumers) {
      SmallVector<LoopLikeOpInterface> loops = findLoops(consumer);
      if (loops.empty())
        continue;
      rewriter.setInsertionPoint(consumer);
      if (failed(scf::tileAndFuseConsumer(rewriter, consumer, loops)))
        consumer->emitRemark("not fused");
    }
  }
};
} // namespace

namespace mlir::norm::test {
void registerTestFuseConsumers() { PassRegistration<TestFuseConsumers>(); }
} // namespace mlir::norm::test
