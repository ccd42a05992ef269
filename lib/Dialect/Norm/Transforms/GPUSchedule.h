// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H
#define NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H

#include "norm/Dialect/Norm/Transforms/Transforms.h"

namespace mlir::norm {

/// Whether blocks of a known chip can share rows.
bool hasClusters(StringRef chip);

/// The schedule for a row program on a known chip.
GPUScheduleAttr chooseGPUSchedule(GenericOp op, StringRef chip);

/// Into how many parts the rows of a program should be cut (see `cutRows`), so
/// that all of a known chip has work: 1 where there are rows enough, or where
/// sizes are dynamic.
int64_t chooseRowParts(GenericOp op, StringRef chip);

/// Whether sums over rows, of a program that `canSumInParts`, fit the registers
/// of a known chip beside a row.
bool canKeepSums(GenericOp op, StringRef chip);

/// Into how many parts the rows of such a program should be cut, each with sums
/// of its own: 1 where rows are few, or their number dynamic or odd.
int64_t chooseSumParts(GenericOp op);

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H
