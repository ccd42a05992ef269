// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_ROWVALUES_VALUEEMITTER_H
#define NORM_LIB_CONVERSION_ROWVALUES_VALUEEMITTER_H

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Builders.h"
#include "norm/Analysis/RowProgram.h"

namespace mlir::norm {

/// Positions along dims of the iteration space.
using DimPositions = SmallVector<std::pair<int64_t, Value>>;

/// Emits the values of a row program where they are asked for, each in the
/// outermost loop in which all dims along which it varies are bound, and once.
///
/// The loops around the point of emission are a stack of frames. The first is
/// the program's: nothing is bound. The second is the rows': all row dims are
/// bound, and the results of collectives are kept there. Each loop over a
/// normalized dim pushes a frame of its own. In the frame that binds the
/// vectorised dim, values are vectors and `mask` says which lanes exist.
///
/// Several rows may be evaluated side by side, in the same loops: a value that
/// differs between rows is then emitted for each row that it is asked for, see
/// `setRow`. Where the lanes are not rows themselves, what is one scalar per
/// row is computed for all rows at once, in a vector with an element per row.
class ValueEmitter {
public:
  /// `operands` are the memrefs and scalars to read and write, in the order of
  /// the program's operands. `laneDim` is vectorised when `lanes` > 1, with so
  /// many times `vector.vscale` if `scalable`. With `fma`, contractions are
  /// done here, see `getFactors`.
  ValueEmitter(OpBuilder &builder, const RowProgram &program,
               ValueRange operands, std::optional<int64_t> laneDim,
               int64_t lanes, bool scalable, bool fma);
  virtual ~ValueEmitter() { eraseAnchors(); }

  /// Opens the program's frame at the builder's insertion point.
  void pushProgram() { pushFrame({}); }
  /// Opens the frame of the rows at the given positions along the row dims;
  /// where lanes are rows, with a mask for each vector of them unless all
  /// exist.
  void pushRows(ArrayRef<DimPositions> rows, ArrayRef<Value> masks = {});
  /// Opens a frame for a loop, or several, at the builder's insertion point.
  void pushFrame(ArrayRef<std::pair<int64_t, Value>> indices,
                 Value mask = nullptr);
  void popFrame();
  /// Lets further values of the innermost frame go to the builder's insertion
  /// point: those emitted before dominate it.
  void advanceFrame();
  /// Says what was emitted for a value elsewhere, for the innermost frame,
  /// which must be the one that the value belongs to.
  void bind(Value value, Value emitted) {
    frames.back().values[keyOf(value)] = emitted;
  }

  unsigned getNumRows() const { return rows.size(); }
  /// Says which of the rows values are asked for from now on.
  void setRow(unsigned row) { currentRow = row; }
  /// Whether what is one scalar per row is kept in vectors of all rows.
  bool gathersRows() const { return rows.size() > 1 && !lanesAreRows; }

  /// Whether the innermost frame is inside the vectorised loop.
  bool inLanes() const { return lanesBound; }
  /// A vector of all lanes.
  VectorType getVectorType(Type element) const {
    return VectorType::get({lanes}, element, {scalable});
  }
  bool isVectorised(int64_t dim) const { return lanes > 1 && laneDim == dim; }
  /// The mask of the vectorised loop's frame, or null where all lanes exist.
  Value getMask() const {
    if (masks.empty())
      return nullptr;
    return masks.size() == 1 ? masks.front() : masks[currentRow];
  }

  /// The value as it is in its frame: a scalar or, if it varies along the
  /// lanes, a vector.
  Value get(Value value);
  /// The value as a vector of all lanes inside the vectorised loop, otherwise a
  /// scalar.
  Value getSpread(Value value);
  /// The factors of a product that an addition, its only user, is to be
  /// contracted with. Where that is done is a matter of the program alone, so
  /// that what is rounded does not depend on the code around.
  std::optional<std::pair<Value, Value>> getFactors(Value product) const;
  /// `accumulator` + `value`, contracted if that can be.
  Value emitSum(Value accumulator, Value value);
  /// Values of the emitted code, known in the rows' frame, for a collective's
  /// result: one that holds all rows', where they are gathered, otherwise one
  /// per row.
  void setRowValues(Value value, ArrayRef<Value> emitted);
  /// The inverse of `setRowValues`, for any value known in the rows' frame.
  SmallVector<Value> getRowValues(Value value);
  /// The buffer, with a leading dim for the row, that holds a collective's
  /// result that varies along `dims` of the row.
  void setBuffer(Value value, Value buffer, ArrayRef<int64_t> dims) {
    buffers[value] = {buffer, llvm::to_vector(dims)};
  }
  void storeToBuffer(Value value, Value emitted);

  /// Reads or writes `memref` at the innermost frame's position; `dims` are the
  /// iteration dims of the memref's dims, `prefix` leading indices. A
  /// nontemporal store of a whole vector must go to a multiple of its size.
  virtual Value load(Value memref, ArrayRef<int64_t> dims,
                     ValueRange prefix = {});
  void store(Value value, Value memref, ArrayRef<int64_t> dims,
             ValueRange prefix = {}, bool nontemporal = false);
  /// Whether vectors of the memref's elements can be stored past the caches.
  bool canStoreNontemporal(Value memref) const;
  /// The size of a vector of a memref's elements.
  int64_t getVectorBytes(Value memref) const;
  /// The indices of the innermost frame's position in a memref.
  SmallVector<Value> indicesOf(ArrayRef<int64_t> dims,
                               ValueRange prefix = {}) const;

  /// The size of a dim of the iteration space.
  OpFoldResult getSize(int64_t dim) const { return sizes[dim]; }
  /// The first lane's position along a dim.
  Value getIndex(int64_t dim) const;
  /// The position along a dim at the builder's insertion point, a vector along
  /// the lanes.
  Value getPosition(int64_t dim);
  /// The dims of a map's results.
  static SmallVector<int64_t> dimsOf(AffineMap map);

private:
  /// A value of the block, and the row it is for.
  using Key = std::pair<Value, unsigned>;
  struct Frame {
    /// Code of the frame is inserted before this operation.
    Operation *anchor = nullptr;
    llvm::DenseMap<Key, Value> values, spread;
    /// Values with an element per row.
    llvm::DenseMap<Value, Value> gathered;
    SmallVector<int64_t> dims;
    bool bindsLanes = false;
    /// None if all lanes exist, one for all rows, or one per row.
    SmallVector<Value> masks;
  };

  unsigned frameOf(Value value) const;
  Key keyOf(Value value);
  Value emit(Value value);
  Value getGathered(Value value);
  Value emitGathered(Value value);
  /// The operation on what `emitOperand` gives for operands, widened to vectors
  /// of the shape of `like` or, without, as it is; the emitted operation's
  /// result of the same number.
  Value emitOperation(OpResult result, VectorType like,
                      function_ref<Value(Value)> emitOperand);
  Value emitContracted(Operation *op, function_ref<Value(Value)> emitOperand);
  Value emitSize(SizeOp op);
  Value loadVector(Value memref, ValueRange position, VectorType type);
  Value loadBooleans(Value memref, ValueRange position);
  Value loadLaneByLane(Value memref, SmallVector<Value> position,
                       VectorType type);
  void storeLaneByLane(Value value, Value memref, SmallVector<Value> position);
  Operation *createAnchor();
  void eraseAnchors();
  /// Emits as if only the outermost `count` frames were there.
  void setVisible(unsigned count);

  OpBuilder &builder;
  const RowProgram &program;
  GenericOp op;
  Location loc;
  SmallVector<Value> operands;
  std::optional<int64_t> laneDim;
  int64_t lanes;
  bool scalable;
  bool fma;
  bool lanesAreRows;
  SmallVector<OpFoldResult> sizes;
  llvm::DenseMap<int64_t, Value> indices;
  SmallVector<DimPositions> rows;
  unsigned currentRow = 0;
  llvm::DenseMap<Value, std::pair<Value, SmallVector<int64_t>>> buffers;
  SmallVector<Frame> frames;
  SmallVector<Operation *> anchors;
  unsigned visible = 0;
  bool lanesBound = false;
  SmallVector<Value> masks;
};

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_ROWVALUES_VALUEEMITTER_H
