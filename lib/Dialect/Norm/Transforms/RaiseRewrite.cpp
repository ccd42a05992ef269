// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise: the change of the IR, once everything is known.

#include "Raise.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;

/// The operations that have no use once `root` has none, `root` first, beside
/// what the values in `kept` need.
static llvm::SetVector<Operation *> collectDead(Operation *root,
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

/// A tensor without those dims of size 1 that the parameter is not used along.
static Value makeParameter(OpBuilder &builder, Location loc,
                           const std::optional<Parameter> &parameter) {
  if (!parameter)
    return nullptr;
  auto type = cast<RankedTensorType>(parameter->value.getType());
  if (static_cast<int64_t>(parameter->valueDims.size()) == type.getRank())
    return parameter->value;
  SmallVector<ReassociationIndices> groups(parameter->valueDims.size());
  unsigned group = 0;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    if (group + 1 < groups.size() && dim == parameter->valueDims[group + 1])
      ++group;
    groups[group].push_back(dim);
  }
  return tensor::CollapseShapeOp::create(builder, loc, parameter->value,
                                         groups);
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
static Value makeInit(OpBuilder &builder, Location loc, const Match &match) {
  auto resultType = cast<RankedTensorType>(match.result.getType());
  auto inputType = cast<RankedTensorType>(match.input.getType());
  auto op = dyn_cast<DestinationStyleOpInterface>(match.result.getDefiningOp());
  if (op && resultType == inputType.clone(resultType.getElementType())) {
    Value init =
        op.getDpsInits()[cast<OpResult>(match.result).getResultNumber()];
    if (init.getDefiningOp<tensor::EmptyOp>())
      return init;
  }
  return tensor::EmptyOp::create(
      builder, loc, tensor::getMixedSizes(builder, loc, match.input),
      resultType.getElementType());
}

/// Gives the normalized tensor the result's type: dims of size 1 come or go,
/// and sizes may become known.
static Value makeResultType(OpBuilder &builder, Location loc, Value value,
                            RankedTensorType type) {
  auto from = cast<RankedTensorType>(value.getType());
  if (from == type)
    return value;
  if (from.getRank() == type.getRank())
    return tensor::CastOp::create(builder, loc, type, value);
  auto groups = *getReassociationIndicesForReshape(from, type);
  if (from.getRank() > type.getRank())
    return tensor::CollapseShapeOp::create(builder, loc, type, value, groups);
  return tensor::ExpandShapeOp::create(builder, loc, type, value, groups);
}

static Value createNorm(OpBuilder &builder, Location loc, const Match &match) {
  Value gamma = makeParameter(builder, loc, match.gamma);
  Value beta = makeParameter(builder, loc, match.beta);
  Value epsilonOperand = makeEpsilon(builder, loc, match.epsilonOperand);
  Value init = makeInit(builder, loc, match);
  FloatAttr epsilon =
      match.epsilon ? builder.getF64FloatAttr(*match.epsilon) : FloatAttr();
  DenseI64ArrayAttr axes = builder.getDenseI64ArrayAttr(match.axes);
  DenseI64ArrayAttr parameterAxes;
  if (const auto &parameter = match.gamma ? match.gamma : match.beta)
    if (ArrayRef(parameter->inputDims) != ArrayRef(match.axes))
      parameterAxes = builder.getDenseI64ArrayAttr(parameter->inputDims);
  bool isDefault =
      match.computeType.isF64() == getElementTypeOrSelf(match.input).isF64();
  TypeAttr computeType =
      isDefault ? TypeAttr() : TypeAttr::get(match.computeType);
  if (match.isCentered) {
    // Ends in an empty mask, mean and rstd.
    return LayerNormOp::create(
               builder, loc, TypeRange(init.getType()), match.input, gamma,
               beta, /*mask=*/Value(), epsilonOperand, init, /*mean=*/Value(),
               /*rstd=*/Value(), axes, parameterAxes, epsilon, computeType)
        ->getResult(0);
  }
  FloatAttr offset;
  if (match.gamma && match.gamma->offset != 0.0)
    offset = builder.getF64FloatAttr(match.gamma->offset);
  return RMSNormOp::create(builder, loc, TypeRange(init.getType()), match.input,
                           gamma, beta, /*mask=*/Value(), epsilonOperand, init,
                           /*rstd=*/Value(), axes, parameterAxes, offset,
                           epsilon, computeType)
      ->getResult(0);
}

void raise::rewrite(const Match &match,
                    llvm::SmallPtrSetImpl<Operation *> &erased) {
  Operation *root = match.result.getDefiningOp();
  SmallVector<Value> kept = {match.input};
  for (const std::optional<Parameter> &parameter : {match.gamma, match.beta})
    if (parameter)
      kept.push_back(parameter->value);
  if (match.epsilonOperand)
    kept.push_back(match.epsilonOperand->value);
  Location loc = fuseLocations(collectDead(root, kept));
  OpBuilder builder(root);
  Value norm = createNorm(builder, loc, match);
  Value result = makeResultType(builder, loc, norm,
                                cast<RankedTensorType>(match.result.getType()));
  Value(match.result).replaceAllUsesWith(result);
  // What the new operation uses lives on.
  if (!isOpTriviallyDead(root))
    return;
  llvm::SetVector<Operation *> dead = collectDead(root, {});
  for (Operation *op : dead) {
    op->walk([&](Operation *inner) { erased.insert(inner); });
    op->dropAllReferences();
  }
  for (Operation *op : dead)
    op->erase();
}
