// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "norm/Conversion/Passes.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "norm/Dialect/Norm/TransformOps/NormTransformOps.h"
#include "norm/Dialect/Norm/Transforms/BufferizableOpInterfaceImpl.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Dialect/Norm/Transforms/TilingInterfaceImpl.h"
#include "norm/Pipelines/Pipelines.h"

#ifdef NORM_INCLUDE_TESTS
namespace mlir::norm::test {
void registerTestElementExpr();
void registerTestRowProgram();
} // namespace mlir::norm::test
#endif

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  mlir::norm::registerNormTransformsPasses();
  mlir::norm::registerNormConversionPasses();
  mlir::norm::registerNormPipelines();
#ifdef NORM_INCLUDE_TESTS
  mlir::norm::test::registerTestElementExpr();
  mlir::norm::test::registerTestRowProgram();
#endif
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  // gpu-module-to-binary translates.
  mlir::registerAllToLLVMIRTranslations(registry);
  registry.insert<mlir::norm::NormDialect>();
  mlir::norm::registerBufferizableOpInterfaceExternalModels(registry);
  mlir::norm::registerTilingInterfaceExternalModels(registry);
  mlir::norm::registerTransformDialectExtension(registry);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "norm-mlir optimizer\n", registry));
}
