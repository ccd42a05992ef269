// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMKEEPLOOPANNOTATIONSPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

struct KeepLoopAnnotations
    : public norm::impl::NormKeepLoopAnnotationsPassBase<KeepLoopAnnotations> {
  void runOnOperation() override {
    StringRef name = "llvm.loop_annotation";
    getOperation()->walk([&](Operation *op) {
      auto annotation = op->getAttrOfType<LLVM::LoopAnnotationAttr>(name);
      if (!annotation)
        return;
      if (auto branch = dyn_cast<LLVM::BrOp>(op))
        branch.setLoopAnnotationAttr(annotation);
      else if (auto branch = dyn_cast<LLVM::CondBrOp>(op))
        branch.setLoopAnnotationAttr(annotation);
      else
        return;
      op->removeDiscardableAttr(name);
    });
  }
};

} // namespace
