// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of norm-raise. Statistics are found backwards from an inverse root,
// the normalized value and its affine forwards from there; only when both stand
// is the IR changed.

#ifndef NORM_LIB_DIALECT_NORM_TRANSFORMS_RAISE_H
#define NORM_LIB_DIALECT_NORM_TRANSFORMS_RAISE_H

#include "mlir/IR/Dominance.h"
#include "norm/Analysis/ElementExpr.h"
#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm::raise {

/// How much the arithmetic may differ; each tier allows what those before do.
enum class Tier {
  Exact,     // the same arithmetic
  Reals,     // equal over the reals, in the same types
  Precision, // in wider types than written
};

struct Options {
  Tier tier = Tier::Reals;
  /// f64 statistics of narrower inputs may be computed in f32.
  bool allowF64Demote = false;
};

/// Why an inverse root was not raised: the first condition that failed.
struct Miss {
  std::string reason;
  /// Keeps the first reason; false, for `return miss.because(…)`.
  bool because(const Twine &why) {
    if (reason.empty())
      reason = why.str();
    return false;
  }
};

/// The float types in which something was computed, and how.
struct Arithmetic {
  enum : unsigned { F16 = 1, BF16 = 2, F32 = 4, F64 = 8, Other = 16 };
  unsigned types = 0;
  /// Whether it is written just as the operation's definition is.
  bool isExact = true;
  void addType(Type type);
  void add(const Arithmetic &other) {
    types |= other.types;
    isExact &= other.isExact;
  }
};

/// mean(x²) or the variance of x, an epsilon, and the root of their sum.
struct Statistics {
  Expr root = nullptr;
  /// Whether `root` is the inverse root, or the root to be divided by.
  bool isInverse = true;
  /// Whether the mean is subtracted first.
  bool isCentered = false;
  /// x at (row indices, reduced indices), without conversions to wider types.
  Expr input = nullptr;
  /// The variables over which `input` is reduced.
  SmallVector<unsigned> reduced;
  /// A constant, an element at fixed indices, or null for 0.
  Expr epsilon = nullptr;
  Arithmetic arithmetic;
};

/// Whether an expression is the mean of something: a sum divided by the number
/// of its terms.
struct Mean {
  Expr body = nullptr;
  SmallVector<unsigned> variables;
};
std::optional<Mean> matchMean(ElementExprs &exprs, Expr expr,
                              Arithmetic &arithmetic, Miss &miss);

/// Whether `mean.body` is `input`, each reduced index of one standing for one
/// of the other.
bool isMeanOf(ElementExprs &exprs, const Mean &mean, Expr input,
              ArrayRef<unsigned> reduced);

/// Whether a constant is, or an expression gives, the number of elements along
/// the variables; `inverse` asks for one over it.
bool isCount(ElementExprs &exprs, Expr expr, ArrayRef<unsigned> variables,
             bool inverse, Arithmetic &arithmetic);
/// The number of elements along the variables, if it is static.
std::optional<int64_t> getStaticCount(ElementExprs &exprs,
                                      ArrayRef<unsigned> variables);

/// Fills in everything but `root` from the root's operand.
bool matchStatistics(ElementExprs &exprs, Expr operand, Statistics &statistics,
                     Miss &miss);

/// What a product is made of, beside the quantities of a normalization.
struct Coefficient {
  bool isNegative = false;
  SmallVector<Expr, 2> factors; // sorted by id
  /// How often the number of reduced elements is a factor.
  int count = 0;
  bool operator==(const Coefficient &other) const {
    return isNegative == other.isNegative && factors == other.factors &&
           count == other.count;
  }
};

/// An expression as a polynomial in the quantities of a normalization. The
/// coefficients are made of everything else: parameters.
struct Polynomial {
  enum Basis : unsigned {
    One,
    Input,
    Mean,
    InverseRoot,
    InputInverseRoot,
    MeanInverseRoot,
    Root,
    NumBases
  };
  std::array<std::optional<Coefficient>, NumBases> terms;
  Arithmetic arithmetic;
  /// The narrower type to which the whole was rounded last, if it was.
  Type roundedTo;

  bool isParameter() const;
  bool has(Basis basis) const { return terms[basis].has_value(); }
};

/// Reads expressions as polynomials. The first occurrence of a quantity decides
/// what the statistics' variables stand for.
class PolynomialReader {
public:
  PolynomialReader(ElementExprs &exprs, const Statistics &statistics);
  /// Nothing if a quantity of the normalization is used in any other way.
  std::optional<Polynomial> read(Expr expr);
  const IndexBinding &getBinding() const { return binding; }

private:
  std::optional<Polynomial> readNew(Expr expr);
  std::optional<Polynomial> readApply(Expr expr);
  std::optional<Polynomial> readQuantity(Expr expr);
  std::optional<Polynomial> readProduct(Expr expr,
                                        ArrayRef<Polynomial> factors);
  std::optional<Polynomial> readQuotient(Expr expr, Polynomial dividend,
                                         Polynomial divisor);
  bool unify(Expr pattern, Expr target, IndexBinding &extended);
  bool isMean(Expr sum);

  ElementExprs &exprs;
  const Statistics &statistics;
  SmallVector<unsigned> bindable;
  IndexBinding binding;
  DenseMap<Expr, std::optional<Polynomial>> known;
  unsigned fuel = 512;
};

/// A parameter: gamma or beta.
struct Parameter {
  Value value;
  /// The dims of the value that it is used along; others have size 1.
  SmallVector<int64_t> valueDims;
  /// The same as dims of the input, increasing.
  SmallVector<int64_t> inputDims;
  double offset = 0.0;
};

/// A complete match: everything that the operation is built from.
struct Match {
  Value result; // the tensor that is replaced
  bool isCentered = false;
  Value input;
  SmallVector<int64_t> axes;
  std::optional<Parameter> gamma, beta;
  std::optional<double> epsilon;
  Expr epsilonOperand = nullptr;
  FloatType computeType;
  Tier tier = Tier::Exact;
};

/// Finds the values that are the normalization which has these statistics:
/// among the users of the values that hold its root.
class ResultFinder {
public:
  ResultFinder(ElementExprs &exprs, const Statistics &statistics,
               const Options &options, DominanceInfo &dominance, Miss &miss)
      : exprs(exprs), statistics(statistics), options(options),
        dominance(dominance), miss(miss) {}
  std::vector<Match> find(ValueRange roots);

private:
  enum class Verdict { Unrelated, Incomplete, Complete };
  Verdict judge(Value value, std::optional<Match> &match);
  std::optional<Match> makeMatch(Value value, const Polynomial &polynomial,
                                 const IndexBinding &binding);
  bool isComplete(const Polynomial &polynomial);
  bool chooseTypes(Value value, const Polynomial &polynomial, Match &match);
  bool chooseInput(const IndexBinding &binding, Match &match);
  bool tryInput(Value tensor, ArrayRef<AffineExpr> coords, Match &match);
  bool chooseParameters(Value value, const Polynomial &polynomial,
                        Match &match);
  std::optional<Parameter> makeParameter(Value result, Expr expr,
                                         const Match &match);
  bool isBatchNorm(const Match &match);

  /// The dim of the input for each dim of the result, or -1.
  SmallVector<int64_t> inputDimOfIndex;
  /// Whether a parameter was seen that runs along dims that are not normalized.
  bool isAlongRows = false;

  ElementExprs &exprs;
  const Statistics &statistics;
  const Options &options;
  DominanceInfo &dominance;
  Miss &miss;
};

/// Replaces `match.result` and erases what is thereby dead. Adds what it erases
/// to `erased`, with the operations in its regions.
void rewrite(const Match &match, llvm::SmallPtrSetImpl<Operation *> &erased);

} // namespace mlir::norm::raise

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_RAISE_H
