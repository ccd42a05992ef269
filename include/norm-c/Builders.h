// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Builders of the named operations, on tensors. An operation is put into
/// `block` before `before`, or at the block's end if that is null, behind the
/// `tensor.empty` operations of its results. What the builders cannot say,
/// masks for example, `mlirOperationCreate` can.
///
/// Where arguments do not fit (an operand that is no tensor of floats, axes
/// that are not those of a tensor of its rank, whatever else the verifier
/// refuses, a context that has not loaded this library's dialect), the
/// context's diagnostic handlers are told, nothing is left behind and the
/// result is null.

#ifndef NORM_C_BUILDERS_H
#define NORM_C_BUILDERS_H

#include "mlir-c/IR.h"
#include "norm-c/Support.h"
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Of `norm.layer_norm`, whose results are y, then mean and rstd if wanted.
typedef struct NormLayerNormArguments {
  MlirValue input;
  MlirValue gamma, beta; ///< Of the sizes along the axes; may be null.
  const int64_t *axes;   ///< Dims of the input, in increasing order.
  intptr_t numAxes;
  double epsilon;
  bool withMean, withRstd;
} NormLayerNormArguments;

NORM_CAPI_EXPORTED MlirOperation normCreateLayerNorm(
    MlirBlock block, MlirOperation before, MlirLocation location,
    const NormLayerNormArguments *arguments);

/// Of `norm.rms_norm`, whose results are y, then rstd if wanted.
typedef struct NormRMSNormArguments {
  MlirValue input;
  MlirValue gamma, beta; ///< Of the sizes along the axes; may be null.
  const int64_t *axes;   ///< Dims of the input, in increasing order.
  intptr_t numAxes;
  double epsilon;
  double gammaOffset; ///< Is added to gamma: 1 in Gemma, otherwise 0.
  bool withRstd;
} NormRMSNormArguments;

NORM_CAPI_EXPORTED MlirOperation
normCreateRMSNorm(MlirBlock block, MlirOperation before, MlirLocation location,
                  const NormRMSNormArguments *arguments);

/// Of `norm.group_norm`, whose results are y, then mean and rstd if wanted.
typedef struct NormGroupNormArguments {
  MlirValue input;
  MlirValue gamma, beta; ///< Of the number of channels; may be null.
  const int64_t *axes;   ///< The spatial dims, in increasing order.
  intptr_t numAxes;
  int64_t channelAxis;
  int64_t groups; ///< 0: each channel by itself, which is instance norm.
  double epsilon;
  bool withMean, withRstd;
} NormGroupNormArguments;

NORM_CAPI_EXPORTED MlirOperation normCreateGroupNorm(
    MlirBlock block, MlirOperation before, MlirLocation location,
    const NormGroupNormArguments *arguments);

/// Of `norm.batch_norm_inference`, whose result is y.
typedef struct NormBatchNormInferenceArguments {
  MlirValue input;
  MlirValue mean, variance; ///< Of the number of channels.
  MlirValue gamma, beta;    ///< Likewise; may be null.
  int64_t channelAxis;
  double epsilon;
} NormBatchNormInferenceArguments;

NORM_CAPI_EXPORTED MlirOperation normCreateBatchNormInference(
    MlirBlock block, MlirOperation before, MlirLocation location,
    const NormBatchNormInferenceArguments *arguments);

/// Of `norm.batch_norm_training`, whose results are y, then the batch's mean
/// and variance if wanted.
typedef struct NormBatchNormTrainingArguments {
  MlirValue input;
  MlirValue gamma, beta; ///< Of the number of channels; may be null.
  int64_t channelAxis;
  double epsilon;
  bool withMean, withVariance;
} NormBatchNormTrainingArguments;

NORM_CAPI_EXPORTED MlirOperation normCreateBatchNormTraining(
    MlirBlock block, MlirOperation before, MlirLocation location,
    const NormBatchNormTrainingArguments *arguments);

#ifdef __cplusplus
}
#endif

#endif // NORM_C_BUILDERS_H
