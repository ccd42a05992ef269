// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Alignment.h"
#include "KernelEmitter.h"
#include "KernelFunction.h"
#include "RowValues/LaneLayout.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "norm/Conversion/Passes.h"
#include "norm/Dialect/Norm/IR/ExpandCollectives.h"

namespace mlir::norm {
#define GEN_PASS_DEF_CONVERTNORMTOGPUPASS
#include "norm/Conversion/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// Whether a thread can have the accumulator's elements of its pieces of a row
/// in registers: they are those of a row that is there too.
static bool canSumRows(GenericOp op, unsigned output) {
  GPUScheduleAttr schedule = op.getGPUSchedule();
  AffineMap map = op.getOutputMap(output);
  SmallVector<int64_t> loopDims = getLoopDims(op);
  return schedule.getRowIn() == RowResidence::Registers &&
         schedule.getCluster() == 1 && !hasRowsInLanes(op) &&
         !op.getNormalizedDims().empty() &&
         llvm::all_of(op.getNormalizedDims(),
                      [&](int64_t dim) { return map.isFunctionOfDim(dim); }) &&
         llvm::none_of(loopDims,
                       [&](int64_t dim) { return map.isFunctionOfDim(dim); });
}

/// What makes several kernels of a program that one cannot be.
static constexpr char toSplit[] =
    "run norm-split-programs first, on programs without a schedule";

/// What the kernels cannot do.
static LogicalResult verifySupported(GenericOp op) {
  for (unsigned output = 0; output < op.getOutputs().size(); ++output) {
    if (op.isAccumulator(output) && !canSumRows(op, output))
      return op.emitOpError()
             << "expected outputs that accumulate over rows to have all "
                "normalized dims, and rows in registers, got output #"
             << output << ": " << toSplit;
    AffineMap map = op.getOutputMap(output);
    size_t count = llvm::count_if(op.getNormalizedDims(), [&](int64_t dim) {
      return map.isFunctionOfDim(dim);
    });
    if (count != 0 && count != op.getNormalizedDims().size())
      return op.emitOpError()
             << "expected output #" << output
             << " to have all normalized dims or none: " << toSplit;
  }
  WalkResult result = op.walk([&](Operation *nested) {
    if (isa<MomentsOp>(nested)) {
      nested->emitOpError(
          "expected plain reductions: run norm-expand-moments first");
      return WalkResult::interrupt();
    }
    auto collective = dyn_cast<CollectiveOpInterface>(nested);
    if (collective && collective.getNumPhases() > 0 &&
        !llvm::equal(collective.getCombinedDims(), op.getNormalizedDims())) {
      nested->emitOpError("expected to combine along all normalized dims: ")
          << toSplit;
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// All that the conversion relies on, so that it cannot fail later.
static LogicalResult verifyConvertible(GenericOp op) {
  if (!op.hasPureBufferSemantics())
    return op.emitOpError(
        "expected operands that are memrefs: bufferize first");
  if (!op.getSchedule())
    return op.emitOpError(
        "expected a schedule: run norm-schedule with a chip first");
  GPUScheduleAttr schedule = op.getGPUSchedule();
  if (!schedule)
    return op.emitOpError()
           << "expected a GPU schedule, got " << op.getScheduleAttr();
  if (!op->getParentOfType<FunctionOpInterface>())
    return op.emitOpError("expected to stand in a function");
  for (Value operand : op->getOperands())
    if (auto type = dyn_cast<MemRefType>(operand.getType());
        type && type.getMemorySpace())
      return op.emitOpError() << "expected operands in the default memory "
                                 "space, got "
                              << type;
  if (failed(verifySupported(op)))
    return failure();
  int64_t bytes = getRowMemoryBytes(RowProgram(op));
  if (bytes > mostRowMemory)
    return op.emitOpError() << "expected what a block keeps of rows in "
                               "workgroup memory to have at most "
                            << mostRowMemory << " bytes, got " << bytes;
  return verifyLaneLayout(op, *schedule.getLaneDim(), schedule.getVectorSize());
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

static void emitKernel(RewriterBase &rewriter, const RowProgram &program,
                       KernelFunction &kernel) {
  GenericOp op = program.getOp();
  Location loc = op.getLoc();
  ThreadLayout layout = emitThreadLayout(rewriter, op, kernel.getOperands());
  ThreadReducer reducer(rewriter, kernel.getFunction(), layout);
  if (program.getNumPhases() > 1)
    reducer.announceBlock();
  RowMemory memory(rewriter, program, layout, kernel);
  PieceAlignment alignment = emitPieceAlignment(rewriter, op, kernel);
  auto emitRows = [&](bool isAligned) {
    reducer.reuseMemory();
    KernelEmitter(rewriter, program, kernel.getOperands(), layout, reducer,
                  memory, isAligned)
        .emit();
  };
  if (alignment.kind != PieceAlignment::AtRunTime) {
    emitRows(alignment.kind == PieceAlignment::Always);
  } else {
    // The same condition for all threads, so that both may have barriers.
    auto choice = scf::IfOp::create(rewriter, loc, alignment.condition,
                                    /*withElse=*/true);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(choice.thenBlock()->getTerminator());
    emitRows(true);
    rewriter.setInsertionPoint(choice.elseBlock()->getTerminator());
    emitRows(false);
  }
  gpu::ReturnOp::create(rewriter, loc);
}

static void convert(RewriterBase &rewriter, GenericOp op,
                    const MemoryAssumptions &assumptions) {
  for (auto head : llvm::to_vector(op.getBody().getOps<HeadMeanOp>()))
    expandHeadMean(rewriter, head);
  RowProgram program(op);
  GPUScheduleAttr schedule = op.getGPUSchedule();
  KernelFunction kernel(rewriter, op, assumptions);
  kernel.create();
  kernel.getFunction().setKnownBlockSize(
      ArrayRef<int32_t>{int32_t(schedule.getThreadsPerBlock()), 1, 1});
  if (schedule.getResidentBlocks() > 0)
    kernel.getFunction()->setAttr(
        NVVM::NVVMDialect::getMinctasmAttrName(),
        rewriter.getI32IntegerAttr(schedule.getResidentBlocks()));
  if (schedule.getCluster() > 1)
    kernel.getFunction().setKnownClusterSize(
        ArrayRef<int32_t>{int32_t(schedule.getCluster()), 1, 1});
  emitKernel(rewriter, program, kernel);

  rewriter.setInsertionPoint(op);
  OpFoldResult groups = countRowGroups(rewriter, op, op->getOperands());
  Value numBlocks = getValueOrCreateConstantIndexOp(
      rewriter, op.getLoc(),
      multiply(
          rewriter, op.getLoc(),
          ceilDivide(rewriter, op.getLoc(), groups, schedule.getRowsPerBlock()),
          rewriter.getIndexAttr(schedule.getCluster())));
  kernel.launch(numBlocks, schedule.getThreadsPerBlock(),
                getRowMemoryBytes(program), schedule.getCluster());
  rewriter.eraseOp(op);
}

namespace {
struct ConvertNormToGPU
    : public norm::impl::ConvertNormToGPUPassBase<ConvertNormToGPU> {
  using ConvertNormToGPUPassBase::ConvertNormToGPUPassBase;

  void runOnOperation() override {
    if (assumeAlignment < 1 || !llvm::isPowerOf2_64(assumeAlignment)) {
      getOperation()->emitError()
          << "convert-norm-to-gpu: expected assume-alignment to be a power of "
             "two, got "
          << assumeAlignment.getValue();
      return signalPassFailure();
    }
    SmallVector<GenericOp> programs;
    getOperation()->walk([&](GenericOp op) { programs.push_back(op); });
    for (GenericOp op : programs)
      if (failed(verifyConvertible(op)))
        return signalPassFailure();
    IRRewriter rewriter(&getContext());
    for (GenericOp op : programs)
      convert(rewriter, op, {assumeAlignment, assumeDistinct});
  }
};
} // namespace
