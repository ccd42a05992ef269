// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "HostMemory.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "norm/Pipelines/Passes.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMCHECKGPUCODEPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

/// A function of libdevice that PTX calls and nothing defines, or nothing.
static StringRef findUndefinedFunction(StringRef ptx) {
  for (StringRef rest = ptx; !rest.empty();) {
    rest = rest.split(".extern .func").second;
    StringRef name = rest.take_until([](char c) { return c == ';'; });
    size_t begin = name.find("__nv_");
    if (begin != StringRef::npos)
      return name.drop_front(begin).take_while(
          [](char c) { return llvm::isAlnum(c) || c == '_'; });
  }
  return "";
}

static LogicalResult checkBinary(gpu::BinaryOp binary) {
  for (auto object : binary.getObjects().getAsRange<gpu::ObjectAttr>()) {
    if (object.getFormat() != gpu::CompilationTarget::Assembly)
      continue;
    StringRef undefined = findUndefinedFunction(object.getObject().getValue());
    if (!undefined.empty())
      return mlir::emitError(binary.getLoc())
             << "a kernel calls " << undefined
             << ", of CUDA's libdevice, which was not found: it is in "
                "nvvm/libdevice of CUDA's toolkit, which the option toolkit or "
                "CUDA_HOME names";
  }
  return success();
}

/// Whether the host itself would read or write a memref's elements.
static bool accessesMemRef(Operation *op) {
  auto effects = dyn_cast<MemoryEffectOpInterface>(op);
  if (!effects || isa<LLVM::LLVMDialect, gpu::GPUDialect>(op->getDialect()) ||
      isa<memref::AllocOp, memref::DeallocOp, memref::CopyOp>(op))
    return false;
  SmallVector<MemoryEffects::EffectInstance> instances;
  effects.getEffects(instances);
  return llvm::any_of(instances, [](const auto &effect) {
    return effect.getValue() &&
           isa<BaseMemRefType>(effect.getValue().getType());
  });
}

/// A call that hands the GPU's memory to code that is not here.
static bool callsOutside(Operation *op, const SymbolTable &symbols) {
  auto call = dyn_cast<func::CallOp>(op);
  if (!call)
    return false;
  auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
  return (!callee || callee.isDeclaration()) &&
         llvm::any_of(call->getOperandTypes(), llvm::IsaPred<BaseMemRefType>);
}

static LogicalResult checkHost(func::FuncOp function,
                               const SymbolTable &symbols) {
  if (isDeallocHelper(function))
    return success();
  WalkResult result = function.walk([&](Operation *op) {
    if (isOnHostMemory(op, symbols))
      return WalkResult::advance();
    if (callsOutside(op, symbols)) {
      mlir::emitError(op->getLoc())
          << "the called function would get memory of the GPU and no stream: "
             "expected a function of this module";
      return WalkResult::interrupt();
    }
    if (!accessesMemRef(op))
      return WalkResult::advance();
    op->emitOpError(
        "would access memory of the GPU on the host, which has no lowering");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

namespace {
struct CheckGPUCode
    : public norm::impl::NormCheckGPUCodePassBase<CheckGPUCode> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    for (auto binary : module.getOps<gpu::BinaryOp>())
      if (failed(checkBinary(binary)))
        return signalPassFailure();
    for (auto function : module.getOps<func::FuncOp>())
      if (failed(checkHost(function, symbols)))
        return signalPassFailure();
  }
};
} // namespace
