// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise: normalizations by a mean and a variance that are given, as batch
// norms at inference are. What is normalized cannot be told from its sums; it
// is found among what stands beside the root.

#include "Raise.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;
using Kind = ElementExpr::Kind;

namespace {
/// The root, and what it is combined with by affine arithmetic, in one value.
struct Surroundings {
  /// The root at the value's indices.
  Expr root = nullptr;
  llvm::SetVector<Expr> inputs; // vary along the root's dim and others
  llvm::SetVector<Expr> means;  // vary along the root's dim alone
};

class SurroundingsReader {
public:
  SurroundingsReader(ElementExprs &exprs, const Statistics &statistics)
      : exprs(exprs), statistics(statistics) {}
  Surroundings read(Expr expr) {
    containsRoot(expr);
    if (result.root)
      collect(expr);
    return result;
  }

private:
  bool containsRoot(Expr expr);
  void collect(Expr expr);
  void collectOperand(Expr expr, unsigned depth);
  SmallVector<AffineExpr> getVarying(Expr expr);

  ElementExprs &exprs;
  const Statistics &statistics;
  Surroundings result;
  DenseMap<Expr, bool> known;
  unsigned fuel = 256;
};
} // namespace

static bool isAffineArithmetic(Expr expr) {
  return expr->is(ExprOp::Add) || expr->is(ExprOp::Sub) ||
         expr->is(ExprOp::Mul) || expr->is(ExprOp::Div) ||
         expr->is(ExprOp::Neg) || expr->is(ExprOp::Ext) ||
         expr->is(ExprOp::Trunc);
}

bool SurroundingsReader::containsRoot(Expr expr) {
  auto [entry, isNew] = known.try_emplace(expr, false);
  if (!isNew || !fuel)
    return entry->second;
  --fuel;
  Expr seen = exprs.view(expr);
  bool contains = false;
  if (seen->is(statistics.root->op) && seen->is(Kind::Apply)) {
    SmallVector<unsigned> bindable;
    for (AffineExpr coord : statistics.variance->coords)
      if (auto dim = dyn_cast<AffineDimExpr>(coord))
        bindable.push_back(dim.getPosition());
    IndexBinding binding;
    contains = exprs.unify(statistics.root, seen, bindable, binding);
    if (contains)
      result.root = seen;
  }
  if (!contains && isAffineArithmetic(seen))
    for (Expr operand : seen->operands)
      contains |= containsRoot(operand);
  known[expr] = contains;
  return contains;
}

/// The index variables that an expression varies along, as far as it shows.
SmallVector<AffineExpr> SurroundingsReader::getVarying(Expr expr) {
  llvm::SetVector<AffineExpr> varying;
  SmallVector<Expr> pending = {expr};
  for (unsigned next = 0; next < pending.size() && next < 64; ++next) {
    for (AffineExpr coord : pending[next]->coords)
      if (!isa<AffineConstantExpr>(coord))
        varying.insert(coord);
    llvm::append_range(pending, pending[next]->operands);
  }
  return varying.takeVector();
}

/// An operand without the root in it: x, its mean or a parameter, or what is
/// made of these.
void SurroundingsReader::collectOperand(Expr expr, unsigned depth) {
  constexpr unsigned maxDepth = 4;
  expr = stripExtensions(exprs, expr);
  Expr seen = exprs.view(expr);
  if (isAffineArithmetic(seen) && depth < maxDepth)
    for (Expr operand : seen->operands)
      collectOperand(operand, depth + 1);
  size_t numVarying = getVarying(expr).size();
  if (numVarying == 1)
    result.means.insert(expr);
  else if (numVarying > 1)
    result.inputs.insert(expr);
}

void SurroundingsReader::collect(Expr expr) {
  Expr seen = exprs.view(expr);
  if (!isAffineArithmetic(seen))
    return;
  for (Expr operand : seen->operands) {
    if (containsRoot(operand))
      collect(operand);
    else
      collectOperand(operand, /*depth=*/0);
  }
}

/// Whether a reduction stands among what an expression is computed from: then
/// it is no statistic that is given.
static bool isReduced(ElementExprs &exprs, Expr expr) {
  constexpr unsigned maxOperations = 64;
  llvm::SetVector<Operation *> reached;
  auto reach = [&](Value value) {
    if (Operation *op = value.getDefiningOp())
      reached.insert(op);
  };
  llvm::for_each(getLeaves(exprs, expr), reach);
  for (unsigned next = 0; next < reached.size() && next < maxOperations;
       ++next) {
    auto linalgOp = dyn_cast<linalg::LinalgOp>(reached[next]);
    if (isa<tosa::ReduceSumOp>(reached[next]) ||
        (linalgOp && linalgOp.getNumReductionLoops()))
      return true;
    llvm::for_each(reached[next]->getOperands(), reach);
  }
  return false;
}

std::optional<Match> raise::findInference(ElementExprs &exprs,
                                          const Statistics &statistics,
                                          const Options &options,
                                          DominanceInfo &dominance,
                                          ValueRange roots, Miss &miss) {
  constexpr unsigned maxValues = 16;
  SmallVector<Value> queue(roots);
  for (unsigned next = 0; next < queue.size() && next < maxValues; ++next) {
    Value value = queue[next];
    SmallVector<Place> places = {{value, {}, {}}};
    if (Operation *op = value.getDefiningOp())
      llvm::append_range(places, llvm::reverse(getPlacesIn(op)));
    for (const Place &place : places) {
      Surroundings around =
          SurroundingsReader(exprs, statistics).read(place.getExpr(exprs));
      for (Expr input : around.inputs)
        for (Expr mean : around.means) {
          // The pattern in terms of this value's indices.
          Statistics given;
          Expr operand = readRoot(exprs, around.root, given);
          if (!matchGivenVariance(exprs, operand, given, miss))
            continue;
          given.input = input;
          given.givenMean = mean;
          if (isReduced(exprs, given.variance) || isReduced(exprs, mean)) {
            miss.because("mean and variance are computed, but not as those of "
                         "what is normalized");
            continue;
          }
          std::vector<Match> matches =
              ResultFinder(exprs, given, options, dominance, miss).find(value);
          if (!matches.empty())
            return matches.front();
        }
    }
    for (Value dependent : getDependents(value))
      if (!llvm::is_contained(queue, dependent))
        queue.push_back(dependent);
  }
  miss.because("nothing is (x − mean) times the inverse root of the variance");
  return std::nullopt;
}
