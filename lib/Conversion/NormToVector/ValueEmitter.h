// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_NORMTOVECTOR_VALUEEMITTER_H
#define NORM_LIB_CONVERSION_NORMTOVECTOR_VALUEEMITTER_H

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Builders.h"
#include "norm/Analysis/RowProgram.h"

namespace mlir::norm {

/// Emits the values of a row program where they are asked for, each in the
/// outermost loop in which all dims along which it varies are bound, and once.
///
/// The loops around the point of emission are a stack of frames. The first is
/// the program's: nothing is bound. The second is the row's: all row dims are
/// bound, and the results of collectives are kept there. Each loop over a
/// normalized dim pushes a frame of its own. In the frame that binds the
/// vectorised dim, values are vectors and `mask` says which lanes exist.
class ValueEmitter {
public:
  /// `operands` are the memrefs and scalars to read and write, in the order of
  /// the program's operands. `laneDim` is vectorised when `lanes` > 1.
  ValueEmitter(OpBuilder &builder, const RowProgram &program,
               ValueRange operands, std::optional<int64_t> laneDim,
               int64_t lanes);
  ~ValueEmitter() { eraseAnchors(); }

  /// Opens a frame at the builder's insertion point. `indices` gives the
  /// position along each dim that it binds.
  void pushFrame(ArrayRef<std::pair<int64_t, Value>> indices,
                 Value mask = nullptr);
  void popFrame();
  /// Lets further values of the innermost frame go to the builder's insertion
  /// point: those emitted before dominate it.
  void advanceFrame();

  /// Whether the innermost frame is inside the vectorised loop.
  bool inLanes() const { return lanesBound; }
  int64_t getLanes() const { return lanes; }
  bool isVectorised(int64_t dim) const { return lanes > 1 && laneDim == dim; }
  /// The mask of the vectorised loop's frame, or null where all lanes exist.
  Value getMask() const { return mask; }

  /// The value as it is in its frame: a scalar or, if it varies along the
  /// lanes, a vector.
  Value get(Value value);
  /// The value as a vector of all lanes inside the vectorised loop, otherwise a
  /// scalar.
  Value getSpread(Value value);
  /// A value of the emitted code, known in the row frame, for a collective's
  /// result.
  void setRowValue(Value value, Value emitted) {
    frames[1].values[value] = emitted;
  }
  /// The buffer that holds a collective's result that varies along `dims` of
  /// the row.
  void setBuffer(Value value, Value buffer, ArrayRef<int64_t> dims) {
    buffers[value] = {buffer, llvm::to_vector(dims)};
  }
  Value getBuffer(Value value) const { return buffers.lookup(value).first; }

  /// Reads or writes `memref` at the innermost frame's position; `dims` are the
  /// iteration dims of the memref's dims, `prefix` leading indices.
  Value load(Value memref, ArrayRef<int64_t> dims, ValueRange prefix = {});
  void store(Value value, Value memref, ArrayRef<int64_t> dims,
             ValueRange prefix = {});

  /// The size of a dim of the iteration space.
  OpFoldResult getSize(int64_t dim) const { return sizes[dim]; }
  /// The position along a dim at the builder's insertion point, a vector along
  /// the lanes.
  Value getPosition(int64_t dim);
  /// The dims of a map's results.
  static SmallVector<int64_t> dimsOf(AffineMap map);

private:
  struct Frame {
    /// Code of the frame is inserted before this operation.
    Operation *anchor = nullptr;
    llvm::DenseMap<Value, Value> values, spread;
    SmallVector<int64_t> dims;
    bool bindsLanes = false;
    Value mask;
  };

  unsigned frameOf(Value value) const;
  Value emit(Value value);
  Operation *emitOperation(Operation *op, bool asVector);
  Value emitSize(SizeOp op);
  SmallVector<Value> indicesOf(ArrayRef<int64_t> dims, ValueRange prefix) const;
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
  SmallVector<OpFoldResult> sizes;
  llvm::DenseMap<int64_t, Value> indices;
  llvm::DenseMap<Value, std::pair<Value, SmallVector<int64_t>>> buffers;
  SmallVector<Frame> frames;
  SmallVector<Operation *> anchors;
  unsigned visible = 0;
  bool lanesBound = false;
  Value mask;
};

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_NORMTOVECTOR_VALUEEMITTER_H
