// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_COMPILER_TARGET_H
#define NORM_COMPILER_TARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>
#include <string>
#include <vector>

namespace mlir::norm {

/// What code is generated for, in LLVM's words.
struct TargetSpec {
  /// Empty: this machine.
  std::string triple;
  /// Empty: this machine's processor where `triple` is empty too, else the
  /// baseline of the architecture. `native`: this machine's processor.
  std::string cpu;
  /// Added to those of the processor: `+avx2,-fma`.
  std::string features;
};

/// A machine as the spec says. Triples without code generator or of another
/// kind than a 64-bit CPU, processors and features that the architecture does
/// not have are errors of one line.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const TargetSpec &spec);

/// One machine as the spec says or, if there are `levels`, one of each level of
/// x86-64, which is the spec's processor. Levels are named as in the psABI, the
/// last of at least two is the baseline, x86-64; others are an error.
llvm::Expected<std::vector<std::unique_ptr<llvm::TargetMachine>>>
createTargetMachines(const TargetSpec &spec,
                     llvm::ArrayRef<std::string> levels);

/// The machine this runs on: the baseline of its architecture with every
/// feature that the processor reports. Its name is not asked for: under
/// virtualization it promises features that are masked out.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createHostTargetMachine();

/// Whether the machine has a feature, named as in LLVM's tables (`avx512f`): by
/// its processor or by its list of features.
bool hasTargetFeature(const llvm::TargetMachine &machine, llvm::StringRef name);

} // namespace mlir::norm

#endif // NORM_COMPILER_TARGET_H
