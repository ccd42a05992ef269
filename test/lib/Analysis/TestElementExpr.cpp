// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "norm/Analysis/ElementExpr.h"

using namespace mlir;

namespace {
struct TestElementExpr
    : public PassWrapper<TestElementExpr, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TestElementExpr)
  TestElementExpr() = default;
  TestElementExpr(const TestElementExpr &other) : PassWrapper(other) {}

  StringRef getArgument() const final { return "test-norm-element-expr"; }
  StringRef getDescription() const final {
    return "Print what one element of each returned tensor is";
  }
  void runOnOperation() override {
    getOperation()->walk([&](func::ReturnOp op) {
      norm::ElementExprs exprs(&getContext());
      llvm::outs() << op->getParentOfType<func::FuncOp>().getName() << '\n';
      for (Value value : op.getOperands()) {
        llvm::outs() << "  ";
        exprs.print(exprs.element(value), llvm::outs(), depth);
        llvm::outs() << '\n';
      }
      compareReturned(exprs, op);
    });
    markAllAnalysesPreserved();
  }

  /// With two results: whether they are equal.
  static void compareReturned(norm::ElementExprs &exprs, func::ReturnOp op) {
    if (op.getNumOperands() != 2)
      return;
    norm::Expr first = exprs.element(op.getOperand(0));
    norm::Expr second = exprs.element(op.getOperand(1));
    llvm::outs() << (exprs.areEqual(first, second) ? "  equal\n"
                                                   : "  not equal\n");
  }

  Option<unsigned> depth{
      *this, "depth", llvm::cl::init(64),
      llvm::cl::desc("How many operations deep to look into tensors")};
};
} // namespace

namespace mlir::norm::test {
void registerTestElementExpr() { PassRegistration<TestElementExpr>(); }
} // namespace mlir::norm::test
