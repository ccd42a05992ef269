// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise: the change of the IR, once everything is known.

#include "Raise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;

llvm::SetVector<Operation *> raise::collectDead(Operation *root,
                                                ArrayRef<Value> kept) {
  llvm::SetVector<Operation *> dead;
  dead.insert(root);
  auto isUsedByDead = [&](Operation *user) {
    for (Operation *op = user; op; op = op->getParentOp())
      if (dead.contains(op))
        return true;
    return false;
  };
  for (unsigned next = 0; next < dead.size(); ++next) {
    llvm::SetVector<Value> operands;
    operands.insert_range(dead[next]->getOperands());
    getUsedValuesDefinedAbove(dead[next]->getRegions(), operands);
    for (Value operand : operands) {
      Operation *op = operand.getDefiningOp();
      if (op && !llvm::is_contained(kept, operand) && isMemoryEffectFree(op) &&
          llvm::all_of(op->getUsers(), isUsedByDead))
        dead.insert(op);
    }
  }
  return dead;
}

/// The locations of what is replaced, in the order of the program.
static Location fuseLocations(const llvm::SetVector<Operation *> &dead) {
  SmallVector<Location> locations;
  for (Operation *op : llvm::reverse(dead.getArrayRef()))
    if (!op->hasTrait<OpTrait::ConstantLike>() && !isa<tensor::EmptyOp>(op))
      locations.push_back(op->getLoc());
  return FusedLoc::get(dead.front()->getContext(), locations);
}

SmallVector<Value> raise::getUsedValues(ElementExprs &exprs,
                                        const Match &match) {
  SmallVector<Value> values;
  auto add = [&](const Operand &operand) {
    if (operand.tensor)
      values.push_back(operand.tensor);
    else
      llvm::append_range(values, getLeaves(operand.computed));
  };
  add(match.input);
  for (const std::optional<Operand> &operand :
       {match.gamma, match.beta, match.mean, match.variance})
    if (operand)
      add(*operand);
  if (match.epsilonOperand)
    values.push_back(match.epsilonOperand->value);
  return values;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// A tensor without those dims of size 1 that it is not used along.
static Value makeOperand(OpBuilder &builder, Location loc,
                         const std::optional<Operand> &operand) {
  if (!operand)
    return nullptr;
  if (!operand->tensor)
    return materialize(builder, loc, operand->computed, operand->indices);
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
  return tensor::CollapseShapeOp::create(builder, loc, operand->tensor, groups);
}

static Value makeEpsilon(OpBuilder &builder, Location loc, Expr epsilon) {
  if (!epsilon || !isa<ShapedType>(epsilon->value.getType()))
    return epsilon ? epsilon->value : Value();
  SmallVector<Value> indices;
  for (AffineExpr coord : epsilon->coords)
    indices.push_back(arith::ConstantIndexOp::create(
        builder, loc, cast<AffineConstantExpr>(coord).getValue()));
  return tensor::ExtractOp::create(builder, loc, epsilon->value, indices);
}

/// A tensor like the input, of the result's element type. The replaced
/// operation's own destination serves where it is one.
static Value makeInit(OpBuilder &builder, Location loc, const Match &match,
                      Value input) {
  auto type = cast<RankedTensorType>(input.getType())
                  .clone(match.result.getType().getElementType());
  auto op = match.result.body
                ? DestinationStyleOpInterface()
                : dyn_cast<DestinationStyleOpInterface>(
                      match.result.getOperation());
  if (op && match.result.getType() == type) {
    unsigned number = cast<OpResult>(match.result.value).getResultNumber();
    Value init = op.getDpsInits()[number];
    if (init.getDefiningOp<tensor::EmptyOp>() && match.saved.empty())
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

/// Gives a tensor another type of the same elements: dims of size 1 come or go,
/// and sizes may become known.
static Value makeType(OpBuilder &builder, Location loc, Value value,
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

/// The normalized tensor with the result's order of dims and type.
static Value makeResult(OpBuilder &builder, Location loc, ElementExprs &exprs,
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
    Value init = tensor::EmptyOp::create(
        builder, loc, applyPermutation(sizes, permutation),
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

StringRef raise::stringify(NormKind kind) {
  switch (kind) {
  case NormKind::LayerNorm:
    return LayerNormOp::getOperationName();
  case NormKind::RMSNorm:
    return RMSNormOp::getOperationName();
  default:
    return "";
  }
}

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

/// The init of a saved statistic: the dims of the input without those that are
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
    if (llvm::is_contained(match.axes, dim))
      continue;
    sizes.push_back(isChannel && match.groups
                        ? OpFoldResult(builder.getIndexAttr(*match.groups))
                        : size);
  }
  return tensor::EmptyOp::create(builder, loc, sizes,
                                 getElementTypeOrSelf(saved->tensor));
}

static Operation *createNorm(OpBuilder &builder, Location loc,
                             const Match &match) {
  const Operand &x = match.input;
  Value input = x.tensor ? x.tensor
                         : materialize(builder, loc, x.computed, x.indices);
  Value gamma = makeOperand(builder, loc, match.gamma);
  Value beta = makeOperand(builder, loc, match.beta);
  Value epsilonOperand = makeEpsilon(builder, loc, match.epsilonOperand);
  Value init = makeInit(builder, loc, match, input);
  Value mean = makeStatisticInit(builder, loc, match, input,
                                 SavedStatistic::Mean);
  Value rstd = makeStatisticInit(builder, loc, match, input,
                                 SavedStatistic::InverseRoot);
  SmallVector<Type> types = {init.getType()};
  for (Value statistic : {mean, rstd})
    if (statistic)
      types.push_back(statistic.getType());
  FloatAttr epsilon =
      match.epsilon ? builder.getF64FloatAttr(*match.epsilon) : FloatAttr();
  DenseI64ArrayAttr axes = builder.getDenseI64ArrayAttr(match.axes);
  DenseI64ArrayAttr parameterAxes;
  if (const auto &parameter = match.gamma ? match.gamma : match.beta)
    if (ArrayRef(parameter->dims) != ArrayRef(match.axes))
      parameterAxes = builder.getDenseI64ArrayAttr(parameter->dims);
  bool isDefault =
      match.computeType.isF64() == getElementTypeOrSelf(input).isF64();
  TypeAttr computeType =
      isDefault ? TypeAttr() : TypeAttr::get(match.computeType);
  if (match.kind == NormKind::LayerNorm)
    return LayerNormOp::create(builder, loc, types, input, gamma, beta,
                               /*mask=*/Value(), epsilonOperand, init, mean,
                               rstd, axes, parameterAxes, epsilon, computeType);
  FloatAttr offset;
  if (match.gamma && match.gamma->offset != 0.0)
    offset = builder.getF64FloatAttr(match.gamma->offset);
  return RMSNormOp::create(builder, loc, types, input, gamma, beta,
                           /*mask=*/Value(), epsilonOperand, init, rstd, axes,
                           parameterAxes, offset, epsilon, computeType);
}

/// An operation that is there and gives the same: then the new one is not
/// needed. Only what it writes into may differ, and how it was found.
static Operation *findEqual(Operation *op, Value input) {
  DominanceInfo dominance;
  auto inputsOf = [](Operation *op) {
    return cast<DestinationStyleOpInterface>(op).getDpsInputs();
  };
  for (Operation *other : input.getUsers())
    if (other != op && other->getName() == op->getName() &&
        other->getPropertiesAsAttribute() == op->getPropertiesAsAttribute() &&
        other->getResultTypes() == op->getResultTypes() &&
        inputsOf(other) == inputsOf(op) &&
        dominance.properlyDominates(other, op))
      return other;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// The change
//===----------------------------------------------------------------------===//

static void eraseAll(const llvm::SetVector<Operation *> &dead,
                     llvm::SmallPtrSetImpl<Operation *> &erased) {
  for (Operation *op : dead) {
    op->walk([&](Operation *inner) { erased.insert(inner); });
    op->dropAllReferences();
  }
  for (Operation *op : dead)
    op->erase();
}

/// Puts in place of a linalg operation one that reads the tensor where its body
/// computed the scalar, and computes nothing that it does not need.
static void readInBody(OpBuilder &builder, const Place &place, Value tensor,
                       llvm::SmallPtrSetImpl<Operation *> &erased) {
  linalg::LinalgOp op = place.body;
  Block *body = op.getBlock();
  llvm::SetVector<Operation *> needed;
  for (Operation &inner : llvm::reverse(*body)) {
    bool isUsed = inner.hasTrait<OpTrait::IsTerminator>() ||
                  !isMemoryEffectFree(&inner) ||
                  llvm::any_of(inner.getUsers(), [&](Operation *user) {
                    return needed.contains(user);
                  });
    if (isUsed && &inner != place.value.getDefiningOp())
      needed.insert(&inner);
  }
  auto isNeeded = [&](BlockArgument argument) {
    return llvm::any_of(argument.getUsers(), [&](Operation *user) {
      return llvm::any_of(needed, [&](Operation *op) {
        return op->isAncestor(user);
      });
    });
  };
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  SmallVector<BlockArgument> kept;
  for (OpOperand *input : op.getDpsInputOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(input);
    if (!isNeeded(argument))
      continue;
    inputs.push_back(input->get());
    maps.push_back(op.getMatchingIndexingMap(input));
    kept.push_back(argument);
  }
  inputs.push_back(tensor);
  maps.push_back(place.getMap());
  for (OpOperand &init : op.getDpsInitsMutable())
    maps.push_back(op.getMatchingIndexingMap(&init));
  auto build = [&](OpBuilder &builder, Location, ValueRange arguments) {
    IRMapping mapping;
    for (auto [old, argument] : llvm::zip(kept, arguments))
      mapping.map(old, argument);
    mapping.map(place.value, arguments[kept.size()]);
    for (auto [init, argument] : llvm::zip_equal(
             op.getRegionOutputArgs(), arguments.drop_front(kept.size() + 1)))
      mapping.map(init, argument);
    for (Operation &inner : *body)
      if (needed.contains(&inner))
        builder.clone(inner, mapping);
  };
  auto smaller = linalg::GenericOp::create(
      builder, op.getLoc(), op->getResultTypes(), inputs, op.getDpsInits(),
      maps, op.getIteratorTypesArray(), build);
  op->replaceAllUsesWith(smaller->getResults());
  op->walk([&](Operation *inner) { erased.insert(inner); });
  op->erase();
}

/// Uses the results of the operation where its statistics are used that it can
/// stand before.
static void
replaceStatistics(OpBuilder &builder, Location loc, const Match &match,
                  ResultRange results,
                  llvm::SmallPtrSetImpl<Operation *> &erased) {
  DominanceInfo dominance;
  for (auto [saved, result] : llvm::zip_equal(match.saved, results)) {
    Operation *op = saved.tensor.getDefiningOp();
    Value replacement =
        makeType(builder, loc, result,
                 cast<RankedTensorType>(saved.tensor.getType()));
    Value(saved.tensor).replaceUsesWithIf(replacement, [&](OpOperand &use) {
      return dominance.properlyDominates(replacement, use.getOwner());
    });
    if (isOpTriviallyDead(op))
      eraseAll(collectDead(op, {}), erased);
  }
}

/// Before the result, or, where others use the statistics, as early as can be.
static Operation *getInsertionPoint(ElementExprs &exprs, const Match &match) {
  Operation *root = match.result.getOperation();
  if (match.saved.empty())
    return root;
  Block *block = root->getBlock();
  Operation *last = nullptr;
  for (Value value : getUsedValues(exprs, match)) {
    Operation *op = value.getDefiningOp();
    op = op ? block->findAncestorOpInBlock(*op) : nullptr;
    if (op && (!last || last->isBeforeInBlock(op)))
      last = op;
  }
  return last ? last->getNextNode() : &block->front();
}

Operation *raise::rewrite(ElementExprs &exprs, const Match &match,
                          llvm::SmallPtrSetImpl<Operation *> &erased) {
  Operation *root = match.result.getOperation();
  Location loc = fuseLocations(collectDead(root, getUsedValues(exprs, match)));
  OpBuilder builder(getInsertionPoint(exprs, match));
  Operation *norm = createNorm(builder, loc, match);
  norm->setDiscardableAttr("norm.tier",
                           builder.getStringAttr(getTierName(match)));
  if (Operation *same = findEqual(norm, norm->getOperand(0))) {
    norm->erase();
    norm = same;
  }
  Value result =
      makeResult(builder, loc, exprs, match, norm->getResult(0));
  SmallVector<Operation *> producers;
  if (match.result.body) {
    for (Value operand : root->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        producers.push_back(producer);
    builder.setInsertionPoint(root);
    readInBody(builder, match.result, result, erased);
  } else {
    Value(match.result.value).replaceAllUsesWith(result);
    // What the new operation uses lives on.
    if (isOpTriviallyDead(root))
      producers.push_back(root);
  }
  for (Operation *producer : producers)
    if (!erased.contains(producer) && isOpTriviallyDead(producer))
      eraseAll(collectDead(producer, {}), erased);
  builder.setInsertionPointAfter(norm);
  replaceStatistics(builder, loc, match, norm->getResults().drop_front(),
                    erased);
  return norm;
}
