// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The row program of each named operation: its definition.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "norm/Dialect/Norm/IR/Norm.h"

using namespace mlir;
using namespace mlir::norm;

namespace {
/// Builds arithmetic in the compute type. Multiplications and additions may be
/// contracted, nothing else is left to the optimizer.
class ComputeBuilder {
public:
  ComputeBuilder(OpBuilder &builder, Location loc, FloatType type)
      : builder(builder), loc(loc), type(type) {}

  Value constant(const APFloat &value) {
    APFloat rounded = value;
    bool losesInfo;
    rounded.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
    return arith::ConstantOp::create(builder, loc,
                                     builder.getFloatAttr(type, rounded));
  }
  Value zero() { return constant(APFloat(0.0)); }
  Value add(Value lhs, Value rhs) {
    return arith::AddFOp::create(builder, loc, lhs, rhs, contract);
  }
  Value mul(Value lhs, Value rhs) {
    return arith::MulFOp::create(builder, loc, lhs, rhs, contract);
  }
  /// To the compute type.
  Value extend(Value value) { return cast(value, type); }
  Value cast(Value value, Type to) {
    unsigned from = value.getType().getIntOrFloatBitWidth();
    if (value.getType() == to)
      return value;
    if (from < to.getIntOrFloatBitWidth())
      return arith::ExtFOp::create(builder, loc, to, value);
    return arith::TruncFOp::create(builder, loc, to, value);
  }
  /// 1/√value, and 0 for a value that is exactly 0: only a row without any
  /// spread under an epsilon of 0 gets there, and it shall give beta.
  Value guardedRsqrt(Value value, bool mayBeZero) {
    Value rsqrt = math::RsqrtOp::create(builder, loc, value);
    if (!mayBeZero)
      return rsqrt;
    Value isZero = arith::CmpFOp::create(
        builder, loc, arith::CmpFPredicate::OEQ, value, zero());
    return arith::SelectOp::create(builder, loc, isZero, zero(), rsqrt);
  }
  Value meanOfSquares(Value value, Value mask) {
    Value square = mul(value, value);
    Value sum = ReduceOp::create(builder, loc, vector::CombiningKind::ADD,
                                 square, mask, /*over=*/nullptr);
    Value size = SizeOp::create(builder, loc, type, mask, /*over=*/nullptr);
    Value one = constant(APFloat(1.0));
    // Without a valid element the mean is 0, as that of norm.moments.
    Value count = arith::MaximumFOp::create(builder, loc, size, one);
    return mul(sum, arith::DivFOp::create(builder, loc, one, count));
  }

  OpBuilder &builder;
  Location loc;
  FloatType type;

private:
  static constexpr arith::FastMathFlags contract =
      arith::FastMathFlags::contract;
};

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

  bool mayBeZero = !op.getEpsilon() || op.getEpsilon()->isZero();
  epsilon =
      epsilon ? compute.extend(epsilon) : compute.constant(*op.getEpsilon());
  Value rstd = compute.guardedRsqrt(compute.add(spread, epsilon), mayBeZero);
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
            compute.meanOfSquares(x, maskArgument(*this, arguments));
        emitAffineAndYield(*this, compute, x, /*mean=*/Value(), meanSquare,
                           arguments.drop_front());
      });
}
