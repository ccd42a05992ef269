// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/PatternMatch.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Dialect/Norm/Transforms/Transforms.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMGENERALIZEPASS
#include "norm/Dialect/Norm/Transforms/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

GenericOp norm::generalize(RewriterBase &rewriter, NormOpInterface op) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  Generalization generalized = op.generalize(rewriter);
  generalized.program->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  rewriter.replaceOp(op, generalized.results);
  return cast<GenericOp>(generalized.program);
}

GenericOp norm::generalize(RewriterBase &rewriter, StatisticsOp op) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  GenericOp program = op.generalize(rewriter);
  program->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  rewriter.replaceOp(op, program);
  return program;
}

namespace {
struct Generalize : public norm::impl::NormGeneralizePassBase<Generalize> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](NormOpInterface op) { generalize(rewriter, op); });
    getOperation()->walk([&](StatisticsOp op) { generalize(rewriter, op); });
  }
};
} // namespace
