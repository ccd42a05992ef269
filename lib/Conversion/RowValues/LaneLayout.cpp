// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "LaneLayout.h"
#include "ValueEmitter.h"

using namespace mlir;
using namespace mlir::norm;

/// Whether neighbours along the last dim are neighbours in memory.
static bool hasUnitInnerStride(MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset;
  return succeeded(type.getStridesAndOffset(strides, offset)) &&
         !strides.empty() && strides.back() == 1;
}

LogicalResult norm::verifyLaneLayout(GenericOp op, int64_t laneDim,
                                     int64_t vectorSize) {
  if (vectorSize == 1)
    return success();
  for (auto [operand, map] :
       llvm::zip_equal(op->getOpOperands(), op.getIndexingMapsArray())) {
    if (!map.isFunctionOfDim(laneDim))
      continue;
    if (ValueEmitter::dimsOf(map).back() != laneDim ||
        !hasUnitInnerStride(cast<MemRefType>(operand.get().getType())))
      return op.emitOpError()
             << "expected operand #" << operand.getOperandNumber()
             << " to be contiguous along the schedule's lane_dim " << laneDim
             << "; a vector_size of 1 works for every layout";
  }
  return success();
}
