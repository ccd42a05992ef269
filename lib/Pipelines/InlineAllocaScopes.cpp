// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMINLINEALLOCASCOPESPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

/// Whether stack memory is allocated that lives until the scope ends: not what
/// a called function or a scope inside allocates.
bool allocates(memref::AllocaScopeOp scope) {
  WalkResult result = scope.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<memref::AllocaOp, LLVM::AllocaOp>(op))
      return WalkResult::interrupt();
    bool isInnerScope = op != scope.getOperation() &&
                        op->hasTrait<OpTrait::AutomaticAllocationScope>();
    return isInnerScope ? WalkResult::skip() : WalkResult::advance();
  });
  return result.wasInterrupted();
}

void inlineScope(memref::AllocaScopeOp scope) {
  OpBuilder builder(scope);
  Location loc = scope.getLoc();
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  bool restores = allocates(scope);
  Value stack;
  if (restores)
    stack = LLVM::StackSaveOp::create(builder, loc, pointer);
  Block &body = scope.getBodyRegion().front();
  Operation *terminator = body.getTerminator();
  scope->replaceAllUsesWith(terminator->getOperands());
  terminator->erase();
  scope->getBlock()->getOperations().splice(scope->getIterator(),
                                            body.getOperations());
  if (restores)
    LLVM::StackRestoreOp::create(builder, loc, stack);
  scope->erase();
}

struct InlineAllocaScopes
    : public norm::impl::NormInlineAllocaScopesPassBase<InlineAllocaScopes> {
  void runOnOperation() override { getOperation()->walk(inlineScope); }
};

} // namespace
