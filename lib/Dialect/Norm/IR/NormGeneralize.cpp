// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The row program of each named operation: its definition.

#include "ComputeBuilder.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::norm;

namespace {
/// The operands of a named operation in the order of its row program's inputs
/// and outputs, each with its indexing map.
struct ProgramOperands {
  SmallVector<Value> inputs, outputs;
  SmallVector<AffineMap> maps;
};
} // namespace

static AffineMap mapOfDims(int64_t rank, ArrayRef<int64_t> dims,
                           MLIRContext *context) {
  SmallVector<AffineExpr> exprs = llvm::map_to_vector(
      dims, [&](int64_t dim) { return getAffineDimExpr(dim, context); });
  return AffineMap::get(rank, 0, exprs, context);
}

template <typename NamedOp>
static ProgramOperands collectOperands(NamedOp op) {
  MLIRContext *context = op.getContext();
  int64_t rank = cast<ShapedType>(op.getInput().getType()).getRank();
  SmallVector<int64_t> rowDims;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(op.getAxes(), dim))
      rowDims.push_back(dim);
  AffineMap all = AffineMap::getMultiDimIdentityMap(rank, context);
  AffineMap parameters =
      mapOfDims(rank, op.getEffectiveParameterAxes(), context);
  AffineMap rows = mapOfDims(rank, rowDims, context);

  ProgramOperands operands;
  SmallVector<AffineMap> outputMaps;
  auto addInput = [&](Value value, AffineMap map) {
    if (!value)
      return;
    operands.inputs.push_back(value);
    operands.maps.push_back(map);
  };
  auto addOutput = [&](Value value, AffineMap map) {
    if (!value)
      return;
    operands.outputs.push_back(value);
    outputMaps.push_back(map);
  };
  addInput(op.getInput(), all);
  addInput(op.getGamma(), parameters);
  addInput(op.getBeta(), parameters);
  addInput(op.getMask(), all);
  addInput(op.getEpsilonOperand(), AffineMap::get(rank, 0, context));
  addOutput(op.getOutput(), all);
  if constexpr (std::is_same_v<NamedOp, LayerNormOp>)
    addOutput(op.getMean(), rows);
  addOutput(op.getRstd(), rows);
  operands.maps.append(outputMaps);
  return operands;
}

/// 1/√value, and 0 for a value that is exactly 0: only a row without any spread
/// under an epsilon of 0 gets there, and it shall give beta.
static Value emitGuardedRsqrt(ComputeBuilder &compute, Value value,
                              bool mayBeZero) {
  Value rsqrt = math::RsqrtOp::create(compute.builder, compute.loc, value);
  if (!mayBeZero)
    return rsqrt;
  Value zero = compute.zero();
  Value isZero = arith::CmpFOp::create(compute.builder, compute.loc,
                                       arith::CmpFPredicate::OEQ, value, zero);
  return arith::SelectOp::create(compute.builder, compute.loc, isZero, zero,
                                 rsqrt);
}

/// Emits y = centered · rstd · gamma + beta and yields it with the statistics,
/// each cast to its output's element type. `arguments` are those that follow
/// the input's.
template <typename NamedOp>
static void emitAffineAndYield(NamedOp op, ComputeBuilder &compute,
                               Value centered, Value mean, Value spread,
                               ValueRange arguments) {
  auto take = [&](bool present) {
    if (!present)
      return Value();
    Value argument = arguments.front();
    arguments = arguments.drop_front();
    return argument;
  };
  Value gamma = take(bool(op.getGamma()));
  Value beta = take(bool(op.getBeta()));
  take(bool(op.getMask()));
  Value epsilon = take(bool(op.getEpsilonOperand()));

  // An epsilon may be 0 only once it is rounded.
  bool mayBeZero = !op.getEpsilon() || compute.round(*op.getEpsilon()).isZero();
  epsilon =
      epsilon ? compute.extend(epsilon) : compute.constant(*op.getEpsilon());
  Value rstd =
      emitGuardedRsqrt(compute, compute.add(spread, epsilon), mayBeZero);
  Value y = compute.mul(centered, rstd);
  if (gamma) {
    Value scale = compute.extend(gamma);
    if constexpr (std::is_same_v<NamedOp, RMSNormOp>)
      if (op.getGammaOffset() && !op.getGammaOffset()->isZero())
        scale = compute.add(scale, compute.constant(*op.getGammaOffset()));
    y = compute.mul(y, scale);
  }
  if (beta)
    y = compute.add(y, compute.extend(beta));

  SmallVector<Value> values = {
      compute.cast(y, getElementTypeOrSelf(op.getOutput()))};
  if constexpr (std::is_same_v<NamedOp, LayerNormOp>)
    if (op.getMean())
      values.push_back(compute.cast(mean, getElementTypeOrSelf(op.getMean())));
  if (op.getRstd())
    values.push_back(compute.cast(rstd, getElementTypeOrSelf(op.getRstd())));
  YieldOp::create(compute.builder, compute.loc, values);
}

/// Where the mask stands among the block's arguments, or null.
template <typename NamedOp>
static Value maskArgument(NamedOp op, ValueRange arguments) {
  if (!op.getMask())
    return nullptr;
  return arguments[1 + bool(op.getGamma()) + bool(op.getBeta())];
}

static Value emitMeanSquare(ComputeBuilder &compute, Value value, Value mask) {
  Value sum = compute.sum(compute.mul(value, value), mask, /*over=*/nullptr);
  return compute.mul(sum, compute.inverseCount(mask, /*over=*/nullptr));
}

Operation *LayerNormOp::generalize(OpBuilder &builder) {
  ProgramOperands operands = collectOperands(*this);
  return GenericOp::create(
      builder, getLoc(), operands.inputs, operands.outputs, operands.maps,
      getAxes(), [&](OpBuilder &builder, Location loc, ValueRange arguments) {
        ComputeBuilder compute(builder, loc, getEffectiveComputeType());
        Value x = compute.extend(arguments.front());
        auto moments =
            MomentsOp::create(builder, loc, /*algorithm=*/nullptr, x,
                              maskArgument(*this, arguments), /*over=*/nullptr);
        emitAffineAndYield(*this, compute, moments.getCentered(),
                           moments.getMean(), moments.getVariance(),
                           arguments.drop_front());
      });
}

Operation *RMSNormOp::generalize(OpBuilder &builder) {
  ProgramOperands operands = collectOperands(*this);
  return GenericOp::create(
      builder, getLoc(), operands.inputs, operands.outputs, operands.maps,
      getAxes(), [&](OpBuilder &builder, Location loc, ValueRange arguments) {
        ComputeBuilder compute(builder, loc, getEffectiveComputeType());
        Value x = compute.extend(arguments.front());
        Value meanSquare =
            emitMeanSquare(compute, x, maskArgument(*this, arguments));
        emitAffineAndYield(*this, compute, x, /*mean=*/Value(), meanSquare,
                           arguments.drop_front());
      });
}
