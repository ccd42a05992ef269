// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "norm/Analysis/RowProgram.h"

using namespace mlir;

namespace {
struct TestRowProgram
    : public PassWrapper<TestRowProgram, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TestRowProgram)

  StringRef getArgument() const final { return "test-norm-row-program"; }
  StringRef getDescription() const final {
    return "Print the analysis of each row program";
  }
  void runOnOperation() override {
    getOperation()->walk(
        [](norm::GenericOp op) { norm::RowProgram(op).print(llvm::outs()); });
    markAllAnalysesPreserved();
  }
};
} // namespace

namespace mlir::norm::test {
void registerTestRowProgram() { PassRegistration<TestRowProgram>(); }
} // namespace mlir::norm::test
