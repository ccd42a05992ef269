// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_NORMTOGPU_KERNELEMITTER_H
#define NORM_LIB_CONVERSION_NORMTOGPU_KERNELEMITTER_H

#include "KernelValues.h"
#include "RowMemory.h"
#include "ThreadReducer.h"

namespace mlir::norm {

/// Emits what a thread does: its part of one row of a row program.
///
/// A row is evaluated by sweeps over the thread's pieces of it, one per phase:
/// what the phase's collectives combine goes into accumulators, which are
/// combined first in the thread, then across the threads of the row. Outputs
/// are stored in the last sweep; those of registers' rows as soon as their
/// values are known and no input of theirs is still to be read.
///
/// Rows in registers: a sweep is straight-line code, and inputs are read in the
/// first sweep that needs them, once. Rows in workgroup memory: likewise, but
/// the first sweep leaves what it has read there. Rows in memory: a sweep is a
/// loop, which reads again what it needs.
///
/// With accumulators, all of that stands in a loop over the rows along the dims
/// that these lack, whose sums stay in registers.
class KernelEmitter {
public:
  /// `operands` are the program's inside the kernel; `isAligned` as in
  /// `KernelValues`.
  KernelEmitter(OpBuilder &builder, const RowProgram &program,
                ValueRange operands, const ThreadLayout &layout,
                ThreadReducer &reducer, RowMemory &memory, bool isAligned);

  void emit();

private:
  /// A reduction as the sweeps see it; without a value, a count.
  struct Reduction {
    vector::CombiningKind kind;
    Value value, condition;
    CollectiveOpInterface op;
  };
  /// A piece of a row: where it is along the normalized dims, and whether it
  /// exists; null if it does beyond doubt. One that does not has the position
  /// of the last.
  struct Piece {
    DimPositions position;
    Value exists;
  };
  using SweepBody =
      function_ref<void(const Piece &piece, MutableArrayRef<Value>)>;

  void emitRow();
  void emitRowLoop();
  /// Calls `body` for each accumulator and each piece, at the piece's place in
  /// the row.
  void visitSums(function_ref<void(unsigned output, const Piece &piece)> body);
  void emitPhase();
  SmallVector<Reduction> getReductions() const;
  /// Combines, and stores what can be stored in the same sweep.
  void emitReductions(ArrayRef<Reduction> reductions,
                      ArrayRef<unsigned> outputs);
  void accumulate(const Piece &piece, ArrayRef<Reduction> reductions,
                  MutableArrayRef<Value> accumulators);
  void finish(ArrayRef<Reduction> reductions, SmallVector<Value> accumulators);
  void emitStores(ArrayRef<unsigned> outputs);
  void emitRowOutputs();
  void storeOutputs(ArrayRef<unsigned> outputs, Value exists);

  /// Visits the thread's pieces, with accumulators that start as `inits`.
  SmallVector<Value> sweep(ArrayRef<Value> inits,
                           ArrayRef<vector::CombiningKind> kinds,
                           SweepBody body);
  SmallVector<Value> sweepMemory(ArrayRef<Value> inits,
                                 ArrayRef<vector::CombiningKind> kinds,
                                 SweepBody body);
  SmallVector<Value> emitLoop(Value begin, Value end, int64_t step,
                              ArrayRef<Value> inits, SweepBody body);
  void visit(const Piece &piece, unsigned number,
             MutableArrayRef<Value> accumulators, SweepBody body);
  Piece makePiece(Value number, bool isThere);
  void createPieces();
  /// Reads, for all pieces, the inputs that `roots` need and that hold rows.
  void keepInputs(ValueRange roots);

  SmallVector<Value> getRoots(unsigned phase) const;
  unsigned getStorePhase(unsigned output) const;
  bool isRowOutput(unsigned output) const;
  bool isIn(RowResidence place) const { return schedule.getRowIn() == place; }
  Value index(int64_t value);

  OpBuilder &builder;
  const RowProgram &program;
  GenericOp op;
  Location loc;
  SmallVector<Value> operands;
  GPUScheduleAttr schedule;
  const ThreadLayout &layout;
  ThreadReducer &reducer;
  RowMemory &memory;
  KernelValues values;
  /// How many pieces a row has, along which dims, the last the fastest.
  OpFoldResult numPieces;
  SmallVector<int64_t> pieceDims;
  SmallVector<OpFoldResult> pieceSizes;
  unsigned phase = 0;
  /// Of rows that are not in memory: the thread's pieces; of those in
  /// registers, what was read of each.
  SmallVector<Piece> pieces;
  SmallVector<llvm::DenseMap<Value, Value>> kept;
};

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_NORMTOGPU_KERNELEMITTER_H
