// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What tiling needs to know of an operation: one description for norm.generic,
// from its maps, and for all named operations, from their operands' roles.

#ifndef NORM_LIB_DIALECT_NORM_TRANSFORMS_TILINGSPACE_H
#define NORM_LIB_DIALECT_NORM_TRANSFORMS_TILINGSPACE_H

#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/Interfaces/TilingInterface.h"
#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// A box in an iteration space or in a tensor.
struct Box {
  SmallVector<OpFoldResult> offsets, sizes;
};

/// The iteration space of an operation and where its operands lie in it.
class TilingSpace {
public:
  explicit TilingSpace(DestinationStyleOpInterface op);

  unsigned getNumDims() const { return iterators.size(); }
  ArrayRef<utils::IteratorType> getIterators() const { return iterators; }
  /// The size of each dim; makes operations for those known at run time only.
  SmallVector<OpFoldResult> getSizes(OpBuilder &builder) const;

  /// Why a dim must not be cut, or nothing where it may be.
  StringRef getReasonForWhole(unsigned dim) const { return reasons[dim]; }
  /// The first dim that a tile cuts though it must not, if any; those for which
  /// `mayCut` is true are not looked at. Makes no operations.
  std::optional<unsigned>
  findWronglyCutDim(const Box &tile,
                    function_ref<bool(unsigned)> mayCut = nullptr) const;
  /// Why nothing can be tiled in such a way, for a message.
  std::string describeCut(unsigned dim) const;

  /// For each dim of an operand the dim of the space that it stands for.
  ArrayRef<int64_t> getOperandDims(OpOperand &operand) const {
    return operandDims[operand.getOperandNumber()];
  }
  /// The part of an operand that a tile of the iteration space touches.
  Box getOperandBox(OpOperand &operand, const Box &tile) const;
  /// Whether a tile touches the whole of an operand, as far as can be told.
  bool touchesWhole(OpOperand &operand, const Box &tile) const;
  /// Takes a part of an operand over into a tile of the iteration space, whose
  /// other dims are null. Fails, and says why, where that cuts a dim that must
  /// be whole or contradicts what the tile is already.
  LogicalResult addOperandBox(OpOperand &operand, const Box &box, Box &tile,
                              std::string &why) const;
  /// Whether an accumulator adds up along the dim.
  bool isSummedAlong(unsigned dim) const;

private:
  /// A dim of an operand that is not one of the space: the groups of channels,
  /// seen from a statistic. It is never cut.
  static constexpr int64_t ownDim = -1;

  void describe(GenericOp program);
  void describe(NormOpInterface named);
  void describe(StatisticsOp statistics);
  /// Whether the offset and size are all of an operand's dim.
  bool isWhole(OpOperand &operand, unsigned position, OpFoldResult offset,
               OpFoldResult size) const;

  DestinationStyleOpInterface op;
  SmallVector<utils::IteratorType> iterators;
  /// For each operand the dims of the space that its own dims stand for.
  SmallVector<SmallVector<int64_t>> operandDims;
  SmallVector<StringRef> reasons;
  int64_t numGroups = 0;
};

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_TILINGSPACE_H
