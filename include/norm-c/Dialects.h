// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The dialect, and all that comes with it.

#ifndef NORM_C_DIALECTS_H
#define NORM_C_DIALECTS_H

#include "mlir-c/IR.h"
#include "norm-c/Support.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The handle of the dialect `norm`, for MLIR's `mlirDialectHandle` functions.
NORM_CAPI_EXPORTED MlirDialectHandle mlirGetDialectHandle__norm__(void);

/// Adds the dialect, the interfaces by which upstream's passes bufferize and
/// tile its operations, and its transform operations. Does nothing where the
/// registry has the dialect already, from a plugin for example.
NORM_CAPI_EXPORTED void normRegisterAllDialects(MlirDialectRegistry registry);

/// Makes all passes and pipelines known by their names, as
/// `mlirParsePassPipeline` wants them. Does nothing the second time.
NORM_CAPI_EXPORTED void normRegisterAllPasses(void);

#ifdef __cplusplus
}
#endif

#endif // NORM_C_DIALECTS_H
