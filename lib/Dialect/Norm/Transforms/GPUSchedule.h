// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H
#define NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H

#include "norm/Dialect/Norm/Transforms/Transforms.h"

namespace mlir::norm {

/// The schedule for a row program on a known chip.
GPUScheduleAttr chooseGPUSchedule(GenericOp op, StringRef chip);

/// Into how many parts the rows of a program should be cut (see `cutRows`), so
/// that all of a known chip has work: 1 where there are rows enough, or where
/// sizes are dynamic.
int64_t chooseRowParts(GenericOp op, StringRef chip);

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H
