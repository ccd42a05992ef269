// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_ROWVALUES_LANELAYOUT_H
#define NORM_LIB_CONVERSION_ROWVALUES_LANELAYOUT_H

#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// Checks that vectors of a schedule can be loaded and stored whole: each
/// memref that varies along the dim of the lanes is contiguous along it.
LogicalResult verifyLaneLayout(GenericOp op, int64_t laneDim,
                               int64_t vectorSize);

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_ROWVALUES_LANELAYOUT_H
