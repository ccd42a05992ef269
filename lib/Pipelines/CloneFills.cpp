// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMCLONEFILLSPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

/// Whether an operation starts from the operand's elements and writes over
/// them.
static bool isInit(OpOperand &use) {
  auto user = dyn_cast<DestinationStyleOpInterface>(use.getOwner());
  return user && user.isDpsInit(&use);
}

namespace {
struct CloneFills : public norm::impl::NormCloneFillsPassBase<CloneFills> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::FillOp> fills;
    getOperation()->walk([&](linalg::FillOp op) {
      if (op.hasPureTensorSemantics() && !op->hasOneUse())
        fills.push_back(op);
    });
    for (linalg::FillOp fill : fills)
      for (OpOperand &use : llvm::make_early_inc_range(fill->getUses())) {
        if (!isInit(use) || fill->hasOneUse())
          continue;
        rewriter.setInsertionPoint(use.getOwner());
        Value own = rewriter.clone(*fill)->getResult(0);
        rewriter.modifyOpInPlace(use.getOwner(), [&]() { use.set(own); });
      }
  }
};
} // namespace
