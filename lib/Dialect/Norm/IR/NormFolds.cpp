// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/IR/Norm.h"

using namespace mlir;
using namespace mlir::norm;

void GenericOp::getCanonicalizationPatterns(RewritePatternSet &,
                                            MLIRContext *) {}
void LayerNormOp::getCanonicalizationPatterns(RewritePatternSet &,
                                              MLIRContext *) {}
void RMSNormOp::getCanonicalizationPatterns(RewritePatternSet &,
                                            MLIRContext *) {}
/// The product of static sizes.
OpFoldResult SizeOp::fold(FoldAdaptor) {
  auto program = dyn_cast_or_null<GenericOp>((*this)->getParentOp());
  if (getWhere() || !program)
    return {};
  SmallVector<int64_t> sizes = program.getDimSizes();
  APInt count(/*numBits=*/64, 1);
  for (int64_t dim : getCombinedDims()) {
    if (ShapedType::isDynamic(sizes[dim]))
      return {};
    count *= sizes[dim];
  }
  if (isa<IndexType>(getType()))
    return IntegerAttr::get(getType(), count);
  auto type = cast<FloatType>(getType());
  APFloat rounded(type.getFloatSemantics());
  rounded.convertFromAPInt(count, /*IsSigned=*/false,
                           APFloat::rmNearestTiesToEven);
  return FloatAttr::get(type, rounded);
}
