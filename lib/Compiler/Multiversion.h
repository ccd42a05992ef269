// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_COMPILER_MULTIVERSION_H
#define NORM_LIB_COMPILER_MULTIVERSION_H

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

namespace mlir::norm {

/// Says for all functions of a module which processor they are for, so that
/// they can stand beside functions for another.
void markTarget(llvm::Module &module, const llvm::TargetMachine &machine);

/// Modules with the same exported functions, each for another level of x86-64,
/// as one module. Its functions go to those for the best level that the
/// processor has, which is found out when the code is loaded; before, and if
/// it has no other, to those of `x86-64`, which must be among them.
class Multiversion {
public:
  /// `cpu` is `x86-64`, `x86-64-v2`, `x86-64-v3` or `x86-64-v4`.
  llvm::Error add(std::unique_ptr<llvm::Module> version, llvm::StringRef cpu);
  llvm::Expected<std::unique_ptr<llvm::Module>> take();

  /// The level that a processor's name stands for, from 1; 0 for other names.
  static unsigned getLevel(llvm::StringRef cpu);

private:
  struct Version {
    std::string cpu;
    unsigned level;
  };

  llvm::Function *createLevelTest();
  void createChoice(llvm::Function *getLevel);
  llvm::GlobalVariable *createStub(llvm::StringRef name);

  std::unique_ptr<llvm::Module> module;
  llvm::SmallVector<Version> versions;
  llvm::SmallVector<std::string> exported;
};

} // namespace mlir::norm

#endif // NORM_LIB_COMPILER_MULTIVERSION_H
