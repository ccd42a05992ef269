// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RowEmitter.h"
#include "RowValues/LaneLayout.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "norm/Conversion/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_CONVERTNORMTOVECTORPASS
#include "norm/Conversion/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

/// The largest number of chunks into which rows are cut, for threads and for
/// partial sums. A constant, so that sums depend on shapes alone.
static constexpr int64_t maxChunks = 64;

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// Whether vectors of such elements in memory look as in registers, or are
/// loaded as bytes.
static bool hasScalableAccess(Type element, bool isOutput) {
  if (!element.isIntOrFloat())
    return true;
  unsigned width = element.getIntOrFloatBitWidth();
  return (width >= 8 && llvm::isPowerOf2_32(width)) ||
         (width == 1 && !isOutput);
}

/// Scalable vectors are not taken apart, and no target multiplies their lanes.
static LogicalResult verifyScalable(GenericOp op, CPUScheduleAttr schedule) {
  if (!schedule.getScalable())
    return success();
  if (!op.isNormalizedDim(*schedule.getLaneDim()))
    return op.emitOpError("expected elements of a row in scalable vectors, got "
                          "a lane_dim that is a row dim");
  for (OpOperand &operand : op->getOpOperands())
    if (Type element = getElementTypeOrSelf(operand.get().getType());
        !hasScalableAccess(element, op.isDpsInit(&operand)))
      return op.emitOpError() << "expected no elements of type " << element
                              << " in scalable vectors";
  WalkResult products = op.walk([](ReduceOp reduce) {
    return reduce.getKind() == vector::CombiningKind::MUL
               ? WalkResult::interrupt()
               : WalkResult::advance();
  });
  if (products.wasInterrupted())
    return op.emitOpError("expected no products of the lanes of scalable "
                          "vectors");
  return success();
}

/// All that the conversion relies on, so that it cannot fail later.
static LogicalResult verifyConvertible(GenericOp op) {
  if (!op.hasPureBufferSemantics())
    return op.emitOpError(
        "expected operands that are memrefs: bufferize first");
  if (!op.getSchedule())
    return op.emitOpError("expected a schedule: run norm-schedule first");
  CPUScheduleAttr schedule = op.getCPUSchedule();
  if (!schedule)
    return op.emitOpError()
           << "expected a CPU schedule, got " << op.getScheduleAttr();
  WalkResult moments = op.walk([](MomentsOp moments) {
    moments.emitOpError(
        "expected plain reductions: run norm-expand-moments first");
    return WalkResult::interrupt();
  });
  if (moments.wasInterrupted())
    return failure();
  if (!schedule.getLaneDim() && !op.getNormalizedDims().empty())
    return op.emitOpError("expected a schedule with a lane_dim");
  unsigned numPhases = RowProgram(op).getNumPhases();
  if (schedule.getPrefetchPhase().value_or(0) >= numPhases)
    return op.emitOpError()
           << "expected the schedule's prefetch_phase to be "
              "one of the program's "
           << numPhases << " phases, got " << *schedule.getPrefetchPhase();
  if (failed(verifyScalable(op, schedule)))
    return failure();
  return verifyLaneLayout(op, *schedule.getLaneDim(), schedule.getVectorSize());
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

namespace {
/// Replaces one row program by a loop over its rows, in a function of its own
/// if the schedule says so, called for all rows or chunk by chunk.
class ProgramConverter {
public:
  ProgramConverter(RewriterBase &rewriter, GenericOp op, bool fma)
      : rewriter(rewriter), op(op), loc(op.getLoc()), program(op),
        schedule(op.getCPUSchedule()), fma(fma) {}

  void run();

private:
  Value index(int64_t constant) {
    return arith::ConstantIndexOp::create(rewriter, loc, constant);
  }
  /// The number of groups of rows, and of all points of the iteration space.
  std::pair<Value, Value> emitExtents();
  /// Whether the operands are so large that outputs bypass the caches; null if
  /// they never do.
  Value emitStreams();
  void createPartials(Value numChunks);
  void outline();
  void emitLoops(ValueRange operands, ArrayRef<Value> partials,
                 ValueRange bounds);
  void emitRows(Value lo, Value hi, Value chunk);
  void emitChunk(Value chunk, Value numGroups, Value groupsPerChunk);
  void clearPartials(Value chunk);
  void addPartials(Value numChunks);
  /// A nest over the elements of a memref.
  void forEachElement(Value memref, function_ref<void(ValueRange)> body);

  RewriterBase &rewriter;
  GenericOp op;
  Location loc;
  RowProgram program;
  CPUScheduleAttr schedule;
  bool fma;
  func::FuncOp rows;
  Value streams;
  /// A buffer of partial sums per accumulator; null for other outputs.
  SmallVector<Value> partials;
  bool hasPartials = false;
};
} // namespace

std::pair<Value, Value> ProgramConverter::emitExtents() {
  Value numGroups = index(1), numPoints = index(1);
  SmallVector<bool> seen(op.getNumDims());
  for (auto [operand, map] :
       llvm::zip_equal(op->getOperands(), op.getIndexingMapsArray()))
    for (auto [position, dim] : llvm::enumerate(ValueEmitter::dimsOf(map))) {
      if (std::exchange(seen[dim], true))
        continue;
      Value size = getValueOrCreateConstantIndexOp(
          rewriter, loc,
          memref::getMixedSize(rewriter, loc, operand, position));
      numPoints = arith::MulIOp::create(rewriter, loc, numPoints, size);
      if (op.isNormalizedDim(dim))
        continue;
      if (RowEmitter::getGroupDim(op) == dim)
        size = arith::CeilDivUIOp::create(rewriter, loc, size,
                                          index(RowEmitter::getGroupSize(op)));
      numGroups = arith::MulIOp::create(rewriter, loc, numGroups, size);
    }
  return {numGroups, numPoints};
}

Value ProgramConverter::emitStreams() {
  std::optional<int64_t> limit = schedule.getNontemporalAbove();
  if (!limit)
    return nullptr;
  Value total = index(0);
  for (Value operand : op->getOperands()) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type || !type.getElementType().isIntOrFloat())
      continue;
    Value bytes = index(llvm::divideCeil(type.getElementTypeBitWidth(), 8));
    for (OpFoldResult size : memref::getMixedSizes(rewriter, loc, operand))
      bytes = arith::MulIOp::create(
          rewriter, loc, bytes,
          getValueOrCreateConstantIndexOp(rewriter, loc, size));
    total = arith::AddIOp::create(rewriter, loc, total, bytes);
  }
  return arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::uge, total,
                               index(*limit));
}

void ProgramConverter::createPartials(Value numChunks) {
  partials.resize(op.getOutputs().size());
  for (auto [index, output] : llvm::enumerate(op.getOutputs())) {
    if (!op.isAccumulator(index))
      continue;
    auto type = cast<MemRefType>(output.getType());
    SmallVector<int64_t> shape = {ShapedType::kDynamic};
    SmallVector<Value> sizes = {numChunks};
    for (auto [dim, size] : llvm::enumerate(type.getShape())) {
      shape.push_back(size);
      if (ShapedType::isDynamic(size))
        sizes.push_back(memref::DimOp::create(rewriter, loc, output, dim));
    }
    partials[index] = memref::AllocOp::create(
        rewriter, loc, MemRefType::get(shape, type.getElementType()), sizes);
    hasPartials = true;
  }
}

/// Creates the function that computes a range of rows. Its arguments are the
/// program's operands, the partials, the range and the chunk.
void ProgramConverter::outline() {
  OpBuilder::InsertionGuard guard(rewriter);
  Operation *symbolTableOp = SymbolTable::getNearestSymbolTable(op);
  SmallVector<Type> types(op->getOperandTypes());
  for (Value partial : partials)
    if (partial)
      types.push_back(partial.getType());
  types.append(3, rewriter.getIndexType());
  if (streams)
    types.push_back(rewriter.getI1Type());
  rows = func::FuncOp::create(loc, "norm_rows",
                              rewriter.getFunctionType(types, {}));
  rows.setPrivate();
  rows->setAttr(
      "llvm.linkage",
      LLVM::LinkageAttr::get(rewriter.getContext(), LLVM::Linkage::Internal));
  SymbolTable(symbolTableOp).insert(rows);

  Block *entry = rows.addEntryBlock();
  rewriter.setInsertionPointToStart(entry);
  ValueRange arguments = entry->getArguments();
  ValueRange operands = arguments.take_front(op->getNumOperands());
  arguments = arguments.drop_front(op->getNumOperands());
  SmallVector<Value> innerPartials;
  for (Value partial : partials) {
    innerPartials.push_back(partial ? arguments.front() : Value());
    if (partial)
      arguments = arguments.drop_front();
  }
  emitLoops(operands, innerPartials, arguments);
  func::ReturnOp::create(rewriter, loc);
}

/// The loops over a range of groups of rows: `bounds` are its begin and end,
/// the chunk and, if the schedule has that, whether outputs bypass the caches.
void ProgramConverter::emitLoops(ValueRange operands, ArrayRef<Value> partials,
                                 ValueRange bounds) {
  Value streams = bounds.size() > 3 ? bounds[3] : Value();
  RowEmitter(rewriter, program, operands, partials, schedule, fma)
      .emit(bounds[0], bounds[1], bounds[2], streams);
  if (!streams)
    return;
  // Such stores are not ordered with whatever tells other threads of them.
  auto choice =
      scf::IfOp::create(rewriter, loc, streams, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(choice.thenBlock()->getTerminator());
  LLVM::FenceOp::create(rewriter, loc, LLVM::AtomicOrdering::seq_cst, "");
}

void ProgramConverter::emitRows(Value lo, Value hi, Value chunk) {
  SmallVector<Value> bounds = {lo, hi, chunk};
  if (streams)
    bounds.push_back(streams);
  if (!schedule.getOutline())
    return emitLoops(op->getOperands(), partials, bounds);
  SmallVector<Value> arguments(op->getOperands());
  llvm::copy_if(partials, std::back_inserter(arguments),
                [](Value partial) { return bool(partial); });
  arguments.append(bounds);
  func::CallOp::create(rewriter, loc, rows, arguments);
}

void ProgramConverter::forEachElement(Value memref,
                                      function_ref<void(ValueRange)> body) {
  Value zero = index(0), one = index(1);
  auto type = cast<MemRefType>(memref.getType());
  SmallVector<Value> lows(type.getRank(), zero), steps(type.getRank(), one);
  SmallVector<Value> highs = getValueOrCreateConstantIndexOp(
      rewriter, loc, memref::getMixedSizes(rewriter, loc, memref));
  scf::buildLoopNest(rewriter, loc, lows, highs, steps,
                     [&](OpBuilder &nested, Location, ValueRange position) {
                       OpBuilder::InsertionGuard guard(rewriter);
                       rewriter.restoreInsertionPoint(
                           nested.saveInsertionPoint());
                       body(position);
                     });
}

void ProgramConverter::clearPartials(Value chunk) {
  for (size_t i = 0; i < partials.size(); ++i) {
    Value partial = partials[i];
    if (!partial)
      continue;
    forEachElement(op.getOutputs()[i], [&](ValueRange position) {
      SmallVector<Value> place = {chunk};
      llvm::append_range(place, position);
      Type type = getElementTypeOrSelf(partial.getType());
      Value zero =
          arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(type));
      memref::StoreOp::create(rewriter, loc, zero, partial, place);
    });
  }
}

void ProgramConverter::addPartials(Value numChunks) {
  for (size_t i = 0; i < partials.size(); ++i) {
    Value output = op.getOutputs()[i], partial = partials[i];
    if (!partial)
      continue;
    // One by one: a call's arguments are evaluated in any order.
    Value zero = index(0), one = index(1);
    auto loop = scf::ForOp::create(rewriter, loc, zero, numChunks, one);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(loop.getBody()->getTerminator());
    forEachElement(output, [&](ValueRange position) {
      SmallVector<Value> place = {loop.getInductionVar()};
      llvm::append_range(place, position);
      Value total = memref::LoadOp::create(rewriter, loc, output, position);
      Value part = memref::LoadOp::create(rewriter, loc, partial, place);
      Value sum = arith::AddFOp::create(rewriter, loc, total, part);
      memref::StoreOp::create(rewriter, loc, sum, output, position);
    });
  }
}

void ProgramConverter::emitChunk(Value chunk, Value numGroups,
                                 Value groupsPerChunk) {
  Value lo = arith::MulIOp::create(rewriter, loc, chunk, groupsPerChunk);
  lo = arith::MinUIOp::create(rewriter, loc, lo, numGroups);
  Value hi = arith::AddIOp::create(rewriter, loc, lo, groupsPerChunk);
  hi = arith::MinUIOp::create(rewriter, loc, hi, numGroups);
  clearPartials(chunk);
  emitRows(lo, hi, chunk);
}

void ProgramConverter::run() {
  rewriter.setInsertionPoint(op);
  Value numGroups, numPoints;
  std::tie(numGroups, numPoints) = emitExtents();
  streams = emitStreams();
  Value zero = index(0), one = index(1);
  Value numChunks =
      arith::MinUIOp::create(rewriter, loc, numGroups, index(maxChunks));
  createPartials(numChunks);
  if (schedule.getOutline())
    outline();
  Value groupsPerChunk = arith::CeilDivUIOp::create(
      rewriter, loc, numGroups,
      arith::MaxUIOp::create(rewriter, loc, numChunks, one));

  auto emitSerial = [&] {
    if (!hasPartials)
      return emitRows(zero, numGroups, zero);
    auto loop = scf::ForOp::create(rewriter, loc, zero, numChunks, one);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(loop.getBody()->getTerminator());
    emitChunk(loop.getInductionVar(), numGroups, groupsPerChunk);
  };
  if (!schedule.getParallel()) {
    emitSerial();
  } else {
    Value isSmall =
        arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::ult,
                              numPoints, index(schedule.getSerialBelow()));
    auto choice = scf::IfOp::create(rewriter, loc, isSmall, /*withElse=*/true);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(choice.thenBlock()->getTerminator());
    emitSerial();
    rewriter.setInsertionPoint(choice.elseBlock()->getTerminator());
    auto loop = scf::ParallelOp::create(rewriter, loc, ValueRange{zero},
                                        ValueRange{numChunks}, ValueRange{one});
    rewriter.setInsertionPoint(loop.getBody()->getTerminator());
    emitChunk(loop.getInductionVars().front(), numGroups, groupsPerChunk);
  }
  rewriter.setInsertionPoint(op);
  addPartials(numChunks);
  for (Value partial : partials)
    if (partial)
      memref::DeallocOp::create(rewriter, loc, partial);
  rewriter.eraseOp(op);
}

namespace {
struct ConvertNormToVector
    : public norm::impl::ConvertNormToVectorPassBase<ConvertNormToVector> {
  using ConvertNormToVectorPassBase::ConvertNormToVectorPassBase;

  void runOnOperation() override {
    SmallVector<GenericOp> programs;
    getOperation()->walk([&](GenericOp op) { programs.push_back(op); });
    for (GenericOp op : programs)
      if (failed(verifyConvertible(op)))
        return signalPassFailure();
    IRRewriter rewriter(&getContext());
    for (GenericOp op : programs)
      ProgramConverter(rewriter, op, fma).run();
  }
};
} // namespace
