// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_NORMTOVECTOR_ROWEMITTER_H
#define NORM_LIB_CONVERSION_NORMTOVECTOR_ROWEMITTER_H

#include "RowValues/ValueEmitter.h"

namespace mlir::norm {

/// Emits the loops over a range of rows of a row program on memrefs.
///
/// A row is evaluated by nests of loops over its normalized dims: per phase one
/// nest for the collectives that run over the same dims, and in the end one
/// nest per set of dims for the outputs. In the loop over the schedule's
/// `lane_dim`, values are vectors, `unroll` vectors an iteration have
/// accumulators of their own, and the elements that are left over take masked
/// vectors. Where the lane dim is a row dim, a vector holds as many rows side
/// by side, and all of the above is done for them at once. Long loops sum into
/// a second level of accumulators every 16 iterations, which keeps the error of
/// a sum independent of its length.
///
/// Rows are taken in groups: `rows` of the schedule, or as many vectors of
/// rows, that are neighbours along one dim and share all loops. Rows that do
/// not fill a group are done one by one, or as vectors with masks.
class RowEmitter {
public:
  /// `partials` holds, for each output that is an accumulator, the buffer of
  /// partial sums with a leading dim for the chunk; null for other outputs.
  RowEmitter(OpBuilder &builder, const RowProgram &program, ValueRange operands,
             ArrayRef<Value> partials, CPUScheduleAttr schedule, bool fma);

  /// Emits the loop over the groups of rows from `lo` to `hi`, numbered in
  /// row-major order of the row dims. Partial sums go to row `chunk` of the
  /// partials. `streams` says whether outputs bypass the caches where the
  /// schedule lets them.
  void emit(Value lo, Value hi, Value chunk, Value streams);

  /// The dim along which the rows of a group are neighbours, if there is a row
  /// dim.
  static std::optional<int64_t> getGroupDim(GenericOp op);
  /// How many rows make a group.
  static int64_t getGroupSize(GenericOp op);

private:
  /// A reduction as the loops see it.
  struct Reduction {
    vector::CombiningKind kind;
    /// The combined value; null for a count of 1 per element.
    Value value;
    Value condition;
    CollectiveOpInterface op;
  };
  /// Reductions with the same loops.
  struct Nest {
    SmallVector<int64_t> keptDims, combinedDims;
    SmallVector<Reduction> reductions;
  };
  using LoopBody = function_ref<void(MutableArrayRef<Value> accumulators)>;
  using IndexedBody =
      function_ref<void(Value index, MutableArrayRef<Value> accumulators)>;

  DimPositions getGroupPosition(Value group);
  void emitGroup(const DimPositions &first, const DimPositions &ahead,
                 const DimPositions &cachedAhead);
  void emitFullGroup(const DimPositions &first, const DimPositions &ahead,
                     const DimPositions &cachedAhead);
  SmallVector<DimPositions> getRowsAhead(DimPositions start);
  bool isSingleGroup();
  void emitRemainingRows(const DimPositions &first);
  void emitRowByRow(DimPositions position, Value begin, Value end,
                    int64_t width);
  void emitMaskedRows(const DimPositions &first, Value end);
  void emitUnmaskedRows(const DimPositions &position, Value begin, Value end);
  void emitRows(ArrayRef<DimPositions> rows, ArrayRef<Value> masks = {});
  SmallVector<DimPositions> getRowsFrom(const DimPositions &first);
  Value &groupIndex(DimPositions &position);
  void emitPhase(unsigned phase);
  void emitHeadMean(HeadMeanOp op);
  void emitNest(const Nest &nest);
  SmallVector<Value> emitIdentities(const Nest &nest);
  SmallVector<Value> combineNest(const Nest &nest);
  void emitKept(const Nest &nest, unsigned level);
  SmallVector<Value> emitCombined(const Nest &nest, unsigned level);
  void accumulate(const Nest &nest, MutableArrayRef<Value> accumulators);
  Value emitCombination(const Reduction &reduction, Value accumulator);
  void finish(const Nest &nest, ArrayRef<Value> results);
  void emitOutputs();
  void emitOutputNest(ArrayRef<int64_t> dims, ArrayRef<unsigned> outputs);
  std::optional<SmallVector<Value>> getRowConstants(ArrayRef<unsigned> outputs);
  void emitOutputsRowByRow(ArrayRef<int64_t> dims, ArrayRef<unsigned> outputs,
                           ArrayRef<Value> constants);
  void emitStores(ArrayRef<unsigned> outputs);
  void emitRowStores(ArrayRef<unsigned> outputs);
  void emitStoreLoops(ArrayRef<int64_t> dims, ArrayRef<unsigned> outputs,
                      unsigned level);

  /// The buffer through which an output goes to memory: RowStaging.cpp.
  struct Staging {
    unsigned output;
    /// The row as a run of elements, and how many of them are a line.
    Value run;
    int64_t line;
    Value buffer;
  };
  Value emitStackArray(int64_t count, Type elementType);
  bool canStage(ArrayRef<int64_t> dims, ArrayRef<unsigned> outputs);
  Value emitStartsAtLine(unsigned output);
  void emitStagedNest(ArrayRef<int64_t> dims, unsigned output);
  SmallVector<Value> emitStagedLoops(ArrayRef<int64_t> dims,
                                     const Staging &staging,
                                     ArrayRef<Value> state);
  SmallVector<Value> emitFlush(const Staging &staging, ArrayRef<Value> state,
                               int64_t size);

  // Prefetches, stores that bypass the caches: RowStreams.cpp.
  bool isPrefetched(unsigned input);
  Value emitPrefetchDistance(int64_t ahead);
  bool prefetchesIn(unsigned phase) const;
  bool prefetchesInCachesIn(unsigned phase) const;
  void emitPrefetches();
  void emitPrefetches(Value input, AffineMap map, unsigned row);
  SmallVector<unsigned> getStreamed(ArrayRef<unsigned> outputs);
  bool canPeel(ArrayRef<int64_t> dims, ArrayRef<unsigned> outputs) const;
  bool canBeAligned(unsigned output);
  Value emitIsAligned(ArrayRef<unsigned> outputs, ArrayRef<int64_t> dims);
  unsigned getLeading(ArrayRef<unsigned> outputs);
  Value emitCanPeel(ArrayRef<unsigned> outputs);
  Value emitHead(unsigned output, bool inNest);
  Value emitAddress(unsigned output, bool inNest);
  int64_t getAlignment(unsigned output);
  Value getOutput(unsigned output) {
    return operands[op.getInputs().size() + output];
  }

  /// A loop over a dim with an accumulator per identity; returns the
  /// accumulators, those of all unrolled copies and remainders combined.
  SmallVector<Value> emitLoop(int64_t dim, ArrayRef<Value> identities,
                              ArrayRef<vector::CombiningKind> kinds,
                              int64_t maxUnroll, LoopBody body);
  SmallVector<Value> emitMainLoop(OpFoldResult begin, OpFoldResult end,
                                  OpFoldResult step, ArrayRef<Value> identities,
                                  ArrayRef<vector::CombiningKind> kinds,
                                  IndexedBody body);
  Value emitPeeledHead(int64_t dim, Value end, LoopBody body);
  Value emitFullEnd(Value begin, Value end, OpFoldResult step);
  void emitMasked(int64_t dim, OpFoldResult position, Value count,
                  MutableArrayRef<Value> accumulators, LoopBody body);
  void emitStaticRemainder(int64_t dim, int64_t width, int64_t begin,
                           int64_t end, MutableArrayRef<Value> accumulators,
                           LoopBody body);
  void emitDynamicRemainder(int64_t dim, OpFoldResult width, int64_t unroll,
                            Value begin, Value end,
                            MutableArrayRef<Value> accumulators, LoopBody body);
  SmallVector<Value> emitFor(Value lo, Value hi, Value step,
                             ArrayRef<Value> inits, IndexedBody body);
  /// A condition whose branches give values of these types.
  SmallVector<Value>
  emitIf(Value condition, TypeRange types,
         function_ref<SmallVector<Value>()> thenBody,
         function_ref<SmallVector<Value>()> elseBody = nullptr);

  /// Whether the lane dim is a row dim: loops over elements are unrolled then,
  /// also where a vector has a single lane.
  bool hasRowLaneDim() const {
    return schedule.getLaneDim() &&
           !GenericOp(op).isNormalizedDim(*schedule.getLaneDim());
  }
  /// Whether the lanes of a vector are rows, not elements of one.
  bool lanesAreRows() const {
    return schedule.getVectorSize() > 1 && hasRowLaneDim();
  }
  Nest makeNest(const Reduction &reduction) const;
  /// Increasing, but for the vectorised dim, which comes last.
  SmallVector<int64_t> inLoopOrder(ArrayRef<int64_t> dims) const;
  void createBuffers();
  Value headCondition();
  OpFoldResult getExtent(int64_t dim) const;
  /// How many elements so many vectors hold.
  OpFoldResult getElementsOf(int64_t vectors);
  Value index(int64_t constant);
  Value asValue(OpFoldResult size);

  OpBuilder &builder;
  const RowProgram &program;
  GenericOp op;
  Location loc;
  SmallVector<Value> operands;
  SmallVector<Value> partials;
  CPUScheduleAttr schedule;
  bool fma;
  ValueEmitter values;
  Value chunk;
  /// Whether outputs bypass the caches where they can; null if they never do.
  Value streams;
  /// The rows of the group at hand.
  SmallVector<DimPositions> rowsAtHand;
  /// The rows that follow the group's at the schedule's prefetch distances; for
  /// calls whose outputs do not bypass the caches, the group's own in others.
  SmallVector<DimPositions> rowsAhead, cachedRowsAhead;
  /// How the nest at hand is emitted: with prefetches, or with those for calls
  /// whose outputs do not bypass the caches; with stores that do, those before
  /// the first multiple of a vector's bytes in an output apart.
  struct {
    bool prefetches = false, cachedPrefetches = false, nontemporal = false;
    std::optional<unsigned> peeled;
  } mode;
  /// The unrolled copy of the innermost loop's body that is emitted.
  int64_t unrolledCopy = 0;
  /// The buffers of collectives' results that vary along the row.
  SmallVector<Value> buffers;
  /// Of the head of a row over several dims: where the first dim's loop ends,
  /// and the dims' strides in the row. Set while a head mean is emitted.
  std::optional<std::pair<int64_t, OpFoldResult>> limit;
  SmallVector<Value> headStrides;
};

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_NORMTOVECTOR_ROWEMITTER_H
