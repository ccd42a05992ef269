// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "norm/InitNorm.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"

#ifdef NORM_INCLUDE_TESTS
namespace mlir::norm::test {
void registerTestElementExpr();
void registerTestFuseConsumers();
void registerTestRowProgram();
} // namespace mlir::norm::test
#endif

int main(int argc, char **argv) {
  llvm::cl::SetVersionPrinter([](llvm::raw_ostream &stream) {
    stream << "norm-opt " NORM_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
  });
  mlir::registerAllPasses();
  mlir::norm::registerAllNormPasses();
#ifdef NORM_INCLUDE_TESTS
  mlir::norm::test::registerTestElementExpr();
  mlir::norm::test::registerTestFuseConsumers();
  mlir::norm::test::registerTestRowProgram();
#endif
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::norm::registerAllNormDialects(registry);
  // gpu-module-to-binary translates.
  mlir::registerAllToLLVMIRTranslations(registry);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "norm-mlir optimizer\n", registry));
}
