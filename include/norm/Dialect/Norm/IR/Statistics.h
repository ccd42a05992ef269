// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_DIALECT_NORM_IR_STATISTICS_H
#define NORM_DIALECT_NORM_IR_STATISTICS_H

#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// Builds the program that merges partial results of `norm.statistics` (count,
/// mean, correction, m2, in this order), whose last `numPartDims` dims number
/// the parts, with each other and with `inits` of the remaining dims. Its four
/// results are written to tensors of the inits' sizes.
///
/// The formula of Chan, Golub and LeVeque for any number of parts at once: with
/// p a value near all means, δ = mean − p of each part, and weights
/// w = count/Σcount, the mean is p + Σwδ and m2 = Σm2 + Σcount·(δ − Σwδ)².
GenericOp mergeStatistics(OpBuilder &builder, Location loc, ValueRange partials,
                          ValueRange inits, unsigned numPartDims);

} // namespace mlir::norm

#endif // NORM_DIALECT_NORM_IR_STATISTICS_H
