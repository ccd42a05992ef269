// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise: statistics that are used by others than the normalization become
// results of the operation.

#include "Raise.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;
using Kind = ElementExpr::Kind;
using P = Polynomial;

namespace {
class SavedFinder {
public:
  SavedFinder(ElementExprs &exprs, const Statistics &statistics, Match &match)
      : exprs(exprs), statistics(statistics), match(match) {}
  void find();

private:
  bool hasStatisticRank(RankedTensorType type);
  SmallVector<Value> getCandidates();
  void dropUnused();
  std::optional<SavedStatistic::Kind> getKind(Value tensor);
  bool hasStatisticShape(Value tensor, const IndexBinding &ofTensor);

  ElementExprs &exprs;
  const Statistics &statistics;
  Match &match;
  IndexBinding ofResult;
  SmallVector<unsigned> rows;
};
} // namespace

/// Whether an operation only makes room, or a constant: many use it, whatever
/// they compute.
static bool isInit(Operation *op) {
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  return (linalgOp && linalgOp.getNumDpsInputs() == 0 &&
          linalgOp.getBlock()->getOperations().size() == 1) ||
         isa<tensor::EmptyOp, linalg::FillOp>(op) ||
         op->hasTrait<OpTrait::ConstantLike>();
}

llvm::SetVector<Operation *> raise::getAncestors(Operation *root,
                                                 ArrayRef<Value> taken) {
  constexpr unsigned maxOperations = 64;
  llvm::SetVector<Operation *> ancestors;
  ancestors.insert(root);
  for (unsigned next = 0;
       next < ancestors.size() && ancestors.size() < maxOperations; ++next) {
    llvm::SetVector<Value> operands;
    operands.insert_range(ancestors[next]->getOperands());
    getUsedValuesDefinedAbove(ancestors[next]->getRegions(), operands);
    for (Value operand : operands)
      if (operand.getDefiningOp() && !isInit(operand.getDefiningOp()) &&
          !llvm::is_contained(taken, operand))
        ancestors.insert(operand.getDefiningOp());
  }
  return ancestors;
}

/// Whether a type has as many dims, beside those of size 1, as the statistics.
bool SavedFinder::hasStatisticRank(RankedTensorType type) {
  int64_t rank =
      llvm::count_if(type.getShape(), [](int64_t size) { return size != 1; });
  for (auto [dim, coord] : llvm::enumerate(match.inputIndices)) {
    bool isChannel = static_cast<int64_t>(dim) == match.channelAxis;
    if (isa<AffineDimExpr>(coord) && !llvm::is_contained(match.axes, dim) &&
        !(isChannel && match.groups == 1))
      --rank;
  }
  return rank == 0;
}

/// The tensors of floats that are computed on the way to the result, or from
/// these, and are used by what stays.
SmallVector<Value> SavedFinder::getCandidates() {
  Operation *root = match.result.getOperation();
  SmallVector<Value> taken = getUsedValues(exprs, match);
  llvm::SetVector<Operation *> dead = collectDead(root, taken);
  llvm::SetVector<Value> candidates;
  for (Operation *op : getAncestors(root, taken))
    for (Value result : op->getResults()) {
      candidates.insert(result);
      candidates.insert_range(getDependents(result));
    }
  candidates.remove_if([&](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    bool isUsedByDeadAlone = llvm::all_of(value.getUsers(), [&](Operation *op) {
      return dead.contains(op) || dead.contains(op->getParentOp());
    });
    return !type || isUsedByDeadAlone || value.getDefiningOp() == root ||
           type.getEncoding() || !hasStatisticRank(type) ||
           !isa<FloatType>(type.getElementType()) ||
           type.getElementTypeBitWidth() > match.computeType.getWidth();
  });
  return candidates.takeVector();
}

/// Whether a tensor's dims are those of the operation's statistics, in order.
bool SavedFinder::hasStatisticShape(Value tensor,
                                    const IndexBinding &ofTensor) {
  IndexSpace &space = exprs.getSpace();
  // What each row variable is in the tensor, by what it is in the result.
  SmallVector<std::pair<AffineExpr, AffineExpr>> known;
  for (unsigned row : rows) {
    AffineExpr inTensor = ofTensor.lookup(space, row);
    AffineExpr inResult = ofResult.lookup(space, row);
    if (!inTensor || !inResult)
      return false;
    known.push_back({inResult, inTensor});
  }
  SmallVector<AffineExpr> expected;
  for (auto [dim, index] : llvm::enumerate(match.inputIndices)) {
    if (llvm::is_contained(match.axes, dim) || isa<AffineConstantExpr>(index))
      continue;
    AffineExpr coord = index;
    if (static_cast<int64_t>(dim) == match.channelAxis && match.groups) {
      if (*match.groups == 1)
        continue;
      unsigned channel = cast<AffineDimExpr>(index).getPosition();
      int64_t size = exprs.getSpace().getSize(channel).constant;
      coord = coord.floorDiv(size / *match.groups);
    }
    auto *entry = llvm::find_if(
        known, [&](auto &candidate) { return candidate.first == coord; });
    if (entry == known.end())
      return false;
    expected.push_back(entry->second);
  }
  SmallVector<AffineExpr> own;
  for (AffineExpr index : exprs.freeIndices(tensor))
    if (!isa<AffineConstantExpr>(index))
      own.push_back(index);
  return own == expected;
}

std::optional<SavedStatistic::Kind> SavedFinder::getKind(Value tensor) {
  PolynomialReader reader(exprs, statistics);
  Expr expr = exprs.element(tensor);
  if (match.kind == NormKind::BatchNormTraining && statistics.variance) {
    IndexBinding binding;
    if (exprs.unify(statistics.variance, expr, rows, binding) &&
        hasStatisticShape(tensor, binding))
      return SavedStatistic::Variance;
  }
  std::optional<Polynomial> polynomial = reader.read(expr);
  if (!polynomial || llvm::count_if(polynomial->terms, [](auto &term) {
                       return term.has_value();
                     }) != 1)
    return std::nullopt;
  bool isBatchNorm = match.kind == NormKind::BatchNormTraining;
  auto is = [&](P::Basis basis) {
    return polynomial->has(basis) &&
           *polynomial->terms[basis] == Coefficient() &&
           hasStatisticShape(tensor, reader.getBinding());
  };
  if (match.kind != NormKind::RMSNorm && is(P::Mean))
    return SavedStatistic::Mean;
  if (!isBatchNorm && is(P::InverseRoot))
    return SavedStatistic::InverseRoot;
  return std::nullopt;
}

/// Leaves out what only computes another statistic that is saved.
void SavedFinder::dropUnused() {
  SmallVector<Operation *> replaced = {match.result.getOperation()};
  for (const SavedStatistic &saved : match.saved)
    for (Value tensor : saved.tensors)
      replaced.push_back(tensor.getDefiningOp());
  llvm::SetVector<Operation *> dead =
      collectDead(replaced, getUsedValues(exprs, match));
  for (SavedStatistic &saved : match.saved)
    llvm::erase_if(saved.tensors, [&](Value tensor) {
      return llvm::all_of(tensor.getUsers(), [&](Operation *user) {
        return dead.contains(user) || dead.contains(user->getParentOp());
      });
    });
  llvm::erase_if(match.saved, [](const SavedStatistic &saved) {
    return saved.tensors.empty();
  });
}

void SavedFinder::find() {
  if (match.kind == NormKind::BatchNormInference)
    return;
  // What the row variables are in the result.
  PolynomialReader reader(exprs, statistics);
  if (!reader.read(match.result.getExpr(exprs)))
    return;
  ofResult = reader.getBinding();
  for (unsigned variable : reader.getVariables())
    if (!llvm::is_contained(statistics.reduced, variable))
      rows.push_back(variable);
  for (Value candidate : getCandidates()) {
    std::optional<SavedStatistic::Kind> kind = getKind(candidate);
    if (!kind)
      continue;
    auto *same = llvm::find_if(match.saved, [&](const SavedStatistic &other) {
      return other.kind == *kind;
    });
    if (same == match.saved.end())
      match.saved.push_back({*kind, {candidate}});
    else if (getElementTypeOrSelf(candidate) == same->getElementType())
      same->tensors.push_back(candidate);
  }
  dropUnused();
  // In the order of the operation's results.
  llvm::sort(match.saved, [](const SavedStatistic &a, const SavedStatistic &b) {
    return a.kind < b.kind;
  });
}

void raise::findSavedStatistics(ElementExprs &exprs,
                                const Statistics &statistics, Match &match) {
  SavedFinder(exprs, statistics, match).find();
}
