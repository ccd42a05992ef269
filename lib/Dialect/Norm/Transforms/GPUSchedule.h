// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H
#define NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H

#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// The chips, by their names in NVVM (`sm_90`), for which there are schedules.
SmallVector<StringRef> getKnownGPUs();
bool isKnownGPU(StringRef chip);

/// The schedule for a row program on a known chip.
GPUScheduleAttr chooseGPUSchedule(GenericOp op, StringRef chip);

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_GPUSCHEDULE_H
