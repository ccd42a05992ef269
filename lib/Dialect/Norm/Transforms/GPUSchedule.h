// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H
#define NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H

#include "norm/Dialect/Norm/Transforms/Transforms.h"

namespace mlir::norm {

/// The schedule for a row program on a known chip.
GPUScheduleAttr chooseGPUSchedule(GenericOp op, StringRef chip);

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H
