// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Compiler/Compiler.h"
#include "mlir/IR/Verifier.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "norm/Compiler/Diagnostics.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "norm/Dialect/Norm/Transforms/BufferizableOpInterfaceImpl.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Pipelines/Passes.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include <unistd.h>

using namespace mlir;
using namespace mlir::norm;

void norm::registerCompilerDialects(DialectRegistry &registry) {
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registerAllToLLVMIRTranslations(registry);
  registry.insert<NormDialect>();
  norm::registerBufferizableOpInterfaceExternalModels(registry);
}

void LoweringOptions::setTarget(const llvm::TargetMachine &machine) {
  auto has = [&](StringRef feature) {
    return hasTargetFeature(machine, feature);
  };
  bool isX86 = machine.getTargetTriple().isX86();
  expandBF16 = !has(isX86 ? "avx512bf16" : "bf16");
  expandF16 = isX86 && !has("f16c");
  expandRounding = isX86 && !has("sse4.1");
  fma = !isX86 || has("fma");
  maskedBits = isX86 && has("avx512bw") && has("avx512vl")       ? 8
               : isX86 && has("avx")                             ? 32
               : machine.getTargetTriple().isRISCV() && has("v") ? 8
                                                                 : 0;
  keepNontemporal = isX86 && has("avx512f") && has("avx512vl");
  if (vectorBits != 0)
    return;
  vectorBits = isX86 && has("avx512f") ? 512 : isX86 && has("avx") ? 256 : 128;
  scalable = machine.getTargetTriple().isAArch64() && has("sve");
}

void LoweringOptions::setHost() {
  auto read = [](int name) -> int64_t {
    return std::max<int64_t>(sysconf(name), 0);
  };
#ifdef _SC_LEVEL1_DCACHE_SIZE
  if (l1Bytes == 0)
    l1Bytes = read(_SC_LEVEL1_DCACHE_SIZE);
  if (l2Bytes == 0)
    l2Bytes = read(_SC_LEVEL2_CACHE_SIZE);
#endif
  if (threads != ThreadModel::None && numThreads == 0)
    numThreads = std::clamp<int64_t>(read(_SC_NPROCESSORS_ONLN), 1, 1 << 16);
}

OwningOpRef<ModuleOp>
norm::parseModule(std::unique_ptr<llvm::MemoryBuffer> buffer,
                  MLIRContext *context) {
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(buffer), SMLoc());
  return parseSourceFile<ModuleOp>(sources, ParserConfig(context));
}

static void addCUDAPipeline(OpPassManager &pm, const LoweringOptions &options) {
  NormToNVVMOptions pipeline;
  pipeline.raise = options.raise;
  pipeline.fuse = options.fuse;
  pipeline.checkShapes = options.checkShapes;
  pipeline.algorithm = options.algorithm;
  pipeline.chip = options.chip;
  pipeline.toolkit = options.toolkit;
  pipeline.format = options.deviceFormat;
  pipeline.host = options.lowerHost;
  buildNormToNVVMPipeline(pm, pipeline);
}

static void addCPUPipeline(OpPassManager &pm, const LoweringOptions &options) {
  NormToLLVMOptions pipeline;
  pipeline.raise = options.raise;
  pipeline.fuse = options.fuse;
  pipeline.decompose = options.decompose;
  pipeline.threads = options.threads;
  pipeline.expandBF16 = options.expandBF16;
  pipeline.checkShapes = options.checkShapes;
  pipeline.vectorBits = options.vectorBits;
  pipeline.expandF16 = options.expandF16;
  pipeline.expandRounding = options.expandRounding;
  pipeline.scalable = options.scalable;
  pipeline.maskedBits = options.maskedBits;
  pipeline.fma = options.fma;
  pipeline.keepNontemporal = options.keepNontemporal;
  pipeline.l1Bytes = options.l1Bytes;
  pipeline.l2Bytes = options.l2Bytes;
  pipeline.numThreads = std::max<int64_t>(options.numThreads, 1);
  pipeline.algorithm = options.algorithm;
  if (options.launch == LaunchKind::Emulator)
    pipeline.emulateChip = options.chip;
  if (options.promoteToF64) {
    pm.addPass(createNormMemRefsToTensorsPass());
    NormDecomposePassOptions decompose;
    decompose.computeType = "f64";
    pm.addPass(createNormDecomposePass(decompose));
    // tosa has no f64.
    buildTensorPreparationPipeline(pm);
    pm.addPass(createNormPromoteToF64Pass());
    pipeline.raise = false;
    pipeline.decompose = true;
  }
  buildNormToLLVMPipeline(pm, pipeline);
}

LogicalResult norm::lowerToLLVMDialect(ModuleOp module,
                                       const LoweringOptions &options) {
  PassManager pm(module.getContext());
  if (options.printIRAfterAll)
    pm.enableIRPrinting([](Pass *, Operation *) { return false; },
                        [](Pass *, Operation *) { return true; });
  if (options.launch == LaunchKind::CUDA)
    addCUDAPipeline(pm, options);
  else
    addCPUPipeline(pm, options);
  if (options.instrument)
    options.instrument(pm);
  // Verifying after each of some forty passes takes as long as these do.
  pm.enableVerifier(false);
  if (failed(pm.run(module)))
    return failure();
  return verify(module);
}

llvm::Expected<std::unique_ptr<llvm::Module>>
norm::translateToLLVMIR(ModuleOp module, llvm::LLVMContext &context,
                        const llvm::TargetMachine &machine) {
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(module, context);
  if (!result)
    return llvm::make_error<MLIRFailure>();
  result->setTargetTriple(machine.getTargetTriple());
  result->setDataLayout(machine.createDataLayout());
  return result;
}

/// Whether all loops are those of kernels, which want neither vectors nor
/// copies of their bodies.
static bool hasKernelLoopsOnly(llvm::Module &module) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    llvm::DominatorTree dominators(function);
    llvm::LoopInfo loops(dominators);
    for (llvm::Loop *loop : loops.getLoopsInPreorder())
      if (llvm::getOptionalBoolLoopAttribute(
              loop, "llvm.loop.vectorize.enable") != false)
        return false;
  }
  return true;
}

/// What there is to do on kernels, in a third of the time that -O3 takes, for
/// as few instructions in the loops.
static constexpr char kernelPasses[] =
    "cgscc(inline),globaldce,"
    "function(sroa,early-cse<memssa>,simplifycfg,instcombine<no-verify-"
    "fixpoint>,"
    "loop-mssa(loop-rotate,licm),gvn,instcombine<no-verify-fixpoint>,"
    "simplifycfg)";

llvm::Error norm::optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  // Kernels are vectors already. Looking for more in straight-line code takes
  // as long as half of the rest.
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.SLPVectorization = false;
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  llvm::ModulePassManager passes;
  if (!hasKernelLoopsOnly(module))
    passes = builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3);
  else if (llvm::Error error = builder.parsePassPipeline(passes, kernelPasses))
    return error;
  passes.run(module, modules);
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<llvm::Module>>
norm::translateAndOptimize(ModuleOp module, llvm::LLVMContext &context,
                           llvm::TargetMachine &machine) {
  auto result = translateToLLVMIR(module, context, machine);
  if (!result)
    return result;
  if (llvm::Error error = optimize(**result, machine))
    return error;
  return result;
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
norm::emitCode(llvm::Module &module, llvm::TargetMachine &machine,
               llvm::CodeGenFileType fileType) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, fileType,
                                  /*DisableVerify=*/true))
    return llvm::createStringError("the target cannot write this kind of file");
  passes.run(module);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(
      std::move(bytes), module.getModuleIdentifier(),
      /*RequiresNullTerminator=*/false);
}
