// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host's side of GPU code: calls of lib/Runtime/CUDA.

#include "HostMemory.h"
#include "RuntimeCalls.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Utils/MemRefUtils.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMGPUTOCUDACALLSPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

/// What the driver and the loads of an image's headers ask for.
static constexpr int64_t imageAlignment = 64;
/// What norm_cuda_allocate gives.
static constexpr int64_t allocationAlignment = 256;
/// Of destructors, behind which nothing of the system's own comes.
static constexpr int32_t defaultPriority = 65535;

namespace {
class CUDACalls : private norm::RuntimeCalls {
public:
  using RuntimeCalls::RuntimeCalls;

  LogicalResult run();

private:
  LogicalResult addStreams();
  LogicalResult convertBinary(gpu::BinaryOp binary);
  LogicalResult convertOp(Operation *op);
  LogicalResult convertLaunch(gpu::LaunchFuncOp launch);
  LogicalResult convertAlloc(memref::AllocOp op);
  LogicalResult convertCopy(memref::CopyOp op);
  LogicalResult convertGetGlobal(memref::GetGlobalOp op);
  void appendArgument(Location loc, Value operand,
                      SmallVectorImpl<Value> &arguments);
  Value getAddress(Location loc, Value memref);
  Value getNumBytes(Location loc, Value memref);
  Value getStream(Operation *user);
  void addDestructor();

  /// Per binary, the global that the runtime knows it by.
  llvm::MapVector<StringAttr, LLVM::GlobalOp> modules;
  /// The globals that constants are known by.
  SmallVector<LLVM::GlobalOp> constants;
};
} // namespace

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// Whether a function does what needs a stream, calls apart.
static bool usesStream(func::FuncOp function) {
  return function
      .walk([](Operation *op) {
        bool isUse = isa<memref::AllocOp, memref::DeallocOp, memref::CopyOp,
                         memref::GetGlobalOp>(op) ||
                     isa<gpu::GPUDialect>(op->getDialect());
        return isUse ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Public functions, and those that need it, have a stream as their last
/// argument, and hand it on.
LogicalResult CUDACalls::addStreams() {
  llvm::SetVector<func::FuncOp> users;
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isDeclaration() &&
        (function.isPublic() || usesStream(function)))
      users.insert(function);
  SmallVector<func::CallOp> calls;
  module.walk([&](func::CallOp call) { calls.push_back(call); });
  auto getCallee = [&](func::CallOp call) {
    return symbols.lookup<func::FuncOp>(call.getCallee());
  };
  for (size_t known = 0; known != users.size();) {
    known = users.size();
    for (func::CallOp call : calls)
      if (users.contains(getCallee(call)))
        users.insert(call->getParentOfType<func::FuncOp>());
  }
  for (func::FuncOp function : users)
    if (failed(function.insertArgument(function.getNumArguments(), pointer,
                                       /*argAttrs=*/{}, function.getLoc())))
      return failure();
  for (func::CallOp call : calls)
    if (users.contains(getCallee(call)))
      call.getOperandsMutable().append(getStream(call));
  return success();
}

Value CUDACalls::getStream(Operation *user) {
  return user->getParentOfType<func::FuncOp>().getArguments().back();
}

//===----------------------------------------------------------------------===//
// Images
//===----------------------------------------------------------------------===//

LogicalResult CUDACalls::convertBinary(gpu::BinaryOp binary) {
  Location loc = binary.getLoc();
  auto object = cast<gpu::ObjectAttr>(binary.getObjects()[0]);
  auto target = dyn_cast<NVVM::NVVMTargetAttr>(object.getTarget());
  if (binary.getObjects().size() != 1 || !target)
    return binary.emitOpError("expected one object, for an NVVM target");
  if (object.getFormat() == gpu::CompilationTarget::Offload)
    return binary.emitOpError(
        "holds LLVM bitcode, which no driver loads: expected the format isa, "
        "bin or fatbin");
  std::string image = object.getObject().getValue().str();
  if (object.getFormat() == gpu::CompilationTarget::Assembly)
    image.push_back('\0');
  LLVM::GlobalOp imageGlobal =
      addBytes(loc, (binary.getName() + "_image").str(), image);
  imageGlobal.setAlignment(imageAlignment);
  std::string chip = target.getChip().str();
  LLVM::GlobalOp chipGlobal =
      addBytes(loc, (binary.getName() + "_chip").str(),
               StringRef(chip.c_str(), chip.size() + 1));
  auto type = LLVM::LLVMStructType::getLiteral(
      rewriter.getContext(), {pointer, pointer, rewriter.getI64Type()});
  LLVM::GlobalOp global = addGlobal(loc, (binary.getName() + "_module").str(),
                                    type, /*value=*/nullptr);
  global.setConstant(false);
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.createBlock(&global.getInitializerRegion());
  Value fields[] = {LLVM::AddressOfOp::create(rewriter, loc, imageGlobal),
                    LLVM::AddressOfOp::create(rewriter, loc, chipGlobal),
                    constant(loc, rewriter.getI64Type(), 0)};
  LLVM::ReturnOp::create(rewriter, loc, aggregate(loc, type, fields));
  modules[binary.getNameAttr()] = global;
  return success();
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

/// Appends what a kernel takes for an operand: the fields of memrefs, one by
/// one.
void CUDACalls::appendArgument(Location loc, Value operand,
                               SmallVectorImpl<Value> &arguments) {
  auto type = dyn_cast<MemRefType>(operand.getType());
  if (!type) {
    arguments.push_back(asInteger(loc, operand));
    return;
  }
  auto metadata =
      memref::ExtractStridedMetadataOp::create(rewriter, loc, operand);
  Value address = getAddress(loc, metadata.getBaseBuffer());
  arguments.append({address, address});
  arguments.push_back(asInteger(loc, metadata.getOffset()));
  for (Value size : metadata.getSizes())
    arguments.push_back(asInteger(loc, size));
  for (Value stride : metadata.getStrides())
    arguments.push_back(asInteger(loc, stride));
}

LogicalResult CUDACalls::convertLaunch(gpu::LaunchFuncOp launch) {
  Location loc = launch.getLoc();
  auto global = modules.find(launch.getKernelModuleName());
  if (global == modules.end())
    return launch.emitOpError("expected a kernel of a gpu.binary");
  if (!launch.getAsyncDependencies().empty() || launch.getAsyncToken())
    return launch.emitOpError("expected no async tokens");
  SmallVector<Value> arguments, addresses;
  for (Value operand : launch.getKernelOperands())
    appendArgument(loc, operand, arguments);
  for (Value argument : arguments)
    addresses.push_back(place(launch, argument));
  Type i64 = rewriter.getI64Type();
  std::optional<gpu::KernelDim3> clusters;
  if (launch.hasClusterSize())
    clusters = launch.getClusterSizeOperandValues();
  Value dynamicBytes = constant(loc, i64, 0);
  if (Value bytes = launch.getDynamicSharedMemorySize())
    dynamicBytes = LLVM::ZExtOp::create(rewriter, loc, i64, bytes);
  Value fields[] = {sizes(loc, launch.getGridSizeOperandValues()),
                    sizes(loc, launch.getBlockSizeOperandValues()),
                    sizes(loc, clusters), dynamicBytes};
  Type array = fields[0].getType();
  auto gridType = LLVM::LLVMStructType::getLiteral(rewriter.getContext(),
                                                   {array, array, array, i64});
  auto listType =
      LLVM::LLVMArrayType::get(pointer, std::max<size_t>(addresses.size(), 1));
  std::string name = launch.getKernelName().str();
  call(loc, "norm_cuda_launch", nullptr,
       {LLVM::AddressOfOp::create(rewriter, loc, global->second),
        string(loc, name + "_name", name),
        place(launch, aggregate(loc, gridType, fields)),
        place(launch, aggregate(loc, listType, addresses)), getStream(launch)});
  rewriter.eraseOp(launch);
  return success();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Of a memref's first element.
Value CUDACalls::getAddress(Location loc, Value memref) {
  Value address = asInteger(loc, memref::ExtractAlignedPointerAsIndexOp::create(
                                     rewriter, loc, memref));
  return LLVM::IntToPtrOp::create(rewriter, loc, pointer, address);
}

static int64_t getElementBytes(MemRefType type) {
  return llvm::divideCeil(
      DataLayout().getTypeSizeInBits(type.getElementType()).getFixedValue(), 8);
}

/// Of a memref that is one block.
Value CUDACalls::getNumBytes(Location loc, Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  Type i64 = rewriter.getI64Type();
  Value bytes = constant(loc, i64, getElementBytes(type));
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    Value size =
        asInteger(loc, memref::DimOp::create(rewriter, loc, memref, dim));
    bytes = LLVM::MulOp::create(rewriter, loc, bytes, size);
  }
  return bytes;
}

LogicalResult CUDACalls::convertAlloc(memref::AllocOp op) {
  Location loc = op.getLoc();
  MemRefType type = op.getType();
  if (!type.getLayout().isIdentity() || type.getMemorySpace() ||
      op.getAlignment().value_or(1) > allocationAlignment)
    return op.emitOpError("has no GPU lowering: expected a memref of identity "
                          "layout in the default memory space, aligned to at "
                          "most ")
           << allocationAlignment << " bytes";
  Type i64 = rewriter.getI64Type();
  int64_t fixed = getElementBytes(type);
  for (int64_t size : type.getShape())
    fixed *= ShapedType::isDynamic(size) ? 1 : size;
  Value bytes = constant(loc, i64, fixed);
  for (Value size : op.getDynamicSizes())
    bytes = LLVM::MulOp::create(rewriter, loc, bytes, asInteger(loc, size));
  Value memory =
      call(loc, "norm_cuda_allocate", pointer, {bytes, getStream(op)});
  rewriter.replaceOp(op, makeMemRef(loc, type, memory, op.getDynamicSizes()));
  return success();
}

LogicalResult CUDACalls::convertCopy(memref::CopyOp op) {
  Location loc = op.getLoc();
  for (Value memref : {op.getSource(), op.getTarget()}) {
    auto type = dyn_cast<MemRefType>(memref.getType());
    if (!type || !(type.getLayout().isIdentity() ||
                   memref::isStaticShapeAndContiguousRowMajor(type)))
      return op.emitOpError("has no GPU lowering: expected contiguous memrefs");
  }
  auto addressOf = [&](Value memref) -> Value {
    Value address = getAddress(loc, memref);
    auto [strides, offset] =
        cast<MemRefType>(memref.getType()).getStridesAndOffset();
    if (offset == 0)
      return address;
    auto metadata =
        memref::ExtractStridedMetadataOp::create(rewriter, loc, memref);
    Type element = cast<MemRefType>(memref.getType()).getElementType();
    return LLVM::GEPOp::create(
        rewriter, loc, pointer, element, address,
        ArrayRef<LLVM::GEPArg>{asInteger(loc, metadata.getOffset())});
  };
  call(loc, "norm_cuda_copy", nullptr,
       {addressOf(op.getTarget()), addressOf(op.getSource()),
        getNumBytes(loc, op.getSource()), getStream(op)});
  rewriter.eraseOp(op);
  return success();
}

/// Constants are in the host's memory.
LogicalResult CUDACalls::convertGetGlobal(memref::GetGlobalOp op) {
  Location loc = op.getLoc();
  auto global = symbols.lookup<memref::GlobalOp>(op.getName());
  if (!global || !global.getConstant())
    return op.emitOpError(
        "has no GPU lowering: the global is not constant, and is in the host's "
        "memory");
  MemRefType type = op.getType();
  if (!type.getLayout().isIdentity() || type.getMemorySpace())
    return op.emitOpError("has no GPU lowering: expected a memref of identity "
                          "layout in the default memory space");
  std::string name = (op.getName() + "_on_device").str();
  Type i64 = rewriter.getI64Type();
  auto id = symbols.lookup<LLVM::GlobalOp>(name);
  if (!id) {
    id = addGlobal(loc, name, i64, rewriter.getI64IntegerAttr(0));
    id.setConstant(false);
    constants.push_back(id);
  }
  rewriter.setInsertionPointAfter(op);
  auto data = memref::ExtractAlignedPointerAsIndexOp::create(rewriter, loc, op);
  Value address =
      LLVM::IntToPtrOp::create(rewriter, loc, pointer, asInteger(loc, data));
  int64_t numBytes = type.getNumElements() * getElementBytes(type);
  Value memory = call(loc, "norm_cuda_get_constant", pointer,
                      {LLVM::AddressOfOp::create(rewriter, loc, id), address,
                       constant(loc, i64, numBytes), getStream(op)});
  rewriter.replaceAllUsesExcept(op, makeMemRef(loc, type, memory), data);
  return success();
}

//===----------------------------------------------------------------------===//
// All of it
//===----------------------------------------------------------------------===//

LogicalResult CUDACalls::convertOp(Operation *op) {
  if (isOnHostMemory(op, symbols))
    return success();
  rewriter.setInsertionPoint(op);
  if (auto launch = dyn_cast<gpu::LaunchFuncOp>(op))
    return convertLaunch(launch);
  if (auto alloc = dyn_cast<memref::AllocOp>(op))
    return convertAlloc(alloc);
  if (auto copy = dyn_cast<memref::CopyOp>(op))
    return convertCopy(copy);
  if (auto get = dyn_cast<memref::GetGlobalOp>(op))
    return convertGetGlobal(get);
  if (auto dealloc = dyn_cast<memref::DeallocOp>(op)) {
    call(op->getLoc(), "norm_cuda_free", nullptr,
         {getAddress(op->getLoc(), dealloc.getMemref()), getStream(op)});
    rewriter.eraseOp(op);
    return success();
  }
  if (isa<gpu::GPUDialect>(op->getDialect()))
    return op->emitOpError("has no lowering to calls of the CUDA runtime");
  return success();
}

/// Frees what was loaded when the code is unloaded.
void CUDACalls::addDestructor() {
  SmallVector<std::pair<LLVM::GlobalOp, StringRef>> loaded;
  for (auto &entry : modules)
    loaded.push_back({entry.second, "norm_cuda_unload"});
  for (LLVM::GlobalOp constant : constants)
    loaded.push_back({constant, "norm_cuda_free_constant"});
  if (loaded.empty())
    return;
  Location loc = module.getLoc();
  rewriter.setInsertionPointToEnd(module.getBody());
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(rewriter.getContext()), {});
  auto function = LLVM::LLVMFuncOp::create(
      rewriter, loc, "norm_cuda_unload_all", type, LLVM::Linkage::Internal);
  symbols.insert(function);
  rewriter.setInsertionPointToStart(function.addEntryBlock(rewriter));
  for (auto [global, unload] : loaded)
    call(loc, unload, nullptr,
         {LLVM::AddressOfOp::create(rewriter, loc, global)});
  LLVM::ReturnOp::create(rewriter, loc, ValueRange());
  rewriter.setInsertionPointAfter(function);
  Attribute data = LLVM::ZeroAttr::get(rewriter.getContext());
  LLVM::GlobalDtorsOp::create(
      rewriter, loc, rewriter.getArrayAttr(FlatSymbolRefAttr::get(function)),
      rewriter.getI32ArrayAttr({defaultPriority}), rewriter.getArrayAttr(data));
}

LogicalResult CUDACalls::run() {
  if (failed(addStreams()))
    return failure();
  SmallVector<gpu::BinaryOp> binaries(module.getOps<gpu::BinaryOp>());
  for (gpu::BinaryOp binary : binaries)
    if (failed(convertBinary(binary)))
      return failure();
  SmallVector<Operation *> ops;
  for (auto function : module.getOps<func::FuncOp>())
    if (!isDeallocHelper(function))
      function.walk([&](Operation *op) {
        if (op != function)
          ops.push_back(op);
      });
  for (Operation *op : ops)
    if (failed(convertOp(op)))
      return failure();
  addDestructor();
  for (gpu::BinaryOp binary : binaries)
    binary.erase();
  module->removeAttr(gpu::GPUDialect::getContainerModuleAttrName());
  return success();
}

namespace {
struct GPUToCUDACalls
    : public norm::impl::NormGPUToCUDACallsPassBase<GPUToCUDACalls> {
  void runOnOperation() override {
    if (failed(CUDACalls(getOperation()).run()))
      signalPassFailure();
  }
};
} // namespace
