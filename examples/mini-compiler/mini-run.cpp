// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mini-run MODEL.mlir IN.npy ... OUT.npy: compiles @main, which takes and
// returns tensors of f32 and static shape, for this machine, and calls it.

#include "Mini.h"
#include "norm/Compiler/Compiler.h"
#include "norm/Compiler/Diagnostics.h"
#include "norm/Compiler/EntryPoint.h"
#include "norm/Compiler/JIT.h"
#include "norm/Compiler/Npy.h"
#include "norm/Dialect/Norm/Transforms/TilingInterfaceImpl.h"
#include <numeric>

using namespace mlir;
using namespace mlir::norm;

/// Our passes, then norm-mlir's lowering, then LLVM.
static llvm::Expected<LoadedObject> compile(ModuleOp module,
                                            const EntryPoint &entry) {
  PassManager pm(module.getContext());
  mini::buildTensorPipeline(pm, /*rows=*/8);
  auto machine = createHostTargetMachine();
  if (!machine)
    return machine.takeError();
  LoweringOptions options;
  options.setTarget(**machine);
  options.setHost();
  if (failed(pm.run(module)) || failed(lowerToLLVMDialect(module, options)))
    return llvm::make_error<MLIRFailure>();
  llvm::LLVMContext context;
  auto code = translateAndOptimize(module, context, **machine);
  if (!code)
    return code.takeError();
  if (llvm::Error error = addPackedCall(**code, entry))
    return error;
  auto object = emitCode(**code, **machine, llvm::CodeGenFileType::ObjectFile);
  if (!object)
    return object.takeError();
  return LoadedObject::load(std::move(*object));
}

/// An array as the compiled code takes it: a descriptor, of 64-bit words.
static std::vector<int64_t> describe(NpyArray &array) {
  auto data = reinterpret_cast<int64_t>(array.data.data());
  std::vector<int64_t> words = {data, data, 0};
  words.insert(words.end(), array.shape.begin(), array.shape.end());
  int64_t rank = array.shape.size();
  for (int64_t dim = 0; dim < rank; ++dim)
    words.push_back(std::accumulate(array.shape.begin() + dim + 1,
                                    array.shape.end(), int64_t(1),
                                    std::multiplies<int64_t>()));
  return words;
}

static llvm::Error run(ArrayRef<char *> files) {
  DialectRegistry registry;
  registerCompilerDialects(registry);
  registry.insert<mini::MiniDialect>();
  registerTilingInterfaceExternalModels(registry);
  MLIRContext context(registry);
  auto text = llvm::MemoryBuffer::getFile(files.front());
  if (!text)
    return llvm::createFileError(files.front(), text.getError());
  OwningOpRef<ModuleOp> module = parseModule(std::move(*text), &context);
  if (!module)
    return llvm::make_error<MLIRFailure>();
  auto entry = prepareEntryPoint(*module, "main");
  if (!entry)
    return entry.takeError();
  auto result = cast<ShapedType>(entry->results.front());
  ArrayRef<char *> inputs = files.drop_front().drop_back();
  if (inputs.size() != entry->arguments.size())
    return llvm::createStringError("the model takes another number of inputs");
  auto loaded = compile(*module, *entry);
  if (!loaded)
    return loaded.takeError();

  SmallVector<NpyArray> arrays;
  for (auto [file, type] : llvm::zip(inputs, entry->arguments)) {
    auto array = readNpy(file);
    if (!array)
      return array.takeError();
    if (array->type != NpyType::Float32 ||
        ArrayRef<int64_t>(array->shape) != cast<ShapedType>(type).getShape())
      return llvm::createStringError(Twine(file) +
                                     ": the model takes another array");
    arrays.push_back(std::move(*array));
  }
  arrays.push_back({NpyType::Float32, llvm::to_vector(result.getShape()),
                    std::vector<char>(result.getNumElements() * 4)});
  SmallVector<std::vector<int64_t>> descriptors;
  for (NpyArray &array : arrays)
    descriptors.push_back(describe(array));
  SmallVector<void *> values;
  for (std::vector<int64_t> &descriptor : descriptors)
    values.push_back(descriptor.data());

  auto call = loaded->lookup(packedCallName);
  if (!call)
    return call.takeError();
  reinterpret_cast<void (*)(void **)>(*call)(values.data());
  return writeNpy(files.back(), arrays.back());
}

int main(int argc, char **argv) {
  if (argc < 3) {
    llvm::errs() << "usage: mini-run MODEL.mlir IN.npy ... OUT.npy\n";
    return 1;
  }
  llvm::Error error = run(ArrayRef(argv + 1, argc - 1));
  bool failed = bool(error);
  printError(std::move(error), "mini-run");
  return failed;
}
