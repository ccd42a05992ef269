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
  auto function = lowered->lookupSymbol<func::FuncOp>(entry.name);
  if (failed(renameLibraryFunctions(*lowered, machine.getTargetTriple())))
    return llvm::make_error<MLIRFailure>();
  EntryPoint called = entry;
  called.name = function.getName().str();
  LoweringOptions lowering = options.lowering;
  lowering.setTarget(machine);
  if (options.numThreads > 1) {
    lowering.threads = ThreadModel::OpenMP;
    lowering.numThreads = options.numThreads;
  }
  lowering.setHost();
  if (options.device)
    options.device->configure(lowering);
  if (failed(lowerToLLVMDialect(*lowered, lowering)))
    return llvm::make_error<MLIRFailure>();
  llvm::LLVMContext context;
  auto code = translateAndOptimize(*lowered, context, machine);
  if (!code)
    return code.takeError();
  if (options.assembly)
    if (llvm::Error error = writeAssembly(**code, machine, *options.assembly))
      return error;
  called.takesStream = options.device && options.device->ownsResults();
  if (llvm::Error error = addPackedCall(**code, called))
    return error;
  auto object = emitCode(**code, machine, llvm::CodeGenFileType::ObjectFile);
  if (!object)
    return object.takeError();
  SmallVector<std::string> libraries;
  if (lowering.threads == ThreadModel::OpenMP)
    libraries.push_back(options.openMPLibrary);
  SmallVector<std::pair<StringRef, void *>> symbols = {
      {"puts", reinterpret_cast<void *>(&reportAssertion)},
      {"abort", reinterpret_cast<void *>(&endProgram)}};
  if (options.device)
    llvm::append_range(symbols, options.device->getSymbols());
  auto loaded = LoadedObject::load(std::move(*object), libraries, symbols);
  if (!loaded)
    return loaded.takeError();
  llvm::Expected<void *> address = loaded->lookup(packedCallName);
  if (!address)
    return address.takeError();
  if (lowering.threads == ThreadModel::OpenMP)
    if (llvm::Error error = setNumThreads(*loaded, options.numThreads))
      return error;
  Kernel kernel(std::move(*loaded), std::move(called), options.device);
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

llvm::Error Invocation::bindArray(HostArray &array, bool isRead, bool isWritten,
                                  const Twine &name) {
  Device *device = kernel->getDevice();
  if (!device || array.isScalar()) {
    pointers.push_back(array.getPacked());
    return llvm::Error::success();
  }
  llvm::Expected<char *> memory =
      device->allocate(array.getNumStoredBytes(), name);
  if (!memory)
    return memory.takeError();
  onDevice.push_back(
      {&array, isRead, isWritten, *memory, array.makeDescriptor(*memory)});
  pointers.push_back(onDevice.back().descriptor.data());
  return llvm::Error::success();
}

llvm::Expected<Invocation>
Invocation::bind(const Kernel &kernel, MutableArrayRef<HostArray> arguments) {
  Invocation invocation(kernel, arguments);
  const EntryPoint &entry = kernel.getEntry();
  ArrayRef<ValueSpec> specs = kernel.getResultSpecs();
  invocation.onDevice.reserve(arguments.size() + specs.size());
  for (auto [index, argument] : llvm::enumerate(arguments))
    if (llvm::Error error = invocation.bindArray(argument, /*isRead=*/true,
                                                 entry.isWritten[index],
                                                 "argument " + Twine(index)))
      return error;
  invocation.provided.resize(specs.size());
  invocation.returned.resize(specs.size());
  for (auto [index, spec] : llvm::enumerate(specs)) {
    if (!spec.isScalar && !entry.hasOutParams) {
      invocation.returned[index] = HostArray::makeDescriptor(spec.shape.size());
      invocation.pointers.push_back(invocation.returned[index].data());
      continue;
    }
    llvm::Expected<HostArray> array = HostArray::allocate(spec, spec.shape);
    if (!array)
      return array.takeError();
    invocation.provided[index] = std::move(*array);
    if (llvm::Error error =
            invocation.bindArray(*invocation.provided[index], /*isRead=*/false,
                                 /*isWritten=*/true, "result " + Twine(index)))
      return error;
  }
  invocation.pointers.push_back(invocation.stream.get());
  return invocation;
}

Invocation::~Invocation() {
  freeReturned();
  for (const DeviceArray &copy : onDevice)
    kernel->getDevice()->release(copy.memory);
}

llvm::Error Invocation::call() {
  freeReturned();
  Device *device = kernel->getDevice();
  for (const DeviceArray &copy : onDevice)
    if (copy.isRead)
      device->copyIn(copy.memory, copy.array->getStorage(),
                     copy.array->getNumStoredBytes());
  kernel->call(pointers.data());
  if (!device)
    return llvm::Error::success();
  if (llvm::Error error = device->finish())
    return error;
  for (const DeviceArray &copy : onDevice)
    if (copy.isWritten)
      device->copyOut(copy.array->getStorage(), copy.memory,
                      copy.array->getNumStoredBytes());
  return device->finish();
}

/// What was allocated for a returned descriptor.
static void *getAllocation(ArrayRef<int64_t> words) {
  return reinterpret_cast<void *>(words[0]);
}

void Invocation::freeReturned() {
  // Two results may be the same memory.
  llvm::SmallPtrSet<void *, 4> freed;
  Device *device = kernel->getDevice();
  for (SmallVector<int64_t> &words : returned) {
    if (words.empty())
      continue;
    void *memory = getAllocation(words);
    words[0] = 0;
    if (!memory || !freed.insert(memory).second)
      continue;
    if (device && device->ownsResults())
      device->release(static_cast<char *>(memory));
    else
      std::free(memory);
  }
}

/// The array that a returned descriptor describes.
llvm::Expected<HostArray>
Invocation::copyReturned(const ValueSpec &spec, ArrayRef<int64_t> words) const {
  Device *device = kernel->getDevice();
  if (!device || !device->ownsResults())
    return HostArray::fromDescriptor(spec, words);
  unsigned rank = spec.shape.size();
  ArrayRef<int64_t> sizes = words.slice(3, rank),
                    strides = words.drop_front(3 + rank);
  int64_t numElements = words[2] + 1;
  for (auto [size, stride] : llvm::zip_equal(sizes, strides))
    numElements += (size - 1) * stride;
  if (llvm::is_contained(sizes, 0))
    numElements = 0;
  std::vector<char> bytes(numElements * getSize(spec.kind));
  device->copyOut(bytes.data(), reinterpret_cast<const char *>(words[1]),
                  bytes.size());
  if (llvm::Error error = device->finish())
    return error;
  SmallVector<int64_t> onHost(words);
  onHost[0] = onHost[1] = reinterpret_cast<intptr_t>(bytes.data());
  return HostArray::fromDescriptor(spec, onHost);
}

llvm::Expected<SmallVector<HostArray>> Invocation::copyResults() {
  SmallVector<HostArray> results;
  for (auto [index, spec] : llvm::enumerate(kernel->getResultSpecs())) {
    llvm::Expected<HostArray> copy = provided[index]
                                         ? provided[index]->convert(spec)
                                         : copyReturned(spec, returned[index]);
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
