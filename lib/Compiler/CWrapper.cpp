// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CInterface.h"
#include "llvm/IR/IRBuilder.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

enum Status {
#define NORM_STATUS(NAME, VALUE, MEANING) NAME = VALUE,
#include "norm/Compiler/CStatus.def"
};

/// Builds one C function: checks, a call, results.
class WrapperBuilder {
public:
  WrapperBuilder(llvm::Function &lowered, const CFunction &function)
      : module(*lowered.getParent()), lowered(&lowered), function(function),
        b(module.getContext()) {}

  llvm::Error build();

private:
  /// A parameter in LLVM IR: the pointer or scalar, and all sizes of an array.
  struct Values {
    llvm::Value *value = nullptr;
    SmallVector<llvm::Value *> sizes;
  };

  llvm::Type *getStorageType(Type elementType);
  void createFunction();
  void returnIf(llvm::Value *condition, Status status);
  void checkSizesAlone();
  llvm::Error checkSizesTogether();
  void checkPointers();
  void checkAlignment();
  void checkOverlaps();
  llvm::Value *createByteOverflow(const CParameter &parameter,
                                  const Values &values);
  llvm::Error callLowered();
  void appendDescriptor(const Values &values,
                        SmallVectorImpl<llvm::Value *> &operands);
  llvm::Value *convertScalar(llvm::Value *value, Type elementType);
  void storeScalarResults(llvm::Value *returned);

  llvm::Module &module;
  llvm::Function *lowered;
  const CFunction &function;
  llvm::IRBuilder<> b;
  llvm::Function *wrapper = nullptr;
  /// For each of the function's parameters.
  SmallVector<Values> values;
};

} // namespace

llvm::Type *WrapperBuilder::getStorageType(Type elementType) {
  if (elementType.isF64())
    return b.getDoubleTy();
  if (elementType.isF32())
    return b.getFloatTy();
  return b.getIntNTy(8 * getCSize(elementType));
}

void WrapperBuilder::createFunction() {
  SmallVector<llvm::Type *> types;
  SmallVector<std::string> names;
  for (const CParameter &parameter : function.parameters) {
    bool isScalar = parameter.kind == CParameter::Kind::Scalar;
    types.push_back(isScalar ? getStorageType(parameter.elementType)
                             : b.getPtrTy());
    names.push_back(parameter.name);
    for (auto [dim, size] : llvm::enumerate(parameter.shape)) {
      if (!ShapedType::isDynamic(size))
        continue;
      types.push_back(b.getInt64Ty());
      names.push_back(parameter.getSizeName(dim));
    }
  }
  if (function.takesStream) {
    types.push_back(b.getPtrTy());
    names.push_back(streamName.str());
  }
  auto *type = llvm::FunctionType::get(b.getInt32Ty(), types, false);
  wrapper = llvm::Function::Create(type, llvm::Function::ExternalLinkage,
                                   function.name, module);
  // As C compilers have it where registers are wider than an int.
  wrapper->addRetAttr(llvm::Attribute::SExt);
  wrapper->addFnAttr(llvm::Attribute::NoUnwind);
  for (auto [argument, name] : llvm::zip_equal(wrapper->args(), names))
    argument.setName(name);
  b.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "", wrapper));

  llvm::Argument *next = wrapper->arg_begin();
  for (const CParameter &parameter : function.parameters) {
    Values &known = values.emplace_back();
    known.value = next++;
    for (int64_t size : parameter.shape)
      known.sizes.push_back(ShapedType::isDynamic(size)
                                ? static_cast<llvm::Value *>(next++)
                                : b.getInt64(size));
  }
}

void WrapperBuilder::returnIf(llvm::Value *condition, Status status) {
  llvm::LLVMContext &context = module.getContext();
  auto *failed = llvm::BasicBlock::Create(context, "", wrapper);
  auto *passed = llvm::BasicBlock::Create(context, "", wrapper);
  b.CreateCondBr(condition, failed, passed);
  b.SetInsertPoint(failed);
  b.CreateRet(b.getInt32(status));
  b.SetInsertPoint(passed);
}

llvm::Value *WrapperBuilder::createByteOverflow(const CParameter &parameter,
                                                const Values &values) {
  llvm::Value *overflows = b.getFalse();
  llvm::Value *bytes = b.getInt64(getCSize(parameter.elementType));
  for (llvm::Value *size : values.sizes) {
    llvm::Value *factor =
        b.CreateBinaryIntrinsic(llvm::Intrinsic::umax, size, b.getInt64(1));
    llvm::Value *product = b.CreateBinaryIntrinsic(
        llvm::Intrinsic::smul_with_overflow, bytes, factor);
    bytes = b.CreateExtractValue(product, 0);
    overflows = b.CreateOr(overflows, b.CreateExtractValue(product, 1));
  }
  return overflows;
}

/// What can be said of each size and each array by itself.
void WrapperBuilder::checkSizesAlone() {
  llvm::Value *isNegative = b.getFalse(), *overflows = b.getFalse();
  for (const Values &known : values)
    for (llvm::Value *size : known.sizes)
      isNegative = b.CreateOr(isNegative, b.CreateICmpSLT(size, b.getInt64(0)));
  returnIf(isNegative, NORM_NEGATIVE_SIZE);
  for (auto [parameter, known] : llvm::zip_equal(function.parameters, values))
    overflows = b.CreateOr(overflows, createByteOverflow(parameter, known));
  returnIf(overflows, NORM_SIZE_OVERFLOW);
}

llvm::Error WrapperBuilder::checkSizesTogether() {
  if (function.sizeCheck.empty())
    return llvm::Error::success();
  llvm::Function *check = module.getFunction(function.sizeCheck);
  SmallVector<llvm::Value *> operands;
  for (auto [parameter, known] : llvm::zip_equal(function.parameters, values)) {
    for (auto [size, value] : llvm::zip_equal(parameter.shape, known.sizes))
      if (ShapedType::isDynamic(size))
        operands.push_back(value);
    if (parameter.takesPartInSizes())
      operands.push_back(convertScalar(known.value, parameter.elementType));
  }
  if (!check || check->arg_size() != operands.size())
    return llvm::createStringError("lowering changed the check of the sizes of "
                                   "@" +
                                   function.symbol);
  returnIf(b.CreateNot(b.CreateCall(check, operands)), NORM_SIZE_MISMATCH);
  return llvm::Error::success();
}

void WrapperBuilder::checkPointers() {
  llvm::Value *isMissing = b.getFalse();
  for (auto [parameter, known] : llvm::zip_equal(function.parameters, values)) {
    if (parameter.kind == CParameter::Kind::Scalar)
      continue;
    llvm::Value *isUsed = b.getTrue();
    for (llvm::Value *size : known.sizes)
      isUsed = b.CreateAnd(isUsed, b.CreateICmpNE(size, b.getInt64(0)));
    isMissing =
        b.CreateOr(isMissing, b.CreateAnd(isUsed, b.CreateIsNull(known.value)));
  }
  returnIf(isMissing, NORM_NULL_POINTER);
}

/// Peeling counts whole elements to the next boundary.
void WrapperBuilder::checkAlignment() {
  llvm::Value *isMisaligned = b.getFalse();
  for (auto [parameter, known] : llvm::zip_equal(function.parameters, values)) {
    int64_t bytes = getCSize(parameter.elementType);
    if (parameter.kind == CParameter::Kind::Scalar || bytes == 1)
      continue;
    llvm::Value *address = b.CreatePtrToInt(known.value, b.getInt64Ty());
    llvm::Value *rest = b.CreateAnd(address, b.getInt64(bytes - 1));
    isMisaligned = b.CreateOr(isMisaligned, b.CreateIsNotNull(rest));
  }
  returnIf(isMisaligned, NORM_MISALIGNED);
}

/// Whether memory of so many bytes begins in other memory, both of which have
/// elements.
static llvm::Value *createBeginsIn(llvm::IRBuilder<> &b, llvm::Value *begin,
                                   llvm::Value *bytes, llvm::Value *otherBegin,
                                   llvm::Value *otherBytes) {
  // Addresses below the other's beginning wrap to a large distance.
  llvm::Value *distance = b.CreateSub(begin, otherBegin);
  return b.CreateAnd(b.CreateICmpULT(distance, otherBytes),
                     b.CreateICmpNE(bytes, b.getInt64(0)));
}

void WrapperBuilder::checkOverlaps() {
  SmallVector<llvm::Value *> begins, bytes;
  auto isPointer = [&](unsigned index) {
    return function.parameters[index].kind != CParameter::Kind::Scalar;
  };
  for (auto [index, parameter] : llvm::enumerate(function.parameters)) {
    llvm::Value *size = b.getInt64(getCSize(parameter.elementType));
    for (llvm::Value *factor : values[index].sizes)
      size = b.CreateMul(size, factor);
    bytes.push_back(size);
    begins.push_back(isPointer(index)
                         ? b.CreatePtrToInt(values[index].value, b.getInt64Ty())
                         : nullptr);
  }
  auto isWritten = [&](unsigned index) {
    const CParameter &parameter = function.parameters[index];
    return parameter.isResult || parameter.isWritten;
  };
  llvm::Value *overlap = b.getFalse();
  for (unsigned lhs = 0; lhs < values.size(); ++lhs)
    for (unsigned rhs = 0; rhs < lhs; ++rhs) {
      if (!isPointer(lhs) || !isPointer(rhs) ||
          !(isWritten(lhs) || isWritten(rhs)))
        continue;
      llvm::Value *meet = b.CreateOr(
          createBeginsIn(b, begins[lhs], bytes[lhs], begins[rhs], bytes[rhs]),
          createBeginsIn(b, begins[rhs], bytes[rhs], begins[lhs], bytes[lhs]));
      auto isPair = [&](unsigned written, unsigned read) {
        return llvm::is_contained(function.inPlacePairs,
                                  std::make_pair(written, read));
      };
      if (isPair(lhs, rhs) || isPair(rhs, lhs))
        meet = b.CreateAnd(meet, b.CreateICmpNE(begins[lhs], begins[rhs]));
      overlap = b.CreateOr(overlap, meet);
    }
  returnIf(overlap, NORM_OVERLAP);
}

/// Two pointers, offset, sizes, strides, as lowered functions take memrefs.
void WrapperBuilder::appendDescriptor(
    const Values &values, SmallVectorImpl<llvm::Value *> &operands) {
  operands.append({values.value, values.value, b.getInt64(0)});
  llvm::append_range(operands, values.sizes);
  size_t firstStride = operands.size();
  llvm::Value *stride = b.getInt64(1);
  for (llvm::Value *size : llvm::reverse(values.sizes)) {
    operands.insert(operands.begin() + firstStride, stride);
    stride = b.CreateMul(stride, size);
  }
}

/// From how C passes a scalar to how lowered functions take it.
llvm::Value *WrapperBuilder::convertScalar(llvm::Value *value,
                                           Type elementType) {
  if (elementType.isSignlessInteger(1))
    return b.CreateIsNotNull(value);
  if (elementType.isF16())
    return b.CreateBitCast(value, b.getHalfTy());
  return elementType.isBF16() ? b.CreateBitCast(value, b.getBFloatTy()) : value;
}

llvm::Error WrapperBuilder::callLowered() {
  SmallVector<llvm::Value *> operands;
  for (auto [parameter, known] : llvm::zip_equal(function.parameters, values)) {
    if (parameter.kind == CParameter::Kind::Array)
      appendDescriptor(known, operands);
    else if (parameter.kind == CParameter::Kind::Scalar)
      operands.push_back(convertScalar(known.value, parameter.elementType));
  }
  if (function.takesStream)
    operands.push_back(wrapper->getArg(wrapper->arg_size() - 1));
  if (lowered->arg_size() != operands.size())
    return llvm::createStringError("lowering changed the arguments of @" +
                                   function.symbol);
  if (function.takesStream)
    b.CreateCall(
        module.getOrInsertFunction("norm_cuda_clear_error", b.getVoidTy()));
  llvm::Value *returned = b.CreateCall(lowered, operands);
  if (function.takesStream) {
    llvm::Value *status = b.CreateCall(
        module.getOrInsertFunction("norm_cuda_status", b.getInt32Ty()));
    returnIf(b.CreateIsNotNull(status), NORM_CUDA_ERROR);
  }
  storeScalarResults(returned);
  return llvm::Error::success();
}

void WrapperBuilder::storeScalarResults(llvm::Value *returned) {
  unsigned index = 0;
  for (auto [parameter, known] : llvm::zip_equal(function.parameters, values)) {
    if (parameter.kind != CParameter::Kind::ScalarResult)
      continue;
    llvm::Value *value = returned->getType()->isStructTy()
                             ? b.CreateExtractValue(returned, index)
                             : returned;
    ++index;
    if (parameter.elementType.isSignlessInteger(1))
      value = b.CreateZExt(value, b.getInt8Ty());
    b.CreateStore(value, known.value);
  }
}

llvm::Error WrapperBuilder::build() {
  createFunction();
  checkSizesAlone();
  if (llvm::Error error = checkSizesTogether())
    return error;
  checkPointers();
  checkOverlaps();
  checkAlignment();
  if (llvm::Error error = callLowered())
    return error;
  b.CreateRet(b.getInt32(NORM_OK));
  return llvm::Error::success();
}

/// Makes a name free for an exported function.
static llvm::Error freeName(llvm::Module &module, StringRef name) {
  llvm::GlobalValue *holder = module.getNamedValue(name);
  if (!holder)
    return llvm::Error::success();
  if (holder->isDeclaration())
    return llvm::createStringError("the module calls a function " + name +
                                   " of others: give a prefix");
  holder->setName(name + ".private");
  return llvm::Error::success();
}

llvm::Error norm::addCFunctions(llvm::Module &module,
                                ArrayRef<CFunction> functions) {
  SmallVector<llvm::Function *> lowered;
  for (const CFunction &function : functions) {
    llvm::Function *found = module.getFunction(function.symbol);
    if (!found)
      return llvm::createStringError("lowering removed function @" +
                                     function.symbol);
    lowered.push_back(found);
  }
  for (const CFunction &function : functions)
    if (llvm::Error error = freeName(module, function.name))
      return error;
  for (auto [found, function] : llvm::zip_equal(lowered, functions))
    if (llvm::Error error = WrapperBuilder(*found, function).build())
      return error;
  return llvm::Error::success();
}
