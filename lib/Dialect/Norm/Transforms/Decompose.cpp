// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/IR/Decompose.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Dialect/Norm/Transforms/Transforms.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMDECOMPOSEPASS
#include "norm/Dialect/Norm/Transforms/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

namespace {
struct Decompose : public norm::impl::NormDecomposePassBase<Decompose> {
  using NormDecomposePassBase::NormDecomposePassBase;

  void runOnOperation() override {
    FloatType type;
    if (computeType == "f32") {
      type = Float32Type::get(&getContext());
    } else if (computeType == "f64") {
      type = Float64Type::get(&getContext());
    } else if (!computeType.empty()) {
      getOperation()->emitError("expected compute-type f32 or f64, got '")
          << computeType << "'";
      return signalPassFailure();
    }
    IRRewriter rewriter(&getContext());
    for (Region &region : getOperation()->getRegions())
      region.walk([&](DestinationStyleOpInterface op) {
        decomposeOnTensors(rewriter, op, type);
      });
  }

private:
  static void decomposeOnTensors(IRRewriter &rewriter,
                                 DestinationStyleOpInterface op,
                                 FloatType type) {
    if (!op.hasPureTensorSemantics())
      return;
    if (auto named = dyn_cast<NormOpInterface>(op.getOperation()))
      op = cast<DestinationStyleOpInterface>(
          generalize(rewriter, named).getOperation());
    else if (auto statistics = dyn_cast<StatisticsOp>(op.getOperation()))
      op = cast<DestinationStyleOpInterface>(
          generalize(rewriter, statistics).getOperation());
    auto program = dyn_cast<GenericOp>(op.getOperation());
    if (!program)
      return;
    rewriter.setInsertionPoint(program);
    rewriter.replaceOp(program, *decompose(rewriter, program, type));
  }
};
} // namespace
