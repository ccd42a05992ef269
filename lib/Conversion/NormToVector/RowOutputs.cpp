// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The last sweep of RowEmitter, which stores a row's outputs.

#include "RowEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::norm;

/// Vectors per iteration of loops that only store: these have no accumulators
/// to keep apart, and come in several versions.
static constexpr int64_t largestStoreUnroll = 2;

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
    std::optional<SmallVector<Value>> constants = getRowConstants(group.second);
    if (constants && !group.first.empty())
      emitOutputsRowByRow(group.first, group.second, *constants);
    else
      emitOutputNest(group.first, group.second);
    mode = {};
  }
}

//===----------------------------------------------------------------------===//
// One row after the other
//===----------------------------------------------------------------------===//

/// Where rows share an iteration: what the outputs' last sweep takes of values
/// that are one scalar per row. None where rows do not, or where a sweep over
/// single rows cannot have these from arrays.
std::optional<SmallVector<Value>>
RowEmitter::getRowConstants(ArrayRef<unsigned> outputs) {
  if (!values.gathersRows() || !buffers.empty())
    return std::nullopt;
  const VaryingDims &varying = program.getVaryingDims();
  auto isScalar = [&](Value value) {
    return !varying.variesAlongAny(value, op.getNormalizedDims());
  };
  llvm::SetVector<Value> constants;
  auto consider = [&](Value value) {
    if (!isa<BlockArgument>(value) && isScalar(value) &&
        (program.getPhase(value) > 0 ||
         varying.variesAlongAny(value, op.getRowDims())))
      constants.insert(value);
  };
  auto considerOperand = [&](Value value) {
    if (auto factors = values.getFactors(value)) {
      consider(factors->first);
      consider(factors->second);
    }
    consider(value);
  };
  SmallVector<Value> roots;
  for (unsigned output : outputs)
    roots.push_back(op.getYield().getValues()[output]);
  llvm::for_each(roots, consider);
  for (Operation *operation : program.getSlice(roots))
    if (!llvm::all_of(operation->getResults(), isScalar))
      llvm::for_each(operation->getOperands(), considerOperand);
  auto hasArrays = [](Value value) {
    Type type = value.getType();
    return type.isIntOrFloat() && type.getIntOrFloatBitWidth() >= 8 &&
           llvm::isPowerOf2_32(type.getIntOrFloatBitWidth());
  };
  if (!llvm::all_of(constants, hasArrays))
    return std::nullopt;
  return constants.takeVector();
}

/// The last sweep over the rows of a group, one row after the other: memory
/// takes stores to lines that follow each other faster than stores to a line of
/// each row in turn.
void RowEmitter::emitOutputsRowByRow(ArrayRef<int64_t> dims,
                                     ArrayRef<unsigned> outputs,
                                     ArrayRef<Value> constants) {
  SmallVector<Value> arrays;
  for (Value constant : constants) {
    Value gathered = values.getRowValues(constant).front();
    arrays.push_back(
        emitStackArray(schedule.getRows(), getElementTypeOrSelf(gathered)));
    vector::StoreOp::create(builder, loc, gathered, arrays.back(), index(0));
  }
  RowEmitter single(builder, program, operands, partials, schedule, fma);
  single.chunk = chunk;
  single.streams = streams;
  single.values.pushProgram();
  auto getRow = [&](ArrayRef<DimPositions> rows, Value row) {
    DimPositions position = rows.front();
    Value &first = groupIndex(position);
    first = arith::AddIOp::create(builder, loc, first, row);
    return position;
  };
  emitFor(index(0), index(schedule.getRows()), index(1), {},
          [&](Value row, MutableArrayRef<Value>) {
            if (!rowsAhead.empty())
              single.rowsAhead = {getRow(rowsAhead, row)};
            single.values.pushRows(getRow(rowsAtHand, row));
            for (auto [constant, array] : llvm::zip_equal(constants, arrays))
              single.values.setRowValues(
                  constant,
                  memref::LoadOp::create(builder, loc, array, row).getResult());
            single.values.advanceFrame();
            single.emitOutputNest(dims, outputs);
            single.values.popFrame();
          });
  single.values.popFrame();
}

//===----------------------------------------------------------------------===//
// Nests
//===----------------------------------------------------------------------===//

/// Emits the loops that store outputs over the same dims. Where these may
/// bypass the caches, there are versions of it, with prefetches but for the
/// last: for rows in which all vectors can, for rows that must be peeled or
/// else take plain stores, and for operands that the caches hold.
void RowEmitter::emitOutputNest(ArrayRef<int64_t> dims,
                                ArrayRef<unsigned> outputs) {
  bool prefetches = prefetchesIn(program.getNumPhases() - 1) &&
                    dims.size() == op.getNormalizedDims().size();
  auto emitVersion = [&](bool withPrefetches, bool nontemporal,
                         std::optional<unsigned> peeled = {}) {
    mode.prefetches = withPrefetches;
    mode.nontemporal = nontemporal;
    mode.peeled = peeled;
    emitStoreLoops(dims, outputs, 0);
    return SmallVector<Value>();
  };
  auto emitPlain = [&] { return emitVersion(prefetches && !streams, false); };
  SmallVector<unsigned> streamed = getStreamed(outputs);
  auto emitUnaligned = [&]() -> SmallVector<Value> {
    if (!streamed.empty() && canStage(dims, outputs))
      return emitIf(
          emitStartsAtLine(streamed.front()), {},
          [&] {
            mode.prefetches = prefetches;
            emitStagedNest(dims, streamed.front());
            return SmallVector<Value>();
          },
          emitPlain);
    if (canPeel(dims, streamed))
      return emitIf(
          emitCanPeel(streamed), {},
          [&] { return emitVersion(prefetches, true, getLeading(streamed)); },
          emitPlain);
    if (!streams || !prefetches)
      return emitPlain();
    return emitIf(
        streams, {}, [&] { return emitVersion(true, false); }, emitPlain);
  };
  auto canAlign = [&](unsigned output) { return canBeAligned(output); };
  if (streamed.empty() || !llvm::all_of(streamed, canAlign)) {
    emitUnaligned();
    return;
  }
  emitIf(
      emitIsAligned(streamed, dims), {},
      [&] { return emitVersion(prefetches, true); }, emitUnaligned);
}

void RowEmitter::emitStoreLoops(ArrayRef<int64_t> dims,
                                ArrayRef<unsigned> outputs, unsigned level) {
  if (level == dims.size()) {
    emitStores(outputs);
    return;
  }
  emitLoop(dims[level], {}, {}, mode.peeled ? 1 : largestStoreUnroll,
           [&](MutableArrayRef<Value>) {
             emitStoreLoops(dims, outputs, level + 1);
           });
}

void RowEmitter::emitStores(ArrayRef<unsigned> outputs) {
  emitPrefetches();
  for (unsigned row = 0; row < values.getNumRows(); ++row) {
    values.setRow(row);
    emitRowStores(outputs);
  }
}

void RowEmitter::emitRowStores(ArrayRef<unsigned> outputs) {
  // All values before the first store: an output may lie over an input.
  SmallVector<Value> stored;
  for (unsigned output : outputs) {
    Value value = op.getYield().getValues()[output];
    if (Value partial = partials[output])
      stored.push_back(values.emitSum(
          values.load(partial, ValueEmitter::dimsOf(op.getOutputMap(output)),
                      chunk),
          value));
    else
      stored.push_back(values.getSpread(value));
  }
  for (auto [output, value] : llvm::zip_equal(outputs, stored)) {
    SmallVector<int64_t> position =
        ValueEmitter::dimsOf(op.getOutputMap(output));
    if (Value partial = partials[output])
      values.store(value, partial, position, chunk);
    else
      values.store(value, getOutput(output), position, {}, mode.nontemporal);
  }
}
