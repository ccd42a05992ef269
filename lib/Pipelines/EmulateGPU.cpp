// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GPU kernels as functions of the host, which lib/Runtime/Emulator runs.

#include "RuntimeCalls.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMEMULATEGPUPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

/// Where a kernel's buffers of workgroup memory begin: multiples of this.
static constexpr int64_t bufferAlignment = 16;

namespace {
class Emulation : private norm::RuntimeCalls {
public:
  using RuntimeCalls::RuntimeCalls;

  LogicalResult run();

private:
  /// What a launch needs to know of a kernel.
  struct Kernel {
    func::FuncOp function;
    LLVM::LLVMStructType arguments;
    int64_t workgroupBytes = 0;
  };

  /// How an argument of a kernel travels: memrefs as their descriptors.
  Type getPackedType(Type type);
  Value pack(Value argument);
  Value unpack(Value packed, Type type);

  FailureOr<Kernel> convertKernel(gpu::GPUFuncOp kernel);
  void passArguments(gpu::GPUFuncOp kernel, Value packed,
                     LLVM::LLVMStructType type);
  LogicalResult provideWorkgroupMemory(gpu::GPUFuncOp kernel, int64_t &bytes);
  LogicalResult convertOps(Kernel &kernel);
  LogicalResult convertClusterOp(Operation *op);
  void convertRequestedMemory(LLVM::AddressOfOp op, const Kernel &kernel);
  void convertLaunch(gpu::LaunchFuncOp launch, Kernel kernel);

  Value widenDescriptor(Location loc, Value narrow);
};
} // namespace

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

Type Emulation::getPackedType(Type type) {
  Type i64 = rewriter.getI64Type();
  if (type.isIndex())
    return i64;
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref)
    return type;
  SmallVector<Type> fields = {pointer, pointer, i64};
  if (memref.getRank() > 0)
    fields.append(2, LLVM::LLVMArrayType::get(i64, memref.getRank()));
  return LLVM::LLVMStructType::getLiteral(rewriter.getContext(), fields);
}

Value Emulation::pack(Value argument) {
  Type type = argument.getType(), packed = getPackedType(type);
  if (type == packed)
    return argument;
  if (type.isIndex())
    return asInteger(argument.getLoc(), argument);
  return UnrealizedConversionCastOp::create(rewriter, argument.getLoc(), packed,
                                            argument)
      .getResult(0);
}

Value Emulation::unpack(Value packed, Type type) {
  if (type == packed.getType())
    return packed;
  if (type.isIndex())
    return arith::IndexCastOp::create(rewriter, packed.getLoc(), type, packed);
  return UnrealizedConversionCastOp::create(rewriter, packed.getLoc(), type,
                                            packed)
      .getResult(0);
}

void Emulation::passArguments(gpu::GPUFuncOp kernel, Value packed,
                              LLVM::LLVMStructType type) {
  Location loc = kernel.getLoc();
  for (auto [index, field] : llvm::enumerate(type.getBody())) {
    Value address =
        LLVM::GEPOp::create(rewriter, loc, pointer, type, packed,
                            ArrayRef<LLVM::GEPArg>{0, int32_t(index)});
    Value loaded = LLVM::LoadOp::create(rewriter, loc, field, address);
    BlockArgument argument = kernel.getArgument(index);
    argument.replaceAllUsesWith(unpack(loaded, argument.getType()));
  }
}

LogicalResult Emulation::provideWorkgroupMemory(gpu::GPUFuncOp kernel,
                                                int64_t &bytes) {
  Location loc = kernel.getLoc();
  bytes = 0;
  for (BlockArgument buffer : kernel.getWorkgroupAttributions()) {
    auto type = cast<MemRefType>(buffer.getType());
    if (!type.hasStaticShape() || !type.getLayout().isIdentity() ||
        !type.getElementType().isIntOrIndexOrFloat())
      return kernel.emitOpError()
             << "expected workgroup memory of static shape and scalars, got "
             << type;
    Value memory = call(loc, "norm_emulated_workgroup_memory", pointer, {});
    memory =
        LLVM::GEPOp::create(rewriter, loc, pointer, rewriter.getI8Type(),
                            memory, ArrayRef<LLVM::GEPArg>{int32_t(bytes)});
    auto plain = MemRefType::get(type.getShape(), type.getElementType());
    buffer.replaceAllUsesWith(makeMemRef(loc, plain, memory));
    int64_t element = type.getElementType().isIndex()
                          ? sizeof(int64_t)
                          : llvm::divideCeil(type.getElementTypeBitWidth(), 8);
    bytes =
        llvm::alignTo(bytes + type.getNumElements() * element, bufferAlignment);
  }
  return success();
}

FailureOr<Emulation::Kernel> Emulation::convertKernel(gpu::GPUFuncOp kernel) {
  Location loc = kernel.getLoc();
  if (!kernel.getBody().hasOneBlock())
    return kernel.emitOpError("expected structured control flow");
  Kernel result;
  SmallVector<Type> types =
      llvm::map_to_vector(kernel.getFunctionType().getInputs(),
                          [&](Type type) { return getPackedType(type); });
  result.arguments =
      LLVM::LLVMStructType::getLiteral(rewriter.getContext(), types);
  rewriter.setInsertionPointToEnd(module.getBody());
  result.function = func::FuncOp::create(
      rewriter, loc, (kernel.getName() + "_emulated").str(),
      rewriter.getFunctionType({pointer}, {}));
  result.function.setPrivate();
  result.function->setAttr(
      "llvm.linkage",
      LLVM::LinkageAttr::get(rewriter.getContext(), LLVM::Linkage::Internal));
  symbols.insert(result.function);
  Block *entry = result.function.addEntryBlock();
  rewriter.setInsertionPointToStart(entry);
  passArguments(kernel, entry->getArgument(0), result.arguments);
  if (failed(provideWorkgroupMemory(kernel, result.workgroupBytes)))
    return failure();
  Block &body = kernel.getBody().front();
  entry->getOperations().splice(entry->end(), body.getOperations());
  if (failed(convertOps(result)))
    return failure();
  return result;
}

/// The descriptor of a memref with indices of 32 bits as one of 64.
Value Emulation::widenDescriptor(Location loc, Value narrow) {
  auto type = cast<LLVM::LLVMStructType>(narrow.getType());
  Type i64 = rewriter.getI64Type();
  SmallVector<Type> fields = {type.getBody()[0], type.getBody()[1], i64};
  for (Type field : type.getBody().drop_front(3))
    fields.push_back(LLVM::LLVMArrayType::get(
        i64, cast<LLVM::LLVMArrayType>(field).getNumElements()));
  Value wide = LLVM::PoisonOp::create(
      rewriter, loc,
      LLVM::LLVMStructType::getLiteral(rewriter.getContext(), fields));
  auto copy = [&](ArrayRef<int64_t> position) {
    Value value = LLVM::ExtractValueOp::create(rewriter, loc, narrow, position);
    if (value.getType().isInteger())
      value = LLVM::SExtOp::create(rewriter, loc, i64, value);
    wide = LLVM::InsertValueOp::create(rewriter, loc, wide, value, position);
  };
  for (int64_t field = 0; field < 3; ++field)
    copy(field);
  for (int64_t field = 3, e = fields.size(); field < e; ++field) {
    int64_t rank = cast<LLVM::LLVMArrayType>(fields[field]).getNumElements();
    for (int64_t i = 0; i < rank; ++i)
      copy({field, i});
  }
  return wide;
}

/// The memory that a launch asks for, an external variable of the kernel's
/// module, lies behind the kernel's own.
void Emulation::convertRequestedMemory(LLVM::AddressOfOp op,
                                       const Kernel &kernel) {
  Location loc = op.getLoc();
  Value memory = call(loc, "norm_emulated_workgroup_memory", pointer, {});
  memory = LLVM::GEPOp::create(
      rewriter, loc, pointer, rewriter.getI8Type(), memory,
      ArrayRef<LLVM::GEPArg>{int32_t(kernel.workgroupBytes)});
  rewriter.replaceOpWithNewOp<LLVM::AddrSpaceCastOp>(op, op.getType(), memory);
}

/// What NVVM alone has: clusters of blocks.
LogicalResult Emulation::convertClusterOp(Operation *op) {
  Location loc = op->getLoc();
  if (auto map = dyn_cast<NVVM::MapaOp>(op)) {
    Value address =
        LLVM::AddrSpaceCastOp::create(rewriter, loc, pointer, map.getA());
    Value mapped = call(loc, "norm_emulated_map_workgroup_memory", pointer,
                        {address, map.getB()});
    rewriter.replaceOpWithNewOp<LLVM::AddrSpaceCastOp>(op, map.getType(),
                                                       mapped);
  } else if (isa<NVVM::ClusterArriveOp, NVVM::ClusterArriveRelaxedOp>(op)) {
    call(loc, "norm_emulated_cluster_arrive", nullptr, {});
    rewriter.eraseOp(op);
  } else if (isa<NVVM::ClusterWaitOp>(op)) {
    call(loc, "norm_emulated_cluster_wait", nullptr, {});
    rewriter.eraseOp(op);
  } else {
    return op->emitOpError("has no emulation");
  }
  return success();
}

LogicalResult Emulation::convertOps(Kernel &kernel) {
  Type i32 = rewriter.getI32Type(), i64 = rewriter.getI64Type();
  SmallVector<Operation *> ops;
  kernel.function.walk([&](Operation *op) { ops.push_back(op); });
  for (Operation *op : ops) {
    Location loc = op->getLoc();
    rewriter.setInsertionPoint(op);
    auto askFor = [&](StringRef what, gpu::Dimension dim) {
      Value number = call(loc, ("norm_emulated_" + what).str(), i64,
                          constant(loc, i32, int64_t(dim)));
      rewriter.replaceOpWithNewOp<arith::IndexCastOp>(
          op, rewriter.getIndexType(), number);
    };
    if (auto id = dyn_cast<gpu::ThreadIdOp>(op)) {
      askFor("thread_id", id.getDimension());
    } else if (auto id = dyn_cast<gpu::BlockIdOp>(op)) {
      askFor("block_id", id.getDimension());
    } else if (auto size = dyn_cast<gpu::BlockDimOp>(op)) {
      askFor("block_dim", size.getDimension());
    } else if (auto size = dyn_cast<gpu::GridDimOp>(op)) {
      askFor("grid_dim", size.getDimension());
    } else if (isa<gpu::BarrierOp>(op)) {
      call(loc, "norm_emulated_barrier", nullptr, {});
      rewriter.eraseOp(op);
    } else if (auto shuffle = dyn_cast<gpu::ShuffleOp>(op)) {
      if (shuffle.getMode() != gpu::ShuffleMode::XOR ||
          shuffle.getValue().getType() != i32)
        return shuffle.emitOpError(
            "has no emulation, expected a shuffle xor of i32");
      Value exchanged = call(loc, "norm_emulated_shuffle_xor", i32,
                             {shuffle.getValue(), shuffle.getOffset()});
      Value valid =
          LLVM::ConstantOp::create(rewriter, loc, rewriter.getBoolAttr(true));
      rewriter.replaceOp(op, {exchanged, valid});
    } else if (isa<gpu::ReturnOp>(op)) {
      rewriter.replaceOpWithNewOp<func::ReturnOp>(op);
    } else if (auto cast = dyn_cast<UnrealizedConversionCastOp>(op)) {
      auto type =
          cast.getNumOperands() == 1
              ? dyn_cast<LLVM::LLVMStructType>(cast.getOperand(0).getType())
              : LLVM::LLVMStructType();
      if (type && type.getBody().size() >= 3 && type.getBody()[2] == i32)
        cast->setOperand(0, widenDescriptor(loc, cast.getOperand(0)));
    } else if (auto memory = dyn_cast<LLVM::AddressOfOp>(op)) {
      convertRequestedMemory(memory, kernel);
    } else if (isa<NVVM::NVVMDialect>(op->getDialect())) {
      if (failed(convertClusterOp(op)))
        return failure();
    } else if (isa<gpu::GPUDialect>(op->getDialect())) {
      return op->emitOpError("has no emulation");
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

void Emulation::convertLaunch(gpu::LaunchFuncOp launch, Kernel kernel) {
  Location loc = launch.getLoc();
  rewriter.setInsertionPoint(launch);
  SmallVector<Value> arguments = llvm::map_to_vector(
      launch.getKernelOperands(), [&](Value value) { return pack(value); });
  Value function =
      func::ConstantOp::create(rewriter, loc, kernel.function.getFunctionType(),
                               SymbolRefAttr::get(kernel.function));
  function =
      UnrealizedConversionCastOp::create(rewriter, loc, pointer, function)
          .getResult(0);
  Value text = string(loc, (kernel.function.getName() + "_name").str(),
                      launch.getKernelName());
  Value packed = place(launch, aggregate(loc, kernel.arguments, arguments));
  Value blocks = place(launch, sizes(loc, launch.getGridSizeOperandValues()));
  Value threads = place(launch, sizes(loc, launch.getBlockSizeOperandValues()));
  Type i64 = rewriter.getI64Type();
  Value asked = launch.getDynamicSharedMemorySize();
  asked = asked ? LLVM::ZExtOp::create(rewriter, loc, i64, asked).getResult()
                : constant(loc, i64, 0);
  Value clusterSize = launch.getClusterSizeX();
  clusterSize =
      clusterSize ? asInteger(loc, clusterSize) : constant(loc, i64, 1);
  call(loc, "norm_emulated_launch", nullptr,
       {text, function, packed, blocks, threads,
        constant(loc, i64, kernel.workgroupBytes), asked, clusterSize});
  rewriter.eraseOp(launch);
}

LogicalResult Emulation::run() {
  llvm::DenseMap<Attribute, Kernel> kernels;
  SmallVector<gpu::GPUModuleOp> modules(module.getOps<gpu::GPUModuleOp>());
  for (gpu::GPUModuleOp gpuModule : modules)
    for (auto kernel :
         llvm::make_early_inc_range(gpuModule.getOps<gpu::GPUFuncOp>())) {
      FailureOr<Kernel> converted = convertKernel(kernel);
      if (failed(converted))
        return failure();
      auto name =
          SymbolRefAttr::get(gpuModule.getNameAttr(),
                             {FlatSymbolRefAttr::get(kernel.getNameAttr())});
      kernels[name] = *converted;
    }
  SmallVector<gpu::LaunchFuncOp> launches;
  module.walk([&](gpu::LaunchFuncOp launch) { launches.push_back(launch); });
  for (gpu::LaunchFuncOp launch : launches) {
    auto kernel = kernels.find(launch.getKernel());
    if (kernel == kernels.end())
      return launch.emitOpError("expected a kernel of this module");
    convertLaunch(launch, kernel->second);
  }
  for (gpu::GPUModuleOp gpuModule : modules)
    gpuModule.erase();
  module->removeAttr(gpu::GPUDialect::getContainerModuleAttrName());
  return success();
}

namespace {
struct EmulateGPU : public norm::impl::NormEmulateGPUPassBase<EmulateGPU> {
  void runOnOperation() override {
    if (failed(Emulation(getOperation()).run()))
      signalPassFailure();
  }
};
} // namespace
