// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_IR_GPUSCHEDULEVERIFIER_H
#define NORM_LIB_DIALECT_NORM_IR_GPUSCHEDULEVERIFIER_H

#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// Whether the GPU schedule of a row program fits its dims.
LogicalResult verifyGPUSchedule(GenericOp op);

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_IR_GPUSCHEDULEVERIFIER_H
