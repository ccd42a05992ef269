// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RowEmitter.h"
#include "RowValues/Widen.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::norm;

RowEmitter::RowEmitter(OpBuilder &builder, const RowProgram &program,
                       ValueRange operands, ArrayRef<Value> partials,
                       CPUScheduleAttr schedule, bool fma)
    : builder(builder), program(program), op(program.getOp()), loc(op.getLoc()),
      operands(operands), partials(partials), schedule(schedule), fma(fma),
      values(builder, program, operands, schedule.getLaneDim(),
             schedule.getVectorSize(), schedule.getScalable(), fma) {}

Value RowEmitter::index(int64_t constant) {
  return arith::ConstantIndexOp::create(builder, loc, constant);
}

Value RowEmitter::asValue(OpFoldResult size) {
  return getValueOrCreateConstantIndexOp(builder, loc, size);
}

OpFoldResult RowEmitter::getElementsOf(int64_t vectors) {
  int64_t elements = vectors * schedule.getVectorSize();
  if (!schedule.getScalable())
    return builder.getIndexAttr(elements);
  Value scale = vector::VectorScaleOp::create(builder, loc);
  return arith::MulIOp::create(builder, loc, scale, index(elements))
      .getResult();
}

OpFoldResult RowEmitter::getExtent(int64_t dim) const {
  if (limit && limit->first == dim)
    return limit->second;
  return values.getSize(dim);
}

SmallVector<int64_t> RowEmitter::inLoopOrder(ArrayRef<int64_t> dims) const {
  SmallVector<int64_t> order = llvm::to_vector(dims);
  llvm::sort(order, [&](int64_t lhs, int64_t rhs) {
    bool lhsLane = schedule.getLaneDim() == lhs;
    bool rhsLane = schedule.getLaneDim() == rhs;
    return lhsLane != rhsLane ? rhsLane : lhs < rhs;
  });
  return order;
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

std::optional<int64_t> RowEmitter::getGroupDim(GenericOp op) {
  std::optional<int64_t> laneDim = op.getCPUSchedule().getLaneDim();
  if (laneDim && !op.isNormalizedDim(*laneDim))
    return laneDim;
  SmallVector<int64_t> rowDims = op.getRowDims();
  if (rowDims.empty())
    return std::nullopt;
  return rowDims.back();
}

int64_t RowEmitter::getGroupSize(GenericOp op) {
  CPUScheduleAttr schedule = op.getCPUSchedule();
  std::optional<int64_t> laneDim = schedule.getLaneDim();
  bool lanesAreRows = laneDim && !op.isNormalizedDim(*laneDim);
  return schedule.getRows() * (lanesAreRows ? schedule.getVectorSize() : 1);
}

void RowEmitter::emit(Value lo, Value hi, Value chunkIndex,
                      Value streamsOutputs) {
  chunk = chunkIndex;
  streams = streamsOutputs;
  values.pushProgram();
  createBuffers();
  Value distance, cachedDistance, last;
  if (schedule.getVectorSize() > 1) {
    distance = emitPrefetchDistance(schedule.getPrefetchBytes());
    cachedDistance = emitPrefetchDistance(schedule.getCachedPrefetchBytes());
    last = arith::SubIOp::create(builder, loc, hi, index(1));
  }
  // Rows that bypass the caches are on their way already.
  if (cachedDistance && streams)
    cachedDistance = arith::SelectOp::create(builder, loc, streams, index(0),
                                             cachedDistance);
  emitFor(lo, hi, index(1), {}, [&](Value group, MutableArrayRef<Value>) {
    auto getAhead = [&](Value distance) {
      if (!distance)
        return DimPositions();
      Value next = arith::AddIOp::create(builder, loc, group, distance);
      next = arith::MinUIOp::create(builder, loc, next, last);
      return getGroupPosition(next);
    };
    DimPositions ahead = getAhead(distance);
    DimPositions cachedAhead = getAhead(cachedDistance);
    DimPositions first = getGroupPosition(group);
    emitGroup(first, ahead, cachedAhead);
  });
  for (Value buffer : buffers)
    memref::DeallocOp::create(builder, loc, buffer);
  values.popFrame();
}

/// The position of a group's first row.
DimPositions RowEmitter::getGroupPosition(Value group) {
  // Row-major: the last row dim is the fastest.
  DimPositions position;
  SmallVector<int64_t> rowDims = op.getRowDims();
  Value groupSize = index(getGroupSize(op));
  for (auto [rank, dim] : llvm::enumerate(llvm::reverse(rowDims))) {
    Value own = group;
    if (rank + 1 < rowDims.size()) {
      Value count = asValue(values.getSize(dim));
      if (dim == getGroupDim(op))
        count = arith::CeilDivUIOp::create(builder, loc, count, groupSize);
      own = arith::RemUIOp::create(builder, loc, group, count);
      group = arith::DivUIOp::create(builder, loc, group, count);
    }
    if (dim == getGroupDim(op))
      own = arith::MulIOp::create(builder, loc, own, groupSize);
    position.emplace_back(dim, own);
  }
  return position;
}

/// The index along the dim in which the rows of a group are neighbours.
Value &RowEmitter::groupIndex(DimPositions &position) {
  return llvm::find_if(
             position,
             [&](const auto &entry) { return entry.first == getGroupDim(op); })
      ->second;
}

/// The positions of a full group's rows or vectors of rows.
SmallVector<DimPositions> RowEmitter::getRowsFrom(const DimPositions &first) {
  int64_t width = getGroupSize(op) / schedule.getRows();
  SmallVector<DimPositions> rows(schedule.getRows(), first);
  for (int64_t row = 1; row < schedule.getRows(); ++row) {
    Value &position = groupIndex(rows[row]);
    position =
        arith::AddIOp::create(builder, loc, position, index(row * width));
  }
  return rows;
}

void RowEmitter::emitGroup(const DimPositions &first, const DimPositions &ahead,
                           const DimPositions &cachedAhead) {
  int64_t groupSize = getGroupSize(op);
  if (groupSize == 1)
    return emitFullGroup(first, ahead, cachedAhead);
  OpFoldResult size = values.getSize(*getGroupDim(op));
  std::optional<int64_t> constant = getConstantIntValue(size);
  if (constant && (*constant % groupSize == 0 || isSingleGroup()))
    return emitFullGroup(first, ahead, cachedAhead);
  DimPositions position = first;
  Value rest =
      arith::SubIOp::create(builder, loc, asValue(size), groupIndex(position));
  Value isFull = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::uge,
                                       rest, index(groupSize));
  emitIf(
      isFull, {},
      [&]() -> SmallVector<Value> {
        emitFullGroup(first, ahead, cachedAhead);
        return {};
      },
      [&]() -> SmallVector<Value> {
        emitRemainingRows(first);
        return {};
      });
}

/// The rows of a group further on, none for no position.
SmallVector<DimPositions> RowEmitter::getRowsAhead(DimPositions start) {
  if (start.empty())
    return {};
  // The last group may have fewer rows than others.
  int64_t groupSize = getGroupSize(op);
  if (groupSize > 1 && !isSingleGroup()) {
    Value size = asValue(values.getSize(*getGroupDim(op)));
    Value last = arith::SubIOp::create(builder, loc, size, index(groupSize));
    Value &position = groupIndex(start);
    position = arith::MinUIOp::create(builder, loc, position, last);
  }
  return getRowsFrom(start);
}

void RowEmitter::emitFullGroup(const DimPositions &first,
                               const DimPositions &ahead,
                               const DimPositions &cachedAhead) {
  rowsAhead = getRowsAhead(ahead);
  cachedRowsAhead = getRowsAhead(cachedAhead);
  SmallVector<DimPositions> rows = getRowsFrom(first);
  SmallVector<Value> masks;
  if (isSingleGroup()) {
    int64_t width = schedule.getVectorSize();
    int64_t rest = *getConstantIntValue(values.getSize(*getGroupDim(op)));
    VectorType maskType = values.getVectorType(builder.getI1Type());
    for (int64_t row = 0; row < schedule.getRows(); ++row, rest -= width)
      masks.push_back(vector::CreateMaskOp::create(
          builder, loc, maskType, index(std::clamp<int64_t>(rest, 0, width))));
  }
  emitRows(rows, masks);
  rowsAhead.clear();
  cachedRowsAhead.clear();
}

/// Whether vectors of rows, the last ones with masks, hold all rows along the
/// lane dim.
bool RowEmitter::isSingleGroup() {
  if (!lanesAreRows() || !schedule.getMaskedRows())
    return false;
  std::optional<int64_t> size =
      getConstantIntValue(values.getSize(*schedule.getLaneDim()));
  return size && *size < getGroupSize(op);
}

/// The rows from a position on that do not fill a group.
void RowEmitter::emitRemainingRows(const DimPositions &first) {
  DimPositions position = first;
  Value begin = groupIndex(position);
  Value end = asValue(values.getSize(*getGroupDim(op)));
  Value outerStreams = std::exchange(streams, nullptr);
  if (!lanesAreRows())
    emitRowByRow(position, begin, end, 1);
  else if (schedule.getMaskedRows())
    emitMaskedRows(first, end);
  else
    emitUnmaskedRows(position, begin, end);
  streams = outerStreams;
}

/// Rows, or vectors of so many of them, with a loop of their own each.
void RowEmitter::emitRowByRow(DimPositions position, Value begin, Value end,
                              int64_t width) {
  emitFor(begin, end, index(width), {}, [&](Value row, MutableArrayRef<Value>) {
    groupIndex(position) = row;
    emitRows(position);
  });
}

void RowEmitter::emitMaskedRows(const DimPositions &first, Value end) {
  SmallVector<DimPositions> rows = getRowsFrom(first);
  SmallVector<Value> masks;
  VectorType maskType = values.getVectorType(builder.getI1Type());
  for (DimPositions &row : rows) {
    Value begin = arith::MinUIOp::create(builder, loc, groupIndex(row), end);
    Value rest = arith::SubIOp::create(builder, loc, end, begin);
    masks.push_back(vector::CreateMaskOp::create(builder, loc, maskType, rest));
  }
  emitRows(rows, masks);
}

/// Whole vectors of rows as long as there are, then rows in scalar code, which
/// adds up in the same order.
void RowEmitter::emitUnmaskedRows(const DimPositions &position, Value begin,
                                  Value end) {
  Value fullEnd = begin;
  if (schedule.getRows() > 1) {
    fullEnd =
        emitFullEnd(begin, end, builder.getIndexAttr(schedule.getVectorSize()));
    emitRowByRow(position, begin, fullEnd, schedule.getVectorSize());
  }
  auto scalar = CPUScheduleAttr::get(
      builder.getContext(), schedule.getLaneDim(), /*vectorSize=*/1,
      /*scalable=*/false, schedule.getUnroll(), /*rows=*/1,
      schedule.getMaskedRows(), /*nontemporalAbove=*/std::nullopt,
      /*peel=*/false, /*prefetchBytes=*/0, schedule.getPrefetchLocality(),
      /*prefetchPhase=*/std::nullopt, /*cachedPrefetchBytes=*/0,
      schedule.getParallel(), schedule.getSerialBelow(), schedule.getOutline());
  RowEmitter emitter(builder, program, operands, partials, scalar, fma);
  emitter.values.pushProgram();
  emitter.emitRowByRow(position, fullEnd, end, 1);
  emitter.values.popFrame();
}

void RowEmitter::emitRows(ArrayRef<DimPositions> rows, ArrayRef<Value> masks) {
  rowsAtHand.assign(rows.begin(), rows.end());
  values.pushRows(rows, masks);
  for (unsigned phase = 0; phase < program.getNumPhases(); ++phase)
    emitPhase(phase);
  emitOutputs();
  values.popFrame();
}

//===----------------------------------------------------------------------===//
// Collectives
//===----------------------------------------------------------------------===//

RowEmitter::Nest RowEmitter::makeNest(const Reduction &reduction) const {
  Nest nest;
  GenericOp generic = program.getOp();
  CollectiveOpInterface collective = reduction.op;
  for (int64_t dim : generic.getNormalizedDims())
    if (program.getVaryingDims().variesAlong(collective->getResult(0), dim))
      nest.keptDims.push_back(dim);
  nest.keptDims = inLoopOrder(nest.keptDims);
  nest.combinedDims = inLoopOrder(collective.getCombinedDims());
  nest.reductions.push_back(reduction);
  return nest;
}

/// The reduction that a collective stands for.
static std::tuple<vector::CombiningKind, Value, Value>
describe(CollectiveOpInterface collective) {
  Operation *op = collective.getOperation();
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return {reduce.getKind(), reduce.getValue(), reduce.getWhere()};
  if (auto head = dyn_cast<HeadMeanOp>(op))
    return {vector::CombiningKind::ADD, head.getValue(), Value()};
  return {vector::CombiningKind::ADD, Value(), cast<SizeOp>(op).getWhere()};
}

void RowEmitter::createBuffers() {
  for (unsigned phase = 0; phase < program.getNumPhases(); ++phase)
    for (CollectiveOpInterface collective : program.getCollectives(phase)) {
      auto [kind, value, condition] = describe(collective);
      Nest nest = makeNest({kind, value, condition, collective});
      if (nest.keptDims.empty())
        continue;
      SmallVector<OpFoldResult> sizes = {
          builder.getIndexAttr(schedule.getRows())};
      for (int64_t dim : nest.keptDims)
        sizes.push_back(values.getSize(dim));
      SmallVector<Value> dynamicSizes;
      SmallVector<int64_t> staticSizes;
      dispatchIndexOpFoldResults(sizes, dynamicSizes, staticSizes);
      Value result = collective->getResult(0);
      auto type = MemRefType::get(staticSizes, result.getType());
      buffers.push_back(
          memref::AllocOp::create(builder, loc, type, dynamicSizes));
      values.setBuffer(result, buffers.back(), nest.keptDims);
    }
}

void RowEmitter::emitPhase(unsigned phase) {
  SmallVector<Nest> nests;
  mode = {};
  for (CollectiveOpInterface collective : program.getCollectives(phase)) {
    if (auto head = dyn_cast<HeadMeanOp>(collective.getOperation())) {
      emitHeadMean(head);
      continue;
    }
    if (collective.getNumPhases() == 0)
      continue; // a size that follows from the shapes
    auto [kind, value, condition] = describe(collective);
    Nest nest = makeNest({kind, value, condition, collective});
    Nest *same = llvm::find_if(nests, [&](const Nest &other) {
      return other.keptDims == nest.keptDims &&
             other.combinedDims == nest.combinedDims;
    });
    if (same == nests.end())
      nests.push_back(nest);
    else
      same->reductions.append(nest.reductions);
  }
  for (const Nest &nest : nests) {
    mode.prefetches = prefetchesIn(phase);
    mode.cachedPrefetches = prefetchesInCachesIn(phase);
    emitNest(nest);
    mode = {};
  }
}

void RowEmitter::emitHeadMean(HeadMeanOp head) {
  ArrayRef<int64_t> dims = op.getNormalizedDims();
  values.advanceFrame();
  if (dims.empty()) {
    values.setRowValues(head, values.getRowValues(head.getValue()));
    return;
  }
  // The head's elements have the first indices along the first dim; where the
  // row has more dims, a condition on the position in the row completes that.
  Value innerSize = index(1);
  for (int64_t dim : llvm::reverse(dims)) {
    headStrides.insert(headStrides.begin(), innerSize);
    innerSize = arith::MulIOp::create(builder, loc, innerSize,
                                      asValue(values.getSize(dim)));
  }
  Value one = index(1), length = index(HeadMeanOp::headLength);
  Value stride = arith::MaxUIOp::create(builder, loc, headStrides.front(), one);
  Value needed = arith::CeilDivUIOp::create(builder, loc, length, stride);
  Value end = arith::MinUIOp::create(
      builder, loc, asValue(values.getSize(dims.front())), needed);
  limit.emplace(dims.front(), getAsOpFoldResult(end));
  emitNest(makeNest({vector::CombiningKind::ADD, head.getValue(), Value(),
                     cast<CollectiveOpInterface>(head.getOperation())}));
  limit.reset();
  headStrides.clear();

  Value count = arith::MaxUIOp::create(
      builder, loc, arith::MinUIOp::create(builder, loc, innerSize, length),
      one);
  Value divisor = convertCount(builder, loc, count, head.getType());
  values.advanceFrame();
  SmallVector<Value> means = values.getRowValues(head);
  for (Value &mean : means) {
    Value count = divisor;
    if (isa<VectorType>(mean.getType()))
      count =
          vector::BroadcastOp::create(builder, loc, mean.getType(), divisor);
    mean = arith::DivFOp::create(builder, loc, mean, count);
  }
  values.setRowValues(head, means);
}

/// Whether the current element belongs to the head of the row.
Value RowEmitter::headCondition() {
  bool asVector = values.inLanes();
  auto spread = [&](Value value) -> Value {
    if (!asVector || isa<VectorType>(value.getType()))
      return value;
    VectorType type = values.getVectorType(builder.getIndexType());
    return vector::BroadcastOp::create(builder, loc, type, value);
  };
  Value position = spread(index(0));
  for (auto [dim, stride] :
       llvm::zip_equal(op.getNormalizedDims(), headStrides)) {
    Value offset = arith::MulIOp::create(
        builder, loc, spread(values.getPosition(dim)), spread(stride));
    position = arith::AddIOp::create(builder, loc, position, offset);
  }
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                               position, spread(index(HeadMeanOp::headLength)));
}
