// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_INITNORM_H
#define NORM_INITNORM_H

#include "norm/Conversion/Passes.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "norm/Dialect/Norm/TransformOps/NormTransformOps.h"
#include "norm/Dialect/Norm/Transforms/BufferizableOpInterfaceImpl.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Dialect/Norm/Transforms/TilingInterfaceImpl.h"
#include "norm/Pipelines/Pipelines.h"

namespace mlir::norm {

/// Adds the dialect, the interfaces that upstream's passes ask its operations
/// for, and its transform operations. Needs NormMLIR::TransformOps.
inline void registerAllNormDialects(DialectRegistry &registry) {
  registry.insert<NormDialect>();
  registerBufferizableOpInterfaceExternalModels(registry);
  registerTilingInterfaceExternalModels(registry);
  registerTransformDialectExtension(registry);
}

/// Registers all passes and pipelines by their names. Needs
/// NormMLIR::Pipelines.
inline void registerAllNormPasses() {
  registerNormTransformsPasses();
  registerNormConversionPasses();
  registerNormPipelines();
}

} // namespace mlir::norm

#endif // NORM_INITNORM_H
