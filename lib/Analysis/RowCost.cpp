// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Analysis/RowCost.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::norm;

unsigned norm::getOperationWeight(Operation *op) {
  if (op->hasTrait<OpTrait::IsTerminator>() ||
      op->hasTrait<OpTrait::ConstantLike>())
    return 0;
  if (isa<arith::DivFOp, math::SqrtOp, math::RsqrtOp>(op))
    return 8;
  if (isa<math::ExpOp, math::Exp2Op, math::LogOp, math::Log2Op, math::Log10Op,
          math::Log1pOp, math::ExpM1Op>(op))
    return 16;
  if (isa<math::ErfOp, math::TanhOp, math::SinOp, math::CosOp>(op))
    return 32;
  if (isa<math::AbsFOp, math::AbsIOp, math::FmaOp, math::FloorOp, math::CeilOp,
          math::RoundEvenOp, math::TruncOp, math::CopySignOp>(op) ||
      !isa_and_nonnull<math::MathDialect>(op->getDialect()))
    return 1;
  return 64;
}

/// A sum; then a difference and two more sums.
static constexpr int64_t momentsWeight = 4;

static int64_t getElementBytes(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isIntOrFloat()
             ? llvm::divideCeil(element.getIntOrFloatBitWidth(), 8)
             : sizeof(int64_t);
}

RowCost::RowCost(const RowProgram &program) : numBytes(0) {
  GenericOp op = program.getOp();
  ArrayRef<int64_t> normalized = op.getNormalizedDims();
  bool hasRow = !normalized.empty();
  bool hasRowDims = int64_t(normalized.size()) < int64_t(op.getNumDims());
  llvm::DenseSet<Value> read, written;
  for (auto [index, map] : llvm::enumerate(op.getIndexingMapsArray())) {
    Value operand = op->getOperand(index);
    bool isInput = index < op.getInputs().size();
    auto type = dyn_cast<ShapedType>(operand.getType());
    if (!type || !(isInput ? read : written).insert(operand).second)
      continue;
    int64_t bytes = getElementBytes(type);
    if (!type.hasStaticShape())
      numBytes.reset();
    else if (numBytes)
      *numBytes += bytes * type.getNumElements();
    auto uses = [&, map = map](int64_t dim) {
      return map.isFunctionOfDim(dim);
    };
    bool isForEachRow = !hasRowDims;
    for (int64_t dim = 0; dim < op.getNumDims(); ++dim)
      isForEachRow |= !llvm::is_contained(normalized, dim) && uses(dim);
    if (isForEachRow && (!hasRow || llvm::any_of(normalized, uses)))
      bytesPerElement += bytes;
  }
  const VaryingDims &varying = program.getVaryingDims();
  for (unsigned phase = 0; phase < program.getNumPhases(); ++phase) {
    for (Operation *nested : program.getSlice(phase))
      if (!hasRow || llvm::any_of(nested->getResults(), [&](Value result) {
            return varying.variesAlongAny(result, normalized);
          }))
        operationsPerElement += getOperationWeight(nested);
    for (Operation *collective : program.getCollectives(phase))
      operationsPerElement += isa<MomentsOp>(collective) ? momentsWeight : 1;
  }
}
