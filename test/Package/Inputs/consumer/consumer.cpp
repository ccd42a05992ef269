// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Uses the dialect alone: parses an operation, verifies it and prints it.

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include <stdexcept>

using namespace mlir;

constexpr char source[] = R"(
  %x = tensor.empty() : tensor<4x8xf32>
  %y = norm.layer_norm ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-05
)";

int main() try {
  MLIRContext context;
  context.loadDialect<norm::NormDialect>();
  auto module = parseSourceString<ModuleOp>(source, &context);
  if (!module)
    throw std::runtime_error("the operation was not parsed");
  module->walk([](norm::LayerNormOp op) { llvm::outs() << op << "\n"; });
  return 0;
} catch (const std::runtime_error &error) {
  llvm::errs() << error.what() << "\n";
  return 1;
}
