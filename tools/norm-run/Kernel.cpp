// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Kernel.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include <cstdio>
#include <cstdlib>

using namespace mlir;
using namespace mlir::norm;

namespace {

/// What a lowered `cf.assert` calls: a line about the failure, then the end.
int reportAssertion(const char *message) {
  std::fprintf(stderr,
               "norm-run: error: an assertion of the program failed: %s\n",
               message);
  return 0;
}
[[noreturn]] void endProgram() {
  std::fflush(nullptr);
  // Threads of the OpenMP runtime may be at work: no destructors.
  std::_Exit(1);
}

llvm::Error setNumThreads(LoadedObject &object, unsigned numThreads) {
  llvm::Expected<void *> address = object.lookup("omp_set_num_threads");
  if (!address)
    return address.takeError();
  reinterpret_cast<void (*)(int)>(*address)(int(numThreads));
  return llvm::Error::success();
}

llvm::Error writeAssembly(const llvm::Module &module,
                          llvm::TargetMachine &machine,
                          llvm::raw_ostream &stream) {
  std::unique_ptr<llvm::Module> copy = llvm::CloneModule(module);
  auto text = emitCode(*copy, machine, llvm::CodeGenFileType::AssemblyFile);
  if (!text)
    return text.takeError();
  stream << (*text)->getBuffer();
  return llvm::Error::success();
}

} // namespace

llvm::Expected<Kernel> Kernel::compile(ModuleOp module, const EntryPoint &entry,
                                       const KernelOptions &options,
                                       llvm::TargetMachine &machine) {
  OwningOpRef<ModuleOp> lowered = module.clone();
  LoweringOptions lowering = options.lowering;
  lowering.setTarget(machine);
  if (options.numThreads > 1) {
    lowering.threads = ThreadModel::OpenMP;
    lowering.numThreads = options.numThreads;
  }
  lowering.setHost();
  if (failed(lowerToLLVMDialect(*lowered, lowering)))
    return llvm::make_error<MLIRFailure>();
  llvm::LLVMContext context;
  auto code = translateAndOptimize(*lowered, context, machine);
  if (!code)
    return code.takeError();
  if (options.assembly)
    if (llvm::Error error = writeAssembly(**code, machine, *options.assembly))
      return error;
  if (llvm::Error error = addPackedCall(**code, entry))
    return error;
  auto object = emitCode(**code, machine, llvm::CodeGenFileType::ObjectFile);
  if (!object)
    return object.takeError();
  SmallVector<std::string> libraries;
  if (lowering.threads == ThreadModel::OpenMP)
    libraries.push_back(options.openMPLibrary);
  auto loaded =
      LoadedObject::load(std::move(*object), libraries,
                         {{"puts", reinterpret_cast<void *>(&reportAssertion)},
                          {"abort", reinterpret_cast<void *>(&endProgram)}});
  if (!loaded)
    return loaded.takeError();
  llvm::Expected<void *> address = loaded->lookup(packedCallName);
  if (!address)
    return address.takeError();
  if (lowering.threads == ThreadModel::OpenMP)
    if (llvm::Error error = setNumThreads(*loaded, options.numThreads))
      return error;
  Kernel kernel(std::move(*loaded), entry);
  kernel.function = reinterpret_cast<void (*)(void **)>(*address);
  for (Type type : entry.results) {
    llvm::Expected<ValueSpec> spec = ValueSpec::get(type);
    if (!spec)
      return spec.takeError();
    if (lowering.promoteToF64 && isFloat(spec->kind))
      spec->kind = ElementKind::F64;
    kernel.resultSpecs.push_back(std::move(*spec));
  }
  return kernel;
}

llvm::Expected<Invocation>
Invocation::bind(const Kernel &kernel, MutableArrayRef<HostArray> arguments) {
  Invocation invocation(kernel, arguments);
  for (HostArray &argument : arguments)
    invocation.pointers.push_back(argument.getPacked());
  ArrayRef<ValueSpec> specs = kernel.getResultSpecs();
  invocation.provided.resize(specs.size());
  invocation.returned.resize(specs.size());
  for (auto [index, spec] : llvm::enumerate(specs)) {
    if (!spec.isScalar && !kernel.getEntry().hasOutParams) {
      invocation.returned[index] = HostArray::makeDescriptor(spec.shape.size());
      invocation.pointers.push_back(invocation.returned[index].data());
      continue;
    }
    llvm::Expected<HostArray> array = HostArray::allocate(spec, spec.shape);
    if (!array)
      return array.takeError();
    invocation.provided[index] = std::move(*array);
    invocation.pointers.push_back(invocation.provided[index]->getPacked());
  }
  return invocation;
}

void Invocation::call() {
  freeReturned();
  kernel->call(pointers.data());
}

void Invocation::freeReturned() {
  // Two results may be the same memory.
  llvm::SmallPtrSet<void *, 4> freed;
  for (SmallVector<int64_t> &words : returned) {
    if (words.empty())
      continue;
    auto *memory = reinterpret_cast<void *>(words[0]);
    if (memory && freed.insert(memory).second)
      std::free(memory);
    words[0] = 0;
  }
}

llvm::Expected<SmallVector<HostArray>> Invocation::copyResults() {
  SmallVector<HostArray> results;
  for (auto [index, spec] : llvm::enumerate(kernel->getResultSpecs())) {
    llvm::Expected<HostArray> copy =
        provided[index] ? provided[index]->convert(spec)
                        : HostArray::fromDescriptor(spec, returned[index]);
    if (!copy)
      return copy.takeError();
    results.push_back(std::move(*copy));
  }
  return results;
}

int64_t Invocation::getNumBytes() const {
  int64_t numBytes = 0;
  for (const HostArray &argument : arguments)
    numBytes += argument.isScalar() ? 0 : argument.getNumBytes();
  for (auto [index, spec] : llvm::enumerate(kernel->getResultSpecs())) {
    if (spec.isScalar)
      continue;
    unsigned rank = spec.shape.size();
    ArrayRef<int64_t> shape = provided[index]
                                  ? provided[index]->getShape()
                                  : ArrayRef(returned[index]).slice(3, rank);
    numBytes += llvm::product_of(shape, int64_t(getSize(spec.kind)));
  }
  return numBytes;
}
