// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "norm/Pipelines/Passes.h"
#include "norm/Pipelines/Pipelines.h"
#include "llvm/ADT/DenseSet.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMSTATICRESULTSTOOUTPARAMSPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

bool norm::returnsThroughOutParams(TypeRange resultTypes) {
  bool hasBuffers = false;
  for (Type type : resultTypes) {
    auto shaped = dyn_cast<ShapedType>(type);
    if (!shaped || isa<VectorType>(type))
      continue;
    auto memref = dyn_cast<MemRefType>(type);
    if (!shaped.hasStaticShape() ||
        (memref && !memref.getLayout().isIdentity()))
      return false;
    hasBuffers = true;
  }
  return hasBuffers;
}

/// Copies a buffer that is returned twice: each out-param takes one of its own.
static void copyRepeatedResults(func::FuncOp function) {
  function.walk([](func::ReturnOp op) {
    llvm::SmallPtrSet<Value, 4> seen;
    for (OpOperand &operand : op->getOpOperands()) {
      auto type = dyn_cast<MemRefType>(operand.get().getType());
      if (!type || seen.insert(operand.get()).second)
        continue;
      OpBuilder builder(op);
      Value copy = memref::AllocOp::create(builder, op.getLoc(), type);
      memref::CopyOp::create(builder, op.getLoc(), operand.get(), copy);
      operand.set(copy);
    }
  });
}

namespace {
struct StaticResultsToOutParams
    : public norm::impl::NormStaticResultsToOutParamsPassBase<
          StaticResultsToOutParams> {
  using NormStaticResultsToOutParamsPassBase::
      NormStaticResultsToOutParamsPassBase;

  void runOnOperation() override {
    bufferization::BufferResultsToOutParamsOpts options;
    options.hoistStaticAllocs = true;
    options.modifyPublicFunctions = true;
    // Asked again for each call, when the function has no results any more.
    llvm::DenseSet<Operation *> changed;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (norm::returnsThroughOutParams(function.getResultTypes())) {
        copyRepeatedResults(function);
        changed.insert(function);
      }
    options.filterFn = [&](func::FuncOp *function) {
      return changed.contains(*function);
    };
    if (failed(bufferization::promoteBufferResultsToOutParams(getOperation(),
                                                              options)))
      signalPassFailure();
  }
};
} // namespace
