// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loops of RowEmitter: nests of reductions over the dims of a row, main
// loops, remainders.

#include "RowEmitter.h"
#include "RowValues/Widen.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
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
  if (nest.keptDims.empty())
    finish(nest, combineNest(nest));
  else
    emitKept(nest, 0);
}

/// Whether the values of a nest are vectors.
static bool hasLanes(const ValueEmitter &values, ArrayRef<int64_t> kept,
                     ArrayRef<int64_t> combined) {
  auto vectorised = [&](int64_t dim) { return values.isVectorised(dim); };
  return values.inLanes() || llvm::any_of(kept, vectorised) ||
         llvm::any_of(combined, vectorised);
}

/// The values with which a nest's reductions start, a set for each row.
SmallVector<Value> RowEmitter::emitIdentities(const Nest &nest) {
  SmallVector<Value> identities;
  for (const Reduction &reduction : nest.reductions) {
    Type type = reduction.value ? reduction.value.getType()
                                : Type(builder.getIndexType());
    if (hasLanes(values, nest.keptDims, nest.combinedDims))
      type = values.getVectorType(type);
    identities.push_back(createIdentity(builder, loc, reduction.kind, type));
  }
  SmallVector<Value> all;
  for (unsigned row = 0; row < values.getNumRows(); ++row)
    llvm::append_range(all, identities);
  return all;
}

/// The combined values of a nest for whole rows; with prefetches only while
/// outputs bypass the caches, where that is not always so.
SmallVector<Value> RowEmitter::combineNest(const Nest &nest) {
  if (!mode.prefetches || !streams)
    return emitCombined(nest, 0);
  SmallVector<Value> identities = emitIdentities(nest);
  return emitIf(
      streams, ValueRange(identities).getTypes(),
      [&] { return emitCombined(nest, 0); },
      [&] {
        mode.prefetches = false;
        return emitCombined(nest, 0);
      });
}

void RowEmitter::emitKept(const Nest &nest, unsigned level) {
  if (level == nest.keptDims.size()) {
    finish(nest, emitCombined(nest, 0));
    return;
  }
  emitLoop(nest.keptDims[level], {}, {}, /*maxUnroll=*/1,
           [&](MutableArrayRef<Value>) { emitKept(nest, level + 1); });
}

SmallVector<Value> RowEmitter::emitCombined(const Nest &nest, unsigned level) {
  SmallVector<Value> identities = emitIdentities(nest);
  SmallVector<vector::CombiningKind> kinds;
  for (size_t i = 0; i < identities.size(); ++i)
    kinds.push_back(nest.reductions[i % nest.reductions.size()].kind);
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
  emitPrefetches();
  Value inHead = headStrides.size() > 1 ? headCondition() : Value();
  for (unsigned row = 0; row < values.getNumRows(); ++row) {
    values.setRow(row);
    for (const Reduction &reduction : nest.reductions) {
      Value &accumulator = accumulators.front();
      accumulators = accumulators.drop_front();
      // Lanes that are no rows may hold anything: nothing of them is stored.
      // Conditions change how LLVM contracts, and with it the bits.
      Value condition = lanesAreRows() ? Value() : values.getMask();
      auto restrict = [&](Value further) {
        condition =
            condition ? arith::AndIOp::create(builder, loc, condition, further)
                      : further;
      };
      if (reduction.condition)
        restrict(values.getSpread(reduction.condition));
      if (inHead)
        restrict(inHead);
      Value combined = emitCombination(reduction, accumulator);
      accumulator = condition ? arith::SelectOp::create(builder, loc, condition,
                                                        combined, accumulator)
                              : combined;
    }
  }
}

/// The accumulator with the element at hand.
Value RowEmitter::emitCombination(const Reduction &reduction,
                                  Value accumulator) {
  if (!reduction.value) {
    Value one = arith::ConstantOp::create(
        builder, loc, builder.getOneAttr(accumulator.getType()));
    return combineValues(builder, loc, reduction.kind, accumulator, one);
  }
  if (reduction.kind == vector::CombiningKind::ADD)
    return values.emitSum(accumulator, reduction.value);
  return combineValues(builder, loc, reduction.kind, accumulator,
                       values.getSpread(reduction.value));
}

/// Makes the results of a nest, a set for each row, known.
void RowEmitter::finish(const Nest &nest, ArrayRef<Value> results) {
  size_t count = nest.reductions.size();
  for (auto [position, reduction] : llvm::enumerate(nest.reductions)) {
    Value result = reduction.op->getResult(0);
    SmallVector<Value> emitted;
    for (size_t i = position; i < results.size(); i += count)
      emitted.push_back(results[i]);
    bool isAcrossLanes = llvm::any_of(nest.combinedDims, [&](int64_t dim) {
      return values.isVectorised(dim);
    });
    if (isAcrossLanes) {
      emitted = {combineLanes(builder, loc, reduction.kind, emitted)};
    } else if (lanesAreRows() && !program.getVaryingDims().variesAlong(
                                     result, *schedule.getLaneDim())) {
      // What is the same for all rows is that of the first, which exists.
      for (Value &value : emitted)
        value = extractLane(builder, loc, value, 0);
    } else if (values.gathersRows() && nest.keptDims.empty()) {
      auto type = VectorType::get(emitted.size(), emitted.front().getType());
      emitted = {vector::FromElementsOp::create(builder, loc, type, emitted)};
    }
    if (!reduction.value)
      for (Value &value : emitted)
        value = convertCount(builder, loc, value, result.getType());
    if (nest.keptDims.empty()) {
      values.setRowValues(result, emitted);
      continue;
    }
    for (unsigned row = 0; row < values.getNumRows(); ++row) {
      values.setRow(row);
      values.storeToBuffer(
          result, isAcrossLanes && values.getNumRows() > 1
                      ? vector::ExtractOp::create(builder, loc, emitted.front(),
                                                  int64_t(row))
                      : emitted[row]);
    }
  }
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

SmallVector<Value> RowEmitter::emitFor(Value lo, Value hi, Value step,
                                       ArrayRef<Value> inits,
                                       IndexedBody body) {
  auto loop = scf::ForOp::create(builder, loc, lo, hi, step, inits);
  // The schedule has unrolled it. More would chain what it keeps apart.
  MLIRContext *context = builder.getContext();
  auto isDisabled = builder.getBoolAttr(true);
  auto unroll =
      LLVM::LoopUnrollAttr::get(context, isDisabled, {}, {}, {}, {}, {}, {});
  // Nor is there more to vectorise, but in code that is scalar for its layout.
  LLVM::LoopVectorizeAttr vectorize;
  if (schedule.getVectorSize() > 1 || hasRowLaneDim())
    vectorize = LLVM::LoopVectorizeAttr::get(context, isDisabled, {}, {}, {},
                                             {}, {}, {});
  loop->setAttr("llvm.loop_annotation",
                LLVM::LoopAnnotationAttr::get(context, {}, vectorize, {},
                                              unroll, {}, {}, {}, {}, {}, {},
                                              {}, {}, {}, {}, {}));
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

SmallVector<Value>
RowEmitter::emitIf(Value condition, TypeRange types,
                   function_ref<SmallVector<Value>()> thenBody,
                   function_ref<SmallVector<Value>()> elseBody) {
  auto choice = scf::IfOp::create(builder, loc, types, condition,
                                  /*withElseRegion=*/bool(elseBody));
  auto emitBranch = [&](Block *block, function_ref<SmallVector<Value>()> body) {
    OpBuilder::InsertionGuard guard(builder);
    if (types.empty())
      builder.setInsertionPoint(block->getTerminator());
    else
      builder.setInsertionPointToEnd(block);
    auto outerMode = mode;
    SmallVector<Value> results = body();
    mode = outerMode;
    if (!types.empty())
      scf::YieldOp::create(builder, loc, results);
  };
  emitBranch(choice.thenBlock(), thenBody);
  if (elseBody)
    emitBranch(choice.elseBlock(), elseBody);
  return llvm::to_vector_of<Value>(choice.getResults());
}

SmallVector<Value> RowEmitter::emitLoop(int64_t dim, ArrayRef<Value> identities,
                                        ArrayRef<vector::CombiningKind> kinds,
                                        int64_t maxUnroll, LoopBody body) {
  bool isLaneLoop = schedule.getLaneDim() == dim;
  auto elementsOf = [&](int64_t vectors) -> OpFoldResult {
    return isLaneLoop ? getElementsOf(vectors) : builder.getIndexAttr(vectors);
  };
  int64_t unroll = isLaneLoop || hasRowLaneDim()
                       ? std::min(schedule.getUnroll(), maxUnroll)
                       : 1;
  OpFoldResult width = elementsOf(1), step = elementsOf(unroll);
  OpFoldResult begin = builder.getIndexAttr(0), end = getExtent(dim);
  if (mode.peeled && isLaneLoop)
    begin = emitPeeledHead(dim, asValue(end), body);
  std::optional<int64_t> constantBegin = getConstantIntValue(begin);
  std::optional<int64_t> constantEnd = getConstantIntValue(end);
  std::optional<int64_t> constantStep = getConstantIntValue(step);
  bool isStatic = constantBegin && constantEnd && constantStep;
  OpFoldResult mainEnd;
  if (isStatic)
    mainEnd = builder.getIndexAttr(*constantEnd - *constantEnd % *constantStep);
  else
    mainEnd = emitFullEnd(asValue(begin), asValue(end), step);

  size_t count = identities.size();
  SmallVector<Value> copies;
  SmallVector<vector::CombiningKind> copyKinds;
  for (int64_t copy = 0; copy < unroll; ++copy) {
    llvm::append_range(copies, identities);
    llvm::append_range(copyKinds, kinds);
  }
  copies = emitMainLoop(begin, mainEnd, step, copies, copyKinds,
                        [&](Value first, MutableArrayRef<Value> accumulators) {
                          for (int64_t copy = 0; copy < unroll; ++copy) {
                            Value position =
                                copy == 0 ? first
                                          : arith::AddIOp::create(
                                                builder, loc, first,
                                                asValue(elementsOf(copy)));
                            values.pushFrame({{dim, position}});
                            unrolledCopy = copy;
                            body(accumulators.slice(copy * count, count));
                            values.popFrame();
                          }
                          unrolledCopy = 0;
                        });
  auto first = MutableArrayRef(copies).take_front(count);
  if (isStatic)
    emitStaticRemainder(dim, *getConstantIntValue(width),
                        *getConstantIntValue(mainEnd), *constantEnd, first,
                        body);
  else if (constantStep != 1)
    emitDynamicRemainder(dim, width, unroll, asValue(mainEnd), asValue(end),
                         first, body);
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

/// The elements of a loop before the first address at which stores may bypass
/// the caches; returns where they end.
Value RowEmitter::emitPeeledHead(int64_t dim, Value end, LoopBody body) {
  Value head = emitHead(*mode.peeled, /*inNest=*/true);
  head = arith::MinUIOp::create(builder, loc, head, end);
  Value exists = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                       head, index(0));
  emitIf(exists, {}, [&]() -> SmallVector<Value> {
    emitMasked(dim, index(0), head, {}, body);
    return {};
  });
  return head;
}

/// Where the last whole step from `begin` on ends.
Value RowEmitter::emitFullEnd(Value begin, Value end, OpFoldResult step) {
  if (isOneInteger(step))
    return end;
  Value size = arith::SubIOp::create(builder, loc, end, begin);
  Value rest = arith::RemUIOp::create(builder, loc, size, asValue(step));
  return arith::SubIOp::create(builder, loc, end, rest);
}

SmallVector<Value>
RowEmitter::emitMainLoop(OpFoldResult begin, OpFoldResult end,
                         OpFoldResult step, ArrayRef<Value> identities,
                         ArrayRef<vector::CombiningKind> kinds,
                         IndexedBody body) {
  std::optional<int64_t> length;
  if (getConstantIntValue(begin))
    length = getConstantIntValue(end); // what is constant begins at 0
  SmallVector<Value> accumulators = llvm::to_vector(identities);
  if (length && *length == 0)
    return accumulators;
  std::optional<int64_t> constantStep = getConstantIntValue(step);
  if (length && length == constantStep) {
    body(index(0), accumulators);
    return accumulators;
  }
  Value first = asValue(begin), last = asValue(end);
  Value stepValue = asValue(step);
  if (identities.empty() ||
      (length && constantStep && *length <= flushPeriod * *constantStep))
    return emitFor(first, last, stepValue, identities, body);
  Value block = constantStep ? index(flushPeriod * *constantStep)
                             : arith::MulIOp::create(builder, loc, stepValue,
                                                     index(flushPeriod));
  return emitFor(first, last, block, identities,
                 [&](Value first, MutableArrayRef<Value> totals) {
                   Value blockEnd =
                       arith::AddIOp::create(builder, loc, first, block);
                   blockEnd =
                       arith::MinUIOp::create(builder, loc, blockEnd, last);
                   SmallVector<Value> partial =
                       emitFor(first, blockEnd, stepValue, identities, body);
                   for (auto [kind, total, value] :
                        llvm::zip_equal(kinds, totals, partial))
                     total = combineValues(builder, loc, kind, total, value);
                 });
}

/// A vector of which only the first `count` lanes exist.
void RowEmitter::emitMasked(int64_t dim, OpFoldResult position, Value count,
                            MutableArrayRef<Value> accumulators,
                            LoopBody body) {
  VectorType maskType = values.getVectorType(builder.getI1Type());
  Value mask = vector::CreateMaskOp::create(builder, loc, maskType, count);
  values.pushFrame({{dim, asValue(position)}}, mask);
  body(accumulators);
  values.popFrame();
}

void RowEmitter::emitStaticRemainder(int64_t dim, int64_t width, int64_t begin,
                                     int64_t end,
                                     MutableArrayRef<Value> accumulators,
                                     LoopBody body) {
  for (int64_t position = begin; position < end; position += width) {
    if (position + width > end) {
      emitMasked(dim, builder.getIndexAttr(position), index(end - position),
                 accumulators, body);
      continue;
    }
    values.pushFrame({{dim, index(position)}});
    body(accumulators);
    values.popFrame();
  }
}

/// What is left of the steps of a loop that was unrolled so many times: whole
/// vectors as long as there are, then a masked one.
void RowEmitter::emitDynamicRemainder(int64_t dim, OpFoldResult width,
                                      int64_t unroll, Value begin, Value end,
                                      MutableArrayRef<Value> accumulators,
                                      LoopBody body) {
  Value fullEnd = begin;
  SmallVector<Value> results = llvm::to_vector(accumulators);
  if (unroll > 1) {
    fullEnd = emitFullEnd(begin, end, width);
    results = emitFor(begin, fullEnd, asValue(width), accumulators,
                      [&](Value position, MutableArrayRef<Value> accumulators) {
                        values.pushFrame({{dim, position}});
                        body(accumulators);
                        values.popFrame();
                      });
  }
  if (!isOneInteger(width)) {
    Value rest = arith::SubIOp::create(builder, loc, end, fullEnd);
    Value exists = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                         rest, index(0));
    SmallVector<Value> before = results;
    results = emitIf(
        exists, ValueRange(before).getTypes(),
        [&] {
          SmallVector<Value> masked = before;
          emitMasked(dim, fullEnd, rest, masked, body);
          return masked;
        },
        before.empty() ? function_ref<SmallVector<Value>()>()
                       : [&] { return before; });
  }
  llvm::copy(results, accumulators.begin());
}
