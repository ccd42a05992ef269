// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm-c/Compiler.h"
#include "Helpers.h"
#include "mlir/CAPI/IR.h"
#include "norm-c/CompileModule.h"
#include "norm/Compiler/AheadOfTime.h"
#include "norm/Compiler/Diagnostics.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

/// Tells a callback of diagnostics and errors.
class Reporter {
public:
  Reporter(NormDiagnosticCallback callback, void *userData)
      : callback(callback), userData(userData) {}

  void report(NormSeverity severity, Location location,
              const std::string &message) const;
  void report(Diagnostic &diagnostic) const;
  void report(llvm::Error error) const;

private:
  NormDiagnosticCallback callback;
  void *userData;
};

/// What a NormCompilation points to.
struct Compilation {
  CompiledModule module;
  std::string explanation;
  OutputKind kind;
  ThreadModel threads;
  LaunchKind launch;
};

} // namespace

static NormSeverity toC(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return NORM_SEVERITY_ERROR;
  case DiagnosticSeverity::Warning:
    return NORM_SEVERITY_WARNING;
  case DiagnosticSeverity::Remark:
    return NORM_SEVERITY_REMARK;
  case DiagnosticSeverity::Note:
    return NORM_SEVERITY_NOTE;
  }
  llvm_unreachable("there are no others");
}

void Reporter::report(NormSeverity severity, Location location,
                      const std::string &message) const {
  if (!callback)
    return;
  NormDiagnostic diagnostic = {severity, nullptr, 0, 0, message.c_str()};
  std::string file;
  if (auto place = location->findInstanceOf<FileLineColLoc>()) {
    file = place.getFilename().str();
    diagnostic.file = file.c_str();
    diagnostic.line = place.getLine();
    diagnostic.column = place.getColumn();
  }
  callback(&diagnostic, userData);
}

void Reporter::report(Diagnostic &diagnostic) const {
  report(toC(diagnostic.getSeverity()), diagnostic.getLocation(),
         diagnostic.str());
  for (Diagnostic &note : diagnostic.getNotes())
    report(NORM_SEVERITY_NOTE, note.getLocation(), note.str());
}

void Reporter::report(llvm::Error error) const {
  llvm::handleAllErrors(
      std::move(error), [](const MLIRFailure &) { /* was reported */ },
      [&](const llvm::ErrorInfoBase &info) {
        if (!callback)
          return;
        std::string message = info.message();
        NormDiagnostic diagnostic = {NORM_SEVERITY_ERROR, nullptr, 0, 0,
                                     message.c_str()};
        callback(&diagnostic, userData);
      });
}

static std::string toString(const char *text) { return text ? text : ""; }

static LogicalResult assign(OutputKind &target, NormOutputKind kind) {
  return norm::assign(target, kind,
                      {std::pair(NORM_OUTPUT_OBJECT, OutputKind::Object),
                       {NORM_OUTPUT_ASSEMBLY, OutputKind::Assembly},
                       {NORM_OUTPUT_LLVM_IR, OutputKind::LLVMIR},
                       {NORM_OUTPUT_MLIR, OutputKind::MLIR},
                       {NORM_OUTPUT_PTX, OutputKind::PTX},
                       {NORM_OUTPUT_CUBIN, OutputKind::Cubin},
                       {NORM_OUTPUT_FATBIN, OutputKind::Fatbin}});
}

static LogicalResult assign(LaunchKind &target, NormTarget kind) {
  return norm::assign(target, kind,
                      {std::pair(NORM_TARGET_CPU, LaunchKind::None),
                       {NORM_TARGET_CUDA, LaunchKind::CUDA}});
}

/// Sets what an enumerator stands for; an unknown one is an error.
template <typename Target, typename Enumerator>
static llvm::Error set(Target &target, Enumerator given, const char *what) {
  using norm::assign;
  if (succeeded(assign(target, given)))
    return llvm::Error::success();
  return llvm::createStringError("unknown " + llvm::Twine(what) + ": " +
                                 llvm::Twine(int(given)));
}

/// The options of the compilation, the machine aside.
static llvm::Expected<AheadOfTimeOptions>
convert(const NormCompileOptions &options) {
  AheadOfTimeOptions result;
  LoweringOptions &lowering = result.lowering;
  if (llvm::Error error = set(result.kind, options.kind, "kind of output"))
    return error;
  if (llvm::Error error = set(lowering.launch, options.target, "target"))
    return error;
  if (llvm::Error error =
          set(lowering.threads, options.threads, "model of threads"))
    return error;
  if (llvm::Error error =
          set(lowering.algorithm, options.algorithm, "algorithm"))
    return error;
  if (llvm::Error error =
          set(lowering.deviceFormat, options.image, "format of kernels"))
    return error;
  result.addCFunctions = options.cFunctions;
  result.prefix = toString(options.prefix);
  result.headerName = options.headerName ? options.headerName : "norm.h";
  lowering.raise = options.raise;
  lowering.fuse = options.fuse;
  lowering.checkShapes = options.checkShapes;
  lowering.vectorBits = options.vectorBits;
  if (options.chip)
    lowering.chip = options.chip;
  lowering.toolkit = toString(options.toolkit);
  return result;
}

/// Options that do not go together.
static llvm::Error checkOptions(const AheadOfTimeOptions &options,
                                const NormCompileOptions &given) {
  OutputKind kind = options.kind;
  bool isForCUDA = options.lowering.launch == LaunchKind::CUDA;
  if (isForCUDA && kind != OutputKind::MLIR &&
      options.lowering.deviceFormat == DeviceFormat::LLVM)
    return llvm::createStringError(
        "kernels within code are PTX, machine code or both, not LLVM bitcode");
  if (isForCUDA && options.lowering.vectorBits != 0)
    return llvm::createStringError("vectorBits need the target CPU");
  if (given.versions && (given.cpu || given.features))
    return llvm::createStringError("versions say what the processor and its "
                                   "features would: leave these out");
  if (kind == OutputKind::MLIR && options.addCFunctions)
    return llvm::createStringError("C functions are added to LLVM IR: the LLVM "
                                   "dialect cannot have them");
  if (isDeviceImage(kind) && options.addCFunctions)
    return llvm::createStringError("kernels alone have no C functions");
  if (isDeviceImage(kind) && !isForCUDA)
    return llvm::createStringError("kernels alone need the target CUDA");
  if (isForCUDA && options.lowering.threads != ThreadModel::None)
    return llvm::createStringError("threads need the target CPU");
  if (given.versions && (isForCUDA || kind == OutputKind::MLIR))
    return llvm::createStringError("versions need the target CPU, and an "
                                   "object, assembly or LLVM IR");
  return llvm::Error::success();
}

/// Compiles the module, which is changed. `source` is the text that it comes
/// from, if there is one.
static llvm::Expected<std::unique_ptr<Compilation>>
compile(ModuleOp module, const NormCompileOptions &options,
        std::optional<llvm::MemoryBufferRef> source) {
  auto converted = convert(options);
  if (!converted)
    return converted.takeError();
  AheadOfTimeOptions &compilation = *converted;
  if (llvm::Error error = checkOptions(compilation, options))
    return error;
  SmallVector<StringRef> parts;
  if (options.versions)
    StringRef(options.versions).split(parts, ',');
  auto versions = llvm::to_vector_of<std::string>(parts);
  TargetSpec target;
  target.triple = toString(options.triple);
  target.cpu = toString(options.cpu);
  target.features = toString(options.features);
  auto machines = createTargetMachines(target, versions);
  if (!machines)
    return machines.takeError();
  if (target.triple.empty() && versions.empty() &&
      (target.cpu.empty() || target.cpu == "native"))
    compilation.lowering.setHost();
  auto result = std::make_unique<Compilation>();
  result->kind = compilation.kind;
  result->threads = compilation.lowering.threads;
  result->launch = compilation.lowering.launch;
  llvm::raw_string_ostream explanation(result->explanation);
  if (options.explain && module.getContext()->isMultithreadingEnabled())
    return llvm::createStringError(
        "an explanation needs a context without threads, so that it has an "
        "order");
  if (options.explain)
    compilation.explanation = &explanation;
  if (options.cFunctions && source)
    nameArguments(module, *source);
  auto compiled = compileAheadOfTime(
      module, compilation,
      llvm::map_to_vector(*machines,
                          [](const auto &machine) { return machine.get(); }));
  if (!compiled)
    return compiled.takeError();
  result->module = std::move(*compiled);
  // A copy has a 0 behind it.
  result->module.code =
      llvm::MemoryBuffer::getMemBufferCopy(result->module.code->getBuffer());
  return result;
}

/// Gives the result to C; tells the reporter of an error.
static NormCompilation
release(llvm::Expected<std::unique_ptr<Compilation>> compilation,
        const Reporter &reporter) {
  if (compilation)
    return {compilation->release()};
  reporter.report(compilation.takeError());
  return {nullptr};
}

static Compilation *unwrap(NormCompilation compilation) {
  return static_cast<Compilation *>(compilation.ptr);
}

NormCompileOptions normCompileOptionsGetDefaults() {
  LoweringOptions lowering;
  NormCompileOptions options = {};
  options.raise = lowering.raise;
  options.fuse = lowering.fuse;
  options.checkShapes = lowering.checkShapes;
  options.threads = norm::wrap(lowering.threads);
  options.algorithm = norm::wrap(lowering.algorithm);
  options.vectorBits = lowering.vectorBits;
  return options;
}

NormCompilation normCompile(const char *module, size_t length, const char *name,
                            const NormCompileOptions *options,
                            NormDiagnosticCallback callback, void *userData) {
  Reporter reporter(callback, userData);
  if (!options) {
    static const NormCompileOptions defaults = normCompileOptionsGetDefaults();
    options = &defaults;
  }
  DialectRegistry registry;
  registerCompilerDialects(registry);
  MLIRContext context(registry, options->explain
                                    ? MLIRContext::Threading::DISABLED
                                    : MLIRContext::Threading::ENABLED);
  context.printOpOnDiagnostic(false);
  ScopedDiagnosticHandler handler(
      &context, [&](Diagnostic &diagnostic) { reporter.report(diagnostic); });
  // The parser wants a 0 behind the text.
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy(StringRef(module, length),
                                                     name ? name : "<module>");
  OwningOpRef<ModuleOp> parsed = parseModule(
      llvm::MemoryBuffer::getMemBuffer(buffer->getMemBufferRef()), &context);
  if (!parsed)
    return {nullptr};
  return release(compile(*parsed, *options, buffer->getMemBufferRef()),
                 reporter);
}

NormCompilation normCompileModule(MlirModule module,
                                  const NormCompileOptions *options,
                                  NormDiagnosticCallback callback,
                                  void *userData) {
  Reporter reporter(callback, userData);
  MLIRContext *context = ::unwrap(module).getContext();
  ScopedDiagnosticHandler handler(
      context, [&](Diagnostic &diagnostic) { reporter.report(diagnostic); });
  if (failed(checkIsOwn(context->getOrLoadDialect("norm"),
                        ::unwrap(module).getLoc())))
    return {nullptr};
  DialectRegistry registry;
  registerCompilerDialects(registry);
  context->appendDialectRegistry(registry);
  OwningOpRef<ModuleOp> copy = ::unwrap(module).clone();
  return release(compile(*copy,
                         options ? *options : normCompileOptionsGetDefaults(),
                         /*source=*/std::nullopt),
                 reporter);
}

void normCompilationDestroy(NormCompilation compilation) {
  delete unwrap(compilation);
}

const char *normCompilationGetCode(NormCompilation compilation,
                                   size_t *length) {
  StringRef code = unwrap(compilation)->module.code->getBuffer();
  *length = code.size();
  return code.data();
}

const char *normCompilationGetHeader(NormCompilation compilation) {
  return unwrap(compilation)->module.header.c_str();
}

const char *normCompilationGetExplanation(NormCompilation compilation) {
  return unwrap(compilation)->explanation.c_str();
}

/// What the code is to be linked with; `runtime` overrides where that is.
static llvm::Expected<LinkOptions>
getLinkOptions(const Compilation &compilation, const char *linker,
               const char *runtime) {
  LinkOptions options;
  options.linker = toString(linker);
  bool isParallel = compilation.threads == ThreadModel::OpenMP;
  if (!isParallel && compilation.launch != LaunchKind::CUDA)
    return options;
  std::string found = toString(runtime);
  if (found.empty())
    found = isParallel ? findOpenMPLibrary() : findCUDARuntime();
  if (found.empty())
    return llvm::createStringError(
        isParallel ? "LLVM's OpenMP runtime is in none of the usual places"
                   : "libnorm_cuda is not beside this library");
  options.libraries.push_back(std::move(found));
  return options;
}

bool normCompilationLinkSharedLibrary(NormCompilation compilation,
                                      const char *path, const char *linker,
                                      const char *runtime,
                                      NormDiagnosticCallback callback,
                                      void *userData) {
  Reporter reporter(callback, userData);
  const Compilation &compiled = *unwrap(compilation);
  auto link = [&]() -> llvm::Error {
    if (!path)
      return llvm::createStringError("no path to link to");
    if (compiled.kind != OutputKind::Object)
      return llvm::createStringError("only an object can be linked");
    auto options = getLinkOptions(compiled, linker, runtime);
    if (!options)
      return options.takeError();
    return linkSharedLibrary(*compiled.module.code, path, *options);
  };
  llvm::Error error = link();
  if (!error)
    return true;
  reporter.report(std::move(error));
  return false;
}
