// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ApproximateF64.h"
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

/// An exponent in the 32 bits that LLVM and libdevice take. One that has more
/// is cut to 2^30, where its parity alone tells.
void narrowExponent(math::FPowIOp op) {
  Type type = op.getRhs().getType(), element = getElementTypeOrSelf(type);
  if (element.isIndex() || element.getIntOrFloatBitWidth() == 32)
    return;
  OpBuilder builder(op);
  Location loc = op.getLoc();
  Type narrow = builder.getI32Type();
  if (auto vector = dyn_cast<VectorType>(type))
    narrow = vector.clone(narrow);
  if (element.getIntOrFloatBitWidth() < 32) {
    op.getRhsMutable().assign(
        arith::ExtSIOp::create(builder, loc, narrow, op.getRhs()));
    return;
  }
  auto constant = [&](int64_t value) -> Value {
    TypedAttr attribute = builder.getIntegerAttr(element, value);
    if (auto vector = dyn_cast<VectorType>(type))
      attribute = SplatElementsAttr::get(vector, Attribute(attribute));
    return arith::ConstantOp::create(builder, loc, attribute);
  };
  constexpr int64_t most = 1 << 30;
  Value parity = arith::AndIOp::create(builder, loc, op.getRhs(), constant(1));
  Value cut = arith::MinSIOp::create(builder, loc, op.getRhs(), constant(most));
  cut = arith::MaxSIOp::create(builder, loc, cut, constant(-most));
  cut = arith::AndIOp::create(builder, loc, cut, constant(-2));
  cut = arith::OrIOp::create(builder, loc, cut, parity);
  op.getRhsMutable().assign(arith::TruncIOp::create(builder, loc, narrow, cut));
}

struct ApproximateMath
    : public norm::impl::NormApproximateMathPassBase<ApproximateMath> {
  using NormApproximateMathPassBase::NormApproximateMathPassBase;

  void runOnOperation() override {
    getOperation()->walk(narrowExponent);
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa_and_present<math::MathDialect>(op->getDialect()) &&
          isApproximated(op->getName().getStringRef()) &&
          (scalars ||
           llvm::any_of(op->getResultTypes(), llvm::IsaPred<VectorType>)))
        ops.push_back(op);
    });
    llvm::erase_if(ops, norm::approximateF64);
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
