// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/BuiltinTypes.h"
#include "norm/Compiler/EntryPoint.h"
#include "llvm/IR/IRBuilder.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

/// Loads the fields of a descriptor, or a scalar, as the lowered function takes
/// them: one by one.
void appendFields(llvm::IRBuilder<> &b, llvm::FunctionType *callee, Type type,
                  llvm::Value *pointer,
                  SmallVectorImpl<llvm::Value *> &operands) {
  auto shaped = dyn_cast<ShapedType>(type);
  unsigned numFields = shaped ? 3 + 2 * shaped.getRank() : 1;
  for (unsigned i = 0; i < numFields; ++i) {
    llvm::Value *address =
        b.CreateConstInBoundsGEP1_64(b.getInt64Ty(), pointer, i);
    llvm::Type *fieldType = callee->getParamType(operands.size());
    operands.push_back(b.CreateLoad(fieldType, address));
  }
}

/// The number of parameters that `appendFields` fills for these types.
unsigned countFields(ArrayRef<Type> types) {
  unsigned count = 0;
  for (Type type : types) {
    auto shaped = dyn_cast<ShapedType>(type);
    count += shaped ? 3 + 2 * shaped.getRank() : 1;
  }
  return count;
}

} // namespace

llvm::Error norm::addPackedCall(llvm::Module &module, const EntryPoint &entry) {
  llvm::Function *callee = module.getFunction(entry.name);
  if (!callee)
    return llvm::createStringError("lowering removed function @" + entry.name);
  SmallVector<Type> parameters(entry.arguments);
  SmallVector<unsigned> returned;
  for (auto [index, type] : llvm::enumerate(entry.results)) {
    if (entry.hasOutParams && isa<ShapedType>(type))
      parameters.push_back(type);
    else
      returned.push_back(index);
  }
  if (callee->arg_size() != countFields(parameters) + entry.takesStream)
    return llvm::createStringError("lowering changed the arguments of @" +
                                   entry.name);
  llvm::LLVMContext &context = module.getContext();
  auto *pointerType = llvm::PointerType::getUnqual(context);
  auto *type = llvm::FunctionType::get(llvm::Type::getVoidTy(context),
                                       {pointerType}, /*isVarArg=*/false);
  auto *wrapper = llvm::Function::Create(type, llvm::Function::ExternalLinkage,
                                         packedCallName, module);
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(context, "", wrapper));
  auto loadPointer = [&](unsigned index) -> llvm::Value * {
    return b.CreateLoad(
        pointerType,
        b.CreateConstInBoundsGEP1_64(pointerType, wrapper->getArg(0), index));
  };
  SmallVector<llvm::Value *> operands;
  for (auto [index, argument] : llvm::enumerate(entry.arguments))
    appendFields(b, callee->getFunctionType(), argument, loadPointer(index),
                 operands);
  for (auto [index, result] : llvm::enumerate(entry.results))
    if (entry.hasOutParams && isa<ShapedType>(result))
      appendFields(b, callee->getFunctionType(), result,
                   loadPointer(entry.arguments.size() + index), operands);
  if (entry.takesStream)
    operands.push_back(b.CreateLoad(
        pointerType,
        loadPointer(entry.arguments.size() + entry.results.size())));
  llvm::Value *result = b.CreateCall(callee, operands);
  for (auto [position, index] : llvm::enumerate(returned))
    b.CreateStore(returned.size() == 1
                      ? result
                      : b.CreateExtractValue(result, unsigned(position)),
                  loadPointer(entry.arguments.size() + index));
  b.CreateRetVoid();
  return llvm::Error::success();
}
