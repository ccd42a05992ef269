// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Compiles a function of a module for this machine and calls it.

#include "../CommandLine.h"
#include "Arguments.h"
#include "Bench.h"
#include "Compare.h"
#include "Kernel.h"
#include "Options.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/Passes.h"
#include "norm/Compiler/Link.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace mlir::norm;
namespace cl = llvm::cl;

namespace {

constexpr char toolName[] = "norm-run";

/// What the process returns.
enum ExitCode { exitSuccess = 0, exitError = 1, exitMismatch = 2 };

constexpr char overview[] =
    "Compiles a function of an MLIR module for this machine, calls it and "
    "compares, writes, prints or times what comes out.\n\n"
    "Arguments are tensors, memrefs (also strided ones) and scalars of f64, "
    "f32, f16, bf16, f8E4M3FN, f8E5M2, i1, i8, i16, i32, i64 or index. An f32 "
    "file serves any "
    "float type; 16-bit floats are written as f32. Arguments without a file "
    "are seeded: floats of rank 2 or more with mean 1.25 and variance 3, other "
    "floats from 0.5 to 1.5, integers from 0 to 7.\n\n"
    "The outputs are the function's results, then the memref arguments that it "
    "may write, in order.\n\n"
    "Exit codes: 0 success; 1 an error; 2 an output differs from what is "
    "expected.\n";

class Runner {
public:
  explicit Runner(const Options &options) : options(options) {
    registerCompilerDialects(registry);
    context.appendDialectRegistry(registry);
    if (options.loweringFlags.printIRAfterAll)
      context.disableMultithreading();
    printDiagnosticsAsLines(context, toolName);
  }

  llvm::Expected<ExitCode> run();

private:
  llvm::Error checkOptions();
  llvm::Error load();
  llvm::Error createDevice();
  llvm::Expected<Kernel> compile(LoweringKind kind, bool isReference);
  llvm::Error callKernel();
  llvm::Error computeReference();
  llvm::Error writeOutputs();
  llvm::Expected<bool> compareWithFiles();
  bool compareWith(const HostArray &actual, const HostArray &wanted,
                   unsigned index, StringRef what);
  llvm::Error benchmark();

  const Options &options;
  DialectRegistry registry;
  MLIRContext context;
  std::unique_ptr<llvm::TargetMachine> machine;
  OwningOpRef<ModuleOp> module;
  EntryPoint entry;
  /// Null for the CPU.
  std::unique_ptr<Device> device;
  SmallVector<ValueSpec> argumentSpecs, outputSpecs;
  std::optional<Kernel> kernel;
  SmallVector<HostArray> arguments;
  /// Results, then written arguments.
  SmallVector<HostArray> outputs, references;
};

llvm::Error checkCount(size_t count, size_t wanted, StringRef what) {
  if (count == 0 || count == wanted)
    return llvm::Error::success();
  return llvm::createStringError(Twine(count) + " " + what +
                                 " where the function has " + Twine(wanted) +
                                 (wanted == 1 ? " output" : " outputs"));
}

/// Removes what the entry point does not need: it need not be lowered.
LogicalResult dropOthers(ModuleOp module, StringRef entry) {
  for (auto function : module.getOps<func::FuncOp>())
    if (function.getName() != entry)
      function.setPrivate();
  PassManager pm(module.getContext());
  pm.addPass(createSymbolDCEPass());
  return pm.run(module);
}

/// Results of a call, then copies of the arguments that it may have written.
llvm::Expected<SmallVector<HostArray>>
collectOutputs(Invocation &invocation, ArrayRef<HostArray> arguments,
               const EntryPoint &entry) {
  auto outputs = invocation.copyResults();
  if (!outputs)
    return outputs;
  for (auto [argument, isWritten] :
       llvm::zip_equal(arguments, entry.isWritten)) {
    if (!isWritten)
      continue;
    ValueSpec dense;
    dense.kind = argument.getKind();
    auto copy = argument.convert(dense);
    if (!copy)
      return copy.takeError();
    outputs->push_back(std::move(*copy));
  }
  return outputs;
}

} // namespace

llvm::Error Runner::checkOptions() {
  if (options.threads == 0)
    return llvm::createStringError("--threads must be at least 1");
  if (options.rounds < 7)
    return llvm::createStringError("--rounds must be at least 7");
  if (options.rtol < 0 || options.atol < 0)
    return llvm::createStringError("tolerances must not be negative");
  if (options.baseline && !options.bench)
    return llvm::createStringError("--baseline needs --bench");
  bool isCPU = options.target == TargetKind::CPU;
  if (options.chip.getNumOccurrences() && options.chip.empty())
    return llvm::createStringError("--chip needs the name of a GPU, as sm_90");
  if (options.loweringFlags.vectorBits.getNumOccurrences() && !isCPU)
    return llvm::createStringError("--vector-bits needs --target=cpu");
  if (options.chip.getNumOccurrences() && isCPU)
    return llvm::createStringError(
        "--chip needs --target=cuda or --target=cuda-emulated");
  if (options.scheduleSeed.getNumOccurrences() &&
      options.target != TargetKind::EmulatedCUDA)
    return llvm::createStringError(
        "--schedule-seed needs --target=cuda-emulated");
  if (!isCPU && options.bench)
    return llvm::createStringError(
        "--bench times code for the CPU: it needs --target=cpu");
  if (!isCPU && options.lowering == LoweringKind::Upstream)
    return llvm::createStringError("--lowering=upstream needs --target=cpu");
  if (!isCPU && options.threads != 1)
    return llvm::createStringError("--threads needs --target=cpu");
  return llvm::Error::success();
}

llvm::Error Runner::load() {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(options.inputFile);
  if (!buffer)
    return llvm::createStringError(
        options.inputFile + ": cannot read: " + buffer.getError().message());
  module = parseModule(std::move(*buffer), &context);
  if (!module)
    return llvm::make_error<MLIRFailure>();
  llvm::Expected<EntryPoint> found = prepareEntryPoint(*module, options.entry);
  if (!found)
    return found.takeError();
  entry = std::move(*found);
  if (failed(dropOthers(*module, entry.name)))
    return llvm::make_error<MLIRFailure>();
  auto specs = getSpecs(entry.arguments, "argument");
  auto results = specs ? getSpecs(entry.results, "result") : specs.takeError();
  if (!results)
    return results.takeError();
  argumentSpecs = std::move(*specs);
  outputSpecs = std::move(*results);
  for (auto [spec, isWritten] : llvm::zip_equal(argumentSpecs, entry.isWritten))
    if (isWritten)
      outputSpecs.push_back(spec);
  if (llvm::Error error =
          checkCount(options.outputs.size(), outputSpecs.size(), "--output"))
    return error;
  return checkCount(options.expected.size(), outputSpecs.size(), "--expect");
}

llvm::Error Runner::createDevice() {
  if (options.target == TargetKind::EmulatedCUDA)
    device = Device::createEmulated(options.scheduleSeed);
  if (options.target != TargetKind::CUDA)
    return llvm::Error::success();
  auto created = Device::createCUDA();
  if (!created)
    return created.takeError();
  device = std::move(*created);
  return llvm::Error::success();
}

llvm::Expected<Kernel> Runner::compile(LoweringKind kind, bool isReference) {
  KernelOptions kernelOptions;
  options.loweringFlags.apply(kernelOptions.lowering);
  kernelOptions.lowering.raise &= kind == LoweringKind::Norm;
  kernelOptions.lowering.printIRAfterAll &= !isReference;
  kernelOptions.lowering.decompose = kind == LoweringKind::Upstream;
  kernelOptions.lowering.promoteToF64 = isReference;
  kernelOptions.lowering.checkShapes = true;
  kernelOptions.openMPLibrary = options.openMPLibrary;
  if (!isReference) {
    kernelOptions.numThreads = options.threads;
    kernelOptions.device = device.get();
    if (device)
      kernelOptions.lowering.chip = options.chip.getNumOccurrences()
                                        ? options.chip.getValue()
                                        : device->getChip();
    if (options.dumpAsm && kind == options.lowering)
      kernelOptions.assembly = &llvm::outs();
  }
  return Kernel::compile(*module, entry, kernelOptions, *machine);
}

llvm::Error Runner::callKernel() {
  auto invocation = Invocation::bind(*kernel, arguments);
  if (!invocation)
    return invocation.takeError();
  if (llvm::Error error = invocation->call())
    return error;
  auto results = collectOutputs(*invocation, arguments, entry);
  if (!results)
    return results.takeError();
  outputs = std::move(*results);
  return llvm::Error::success();
}

llvm::Error Runner::computeReference() {
  auto reference = compile(LoweringKind::Upstream, /*isReference=*/true);
  if (!reference)
    return reference.takeError();
  SmallVector<HostArray> promoted;
  for (const HostArray &argument : arguments) {
    auto copy = argument.promote();
    if (!copy)
      return copy.takeError();
    promoted.push_back(std::move(*copy));
  }
  auto invocation = Invocation::bind(*reference, promoted);
  if (!invocation)
    return invocation.takeError();
  if (llvm::Error error = invocation->call())
    return error;
  auto results = collectOutputs(*invocation, promoted, entry);
  if (!results)
    return results.takeError();
  references = std::move(*results);
  return llvm::Error::success();
}

llvm::Error Runner::writeOutputs() {
  for (auto [index, path] : llvm::enumerate(options.outputs))
    if (!path.empty())
      if (llvm::Error error = writeNpy(path, outputs[index].toNpy()))
        return error;
  if (!options.print && options.hasAction())
    return llvm::Error::success();
  for (auto [index, output] : llvm::enumerate(outputs)) {
    llvm::outs() << "output " << index << ": " << output.getTypeName() << " ";
    printArray(llvm::outs(), output);
    llvm::outs() << "\n";
  }
  return llvm::Error::success();
}

bool Runner::compareWith(const HostArray &actual, const HostArray &wanted,
                         unsigned index, StringRef what) {
  Tolerance tolerance = Tolerance::getDefault(actual.getKind());
  if (options.rtol.getNumOccurrences())
    tolerance.rtol = options.rtol;
  if (options.atol.getNumOccurrences())
    tolerance.atol = options.atol;
  Comparison comparison = compare(actual, wanted, tolerance);
  bool isRight = comparison.numWrong == 0;
  (isRight ? llvm::outs() : llvm::errs())
      << (isRight ? "" : "norm-run: ") << "output " << index << " (" << what
      << "): " << describe(comparison, actual, wanted, tolerance) << "\n";
  return isRight;
}

llvm::Expected<bool> Runner::compareWithFiles() {
  bool isRight = true;
  for (auto [index, path] : llvm::enumerate(options.expected)) {
    if (path.empty())
      continue;
    auto file = readNpy(path);
    if (!file)
      return file.takeError();
    HostArray wanted = HostArray::fromNpy(std::move(*file));
    const HostArray &actual = outputs[index];
    bool sameType = isFloat(wanted.getKind()) == isFloat(actual.getKind()) &&
                    (isFloat(wanted.getKind()) ||
                     getSize(wanted.getKind()) == getSize(actual.getKind()));
    if (!sameType || wanted.getShape() != actual.getShape())
      return llvm::createStringError(path + " holds " + wanted.getTypeName() +
                                     " where output " + Twine(index) + " is " +
                                     actual.getTypeName());
    isRight &= compareWith(actual, wanted, index, "expected");
  }
  return isRight;
}

llvm::Error Runner::benchmark() {
  auto invocation = Invocation::bind(*kernel, arguments);
  if (!invocation)
    return invocation.takeError();
  llvm::cantFail(invocation->call());
  int64_t numBytes = invocation->getNumBytes();
  std::vector<Contestant> contestants;
  contestants.push_back(
      {entry.name, [&] { llvm::cantFail(invocation->call()); }, numBytes});
  std::optional<Kernel> baseline;
  std::optional<Invocation> baselineInvocation;
  if (options.baseline) {
    auto compiled = compile(LoweringKind::Upstream, /*isReference=*/false);
    if (!compiled)
      return compiled.takeError();
    baseline.emplace(std::move(*compiled));
    auto bound = Invocation::bind(*baseline, arguments);
    if (!bound)
      return bound.takeError();
    baselineInvocation.emplace(std::move(*bound));
    contestants.push_back({entry.name + " (upstream)",
                           [&] { llvm::cantFail(baselineInvocation->call()); },
                           numBytes});
  }
  KernelOptions copyOptions;
  copyOptions.numThreads = options.threads;
  copyOptions.openMPLibrary = options.openMPLibrary;
  auto ceiling = CopyCeiling::create(numBytes, copyOptions, &context, *machine);
  if (!ceiling)
    return ceiling.takeError();
  (*ceiling)->appendTo(contestants);
  llvm::outs() << "useful bytes per call: " << numBytes
               << ", threads: " << options.threads << "\n";
  runBenchmark(contestants, options.rounds, llvm::outs());
  return llvm::Error::success();
}

llvm::Expected<ExitCode> Runner::run() {
  if (llvm::Error error = checkOptions())
    return error;
  if (llvm::Error error = load())
    return error;
  bool isCalled = options.hasAction() || !options.dumpAsm;
  if (isCalled) {
    ArgumentOptions from;
    from.files.assign(options.inputs.begin(), options.inputs.end());
    from.shapes.assign(options.shapes.begin(), options.shapes.end());
    from.seed = options.seed;
    auto made = makeArguments(argumentSpecs, from);
    if (!made)
      return made.takeError();
    arguments = std::move(*made);
  }
  auto host = createHostTargetMachine();
  if (!host)
    return host.takeError();
  machine = std::move(*host);
  if (llvm::Error error = createDevice())
    return error;
  auto compiled = compile(options.lowering, /*isReference=*/false);
  if (!compiled)
    return compiled.takeError();
  kernel.emplace(std::move(*compiled));
  if (!isCalled)
    return exitSuccess;
  // First, as the function may write its arguments.
  if (options.check)
    if (llvm::Error error = computeReference())
      return error;
  if (llvm::Error error = callKernel())
    return error;
  if (llvm::Error error = writeOutputs())
    return error;
  auto isRight = compareWithFiles();
  if (!isRight)
    return isRight.takeError();
  if (options.check)
    for (auto [index, reference] : llvm::enumerate(references))
      *isRight &= compareWith(outputs[index], reference, index, "in f64");
  if (options.bench)
    if (llvm::Error error = benchmark())
      return error;
  return *isRight ? exitSuccess : exitMismatch;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // The libraries of LLVM bring options of their own, of the same names.
  cl::ResetCommandLineParser();
  Options options;
  if (!parseCommandLine(argc, argv, toolName, overview, options.category))
    return exitError;
  llvm::Expected<ExitCode> code = Runner(options).run();
  if (code)
    return *code;
  printError(code.takeError(), toolName);
  return exitError;
}
