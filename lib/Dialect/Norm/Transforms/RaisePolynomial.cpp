// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise: expressions as polynomials in x, its mean and its inverse root.
// Distributing products over sums makes all ways to write the affine equal.

#include "Raise.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;
using Kind = ElementExpr::Kind;

bool Polynomial::isParameter() const {
  for (unsigned basis = One + 1; basis < NumBases; ++basis)
    if (terms[basis])
      return false;
  return true;
}

static Polynomial makeParameter(Expr expr) {
  Polynomial result;
  result.terms[Polynomial::One].emplace();
  result.terms[Polynomial::One]->factors.push_back(expr);
  return result;
}

static Polynomial makeQuantity(Polynomial::Basis basis) {
  Polynomial result;
  result.terms[basis].emplace();
  return result;
}

/// The product of two quantities, if a normalization has it.
static std::optional<Polynomial::Basis> multiply(unsigned a, unsigned b) {
  using P = Polynomial;
  if (a > b)
    std::swap(a, b);
  if (a == P::One)
    return static_cast<P::Basis>(b);
  if (b == P::InverseRoot && a == P::Input)
    return P::InputInverseRoot;
  if (b == P::InverseRoot && a == P::Mean)
    return P::MeanInverseRoot;
  return std::nullopt;
}

/// Notes what a further operation on these operands is computed in.
static Arithmetic joinArithmetic(ArrayRef<const Polynomial *> operands,
                                 Type type) {
  Arithmetic joined;
  joined.addType(type);
  for (const Polynomial *operand : operands) {
    joined.add(operand->arithmetic);
    if (operand->roundedTo)
      joined.addType(operand->roundedTo);
  }
  return joined;
}

static std::optional<Polynomial> multiply(const Polynomial &a,
                                          const Polynomial &b, Type type) {
  Polynomial product;
  for (auto [i, left] : llvm::enumerate(a.terms))
    for (auto [j, right] : llvm::enumerate(b.terms)) {
      if (!left || !right)
        continue;
      std::optional<Polynomial::Basis> basis = multiply(i, j);
      if (!basis || product.terms[*basis])
        return std::nullopt;
      Coefficient coefficient = *left;
      coefficient.isNegative ^= right->isNegative;
      llvm::append_range(coefficient.factors, right->factors);
      llvm::sort(coefficient.factors,
                 [](Expr x, Expr y) { return x->id < y->id; });
      product.terms[*basis] = coefficient;
    }
  product.arithmetic = joinArithmetic({&a, &b}, type);
  // (x − m) · r is how it is defined; x · r − m · r and (x − m) · g · r are
  // not.
  auto isScaled = [](const Polynomial &factor) {
    return factor.isParameter() ||
           (factor.has(Polynomial::Input) &&
            !(*factor.terms[Polynomial::Input] == Coefficient()));
  };
  product.arithmetic.isExact &=
      !(a.has(Polynomial::InverseRoot) && isScaled(b)) &&
      !(b.has(Polynomial::InverseRoot) && isScaled(a));
  return product;
}

static std::optional<Polynomial> add(const Polynomial &a, Polynomial b,
                                     bool subtract, Type type) {
  Polynomial sum = a;
  for (auto [i, term] : llvm::enumerate(b.terms)) {
    if (!term)
      continue;
    if (sum.terms[i])
      return std::nullopt;
    sum.terms[i] = term;
    sum.terms[i]->isNegative ^= subtract;
  }
  sum.arithmetic = joinArithmetic({&a, &b}, type);
  sum.roundedTo = Type();
  sum.arithmetic.isExact &= !a.has(Polynomial::MeanInverseRoot) ||
                            a.has(Polynomial::InputInverseRoot);
  sum.arithmetic.isExact &= !b.has(Polynomial::MeanInverseRoot) ||
                            b.has(Polynomial::InputInverseRoot);
  return sum;
}

//===----------------------------------------------------------------------===//
// PolynomialReader
//===----------------------------------------------------------------------===//

PolynomialReader::PolynomialReader(ElementExprs &exprs,
                                   const Statistics &statistics)
    : exprs(exprs), statistics(statistics) {
  // Every variable that the statistics were matched with.
  llvm::SetVector<Expr> reached;
  reached.insert(statistics.input);
  reached.insert(statistics.root);
  for (unsigned next = 0; next < reached.size(); ++next) {
    reached.insert_range(reached[next]->operands);
    for (AffineExpr coord : reached[next]->coords)
      coord.walk([&](AffineExpr inner) {
        if (auto dim = dyn_cast<AffineDimExpr>(inner))
          if (!llvm::is_contained(bindable, dim.getPosition()))
            bindable.push_back(dim.getPosition());
      });
  }
}

bool PolynomialReader::unify(Expr pattern, Expr target,
                             IndexBinding &extended) {
  return exprs.unify(pattern, target, bindable, extended);
}

/// Whether an expression is the mean of x over the reduced indices.
bool PolynomialReader::isMean(Expr expr, Arithmetic &arithmetic) {
  Miss ignored = Miss::ignored();
  Arithmetic ofMean = arithmetic;
  std::optional<Mean> mean = matchMean(exprs, expr, ofMean, ignored);
  if (!mean)
    return false;
  IndexBinding ofSum = binding.without(statistics.reduced);
  if (!unify(statistics.input, mean->body, ofSum))
    return false;
  SmallVector<AffineExpr> images =
      llvm::map_to_vector(statistics.reduced, [&](unsigned variable) {
        return ofSum.lookup(exprs.getSpace(), variable);
      });
  IndexBinding ofRows = ofSum.without(statistics.reduced);
  if (!exprs.getSpace().cover(images, mean->variables) ||
      ofRows.mentions(mean->variables))
    return false;
  ofRows.append(binding.only(statistics.reduced));
  binding = ofRows;
  arithmetic = ofMean;
  return true;
}

std::optional<Polynomial> PolynomialReader::readQuantity(Expr expr) {
  IndexBinding extended = binding;
  if (unify(statistics.input, expr, extended)) {
    binding = extended;
    return makeQuantity(Polynomial::Input);
  }
  if (expr->is(Kind::Apply) && expr->op == statistics.root->op &&
      unify(statistics.root, expr, extended)) {
    binding = extended;
    return makeQuantity(statistics.isInverse ? Polynomial::InverseRoot
                                             : Polynomial::Root);
  }
  if (!statistics.isCentered)
    return std::nullopt;
  Polynomial mean = makeQuantity(Polynomial::Mean);
  if (statistics.givenMean) {
    if (!unify(statistics.givenMean, expr, extended))
      return std::nullopt;
    binding = extended;
    return mean;
  }
  bool mayBeMean =
      expr->is(Kind::Sum) || expr->is(ExprOp::Div) || expr->is(ExprOp::Mul);
  if (mayBeMean && isMean(expr, mean.arithmetic))
    return mean;
  return std::nullopt;
}

std::optional<Polynomial> PolynomialReader::read(Expr expr) {
  auto found = known.find(expr);
  if (found != known.end())
    return found->second;
  constexpr unsigned maxDepth = 256;
  if (!fuel || depth == maxDepth)
    return makeParameter(expr);
  --fuel;
  ++depth;
  std::optional<Polynomial> result = readNew(expr);
  --depth;
  known[expr] = result;
  return result;
}

std::optional<Polynomial> PolynomialReader::readNew(Expr expr) {
  if (std::optional<Polynomial> quantity = readQuantity(expr))
    return quantity;
  switch (expr->kind) {
  case Kind::Constant:
  case Kind::Size:
  case Kind::Index:
  case Kind::Sum:
    return makeParameter(expr);
  case Kind::Element: {
    Expr seen = exprs.view(expr);
    if (seen == expr)
      return makeParameter(expr);
    // What holds no quantity, or uses one in another way, is a parameter: the
    // result is the same whatever its elements are.
    std::optional<Polynomial> inside = read(seen);
    return inside && !inside->isParameter() ? inside : makeParameter(expr);
  }
  case Kind::Apply:
    return readApply(expr);
  }
  return std::nullopt;
}

std::optional<Polynomial> PolynomialReader::readQuotient(Expr expr,
                                                         Polynomial dividend,
                                                         Polynomial divisor) {
  // Division by the root itself, unscaled, is multiplication by its inverse.
  if (!divisor.has(Polynomial::Root) ||
      !(divisor.terms[Polynomial::Root] == Coefficient()))
    return std::nullopt;
  std::swap(divisor.terms[Polynomial::Root],
            divisor.terms[Polynomial::InverseRoot]);
  unsigned numTerms =
      llvm::count_if(divisor.terms, [](auto &term) { return !!term; });
  if (numTerms != 1)
    return std::nullopt;
  divisor.arithmetic.isExact = false;
  // Of the numbers, only 1 makes it an inverse root.
  Expr numerator = exprs.view(expr->operands[0]);
  if (numerator->is(Kind::Constant) && !numerator->isOne()) {
    llvm::raw_string_ostream os(objection);
    os << "the root divides ";
    numerator->constant.print(os);
    os << ", not 1";
    return std::nullopt;
  }
  if (!expr->operands[0]->isOne())
    return multiply(dividend, divisor, expr->type);
  divisor.arithmetic = joinArithmetic(&divisor, expr->type);
  divisor.roundedTo = Type();
  return divisor;
}

std::optional<Polynomial> PolynomialReader::readApply(Expr expr) {
  SmallVector<Polynomial, 2> operands;
  for (Expr operand : expr->operands) {
    std::optional<Polynomial> inside = read(operand);
    if (!inside)
      return std::nullopt;
    operands.push_back(*inside);
  }
  if (llvm::all_of(operands, [](auto &p) { return p.isParameter(); }))
    return makeParameter(expr);
  Type type = expr->type;
  switch (expr->op) {
  case ExprOp::Ext:
    return operands[0];
  case ExprOp::Trunc:
    if (operands[0].roundedTo)
      operands[0].arithmetic.addType(operands[0].roundedTo);
    operands[0].roundedTo = type;
    return operands[0];
  case ExprOp::Neg:
    operands[0].arithmetic = joinArithmetic(&operands[0], type);
    for (auto &term : operands[0].terms)
      if (term)
        term->isNegative ^= true;
    return operands[0];
  case ExprOp::Add:
  case ExprOp::Sub:
    return add(operands[0], operands[1], expr->is(ExprOp::Sub), type);
  case ExprOp::Mul:
    return multiply(operands[0], operands[1], type);
  case ExprOp::Div:
    return readQuotient(expr, operands[0], operands[1]);
  default:
    return std::nullopt;
  }
}
