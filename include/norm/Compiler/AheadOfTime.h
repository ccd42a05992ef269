// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_COMPILER_AHEADOFTIME_H
#define NORM_COMPILER_AHEADOFTIME_H

#include "norm/Compiler/Compiler.h"
#include "norm/Compiler/Link.h"

namespace mlir::norm {

/// What a module becomes.
enum class OutputKind {
  MLIR,          ///< The LLVM dialect, as text.
  LLVMIR,        ///< Optimized LLVM IR, as text.
  Assembly,      ///< Assembly, as text.
  Object,        ///< An object file.
  SharedLibrary, ///< An object file, to be given to `linkSharedLibrary`.
  // The kernels alone, with `LaunchKind::CUDA`.
  PTX,   ///< PTX, as text.
  Cubin, ///< Machine code of the chip.
  Fatbin ///< Both.
};

/// Whether only kernels are written.
inline bool isDeviceImage(OutputKind kind) {
  return kind == OutputKind::PTX || kind == OutputKind::Cubin ||
         kind == OutputKind::Fatbin;
}

struct AheadOfTimeOptions {
  LoweringOptions lowering;
  OutputKind kind = OutputKind::Object;
  /// Add the plain C functions. Not for `OutputKind::MLIR` and kernels alone.
  bool addCFunctions = false;
  /// Before the names of C functions.
  std::string prefix;
  /// The name of the header's file: its include guard comes from it.
  std::string headerName;
  /// Where to write, as text for people, what was found, fused and scheduled,
  /// what was not, and why; or null. The context must run on one thread.
  llvm::raw_ostream *explanation = nullptr;
  /// Given what stands between stages as text, by the suffix that a file of it
  /// would have: norm.mlir, ptx, llvm.mlir, ll, s. The context must run on one
  /// thread.
  std::function<void(StringRef suffix, StringRef text)> saveTemporary;
  /// Told of each stage, how long it took: lower, translate, optimize, codegen.
  std::function<void(StringRef stage, double milliseconds)> reportTime;
};

/// A compiled module and, with `addCFunctions`, the header of its C functions.
struct CompiledModule {
  std::unique_ptr<llvm::MemoryBuffer> code;
  std::string header;
};

/// Gives the arguments of functions the names that they have in `source`, the
/// text which the module was parsed from, as `NameLoc`s. What C functions call
/// their parameters comes from these.
void nameArguments(ModuleOp module, llvm::MemoryBufferRef source);

/// Compiles every public function with a body. Ranked tensor and memref results
/// become arguments behind the others, memrefs that the caller provides.
/// Exported are `_mlir_ciface_NAME`, which takes descriptors, and the C
/// functions; nothing else. Changes the module. `MLIRFailure` means that
/// diagnostics say why.
///
/// Of several machines, which are levels of x86-64 from the best to the one
/// that all processors have, each gets code of its own; which is used is
/// decided when it is loaded.
llvm::Expected<CompiledModule>
compileAheadOfTime(ModuleOp module, const AheadOfTimeOptions &options,
                   ArrayRef<llvm::TargetMachine *> machines);

} // namespace mlir::norm

#endif // NORM_COMPILER_AHEADOFTIME_H
