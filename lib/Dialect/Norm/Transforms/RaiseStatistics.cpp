// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise, backwards: what stands under an inverse root.

#include "Raise.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;
using Kind = ElementExpr::Kind;

void Arithmetic::addType(Type type) {
  types |= type.isF16()    ? F16
           : type.isBF16() ? BF16
           : type.isF32()  ? F32
           : type.isF64()  ? F64
                           : Other;
}

/// Looks through conversions of a statistic. One to a narrower type rounds, so
/// that computing without it takes a wider type.
static Expr stripConversions(ElementExprs &exprs, Expr expr,
                             Arithmetic &arithmetic) {
  while (true) {
    Expr seen = exprs.view(expr);
    if (!seen->is(ExprOp::Ext) && !seen->is(ExprOp::Trunc))
      return expr;
    if (seen->is(ExprOp::Trunc))
      arithmetic.addType(seen->type);
    expr = seen->operands[0];
  }
}

Expr raise::stripExtensions(ElementExprs &exprs, Expr expr) {
  for (Expr seen = exprs.view(expr); seen->is(ExprOp::Ext);
       seen = exprs.view(expr))
    expr = seen->operands[0];
  return expr;
}

//===----------------------------------------------------------------------===//
// Means
//===----------------------------------------------------------------------===//

/// A sum as one over all of its dims, where it is a sum of sums.
static std::optional<Mean> matchSum(ElementExprs &exprs, Expr expr,
                                    Arithmetic &arithmetic) {
  Mean sum;
  sum.body = expr;
  while (true) {
    // Sums between which there is a rounding are one sum without it.
    Arithmetic inner = arithmetic;
    Expr seen = exprs.view(stripConversions(exprs, sum.body, inner));
    if (!seen->is(Kind::Sum))
      break;
    arithmetic = inner;
    arithmetic.addType(seen->type);
    llvm::append_range(sum.variables, seen->variables);
    sum.body = seen->operands[0];
  }
  if (sum.variables.empty())
    return std::nullopt;
  return sum;
}

/// Says what is wrong with a count.
static bool missCount(ElementExprs &exprs, Expr count,
                      ArrayRef<unsigned> variables, Miss &miss) {
  if (!miss.isOpen())
    return false;
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "the sum is scaled by ";
  count = exprs.view(stripExtensions(exprs, count));
  if (count->is(Kind::Constant)) {
    count->constant.print(os);
    os << ", not by";
  } else {
    os << "what is not";
  }
  os << " the number of its elements";
  if (std::optional<int64_t> size = getStaticCount(exprs, variables))
    os << " (" << *size << ')';
  return miss.because(text);
}

/// The sum over `variables` of e/n or e·(1/n), with n the number of its terms,
/// as a mean of e.
static bool matchMeanOfScaled(ElementExprs &exprs, Mean &sum,
                              Arithmetic &arithmetic) {
  Expr seen = exprs.view(stripConversions(exprs, sum.body, arithmetic));
  bool isDivision = seen->is(ExprOp::Div);
  if (!isDivision && !seen->is(ExprOp::Mul))
    return false;
  for (unsigned i = 0; i < (isDivision ? 1 : 2); ++i)
    if (isCount(exprs, seen->operands[1 - i], sum.variables, !isDivision,
                arithmetic)) {
      arithmetic.addType(seen->type);
      arithmetic.isExact = false;
      sum.body = seen->operands[i];
      return true;
    }
  return false;
}

/// A sum that is divided by the number of its terms, or whose terms are.
static std::optional<Mean> matchOneMean(ElementExprs &exprs, Expr expr,
                                        Arithmetic &arithmetic, Miss &miss) {
  expr = stripConversions(exprs, expr, arithmetic);
  Expr seen = exprs.view(expr);
  if (std::optional<Mean> sum = matchSum(exprs, expr, arithmetic)) {
    if (matchMeanOfScaled(exprs, *sum, arithmetic))
      return sum;
    miss.because("the sum is not divided by the number of its elements");
    return std::nullopt;
  }
  bool isDivision = seen->is(ExprOp::Div);
  if (!isDivision && !seen->is(ExprOp::Mul)) {
    miss.because("the statistic is not a sum divided by a count");
    return std::nullopt;
  }
  arithmetic.addType(seen->type);
  for (unsigned i = 0; i < (isDivision ? 1 : 2); ++i) {
    Arithmetic inner = arithmetic;
    Expr summed = stripConversions(exprs, seen->operands[i], inner);
    std::optional<Mean> sum = matchSum(exprs, summed, inner);
    if (!sum)
      continue;
    Expr count = seen->operands[1 - i];
    if (!isCount(exprs, count, sum->variables, !isDivision, inner)) {
      missCount(exprs, count, sum->variables, miss);
      return std::nullopt;
    }
    arithmetic = inner;
    return sum;
  }
  miss.because("the statistic is not a sum divided by a count");
  return std::nullopt;
}

std::optional<Mean> raise::matchMean(ElementExprs &exprs, Expr expr,
                                     Arithmetic &arithmetic, Miss &miss) {
  std::optional<Mean> mean = matchOneMean(exprs, expr, arithmetic, miss);
  // A mean of means over other dims is one over all of them.
  while (mean) {
    Miss ignored = Miss::ignored();
    Arithmetic ofInner = arithmetic;
    std::optional<Mean> inner =
        matchOneMean(exprs, mean->body, ofInner, ignored);
    if (!inner)
      break;
    arithmetic = ofInner;
    arithmetic.isExact = false;
    mean->body = inner->body;
    llvm::append_range(mean->variables, inner->variables);
  }
  return mean;
}

bool raise::isMeanOf(ElementExprs &exprs, const Mean &mean, Expr input,
                     ArrayRef<unsigned> reduced) {
  IndexBinding binding;
  if (!exprs.unify(mean.body, input, mean.variables, binding))
    return false;
  SmallVector<AffineExpr> images =
      llvm::map_to_vector(mean.variables, [&](unsigned variable) {
        return binding.lookup(exprs.getSpace(), variable);
      });
  return exprs.getSpace().cover(images, reduced);
}

//===----------------------------------------------------------------------===//
// Statistics
//===----------------------------------------------------------------------===//

namespace {
struct Term {
  Expr expr;
  bool isNegative;
};

class StatisticsMatcher {
public:
  StatisticsMatcher(ElementExprs &exprs, Statistics &statistics, Miss &miss)
      : exprs(exprs), statistics(statistics), miss(miss),
        arithmetic(statistics.arithmetic) {}
  bool match(Expr operand);
  bool matchGiven(Expr operand);

private:
  bool splitEpsilon(Expr operand, SmallVectorImpl<Term> &rest);
  void collectTerms(Expr expr, bool isNegative, SmallVectorImpl<Term> &terms);
  bool isUniform(Expr expr);
  bool matchEpsilon(Term term);
  bool matchVariance(Expr expr);
  bool matchTerms(ArrayRef<Term> terms);
  Expr matchSquare(Expr expr);
  bool matchTwoPass(Expr expr);
  bool matchCentered(Expr squared, const Mean &meanSquare);
  bool matchOnePass(Expr meanSquare, Expr squaredMean);
  void setInput(Expr expr) {
    statistics.extendedInput = expr;
    statistics.input = stripExtensions(exprs, expr);
  }

  ElementExprs &exprs;
  Statistics &statistics;
  Miss &miss;
  Arithmetic &arithmetic;
};
} // namespace

/// The terms of a sum of scalars; what is no sum is a term as it stands.
void StatisticsMatcher::collectTerms(Expr expr, bool isNegative,
                                     SmallVectorImpl<Term> &terms) {
  Arithmetic inner = arithmetic;
  Expr seen = exprs.view(stripConversions(exprs, expr, inner));
  bool isSum = seen->is(ExprOp::Add) || seen->is(ExprOp::Sub);
  if (!isSum || terms.size() > 3) {
    terms.push_back({expr, isNegative});
    return;
  }
  arithmetic = inner;
  arithmetic.addType(seen->type);
  collectTerms(seen->operands[0], isNegative, terms);
  collectTerms(seen->operands[1], isNegative != seen->is(ExprOp::Sub), terms);
}

/// A constant, or one and the same given element for all rows, maybe rounded.
bool StatisticsMatcher::isUniform(Expr expr) {
  expr = exprs.view(stripExtensions(exprs, expr));
  while (expr->is(ExprOp::Trunc))
    expr = exprs.view(stripExtensions(exprs, expr->operands[0]));
  return expr->is(Kind::Constant) ||
         (expr->is(Kind::Element) &&
          llvm::all_of(expr->coords, [](AffineExpr coord) {
            return isa<AffineConstantExpr>(coord);
          }));
}

bool StatisticsMatcher::matchEpsilon(Term term) {
  Expr expr = exprs.view(stripExtensions(exprs, term.expr));
  if (term.isNegative)
    return miss.because("epsilon is subtracted");
  if (std::optional<llvm::APFloat> value = expr->getFloat())
    if (!value->isFinite() || (value->isNegative() && !value->isZero()))
      return miss.because("epsilon is negative or not finite");
  statistics.epsilon = expr;
  return true;
}

/// Takes the epsilon out of the terms of what is under the root.
bool StatisticsMatcher::splitEpsilon(Expr operand,
                                     SmallVectorImpl<Term> &rest) {
  SmallVector<Term> terms;
  collectTerms(operand, /*isNegative=*/false, terms);
  for (Term term : terms) {
    if (!isUniform(term.expr))
      rest.push_back(term);
    else if (statistics.epsilon)
      return miss.because("more than one epsilon is added");
    else if (!matchEpsilon(term))
      return false;
  }
  return true;
}

bool StatisticsMatcher::match(Expr operand) {
  SmallVector<Term> rest;
  if (!splitEpsilon(operand, rest))
    return false;
  if (rest.size() == 1)
    statistics.variance = rest[0].expr;
  return matchTerms(rest);
}

/// An element along one dim, plus an epsilon.
bool StatisticsMatcher::matchGiven(Expr operand) {
  SmallVector<Term> rest;
  if (!splitEpsilon(operand, rest))
    return false;
  if (rest.size() == 1 && !rest[0].isNegative) {
    statistics.variance = stripExtensions(exprs, rest[0].expr);
    statistics.isCentered = true;
    return statistics.variance->is(Kind::Element) &&
           llvm::count_if(statistics.variance->coords,
                          llvm::IsaPred<AffineDimExpr>) == 1;
  }
  return false;
}

/// v, or q − m².
bool StatisticsMatcher::matchTerms(ArrayRef<Term> terms) {
  if (terms.size() == 1 && !terms[0].isNegative)
    return matchVariance(terms[0].expr);
  if (terms.size() == 2 && terms[0].isNegative != terms[1].isNegative)
    return matchOnePass(terms[terms[0].isNegative ? 1 : 0].expr,
                        terms[terms[0].isNegative ? 0 : 1].expr);
  return miss.because(
      "under the root stands no variance or mean of squares plus an epsilon "
      "that is the same for all rows");
}

bool StatisticsMatcher::matchVariance(Expr expr) {
  Expr seen = exprs.view(stripConversions(exprs, expr, arithmetic));
  if (!seen->is(ExprOp::Max))
    return matchTwoPass(expr);
  for (unsigned i : {0, 1}) {
    if (!seen->operands[i]->isZero())
      continue;
    arithmetic.isExact = false;
    SmallVector<Term> terms;
    collectTerms(seen->operands[1 - i], /*isNegative=*/false, terms);
    if (terms.size() == 1)
      return matchTwoPass(terms[0].expr);
    return matchTerms(terms);
  }
  return miss.because("the statistic is clamped by something other than 0");
}

/// The base of a square, or null.
Expr StatisticsMatcher::matchSquare(Expr expr) {
  Expr seen = exprs.view(stripConversions(exprs, expr, arithmetic));
  if (!seen->is(ExprOp::Mul) ||
      !exprs.areEqual(seen->operands[0], seen->operands[1]))
    return nullptr;
  arithmetic.addType(seen->type);
  return seen->operands[0];
}

bool StatisticsMatcher::matchTwoPass(Expr expr) {
  std::optional<Mean> mean = matchMean(exprs, expr, arithmetic, miss);
  if (!mean)
    return false;
  Expr base = matchSquare(mean->body);
  if (!base)
    return miss.because("what is summed is not a square");
  statistics.reduced = mean->variables;
  if (matchCentered(base, *mean))
    return true;
  setInput(base);
  return true;
}

/// x − mean(x), with the mean over the same dims. (Its square does not tell it
/// from mean(x) − x; the numerator will.)
bool StatisticsMatcher::matchCentered(Expr base, const Mean &meanSquare) {
  Arithmetic inner = arithmetic;
  Expr seen = exprs.view(stripConversions(exprs, base, inner));
  if (!seen->is(ExprOp::Sub))
    return false;
  inner.addType(seen->type);
  for (unsigned i : {0, 1}) {
    Arithmetic ofMean = inner;
    Miss ignored = Miss::ignored();
    std::optional<Mean> mean =
        matchMean(exprs, seen->operands[1 - i], ofMean, ignored);
    if (!mean ||
        !isMeanOf(exprs, *mean, seen->operands[i], meanSquare.variables))
      continue;
    arithmetic = ofMean;
    statistics.isCentered = true;
    setInput(seen->operands[i]);
    return true;
  }
  return false;
}

/// mean(x²) − mean(x)².
bool StatisticsMatcher::matchOnePass(Expr meanSquare, Expr squaredMean) {
  arithmetic.isExact = false;
  std::optional<Mean> ofSquares =
      matchMean(exprs, meanSquare, arithmetic, miss);
  if (!ofSquares)
    return false;
  Expr input = matchSquare(ofSquares->body);
  Expr base = matchSquare(squaredMean);
  if (!input || !base)
    return miss.because("the variance is not mean(x²) − mean(x)²");
  std::optional<Mean> mean = matchMean(exprs, base, arithmetic, miss);
  if (!mean)
    return false;
  if (!isMeanOf(exprs, *mean, input, ofSquares->variables))
    return miss.because("mean(x²) and mean(x) are not of the same x over the "
                        "same dims");
  statistics.isCentered = true;
  setInput(input);
  statistics.reduced = ofSquares->variables;
  return true;
}

bool raise::matchStatistics(ElementExprs &exprs, Expr operand,
                            Statistics &statistics, Miss &miss) {
  return StatisticsMatcher(exprs, statistics, miss).match(operand);
}

Expr raise::readRoot(ElementExprs &exprs, Expr anchor, Statistics &statistics) {
  statistics.root = anchor;
  statistics.isInverse = anchor->is(ExprOp::Rsqrt);
  statistics.arithmetic.addType(anchor->type);
  Expr operand = anchor->operands[0];
  // The root of the reciprocal.
  Expr seen = exprs.view(operand);
  if (!seen->is(ExprOp::Div) || !seen->operands[0]->isOne())
    return operand;
  statistics.isInverse = !statistics.isInverse;
  statistics.arithmetic.isExact = false;
  statistics.arithmetic.addType(seen->type);
  return seen->operands[1];
}

bool raise::matchGivenVariance(ElementExprs &exprs, Expr operand,
                               Statistics &statistics, Miss &miss) {
  return StatisticsMatcher(exprs, statistics, miss).matchGiven(operand);
}
