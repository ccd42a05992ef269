// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_COMPILER_ENTRYPOINT_H
#define NORM_COMPILER_ENTRYPOINT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"

namespace mlir::norm {

/// A function of a module, as it was before lowering, that is called from
/// outside.
struct EntryPoint {
  std::string name;
  SmallVector<Type> arguments;
  SmallVector<Type> results;
  /// Whether the lowered function has an argument per tensor or memref result,
  /// after the others, rather than returning descriptors.
  bool hasOutParams = false;
  /// Whether the lowered function has a stream as its last argument.
  bool takesStream = false;
  /// Per argument: a memref that the function may write.
  SmallVector<bool> isWritten;
};

/// Makes a function with a body callable: public, and free to read tensor
/// arguments only, unless they are marked `bufferization.writable` (they belong
/// to the caller).
EntryPoint prepareEntryPoint(func::FuncOp function);

/// The same for the function of this name. An empty name stands for the only
/// public function with a body, or `main`.
llvm::Expected<EntryPoint> prepareEntryPoint(ModuleOp module, StringRef name);

/// Whether generated code may call a function of this name: the C library's on
/// the target, or a runtime's.
bool isLibraryFunction(StringRef name, const llvm::Triple &target);

/// Gives the functions with bodies that have such names others, so that what
/// calls them and what calls the library's do not meet.
LogicalResult renameLibraryFunctions(ModuleOp module,
                                     const llvm::Triple &target);

/// The name of the function that `addPackedCall` makes.
inline constexpr llvm::StringLiteral packedCallName = "__norm_packed_call";

/// Adds `void __norm_packed_call(void **values)` to the lowered module: calls
/// the entry point with the values that the pointers point to and stores what
/// it returns. The pointers are those of the arguments, then of the results,
/// then that of the stream's handle if there is one.
/// Tensors and memrefs of rank r are descriptors as in `StridedMemRefType`:
/// two pointers, then 1 + 2r 64-bit integers; with `hasOutParams` the result
/// descriptors are read, otherwise written.
llvm::Error addPackedCall(llvm::Module &module, const EntryPoint &entry);

} // namespace mlir::norm

#endif // NORM_COMPILER_ENTRYPOINT_H
