// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_NORMTOVECTOR_ROWEMITTER_H
#define NORM_LIB_CONVERSION_NORMTOVECTOR_ROWEMITTER_H

#include "ValueEmitter.h"

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
class RowEmitter {
public:
  /// `partials` holds, for each output that is an accumulator, the buffer of
  /// partial sums with a leading dim for the chunk; null for other outputs.
  RowEmitter(OpBuilder &builder, const RowProgram &program, ValueRange operands,
             ArrayRef<Value> partials, CPUScheduleAttr schedule);

  /// Emits the loop over the rows from `lo` to `hi`, numbered in row-major
  /// order of the row dims; where lanes are rows, a vector of them is numbered
  /// as one. Partial sums go to row `chunk` of the partials.
  void emit(Value lo, Value hi, Value chunk);

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

  void emitRowAt(MutableArrayRef<std::pair<int64_t, Value>> position);
  void emitRow();
  void emitPhase(unsigned phase);
  void emitHeadMean(HeadMeanOp op);
  void emitNest(const Nest &nest);
  void emitKept(const Nest &nest, unsigned level);
  SmallVector<Value> emitCombined(const Nest &nest, unsigned level);
  void accumulate(const Nest &nest, MutableArrayRef<Value> accumulators);
  void finish(const Nest &nest, ArrayRef<Value> results);
  void emitOutputs();
  void emitStores(ArrayRef<unsigned> outputs);
  void emitStoreLoops(ArrayRef<int64_t> dims, ArrayRef<unsigned> outputs,
                      unsigned level);

  /// A loop over a dim with an accumulator per identity; returns the
  /// accumulators, those of all unrolled copies and remainders combined.
  SmallVector<Value> emitLoop(int64_t dim, ArrayRef<Value> identities,
                              ArrayRef<vector::CombiningKind> kinds,
                              int64_t maxUnroll, LoopBody body);
  SmallVector<Value> emitMainLoop(OpFoldResult end, int64_t step,
                                  ArrayRef<Value> identities,
                                  ArrayRef<vector::CombiningKind> kinds,
                                  IndexedBody body);
  void emitRemainder(int64_t dim, int64_t width, OpFoldResult begin,
                     OpFoldResult end, MutableArrayRef<Value> accumulators,
                     LoopBody body);
  SmallVector<Value> emitFor(Value lo, Value hi, int64_t step,
                             ArrayRef<Value> inits, IndexedBody body);

  /// Whether the lanes of a vector are rows, not elements of one.
  bool lanesAreRows() const {
    return schedule.getLaneDim() && schedule.getVectorSize() > 1 &&
           !GenericOp(op).isNormalizedDim(*schedule.getLaneDim());
  }
  Nest makeNest(const Reduction &reduction) const;
  /// Increasing, but for the vectorised dim, which comes last.
  SmallVector<int64_t> inLoopOrder(ArrayRef<int64_t> dims) const;
  void createBuffers();
  Value headCondition();
  OpFoldResult getExtent(int64_t dim) const;
  Value index(int64_t constant);
  Value asValue(OpFoldResult size);

  OpBuilder &builder;
  const RowProgram &program;
  GenericOp op;
  Location loc;
  SmallVector<Value> operands;
  SmallVector<Value> partials;
  CPUScheduleAttr schedule;
  ValueEmitter values;
  Value chunk;
  /// The buffers of collectives' results that vary along the row.
  SmallVector<Value> buffers;
  /// Of the head of a row over several dims: where the first dim's loop ends,
  /// and the dims' strides in the row. Set while a head mean is emitted.
  std::optional<std::pair<int64_t, OpFoldResult>> limit;
  SmallVector<Value> headStrides;
};

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_NORMTOVECTOR_ROWEMITTER_H
