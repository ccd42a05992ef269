// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of the named operations and what sets them apart.

#include "DestinationStyle.h"
#include "NamedNorm.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::norm;

//===----------------------------------------------------------------------===//
// What follows from the interface
//===----------------------------------------------------------------------===//

Value norm::operandOf(NormOpInterface op, OperandRole role) {
  MutableOperandRange range = op.getOperandsOf(role);
  return range.empty() ? Value() : range[0].get();
}

SmallVector<int64_t> norm::remainingDims(int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> remaining;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      remaining.push_back(dim);
  return remaining;
}

static bool isStatistic(OperandRole role) {
  return role == OperandRole::Mean || role == OperandRole::Variance ||
         role == OperandRole::Rstd;
}

static SmallVector<int64_t> inputDimsOf(NormOpInterface op, OperandRole role,
                                        bool isInit) {
  int64_t rank = cast<ShapedType>(op.getNormalizedValue().getType()).getRank();
  switch (role) {
  case OperandRole::Input:
  case OperandRole::Mask:
  case OperandRole::Output:
    return llvm::to_vector(llvm::seq<int64_t>(0, rank));
  case OperandRole::Epsilon:
    return {};
  case OperandRole::Gamma:
  case OperandRole::Beta:
    return op.getEffectiveParameterAxes();
  case OperandRole::Mean:
  case OperandRole::Variance:
  case OperandRole::Rstd:
    return isInit ? remainingDims(rank, op.getReducedAxes())
                  : op.getEffectiveParameterAxes();
  }
  llvm_unreachable("unknown role");
}

SmallVector<NamedOperand> norm::getNamedOperands(NormOpInterface op) {
  SmallVector<NamedOperand> operands;
  for (OperandRole role : op.getOperandRoles()) {
    MutableOperandRange range = op.getOperandsOf(role);
    if (range.empty())
      continue;
    bool isInit = op.isDpsInit(&range[0]);
    operands.push_back({role, &range[0], inputDimsOf(op, role, isInit),
                        isStatistic(role) && isInit});
  }
  return operands;
}

std::optional<int64_t> norm::findDimToSplit(NormOpInterface op,
                                            const NamedOperand &operand) {
  std::optional<ChannelGroups> groups = op.getChannelGroups();
  if (!groups || operand.isPerGroup)
    return std::nullopt;
  const auto *position = llvm::find(operand.inputDims, groups->dim);
  if (position == operand.inputDims.end())
    return std::nullopt;
  return std::distance(operand.inputDims.begin(), position);
}

SmallVector<int64_t> norm::dimsInProgram(NormOpInterface op,
                                         ArrayRef<int64_t> inputDims,
                                         bool isPerGroup) {
  std::optional<ChannelGroups> groups = op.getChannelGroups();
  SmallVector<int64_t> dims;
  for (int64_t dim : inputDims) {
    dims.push_back(groups && dim > groups->dim ? dim + 1 : dim);
    if (groups && dim == groups->dim && !isPerGroup)
      dims.push_back(dim + 1);
  }
  return dims;
}

SmallVector<int64_t> norm::detail::getNormalizedDims(NormOpInterface op) {
  SmallVector<int64_t> dims = dimsInProgram(op, op.getReducedAxes());
  if (std::optional<ChannelGroups> groups = op.getChannelGroups()) {
    dims.push_back(groups->dim + 1);
    llvm::sort(dims);
  }
  return dims;
}

FloatType norm::detail::getEffectiveComputeType(NormOpInterface op) {
  if (TypeAttr type = op.getComputeTypeAttr())
    return cast<FloatType>(type.getValue());
  Type inputType = getElementTypeOrSelf(op.getNormalizedValue());
  return inputType.isF64() ? cast<FloatType>(inputType)
                           : Float32Type::get(op->getContext());
}

/// The result tied to an optional init, or null.
static Value resultOf(DestinationStyleOpInterface op,
                      MutableOperandRange init) {
  if (init.empty() || !isa<RankedTensorType>(init[0].get().getType()))
    return nullptr;
  return op.getTiedOpResult(&init[0]);
}

/// The inits for y and for `numStatistics` statistics, which span the input's
/// dims without `axes`, with the groups' number in the channels' place.
static SmallVector<Value>
makeInits(OpBuilder &builder, OperationState &state, Value input,
          ArrayRef<int64_t> axes, unsigned numStatistics,
          std::optional<ChannelGroups> groups = std::nullopt) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<OpFoldResult> sizes =
      tensor::getMixedSizes(builder, state.location, input);
  SmallVector<Value> inits = {tensor::EmptyOp::create(
      builder, state.location, sizes, type.getElementType())};
  if (groups)
    sizes[groups->dim] = builder.getIndexAttr(groups->count);
  SmallVector<OpFoldResult> statisticSizes =
      llvm::map_to_vector(remainingDims(type.getRank(), axes),
                          [&](int64_t dim) { return sizes[dim]; });
  Type computeType = type.getElementType().isF64() ? type.getElementType()
                                                   : builder.getF32Type();
  for (unsigned i = 0; i < numStatistics; ++i)
    inits.push_back(tensor::EmptyOp::create(builder, state.location,
                                            statisticSizes, computeType));
  return inits;
}

//===----------------------------------------------------------------------===//
// LayerNormOp
//===----------------------------------------------------------------------===//

void LayerNormOp::build(OpBuilder &builder, OperationState &state, Value input,
                        Value gamma, Value beta, ArrayRef<int64_t> axes,
                        double epsilon, bool withMean, bool withRstd) {
  SmallVector<Value> inits =
      makeInits(builder, state, input, axes, withMean + withRstd);
  Value mean = withMean ? inits[1] : Value();
  Value rstd = withRstd ? inits.back() : Value();
  build(builder, state, TypeRange(ValueRange(inits)), input, gamma, beta,
        /*mask=*/Value(), /*epsilon_operand=*/Value(), inits.front(), mean,
        rstd, builder.getDenseI64ArrayAttr(axes), /*parameter_axes=*/nullptr,
        builder.getF64FloatAttr(epsilon), /*compute_type=*/nullptr);
}

Value LayerNormOp::getMeanResult() { return resultOf(*this, getMeanMutable()); }
Value LayerNormOp::getRstdResult() { return resultOf(*this, getRstdMutable()); }

SmallVector<int64_t> LayerNormOp::getReducedAxes() {
  return llvm::to_vector(getAxes());
}
SmallVector<int64_t> LayerNormOp::getEffectiveParameterAxes() {
  return llvm::to_vector(getParameterAxes().value_or(getAxes()));
}

//===----------------------------------------------------------------------===//
// RMSNormOp
//===----------------------------------------------------------------------===//

void RMSNormOp::build(OpBuilder &builder, OperationState &state, Value input,
                      Value gamma, Value beta, ArrayRef<int64_t> axes,
                      double epsilon, double gammaOffset, bool withRstd) {
  SmallVector<Value> inits = makeInits(builder, state, input, axes, withRstd);
  build(builder, state, TypeRange(ValueRange(inits)), input, gamma, beta,
        /*mask=*/Value(), /*epsilon_operand=*/Value(), inits.front(),
        withRstd ? inits.back() : Value(), builder.getDenseI64ArrayAttr(axes),
        /*parameter_axes=*/nullptr,
        gammaOffset ? builder.getF64FloatAttr(gammaOffset) : FloatAttr(),
        builder.getF64FloatAttr(epsilon), /*compute_type=*/nullptr);
}

Value RMSNormOp::getRstdResult() { return resultOf(*this, getRstdMutable()); }

SmallVector<int64_t> RMSNormOp::getReducedAxes() {
  return llvm::to_vector(getAxes());
}
SmallVector<int64_t> RMSNormOp::getEffectiveParameterAxes() {
  return llvm::to_vector(getParameterAxes().value_or(getAxes()));
}

//===----------------------------------------------------------------------===//
// GroupNormOp
//===----------------------------------------------------------------------===//

void GroupNormOp::build(OpBuilder &builder, OperationState &state, Value input,
                        Value gamma, Value beta, ArrayRef<int64_t> axes,
                        int64_t channelAxis, std::optional<int64_t> groups,
                        double epsilon, bool withMean, bool withRstd) {
  std::optional<ChannelGroups> channelGroups;
  if (groups)
    channelGroups = {channelAxis, *groups};
  SmallVector<Value> inits = makeInits(builder, state, input, axes,
                                       withMean + withRstd, channelGroups);
  Value mean = withMean ? inits[1] : Value();
  Value rstd = withRstd ? inits.back() : Value();
  build(builder, state, TypeRange(ValueRange(inits)), input, gamma, beta,
        /*mask=*/Value(), /*epsilon_operand=*/Value(), inits.front(), mean,
        rstd, builder.getDenseI64ArrayAttr(axes),
        builder.getI64IntegerAttr(channelAxis),
        groups ? builder.getI64IntegerAttr(*groups) : IntegerAttr(),
        builder.getF64FloatAttr(epsilon), /*compute_type=*/nullptr);
}

Value GroupNormOp::getMeanResult() { return resultOf(*this, getMeanMutable()); }
Value GroupNormOp::getRstdResult() { return resultOf(*this, getRstdMutable()); }

SmallVector<int64_t> GroupNormOp::getReducedAxes() {
  return llvm::to_vector(getAxes());
}
SmallVector<int64_t> GroupNormOp::getEffectiveParameterAxes() {
  return {getChannelAxisAttr().getInt()};
}
std::optional<ChannelGroups> GroupNormOp::getChannelGroups() {
  if (IntegerAttr groups = getGroupsAttr())
    return ChannelGroups{getChannelAxisAttr().getInt(), groups.getInt()};
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// BatchNormInferenceOp
//===----------------------------------------------------------------------===//

void BatchNormInferenceOp::build(OpBuilder &builder, OperationState &state,
                                 Value input, Value mean, Value variance,
                                 Value gamma, Value beta, int64_t channelAxis,
                                 double epsilon) {
  Value init =
      makeInits(builder, state, input, /*axes=*/{}, /*numStatistics=*/0)
          .front();
  build(builder, state, TypeRange(init.getType()), input, mean, variance, gamma,
        beta, /*epsilon_operand=*/Value(), init,
        builder.getI64IntegerAttr(channelAxis),
        builder.getF64FloatAttr(epsilon), /*compute_type=*/nullptr);
}

SmallVector<int64_t> BatchNormInferenceOp::getReducedAxes() { return {}; }
SmallVector<int64_t> BatchNormInferenceOp::getEffectiveParameterAxes() {
  return {getChannelAxisAttr().getInt()};
}

//===----------------------------------------------------------------------===//
// BatchNormTrainingOp
//===----------------------------------------------------------------------===//

void BatchNormTrainingOp::build(OpBuilder &builder, OperationState &state,
                                Value input, Value gamma, Value beta,
                                int64_t channelAxis, double epsilon,
                                bool withMean, bool withVariance) {
  int64_t rank = cast<RankedTensorType>(input.getType()).getRank();
  SmallVector<Value> inits =
      makeInits(builder, state, input, remainingDims(rank, channelAxis),
                withMean + withVariance);
  Value mean = withMean ? inits[1] : Value();
  Value variance = withVariance ? inits.back() : Value();
  build(builder, state, TypeRange(ValueRange(inits)), input, gamma, beta,
        /*mask=*/Value(), /*epsilon_operand=*/Value(), inits.front(), mean,
        variance, builder.getI64IntegerAttr(channelAxis),
        builder.getF64FloatAttr(epsilon), /*compute_type=*/nullptr);
}

Value BatchNormTrainingOp::getMeanResult() {
  return resultOf(*this, getMeanMutable());
}
Value BatchNormTrainingOp::getVarianceResult() {
  return resultOf(*this, getVarianceMutable());
}

SmallVector<int64_t> BatchNormTrainingOp::getReducedAxes() {
  return remainingDims(cast<ShapedType>(getInput().getType()).getRank(),
                       getChannelAxisAttr().getInt());
}
SmallVector<int64_t> BatchNormTrainingOp::getEffectiveParameterAxes() {
  return {getChannelAxisAttr().getInt()};
}

//===----------------------------------------------------------------------===//
// Interface methods, the same for each
//===----------------------------------------------------------------------===//

#define NORM_NAMED_OP_METHODS(Op)                                              \
  void Op::getEffects(MemoryEffectList &effects) {                             \
    appendDestinationStyleEffects(*this, effects,                              \
                                  [](unsigned) { return false; });             \
  }                                                                            \
  Speculation::Speculatability Op::getSpeculatability() {                      \
    return destinationStyleSpeculatability(*this);                             \
  }                                                                            \
  LogicalResult Op::reifyResultShapes(OpBuilder &builder,                      \
                                      ReifiedRankedShapedTypeDims &shapes) {   \
    return reifyFromInits(*this, builder, shapes);                             \
  }

NORM_NAMED_OP_METHODS(LayerNormOp)
NORM_NAMED_OP_METHODS(RMSNormOp)
NORM_NAMED_OP_METHODS(GroupNormOp)
NORM_NAMED_OP_METHODS(BatchNormInferenceOp)
NORM_NAMED_OP_METHODS(BatchNormTrainingOp)
