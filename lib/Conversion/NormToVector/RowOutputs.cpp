// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The last sweep of RowEmitter, which stores a row's outputs.

#include "RowEmitter.h"

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
    emitOutputNest(group.first, group.second);
    mode = {};
  }
}

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
