// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "KernelEmitter.h"
#include "RowValues/Widen.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::norm;

/// Iterations after which a long loop's accumulators are added to a second
/// level. Part of the numerics: it decides the order of summation.
static constexpr int64_t flushPeriod = 16;

/// Both conditions, of which one may be a scalar and either null.
static Value emitAnd(OpBuilder &builder, Location loc, Value lhs, Value rhs) {
  if (!lhs || !rhs)
    return lhs ? lhs : rhs;
  auto type = isa<VectorType>(lhs.getType()) ? lhs.getType() : rhs.getType();
  auto spread = [&](Value value) -> Value {
    if (value.getType() == type)
      return value;
    return vector::BroadcastOp::create(builder, loc, type, value);
  };
  return arith::AndIOp::create(builder, loc, spread(lhs), spread(rhs));
}

KernelEmitter::KernelEmitter(OpBuilder &builder, const RowProgram &program,
                             ValueRange operands, const ThreadLayout &layout,
                             ThreadReducer &reducer, RowMemory &memory,
                             bool isAligned)
    : builder(builder), program(program), op(program.getOp()), loc(op.getLoc()),
      operands(operands), schedule(op.getGPUSchedule()), layout(layout),
      reducer(reducer), memory(memory),
      values(builder, program, operands, schedule, isAligned) {
  pieceDims = llvm::to_vector(op.getNormalizedDims());
  std::optional<int64_t> laneDim = schedule.getLaneDim();
  if (laneDim && op.isNormalizedDim(*laneDim)) {
    llvm::erase(pieceDims, *laneDim);
    pieceDims.push_back(*laneDim);
  }
  numPieces = builder.getIndexAttr(1);
  for (int64_t dim : pieceDims) {
    pieceSizes.push_back(laneDim == dim
                             ? ceilDivide(builder, loc, values.getSize(dim),
                                          schedule.getVectorSize())
                             : values.getSize(dim));
    numPieces = multiply(builder, loc, numPieces, pieceSizes.back());
  }
}

Value KernelEmitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

void KernelEmitter::emit() {
  values.pushProgram();
  if (getLoopDims(op).empty()) {
    values.pushRows({layout.position});
    if (!isIn(RowResidence::Memory))
      createPieces();
    emitRow();
    values.popFrame();
  } else {
    createPieces();
    emitRowLoop();
  }
  values.popFrame();
}

/// What stands in the rows' frame.
void KernelEmitter::emitRow() {
  for (phase = 0; phase < program.getNumPhases(); ++phase)
    emitPhase();
  phase = program.getNumPhases() - 1;
  emitRowOutputs();
}

//===----------------------------------------------------------------------===//
// Sums over rows
//===----------------------------------------------------------------------===//

void KernelEmitter::visitSums(
    function_ref<void(unsigned output, const Piece &piece)> body) {
  for (auto [number, piece] : llvm::enumerate(pieces)) {
    SmallVector<Value> none;
    visit(piece, number, none, [&](const Piece &own, MutableArrayRef<Value>) {
      for (unsigned output = 0; output < op.getOutputs().size(); ++output)
        if (op.isAccumulator(output))
          body(output, own);
    });
  }
}

void KernelEmitter::emitRowLoop() {
  auto operandOf = [&](unsigned output) {
    return operands[op.getInputs().size() + output];
  };
  auto dimsOf = [&](unsigned output) {
    return ValueEmitter::dimsOf(op.getOutputMap(output));
  };
  SmallVector<Value> sums;
  values.pushRows({layout.position});
  visitSums([&](unsigned output, const Piece &) {
    sums.push_back(values.load(operandOf(output), dimsOf(output)));
  });
  values.popFrame();

  SmallVector<int64_t> loopDims = getLoopDims(op);
  SmallVector<OpFoldResult> sizes;
  OpFoldResult count = builder.getIndexAttr(1);
  for (int64_t dim : loopDims) {
    sizes.push_back(values.getSize(dim));
    count = multiply(builder, loc, count, sizes.back());
  }
  auto loop = scf::ForOp::create(
      builder, loc, index(0),
      getValueOrCreateConstantIndexOp(builder, loc, count), index(1), sums);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(loop.getBody());
    DimPositions position = layout.position;
    llvm::append_range(
        position,
        delinearize(builder, loc, loop.getInductionVar(), loopDims, sizes));
    values.pushRows({position});
    emitRow();
    values.advanceFrame();
    sums = llvm::to_vector_of<Value>(loop.getRegionIterArgs());
    auto *sum = sums.begin();
    visitSums([&](unsigned output, const Piece &) {
      *sum = values.emitSum(*sum, op.getYield().getValues()[output]);
      ++sum;
    });
    values.popFrame();
    // The next row's first values go to the memory of these. With more phases,
    // the barriers in between are enough.
    if (layout.threadsPerRow > warpSize && program.getNumPhases() == 2)
      gpu::BarrierOp::create(builder, loc);
    scf::YieldOp::create(builder, loc, sums);
  }
  values.pushRows({layout.position});
  for (auto &values : kept)
    values.clear();
  unsigned next = 0;
  visitSums([&](unsigned output, const Piece &piece) {
    values.storePiece(loop.getResult(next++), operandOf(output), dimsOf(output),
                      emitAnd(builder, loc, layout.exists, piece.exists));
  });
  values.popFrame();
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

KernelEmitter::Piece KernelEmitter::makePiece(Value number, bool isThere) {
  Piece piece;
  if (!isThere) {
    Value count = getValueOrCreateConstantIndexOp(builder, loc, numPieces);
    piece.exists = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ult, number, count);
    Value last = arith::SubIOp::create(builder, loc, count, index(1));
    number = arith::MinUIOp::create(builder, loc, number, last);
  }
  piece.position = delinearize(builder, loc, number, pieceDims, pieceSizes);
  if (!layout.lanesAreRows && schedule.getVectorSize() > 1) {
    Value &first = piece.position.front().second;
    first = arith::MulIOp::create(builder, loc, first,
                                  index(schedule.getVectorSize()));
  }
  return piece;
}

void KernelEmitter::createPieces() {
  int64_t count = *getConstantIntValue(numPieces);
  int64_t threads = schedule.getThreadsPerRow() * schedule.getCluster();
  for (int64_t i = 0; i < schedule.getVectors() && i * threads < count; ++i) {
    Value number = layout.part;
    if (i > 0)
      number = arith::AddIOp::create(builder, loc, number, index(i * threads));
    pieces.push_back(makePiece(number, (i + 1) * threads <= count));
  }
  kept.resize(pieces.size());
}

void KernelEmitter::visit(const Piece &piece, unsigned number,
                          MutableArrayRef<Value> accumulators, SweepBody body) {
  SmallVector<std::pair<Value, Value>> known;
  if (isIn(RowResidence::Registers))
    llvm::append_range(known, kept[number]);
  if (phase > 0)
    for (Value value : memory.getValues())
      known.emplace_back(value, memory.load(number, value));
  values.pushFrame(piece.position);
  for (auto [value, emitted] : known)
    values.bind(value, emitted);
  if (phase == 0)
    for (Value value : memory.getValues())
      memory.store(number, value, values.getSpread(value));
  body(piece, accumulators);
  values.popFrame();
}

SmallVector<Value> KernelEmitter::sweep(ArrayRef<Value> inits,
                                        ArrayRef<vector::CombiningKind> kinds,
                                        SweepBody body) {
  if (isIn(RowResidence::Memory))
    return sweepMemory(inits, kinds, body);
  SmallVector<Value> accumulators = llvm::to_vector(inits);
  for (auto [number, piece] : llvm::enumerate(pieces))
    visit(piece, number, accumulators, body);
  return accumulators;
}

/// A loop over numbers of pieces, `vectors` of them an iteration.
SmallVector<Value> KernelEmitter::emitLoop(Value begin, Value end, int64_t step,
                                           ArrayRef<Value> inits,
                                           SweepBody body) {
  auto loop = scf::ForOp::create(builder, loc, begin, end, index(step), inits);
  OpBuilder::InsertionGuard guard(builder);
  if (inits.empty())
    builder.setInsertionPoint(loop.getBody()->getTerminator());
  else
    builder.setInsertionPointToEnd(loop.getBody());
  SmallVector<Value> accumulators =
      llvm::to_vector_of<Value>(loop.getRegionIterArgs());
  int64_t threads = schedule.getThreadsPerRow() * schedule.getCluster();
  for (int64_t i = 0; i < schedule.getVectors(); ++i) {
    Value number = loop.getInductionVar();
    if (i > 0)
      number = arith::AddIOp::create(builder, loc, number, index(i * threads));
    visit(makePiece(number, /*isThere=*/i == 0), i, accumulators, body);
  }
  if (!inits.empty())
    scf::YieldOp::create(builder, loc, accumulators);
  return llvm::to_vector_of<Value>(loop.getResults());
}

SmallVector<Value>
KernelEmitter::sweepMemory(ArrayRef<Value> inits,
                           ArrayRef<vector::CombiningKind> kinds,
                           SweepBody body) {
  Value end = getValueOrCreateConstantIndexOp(builder, loc, numPieces);
  int64_t step = schedule.getThreadsPerRow() * schedule.getCluster() *
                 schedule.getVectors();
  if (inits.empty())
    return emitLoop(layout.part, end, step, inits, body);
  int64_t block = flushPeriod * step;
  auto loop =
      scf::ForOp::create(builder, loc, layout.part, end, index(block), inits);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(loop.getBody());
  Value blockEnd =
      arith::AddIOp::create(builder, loc, loop.getInductionVar(), index(block));
  blockEnd = arith::MinUIOp::create(builder, loc, blockEnd, end);
  SmallVector<Value> partial =
      emitLoop(loop.getInductionVar(), blockEnd, step, inits, body);
  for (auto [kind, total, value] :
       llvm::zip_equal(kinds, loop.getRegionIterArgs(), partial))
    value = combineValues(builder, loc, kind, total, value);
  scf::YieldOp::create(builder, loc, partial);
  return llvm::to_vector_of<Value>(loop.getResults());
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// What a sweep has to know: the operands of its collectives, and the yielded
/// values that are known in it.
SmallVector<Value> KernelEmitter::getRoots(unsigned phase) const {
  SmallVector<Value> roots;
  for (CollectiveOpInterface collective : program.getCollectives(phase))
    llvm::append_range(roots, collective->getOperands());
  GenericOp generic = op;
  for (Value value : generic.getYield().getValues())
    if (program.getPhase(value) == phase)
      roots.push_back(value);
  return roots;
}

void KernelEmitter::keepInputs(ValueRange roots) {
  SmallVector<BlockArgument> inputs = program.getRowInputs(roots);
  for (auto [number, piece] : llvm::enumerate(pieces)) {
    SmallVector<BlockArgument> missing;
    for (BlockArgument input : inputs)
      if (!kept[number].contains(input))
        missing.push_back(input);
    if (missing.empty())
      continue;
    values.pushFrame(piece.position);
    for (BlockArgument input : missing)
      kept[number][input] = values.get(input);
    values.popFrame();
  }
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

SmallVector<KernelEmitter::Reduction> KernelEmitter::getReductions() const {
  SmallVector<Reduction> reductions;
  for (CollectiveOpInterface collective : program.getCollectives(phase)) {
    if (collective.getNumPhases() == 0)
      continue; // a size that follows from the shapes
    if (auto reduce = dyn_cast<ReduceOp>(collective.getOperation()))
      reductions.push_back(
          {reduce.getKind(), reduce.getValue(), reduce.getWhere(), collective});
    else
      reductions.push_back({vector::CombiningKind::ADD, Value(),
                            cast<SizeOp>(collective.getOperation()).getWhere(),
                            collective});
  }
  return reductions;
}

void KernelEmitter::emitPhase() {
  SmallVector<Reduction> reductions = getReductions();
  SmallVector<unsigned> outputs;
  for (unsigned output = 0; output < op.getOutputs().size(); ++output)
    if (!isRowOutput(output) && !op.isAccumulator(output) &&
        getStorePhase(output) == phase)
      outputs.push_back(output);
  values.advanceFrame();
  if (isIn(RowResidence::Registers))
    keepInputs(getRoots(phase));
  if (!reductions.empty())
    emitReductions(reductions, outputs);
  else if (!outputs.empty())
    emitStores(outputs);
}

void KernelEmitter::emitReductions(ArrayRef<Reduction> reductions,
                                   ArrayRef<unsigned> outputs) {
  SmallVector<Value> identities;
  SmallVector<vector::CombiningKind> kinds;
  for (const Reduction &reduction : reductions) {
    Type type = reduction.value ? reduction.value.getType()
                                : Type(builder.getIndexType());
    if (schedule.getVectorSize() > 1)
      type = VectorType::get(schedule.getVectorSize(), type);
    identities.push_back(createIdentity(builder, loc, reduction.kind, type));
    kinds.push_back(reduction.kind);
  }
  SmallVector<Value> accumulators =
      sweep(identities, kinds,
            [&](const Piece &piece, MutableArrayRef<Value> accumulators) {
              accumulate(piece, reductions, accumulators);
              storeOutputs(outputs,
                           emitAnd(builder, loc, layout.exists, piece.exists));
            });
  finish(reductions, accumulators);
}

void KernelEmitter::accumulate(const Piece &piece,
                               ArrayRef<Reduction> reductions,
                               MutableArrayRef<Value> accumulators) {
  Value isThere = emitAnd(builder, loc, piece.exists, values.getLaneMask());
  for (auto [reduction, accumulator] :
       llvm::zip_equal(reductions, accumulators)) {
    Value condition = isThere;
    if (reduction.condition)
      condition = emitAnd(builder, loc, condition,
                          values.getSpread(reduction.condition));
    Value combined;
    if (!reduction.value)
      combined = combineValues(
          builder, loc, reduction.kind, accumulator,
          arith::ConstantOp::create(builder, loc,
                                    builder.getOneAttr(accumulator.getType())));
    else if (reduction.kind == vector::CombiningKind::ADD)
      combined = values.emitSum(accumulator, reduction.value);
    else
      combined = combineValues(builder, loc, reduction.kind, accumulator,
                               values.getSpread(reduction.value));
    accumulator = condition ? arith::SelectOp::create(builder, loc, condition,
                                                      combined, accumulator)
                            : combined;
  }
}

void KernelEmitter::finish(ArrayRef<Reduction> reductions,
                           SmallVector<Value> accumulators) {
  SmallVector<vector::CombiningKind> kinds;
  for (auto [reduction, value] : llvm::zip_equal(reductions, accumulators)) {
    kinds.push_back(reduction.kind);
    if (!isa<VectorType>(value.getType()))
      continue;
    if (!layout.lanesAreRows)
      value = combineLanes(builder, loc, reduction.kind, value);
    else if (!program.getVaryingDims().variesAlong(reduction.op->getResult(0),
                                                   *schedule.getLaneDim()))
      // What is the same for all rows is that of the first, which exists.
      value = extractLane(builder, loc, value, 0);
  }
  reducer.combine(kinds, accumulators);
  for (auto [reduction, value] : llvm::zip_equal(reductions, accumulators)) {
    Value result = reduction.op->getResult(0);
    if (!reduction.value)
      value = convertCount(builder, loc, value, result.getType());
    values.setRowValues(result, value);
  }
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

/// Whether the output holds a value per row. Programs without normalized dims
/// have one too.
bool KernelEmitter::isRowOutput(unsigned output) const {
  GenericOp generic = op;
  AffineMap map = generic.getOutputMap(output);
  return llvm::none_of(generic.getNormalizedDims(),
                       [&](int64_t dim) { return map.isFunctionOfDim(dim); });
}

/// The sweep that stores an output's elements: that in which the value is
/// known, or a later one in which an input is read that may be the same memory.
unsigned KernelEmitter::getStorePhase(unsigned output) const {
  unsigned last = program.getNumPhases() - 1;
  if (isIn(RowResidence::Memory))
    return last;
  GenericOp generic = op;
  unsigned known = program.getPhase(generic.getYield().getValues()[output]);
  llvm::DenseSet<Value> read, fromMemory;
  for (unsigned later = 0; later <= last; ++later) {
    for (BlockArgument input :
         program.getRowInputs(getRoots(later), fromMemory)) {
      // What is in registers is not read again.
      if (isIn(RowResidence::Registers) && !read.insert(input).second)
        continue;
      if (isIn(RowResidence::Workgroup) && later > 0)
        return last;
      if (generic.getInputMap(input.getArgNumber()) ==
          generic.getOutputMap(output))
        known = std::max(known, later);
    }
    fromMemory.insert(memory.getValues().begin(), memory.getValues().end());
  }
  return known;
}

void KernelEmitter::storeOutputs(ArrayRef<unsigned> outputs, Value exists) {
  // All values before the first store: an output may lie over an input.
  SmallVector<Value> stored;
  for (unsigned output : outputs)
    stored.push_back(values.getSpread(op.getYield().getValues()[output]));
  for (auto [output, value] : llvm::zip_equal(outputs, stored))
    values.storePiece(value, operands[op.getInputs().size() + output],
                      ValueEmitter::dimsOf(op.getOutputMap(output)), exists);
}

void KernelEmitter::emitStores(ArrayRef<unsigned> outputs) {
  auto storePieces = [&] {
    sweep({}, {}, [&](const Piece &piece, MutableArrayRef<Value>) {
      storeOutputs(outputs, piece.exists);
    });
  };
  if (!layout.exists)
    return storePieces();
  auto choice =
      scf::IfOp::create(builder, loc, layout.exists, /*withElse=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(choice.thenBlock()->getTerminator());
  storePieces();
}

/// One thread of a row stores what there is one of per row.
void KernelEmitter::emitRowOutputs() {
  SmallVector<unsigned> outputs;
  for (unsigned output = 0; output < op.getOutputs().size(); ++output)
    if (isRowOutput(output))
      outputs.push_back(output);
  if (outputs.empty())
    return;
  values.advanceFrame();
  Value isFirst = layout.exists;
  if (layout.threadsPerRow > 1) {
    Value isZero = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                         layout.part, index(0));
    isFirst = emitAnd(builder, loc, isFirst, isZero);
  }
  storeOutputs(outputs, isFirst);
}
