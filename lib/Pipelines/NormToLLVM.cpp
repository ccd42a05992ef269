// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Stages.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Conversion/TosaToLinalg/TosaToLinalg.h"
#include "mlir/Dialect/Affine/Transforms/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "norm/Conversion/Passes.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Pipelines/Passes.h"

using namespace mlir;
using namespace mlir::norm;

void norm::addCleanup(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

namespace {

/// Named normalizations to row programs, or to linalg.
void addNormTensorPasses(OpPassManager &pm, const NormToLLVMOptions &options) {
  if (options.raise)
    pm.addPass(createNormRaisePass());
  if (options.decompose) {
    pm.addPass(createNormMemRefsToTensorsPass());
    pm.addPass(createNormDecomposePass());
  } else {
    pm.addPass(createNormGeneralizePass());
  }
}

/// Row programs on memrefs to loops over vectors.
void addNormMemRefPasses(OpPassManager &pm, const NormToLLVMOptions &options) {
  if (options.emulateChip.empty())
    pm.addPass(createNormCollapseDimsPass());
  else
    addSplitPrograms(pm, options.algorithm, options.emulateChip,
                     options.rowParts);
  NormSchedulePassOptions schedule;
  schedule.vectorBits = options.vectorBits;
  schedule.scalable = options.scalable;
  schedule.maskedBits = options.maskedBits;
  schedule.l1Bytes = options.l1Bytes;
  schedule.l2Bytes = options.l2Bytes;
  schedule.numThreads =
      options.threads == ThreadModel::None ? 1 : int64_t(options.numThreads);
  schedule.algorithm = options.algorithm;
  schedule.parallel = options.threads != ThreadModel::None;
  schedule.chip = options.emulateChip;
  pm.addPass(createNormSchedulePass(schedule));
  pm.addPass(createNormExpandMomentsPass());
  if (!options.emulateChip.empty()) {
    pm.addPass(createConvertNormToGPUPass());
    addCleanup(pm);
    addLinalgToGPU(pm);
    pm.addPass(createNormEmulateGPUPass());
    return;
  }
  ConvertNormToVectorPassOptions conversion;
  conversion.fma = options.fma;
  pm.addPass(createConvertNormToVectorPass(conversion));
  addCleanup(pm);
}

/// What is left of linalg to loops: tiled, without which the matrix products
/// of a whole model take ten times as long.
void addLinalgToLoops(OpPassManager &pm) {
  pm.addPass(createNormExpandCopiesPass());
  pm.addPass(createNormLinalgInRegionsToLoopsPass());
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createConvertLinalgToAffineLoopsPass());
  functions.addPass(affine::createAffineLoopInvariantCodeMotionPass());
  std::unique_ptr<Pass> tiling = affine::createLoopTilingPass();
  [[maybe_unused]] LogicalResult isValid = tiling->initializeOptions(
      "tile-size=32", [](const Twine &) { return failure(); });
  assert(succeeded(isValid) && "the option is upstream's");
  functions.addPass(std::move(tiling));
  functions.addPass(affine::createAffineScalarReplacementPass());
}

/// Affine and structured control flow to branches or OpenMP regions, and
/// arithmetic to what LLVM computes inline.
void addControlFlowAndArith(OpPassManager &pm,
                            const NormToLLVMOptions &options) {
  pm.addPass(createNormExpandReshapesPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createCSEPass());
  if (options.threads == ThreadModel::OpenMP) {
    pm.addPass(createConvertSCFToOpenMPPass());
    pm.addPass(createNormInlineAllocaScopesPass());
  }
  pm.addPass(createSCFToControlFlowPass());
  math::MathExpandOpsPassOptions powers; // of constant exponents
  powers.opMnemonics = {"fpowi"};
  pm.addPass(math::createMathExpandOpsPass(powers));
  NormApproximateMathPassOptions functions;
  functions.fma = options.fma;
  pm.addPass(createNormApproximateMathPass(functions));
  NormExpandHalfArithPassOptions halves;
  halves.bf16 = true; // the instructions for bf16 are conversions
  halves.selects = options.expandBF16;
  halves.f16 = options.expandF16;
  pm.addPass(createNormExpandHalfArithPass(halves));
  if (options.expandRounding)
    pm.addPass(createNormExpandRoundingPass());
  NormExpandFloatCastsPassOptions casts;
  casts.bf16 = options.expandBF16;
  casts.f16 = options.expandF16;
  pm.addPass(createNormExpandFloatCastsPass(casts));
  pm.addPass(arith::createArithExpandOpsPass());
}

void addConversionsToLLVM(OpPassManager &pm, const NormToLLVMOptions &options) {
  pm.addPass(createConvertMathToLLVMPass());
  // Calls for the elements of vectors leave operations on vectors behind.
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createUBToLLVMConversionPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  if (options.threads == ThreadModel::OpenMP)
    pm.addPass(createConvertOpenMPToLLVMPass());
  if (options.expandBF16 || options.expandF16) {
    NormExpandHalfMovesPassOptions moves;
    moves.bf16 = options.expandBF16;
    moves.f16 = options.expandF16;
    pm.addPass(createNormExpandHalfMovesPass(moves));
  }
  NormGuardMaskedStoresPassOptions guard;
  guard.opaque = options.keepNontemporal;
  pm.addPass(createNormGuardMaskedStoresPass(guard));
  pm.addPass(createNormKeepLoopAnnotationsPass());
  if (options.keepNontemporal)
    pm.addPass(createNormKeepNontemporalPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createCSEPass());
}

} // namespace

void norm::buildTensorPreparationPipeline(OpPassManager &pm) {
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(tosa::createTosaToLinalgNamed());
  functions.addPass(tosa::createTosaToLinalg());
  functions.addPass(createTosaToArithPass());
  functions.addPass(createTosaToTensorPass());
  pm.addPass(createNormLowerQuantCastsPass());
  pm.addPass(createNormDecomposeSoftmaxPass());
  pm.addPass(createConvertElementwiseToLinalgPass());
  addCleanup(pm);
}

void norm::addTensorStage(OpPassManager &pm, const NormToLLVMOptions &options) {
  addNormTensorPasses(pm, options);
  buildTensorPreparationPipeline(pm);
  if (options.fuse && !options.decompose) {
    pm.addPass(createNormFusePass());
    addCleanup(pm);
  }
  if (options.checkShapes)
    pm.addPass(createNormCheckShapesPass());
}

void norm::addBufferStage(OpPassManager &pm) {
  pm.addPass(createNormSeparateInitsPass());
  pm.addPass(bufferization::createEmptyTensorEliminationPass());
  pm.addPass(bufferization::createEmptyTensorToAllocTensorPass());
  bufferization::OneShotBufferizePassOptions oneShot;
  oneShot.bufferizeFunctionBoundaries = true;
  oneShot.allowReturnAllocsFromLoops = true;
  oneShot.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  pm.addPass(bufferization::createOneShotBufferizePass(oneShot));
  addCleanup(pm);
  pm.addPass(createForallToParallelLoopPass()); // tiles of other passes
  pm.addPass(createNormStaticResultsToOutParamsPass());
  bufferization::buildBufferDeallocationPipeline(
      pm, bufferization::BufferDeallocationPipelineOptions());
  pm.addPass(createConvertBufferizationToMemRefPass());
}

void norm::addSplitPrograms(OpPassManager &pm, MomentsAlgorithm algorithm,
                            StringRef chip, int64_t rowParts) {
  pm.addPass(createNormCollapseDimsPass());
  NormSplitProgramsPassOptions split;
  split.algorithm = algorithm;
  split.chip = chip.str();
  split.rowParts = rowParts;
  pm.addPass(createNormSplitProgramsPass(split));
  pm.addPass(createNormCollapseDimsPass());
}

void norm::addHostStage(OpPassManager &pm, const NormToLLVMOptions &options) {
  addControlFlowAndArith(pm, options);
  addConversionsToLLVM(pm, options);
}

void norm::buildNormToLLVMPipeline(OpPassManager &pm,
                                   const NormToLLVMOptions &options) {
  addTensorStage(pm, options);
  addBufferStage(pm);
  if (!options.decompose)
    addNormMemRefPasses(pm, options);
  addLinalgToLoops(pm);
  addHostStage(pm, options);
}

void norm::registerNormPipelines() {
  registerNormPipelinesPasses();
  PassPipelineRegistration<NormToLLVMOptions>(
      "norm-to-llvm",
      "Lower normalizations and the operations around them to the LLVM dialect",
      buildNormToLLVMPipeline);
  PassPipelineRegistration<NormToNVVMOptions>(
      "norm-to-nvvm",
      "Lower normalizations and the operations around them to kernels for "
      "NVIDIA GPUs and their launches in the LLVM dialect",
      buildNormToNVVMPipeline);
}
