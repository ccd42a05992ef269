// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// What all headers of the C API share. Nothing of it throws; the library
/// exports the functions declared here and nothing else. Functions may be
/// called from several threads at a time, on different contexts.

#ifndef NORM_C_SUPPORT_H
#define NORM_C_SUPPORT_H

#define NORM_CAPI_EXPORTED __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

/// The version of this library, such as "0.1.0".
NORM_CAPI_EXPORTED const char *normGetVersion(void);

/// The version of LLVM and MLIR that it was built with, such as "22.1.8".
NORM_CAPI_EXPORTED const char *normGetLLVMVersion(void);

#ifdef __cplusplus
}
#endif

#endif // NORM_C_SUPPORT_H
