// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Compiler/EntryPoint.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "norm/Pipelines/Pipelines.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Analysis/TargetLibraryInfo.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

/// Follows a memref through views and calls to what may write it.
class WriteSearch {
public:
  bool mayWrite(Value memref) {
    if (!visited.insert(memref).second)
      return false;
    return llvm::any_of(memref.getUses(),
                        [&](OpOperand &use) { return mayWrite(use); });
  }

private:
  bool mayWrite(OpOperand &use) {
    Operation *op = use.getOwner();
    if (op->hasTrait<OpTrait::ReturnLike>())
      return false;
    if (auto call = dyn_cast<func::CallOp>(op)) {
      auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
          op, call.getCalleeAttr());
      return !callee || callee.isExternal() ||
             mayWrite(callee.getArgument(use.getOperandNumber()));
    }
    if (isa<ViewLikeOpInterface>(op))
      return llvm::any_of(op->getResults(),
                          [&](Value view) { return mayWrite(view); });
    auto effects = dyn_cast<MemoryEffectOpInterface>(op);
    if (!effects)
      return true;
    SmallVector<MemoryEffects::EffectInstance> onValue;
    effects.getEffectsOnValue(use.get(), onValue);
    return llvm::any_of(onValue, [](const auto &effect) {
      return isa<MemoryEffects::Write>(effect.getEffect());
    });
  }

  llvm::DenseSet<Value> visited;
};

llvm::Expected<func::FuncOp> findFunction(ModuleOp module, StringRef name) {
  if (!name.empty()) {
    if (auto function = module.lookupSymbol<func::FuncOp>(name))
      return function;
    return llvm::createStringError("there is no function @" + name);
  }
  if (auto function = module.lookupSymbol<func::FuncOp>("main"))
    return function;
  SmallVector<func::FuncOp> candidates;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal())
      candidates.push_back(function);
  if (candidates.size() == 1)
    return candidates.front();
  if (candidates.empty())
    return llvm::createStringError("there is no public function to call");
  return llvm::createStringError(
      "there are " + Twine(candidates.size()) +
      " public functions and none is @main: name one");
}

} // namespace

EntryPoint norm::prepareEntryPoint(func::FuncOp function) {
  EntryPoint entry;
  entry.name = function.getName().str();
  llvm::append_range(entry.arguments, function.getArgumentTypes());
  llvm::append_range(entry.results, function.getResultTypes());
  entry.hasOutParams = returnsThroughOutParams(function.getResultTypes());
  function.setPublic();
  StringRef writable = bufferization::BufferizationDialect::kWritableAttrName;
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    entry.isWritten.push_back(isa<MemRefType>(argument.getType()) &&
                              WriteSearch().mayWrite(argument));
    if (isa<TensorType>(argument.getType()) &&
        !function.getArgAttr(index, writable))
      function.setArgAttr(index, writable,
                          BoolAttr::get(function.getContext(), false));
  }
  return entry;
}

llvm::Expected<EntryPoint> norm::prepareEntryPoint(ModuleOp module,
                                                   StringRef name) {
  llvm::Expected<func::FuncOp> function = findFunction(module, name);
  if (!function)
    return function.takeError();
  if (function->isExternal())
    return llvm::createStringError("function @" + function->getName() +
                                   " has no body");
  return prepareEntryPoint(*function);
}

bool norm::isLibraryFunction(StringRef name, const llvm::Triple &target) {
  llvm::LibFunc known;
  return llvm::TargetLibraryInfoImpl(target).getLibFunc(name, known) ||
         name.starts_with("norm_cuda_") || name.starts_with("norm_emulated_");
}

LogicalResult norm::renameLibraryFunctions(ModuleOp module,
                                           const llvm::Triple &target) {
  SymbolTable symbols(module);
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal() &&
        isLibraryFunction(function.getName(), target) &&
        failed(symbols.renameToUnique(function, {})))
      return function.emitError()
             << "@" << function.getName()
             << " has the name of a function of a library: rename it";
  return success();
}
