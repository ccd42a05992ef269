// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CommandLine.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdio>
#include <unistd.h>

using namespace mlir;
using namespace mlir::norm;
namespace cl = llvm::cl;
using llvm::StringRef;

LoweringFlags::LoweringFlags(cl::OptionCategory &category)
    : algorithm("algorithm", cl::desc("How mean and variance are computed"),
                cl::values(clEnumValN(MomentsAlgorithm::CorrectedTwoPass,
                                      "corrected-two-pass",
                                      "Two passes and a correction (default)"),
                           clEnumValN(MomentsAlgorithm::TwoPass, "two-pass",
                                      "Two passes"),
                           clEnumValN(MomentsAlgorithm::Shifted, "shifted",
                                      "One pass over values shifted by the "
                                      "head's mean")),
                cl::init(MomentsAlgorithm::CorrectedTwoPass),
                cl::cat(category)),
      vectorBits("vector-bits",
                 cl::desc("Bits of a vector, a power of two from 8 on "
                          "(default: those of the target's registers)"),
                 cl::init(0), cl::cat(category)),
      noRaise("no-raise", cl::desc("Do not look for normalizations in linalg"),
              cl::cat(category)),
      noFuse("no-fuse",
             cl::desc("Leave the operations around normalizations where they "
                      "are"),
             cl::cat(category)),
      printIRAfterAll("print-ir-after-all",
                      cl::desc("Print the IR to stderr after each pass"),
                      cl::cat(category)) {}

void LoweringFlags::apply(LoweringOptions &options) const {
  options.raise = !noRaise;
  options.fuse = !noFuse;
  options.algorithm = algorithm;
  options.vectorBits = vectorBits;
  options.printIRAfterAll = printIRAfterAll;
}

namespace {

/// Keeps what is written to the process's stderr while it lives.
class CapturedErrors {
public:
  CapturedErrors() : file(std::tmpfile()), saved(dup(STDERR_FILENO)) {
    if (file && saved >= 0)
      dup2(fileno(file), STDERR_FILENO);
  }
  ~CapturedErrors() {
    restore();
    if (file)
      std::fclose(file);
  }

  /// What was written; writes are no longer kept.
  std::string take() {
    std::string text;
    if (!file || !restore())
      return text;
    std::rewind(file);
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file))
      text += char(c);
    return text;
  }

private:
  bool restore() {
    if (saved < 0)
      return false;
    dup2(saved, STDERR_FILENO);
    close(saved);
    saved = -1;
    return true;
  }

  std::FILE *file;
  int saved;
};

} // namespace

/// What is wrong with the command line, without LLVM's advice on more lines.
static StringRef describeUsageError(StringRef messages, StringRef toolName) {
  StringRef line = messages.ltrim().split('\n').first;
  line.consume_front(toolName);
  line.consume_front(": ");
  return line.trim();
}

bool norm::parseCommandLine(int argc, char **argv, StringRef toolName,
                            StringRef overview, cl::OptionCategory &category) {
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter([toolName](llvm::raw_ostream &stream) {
    stream << toolName << " " NORM_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
  });
  // LLVM gives some messages to a stream, others to stderr.
  CapturedErrors errors;
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  bool isParsed = cl::ParseCommandLineOptions(argc, argv, overview, &stream);
  std::string written = errors.take();
  if (isParsed) {
    llvm::errs() << written;
    return true;
  }
  // The first error is the one that the others may follow from.
  StringRef text = written.empty() ? messages : written;
  llvm::errs() << toolName << ": error: " << describeUsageError(text, toolName)
               << "\n";
  return false;
}
