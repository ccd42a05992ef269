// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// What of a program for GPUs is in the host's memory all the same: the lists
/// of pointers and flags by which upstream's deallocation finds out whom memory
/// belongs to.

#ifndef NORM_LIB_PIPELINES_HOSTMEMORY_H
#define NORM_LIB_PIPELINES_HOSTMEMORY_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::norm {

/// The function that compares them.
bool isDeallocHelper(func::FuncOp function);

/// Whether an operation makes or takes such a list.
bool isOnHostMemory(Operation *op, const SymbolTable &symbols);

} // namespace mlir::norm

#endif // NORM_LIB_PIPELINES_HOSTMEMORY_H
