// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"
#include "norm/Pipelines/Passes.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMMERGEGPUMODULESPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

/// The name of the module that takes all kernels.
static constexpr StringLiteral mergedName = "kernels";

namespace {
class Merger {
public:
  explicit Merger(ModuleOp module) : module(module), symbols(module) {}

  LogicalResult run();

private:
  LogicalResult move(gpu::GPUModuleOp from, gpu::GPUModuleOp to);
  void updateLaunches();

  ModuleOp module;
  SymbolTable symbols;
  /// Where kernels are now: new references by old ones.
  llvm::DenseMap<Attribute, SymbolRefAttr> references;
};
} // namespace

static SymbolRefAttr getReference(StringAttr module, StringAttr kernel) {
  return SymbolRefAttr::get(module, {FlatSymbolRefAttr::get(kernel)});
}

static bool isSameDeclaration(Operation *lhs, Operation *rhs) {
  auto left = dyn_cast<LLVM::LLVMFuncOp>(lhs);
  auto right = dyn_cast<LLVM::LLVMFuncOp>(rhs);
  return left && right && left.isExternal() && right.isExternal() &&
         left.getFunctionType() == right.getFunctionType();
}

/// A name of letters, digits, _ and $, as PTX has them.
static std::string makePTXName(StringRef name) {
  std::string result;
  for (char c : name)
    result += llvm::isAlnum(c) || c == '$' ? c : '_';
  return llvm::isDigit(result.front()) ? "_" + result : result;
}

/// Moves what a module holds behind what the other does, under new names where
/// the other has them.
LogicalResult Merger::move(gpu::GPUModuleOp from, gpu::GPUModuleOp to) {
  SymbolTable taken(to), names(from);
  for (Operation &op : llvm::make_early_inc_range(*from.getBody())) {
    auto symbol = dyn_cast<SymbolOpInterface>(op);
    if (!symbol)
      return op.emitOpError("expected symbols alone in a gpu.module");
    StringAttr oldName = symbol.getNameAttr();
    if (Operation *other = taken.lookup(oldName);
        other && isSameDeclaration(other, &op)) {
      op.erase();
      continue;
    }
    std::string base = makePTXName(oldName), name = base;
    auto isTaken = [&] {
      return taken.lookup(name) || (name != oldName && names.lookup(name));
    };
    for (unsigned suffix = 0; isTaken(); ++suffix)
      name = base + "_" + std::to_string(suffix);
    if (name != oldName && failed(names.rename(&op, name)))
      return op.emitOpError("cannot be renamed");
    references[getReference(from.getNameAttr(), oldName)] =
        getReference(to.getNameAttr(), symbol.getNameAttr());
  }
  // When all uses have the new names.
  to.getBody()->getOperations().splice(to.getBody()->end(),
                                       from.getBody()->getOperations());
  return success();
}

void Merger::updateLaunches() {
  module.walk([&](gpu::LaunchFuncOp launch) {
    if (SymbolRefAttr reference = references.lookup(launch.getKernel()))
      launch.setKernelAttr(reference);
  });
}

LogicalResult Merger::run() {
  // One per list of targets.
  llvm::MapVector<Attribute, gpu::GPUModuleOp> merged;
  SmallVector<gpu::GPUModuleOp> modules(module.getOps<gpu::GPUModuleOp>());
  OpBuilder builder(module.getContext());
  for (gpu::GPUModuleOp from : modules) {
    gpu::GPUModuleOp &to = merged[from.getTargetsAttr()];
    if (!to) {
      builder.setInsertionPoint(from);
      to = gpu::GPUModuleOp::create(builder, from.getLoc(), mergedName,
                                    from.getTargetsAttr());
      symbols.insert(to, Block::iterator(to));
    }
    if (failed(move(from, to)))
      return failure();
    symbols.erase(from);
  }
  updateLaunches();
  return success();
}

namespace {
struct MergeGPUModules
    : public norm::impl::NormMergeGPUModulesPassBase<MergeGPUModules> {
  void runOnOperation() override {
    if (failed(Merger(getOperation()).run()))
      signalPassFailure();
  }
};
} // namespace
