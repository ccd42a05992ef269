// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_TRANSFORMS_PARTIALREDUCTION_H
#define NORM_LIB_DIALECT_NORM_TRANSFORMS_PARTIALREDUCTION_H

namespace mlir {
class MLIRContext;

namespace norm {

/// Attaches `PartialReductionOpInterface` to norm.generic and norm.statistics.
void attachPartialReduction(MLIRContext &context);

} // namespace norm
} // namespace mlir

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_PARTIALREDUCTION_H
