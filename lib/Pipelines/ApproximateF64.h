// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_PIPELINES_APPROXIMATEF64_H
#define NORM_LIB_PIPELINES_APPROXIMATEF64_H

#include "mlir/IR/Operation.h"

namespace mlir::norm {

/// Replaces `math.exp`, `math.tanh` or `math.erf` of f64, or of a vector of
/// f64, by arithmetic, within 4 units in the last place; upstream has
/// polynomials for f32 alone. Infinities, NaN and the sign of 0 are kept.
/// Leaves other operations as they are, and returns false.
bool approximateF64(Operation *op);

} // namespace mlir::norm

#endif // NORM_LIB_PIPELINES_APPROXIMATEF64_H
