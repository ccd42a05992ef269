// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// What the command lines of the tools have in common.

#ifndef NORM_TOOLS_COMMANDLINE_H
#define NORM_TOOLS_COMMANDLINE_H

#include "norm/Compiler/Compiler.h"
#include "llvm/Support/CommandLine.h"

namespace mlir::norm {

/// Options of the lowering, the same for every tool that compiles.
struct LoweringFlags {
  explicit LoweringFlags(llvm::cl::OptionCategory &category);

  /// Writes what they say to `options`.
  void apply(LoweringOptions &options) const;

  llvm::cl::opt<MomentsAlgorithm> algorithm;
  llvm::cl::opt<unsigned> vectorBits;
  llvm::cl::opt<bool> noRaise;
  llvm::cl::opt<bool> noFuse;
  llvm::cl::opt<bool> printIRAfterAll;
};

/// Parses the command line. What is wrong with it is one line on stderr. Ends
/// the process after --help and --version. LLVM's own options are not known if
/// `cl::ResetCommandLineParser` was called before the first option was made.
bool parseCommandLine(int argc, char **argv, llvm::StringRef toolName,
                      llvm::StringRef overview,
                      llvm::cl::OptionCategory &category);

} // namespace mlir::norm

#endif // NORM_TOOLS_COMMANDLINE_H
