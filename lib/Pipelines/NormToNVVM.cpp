// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Stages.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"
#include "norm/Conversion/Passes.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Pipelines/Passes.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace mlir::norm;

/// The oldest version of PTX in which a chip has all that kernels use (PTX ISA,
/// release notes): older drivers take it too.
static StringRef getPTXFeature(StringRef chip) {
  return llvm::StringSwitch<StringRef>(chip)
      .Case("sm_80", "+ptx70")
      .Case("sm_86", "+ptx71")
      .Case("sm_89", "+ptx78")
      .Case("sm_90", "+ptx80") // barriers of clusters that are relaxed
      .Case("sm_100", "+ptx86")
      .Default("+ptx87");
}

static StringRef getKeyword(DeviceFormat format) {
  switch (format) {
  case DeviceFormat::PTX:
    return "isa";
  case DeviceFormat::Cubin:
    return "bin";
  case DeviceFormat::Fatbin:
    return "fatbin";
  case DeviceFormat::LLVM:
    return "llvm";
  }
  llvm_unreachable("all formats are handled");
}

/// Row programs to kernels and their launches.
static void addNormMemRefPasses(OpPassManager &pm,
                                const NormToNVVMOptions &options) {
  addSplitPrograms(pm, options.algorithm, options.chip, options.rowParts);
  NormSchedulePassOptions schedule;
  schedule.chip = options.chip;
  schedule.algorithm = options.algorithm;
  pm.addPass(createNormSchedulePass(schedule));
  pm.addPass(createNormExpandMomentsPass());
  ConvertNormToGPUPassOptions conversion;
  conversion.assumeAlignment = options.assumeAlignment;
  pm.addPass(createConvertNormToGPUPass(conversion));
  addCleanup(pm);
}

void norm::addLinalgToGPU(OpPassManager &pm) {
  pm.addPass(createNormExpandCopiesPass());
  pm.addPass(createNormSequentialOpsToGPUPass());
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createConvertLinalgToParallelLoopsPass());
  functions.addPass(createNormParallelLoopsToGPUPass());
  functions.addPass(createGpuLaunchSinkIndexComputationsPass());
  pm.addPass(createGpuKernelOutliningPass());
  addCleanup(pm);
}

/// Kernels to images.
static void addDeviceStage(OpPassManager &pm,
                           const NormToNVVMOptions &options) {
  GpuNVVMAttachTargetOptions target;
  target.chip = options.chip;
  target.features = options.features;
  if (target.features.empty())
    target.features = getPTXFeature(options.chip).str();
  target.optLevel = options.optLevel;
  pm.addPass(createGpuNVVMAttachTarget(target));
  OpPassManager &kernels = pm.nest<gpu::GPUModuleOp>();
  NormExpandHalfArithPassOptions narrow; // f8 alone: chips compute in 16 bits
  narrow.bf16 = false;
  narrow.selects = false;
  kernels.addPass(createNormExpandHalfArithPass(narrow));
  math::MathExpandOpsPassOptions powers;
  powers.opMnemonics = {"fpowi"};
  kernels.addPass(math::createMathExpandOpsPass(powers));
  kernels.addPass(math::createMathExtendToSupportedTypes());
  NormApproximateMathPassOptions functions;
  functions.fma = true;
  functions.scalars = true;
  kernels.addPass(createNormApproximateMathPass(functions));
  kernels.addPass(createNormExpandGPUMathPass());
  NormExpandFloatCastsPassOptions casts;
  casts.f8Only = true;
  kernels.addPass(createNormExpandFloatCastsPass(casts));
  kernels.addPass(createSCFToControlFlowPass());
  kernels.addPass(memref::createExpandStridedMetadataPass());
  kernels.addPass(createLowerAffinePass());
  kernels.addPass(createConvertGpuOpsToNVVMOps());
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
  kernels.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createNormMergeGPUModulesPass());
  GpuModuleToBinaryPassOptions binary;
  binary.toolkitPath = options.toolkit;
  binary.compilationTarget = getKeyword(options.format).str();
  pm.addPass(createGpuModuleToBinaryPass(binary));
}

void norm::buildNormToNVVMPipeline(OpPassManager &pm,
                                   const NormToNVVMOptions &options) {
  NormCheckCUDAOptionsPassOptions check;
  check.chip = options.chip;
  check.features = options.features;
  check.optLevel = options.optLevel;
  check.toolkit = options.toolkit;
  check.needsAssembler = options.format == DeviceFormat::Cubin ||
                         options.format == DeviceFormat::Fatbin;
  pm.addPass(createNormCheckCUDAOptionsPass(check));
  NormToLLVMOptions common;
  common.raise = options.raise;
  common.fuse = options.fuse;
  common.checkShapes = options.checkShapes;
  addTensorStage(pm, common);
  pm.addPass(createNormExtractsToSlicesPass());
  addBufferStage(pm);
  addNormMemRefPasses(pm, options);
  addLinalgToGPU(pm);
  addDeviceStage(pm, options);
  pm.addPass(createNormCheckGPUCodePass());
  if (!options.host || options.format == DeviceFormat::LLVM)
    return;
  pm.addPass(createNormGPUToCUDACallsPass());
  addHostStage(pm, common);
}
