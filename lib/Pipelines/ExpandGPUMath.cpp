// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMEXPANDGPUMATHPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

/// LLVM's intrinsic for an operation that NVPTX computes inline, on vectors
/// too; empty for others.
StringRef getIntrinsic(Operation *op) {
  return llvm::StringSwitch<StringRef>(op->getName().getStringRef())
      .Case("arith.maxnumf", "llvm.maxnum")
      .Case("arith.minnumf", "llvm.minnum")
      .Case("math.absf", "llvm.fabs")
      .Case("math.ceil", "llvm.ceil")
      .Case("math.copysign", "llvm.copysign")
      .Case("math.floor", "llvm.floor")
      .Case("math.fma", "llvm.fma")
      .Case("math.roundeven", "llvm.roundeven")
      .Case("math.sqrt", "llvm.sqrt")
      .Case("math.trunc", "llvm.trunc")
      .Default("");
}

Value callIntrinsic(OpBuilder &builder, Location loc, StringRef name, Type type,
                    ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(builder, loc, type,
                                       builder.getStringAttr(name), operands)
      .getResult(0);
}

/// 1/√x. The instruction for f32 is right to 2^-22.9, which also serves 16
/// bits; for f64 there is none that is as exact as the type.
Value emitRsqrt(OpBuilder &builder, Location loc, Value operand) {
  Type type = operand.getType();
  if (type.isF32())
    return callIntrinsic(builder, loc, "llvm.nvvm.rsqrt.approx.f", type,
                         operand);
  if (type.getIntOrFloatBitWidth() < 32) {
    Value wide =
        arith::ExtFOp::create(builder, loc, builder.getF32Type(), operand);
    return arith::TruncFOp::create(builder, loc, type,
                                   emitRsqrt(builder, loc, wide));
  }
  Value one = arith::ConstantOp::create(builder, loc, builder.getOneAttr(type));
  Value root = callIntrinsic(builder, loc, "llvm.sqrt", type, operand);
  return arith::DivFOp::create(builder, loc, one, root);
}

Value expandRsqrt(math::RsqrtOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  auto type = dyn_cast<VectorType>(op.getType());
  if (!type)
    return emitRsqrt(builder, loc, op.getOperand());
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < type.getNumElements(); ++lane)
    elements.push_back(emitRsqrt(
        builder, loc,
        vector::ExtractOp::create(builder, loc, op.getOperand(), lane)));
  return vector::FromElementsOp::create(builder, loc, type, elements);
}

struct ExpandGPUMath
    : public norm::impl::NormExpandGPUMathPassBase<ExpandGPUMath> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (op->getNumResults() == 1 &&
          isa<FloatType>(getElementTypeOrSelf(op->getResult(0).getType())))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      Value expanded;
      if (auto rsqrt = dyn_cast<math::RsqrtOp>(op)) {
        expanded = expandRsqrt(rsqrt);
      } else if (StringRef name = getIntrinsic(op); !name.empty()) {
        OpBuilder builder(op);
        expanded = callIntrinsic(builder, op->getLoc(), name,
                                 op->getResult(0).getType(), op->getOperands());
      } else {
        continue;
      }
      op->getResult(0).replaceAllUsesWith(expanded);
      op->erase();
    }
  }
};

} // namespace
