// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise: the change of the IR, once everything is known.

#include "Raise.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;

llvm::SetVector<Operation *> raise::collectDead(ArrayRef<Operation *> roots,
                                                ArrayRef<Value> kept) {
  llvm::SetVector<Operation *> dead(roots.begin(), roots.end());
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

/// The locations of what is replaced: the result's, then the others in the
/// order of the program.
static Location fuseLocations(const llvm::SetVector<Operation *> &dead) {
  SmallVector<Location> locations = {dead.front()->getLoc()};
  for (Operation *op : llvm::reverse(dead.getArrayRef().drop_front()))
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
      llvm::append_range(values, getLeaves(exprs, operand.computed));
  };
  add(match.input);
  for (const std::optional<Operand> &operand :
       {match.gamma, match.beta, match.mean, match.variance})
    if (operand)
      add(*operand);
  if (match.epsilonOperand)
    llvm::append_range(values, getLeaves(exprs, match.epsilonOperand));
  return values;
}

static void eraseAll(const llvm::SetVector<Operation *> &dead,
                     Changes &changes) {
  for (Operation *op : dead) {
    op->walk([&](Operation *inner) { changes.erased.insert(inner); });
    op->dropAllReferences();
  }
  for (Operation *op : dead)
    op->erase();
}

/// Erases an operation without use, with what only it used.
static void eraseWithOperands(Operation *op, Changes &changes) {
  eraseAll(collectDead(op, {}), changes);
}

/// What an operation computes, beside the number of its results.
static SmallVector<NamedAttribute> getMeaning(Operation *op) {
  SmallVector<NamedAttribute> attributes;
  for (NamedAttribute attribute :
       cast<DictionaryAttr>(op->getPropertiesAsAttribute()))
    if (attribute.getName() != "operandSegmentSizes")
      attributes.push_back(attribute);
  return attributes;
}

/// Whether two values are one, or computed alike from such values.
static bool isSame(Value a, Value b, unsigned depth) {
  Operation *left = a.getDefiningOp(), *right = b.getDefiningOp();
  return a == b || (left && right && depth && isMemoryEffectFree(left) &&
                    isMemoryEffectFree(right) &&
                    OperationEquivalence::isEquivalentTo(
                        left, right,
                        [&](Value x, Value y) {
                          return success(isSame(x, y, depth - 1));
                        },
                        /*markEquivalent=*/nullptr,
                        OperationEquivalence::IgnoreLocations));
}

/// Whether two operations give the same first result. Only what they write into
/// may differ, how they were found, and which statistics they give as well.
static bool isEqual(NormOpInterface a, NormOpInterface b) {
  if (a->getName() != b->getName() ||
      a->getResult(0).getType() != b->getResult(0).getType())
    return false;
  bool haveSameOperands =
      llvm::all_of(a.getOperandRoles(), [&](OperandRole role) {
        MutableOperandRange left = a.getOperandsOf(role);
        MutableOperandRange right = b.getOperandsOf(role);
        bool isInit = (!left.empty() && a.isDpsInit(&left[0])) ||
                      (!right.empty() && b.isDpsInit(&right[0]));
        return isInit || (left.size() == right.size() &&
                          (left.empty() || isSame(left[0].get(), right[0].get(),
                                                  /*depth=*/2)));
      });
  return haveSameOperands && getMeaning(a) == getMeaning(b);
}

/// Several bodies may have computed one normalization: one operation does for
/// all. Returns an earlier one in place of this one, or puts this one in place
/// of later ones.
static Operation *unite(Operation *norm, Changes &changes) {
  DominanceInfo dominance;
  SmallVector<Operation *> users(norm->getOperand(0).getUsers());
  for (Operation *other : users) {
    if (other == norm || !isa<NormOpInterface>(other) ||
        !isEqual(cast<NormOpInterface>(norm), cast<NormOpInterface>(other)))
      continue;
    if (norm->getNumResults() == 1 &&
        dominance.properlyDominates(other, norm)) {
      eraseWithOperands(norm, changes);
      return other;
    }
    if (other->getNumResults() == 1 &&
        dominance.properlyDominates(norm, other)) {
      other->getResult(0).replaceAllUsesWith(norm->getResult(0));
      eraseWithOperands(other, changes);
    }
  }
  return norm;
}

//===----------------------------------------------------------------------===//
// The change
//===----------------------------------------------------------------------===//

/// Puts in place of a linalg operation one that reads the tensor where its body
/// computed the scalar, and computes nothing that it does not need.
static void readInBody(OpBuilder &builder, const Place &place, Value tensor,
                       Changes &changes) {
  linalg::LinalgOp op = place.body;
  Block *body = op.getBlock();
  llvm::SetVector<Operation *> needed;
  for (Operation &inner : llvm::reverse(*body)) {
    bool isUsed = inner.hasTrait<OpTrait::IsTerminator>() ||
                  !isMemoryEffectFree(&inner) ||
                  llvm::any_of(inner.getUsers(), [&](Operation *user) {
                    return needed.contains(body->findAncestorOpInBlock(*user));
                  });
    if (isUsed && &inner != place.value.getDefiningOp())
      needed.insert(&inner);
  }
  auto isNeeded = [&](BlockArgument argument) {
    return llvm::any_of(argument.getUsers(), [&](Operation *user) {
      return llvm::any_of(needed,
                          [&](Operation *op) { return op->isAncestor(user); });
    });
  };
  // Every loop's size must be that of a dim of some operand.
  llvm::SmallBitVector sized(op.getNumLoops());
  auto size = [&](AffineMap map) {
    for (AffineExpr result : map.getResults())
      if (auto loop = dyn_cast<AffineDimExpr>(result))
        sized.set(loop.getPosition());
  };
  size(place.getMap());
  for (OpOperand &init : op.getDpsInitsMutable())
    size(op.getMatchingIndexingMap(&init));
  for (OpOperand *input : op.getDpsInputOperands())
    if (isNeeded(op.getMatchingBlockArgument(input)))
      size(op.getMatchingIndexingMap(input));
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  SmallVector<BlockArgument> kept;
  for (OpOperand *input : op.getDpsInputOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(input);
    llvm::SmallBitVector before = sized;
    if (!isNeeded(argument)) {
      size(op.getMatchingIndexingMap(input));
      if (sized == before)
        continue;
    }
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
  smaller->walk([&](Operation *inner) {
    if (mayBeRoot(inner))
      changes.newRoots.push_back(inner);
  });
  op->replaceAllUsesWith(smaller->getResults());
  op->walk([&](Operation *inner) { changes.erased.insert(inner); });
  op->erase();
}

/// Uses a result of the operation where the holder of a statistic is used, as
/// far as it stands before the use.
static void replaceStatistic(OpBuilder &builder, Location loc, Value tensor,
                             Value result, Changes &changes) {
  DominanceInfo dominance;
  Operation *op = tensor.getDefiningOp();
  builder.setInsertionPointAfterValue(result);
  Value replacement =
      makeType(builder, loc, result, cast<RankedTensorType>(tensor.getType()));
  tensor.replaceUsesWithIf(replacement, [&](OpOperand &use) {
    return dominance.properlyDominates(replacement, use.getOwner());
  });
  if (isOpTriviallyDead(op))
    eraseWithOperands(op, changes);
  if (Operation *made = replacement.getDefiningOp(); isOpTriviallyDead(made))
    made->erase();
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
    if (op && op->isBeforeInBlock(root) && (!last || last->isBeforeInBlock(op)))
      last = op;
  }
  return last ? last->getNextNode() : &block->front();
}

/// Takes sizes from where they come from, so that nothing is computed for its
/// size alone.
static void forwardSizes(const llvm::SetVector<Operation *> &operations,
                         Changes &changes) {
  llvm::SetVector<Operation *> dead;
  for (Operation *op : operations)
    for (Value result : op->getResults())
      for (Operation *user : result.getUsers()) {
        auto dim = dyn_cast<tensor::DimOp>(user);
        std::optional<int64_t> index =
            dim ? dim.getConstantIndex() : std::nullopt;
        if (!index || !isa<RankedTensorType>(result.getType()))
          continue;
        DimSize size = ElementExprs::getSize(result, *index);
        if (!size.value || size.value == result)
          continue;
        OpBuilder builder(dim);
        Value source = size.value;
        if (size.dim >= 0)
          source =
              tensor::DimOp::create(builder, dim.getLoc(), source, size.dim);
        dim.getResult().replaceAllUsesWith(source);
        dead.insert(dim);
      }
  eraseAll(dead, changes);
}

Operation *raise::rewrite(ElementExprs &exprs, const Match &match,
                          Changes &changes) {
  Operation *root = match.result.getOperation();
  forwardSizes(getAncestors(root, getUsedValues(exprs, match)), changes);
  Location loc = fuseLocations(collectDead(root, getUsedValues(exprs, match)));
  OpBuilder builder(getInsertionPoint(exprs, match));
  // What holds statistics may be erased before its turn comes.
  SmallVector<std::pair<Operation *, Value>> holders;
  for (const SavedStatistic &saved : match.saved)
    for (Value tensor : saved.tensors)
      holders.push_back({tensor.getDefiningOp(), tensor});
  Operation *norm = createNorm(builder, loc, exprs, match);
  norm->setDiscardableAttr(tierAttrName,
                           builder.getStringAttr(getTierName(match)));
  norm = unite(norm, changes);
  Value result = makeResult(builder, loc, exprs, match, norm->getResult(0));
  SmallVector<Operation *> producers;
  if (match.result.body) {
    llvm::SetVector<Value> used;
    used.insert_range(root->getOperands());
    getUsedValuesDefinedAbove(root->getRegions(), used);
    for (Value value : used)
      if (Operation *producer = value.getDefiningOp())
        producers.push_back(producer);
    builder.setInsertionPoint(root);
    readInBody(builder, match.result, result, changes);
  } else {
    Value(match.result.value).replaceAllUsesWith(result);
    // What the new operation uses lives on.
    if (isOpTriviallyDead(root))
      producers.push_back(root);
  }
  for (Operation *producer : producers)
    if (!changes.erased.contains(producer) && isOpTriviallyDead(producer))
      eraseWithOperands(producer, changes);
  auto *holder = holders.begin();
  for (auto [saved, statistic] :
       llvm::zip(match.saved, norm->getResults().drop_front()))
    for (size_t i = 0; i < saved.tensors.size(); ++i, ++holder)
      if (!changes.erased.contains(holder->first))
        replaceStatistic(builder, loc, holder->second, statistic, changes);
  return norm;
}
