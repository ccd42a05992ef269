// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_PIPELINES_PASSES_H
#define NORM_PIPELINES_PASSES_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/Pass.h"

namespace mlir::norm {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "norm/Pipelines/Passes.h.inc"

} // namespace mlir::norm

#endif // NORM_PIPELINES_PASSES_H
