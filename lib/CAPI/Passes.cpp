// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Options of C and of C++ have fields of the same names; the defaults are
/// those of C++.

#include "norm-c/Passes.h"
#include "Helpers.h"
#include "mlir/CAPI/Pass.h"
#include "norm/Conversion/Passes.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"

using namespace mlir;

static MlirPass release(std::unique_ptr<Pass> pass) {
  return wrap(pass.release());
}

/// Sets an option of a pass or a pipeline from a string of C.
template <typename Option>
static void assign(Option &option, const char *value) {
  if (value)
    option = std::string(value);
}

using norm::assign;

//===- norm-raise ---------------------------------------------------------===//

NormRaiseOptions normRaiseOptionsGetDefaults() {
  norm::NormRaisePassOptions defaults;
  return {/*tier=*/nullptr, defaults.allowF64Demote, defaults.reportMisses,
          /*reportFile=*/nullptr};
}

MlirPass normCreateRaisePass(const NormRaiseOptions *options) {
  norm::NormRaisePassOptions result;
  if (options) {
    assign(result.tier, options->tier);
    result.allowF64Demote = options->allowF64Demote;
    result.reportMisses = options->reportMisses;
    assign(result.reportFile, options->reportFile);
  }
  return release(norm::createNormRaisePass(result));
}

//===- norm-fuse ----------------------------------------------------------===//

NormFuseOptions normFuseOptionsGetDefaults() {
  norm::NormFusePassOptions defaults;
  return {defaults.formPrograms, defaults.reportMisses, /*reportFile=*/nullptr,
          /*tableFile=*/nullptr};
}

MlirPass normCreateFusePass(const NormFuseOptions *options) {
  norm::NormFusePassOptions result;
  if (options) {
    result.formPrograms = options->formPrograms;
    result.reportMisses = options->reportMisses;
    assign(result.reportFile, options->reportFile);
    assign(result.tableFile, options->tableFile);
  }
  return release(norm::createNormFusePass(result));
}

//===- norm-schedule ------------------------------------------------------===//

NormScheduleOptions normScheduleOptionsGetDefaults() {
  norm::NormSchedulePassOptions defaults;
  NormScheduleOptions options;
  options.vectorBits = defaults.vectorBits;
  options.chip = nullptr;
  options.scalable = defaults.scalable;
  options.maskedBits = defaults.maskedBits;
  options.l1Bytes = defaults.l1Bytes;
  options.l2Bytes = defaults.l2Bytes;
  options.numThreads = defaults.numThreads;
  options.parallel = defaults.parallel;
  options.outline = defaults.outline;
  options.algorithm = norm::wrap(defaults.algorithm);
  return options;
}

MlirPass normCreateSchedulePass(const NormScheduleOptions *options) {
  norm::NormSchedulePassOptions result;
  if (options) {
    result.vectorBits = options->vectorBits;
    assign(result.chip, options->chip);
    result.scalable = options->scalable;
    result.maskedBits = options->maskedBits;
    result.l1Bytes = options->l1Bytes;
    result.l2Bytes = options->l2Bytes;
    result.numThreads = options->numThreads;
    result.parallel = options->parallel;
    result.outline = options->outline;
    if (failed(assign(result.algorithm, options->algorithm)))
      return {nullptr};
  }
  return release(norm::createNormSchedulePass(result));
}

//===- The other passes ---------------------------------------------------===//

MlirPass normCreateGeneralizePass() {
  return release(norm::createNormGeneralizePass());
}

MlirPass normCreateDecomposePass(const char *computeType) {
  norm::NormDecomposePassOptions options;
  assign(options.computeType, computeType);
  return release(norm::createNormDecomposePass(options));
}

MlirPass normCreateSplitPhasesPass() {
  return release(norm::createNormSplitPhasesPass());
}

MlirPass normCreateCollapseDimsPass() {
  return release(norm::createNormCollapseDimsPass());
}

MlirPass normCreateExpandMomentsPass() {
  return release(norm::createNormExpandMomentsPass());
}

MlirPass normCreateConvertNormToVectorPass(bool fma) {
  norm::ConvertNormToVectorPassOptions options;
  options.fma = fma;
  return release(norm::createConvertNormToVectorPass(options));
}

NormConvertToGPUOptions normConvertToGPUOptionsGetDefaults() {
  norm::ConvertNormToGPUPassOptions defaults;
  return {defaults.assumeAlignment, defaults.assumeDistinct};
}

MlirPass
normCreateConvertNormToGPUPass(const NormConvertToGPUOptions *options) {
  norm::ConvertNormToGPUPassOptions result;
  if (options) {
    result.assumeAlignment = options->assumeAlignment;
    result.assumeDistinct = options->assumeDistinct;
  }
  return release(norm::createConvertNormToGPUPass(result));
}

//===- norm-to-llvm -------------------------------------------------------===//

NormToLLVMOptions normToLLVMOptionsGetDefaults() {
  norm::NormToLLVMOptions defaults;
  NormToLLVMOptions options;
  options.raise = defaults.raise;
  options.decompose = defaults.decompose;
  options.fuse = defaults.fuse;
  options.threads = norm::wrap(defaults.threads);
  options.vectorBits = defaults.vectorBits;
  options.scalable = defaults.scalable;
  options.maskedBits = defaults.maskedBits;
  options.algorithm = norm::wrap(defaults.algorithm);
  options.checkShapes = defaults.checkShapes;
  options.expandBF16 = defaults.expandBF16;
  options.expandF16 = defaults.expandF16;
  options.expandRounding = defaults.expandRounding;
  options.fma = defaults.fma;
  options.keepNontemporal = defaults.keepNontemporal;
  options.l1Bytes = defaults.l1Bytes;
  options.l2Bytes = defaults.l2Bytes;
  options.numThreads = defaults.numThreads;
  return options;
}

MlirLogicalResult normAddToLLVMPipeline(MlirOpPassManager manager,
                                        const NormToLLVMOptions *options) {
  norm::NormToLLVMOptions result;
  if (options) {
    result.raise = options->raise;
    result.decompose = options->decompose;
    result.fuse = options->fuse;
    if (failed(assign(result.threads, options->threads)) ||
        failed(assign(result.algorithm, options->algorithm)))
      return mlirLogicalResultFailure();
    result.vectorBits = options->vectorBits;
    result.scalable = options->scalable;
    result.maskedBits = options->maskedBits;
    result.checkShapes = options->checkShapes;
    result.expandBF16 = options->expandBF16;
    result.expandF16 = options->expandF16;
    result.expandRounding = options->expandRounding;
    result.fma = options->fma;
    result.keepNontemporal = options->keepNontemporal;
    result.l1Bytes = options->l1Bytes;
    result.l2Bytes = options->l2Bytes;
    result.numThreads = options->numThreads;
  }
  norm::buildNormToLLVMPipeline(*unwrap(manager), result);
  return mlirLogicalResultSuccess();
}

//===- norm-to-nvvm -------------------------------------------------------===//

NormToNVVMOptions normToNVVMOptionsGetDefaults() {
  norm::NormToNVVMOptions defaults;
  NormToNVVMOptions options = {};
  options.raise = defaults.raise;
  options.fuse = defaults.fuse;
  options.checkShapes = defaults.checkShapes;
  options.algorithm = norm::wrap(defaults.algorithm);
  options.optLevel = defaults.optLevel;
  options.format = norm::wrap(defaults.format);
  options.host = defaults.host;
  options.assumeAlignment = defaults.assumeAlignment;
  return options;
}

MlirLogicalResult normAddToNVVMPipeline(MlirOpPassManager manager,
                                        const NormToNVVMOptions *options) {
  norm::NormToNVVMOptions result;
  if (options) {
    result.raise = options->raise;
    result.fuse = options->fuse;
    result.checkShapes = options->checkShapes;
    if (failed(assign(result.algorithm, options->algorithm)) ||
        failed(assign(result.format, options->format)))
      return mlirLogicalResultFailure();
    assign(result.chip, options->chip);
    assign(result.features, options->features);
    result.optLevel = options->optLevel;
    result.host = options->host;
    assign(result.toolkit, options->toolkit);
    result.assumeAlignment = options->assumeAlignment;
  }
  norm::buildNormToNVVMPipeline(*unwrap(manager), result);
  return mlirLogicalResultSuccess();
}
