// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "HostMemory.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMPARALLELLOOPSTOGPUPASS
#define GEN_PASS_DEF_NORMSEQUENTIALOPSTOGPUPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

/// Threads of a block: enough for any GPU, few enough for any kernel.
static constexpr int64_t blockThreads = 256;

/// Whether an operation does what a thread of a kernel can do.
static bool canRunOnGPU(Operation *op) {
  if (isa<CallOpInterface, memref::CopyOp>(op) ||
      isa<gpu::GPUDialect>(op->getDialect()))
    return false;
  return !hasEffect<MemoryEffects::Allocate>(op) &&
         !hasEffect<MemoryEffects::Free>(op);
}

static bool canRunOnGPU(scf::ParallelOp loop) {
  return loop.getNumResults() == 0 &&
         !loop.getRegion()
              .walk([](Operation *op) {
                return canRunOnGPU(op) ? WalkResult::advance()
                                       : WalkResult::interrupt();
              })
              .wasInterrupted();
}

/// Replaces a loop over any number of dims by a launch over one.
static void runOnGPU(scf::ParallelOp loop, IRRewriter &rewriter) {
  Location loc = loop.getLoc();
  rewriter.setInsertionPoint(loop);
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  };
  Value zero = constant(0), one = constant(1), threads = constant(blockThreads);
  SmallVector<Value> counts;
  Value total = one;
  for (auto [lower, upper, step] : llvm::zip_equal(
           loop.getLowerBound(), loop.getUpperBound(), loop.getStep())) {
    Value span = arith::SubIOp::create(rewriter, loc, upper, lower);
    Value count = arith::MaxSIOp::create(
        rewriter, loc, arith::CeilDivSIOp::create(rewriter, loc, span, step),
        zero);
    counts.push_back(count);
    total = arith::MulIOp::create(rewriter, loc, total, count);
  }
  Value blocks = arith::CeilDivSIOp::create(rewriter, loc, total, threads);
  auto launch =
      gpu::LaunchOp::create(rewriter, loc, blocks, one, one, threads, one, one);
  rewriter.setInsertionPointToStart(&launch.getBody().front());
  Value first = arith::MulIOp::create(rewriter, loc, launch.getBlockIds().x,
                                      launch.getBlockSize().x);
  Value number =
      arith::AddIOp::create(rewriter, loc, first, launch.getThreadIds().x);
  Value exists = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::slt,
                                       number, total);
  auto guard = scf::IfOp::create(rewriter, loc, exists, /*withElse=*/false);
  gpu::TerminatorOp::create(rewriter, loc);
  rewriter.setInsertionPointToStart(guard.thenBlock());
  SmallVector<Value> indices(counts.size());
  for (int64_t dim = int64_t(counts.size()) - 1; dim >= 0; --dim) {
    Value index = number;
    if (dim > 0) {
      index = arith::RemSIOp::create(rewriter, loc, number, counts[dim]);
      number = arith::DivSIOp::create(rewriter, loc, number, counts[dim]);
    }
    Value offset =
        arith::MulIOp::create(rewriter, loc, index, loop.getStep()[dim]);
    indices[dim] =
        arith::AddIOp::create(rewriter, loc, offset, loop.getLowerBound()[dim]);
  }
  rewriter.eraseOp(loop.getBody()->getTerminator());
  rewriter.inlineBlockBefore(loop.getBody(), guard.thenBlock()->getTerminator(),
                             indices);
  rewriter.eraseOp(loop);
}

/// Whether an operation that stores has nothing parallel about it, and stands
/// on the host.
static bool isSequentialOnHost(Operation *op) {
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  bool isSequential = isa<memref::StoreOp>(op) ||
                      (structured && structured.hasPureBufferSemantics() &&
                       structured.getNumParallelLoops() == 0);
  return isSequential && !op->getParentOfType<gpu::LaunchOp>() &&
         !op->getParentOfType<linalg::LinalgOp>() &&
         !op->getParentOfType<scf::ParallelOp>();
}

/// Runs an operation on one thread.
static void runAlone(Operation *op, IRRewriter &rewriter) {
  Location loc = op->getLoc();
  rewriter.setInsertionPoint(op);
  Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
  auto launch =
      gpu::LaunchOp::create(rewriter, loc, one, one, one, one, one, one);
  rewriter.setInsertionPointToStart(&launch.getBody().front());
  auto terminator = gpu::TerminatorOp::create(rewriter, loc);
  rewriter.moveOpBefore(op, terminator);
}

namespace {
struct SequentialOpsToGPU
    : public norm::impl::NormSequentialOpsToGPUPassBase<SequentialOpsToGPU> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    SymbolTable symbols(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!isDeallocHelper(function))
        function.walk([&](Operation *op) {
          if (isSequentialOnHost(op) && !isOnHostMemory(op, symbols))
            ops.push_back(op);
        });
    IRRewriter rewriter(&getContext());
    for (Operation *op : ops)
      runAlone(op, rewriter);
  }
};

struct ParallelLoopsToGPU
    : public norm::impl::NormParallelLoopsToGPUPassBase<ParallelLoopsToGPU> {
  void runOnOperation() override {
    SmallVector<scf::ParallelOp> loops;
    getOperation().walk<WalkOrder::PreOrder>([&](scf::ParallelOp loop) {
      if (!canRunOnGPU(loop))
        return WalkResult::advance();
      loops.push_back(loop);
      return WalkResult::skip();
    });
    IRRewriter rewriter(&getContext());
    for (scf::ParallelOp loop : loops)
      runOnGPU(loop, rewriter);
  }
};
} // namespace
