// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise: the operation for a match, with the operands that it takes.

#include "Raise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// A tensor of static shape in another one, of the same elements in order.
static Value makeShape(OpBuilder &builder, Location loc, Value tensor,
                       ArrayRef<int64_t> shape) {
  auto from = cast<RankedTensorType>(tensor.getType());
  auto to = from.clone(shape);
  if (from == to)
    return tensor;
  if (auto groups = getReassociationIndicesForReshape(from, to)) {
    if (from.getRank() > to.getRank())
      return tensor::CollapseShapeOp::create(builder, loc, to, tensor, *groups);
    return tensor::ExpandShapeOp::create(builder, loc, to, tensor, *groups);
  }
  auto all = [](int64_t rank) {
    return SmallVector<ReassociationIndices>(
        {llvm::to_vector<2>(llvm::seq<int64_t>(0, rank))});
  };
  Value flat = tensor::CollapseShapeOp::create(builder, loc, tensor,
                                               all(from.getRank()));
  return tensor::ExpandShapeOp::create(builder, loc, to, flat,
                                       all(to.getRank()));
}

/// A tensor without those dims of size 1 that it is not used along.
static Value makeOperand(OpBuilder &builder, Location loc, ElementExprs &exprs,
                         const std::optional<Operand> &operand) {
  if (!operand)
    return nullptr;
  if (!operand->tensor)
    return materialize(builder, loc, exprs, operand->computed,
                       operand->indices);
  if (operand->shape)
    return makeShape(builder, loc, operand->tensor, *operand->shape);
  auto type = cast<RankedTensorType>(operand->tensor.getType());
  if (static_cast<int64_t>(operand->ownDims.size()) == type.getRank())
    return operand->tensor;
  SmallVector<ReassociationIndices> groups(operand->ownDims.size());
  unsigned group = 0;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    if (group + 1 < groups.size() && dim == operand->ownDims[group + 1])
      ++group;
    groups[group].push_back(dim);
  }
  // One that is there serves as well.
  Operation *next = &*builder.getInsertionPoint();
  for (Operation *user : operand->tensor.getUsers()) {
    auto collapse = dyn_cast<tensor::CollapseShapeOp>(user);
    if (!collapse || collapse->getBlock() != next->getBlock() ||
        collapse.getReassociationIndices() != groups)
      continue;
    if (collapse == next)
      builder.setInsertionPointAfter(collapse);
    else if (!collapse->isBeforeInBlock(next))
      collapse->moveBefore(next);
    return collapse;
  }
  return tensor::CollapseShapeOp::create(builder, loc, operand->tensor, groups);
}

static Value makeEpsilon(OpBuilder &builder, Location loc, Expr epsilon) {
  if (!epsilon)
    return {};
  if (epsilon->is(ElementExpr::Kind::Apply)) {
    Value inner = makeEpsilon(builder, loc, epsilon->operands[0]);
    if (epsilon->is(ExprOp::Trunc))
      return arith::TruncFOp::create(builder, loc, epsilon->type, inner);
    return arith::ExtFOp::create(builder, loc, epsilon->type, inner);
  }
  if (!isa<ShapedType>(epsilon->value.getType()))
    return epsilon->value;
  SmallVector<Value> indices;
  for (AffineExpr coord : epsilon->coords)
    indices.push_back(arith::ConstantIndexOp::create(
        builder, loc, cast<AffineConstantExpr>(coord).getValue()));
  return tensor::ExtractOp::create(builder, loc, epsilon->value, indices);
}

/// A tensor like the input, of the result's element type. The replaced
/// operation's own destination serves where it is one.
static Value makeInit(OpBuilder &builder, Location loc, ElementExprs &exprs,
                      const Match &match, Value input) {
  auto type = cast<RankedTensorType>(input.getType())
                  .clone(match.result.getType().getElementType());
  auto op =
      match.result.body
          ? DestinationStyleOpInterface()
          : dyn_cast<DestinationStyleOpInterface>(match.result.getOperation());
  if (op && match.result.getType() == type &&
      match.result.getIndices(exprs) == match.inputIndices) {
    unsigned number = cast<OpResult>(match.result.value).getResultNumber();
    Value init = op.getDpsInits()[number];
    // One whose sizes are not those of what is replaced.
    auto empty = init.getDefiningOp<tensor::EmptyOp>();
    bool outlives =
        empty && llvm::all_of(empty.getDynamicSizes(), [&](Value size) {
          auto dim = size.getDefiningOp<tensor::DimOp>();
          return !dim || dim.getSource() == input ||
                 isa<BlockArgument>(dim.getSource());
        });
    if (outlives && match.saved.empty())
      return init;
  }
  return tensor::EmptyOp::create(builder, loc,
                                 tensor::getMixedSizes(builder, loc, input),
                                 type.getElementType());
}

/// The dims of a type, those of size 1 with the next dim of another size, or
/// the last one; one group for each of these.
static SmallVector<ReassociationIndices> groupUnitDims(RankedTensorType type) {
  SmallVector<ReassociationIndices> groups;
  ReassociationIndices units;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    units.push_back(dim);
    if (type.getDimSize(dim) != 1) {
      groups.push_back(units);
      units.clear();
    }
  }
  if (!groups.empty())
    llvm::append_range(groups.back(), units);
  return groups;
}

Value raise::makeType(OpBuilder &builder, Location loc, Value value,
                      RankedTensorType type) {
  auto from = cast<RankedTensorType>(value.getType());
  if (from == type)
    return value;
  if (tensor::CastOp::areCastCompatible(from, type))
    return tensor::CastOp::create(builder, loc, type, value);
  SmallVector<ReassociationIndices> groups = groupUnitDims(from);
  if (static_cast<int64_t>(groups.size()) != from.getRank())
    value = tensor::CollapseShapeOp::create(builder, loc, value, groups);
  groups = groupUnitDims(type);
  if (static_cast<int64_t>(groups.size()) == type.getRank())
    return makeType(builder, loc, value, type);
  SmallVector<OpFoldResult> sizes(type.getRank(), builder.getIndexAttr(1));
  for (auto [dim, group] : llvm::enumerate(groups))
    for (int64_t resultDim : group)
      if (type.getDimSize(resultDim) != 1)
        sizes[resultDim] = tensor::getMixedSize(builder, loc, value, dim);
  SmallVector<int64_t> shape;
  for (OpFoldResult size : sizes)
    shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
  value = tensor::ExpandShapeOp::create(
      builder, loc, RankedTensorType::get(shape, type.getElementType()), value,
      groups, sizes);
  return makeType(builder, loc, value, type);
}

Value raise::makeResult(OpBuilder &builder, Location loc, ElementExprs &exprs,
                        const Match &match, Value normalized) {
  SmallVector<AffineExpr> indices = match.result.getIndices(exprs);
  if (indices.size() == match.inputIndices.size() &&
      indices != match.inputIndices &&
      std::is_permutation(indices.begin(), indices.end(),
                          match.inputIndices.begin())) {
    SmallVector<int64_t> permutation =
        llvm::map_to_vector(indices, [&](AffineExpr index) -> int64_t {
          return llvm::find(match.inputIndices, index) -
                 match.inputIndices.begin();
        });
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(builder, loc, normalized);
    Value init = tensor::EmptyOp::create(builder, loc,
                                         applyPermutation(sizes, permutation),
                                         getElementTypeOrSelf(normalized));
    normalized =
        linalg::TransposeOp::create(builder, loc, normalized, init, permutation)
            ->getResult(0);
  }
  return makeType(builder, loc, normalized, match.result.getType());
}

//===----------------------------------------------------------------------===//
// The operation
//===----------------------------------------------------------------------===//

StringRef raise::getTierName(const Match &match) {
  if (match.isDemoted && match.tier < Tier::Precision)
    return "f64-demote";
  switch (match.tier) {
  case Tier::Exact:
    return "exact";
  case Tier::Reals:
    return "reals";
  case Tier::Precision:
    return "precision";
  }
  return "";
}

static Value makeInput(OpBuilder &builder, Location loc, ElementExprs &exprs,
                       const Operand &input) {
  if (!input.tensor)
    return materialize(builder, loc, exprs, input.computed, input.indices);
  return input.shape ? makeShape(builder, loc, input.tensor, *input.shape)
                     : input.tensor;
}

/// The init of a saved statistic: of the dims of the input those that are not
/// normalized, groups in place of channels.
static Value makeStatisticInit(OpBuilder &builder, Location loc,
                               const Match &match, Value input,
                               SavedStatistic::Kind kind) {
  const auto *saved = llvm::find_if(
      match.saved, [&](const SavedStatistic &s) { return s.kind == kind; });
  if (saved == match.saved.end())
    return nullptr;
  SmallVector<OpFoldResult> sizes;
  for (auto [dim, size] :
       llvm::enumerate(tensor::getMixedSizes(builder, loc, input))) {
    bool isChannel = static_cast<int64_t>(dim) == match.channelAxis;
    bool isKept = match.kind == NormKind::BatchNormTraining
                      ? isChannel
                      : !llvm::is_contained(match.axes, dim);
    if (isKept)
      sizes.push_back(isChannel && match.groups
                          ? OpFoldResult(builder.getIndexAttr(*match.groups))
                          : size);
  }
  return tensor::EmptyOp::create(builder, loc, sizes, saved->getElementType());
}

/// The dims that scale and bias run along, where they are not the axes.
static DenseI64ArrayAttr makeParameterAxes(OpBuilder &builder,
                                           const Match &match) {
  const std::optional<Operand> &parameter =
      match.gamma ? match.gamma : match.beta;
  if (!parameter || ArrayRef(parameter->dims) == ArrayRef(match.axes))
    return {};
  return builder.getDenseI64ArrayAttr(parameter->dims);
}

Operation *raise::createNorm(OpBuilder &builder, Location loc,
                             ElementExprs &exprs, const Match &match) {
  Value input = makeInput(builder, loc, exprs, match.input);
  Value gamma = makeOperand(builder, loc, exprs, match.gamma);
  Value beta = makeOperand(builder, loc, exprs, match.beta);
  Value epsilonOperand = makeEpsilon(builder, loc, match.epsilonOperand);
  Value init = makeInit(builder, loc, exprs, match, input);
  Value mean =
      makeStatisticInit(builder, loc, match, input, SavedStatistic::Mean);
  Value second = makeStatisticInit(builder, loc, match, input,
                                   match.kind == NormKind::BatchNormTraining
                                       ? SavedStatistic::Variance
                                       : SavedStatistic::InverseRoot);
  SmallVector<Type> types = {init.getType()};
  for (Value statistic : {mean, second})
    if (statistic)
      types.push_back(statistic.getType());
  FloatAttr epsilon =
      match.epsilon ? builder.getF64FloatAttr(*match.epsilon) : FloatAttr();
  auto axes = builder.getDenseI64ArrayAttr(match.axes);
  IntegerAttr channel = builder.getI64IntegerAttr(match.channelAxis);
  bool isDefault =
      match.computeType.isF64() == getElementTypeOrSelf(input).isF64();
  TypeAttr computeType =
      isDefault ? TypeAttr() : TypeAttr::get(match.computeType);
  Value mask;
  switch (match.kind) {
  case NormKind::LayerNorm:
    return LayerNormOp::create(builder, loc, types, input, gamma, beta, mask,
                               epsilonOperand, init, mean, second, axes,
                               makeParameterAxes(builder, match), epsilon,
                               computeType);
  case NormKind::RMSNorm: {
    FloatAttr offset;
    if (match.gamma && match.gamma->offset != 0.0)
      offset = builder.getF64FloatAttr(match.gamma->offset);
    return RMSNormOp::create(builder, loc, types, input, gamma, beta, mask,
                             epsilonOperand, init, second, axes,
                             makeParameterAxes(builder, match), offset, epsilon,
                             computeType);
  }
  case NormKind::GroupNorm: {
    IntegerAttr groups;
    if (match.groups)
      groups = builder.getI64IntegerAttr(*match.groups);
    return GroupNormOp::create(builder, loc, types, input, gamma, beta, mask,
                               epsilonOperand, init, mean, second, axes,
                               channel, groups, epsilon, computeType);
  }
  case NormKind::BatchNormTraining:
    return BatchNormTrainingOp::create(builder, loc, types, input, gamma, beta,
                                       mask, epsilonOperand, init, mean, second,
                                       channel, epsilon, computeType);
  case NormKind::BatchNormInference:
    break;
  }
  Value givenMean = makeOperand(builder, loc, exprs, match.mean);
  Value givenVariance = makeOperand(builder, loc, exprs, match.variance);
  return BatchNormInferenceOp::create(
      builder, loc, types, input, givenMean, givenVariance, gamma, beta,
      epsilonOperand, init, channel, epsilon, computeType);
}
