// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ApproximateExp.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMAPPROXIMATEMATHPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

/// Functions that the target computes by an instruction or two need no
/// polynomial.
bool isApproximated(StringRef name) {
  return name != math::RsqrtOp::getOperationName() &&
         name != math::SqrtOp::getOperationName();
}

void expandFMA(math::FmaOp op) {
  OpBuilder builder(op);
  Value product =
      arith::MulFOp::create(builder, op.getLoc(), op.getA(), op.getB());
  op.replaceAllUsesWith(
      arith::AddFOp::create(builder, op.getLoc(), product, op.getC())
          .getResult());
  op.erase();
}

struct ApproximateMath
    : public norm::impl::NormApproximateMathPassBase<ApproximateMath> {
  using NormApproximateMathPassBase::NormApproximateMathPassBase;

  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa_and_present<math::MathDialect>(op->getDialect()) &&
          isApproximated(op->getName().getStringRef()) &&
          (scalars ||
           llvm::any_of(op->getResultTypes(), llvm::IsaPred<VectorType>)))
        ops.push_back(op);
    });
    llvm::erase_if(ops, [](Operation *op) {
      auto exp = dyn_cast<math::ExpOp>(op);
      bool isWide = exp && getElementTypeOrSelf(exp.getType()).isF64();
      if (isWide)
        norm::approximateExpOfF64(exp);
      return isWide;
    });
    RewritePatternSet patterns(&getContext());
    populateMathF32ExpansionPatterns(patterns, isApproximated);
    populateMathPolynomialApproximationPatterns(patterns, isApproximated);
    auto config = GreedyRewriteConfig().setStrictness(
        GreedyRewriteStrictness::ExistingAndNewOps);
    if (failed(applyOpPatternsGreedily(ops, std::move(patterns), config)))
      signalPassFailure();
    if (!fma)
      getOperation()->walk(expandFMA);
  }
};

} // namespace
