// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ScheduleFacts.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::norm;

/// Whether neighbours along the operand's last dim are neighbours in memory.
/// Tensors have no layout yet: bufferization gives them that.
static bool hasUnitInnerStride(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref)
    return true;
  SmallVector<int64_t> strides;
  int64_t offset;
  return succeeded(memref.getStridesAndOffset(strides, offset)) &&
         strides.back() == 1;
}

/// Whether each operand that varies along the dim is contiguous in it, and some
/// operand varies along it.
static bool isContiguousAlong(GenericOp op, unsigned dim) {
  bool varies = false;
  for (auto [operand, map] :
       llvm::zip_equal(op->getOperands(), op.getIndexingMapsArray())) {
    if (!map.isFunctionOfDim(dim))
      continue;
    varies = true;
    if (cast<AffineDimExpr>(map.getResults().back()).getPosition() != dim ||
        !hasUnitInnerStride(operand.getType()))
      return false;
  }
  return varies;
}

/// The dim for the lanes: the last normalized one that all operands are
/// contiguous in, or else such a row dim, whose rows then stand side by side.
std::optional<int64_t> norm::chooseLaneDim(GenericOp op) {
  for (int64_t dim : llvm::reverse(op.getNormalizedDims()))
    if (isContiguousAlong(op, dim))
      return dim;
  for (int64_t dim : llvm::reverse(op.getRowDims()))
    if (isContiguousAlong(op, dim) && op.canHaveRowsInLanes(dim))
      return dim;
  return std::nullopt;
}

int64_t norm::multiplySizes(int64_t lhs, int64_t rhs) {
  int64_t product;
  if (ShapedType::isDynamic(lhs) || ShapedType::isDynamic(rhs) ||
      llvm::MulOverflow(lhs, rhs, product))
    return ShapedType::kDynamic;
  return product;
}

/// The same for sums.
static int64_t addSizes(int64_t lhs, int64_t rhs) {
  int64_t sum;
  if (ShapedType::isDynamic(lhs) || ShapedType::isDynamic(rhs) ||
      llvm::AddOverflow(lhs, rhs, sum))
    return ShapedType::kDynamic;
  return sum;
}

RowSizes::RowSizes(GenericOp op) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (int64_t dim : op.getNormalizedDims())
    elements = multiplySizes(elements, ranges[dim]);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
    Type type = getElementTypeOrSelf(operand);
    if (!type.isIntOrFloat())
      continue;
    int64_t inTotal = llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
    int64_t inRow = inTotal;
    bool holdsRows = false;
    for (int64_t dim = 0; dim < op.getNumDims(); ++dim) {
      if (!maps[index].isFunctionOfDim(dim))
        continue;
      inTotal = multiplySizes(inTotal, ranges[dim]);
      if (op.isNormalizedDim(dim))
        inRow = multiplySizes(inRow, ranges[dim]);
      else
        holdsRows = true;
    }
    totalBytes = addSizes(totalBytes, inTotal);
    if (index < op.getInputs().size() && holdsRows)
      inputBytes = addSizes(inputBytes, inRow);
  }
}
