// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Our opt tool: our dialect and passes beside upstream's and norm-mlir's.

#include "Mini.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "norm/InitNorm.h"

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  mlir::norm::registerAllNormPasses();
  mini::registerPasses();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::norm::registerAllNormDialects(registry);
  registry.insert<mini::MiniDialect>();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "mini-compiler optimizer\n", registry));
}
