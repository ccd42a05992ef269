// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "KernelSource.h"
#include "mlir/IR/MLIRContext.h"
#include "norm/Compiler/Compiler.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;
using namespace mlir::norm;

static void replaceAll(std::string &text, llvm::StringRef from,
                       llvm::StringRef to) {
  for (size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to.str());
}

std::string bench::readKernel(llvm::StringRef name, int64_t length,
                              llvm::StringRef function) {
  std::string path = (NORM_BENCH_KERNELS "/" + name + ".mlir").str();
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    llvm::report_fatal_error(llvm::StringRef("cannot read " + path),
                             /*gen_crash_diag=*/false);
  std::string text = (*file)->getBuffer().str();
  replaceAll(text, "${N}", std::to_string(length));
  replaceAll(text, "${T}", "f32");
  replaceAll(text, ("@" + name + "(").str(), ("@" + function + "(").str());
  return text;
}

MLIRContext &bench::getContext() {
  static MLIRContext *context = [] {
    DialectRegistry registry;
    registerCompilerDialects(registry);
    // One thread: what is measured is work, not how it spreads.
    auto *created = new MLIRContext(registry, MLIRContext::Threading::DISABLED);
    created->loadAllAvailableDialects();
    return created;
  }();
  return *context;
}

llvm::TargetMachine &bench::getMachine() {
  static llvm::TargetMachine *machine = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    return llvm::cantFail(createHostTargetMachine()).release();
  }();
  return *machine;
}

std::unique_ptr<llvm::MemoryBuffer> bench::compile(llvm::StringRef text) {
  OwningOpRef<ModuleOp> module = parseModule(
      llvm::MemoryBuffer::getMemBuffer(text, "kernel"), &getContext());
  LoweringOptions options;
  options.setTarget(getMachine());
  if (!module || failed(lowerToLLVMDialect(*module, options)))
    llvm::report_fatal_error("a kernel does not compile",
                             /*gen_crash_diag=*/false);
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code =
      llvm::cantFail(translateAndOptimize(*module, context, getMachine()));
  return llvm::cantFail(
      emitCode(*code, getMachine(), llvm::CodeGenFileType::ObjectFile));
}
