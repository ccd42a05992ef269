// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Compiler/JIT.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"

using namespace mlir;
using namespace mlir::norm;
using namespace llvm::orc;

llvm::Expected<LoadedObject>
LoadedObject::load(std::unique_ptr<llvm::MemoryBuffer> object,
                   ArrayRef<std::string> sharedLibraries,
                   ArrayRef<std::pair<StringRef, void *>> symbols) {
  auto jit = LLJITBuilder().setPlatformSetUp(setUpInactivePlatform).create();
  if (!jit)
    return jit.takeError();
  // Why linking failed is told to the session; the lookup just fails.
  auto problems = std::make_shared<std::string>();
  (*jit)->getExecutionSession().setErrorReporter([problems](llvm::Error error) {
    *problems +=
        (problems->empty() ? "" : "; ") + llvm::toString(std::move(error));
  });
  JITDylib &main = (*jit)->getMainJITDylib();
  SymbolMap overrides;
  for (auto [name, address] : symbols)
    overrides[(*jit)->mangleAndIntern(name)] = {ExecutorAddr::fromPtr(address),
                                                llvm::JITSymbolFlags::Exported};
  if (llvm::Error error = main.define(absoluteSymbols(std::move(overrides))))
    return error;
  char prefix = (*jit)->getDataLayout().getGlobalPrefix();
  auto process = DynamicLibrarySearchGenerator::GetForCurrentProcess(prefix);
  if (!process)
    return process.takeError();
  main.addGenerator(std::move(*process));
  for (const std::string &path : sharedLibraries) {
    auto library = DynamicLibrarySearchGenerator::Load(path.c_str(), prefix);
    if (!library)
      return library.takeError();
    main.addGenerator(std::move(*library));
  }
  if (llvm::Error error = (*jit)->addObjectFile(std::move(object)))
    return error;
  return LoadedObject(std::move(*jit), std::move(problems));
}

llvm::Expected<void *> LoadedObject::lookup(StringRef name) {
  auto address = jit->lookup(name);
  if (!address && !problems->empty()) {
    llvm::consumeError(address.takeError());
    return llvm::createStringError("cannot load the code: " + *problems);
  }
  if (!address)
    return address.takeError();
  return address->toPtr<void *>();
}
