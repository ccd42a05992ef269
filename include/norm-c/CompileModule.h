// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The compiler, for a module that MLIR's C API has made.

#ifndef NORM_C_COMPILEMODULE_H
#define NORM_C_COMPILEMODULE_H

#include "mlir-c/IR.h"
#include "norm-c/Compiler.h"

#ifdef __cplusplus
extern "C" {
#endif

/// As `normCompile`, for a module, which stays as it is. The dialects that
/// lowering needs are added to its context.
NORM_CAPI_EXPORTED NormCompilation
normCompileModule(MlirModule module, const NormCompileOptions *options,
                  NormDiagnosticCallback callback, void *userData);

#ifdef __cplusplus
}
#endif

#endif // NORM_C_COMPILEMODULE_H
