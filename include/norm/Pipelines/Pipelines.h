// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_PIPELINES_PIPELINES_H
#define NORM_PIPELINES_PIPELINES_H

#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
}

namespace mlir::norm {

/// Options of `norm-to-llvm`.
struct NormToLLVMOptions : public PassPipelineOptions<NormToLLVMOptions> {
  PassOptions::Option<bool> raise{
      *this, "raise",
      llvm::cl::desc("Find normalizations before anything else"),
      llvm::cl::init(true)};
};

/// From norm operations and the linalg, tensor, tosa and arith operations
/// around them, on tensors or memrefs, down to the LLVM dialect.
void buildNormToLLVMPipeline(OpPassManager &pm,
                             const NormToLLVMOptions &options);

/// Registers the pipelines above under their names.
void registerNormPipelines();

} // namespace mlir::norm

#endif // NORM_PIPELINES_PIPELINES_H
