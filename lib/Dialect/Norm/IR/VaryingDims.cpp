// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/IR/VaryingDims.h"

using namespace mlir;
using namespace mlir::norm;

VaryingDims::VaryingDims(GenericOp op) {
  unsigned numDims = op.getNumDims();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  for (BlockArgument argument : op.getBody().getArguments()) {
    llvm::SmallBitVector varying(numDims);
    for (AffineExpr expr : maps[argument.getArgNumber()].getResults())
      varying.set(cast<AffineDimExpr>(expr).getPosition());
    dims[argument] = varying;
  }
  for (Operation &nested : op.getBody().front()) {
    llvm::SmallBitVector varying(numDims);
    for (Value operand : nested.getOperands())
      varying |= dims.lookup(operand);
    if (auto index = dyn_cast<IndexOp>(nested))
      varying.set(index.getDim());
    llvm::SmallBitVector combined = varying;
    auto collective = dyn_cast<CollectiveOpInterface>(nested);
    if (collective)
      for (int64_t dim : collective.getCombinedDims())
        combined.reset(dim);
    for (OpResult result : nested.getResults()) {
      bool keeps = !collective ||
                   collective.variesAlongCombinedDims(result.getResultNumber());
      dims[result] = keeps ? varying : combined;
    }
  }
}
