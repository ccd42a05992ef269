// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loops of RowEmitter: nests over the dims of a row, main loops,
// remainders.

#include "RowEmitter.h"
#include "Widen.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::norm;

/// Iterations after which a long loop's accumulators are added to a second
/// level. Part of the numerics: it decides the order of summation.
static constexpr int64_t flushPeriod = 16;

//===----------------------------------------------------------------------===//
// Nests
//===----------------------------------------------------------------------===//

void RowEmitter::emitNest(const Nest &nest) {
  values.advanceFrame();
  emitKept(nest, 0);
}

void RowEmitter::emitKept(const Nest &nest, unsigned level) {
  if (level == nest.keptDims.size()) {
    finish(nest, emitCombined(nest, 0));
    return;
  }
  emitLoop(nest.keptDims[level], {}, {}, /*maxUnroll=*/1,
           [&](MutableArrayRef<Value>) { emitKept(nest, level + 1); });
}

/// Whether the values of a nest are vectors.
static bool hasLanes(const ValueEmitter &values, ArrayRef<int64_t> kept,
                     ArrayRef<int64_t> combined) {
  auto vectorised = [&](int64_t dim) { return values.isVectorised(dim); };
  return llvm::any_of(kept, vectorised) || llvm::any_of(combined, vectorised);
}

SmallVector<Value> RowEmitter::emitCombined(const Nest &nest, unsigned level) {
  bool asVectors =
      values.inLanes() || hasLanes(values, nest.keptDims, nest.combinedDims);
  SmallVector<Value> identities;
  SmallVector<vector::CombiningKind> kinds;
  for (const Reduction &reduction : nest.reductions) {
    Type type = reduction.value ? reduction.value.getType()
                                : Type(builder.getIndexType());
    if (asVectors)
      type = VectorType::get(values.getLanes(), type);
    identities.push_back(createIdentity(builder, loc, reduction.kind, type));
    kinds.push_back(reduction.kind);
  }
  if (nest.combinedDims.empty()) {
    accumulate(nest, identities);
    return identities;
  }
  return emitLoop(
      nest.combinedDims[level], identities, kinds, schedule.getUnroll(),
      [&](MutableArrayRef<Value> accumulators) {
        if (level + 1 == nest.combinedDims.size())
          return accumulate(nest, accumulators);
        SmallVector<Value> inner = emitCombined(nest, level + 1);
        for (auto [kind, accumulator, value] :
             llvm::zip_equal(kinds, accumulators, inner))
          accumulator = combineValues(builder, loc, kind, accumulator, value);
      });
}

void RowEmitter::accumulate(const Nest &nest,
                            MutableArrayRef<Value> accumulators) {
  for (auto [reduction, accumulator] :
       llvm::zip_equal(nest.reductions, accumulators)) {
    Value value =
        reduction.value
            ? values.getSpread(reduction.value)
            : arith::ConstantOp::create(
                  builder, loc, builder.getOneAttr(accumulator.getType()));
    Value condition = values.getMask();
    auto restrict = [&](Value further) {
      condition = condition
                      ? arith::AndIOp::create(builder, loc, condition, further)
                      : further;
    };
    if (reduction.condition)
      restrict(values.getSpread(reduction.condition));
    if (headStrides.size() > 1)
      restrict(headCondition());
    Value combined =
        combineValues(builder, loc, reduction.kind, accumulator, value);
    accumulator = condition ? arith::SelectOp::create(builder, loc, condition,
                                                      combined, accumulator)
                            : combined;
  }
}

void RowEmitter::finish(const Nest &nest, ArrayRef<Value> results) {
  for (auto [reduction, combined] : llvm::zip_equal(nest.reductions, results)) {
    Value result = reduction.op->getResult(0);
    Value emitted = combined;
    if (llvm::any_of(nest.combinedDims,
                     [&](int64_t dim) { return values.isVectorised(dim); }))
      emitted = combineLanes(builder, loc, reduction.kind, emitted);
    // Where lanes are rows, what is the same for all of them is that of the
    // first, which exists.
    else if (lanesAreRows() && !program.getVaryingDims().variesAlong(
                                   result, *schedule.getLaneDim()))
      emitted = vector::ExtractOp::create(builder, loc, emitted, 0);
    if (!reduction.value)
      emitted = convertCount(builder, loc, emitted, result.getType());
    if (nest.keptDims.empty())
      values.setRowValue(result, emitted);
    else
      values.store(emitted, values.getBuffer(result), nest.keptDims);
  }
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

void RowEmitter::emitOutputs() {
  // Outputs over the same dims of the row share a nest; those of the row as a
  // whole come last, when nothing reads the row's memory any more.
  SmallVector<std::pair<SmallVector<int64_t>, SmallVector<unsigned>>> groups;
  for (unsigned output = 0; output < op.getOutputs().size(); ++output) {
    AffineMap map = op.getOutputMap(output);
    SmallVector<int64_t> dims;
    for (int64_t dim : op.getNormalizedDims())
      if (map.isFunctionOfDim(dim))
        dims.push_back(dim);
    dims = inLoopOrder(dims);
    auto *group = llvm::find_if(
        groups, [&](const auto &other) { return other.first == dims; });
    if (group == groups.end())
      groups.push_back({dims, {output}});
    else
      group->second.push_back(output);
  }
  llvm::sort(groups, [](const auto &lhs, const auto &rhs) {
    return lhs.first.size() != rhs.first.size()
               ? lhs.first.size() > rhs.first.size()
               : lhs.second < rhs.second;
  });
  for (const auto &group : groups) {
    values.advanceFrame();
    emitStoreLoops(group.first, group.second, 0);
  }
}

void RowEmitter::emitStoreLoops(ArrayRef<int64_t> dims,
                                ArrayRef<unsigned> outputs, unsigned level) {
  if (level == dims.size()) {
    emitStores(outputs);
    return;
  }
  emitLoop(dims[level], {}, {}, schedule.getUnroll(),
           [&](MutableArrayRef<Value>) {
             emitStoreLoops(dims, outputs, level + 1);
           });
}

void RowEmitter::emitStores(ArrayRef<unsigned> outputs) {
  // All values before the first store: an output may lie over an input.
  SmallVector<Value> stored;
  for (unsigned output : outputs) {
    Value value = values.getSpread(op.getYield().getValues()[output]);
    if (Value partial = partials[output])
      value = combineValues(
          builder, loc, vector::CombiningKind::ADD,
          values.load(partial, ValueEmitter::dimsOf(op.getOutputMap(output)),
                      chunk),
          value);
    stored.push_back(value);
  }
  for (auto [output, value] : llvm::zip_equal(outputs, stored)) {
    SmallVector<int64_t> position =
        ValueEmitter::dimsOf(op.getOutputMap(output));
    if (Value partial = partials[output])
      values.store(value, partial, position, chunk);
    else
      values.store(value, operands[op.getInputs().size() + output], position);
  }
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

SmallVector<Value> RowEmitter::emitFor(Value lo, Value hi, int64_t step,
                                       ArrayRef<Value> inits,
                                       IndexedBody body) {
  auto loop = scf::ForOp::create(builder, loc, lo, hi, index(step), inits);
  OpBuilder::InsertionGuard guard(builder);
  if (inits.empty())
    builder.setInsertionPoint(loop.getBody()->getTerminator());
  else
    builder.setInsertionPointToEnd(loop.getBody());
  SmallVector<Value> accumulators =
      llvm::to_vector_of<Value>(loop.getRegionIterArgs());
  body(loop.getInductionVar(), accumulators);
  if (!inits.empty())
    scf::YieldOp::create(builder, loc, accumulators);
  return llvm::to_vector_of<Value>(loop.getResults());
}

SmallVector<Value> RowEmitter::emitLoop(int64_t dim, ArrayRef<Value> identities,
                                        ArrayRef<vector::CombiningKind> kinds,
                                        int64_t maxUnroll, LoopBody body) {
  bool isLaneLoop = schedule.getLaneDim() == dim;
  int64_t width = isLaneLoop ? schedule.getVectorSize() : 1;
  int64_t unroll = isLaneLoop || lanesAreRows()
                       ? std::min(schedule.getUnroll(), maxUnroll)
                       : 1;
  int64_t step = width * unroll;
  OpFoldResult extent = getExtent(dim);
  OpFoldResult mainEnd = extent;
  if (std::optional<int64_t> constant = getConstantIntValue(extent)) {
    mainEnd = builder.getIndexAttr(*constant - *constant % step);
  } else if (step > 1) {
    Value size = asValue(extent);
    Value rest = arith::RemUIOp::create(builder, loc, size, index(step));
    mainEnd = arith::SubIOp::create(builder, loc, size, rest).getResult();
  }

  size_t count = identities.size();
  SmallVector<Value> copies;
  SmallVector<vector::CombiningKind> copyKinds;
  for (int64_t copy = 0; copy < unroll; ++copy) {
    llvm::append_range(copies, identities);
    llvm::append_range(copyKinds, kinds);
  }
  copies = emitMainLoop(mainEnd, step, copies, copyKinds,
                        [&](Value first, MutableArrayRef<Value> accumulators) {
                          for (int64_t copy = 0; copy < unroll; ++copy) {
                            Value position = copy == 0
                                                 ? first
                                                 : arith::AddIOp::create(
                                                       builder, loc, first,
                                                       index(copy * width));
                            values.pushFrame({{dim, position}});
                            body(accumulators.slice(copy * count, count));
                            values.popFrame();
                          }
                        });
  if (step > 1)
    emitRemainder(dim, width, mainEnd, extent,
                  MutableArrayRef(copies).take_front(count), body);
  for (int64_t live = unroll; live > 1;) {
    int64_t half = (live + 1) / 2;
    for (size_t i = half * count; i < live * count; ++i)
      copies[i - half * count] = combineValues(
          builder, loc, copyKinds[i], copies[i - half * count], copies[i]);
    live = half;
  }
  copies.truncate(count);
  return copies;
}

SmallVector<Value> RowEmitter::emitMainLoop(
    OpFoldResult end, int64_t step, ArrayRef<Value> identities,
    ArrayRef<vector::CombiningKind> kinds, IndexedBody body) {
  std::optional<int64_t> constant = getConstantIntValue(end);
  SmallVector<Value> accumulators = llvm::to_vector(identities);
  if (constant && *constant == 0)
    return accumulators;
  if (constant && *constant == step) {
    body(index(0), accumulators);
    return accumulators;
  }
  Value last = asValue(end);
  int64_t block = flushPeriod * step;
  if (identities.empty() || (constant && *constant <= block))
    return emitFor(index(0), last, step, identities, body);
  return emitFor(index(0), last, block, identities,
                 [&](Value first, MutableArrayRef<Value> totals) {
                   Value blockEnd =
                       arith::AddIOp::create(builder, loc, first, index(block));
                   blockEnd =
                       arith::MinUIOp::create(builder, loc, blockEnd, last);
                   SmallVector<Value> partial =
                       emitFor(first, blockEnd, step, identities, body);
                   for (auto [kind, total, value] :
                        llvm::zip_equal(kinds, totals, partial))
                     total = combineValues(builder, loc, kind, total, value);
                 });
}

void RowEmitter::emitRemainder(int64_t dim, int64_t width, OpFoldResult begin,
                               OpFoldResult end,
                               MutableArrayRef<Value> accumulators,
                               LoopBody body) {
  auto maskType = VectorType::get(width, builder.getI1Type());
  auto emitVector = [&](Value position, Value mask,
                        MutableArrayRef<Value> accumulators) {
    values.pushFrame({{dim, position}}, mask);
    body(accumulators);
    values.popFrame();
  };
  std::optional<int64_t> lo = getConstantIntValue(begin),
                         hi = getConstantIntValue(end);
  if (lo && hi) {
    for (int64_t position = *lo; position < *hi; position += width) {
      Value mask;
      if (position + width > *hi)
        mask = vector::CreateMaskOp::create(builder, loc, maskType,
                                            index(*hi - position));
      emitVector(index(position), mask, accumulators);
    }
    return;
  }
  Value last = asValue(end);
  SmallVector<Value> results = emitFor(
      asValue(begin), last, width, accumulators,
      [&](Value position, MutableArrayRef<Value> accumulators) {
        Value mask;
        if (width > 1) {
          Value rest = arith::SubIOp::create(builder, loc, last, position);
          rest = arith::MinUIOp::create(builder, loc, rest, index(width));
          mask = vector::CreateMaskOp::create(builder, loc, maskType, rest);
        }
        emitVector(position, mask, accumulators);
      });
  llvm::copy(results, accumulators.begin());
}
