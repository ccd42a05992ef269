// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Another compiler's view of norm-mlir: build a layer norm, lower it, print it.

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Pass/PassManager.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "norm/Dialect/Norm/Transforms/BufferizableOpInterfaceImpl.h"
#include "norm/Pipelines/Pipelines.h"

using namespace mlir;

/// func.func @normalize(x: ?x768, gamma: 768, beta: 768) -> ?x768, in f32.
static OwningOpRef<ModuleOp> buildModule(MLIRContext &context) {
  OpBuilder builder(&context);
  Location loc = builder.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder, loc);
  builder.setInsertionPointToStart(module->getBody());

  auto rows =
      RankedTensorType::get({ShapedType::kDynamic, 768}, builder.getF32Type());
  auto row = RankedTensorType::get({768}, builder.getF32Type());
  auto function =
      func::FuncOp::create(builder, loc, "normalize",
                           builder.getFunctionType({rows, row, row}, {rows}));
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);

  // The builder makes the init tensor, dynamic sizes and all.
  auto layerNorm = norm::LayerNormOp::create(
      builder, loc, entry->getArgument(0), /*gamma=*/entry->getArgument(1),
      /*beta=*/entry->getArgument(2), /*axes=*/{1}, /*epsilon=*/1e-5);
  func::ReturnOp::create(builder, loc, layerNorm->getResults());
  return module;
}

int main() {
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registry.insert<norm::NormDialect>();
  norm::registerBufferizableOpInterfaceExternalModels(registry);

  MLIRContext context(registry);
  context.loadDialect<func::FuncDialect, norm::NormDialect>();
  OwningOpRef<ModuleOp> module = buildModule(context);
  module->print(llvm::outs());

  PassManager pm(&context);
  norm::NormToLLVMOptions options;
  norm::buildNormToLLVMPipeline(pm, options);
  if (failed(pm.run(*module)))
    return 1;
  module->print(llvm::outs());
  return 0;
}
