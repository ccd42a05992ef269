// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Parts that the pipelines have in common, in their order.

#ifndef NORM_LIB_PIPELINES_STAGES_H
#define NORM_LIB_PIPELINES_STAGES_H

#include "mlir/Pass/PassManager.h"
#include "norm/Pipelines/Pipelines.h"

namespace mlir::norm {

void addCleanup(OpPassManager &pm);

/// Named normalizations to row programs with what stands around them.
void addTensorStage(OpPassManager &pm, const NormToLLVMOptions &options);

/// Tensors to memrefs.
void addBufferStage(OpPassManager &pm);

/// Row programs on memrefs to such as GPU kernels can be made of.
void addSplitPrograms(OpPassManager &pm, MomentsAlgorithm algorithm,
                      StringRef chip, int64_t rowParts);

/// What is left of linalg to plain kernels.
void addLinalgToGPU(OpPassManager &pm);

/// What is left on the host to the LLVM dialect.
void addHostStage(OpPassManager &pm, const NormToLLVMOptions &options);

} // namespace mlir::norm

#endif // NORM_LIB_PIPELINES_STAGES_H
