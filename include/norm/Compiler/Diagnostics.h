// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_COMPILER_DIAGNOSTICS_H
#define NORM_COMPILER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/Error.h"

namespace mlir::norm {

/// The failure of a pass or the parser, reported by diagnostics already.
struct MLIRFailure : public llvm::ErrorInfo<MLIRFailure> {
  static char ID;
  void log(llvm::raw_ostream &stream) const override;
  std::error_code convertToErrorCode() const override;
};

/// Writes the context's diagnostics to stderr from now on, a line each:
/// `FILE:LINE:COLUMN: error: message`, or `TOOL: error: message`.
void printDiagnosticsAsLines(MLIRContext &context, StringRef tool);

/// Writes the error to stderr as `TOOL: error: message`, unless it is an
/// `MLIRFailure`.
void printError(llvm::Error error, StringRef tool);

} // namespace mlir::norm

#endif // NORM_COMPILER_DIAGNOSTICS_H
