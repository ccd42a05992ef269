// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_COMPILER_EXPLAIN_H
#define NORM_LIB_COMPILER_EXPLAIN_H

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

namespace mlir::norm {

/// Collects what the passes of a compilation decide, and writes it as text, a
/// part per function: which normalizations were found and which operations
/// fused, what was left and why, and of each kernel its schedule, the bytes
/// that it moves and what bounds it.
class Explanation {
public:
  explicit Explanation(MLIRContext *context) : context(context) {}
  ~Explanation();
  Explanation(const Explanation &) = delete;
  Explanation &operator=(const Explanation &) = delete;

  /// Listens to the remarks of the passes and, of one of them, looks at what it
  /// did. As long as this lives, the context has no other remark engine.
  LogicalResult listen(PassManager &pm);

  void write(llvm::raw_ostream &os) const;

private:
  class Streamer;
  class Instrumentation;

  void add(StringRef function, std::string line) {
    functions[function.str()].push_back(std::move(line));
  }

  MLIRContext *context;
  /// By the functions' names, in the order in which something was said of them.
  llvm::MapVector<std::string, std::vector<std::string>,
                  std::map<std::string, unsigned>>
      functions;
};

} // namespace mlir::norm

#endif // NORM_LIB_COMPILER_EXPLAIN_H
