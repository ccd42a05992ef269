// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The compiler: a module as text or bytecode in; an object, assembly, IR or
/// kernels and a header of C functions out. Needs nothing of MLIR's C API.

#ifndef NORM_C_COMPILER_H
#define NORM_C_COMPILER_H

#include "norm-c/Support.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a module becomes.
typedef enum NormOutputKind {
  NORM_OUTPUT_OBJECT = 0,   ///< An object file.
  NORM_OUTPUT_ASSEMBLY = 1, ///< Assembly, as text.
  NORM_OUTPUT_LLVM_IR = 2,  ///< Optimized LLVM IR, as text.
  NORM_OUTPUT_MLIR = 3,     ///< The LLVM dialect, as text.
  NORM_OUTPUT_PTX = 4,      ///< The kernels alone, as PTX.
  NORM_OUTPUT_CUBIN = 5,    ///< The kernels alone, as machine code, by ptxas.
  NORM_OUTPUT_FATBIN = 6    ///< The kernels alone, as both.
} NormOutputKind;

/// What runs the parallel loops of compiled code.
typedef enum NormThreadModel {
  NORM_THREADS_NONE = 0,  ///< The caller's thread.
  NORM_THREADS_OPENMP = 1 ///< LLVM's OpenMP runtime, which code is linked with.
} NormThreadModel;

/// What computes.
typedef enum NormTarget {
  NORM_TARGET_CPU = 0,
  NORM_TARGET_CUDA = 1 ///< An NVIDIA GPU, by kernels that functions launch.
} NormTarget;

/// What kernels are made into, within an object or as the result of a pipeline.
typedef enum NormDeviceFormat {
  NORM_DEVICE_PTX = 0,
  NORM_DEVICE_CUBIN = 1,  ///< By ptxas.
  NORM_DEVICE_FATBIN = 2, ///< By ptxas and fatbinary.
  NORM_DEVICE_LLVM = 3    ///< LLVM bitcode; for the pipeline alone.
} NormDeviceFormat;

/// How mean and variance are computed: docs/Numerics.md.
typedef enum NormMomentsAlgorithm {
  NORM_ALGORITHM_CORRECTED_TWO_PASS = 0,
  NORM_ALGORITHM_TWO_PASS = 1,
  NORM_ALGORITHM_SHIFTED = 2
} NormMomentsAlgorithm;

/// Options of a compilation: those of norm-compile. Strings may be NULL, which
/// stands for the default, and must live as long as the call that they are
/// given to.
typedef struct NormCompileOptions {
  NormOutputKind kind;
  const char *triple; ///< NULL: this machine's.
  const char *cpu;    ///< NULL: this machine's, or with a triple its baseline.
  const char *features; ///< Beside those of the processor: "+avx2,-fma".
  /// Levels of x86-64 that code is generated for, from the best to the
  /// baseline: "x86-64-v4,x86-64-v3,x86-64". Which is used is decided when the
  /// code is loaded. NULL: one version. Otherwise `cpu`
  /// and `features` are NULL.
  const char *versions;
  bool cFunctions;        ///< Add plain C functions, and write their header.
  const char *prefix;     ///< Goes before the names of the C functions.
  const char *headerName; ///< The header's file name, for its include guard.
  bool raise;             ///< Find normalizations that are spelled in linalg.
  bool fuse;              ///< Take what stands around them into their kernels.
  bool checkShapes;       ///< End the program where dynamic sizes do not agree.
  NormThreadModel threads;
  NormMomentsAlgorithm algorithm;
  int64_t vectorBits; ///< Bits of a vector register; 0: the target's.
  NormTarget target;
  // For CUDA alone.
  const char *chip;       ///< The GPU; NULL: sm_90.
  NormDeviceFormat image; ///< What kernels are in an object for CUDA.
  const char *toolkit;    ///< Where CUDA's bin/ptxas is; NULL: on the PATH, or
                          ///< where CUDA_HOME says.
  /// Write an explanation. `normCompileModule` wants a context without threads
  /// for it.
  bool explain;
} NormCompileOptions;

/// The defaults: an object for this machine, without C functions.
NORM_CAPI_EXPORTED NormCompileOptions normCompileOptionsGetDefaults(void);

/// How bad a diagnostic is.
typedef enum NormSeverity {
  NORM_SEVERITY_ERROR = 0,
  NORM_SEVERITY_WARNING = 1,
  NORM_SEVERITY_REMARK = 2,
  NORM_SEVERITY_NOTE = 3 ///< Belongs to the one before.
} NormSeverity;

/// What went wrong, and where. Lives as long as the callback runs.
typedef struct NormDiagnostic {
  NormSeverity severity;
  const char *file; ///< NULL where there is no place.
  unsigned line, column;
  const char *message;
} NormDiagnostic;

/// Is told of each diagnostic, on the thread that called. Must not throw.
typedef void (*NormDiagnosticCallback)(const NormDiagnostic *diagnostic,
                                       void *userData);

/// A compiled module.
typedef struct NormCompilation {
  void *ptr;
} NormCompilation;

/// Compiles the public functions of a module, text or bytecode of `length`
/// bytes. `name` stands in diagnostics. `options` may be NULL: the defaults; so
/// may `callback`. The result is null, with `ptr` NULL, after an error, of
/// which the callback has been told.
NORM_CAPI_EXPORTED NormCompilation
normCompile(const char *module, size_t length, const char *name,
            const NormCompileOptions *options, NormDiagnosticCallback callback,
            void *userData);

/// Frees what belongs to a compilation. Null is allowed.
NORM_CAPI_EXPORTED void normCompilationDestroy(NormCompilation compilation);

/// The code, of `*length` bytes; text is followed by a 0 that is not counted.
/// It lives as long as the compilation.
NORM_CAPI_EXPORTED const char *
normCompilationGetCode(NormCompilation compilation, size_t *length);

/// The header of the C functions; empty without `cFunctions`. It lives as long
/// as the compilation.
NORM_CAPI_EXPORTED const char *
normCompilationGetHeader(NormCompilation compilation);

/// What was found, fused and scheduled, what was not, and why, as text for
/// people: what norm-compile --explain prints. Empty without `explain`. It
/// lives as long as the compilation.
NORM_CAPI_EXPORTED const char *
normCompilationGetExplanation(NormCompilation compilation);

/// Links an object to the shared library `path`, which appears when it is
/// complete. `linker` is a C compiler's driver (NULL: the first of cc, gcc and
/// clang), `runtime` the full path of the runtime that the code needs: LLVM's
/// for OpenMP, libnorm_cuda for CUDA (NULL: where it usually is, if any is
/// needed). Returns false after an error, of which the callback has been told.
NORM_CAPI_EXPORTED bool normCompilationLinkSharedLibrary(
    NormCompilation compilation, const char *path, const char *linker,
    const char *runtime, NormDiagnosticCallback callback, void *userData);

#ifdef __cplusplus
}
#endif

#endif // NORM_C_COMPILER_H
