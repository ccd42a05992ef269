// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Compiles the public functions of a module to a file.

#include "../CommandLine.h"
#include "norm/Compiler/AheadOfTime.h"
#include "norm/Compiler/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

using namespace mlir;
using namespace mlir::norm;
namespace cl = llvm::cl;

/// Whether two paths name one file, which need not be there. `-` names none.
static bool isSameFile(StringRef lhs, StringRef rhs) {
  if (lhs.empty() || rhs.empty() || lhs == "-" || rhs == "-")
    return false;
  bool isDevice = false; // /dev/null takes any number of files
  if (!llvm::sys::fs::is_other(lhs, isDevice) && isDevice)
    return false;
  auto normalize = [](StringRef path) {
    SmallString<128> whole(path);
    llvm::sys::fs::make_absolute(whole);
    llvm::sys::path::remove_dots(whole, /*remove_dot_dot=*/true);
    return std::string(whole);
  };
  return llvm::sys::fs::equivalent(lhs, rhs) ||
         normalize(lhs) == normalize(rhs);
}

namespace {

constexpr char toolName[] = "norm-compile";

struct Options {
  cl::OptionCategory category{"norm-compile options"};
  cl::opt<std::string> inputFile{
      cl::Positional, cl::desc("FILE.mlir (text or bytecode; - is stdin)"),
      cl::value_desc("file"), cl::cat(category)};
  cl::opt<std::string> outputFile{
      "o", cl::desc("The file to write; - is stdout, for text"),
      cl::value_desc("file"), cl::cat(category)};
  cl::opt<OutputKind> emit{
      "emit",
      cl::desc("What to write (default: by the file's suffix; else obj)"),
      cl::values(
          clEnumValN(OutputKind::Object, "obj", "An object file (.o)"),
          clEnumValN(OutputKind::SharedLibrary, "shared",
                     "A shared library (.so)"),
          clEnumValN(OutputKind::Assembly, "asm", "Assembly (.s)"),
          clEnumValN(OutputKind::LLVMIR, "llvm", "Optimized LLVM IR (.ll)"),
          clEnumValN(OutputKind::MLIR, "mlir", "The LLVM dialect (.mlir)"),
          clEnumValN(OutputKind::PTX, "ptx", "The kernels as PTX (.ptx)"),
          clEnumValN(OutputKind::Cubin, "cubin",
                     "The kernels as machine code (.cubin), by ptxas"),
          clEnumValN(OutputKind::Fatbin, "fatbin",
                     "The kernels as both (.fatbin)")),
      cl::cat(category)};
  cl::opt<std::string> header{
      "header",
      cl::desc(
          "Add plain C functions, and write the header that declares them"),
      cl::value_desc("file.h"), cl::cat(category)};
  cl::opt<std::string> prefix{
      "prefix", cl::desc("Goes before the names of the C functions"),
      cl::value_desc("text"), cl::cat(category)};
  cl::opt<LaunchKind> target{
      "target", cl::desc("What computes"),
      cl::values(clEnumValN(LaunchKind::None, "cpu", "The CPU (default)"),
                 clEnumValN(LaunchKind::CUDA, "cuda",
                            "An NVIDIA GPU, by kernels that the functions "
                            "launch; also said by --emit=ptx, cubin, fatbin")),
      cl::init(LaunchKind::None), cl::cat(category)};
  cl::opt<std::string> chip{"chip", cl::desc("The GPU (default: sm_90)"),
                            cl::value_desc("sm_NN"), cl::cat(category)};
  cl::opt<DeviceFormat> image{
      "image", cl::desc("What kernels are in what --target=cuda makes"),
      cl::values(
          clEnumValN(DeviceFormat::PTX, "ptx",
                     "PTX, which the driver compiles (default)"),
          clEnumValN(DeviceFormat::Cubin, "cubin", "Machine code, by ptxas"),
          clEnumValN(DeviceFormat::Fatbin, "fatbin", "Both")),
      cl::init(DeviceFormat::PTX), cl::cat(category)};
  cl::opt<std::string> cudaRuntime{
      "cuda-runtime",
      cl::desc("The libnorm_cuda to link with (default: the one beside this "
               "program)"),
      cl::value_desc("file"), cl::cat(category)};
  cl::opt<std::string> cudaToolkit{
      "cuda-toolkit",
      cl::desc("Where CUDA's bin/ptxas is (default: on the PATH, or where "
               "CUDA_HOME says)"),
      cl::value_desc("folder"), cl::cat(category)};
  cl::opt<std::string> triple{
      "mtriple", cl::desc("The target's triple (default: this machine's)"),
      cl::value_desc("triple"), cl::cat(category)};
  cl::opt<std::string> cpu{
      "mcpu",
      cl::desc("The target's processor; native: this machine's (default; with "
               "--mtriple: the architecture's baseline)"),
      cl::value_desc("name"), cl::cat(category)};
  cl::list<std::string> features{
      "mattr", cl::desc("Features beside those of the processor"),
      cl::value_desc("+a,-b"), cl::CommaSeparated, cl::cat(category)};
  cl::list<std::string> multiversion{
      "multiversion",
      cl::desc("Code for each of some levels of x86-64, of which the "
               "processor's best is chosen when it is loaded; the last is "
               "x86-64"),
      cl::value_desc("x86-64-v4,x86-64-v3,x86-64"), cl::CommaSeparated,
      cl::cat(category)};
  cl::opt<ThreadModel> threads{
      "threads", cl::desc("What runs parallel loops"),
      cl::values(
          clEnumValN(ThreadModel::None, "none", "The calling thread (default)"),
          clEnumValN(ThreadModel::OpenMP, "openmp",
                     "LLVM's OpenMP runtime, where there is enough work")),
      cl::init(ThreadModel::None), cl::cat(category)};
  cl::opt<std::string> openMPLibrary{
      "openmp-library",
      cl::desc(
          "The OpenMP runtime to link with (default: where it usually is)"),
      cl::value_desc("file"), cl::cat(category)};
  cl::opt<std::string> linker{
      "linker",
      cl::desc("The C compiler that links (default: cc, gcc or clang)"),
      cl::value_desc("program"), cl::cat(category)};
  LoweringFlags lowering{category};
  cl::opt<bool> checkShapes{
      "check-shapes",
      cl::desc("Stop the program, with a message, where sizes do not agree"),
      cl::cat(category)};
  cl::opt<bool> explain{
      "explain",
      cl::desc("Print to stderr which normalizations were found and what was "
               "fused, what was not and why, and each kernel's schedule, bytes "
               "and bound"),
      cl::cat(category)};
  cl::opt<bool> saveTemporaries{
      "save-temps",
      cl::desc("Write what stands between stages beside the output: row "
               "programs (.norm.mlir), the LLVM dialect (.llvm.mlir), LLVM IR "
               "(.ll), assembly (.s), kernels (.ptx)"),
      cl::cat(category)};
  cl::opt<bool> timing{
      "timing",
      cl::desc("Print to stderr how long each stage took, in milliseconds"),
      cl::cat(category)};
};

constexpr char overview[] =
    "Compiles the public functions of an MLIR module to an object, a shared "
    "library, assembly, IR or GPU kernels.\n\n"
    "Results of a function become arguments behind the others, which the "
    "caller provides. Exported are _mlir_ciface_NAME, which takes memref "
    "descriptors, and with --header a C function NAME, which takes pointers "
    "and sizes, checks them and returns a status. docs/Compiling.md says more."
    "\n\n"
    "Exit codes: 0 success; 1 an error, which is on stderr.\n";

class Driver {
public:
  explicit Driver(const Options &options) : options(options) {
    registerCompilerDialects(registry);
    context.appendDialectRegistry(registry);
    if (options.lowering.printIRAfterAll || options.explain)
      context.disableMultithreading();
    printDiagnosticsAsLines(context, toolName);
  }

  llvm::Error run();

private:
  llvm::Error checkOptions();
  llvm::Error checkTargetOptions();
  bool isForCUDA() const {
    return options.target == LaunchKind::CUDA ||
           (!options.target.getNumOccurrences() && isDeviceImage(kind));
  }
  llvm::Error saveTemporary(StringRef suffix, StringRef text) const;
  llvm::Expected<LinkOptions> getLinkOptions() const;
  llvm::Error checkVersions();
  llvm::Error compile();
  llvm::Error write();
  /// Calls the function and reports the time that it takes.
  template <typename Function>
  auto measure(StringRef stage, Function function);
  void reportTime(StringRef stage, double milliseconds);

  const Options &options;
  DialectRegistry registry;
  MLIRContext context;
  OutputKind kind = OutputKind::Object;
  CompiledModule compiled;
};

} // namespace

void Driver::reportTime(StringRef stage, double milliseconds) {
  if (options.timing)
    llvm::errs() << llvm::format("%-9s%9.2f ms\n", stage.str().c_str(),
                                 milliseconds);
}

template <typename Function>
auto Driver::measure(StringRef stage, Function function) {
  auto begin = std::chrono::steady_clock::now();
  auto result = function();
  std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - begin;
  reportTime(stage, elapsed.count());
  return result;
}

llvm::Error Driver::checkOptions() {
  if (options.inputFile.empty())
    return llvm::createStringError(
        "no input: norm-compile FILE.mlir -o OUT (--help says more)");
  if (options.outputFile.empty())
    return llvm::createStringError("no output: give one with -o");
  kind = options.emit.getNumOccurrences()
             ? options.emit
             : llvm::StringSwitch<OutputKind>(
                   llvm::sys::path::extension(options.outputFile))
                   .Case(".so", OutputKind::SharedLibrary)
                   .Case(".s", OutputKind::Assembly)
                   .Case(".ll", OutputKind::LLVMIR)
                   .Case(".mlir", OutputKind::MLIR)
                   .Case(".ptx", OutputKind::PTX)
                   .Case(".cubin", OutputKind::Cubin)
                   .Case(".fatbin", OutputKind::Fatbin)
                   .Default(OutputKind::Object);
  bool isBinary = kind == OutputKind::Object ||
                  kind == OutputKind::SharedLibrary ||
                  kind == OutputKind::Cubin || kind == OutputKind::Fatbin;
  if (isBinary && options.outputFile == "-")
    return llvm::createStringError(
        "only text goes to stdout: --emit=asm, llvm, mlir or ptx");
  if (options.saveTemporaries && options.outputFile == "-")
    return llvm::createStringError("--save-temps needs a file's name in -o");
  if (llvm::Error error = checkTargetOptions())
    return error;
  if (llvm::Error error = checkVersions())
    return error;
  if (isDeviceImage(kind) && !options.header.empty())
    return llvm::createStringError(
        "--header needs --emit=obj, shared, asm or llvm: kernels alone have no "
        "C functions");
  if (kind == OutputKind::MLIR && !options.header.empty())
    return llvm::createStringError(
        "--header needs --emit=obj, shared, asm or llvm: the C functions are "
        "added to LLVM IR");
  if (options.header.empty() && options.header.getNumOccurrences())
    return llvm::createStringError("--header needs the name of a file");
  if (options.header.empty() && options.prefix.getNumOccurrences())
    return llvm::createStringError("--prefix needs --header");
  if (isSameFile(options.header, options.outputFile))
    return llvm::createStringError("-o and --header name the same file");
  for (StringRef written :
       {options.outputFile.getValue(), options.header.getValue()})
    if (isSameFile(written, options.inputFile))
      return llvm::createStringError(written + " is the input, which would be "
                                               "written over");
  if (kind == OutputKind::SharedLibrary && !options.triple.empty() &&
      options.linker.empty())
    return llvm::createStringError("--emit=shared with --mtriple needs "
                                   "--linker, a C compiler for the target");
  return llvm::Error::success();
}

llvm::Error Driver::checkVersions() {
  if (options.multiversion.empty())
    return llvm::Error::success();
  if (options.cpu.getNumOccurrences() || options.features.getNumOccurrences())
    return llvm::createStringError("--multiversion says what --mcpu and "
                                   "--mattr would: leave them out");
  if (isForCUDA() || kind == OutputKind::MLIR)
    return llvm::createStringError("--multiversion needs --target=cpu and "
                                   "--emit=obj, shared, asm or llvm");
  return llvm::Error::success();
}

llvm::Error Driver::checkTargetOptions() {
  if (options.target.getNumOccurrences() && !isForCUDA())
    if (isDeviceImage(kind))
      return llvm::createStringError(
          "--emit=ptx, cubin and fatbin are for --target=cuda");
  /// The first of some options that is given.
  using Given = std::initializer_list<std::reference_wrapper<const cl::Option>>;
  auto findGiven = [](Given candidates) -> std::string {
    for (const cl::Option &option : candidates)
      if (option.getNumOccurrences())
        return "--" + option.ArgStr.str();
    return "";
  };
  std::string given = findGiven(
      {options.chip, options.image, options.cudaToolkit, options.cudaRuntime});
  if (!isForCUDA() && !given.empty())
    return llvm::createStringError(given + " needs --target=cuda");
  given =
      findGiven({options.linker, options.openMPLibrary, options.cudaRuntime});
  if (kind != OutputKind::SharedLibrary && !given.empty())
    return llvm::createStringError(given +
                                   " needs --emit=shared: nothing is linked");
  given = findGiven(
      {options.triple, options.cpu, options.features, options.checkShapes});
  if (isDeviceImage(kind) && !given.empty())
    return llvm::createStringError(
        given + " is for code of the CPU, and --emit=ptx, cubin and fatbin "
                "have none: --chip names the GPU");
  if (options.openMPLibrary.getNumOccurrences() &&
      options.threads != ThreadModel::OpenMP)
    return llvm::createStringError("--openmp-library needs --threads=openmp");
  if (options.chip.getNumOccurrences() && options.chip.empty())
    return llvm::createStringError("--chip needs the name of a GPU, as sm_90");
  if (isDeviceImage(kind) && options.image.getNumOccurrences())
    return llvm::createStringError(
        "--image is for objects and libraries; --emit says what kernels alone "
        "become");
  if (isForCUDA() && options.lowering.vectorBits.getNumOccurrences())
    return llvm::createStringError("--vector-bits needs --target=cpu");
  if (isForCUDA() && options.threads != ThreadModel::None)
    return llvm::createStringError("--threads needs --target=cpu");
  return llvm::Error::success();
}

llvm::Error Driver::compile() {
  TargetSpec target;
  target.triple = options.triple;
  target.cpu = options.cpu;
  target.features = llvm::join(options.features, ",");
  auto machines = createTargetMachines(target, options.multiversion);
  if (!machines)
    return machines.takeError();
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(options.inputFile);
  if (!buffer)
    return llvm::createStringError(
        options.inputFile + ": cannot read: " + buffer.getError().message());
  OwningOpRef<ModuleOp> module = measure("parse", [&] {
    return parseModule(
        llvm::MemoryBuffer::getMemBuffer((*buffer)->getMemBufferRef()),
        &context);
  });
  if (!module)
    return llvm::make_error<MLIRFailure>();
  if (!options.header.empty())
    nameArguments(*module, (*buffer)->getMemBufferRef());
  AheadOfTimeOptions compilation;
  options.lowering.apply(compilation.lowering);
  compilation.lowering.threads = options.threads;
  compilation.lowering.checkShapes = options.checkShapes;
  if (isForCUDA())
    compilation.lowering.launch = LaunchKind::CUDA;
  if (options.chip.getNumOccurrences())
    compilation.lowering.chip = options.chip;
  compilation.lowering.deviceFormat = options.image;
  compilation.lowering.toolkit = options.cudaToolkit;
  bool isForHost = options.triple.empty() &&
                   (options.cpu.empty() || options.cpu == "native") &&
                   options.multiversion.empty();
  if (isForHost)
    compilation.lowering.setHost();
  compilation.kind = kind;
  compilation.addCFunctions = !options.header.empty();
  compilation.prefix = options.prefix;
  compilation.headerName = options.header;
  compilation.reportTime = [this](StringRef stage, double milliseconds) {
    reportTime(stage, milliseconds);
  };
  SmallVector<llvm::TargetMachine *> borrowed;
  for (const auto &machine : *machines)
    borrowed.push_back(machine.get());
  if (options.explain)
    compilation.explanation = &llvm::errs();
  llvm::Error unsaved = llvm::Error::success();
  if (options.saveTemporaries)
    compilation.saveTemporary = [&](StringRef suffix, StringRef text) {
      unsaved =
          llvm::joinErrors(std::move(unsaved), saveTemporary(suffix, text));
    };
  auto result = compileAheadOfTime(*module, compilation, borrowed);
  if (!result)
    return llvm::joinErrors(std::move(unsaved), result.takeError());
  if (unsaved)
    return unsaved;
  compiled = std::move(*result);
  return llvm::Error::success();
}

/// Writes OUT.SUFFIX, OUT being the output without its own suffix.
llvm::Error Driver::saveTemporary(StringRef suffix, StringRef text) const {
  SmallString<128> path(options.outputFile.getValue());
  llvm::sys::path::replace_extension(path, suffix);
  if (isSameFile(path, options.outputFile))
    return llvm::Error::success(); // the output is that
  if (isSameFile(path, options.header) || isSameFile(path, options.inputFile))
    return llvm::createStringError("--save-temps would write over " + path);
  return writeFileAtOnce(path, text);
}

llvm::Expected<LinkOptions> Driver::getLinkOptions() const {
  LinkOptions linking;
  linking.linker = options.linker;
  auto add = [&](const cl::opt<std::string> &given, std::string found,
                 const Twine &what) -> llvm::Error {
    linking.libraries.push_back(given.empty() ? found : given.getValue());
    if (!linking.libraries.back().empty())
      return llvm::Error::success();
    return llvm::createStringError(what + ": --" + given.ArgStr +
                                   " says where it is");
  };
  if (options.threads == ThreadModel::OpenMP)
    if (llvm::Error error =
            add(options.openMPLibrary, findOpenMPLibrary(),
                "LLVM's OpenMP runtime is in none of the usual places"))
      return error;
  if (isForCUDA())
    if (llvm::Error error = add(options.cudaRuntime, findCUDARuntime(),
                                "libnorm_cuda is not beside this program"))
      return error;
  return linking;
}

llvm::Error Driver::write() {
  if (kind != OutputKind::SharedLibrary) {
    if (llvm::Error error =
            writeFileAtOnce(options.outputFile, compiled.code->getBuffer()))
      return error;
  } else {
    llvm::Expected<LinkOptions> linking = getLinkOptions();
    if (!linking)
      return linking.takeError();
    if (llvm::Error error = measure("link", [&] {
          return linkSharedLibrary(*compiled.code, options.outputFile,
                                   *linking);
        }))
      return error;
  }
  if (options.header.empty())
    return llvm::Error::success();
  llvm::Error error = writeFileAtOnce(options.header, compiled.header);
  if (error && options.outputFile != "-")
    llvm::sys::fs::remove(options.outputFile); // of no use without the header
  return error;
}

llvm::Error Driver::run() {
  if (llvm::Error error = checkOptions())
    return error;
  if (llvm::Error error = compile())
    return error;
  return write();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // The libraries of LLVM bring options of their own, of the same names.
  cl::ResetCommandLineParser();
  Options options;
  if (!parseCommandLine(argc, argv, toolName, overview, options.category))
    return 1;
  if (llvm::Error error = Driver(options).run()) {
    printError(std::move(error), toolName);
    return 1;
  }
  return 0;
}
