// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_PIPELINES_APPROXIMATEEXP_H
#define NORM_LIB_PIPELINES_APPROXIMATEEXP_H

#include "mlir/Dialect/Math/IR/Math.h"

namespace mlir::norm {

/// Replaces the exponential of f64, or of a vector of it, by arithmetic. It is
/// off by less than 1.2 units in the last place; infinities and NaN give what
/// IEEE 754 recommends.
void approximateExpOfF64(math::ExpOp op);

} // namespace mlir::norm

#endif // NORM_LIB_PIPELINES_APPROXIMATEEXP_H
