// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Compiler/AheadOfTime.h"
#include "CInterface.h"
#include "Explain.h"
#include "Multiversion.h"
#include "Temporaries.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "norm/Compiler/Diagnostics.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Transforms/IPO/Internalize.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include <chrono>
#include <vector>

using namespace mlir;
using namespace mlir::norm;

namespace {

/// Reports the time from one stage to the next.
class StageClock {
public:
  explicit StageClock(const AheadOfTimeOptions &options) : options(options) {}

  void finish(StringRef stage) {
    auto now = std::chrono::steady_clock::now();
    std::chrono::duration<double, std::milli> elapsed = now - begin;
    begin = now;
    if (options.reportTime)
      options.reportTime(stage, elapsed.count());
  }

private:
  const AheadOfTimeOptions &options;
  std::chrono::steady_clock::time_point begin =
      std::chrono::steady_clock::now();
};

/// The memref through which a result goes to the caller; null for others.
MemRefType getOutParamType(Type result) {
  auto shaped = dyn_cast<ShapedType>(result);
  if (!isa<RankedTensorType, MemRefType>(result))
    return {};
  auto memref = dyn_cast<MemRefType>(result);
  return MemRefType::get(shaped.getShape(), shaped.getElementType(),
                         MemRefLayoutAttrInterface(),
                         memref ? memref.getMemorySpace() : Attribute());
}

/// Puts a result where the caller wants it.
void storeResult(func::ReturnOp op, OpOperand &operand, Value out) {
  OpBuilder b(op);
  Value result = operand.get();
  if (isa<TensorType>(result.getType())) {
    bufferization::MaterializeInDestinationOp::create(
        b, op.getLoc(), /*result=*/TypeRange(), result, out, /*restrict=*/true,
        /*writable=*/true);
    return;
  }
  auto alloc = result.getDefiningOp<memref::AllocOp>();
  // The caller's memory is aligned as its elements are.
  if (alloc && !alloc.getAlignment() && alloc->getBlock() == op->getBlock() &&
      alloc.getType() == out.getType() && op->getParentRegion()->hasOneBlock())
    alloc.replaceAllUsesWith(out);
  else
    memref::CopyOp::create(b, op.getLoc(), result, out);
}

/// Turns ranked tensor and memref results into arguments behind the others.
void returnThroughArguments(func::FuncOp function) {
  llvm::BitVector replaced(function.getNumResults());
  for (auto [index, type] : llvm::enumerate(function.getResultTypes())) {
    MemRefType outType = getOutParamType(type);
    if (!outType)
      continue;
    replaced.set(index);
    LogicalResult inserted = function.insertArgument(
        function.getNumArguments(), outType, {}, function.getLoc());
    assert(succeeded(inserted) && "functions take any argument");
    (void)inserted;
    Value out = function.getArguments().back();
    function.walk([&, index = index](func::ReturnOp op) {
      storeResult(op, op->getOpOperand(index), out);
    });
  }
  function.walk([&](func::ReturnOp op) { op->eraseOperands(replaced); });
  LogicalResult erased = function.eraseResults(replaced);
  assert(succeeded(erased) && "the results are its own");
  (void)erased;
}

/// Gives the module's own calls of a public function a private copy of it.
void separateCallers(ModuleOp module, func::FuncOp function) {
  if (SymbolTable::symbolKnownUseEmpty(function, module))
    return;
  func::FuncOp copy = function.clone();
  copy.setName((function.getName() + ".internal").str());
  copy.setPrivate();
  StringAttr name = SymbolTable(module).insert(copy);
  LogicalResult replaced =
      SymbolTable::replaceAllSymbolUses(function, name, module);
  assert(succeeded(replaced) && "the uses are known");
  (void)replaced;
}

/// Refuses a name that is no symbol of an object file, or that the lowering
/// itself may call.
LogicalResult checkSymbolName(func::FuncOp function,
                              const llvm::Triple &target) {
  StringRef name = function.getName();
  if (!llvm::all_of(name, llvm::isPrint) || name.contains('@'))
    return function.emitError() << "the name of a public function must be of "
                                   "printable ASCII characters other than @";
  if (isLibraryFunction(name, target))
    return function.emitError() << "@" << name
                                << " has the name of a function of the C "
                                   "library or the runtime: rename it";
  return success();
}

/// Keeps what `_mlir_ciface_` functions call out of them: inlined, it would be
/// optimized a second time, and stand in each of its callers.
void keepWrappersApart(llvm::Module &module) {
  for (llvm::Function &function : module) {
    StringRef name = function.getName();
    if (!name.consume_front("_mlir_ciface_"))
      continue;
    llvm::Function *lowered = module.getFunction(name);
    if (lowered && !lowered->isDeclaration())
      lowered->addFnAttr(llvm::Attribute::NoInline);
  }
}

class AheadOfTimeCompiler {
public:
  AheadOfTimeCompiler(ModuleOp module, const AheadOfTimeOptions &options,
                      ArrayRef<llvm::TargetMachine *> machines)
      : module(module), options(options), machines(machines), clock(options) {}

  llvm::Expected<CompiledModule> compile();

private:
  LogicalResult expose();
  llvm::Error lower(ModuleOp version, llvm::TargetMachine &machine);
  llvm::Expected<std::unique_ptr<llvm::Module>>
  compileToLLVM(ModuleOp version, llvm::TargetMachine &machine,
                llvm::LLVMContext &context);
  llvm::Expected<std::unique_ptr<llvm::Module>>
  compileVersions(llvm::LLVMContext &context);
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> generate();
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> takeDeviceImage();

  void save(StringRef suffix, StringRef text,
            const llvm::TargetMachine &machine);
  template <typename IR>
  void saveIR(StringRef suffix, IR &ir, const llvm::TargetMachine &machine) {
    std::string text;
    llvm::raw_string_ostream(text) << ir << "\n";
    save(suffix, text, machine);
  }
  llvm::Error saveAssembly(const llvm::Module &code);

  ModuleOp module;
  const AheadOfTimeOptions &options;
  /// The last is for what all processors have.
  ArrayRef<llvm::TargetMachine *> machines;
  StageClock clock;
  std::vector<CFunction> functions;
};

std::unique_ptr<llvm::MemoryBuffer> makeBuffer(StringRef text) {
  return llvm::MemoryBuffer::getMemBufferCopy(text);
}

} // namespace

/// Makes the public functions callable from outside.
LogicalResult AheadOfTimeCompiler::expose() {
  module.getContext()
      ->loadDialect<arith::ArithDialect, bufferization::BufferizationDialect,
                    cf::ControlFlowDialect, memref::MemRefDialect,
                    tensor::TensorDialect>();
  bool takesStream = options.lowering.launch == LaunchKind::CUDA;
  SmallVector<func::FuncOp> exposed;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal())
      exposed.push_back(function);
  if (exposed.empty())
    return module.emitError("there is no public function with a body");
  const llvm::Triple &target = machines.back()->getTargetTriple();
  for (func::FuncOp function : exposed) {
    if (failed(checkSymbolName(function, target)))
      return failure();
    EntryPoint entry = prepareEntryPoint(function);
    if (!options.addCFunctions)
      continue;
    auto described = describeToC(function, entry, options.prefix, takesStream);
    if (failed(described))
      return failure();
    functions.push_back(std::move(*described));
  }
  if (failed(checkCNames(functions, target)) ||
      failed(renameLibraryFunctions(module, target)))
    return failure();
  OwningOpRef<ModuleOp> original;
  if (options.addCFunctions) {
    original = module.clone();
    if (failed(findInPlacePairs(*original, functions)))
      return failure();
  }
  for (func::FuncOp function : exposed) {
    separateCallers(module, function);
    returnThroughArguments(function);
    function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                      UnitAttr::get(module.getContext()));
  }
  return options.addCFunctions ? addSizeChecks(module, *original, functions)
                               : success();
}

/// Hands out a temporary; the suffix says which version of several it is of.
void AheadOfTimeCompiler::save(StringRef suffix, StringRef text,
                               const llvm::TargetMachine &machine) {
  if (!options.saveTemporary)
    return;
  std::string version =
      machines.size() > 1 ? (machine.getTargetCPU() + ".").str() : "";
  options.saveTemporary(version + suffix.str(), text);
}

llvm::Error AheadOfTimeCompiler::saveAssembly(const llvm::Module &code) {
  if (!options.saveTemporary)
    return llvm::Error::success();
  std::unique_ptr<llvm::Module> copy = llvm::CloneModule(code);
  auto text =
      emitCode(*copy, *machines.back(), llvm::CodeGenFileType::AssemblyFile);
  if (!text)
    return text.takeError();
  options.saveTemporary("s", (*text)->getBuffer());
  return llvm::Error::success();
}

/// What kernels become, if they are all that is wanted.
static DeviceFormat getDeviceFormat(const AheadOfTimeOptions &options) {
  switch (options.kind) {
  case OutputKind::PTX:
    return DeviceFormat::PTX;
  case OutputKind::Cubin:
    return DeviceFormat::Cubin;
  case OutputKind::Fatbin:
    return DeviceFormat::Fatbin;
  default:
    return options.lowering.deviceFormat;
  }
}

/// To the LLVM dialect, watched as the options say.
llvm::Error AheadOfTimeCompiler::lower(ModuleOp version,
                                       llvm::TargetMachine &machine) {
  LoweringOptions lowering = options.lowering;
  lowering.setTarget(machine);
  lowering.deviceFormat = getDeviceFormat(options);
  lowering.lowerHost = !isDeviceImage(options.kind);
  std::optional<Explanation> explanation;
  if (options.explanation)
    explanation.emplace(version.getContext());
  lowering.instrument = [&](PassManager &pm) {
    if (options.saveTemporary)
      saveBetweenPasses(pm, [&](StringRef suffix, StringRef text) {
        save(suffix, text, machine);
      });
    if (explanation && failed(explanation->listen(pm)))
      version.emitWarning("what passes remark is not in the explanation");
  };
  LogicalResult lowered = lowerToLLVMDialect(version, lowering);
  if (explanation) {
    if (machines.size() > 1)
      *options.explanation << "For " << machine.getTargetCPU() << ":\n";
    explanation->write(*options.explanation);
  }
  if (failed(lowered))
    return llvm::make_error<MLIRFailure>();
  if (options.saveTemporary)
    saveIR("llvm.mlir", version, machine);
  clock.finish("lower");
  return llvm::Error::success();
}

/// From the LLVM dialect to optimized LLVM IR.
llvm::Expected<std::unique_ptr<llvm::Module>>
AheadOfTimeCompiler::compileToLLVM(ModuleOp version,
                                   llvm::TargetMachine &machine,
                                   llvm::LLVMContext &context) {
  auto code = translateToLLVMIR(version, context, machine);
  if (!code)
    return code.takeError();
  keepWrappersApart(**code);
  if (llvm::Error error = addCFunctions(**code, functions))
    return error;
  llvm::internalizeModule(**code, [&](const llvm::GlobalValue &value) {
    return value.getName().starts_with("_mlir_ciface_") ||
           llvm::any_of(functions, [&](const CFunction &function) {
             return value.getName() == function.name;
           });
  });
  if (machines.size() > 1)
    markTarget(**code, machine);
  clock.finish("translate");
  if (llvm::Error error = optimize(**code, machine))
    return error;
  clock.finish("optimize");
  if (options.saveTemporary)
    saveIR("ll", **code, machine);
  return code;
}

/// The code for each of several machines, and what chooses among it.
llvm::Expected<std::unique_ptr<llvm::Module>>
AheadOfTimeCompiler::compileVersions(llvm::LLVMContext &context) {
  Multiversion versions;
  for (llvm::TargetMachine *machine : machines) {
    OwningOpRef<ModuleOp> version = module.clone();
    if (llvm::Error error = lower(*version, *machine))
      return error;
    auto code = compileToLLVM(*version, *machine, context);
    if (!code)
      return code;
    if (llvm::Error error =
            versions.add(std::move(*code), machine->getTargetCPU()))
      return error;
  }
  return versions.take();
}

/// From the module, lowered if there is one machine, to what is wanted.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
AheadOfTimeCompiler::generate() {
  llvm::LLVMContext context;
  llvm::TargetMachine &machine = *machines.back();
  auto code = machines.size() > 1 ? compileVersions(context)
                                  : compileToLLVM(module, machine, context);
  if (!code)
    return code.takeError();
  if (options.kind == OutputKind::LLVMIR) {
    std::string text;
    llvm::raw_string_ostream(text) << **code;
    return makeBuffer(text);
  }
  if (llvm::Error error = saveAssembly(**code))
    return error;
  auto buffer = emitCode(**code, machine,
                         options.kind == OutputKind::Assembly
                             ? llvm::CodeGenFileType::AssemblyFile
                             : llvm::CodeGenFileType::ObjectFile);
  clock.finish("codegen");
  return buffer;
}

/// The kernels of a module, as its pipeline has left them.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
AheadOfTimeCompiler::takeDeviceImage() {
  auto binaries = module.getOps<gpu::BinaryOp>();
  if (binaries.empty()) {
    module.emitError("there is no kernel: no function computes anything on the "
                     "GPU");
    return llvm::make_error<MLIRFailure>();
  }
  auto object = cast<gpu::ObjectAttr>((*binaries.begin()).getObjects()[0]);
  return makeBuffer(object.getObject().getValue());
}

llvm::Expected<CompiledModule> AheadOfTimeCompiler::compile() {
  if (failed(expose()))
    return llvm::make_error<MLIRFailure>();
  if (machines.size() == 1)
    if (llvm::Error error = lower(module, *machines.front()))
      return error;
  CompiledModule compiled;
  if (isDeviceImage(options.kind)) {
    auto image = takeDeviceImage();
    if (!image)
      return image.takeError();
    compiled.code = std::move(*image);
    return compiled;
  }
  if (options.kind == OutputKind::MLIR) {
    std::string text;
    llvm::raw_string_ostream os(text);
    module.print(os);
    os << "\n";
    compiled.code = makeBuffer(text);
    return compiled;
  }
  auto code = generate();
  if (!code)
    return code.takeError();
  compiled.code = std::move(*code);
  if (options.addCFunctions)
    compiled.header = writeCHeader(functions, options.headerName);
  return compiled;
}

llvm::Expected<CompiledModule>
norm::compileAheadOfTime(ModuleOp module, const AheadOfTimeOptions &options,
                         ArrayRef<llvm::TargetMachine *> machines) {
  return AheadOfTimeCompiler(module, options, machines).compile();
}
