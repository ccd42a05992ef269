// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "HostMemory.h"

using namespace mlir;
using namespace mlir::norm;

bool norm::isDeallocHelper(func::FuncOp function) {
  return function && function.isPrivate() &&
         function.getName().starts_with("dealloc_helper");
}

/// Whether the helper takes the memory, cast to lists of any length.
static bool isList(Value memref, const SymbolTable &symbols) {
  while (auto cast = memref.getDefiningOp<memref::CastOp>())
    memref = cast.getSource();
  auto alloc = memref.getDefiningOp<memref::AllocOp>();
  if (!alloc)
    return false;
  for (Operation *user : alloc->getUsers()) {
    auto cast = dyn_cast<memref::CastOp>(user);
    if (!cast)
      continue;
    for (Operation *taker : cast->getUsers())
      if (auto call = dyn_cast<func::CallOp>(taker))
        if (isDeallocHelper(symbols.lookup<func::FuncOp>(call.getCallee())))
          return true;
  }
  return false;
}

bool norm::isOnHostMemory(Operation *op, const SymbolTable &symbols) {
  auto isOfList = [&](Value value) { return isList(value, symbols); };
  return llvm::any_of(op->getOperands(), isOfList) ||
         llvm::any_of(op->getResults(), isOfList);
}
