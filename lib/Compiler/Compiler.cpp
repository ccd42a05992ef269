// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Compiler/Compiler.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "norm/Dialect/Norm/Transforms/BufferizableOpInterfaceImpl.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Pipelines/Passes.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
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
  SmallVector<StringRef> features;
  machine.getTargetFeatureString().split(features, ',');
  expandBF16 = !llvm::is_contained(features, "+avx512bf16") &&
               !llvm::is_contained(features, "+bf16");
  bool isX86 = machine.getTargetTriple().isX86();
  expandF16 = isX86 && !llvm::is_contained(features, "+f16c");
  expandRounding = isX86 && !llvm::is_contained(features, "+sse4.1");
  scalable = vectorBits == 0 && machine.getTargetTriple().isAArch64() &&
             llvm::is_contained(features, "+sve");
  if (vectorBits == 0)
    vectorBits = llvm::is_contained(features, "+avx512f") ? 512
                 : llvm::is_contained(features, "+avx")   ? 256
                                                          : 128;
  fma = machine.getTargetTriple().isAArch64() ||
        llvm::is_contained(features, "+fma");
  keepNontemporal = isX86 && llvm::is_contained(features, "+avx512f") &&
                    llvm::is_contained(features, "+avx512vl");
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
  if (threads != ThreadModel::None)
    numThreads = std::clamp<int64_t>(read(_SC_NPROCESSORS_ONLN), 1, 1 << 16);
}

OwningOpRef<ModuleOp>
norm::parseModule(std::unique_ptr<llvm::MemoryBuffer> buffer,
                  MLIRContext *context) {
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(buffer), SMLoc());
  return parseSourceFile<ModuleOp>(sources, ParserConfig(context));
}

LogicalResult norm::lowerToLLVMDialect(ModuleOp module,
                                       const LoweringOptions &options) {
  PassManager pm(module.getContext());
  if (options.printIRAfterAll)
    pm.enableIRPrinting([](Pass *, Operation *) { return false; },
                        [](Pass *, Operation *) { return true; });
  NormToLLVMOptions pipeline;
  pipeline.raise = options.raise;
  pipeline.decompose = options.decompose;
  pipeline.threads = options.threads;
  pipeline.expandBF16 = options.expandBF16;
  pipeline.checkShapes = options.checkShapes;
  pipeline.vectorBits = options.vectorBits;
  pipeline.expandF16 = options.expandF16;
  pipeline.expandRounding = options.expandRounding;
  pipeline.scalable = options.scalable;
  pipeline.fma = options.fma;
  pipeline.keepNontemporal = options.keepNontemporal;
  pipeline.l1Bytes = options.l1Bytes;
  pipeline.l2Bytes = options.l2Bytes;
  pipeline.numThreads = options.numThreads;
  pipeline.algorithm = options.algorithm;
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
  return pm.run(module);
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
norm::createHostTargetMachine() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  llvm::InitializeNativeTargetAsmParser();
  llvm::Triple triple(llvm::sys::getDefaultTargetTriple());
  std::string problem;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, problem);
  if (!target)
    return llvm::createStringError(problem);
  llvm::SubtargetFeatures features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    features.AddFeature(feature.getKey(), feature.getValue());
  StringRef cpu = triple.isX86_64() ? "x86-64" : "generic";
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, cpu, features.getString(), llvm::TargetOptions(),
      llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Aggressive));
  if (!machine)
    return llvm::createStringError("no code generator for " + triple.str());
  return machine;
}

llvm::Expected<std::unique_ptr<llvm::Module>>
norm::translateAndOptimize(ModuleOp module, llvm::LLVMContext &context,
                           llvm::TargetMachine &machine) {
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(module, context);
  if (!result)
    return llvm::createStringError("no translation of the module to LLVM IR");
  result->setTargetTriple(machine.getTargetTriple());
  result->setDataLayout(machine.createDataLayout());
  auto optimize =
      makeOptimizingTransformer(/*optLevel=*/3, /*sizeLevel=*/0, &machine);
  if (llvm::Error error = optimize(result.get()))
    return error;
  return result;
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
norm::emitCode(llvm::Module &module, llvm::TargetMachine &machine,
               llvm::CodeGenFileType fileType) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, fileType))
    return llvm::createStringError("the target cannot write this kind of file");
  passes.run(module);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(
      std::move(bytes), module.getModuleIdentifier(),
      /*RequiresNullTerminator=*/false);
}
