// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Temporaries.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"

using namespace mlir;
using namespace mlir::norm;

namespace {
class SaveInstrumentation : public PassInstrumentation {
public:
  explicit SaveInstrumentation(SaveTemporary save) : save(std::move(save)) {}

  void runAfterPass(Pass *pass, Operation *root) override {
    if (pass->getArgument() == "norm-schedule")
      save("norm.mlir", print(root));
    if (pass->getArgument() != "gpu-module-to-binary")
      return;
    root->walk([&](gpu::BinaryOp binary) {
      auto object = cast<gpu::ObjectAttr>(binary.getObjects()[0]);
      if (object.getFormat() == gpu::CompilationTarget::Assembly)
        save("ptx", object.getObject().getValue());
    });
  }

private:
  static std::string print(Operation *op) {
    std::string text;
    llvm::raw_string_ostream(text) << *op << "\n";
    return text;
  }

  SaveTemporary save;
};
} // namespace

void norm::saveBetweenPasses(PassManager &pm, SaveTemporary save) {
  pm.addInstrumentation(std::make_unique<SaveInstrumentation>(std::move(save)));
}
