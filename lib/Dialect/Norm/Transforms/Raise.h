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
#include "llvm/ADT/SetVector.h"

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
  bool isIgnored = false;
  /// One that nobody will read.
  static Miss ignored() { return {{}, /*isIgnored=*/true}; }
  /// Whether a reason is still asked for.
  bool isOpen() const { return !isIgnored && reason.empty(); }
  /// Keeps the first reason; false, for `return miss.because(…)`.
  bool because(const Twine &why) {
    if (isOpen())
      reason = why.str();
    return false;
  }
};

/// The discardable attribute in which an operation says what tier it needed.
constexpr StringLiteral tierAttrName = "norm.tier";

/// A normalization that was found, with its tier, or an operation that looked
/// like a part of one, with the reason why it is none.
struct Outcome {
  Location location;
  std::string function;
  std::string operation;
  std::string text;
};

/// Collects outcomes; says them as remarks and as JSON.
class Report {
public:
  void addHit(Operation *norm);
  /// Says that operations are part of a normalization that was found.
  void addParts(const llvm::SetVector<Operation *> &operations) {
    parts.insert_range(operations);
  }
  void removeParts(const llvm::SmallPtrSetImpl<Operation *> &operations) {
    for (Operation *op : operations)
      parts.erase(op);
  }
  void addMiss(Operation *anchor, const Miss &miss);
  /// A miss for an operation that sums squares under no root.
  void addSumOfSquares(Operation *op);
  /// To MLIR's remark engine, misses on request as diagnostics too.
  void emitRemarks(bool asDiagnostics) const;
  /// {"hits": […], "misses": […]}. Fails with an error if the file cannot be
  /// written.
  LogicalResult write(StringRef path, std::string &error) const;

private:
  std::vector<Outcome> hits, misses;
  llvm::SmallPtrSet<Operation *, 32> parts;
};

/// The operations that a root can be written with.
bool mayBeRoot(Operation *op);

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
  /// The same in the type in which it is summed, or null.
  Expr extendedInput = nullptr;
  /// The variables over which `input` is reduced.
  SmallVector<unsigned> reduced;
  /// What epsilon is added to.
  Expr variance = nullptr;
  /// The mean, where it is given and not that of `input`; then so is the
  /// variance, and nothing is reduced.
  Expr givenMean = nullptr;
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

/// Sets the root and returns what stands under it.
Expr readRoot(ElementExprs &exprs, Expr anchor, Statistics &statistics);
/// Fills in everything but `root` from the root's operand.
bool matchStatistics(ElementExprs &exprs, Expr operand, Statistics &statistics,
                     Miss &miss);
/// Fills in `variance` and `epsilon` only, for a variance that is given: an
/// element of a tensor that is used along one dim.
bool matchGivenVariance(ElementExprs &exprs, Expr operand,
                        Statistics &statistics, Miss &miss);

/// An expression without conversions to wider types around it.
Expr stripExtensions(ElementExprs &exprs, Expr expr);

/// What a product is made of, beside the quantities of a normalization.
struct Coefficient {
  bool isNegative = false;
  SmallVector<Expr, 2> factors; // sorted by id
  bool operator==(const Coefficient &other) const {
    return isNegative == other.isNegative && factors == other.factors;
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
  /// Why nothing was read, where there is more to say than that a quantity is
  /// used in another way.
  const std::string &getObjection() const { return objection; }
  /// The variables that the statistics are expressed with.
  ArrayRef<unsigned> getVariables() const { return bindable; }

private:
  std::optional<Polynomial> readNew(Expr expr);
  std::optional<Polynomial> readApply(Expr expr);
  std::optional<Polynomial> readQuantity(Expr expr);
  std::optional<Polynomial> readQuotient(Expr expr, Polynomial dividend,
                                         Polynomial divisor);
  bool unify(Expr pattern, Expr target, IndexBinding &extended);
  bool isMean(Expr expr, Arithmetic &arithmetic);

  ElementExprs &exprs;
  const Statistics &statistics;
  SmallVector<unsigned> bindable;
  IndexBinding binding;
  DenseMap<Expr, std::optional<Polynomial>> known;
  std::string objection;
  unsigned fuel = 4096, depth = 0;
};

/// A value that may be a normalization: a tensor, or a scalar in the body of a
/// linalg operation, which is a tensor over the operation's loops.
struct Place {
  Value value;
  linalg::LinalgOp body;
  /// The loops that a scalar varies along; along others its tensor has size 1.
  llvm::SmallBitVector loops;

  Operation *getOperation() const {
    return body ? linalg::LinalgOp(body).getOperation() : value.getDefiningOp();
  }
  RankedTensorType getType() const;
  SmallVector<AffineExpr> getIndices(ElementExprs &exprs) const;
  Expr getExpr(ElementExprs &exprs) const;
  /// The map by which the body reads the tensor.
  AffineMap getMap() const;
};

/// The scalars in an operation's body that may be normalizations, in order;
/// none where there is no body on tensors.
SmallVector<Place> getPlacesIn(Operation *op);

/// A tensor that the operation takes: one that is there, or one to be computed.
struct Operand {
  Value tensor;
  /// Where no tensor holds it: what its elements are, at `indices`.
  Expr computed = nullptr;
  SmallVector<AffineExpr> indices;
  /// The shape, of as many elements in row-major order, that `tensor` is given
  /// first.
  std::optional<SmallVector<int64_t>> shape;
  /// The dims of `tensor` that it is used along; others have size 1.
  SmallVector<int64_t> ownDims;
  /// The dims of the input that they are.
  SmallVector<int64_t> dims;
  double offset = 0.0;

  Type getElementType() const {
    return tensor ? getElementTypeOrSelf(tensor) : computed->type;
  }
};

enum class NormKind {
  LayerNorm,
  RMSNorm,
  GroupNorm,
  BatchNormTraining,
  BatchNormInference
};

/// A statistic that others use too, and the tensors of one type that hold it.
struct SavedStatistic {
  enum Kind { Mean, InverseRoot, Variance } kind;
  SmallVector<Value> tensors;
  Type getElementType() const { return getElementTypeOrSelf(tensors.front()); }
};

/// A complete match: everything that the operation is built from.
struct Match {
  Place result;
  NormKind kind = NormKind::LayerNorm;
  Operand input;
  /// The coordinate in each dim of the input of the result's element at its
  /// free indices.
  SmallVector<AffineExpr> inputIndices;
  SmallVector<int64_t> axes;
  int64_t channelAxis = -1;
  std::optional<int64_t> groups;
  std::optional<Operand> gamma, beta, mean, variance;
  std::optional<double> epsilon;
  Expr epsilonOperand = nullptr;
  FloatType computeType;
  Tier tier = Tier::Exact;
  /// Statistics in f64 are computed in f32.
  bool isDemoted = false;
  SmallVector<SavedStatistic> saved;
};
/// The tier as it is recorded on the operation.
StringRef getTierName(const Match &match);

/// Chooses the tensors that an operation takes, by what they are used along,
/// and which operation it is.
class OperandChooser {
public:
  OperandChooser(ElementExprs &exprs, const Statistics &statistics,
                 DominanceInfo &dominance, Miss &miss, Match &match);
  /// In the order of dims of the result, or in another one.
  bool chooseInput(const IndexBinding &binding, bool mayPermute);
  bool chooseParameters(const Polynomial &polynomial);
  bool chooseGiven(const IndexBinding &binding);
  bool chooseEpsilon();
  bool chooseKind();

private:
  bool isAvailable(Value value) const;
  bool tryInput(Value tensor, ArrayRef<AffineExpr> coords, bool mayPermute);
  bool tryReshapedInput(Value tensor, ArrayRef<AffineExpr> coords);
  SmallVector<Spelling> getTensors(Expr expr, const IndexBinding &binding);
  bool isDiagonal(const IndexBinding &binding);
  bool chooseAxes(const IndexBinding &binding);
  std::optional<SmallVector<int64_t>>
  getInputDims(ArrayRef<AffineExpr> coords, SmallVectorImpl<int64_t> &ownDims);
  bool fits(const Operand &operand) const;
  std::optional<Operand> makeOperand(Expr expr);
  std::optional<Operand> makeReshaped(Value tensor,
                                      ArrayRef<AffineExpr> coords);
  std::optional<Operand> makeParameter(Expr expr);
  std::optional<Operand> makeComputed(Expr expr);
  bool chooseKindByParameters(ArrayRef<int64_t> dims);

  ElementExprs &exprs;
  const Statistics &statistics;
  DominanceInfo &dominance;
  Miss &miss;
  Match &match;
  SmallVector<AffineExpr> indices; // of the result
};

/// Finds the values that are the normalization which has these statistics:
/// among the users of the values that hold its root.
class ResultFinder {
public:
  ResultFinder(ElementExprs &exprs, const Statistics &statistics,
               const Options &options, DominanceInfo &dominance, Miss &miss)
      : exprs(exprs), statistics(statistics), options(options),
        dominance(dominance), miss(miss) {}
  /// None if there is none; then `miss` says why.
  std::vector<Match> find(ValueRange roots);

private:
  enum class Verdict { Unrelated, Incomplete, Complete };
  Verdict judge(Place place, std::optional<Match> &match);
  std::optional<Match> judgePlacesIn(Operation *op);
  std::optional<Match> makeMatch(Place place, const Polynomial &polynomial,
                                 const IndexBinding &binding);
  bool isComplete(const Polynomial &polynomial);
  bool chooseTypes(const Polynomial &polynomial, Match &match);
  std::optional<Match> absorbFollowing(Value value, std::optional<Match> match);

  ElementExprs &exprs;
  const Statistics &statistics;
  const Options &options;
  DominanceInfo &dominance;
  Miss &miss;
};

/// Finds a normalization by a mean and a variance that are given, around an
/// inverse root of the latter: what is normalized, and the mean, are among what
/// the users of the root compute with.
std::optional<Match> findInference(ElementExprs &exprs,
                                   const Statistics &statistics,
                                   const Options &options,
                                   DominanceInfo &dominance, ValueRange roots,
                                   Miss &miss);

/// Finds the tensors that hold the match's statistics and are used by what
/// stays.
void findSavedStatistics(ElementExprs &exprs, const Statistics &statistics,
                         Match &match);

/// The tensors and floats computed from a value, each once.
SmallVector<Value> getDependents(Value value);
/// The operations that have no use once `roots` have none, these first, beside
/// what the values in `kept` need.
llvm::SetVector<Operation *> collectDead(ArrayRef<Operation *> roots,
                                         ArrayRef<Value> kept);
/// The operations that an operation is computed by from the values in `taken`,
/// but for those that make room or constants.
llvm::SetVector<Operation *> getAncestors(Operation *root,
                                          ArrayRef<Value> taken);
/// The tensors and scalars that the operation for a match uses.
SmallVector<Value> getUsedValues(ElementExprs &exprs, const Match &match);

/// Whether `materialize` can compute the expression before `op`.
bool canMaterialize(ElementExprs &exprs, Expr expr,
                    ArrayRef<AffineExpr> indices, DominanceInfo &dominance,
                    Operation *op);
/// The values that an expression is computed from, or any that hold the same.
SmallVector<Value> getLeaves(ElementExprs &exprs, Expr expr);
/// A linalg operation whose result's element at `indices` is the expression.
Value materialize(OpBuilder &builder, Location loc, ElementExprs &exprs,
                  Expr expr, ArrayRef<AffineExpr> indices);

/// Creates the operation for a match, and what computes its operands.
Operation *createNorm(OpBuilder &builder, Location loc, ElementExprs &exprs,
                      const Match &match);
/// Gives a tensor another type of the same elements: dims of size 1 come or go,
/// and sizes may become known.
Value makeType(OpBuilder &builder, Location loc, Value value,
               RankedTensorType type);
/// The normalized tensor with the result's order of dims and type.
Value makeResult(OpBuilder &builder, Location loc, ElementExprs &exprs,
                 const Match &match, Value normalized);

/// What a rewrite did to operations, with those in their regions.
struct Changes {
  llvm::SmallPtrSet<Operation *, 16> erased;
  /// Roots in bodies that were made anew.
  SmallVector<Operation *> newRoots;
};

/// Replaces `match.result` by a new operation, or an equal one that is there,
/// and erases what is thereby dead. Returns the operation.
Operation *rewrite(ElementExprs &exprs, const Match &match, Changes &changes);

} // namespace mlir::norm::raise

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_RAISE_H
