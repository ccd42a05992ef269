// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The compiler as a library: a module in, machine code out. Whatever goes
/// wrong in MLIR is reported to the context's diagnostic handler; the rest
/// comes back as an `llvm::Error`. Nothing here ends the process.

#ifndef NORM_COMPILER_COMPILER_H
#define NORM_COMPILER_COMPILER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "norm/Compiler/Target.h"
#include "norm/Pipelines/Pipelines.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"

namespace mlir::norm {

/// Adds everything that a module to compile may consist of: the norm dialect,
/// upstream's dialects and extensions, and the translation to LLVM IR.
void registerCompilerDialects(DialectRegistry &registry);

/// What runs the kernels that normalizations become.
enum class LaunchKind {
  None,     ///< The CPU, without kernels.
  Emulator, ///< norm/Runtime/Emulator.h.
  CUDA      ///< norm/Runtime/CUDA.h.
};

/// How a module becomes the LLVM dialect. The fields that `NormToLLVMOptions`
/// has too mean the same.
struct LoweringOptions {
  bool raise = true;
  bool fuse = true;
  bool decompose = false;
  ThreadModel threads = ThreadModel::None;
  bool expandBF16 = true;
  bool expandF16 = false;
  bool expandRounding = false;
  bool checkShapes = false;
  int64_t vectorBits = 0;
  bool scalable = false;
  int64_t maskedBits = 8;
  bool fma = false;
  bool keepNontemporal = false;
  int64_t l1Bytes = 0;
  int64_t l2Bytes = 0;
  int64_t numThreads = 0;
  MomentsAlgorithm algorithm = MomentsAlgorithm::CorrectedTwoPass;
  LaunchKind launch = LaunchKind::None;
  /// The chip of kernels: see `NormToNVVMOptions`.
  std::string chip = "sm_90";
  /// Where CUDA's tools are; empty: see `NormToNVVMOptions`.
  std::string toolkit;
  /// What kernels become, for CUDA.
  DeviceFormat deviceFormat = DeviceFormat::PTX;
  /// Whether the host's side is lowered too, for CUDA.
  bool lowerHost = true;
  /// Compute everything in f64, after norm operations became linalg: an oracle.
  /// Float types of the entry point change too.
  bool promoteToF64 = false;
  /// Print the module to stderr after each pass that changed it.
  bool printIRAfterAll = false;
  /// Called with the pass manager before it runs.
  std::function<void(PassManager &)> instrument;

  /// Takes from the target which instructions it has and, if not set, how wide
  /// its vectors are.
  void setTarget(const llvm::TargetMachine &machine);
  /// Takes from the machine that this runs on, where not set, the sizes of its
  /// caches and, with threads, how many it has.
  void setHost();
};

/// Parses text or bytecode; `buffer`'s name stands in diagnostics.
OwningOpRef<ModuleOp> parseModule(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                  MLIRContext *context);

/// Lowers in place to the LLVM dialect.
LogicalResult lowerToLLVMDialect(ModuleOp module,
                                 const LoweringOptions &options);

/// Translates a module in the LLVM dialect to LLVM IR for the machine.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLLVMIR(ModuleOp module, llvm::LLVMContext &context,
                  const llvm::TargetMachine &machine);

/// Optimizes for the machine: as -O3 does, or kernels alone by the passes that
/// they need.
llvm::Error optimize(llvm::Module &module, llvm::TargetMachine &machine);

/// The two above.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateAndOptimize(ModuleOp module, llvm::LLVMContext &context,
                     llvm::TargetMachine &machine);

/// Generates an object or assembly. Changes `module` to what suits code
/// generation: give it a clone to go on using the module.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
emitCode(llvm::Module &module, llvm::TargetMachine &machine,
         llvm::CodeGenFileType fileType);

} // namespace mlir::norm

#endif // NORM_COMPILER_COMPILER_H
