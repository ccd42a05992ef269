// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "norm/Pipelines/Pipelines.h"

using namespace mlir;

void norm::buildNormToLLVMPipeline(OpPassManager &, const NormToLLVMOptions &) {
}

void norm::registerNormPipelines() {
  PassPipelineRegistration<NormToLLVMOptions>(
      "norm-to-llvm",
      "Lower normalizations and the operations around them to the LLVM dialect",
      buildNormToLLVMPipeline);
}
