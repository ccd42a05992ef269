// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/Transforms/Transforms.h"
#include "norm/Pipelines/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMCHECKCUDAOPTIONSPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

/// Where upstream's serialization looks too.
static bool findAssembler(StringRef toolkit) {
  SmallVector<std::string> folders;
  if (!toolkit.empty())
    folders.push_back(toolkit.str());
  for (const char *variable : {"CUDA_ROOT", "CUDA_HOME", "CUDA_PATH"})
    if (const char *value = std::getenv(variable))
      folders.push_back(value);
  for (StringRef folder : folders) {
    SmallString<128> path(folder);
    llvm::sys::path::append(path, "bin", "ptxas");
    if (llvm::sys::fs::can_execute(path))
      return true;
  }
  return bool(llvm::sys::findProgramByName("ptxas"));
}

/// `+ptx` and digits, or nothing.
static bool isFeature(StringRef features) {
  return features.empty() ||
         (features.consume_front("+ptx") && !features.empty() &&
          llvm::all_of(features, llvm::isDigit));
}

namespace {
struct CheckCUDAOptions
    : public norm::impl::NormCheckCUDAOptionsPassBase<CheckCUDAOptions> {
  using NormCheckCUDAOptionsPassBase::NormCheckCUDAOptionsPassBase;

  void runOnOperation() override {
    if (failed(check()))
      signalPassFailure();
  }

private:
  LogicalResult check();
};
} // namespace

LogicalResult CheckCUDAOptions::check() {
  auto fail = [&] { return mlir::emitError(UnknownLoc::get(&getContext())); };
  if (!isKnownGPU(chip))
    return fail() << "expected the chip to be one of "
                  << llvm::join(getKnownGPUs(), ", ") << ", got '" << chip
                  << "'";
  if (!isFeature(features))
    return fail() << "expected a version of PTX as the features, such as "
                     "+ptx80, got '"
                  << features << "'";
  if (optLevel < 0 || optLevel > 3)
    return fail() << "expected an optimization level of 0 to 3, got "
                  << int64_t(optLevel);
  if (!toolkit.empty() && !llvm::sys::fs::is_directory(toolkit))
    return fail() << "the CUDA toolkit " << toolkit << " is no folder";
  if (needsAssembler && !findAssembler(toolkit))
    return fail() << "ptxas is not there, which makes machine code: it is part "
                     "of CUDA's toolkit, and looked for in the toolkit that is "
                     "given, in CUDA_ROOT, CUDA_HOME and CUDA_PATH, and on the "
                     "PATH";
  return success();
}
