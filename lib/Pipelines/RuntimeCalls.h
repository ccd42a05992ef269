// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_PIPELINES_RUNTIMECALLS_H
#define NORM_LIB_PIPELINES_RUNTIMECALLS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::norm {

/// Makes calls of a runtime's C functions, with what they take: values of the
/// LLVM dialect among operations that are not lowered yet.
class RuntimeCalls {
public:
  RuntimeCalls(ModuleOp module)
      : rewriter(module.getContext()), symbols(module), module(module),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

  /// Calls a function, which is declared where it is not yet; null without a
  /// result.
  Value call(Location loc, StringRef name, Type result, ValueRange arguments);
  Value constant(Location loc, Type type, int64_t value);
  /// An index as i64; other types stay.
  Value asInteger(Location loc, Value value);
  /// A constant of the module that nothing outside sees.
  LLVM::GlobalOp addGlobal(Location loc, StringRef name, Type type,
                           Attribute value);
  LLVM::GlobalOp addBytes(Location loc, StringRef name, StringRef bytes);
  /// The address of a string that a zero ends, one of this name in the module.
  Value string(Location loc, StringRef name, StringRef text);
  /// A value of an aggregate type, of its fields in order.
  Value aggregate(Location loc, Type type, ValueRange fields);
  /// Three sizes as an array of i64; no sizes are zeros.
  Value sizes(Location loc, std::optional<gpu::KernelDim3> sizes);
  /// Stores a value on the stack of the function around `user`.
  Value place(Operation *user, Value value);
  /// A memref of identity layout that begins at `memory`. `dynamicSizes` as in
  /// `memref.alloc`.
  Value makeMemRef(Location loc, MemRefType type, Value memory,
                   ValueRange dynamicSizes = {});

  IRRewriter rewriter;
  SymbolTable symbols;

protected:
  ModuleOp module;
  LLVM::LLVMPointerType pointer;
};

} // namespace mlir::norm

#endif // NORM_LIB_PIPELINES_RUNTIMECALLS_H
