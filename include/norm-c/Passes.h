// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The passes and the pipelines, for MLIR's pass managers. What passes and
/// their options mean: docs/reference/Passes.md. Options may be NULL: the
/// defaults. Strings in them are copied; NULL stands for the default. An
/// enumerator that there is not gives no pass, with `ptr` NULL, and adds no
/// pipeline.
///
/// A pass belongs to the caller until `mlirPassManagerAddOwnedPass`. Passes are
/// for modules, and for functions (`mlirOpPassManagerAddOwnedPass`) where
/// nothing else is said.

#ifndef NORM_C_PASSES_H
#define NORM_C_PASSES_H

#include "mlir-c/Pass.h"
#include "norm-c/Compiler.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Options of `norm-raise`.
typedef struct NormRaiseOptions {
  const char *tier; ///< How much arithmetic may differ: "reals", "exact" ...
  bool allowF64Demote;
  bool reportMisses;
  const char *reportFile;
} NormRaiseOptions;

NORM_CAPI_EXPORTED NormRaiseOptions normRaiseOptionsGetDefaults(void);
NORM_CAPI_EXPORTED MlirPass
normCreateRaisePass(const NormRaiseOptions *options);

/// `norm-generalize`.
NORM_CAPI_EXPORTED MlirPass normCreateGeneralizePass(void);

/// Options of `norm-fuse`.
typedef struct NormFuseOptions {
  bool formPrograms;
  bool reportMisses;
  const char *reportFile;
  const char *tableFile;
} NormFuseOptions;

NORM_CAPI_EXPORTED NormFuseOptions normFuseOptionsGetDefaults(void);
NORM_CAPI_EXPORTED MlirPass normCreateFusePass(const NormFuseOptions *options);

/// `norm-decompose`. `computeType` is "f64" or, for that of each operation,
/// NULL.
NORM_CAPI_EXPORTED MlirPass normCreateDecomposePass(const char *computeType);

/// `norm-split-phases`.
NORM_CAPI_EXPORTED MlirPass normCreateSplitPhasesPass(void);

/// `norm-collapse-dims`.
NORM_CAPI_EXPORTED MlirPass normCreateCollapseDimsPass(void);

/// Options of `norm-schedule`.
typedef struct NormScheduleOptions {
  int64_t vectorBits;
  const char *chip; ///< A GPU, such as "sm_90"; NULL: a CPU.
  bool scalable;
  int64_t maskedBits;
  int64_t l1Bytes;
  int64_t l2Bytes;
  int64_t numThreads;
  bool parallel;
  bool outline;
  NormMomentsAlgorithm algorithm;
} NormScheduleOptions;

NORM_CAPI_EXPORTED NormScheduleOptions normScheduleOptionsGetDefaults(void);
NORM_CAPI_EXPORTED MlirPass
normCreateSchedulePass(const NormScheduleOptions *options);

/// `norm-expand-moments`.
NORM_CAPI_EXPORTED MlirPass normCreateExpandMomentsPass(void);

/// `convert-norm-to-vector`, for modules. `fma` says that the target multiplies
/// and adds in one instruction.
NORM_CAPI_EXPORTED MlirPass normCreateConvertNormToVectorPass(bool fma);

/// Options of `convert-norm-to-gpu`, for modules.
typedef struct NormConvertToGPUOptions {
  int64_t assumeAlignment;
  bool assumeDistinct;
} NormConvertToGPUOptions;

NORM_CAPI_EXPORTED NormConvertToGPUOptions
normConvertToGPUOptionsGetDefaults(void);
NORM_CAPI_EXPORTED MlirPass
normCreateConvertNormToGPUPass(const NormConvertToGPUOptions *options);

/// Options of `norm-to-llvm`: those of norm/Pipelines/Pipelines.h.
typedef struct NormToLLVMOptions {
  bool raise;
  bool decompose;
  bool fuse;
  NormThreadModel threads;
  int64_t vectorBits;
  bool scalable;
  int64_t maskedBits;
  NormMomentsAlgorithm algorithm;
  bool checkShapes;
  bool expandBF16;
  bool expandF16;
  bool expandRounding;
  bool fma;
  bool keepNontemporal;
  int64_t l1Bytes;
  int64_t l2Bytes;
  int64_t numThreads;
} NormToLLVMOptions;

NORM_CAPI_EXPORTED NormToLLVMOptions normToLLVMOptionsGetDefaults(void);

/// Adds `norm-to-llvm` to a pass manager for modules: everything down to the
/// LLVM dialect.
NORM_CAPI_EXPORTED MlirLogicalResult normAddToLLVMPipeline(
    MlirOpPassManager manager, const NormToLLVMOptions *options);

/// Options of `norm-to-nvvm`: those of norm/Pipelines/Pipelines.h.
typedef struct NormToNVVMOptions {
  bool raise;
  bool fuse;
  bool checkShapes;
  NormMomentsAlgorithm algorithm;
  const char *chip;     ///< Such as "sm_90".
  const char *features; ///< Such as "+ptx80".
  int optLevel;
  NormDeviceFormat format;
  bool host;           ///< Lower the launches too.
  const char *toolkit; ///< Where CUDA's tools are.
  int64_t assumeAlignment;
} NormToNVVMOptions;

NORM_CAPI_EXPORTED NormToNVVMOptions normToNVVMOptionsGetDefaults(void);

/// Adds `norm-to-nvvm` to a pass manager for modules: kernels, and host code in
/// the LLVM dialect that launches them by norm/Runtime/CUDA.h. The context
/// needs MLIR's translations to LLVM IR (`mlirRegisterAllLLVMTranslations`).
NORM_CAPI_EXPORTED MlirLogicalResult normAddToNVVMPipeline(
    MlirOpPassManager manager, const NormToNVVMOptions *options);

#ifdef __cplusplus
}
#endif

#endif // NORM_C_PASSES_H
