// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_RUN_BENCH_H
#define NORM_RUN_BENCH_H

#include "Kernel.h"

namespace mlir::norm {

/// Something to time, and its name in the table.
struct Contestant {
  std::string name;
  std::function<void()> run;
  /// Useful bytes per run.
  int64_t numBytes = 0;
  /// Whether this shows what the machine can do.
  bool isCeiling = false;
};

/// Kernels that copy as many bytes as `numBytes` in and out together, compiled
/// as all other code here is and run by as many threads: through the caches,
/// and past them. What they reach is the most that the machine moves.
class CopyCeiling {
public:
  static llvm::Expected<std::unique_ptr<CopyCeiling>>
  create(int64_t numBytes, const KernelOptions &options, MLIRContext *context,
         llvm::TargetMachine &machine);
  void appendTo(std::vector<Contestant> &contestants);

private:
  std::vector<Kernel> kernels;
  std::vector<std::vector<HostArray>> arguments;
  std::vector<Invocation> invocations;
  int64_t numBytes = 0;
};

/// Times all of them in turns, so that a change in the machine's load meets all
/// alike, and prints for each the median and best time per run over the turns,
/// the bytes per second of the best, and how much of the ceiling that is.
void runBenchmark(ArrayRef<Contestant> contestants, unsigned numRounds,
                  llvm::raw_ostream &stream);

} // namespace mlir::norm

#endif // NORM_RUN_BENCH_H
