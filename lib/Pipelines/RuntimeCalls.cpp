// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RuntimeCalls.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mlir::norm;

Value RuntimeCalls::call(Location loc, StringRef name, Type result,
                         ValueRange arguments) {
  auto type = LLVM::LLVMFunctionType::get(
      result ? result : LLVM::LLVMVoidType::get(rewriter.getContext()),
      llvm::to_vector(arguments.getTypes()));
  auto function = symbols.lookup<LLVM::LLVMFuncOp>(name);
  if (!function) {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(module.getBody());
    function = LLVM::LLVMFuncOp::create(rewriter, module.getLoc(), name, type);
    symbols.insert(function);
  }
  auto callOp = LLVM::CallOp::create(rewriter, loc, function, arguments);
  return result ? callOp.getResult() : Value();
}

Value RuntimeCalls::constant(Location loc, Type type, int64_t value) {
  return LLVM::ConstantOp::create(rewriter, loc, type,
                                  rewriter.getIntegerAttr(type, value));
}

Value RuntimeCalls::asInteger(Location loc, Value value) {
  if (!value.getType().isIndex())
    return value;
  return arith::IndexCastOp::create(rewriter, loc, rewriter.getI64Type(),
                                    value);
}

LLVM::GlobalOp RuntimeCalls::addGlobal(Location loc, StringRef name, Type type,
                                       Attribute value) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(module.getBody());
  auto global = LLVM::GlobalOp::create(rewriter, loc, type, /*isConstant=*/true,
                                       LLVM::Linkage::Internal, name, value);
  symbols.insert(global);
  return global;
}

LLVM::GlobalOp RuntimeCalls::addBytes(Location loc, StringRef name,
                                      StringRef bytes) {
  auto type = LLVM::LLVMArrayType::get(rewriter.getI8Type(), bytes.size());
  return addGlobal(loc, name, type, rewriter.getStringAttr(bytes));
}

Value RuntimeCalls::string(Location loc, StringRef name, StringRef text) {
  auto global = symbols.lookup<LLVM::GlobalOp>(name);
  if (!global) {
    std::string terminated = text.str();
    global = addBytes(loc, name,
                      StringRef(terminated.c_str(), terminated.size() + 1));
  }
  return LLVM::AddressOfOp::create(rewriter, loc, global);
}

Value RuntimeCalls::aggregate(Location loc, Type type, ValueRange fields) {
  Value result = LLVM::PoisonOp::create(rewriter, loc, type);
  for (auto [index, field] : llvm::enumerate(fields))
    result = LLVM::InsertValueOp::create(rewriter, loc, result, field,
                                         ArrayRef<int64_t>{int64_t(index)});
  return result;
}

Value RuntimeCalls::sizes(Location loc, std::optional<gpu::KernelDim3> sizes) {
  Type i64 = rewriter.getI64Type();
  auto type = LLVM::LLVMArrayType::get(i64, 3);
  if (!sizes)
    return LLVM::ZeroOp::create(rewriter, loc, type);
  SmallVector<Value> fields;
  for (Value size : {sizes->x, sizes->y, sizes->z})
    fields.push_back(asInteger(loc, size));
  return aggregate(loc, type, fields);
}

Value RuntimeCalls::place(Operation *user, Value value) {
  Location loc = user->getLoc();
  Value memory;
  {
    OpBuilder::InsertionGuard guard(rewriter);
    auto function = user->getParentOfType<func::FuncOp>();
    rewriter.setInsertionPointToStart(&function.getBody().front());
    Value one = constant(loc, rewriter.getI64Type(), 1);
    memory =
        LLVM::AllocaOp::create(rewriter, loc, pointer, value.getType(), one);
  }
  LLVM::StoreOp::create(rewriter, loc, value, memory);
  return memory;
}

Value RuntimeCalls::makeMemRef(Location loc, MemRefType type, Value memory,
                               ValueRange dynamicSizes) {
  Type i64 = rewriter.getI64Type();
  int64_t rank = type.getRank();
  SmallVector<Type> fields = {pointer, pointer, i64};
  if (rank > 0)
    fields.append(2, LLVM::LLVMArrayType::get(i64, rank));
  SmallVector<Value> values = {memory, memory, constant(loc, i64, 0)};
  SmallVector<Value> sizes, strides(rank);
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (!type.isDynamicDim(dim)) {
      sizes.push_back(constant(loc, i64, type.getDimSize(dim)));
      continue;
    }
    sizes.push_back(asInteger(loc, dynamicSizes.front()));
    dynamicSizes = dynamicSizes.drop_front();
  }
  Value stride = constant(loc, i64, 1);
  for (int64_t dim = rank - 1; dim >= 0; --dim) {
    strides[dim] = stride;
    if (dim > 0)
      stride = LLVM::MulOp::create(rewriter, loc, stride, sizes[dim]);
  }
  if (rank > 0)
    for (ArrayRef<Value> array : {ArrayRef(sizes), ArrayRef(strides)})
      values.push_back(aggregate(loc, fields[3], array));
  Value descriptor = aggregate(
      loc, LLVM::LLVMStructType::getLiteral(rewriter.getContext(), fields),
      values);
  return UnrealizedConversionCastOp::create(rewriter, loc, type, descriptor)
      .getResult(0);
}
