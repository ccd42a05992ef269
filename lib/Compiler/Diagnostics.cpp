// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Compiler/Diagnostics.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::norm;

char MLIRFailure::ID = 0;

void MLIRFailure::log(llvm::raw_ostream &stream) const {
  stream << "compilation failed";
}

std::error_code MLIRFailure::convertToErrorCode() const {
  return llvm::inconvertibleErrorCode();
}

static void printLine(StringRef tool, Location location, StringRef severity,
                      const Twine &text) {
  auto file = location->findInstanceOf<FileLineColLoc>();
  llvm::errs() << (file ? file.getFilename().getValue() : tool) << ":";
  // A whole file has no line.
  if (file && file.getLine() != 0)
    llvm::errs() << file.getLine() << ":" << file.getColumn() << ":";
  llvm::errs() << " ";
  llvm::errs() << severity << ": " << text << "\n";
}

void norm::printDiagnosticsAsLines(MLIRContext &context, StringRef tool) {
  // A line says what is wrong; the operation may be pages long.
  context.printOpOnDiagnostic(false);
  context.getDiagEngine().registerHandler(
      [tool = tool.str()](Diagnostic &that) {
        StringRef severity =
            that.getSeverity() == DiagnosticSeverity::Error     ? "error"
            : that.getSeverity() == DiagnosticSeverity::Warning ? "warning"
                                                                : "remark";
        printLine(tool, that.getLocation(), severity, that.str());
        for (Diagnostic &note : that.getNotes())
          printLine(tool, note.getLocation(), "note", note.str());
        return success();
      });
}

void norm::printError(llvm::Error error, StringRef tool) {
  llvm::handleAllErrors(
      std::move(error), [](const MLIRFailure &) {},
      [tool](const llvm::ErrorInfoBase &info) {
        llvm::errs() << tool << ": error: " << info.message() << "\n";
      });
}
