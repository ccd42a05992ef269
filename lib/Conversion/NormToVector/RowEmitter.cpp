// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RowEmitter.h"
#include "Widen.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::norm;

RowEmitter::RowEmitter(OpBuilder &builder, const RowProgram &program,
                       ValueRange operands, ArrayRef<Value> partials,
                       CPUScheduleAttr schedule)
    : builder(builder), program(program), op(program.getOp()), loc(op.getLoc()),
      operands(operands), partials(partials), schedule(schedule),
      values(builder, program, operands, schedule.getLaneDim(),
             schedule.getVectorSize()) {}

Value RowEmitter::index(int64_t constant) {
  return arith::ConstantIndexOp::create(builder, loc, constant);
}

Value RowEmitter::asValue(OpFoldResult size) {
  return getValueOrCreateConstantIndexOp(builder, loc, size);
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

void RowEmitter::emit(Value lo, Value hi, Value chunkIndex) {
  chunk = chunkIndex;
  values.pushFrame({});
  createBuffers();
  SmallVector<int64_t> rowDims = op.getRowDims();
  emitFor(lo, hi, 1, {}, [&](Value row, MutableArrayRef<Value>) {
    // Row-major: the last row dim is the fastest.
    SmallVector<std::pair<int64_t, Value>> position;
    for (auto [rank, dim] : llvm::enumerate(llvm::reverse(rowDims))) {
      if (rank + 1 == rowDims.size()) {
        position.emplace_back(dim, row);
        break;
      }
      Value size = asValue(values.getSize(dim));
      if (lanesAreRows() && schedule.getLaneDim() == dim)
        size = arith::CeilDivUIOp::create(builder, loc, size,
                                          index(schedule.getVectorSize()));
      position.emplace_back(dim,
                            arith::RemUIOp::create(builder, loc, row, size));
      row = arith::DivUIOp::create(builder, loc, row, size);
    }
    emitRowAt(position);
  });
  for (Value buffer : buffers)
    memref::DeallocOp::create(builder, loc, buffer);
  values.popFrame();
}

/// Emits a row or, where lanes are rows, as many as there are lanes; a mask
/// says which of the last ones exist.
void RowEmitter::emitRowAt(
    MutableArrayRef<std::pair<int64_t, Value>> position) {
  auto emitWith = [&](Value mask) {
    values.pushFrame(position, mask);
    emitRow();
    values.popFrame();
  };
  if (!lanesAreRows())
    return emitWith(nullptr);
  int64_t lanes = schedule.getVectorSize();
  auto *entry = llvm::find_if(position, [&](const auto &candidate) {
    return candidate.first == schedule.getLaneDim();
  });
  entry->second =
      arith::MulIOp::create(builder, loc, entry->second, index(lanes));
  OpFoldResult size = values.getSize(entry->first);
  std::optional<int64_t> constant = getConstantIntValue(size);
  if (constant && *constant % lanes == 0)
    return emitWith(nullptr);
  Value rest =
      arith::SubIOp::create(builder, loc, asValue(size), entry->second);
  Value isFull = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::uge,
                                       rest, index(lanes));
  auto choice = scf::IfOp::create(builder, loc, isFull, /*withElse=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(choice.thenBlock()->getTerminator());
  emitWith(nullptr);
  builder.setInsertionPoint(choice.elseBlock()->getTerminator());
  auto maskType = VectorType::get(lanes, builder.getI1Type());
  emitWith(vector::CreateMaskOp::create(builder, loc, maskType, rest));
}

void RowEmitter::emitRow() {
  for (unsigned phase = 0; phase < program.getNumPhases(); ++phase)
    emitPhase(phase);
  emitOutputs();
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
      SmallVector<OpFoldResult> sizes = llvm::map_to_vector(
          nest.keptDims, [&](int64_t dim) { return values.getSize(dim); });
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
  for (const Nest &nest : nests)
    emitNest(nest);
}

void RowEmitter::emitHeadMean(HeadMeanOp head) {
  ArrayRef<int64_t> dims = op.getNormalizedDims();
  values.advanceFrame();
  if (dims.empty()) {
    values.setRowValue(head, values.get(head.getValue()));
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
  Value sum = values.get(head);
  if (isa<VectorType>(sum.getType()))
    divisor = vector::BroadcastOp::create(builder, loc, sum.getType(), divisor);
  values.setRowValue(head, arith::DivFOp::create(builder, loc, sum, divisor));
}

/// Whether the current element belongs to the head of the row.
Value RowEmitter::headCondition() {
  bool asVector = values.inLanes();
  auto spread = [&](Value value) -> Value {
    if (!asVector || isa<VectorType>(value.getType()))
      return value;
    auto type = VectorType::get(values.getLanes(), builder.getIndexType());
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
