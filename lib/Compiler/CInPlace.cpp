// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CInterface.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/PassManager.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::norm;

/// The row program of a function that does nothing else with arrays; null if
/// there is none.
static GenericOp getOnlyProgram(func::FuncOp function) {
  GenericOp program;
  if (!function.getBody().hasOneBlock())
    return nullptr;
  for (Operation &op : function.front().without_terminator()) {
    if (auto generic = dyn_cast<GenericOp>(op)) {
      if (program)
        return nullptr;
      program = generic;
      continue;
    }
    auto isArray = [](Type type) { return isa<ShapedType>(type); };
    bool isAboutSizes = isa<tensor::DimOp, tensor::EmptyOp>(op) ||
                        op.getName().getStringRef() == "memref.dim";
    if (!isAboutSizes && (!isMemoryEffectFree(&op) ||
                          llvm::any_of(op.getOperandTypes(), isArray) ||
                          llvm::any_of(op.getResultTypes(), isArray)))
      return nullptr;
  }
  return program;
}

/// The parameter that an output of the program is in C.
static std::optional<unsigned>
getParameter(func::FuncOp function, GenericOp program, unsigned output) {
  Value init = program.getOutputs()[output];
  if (auto argument = dyn_cast<BlockArgument>(init);
      argument && isa<MemRefType>(argument.getType()))
    return argument.getArgNumber();
  if (!init.getDefiningOp<tensor::EmptyOp>())
    return std::nullopt;
  Value result = program->getResult(output);
  std::optional<unsigned> parameter;
  for (OpOperand &use : result.getUses()) {
    if (!isa<func::ReturnOp>(use.getOwner()))
      return std::nullopt;
    if (parameter)
      return std::nullopt; // returned twice
    parameter = function.getNumArguments() + use.getOperandNumber();
  }
  return parameter;
}

/// Whether the program reads an argument only where it writes an output of the
/// same element size: each element is read last before it is written.
static bool isReadInPlace(GenericOp program, BlockArgument argument,
                          unsigned output) {
  AffineMap map = program.getOutputMap(output);
  Type outputType = program.getOutputs()[output].getType();
  bool isRead = false;
  for (auto [index, input] : llvm::enumerate(program.getInputs())) {
    if (input != argument)
      continue;
    isRead = true;
    if (program.getInputMap(index) != map)
      return false;
  }
  return isRead && !program.isAccumulator(output) &&
         !llvm::is_contained(program.getOutputs(), argument) &&
         getCSize(getElementTypeOrSelf(argument.getType())) ==
             getCSize(getElementTypeOrSelf(outputType));
}

LogicalResult norm::findInPlacePairs(ModuleOp original,
                                     MutableArrayRef<CFunction> functions) {
  PassManager pm(original.getContext());
  pm.addPass(createNormGeneralizePass());
  if (failed(pm.run(original)))
    return failure();
  for (CFunction &described : functions) {
    auto function = original.lookupSymbol<func::FuncOp>(described.symbol);
    GenericOp program = getOnlyProgram(function);
    if (!program)
      continue;
    for (unsigned output = 0; output < program.getOutputs().size(); ++output) {
      std::optional<unsigned> written = getParameter(function, program, output);
      if (!written)
        continue;
      for (BlockArgument argument : function.getArguments())
        if (isa<ShapedType>(argument.getType()) &&
            isReadInPlace(program, argument, output))
          described.inPlacePairs.emplace_back(*written,
                                              argument.getArgNumber());
    }
  }
  return success();
}
