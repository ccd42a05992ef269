// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SliceCloner.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::norm;

ProgramSlice::ProgramSlice(GenericOp program, ValueRange roots) {
  SmallVector<Value> worklist(roots);
  llvm::SmallDenseSet<Value> found;
  llvm::SmallDenseSet<Operation *> needed;
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (!op || isa<CollectiveOpInterface>(op))
      found.insert(value);
    else if (needed.insert(op).second)
      llvm::append_range(worklist, op->getOperands());
  }
  auto takeLeaves = [&](ValueRange values) {
    for (Value value : values)
      if (found.contains(value))
        leaves.push_back(value);
  };
  takeLeaves(program.getBody().getArguments());
  for (Operation &op : program.getBody().front()) {
    takeLeaves(op.getResults());
    if (needed.contains(&op))
      ops.push_back(&op);
  }
}

Value norm::castFloat(OpBuilder &builder, Location loc, Value value,
                      Type type) {
  if (value.getType() == type)
    return value;
  if (value.getType().getIntOrFloatBitWidth() < type.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(builder, loc, type, value);
  return arith::TruncFOp::create(builder, loc, type, value);
}

void SliceCloner::bind(Value original, Value value) {
  if (computeType && isa<FloatType>(value.getType()))
    value = castFloat(builder, original.getLoc(), value, computeType);
  mapping.map(original, value);
}

/// Whether floats of other types may take the place of those the operation was
/// written for. True of arith and math but for what reads or scales by bits.
static bool isPolymorphicOverFloats(Operation *op) {
  return isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) &&
         !isa<arith::BitcastOp, arith::ScalingExtFOp, arith::ScalingTruncFOp>(
             op);
}

void SliceCloner::clone(Operation *op) {
  auto isFloat = [](Type type) { return isa<FloatType>(type); };
  FloatAttr constant;
  if (!computeType || (llvm::none_of(op->getOperandTypes(), isFloat) &&
                       llvm::none_of(op->getResultTypes(), isFloat)))
    builder.clone(*op, mapping);
  else if (matchPattern(op, m_Constant(&constant)))
    cloneConstant(op, constant);
  else if (isa<arith::ExtFOp, arith::TruncFOp>(op))
    mapping.map(op->getResult(0), mapping.lookup(op->getOperand(0)));
  else if (isPolymorphicOverFloats(op))
    cloneRetyped(op);
  else
    cloneInOwnTypes(op);
}

void SliceCloner::cloneConstant(Operation *op, FloatAttr value) {
  APFloat promoted = value.getValue();
  bool losesInfo;
  promoted.convert(computeType.getFloatSemantics(),
                   APFloat::rmNearestTiesToEven, &losesInfo);
  mapping.map(
      op->getResult(0),
      arith::ConstantOp::create(builder, op->getLoc(),
                                builder.getFloatAttr(computeType, promoted)));
}

void SliceCloner::cloneRetyped(Operation *op) {
  SmallVector<Value> operands = llvm::map_to_vector(
      op->getOperands(), [&](Value operand) { return lookup(operand); });
  SmallVector<Type> types = llvm::map_to_vector(
      op->getResultTypes(), [&](Type type) { return promote(type); });
  Operation *retyped =
      builder.create(op->getLoc(), op->getName().getIdentifier(), operands,
                     types, op->getAttrs());
  mapping.map(op->getResults(), retyped->getResults());
}

void SliceCloner::cloneInOwnTypes(Operation *op) {
  IRMapping own;
  for (Value operand : op->getOperands()) {
    Value value = lookup(operand);
    if (isa<FloatType>(operand.getType()))
      value = castFloat(builder, op->getLoc(), value, operand.getType());
    own.map(operand, value);
  }
  Operation *cloned = builder.clone(*op, own);
  for (auto [original, result] :
       llvm::zip_equal(op->getResults(), cloned->getResults()))
    bind(original, result);
}
