// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise, forwards: which value is the normalization, with how much of its
// affine.

#include "Raise.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;
using P = Polynomial;

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

RankedTensorType Place::getType() const {
  if (!body)
    return cast<RankedTensorType>(value.getType());
  linalg::LinalgOp op = body;
  SmallVector<int64_t> shape = op.getStaticLoopRanges();
  for (auto [loop, size] : llvm::enumerate(shape))
    if (!loops.test(loop))
      size = 1;
  return RankedTensorType::get(shape, value.getType());
}

SmallVector<AffineExpr> Place::getIndices(ElementExprs &exprs) const {
  if (!body)
    return exprs.freeIndices(value);
  SmallVector<AffineExpr> indices = exprs.freeIndices(body);
  for (auto [loop, index] : llvm::enumerate(indices))
    if (!loops.test(loop))
      index = getAffineConstantExpr(0, value.getContext());
  return indices;
}

Expr Place::getExpr(ElementExprs &exprs) const {
  return body ? exprs.inBody(body, value, getIndices(exprs))
              : exprs.element(value);
}

AffineMap Place::getMap() const {
  MLIRContext *context = value.getContext();
  SmallVector<AffineExpr> results;
  for (unsigned loop = 0; loop < loops.size(); ++loop)
    results.push_back(loops.test(loop) ? getAffineDimExpr(loop, context)
                                       : getAffineConstantExpr(0, context));
  return AffineMap::get(loops.size(), 0, results, context);
}

/// The loops that each value in a body varies along.
static DenseMap<Value, llvm::SmallBitVector>
getVaryingLoops(linalg::LinalgOp op) {
  DenseMap<Value, llvm::SmallBitVector> varying;
  llvm::SmallBitVector none(op.getNumLoops());
  for (OpOperand &operand : op->getOpOperands()) {
    llvm::SmallBitVector loops = none;
    for (unsigned loop = 0; loop < loops.size(); ++loop)
      if (op.getMatchingIndexingMap(&operand).isFunctionOfDim(loop))
        loops.set(loop);
    varying[op.getMatchingBlockArgument(&operand)] = loops;
  }
  for (Operation &inner : op.getBlock()->without_terminator()) {
    llvm::SmallBitVector loops = none;
    llvm::SetVector<Value> used;
    used.insert_range(inner.getOperands());
    getUsedValuesDefinedAbove(inner.getRegions(), used);
    for (Value operand : used)
      if (varying.contains(operand))
        loops |= varying[operand];
    inner.walk([&](linalg::IndexOp index) { loops.set(index.getDim()); });
    for (Value result : inner.getResults())
      varying[result] = loops;
  }
  return varying;
}

SmallVector<Place> raise::getPlacesIn(Operation *op) {
  SmallVector<Place> places;
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!linalgOp || !linalgOp.hasPureTensorSemantics())
    return places;
  DenseMap<Value, llvm::SmallBitVector> loops = getVaryingLoops(linalgOp);
  for (Operation &inner : linalgOp.getBlock()->without_terminator())
    if (inner.getNumResults() == 1 &&
        isa<FloatType>(inner.getResult(0).getType()) &&
        !inner.hasTrait<OpTrait::ConstantLike>())
      places.push_back(
          {inner.getResult(0), linalgOp, loops[inner.getResult(0)]});
  return places;
}

SmallVector<Value> raise::getDependents(Value value) {
  SmallVector<Value> dependents;
  for (Operation *user : value.getUsers()) {
    // A use in a linalg operation's body is one by that operation.
    if (auto linalgOp = user->getParentOfType<linalg::LinalgOp>())
      user = linalgOp;
    for (Value result : user->getResults())
      if (isa<RankedTensorType, FloatType>(result.getType()) &&
          !llvm::is_contained(dependents, result))
        dependents.push_back(result);
  }
  return dependents;
}

//===----------------------------------------------------------------------===//
// From a value to a match
//===----------------------------------------------------------------------===//

/// Whether two coefficients have the same factors, whatever holds them.
static bool haveEqualFactors(ElementExprs &exprs, const Coefficient &a,
                             const Coefficient &b) {
  SmallVector<Expr, 2> rest(b.factors);
  for (Expr factor : a.factors) {
    auto *same = llvm::find_if(rest, [&](Expr candidate) {
      return exprs.areEqual(factor, candidate);
    });
    if (same == rest.end())
      return false;
    rest.erase(same);
  }
  return rest.empty();
}

bool ResultFinder::isComplete(const Polynomial &polynomial) {
  if (!polynomial.has(P::InputInverseRoot) || polynomial.has(P::Input) ||
      polynomial.has(P::Mean) || polynomial.has(P::InverseRoot) ||
      polynomial.has(P::Root))
    return false;
  Coefficient scale = *polynomial.terms[P::InputInverseRoot];
  if (scale.isNegative)
    return miss.because("the numerator is negated: mean − x, not x − mean");
  if (statistics.isCentered != polynomial.has(P::MeanInverseRoot))
    return miss.because(
        statistics.isCentered
            ? "the root is that of the variance, but the numerator is not "
              "centered"
            : "the root is that of the mean of squares, but the numerator is "
              "centered");
  if (!statistics.isCentered)
    return true;
  const Coefficient &ofMean = *polynomial.terms[P::MeanInverseRoot];
  if (!ofMean.isNegative || !haveEqualFactors(exprs, scale, ofMean))
    return miss.because("x and its mean are not scaled alike");
  return true;
}

/// The float type in which the operation computes, and the tier it needs.
bool ResultFinder::chooseTypes(const Polynomial &polynomial, Match &match) {
  Arithmetic all = statistics.arithmetic;
  all.add(polynomial.arithmetic);
  Type resultType = match.result.getType().getElementType();
  MLIRContext *context = resultType.getContext();
  if (polynomial.roundedTo && polynomial.roundedTo != resultType)
    return miss.because("rounded to a narrower type, and extended again");
  if (all.types & Arithmetic::Other)
    return miss.because("computed in a float type other than f64, f32, f16 "
                        "and bf16");
  bool isLow = all.types & (Arithmetic::F16 | Arithmetic::BF16);
  bool isMixed = (all.types & Arithmetic::F64) && all.types != Arithmetic::F64;
  bool needsF64 = match.input.getElementType().isF64();
  match.computeType = Float32Type::get(context);
  if (needsF64 || all.types == Arithmetic::F64 ||
      (isMixed && !options.allowF64Demote))
    match.computeType = Float64Type::get(context);
  match.isDemoted = isMixed && match.computeType.isF32();
  bool isWider = isLow || (isMixed && match.computeType.isF64());
  match.tier = isWider       ? Tier::Precision
               : all.isExact ? Tier::Exact
                             : Tier::Reals;
  if (isWider && options.tier < Tier::Precision)
    return miss.because(
        isMixed ? "f64 statistics of a narrower input: allow-f64-demote or "
                  "tier=precision raises it"
                : "computed in 16 bits: tier=precision raises it");
  if (match.tier > options.tier)
    return miss.because("equal over the reals, but not the same arithmetic");
  if (!isa<Float64Type, Float32Type, Float16Type, BFloat16Type>(resultType))
    return miss.because("the result is of a float type other than f64, f32, "
                        "f16 and bf16");
  return resultType.getIntOrFloatBitWidth() <= match.computeType.getWidth() ||
         miss.because("the result is of a wider type than it is computed in");
}

std::optional<Match> ResultFinder::makeMatch(Place place,
                                             const Polynomial &polynomial,
                                             const IndexBinding &binding) {
  if (place.getType().getEncoding()) {
    miss.because("the result's type has an encoding");
    return std::nullopt;
  }
  // x in the result's order of dims, or, where the parameters ask for it or x
  // is there in no other way, in another one.
  for (bool mayPermute : {false, true}) {
    Match match;
    match.result = place;
    OperandChooser chooser(exprs, statistics, dominance, miss, match);
    if (chooser.chooseInput(binding, mayPermute) &&
        chooseTypes(polynomial, match) && chooser.chooseGiven(binding) &&
        chooser.chooseParameters(polynomial) && chooser.chooseKind() &&
        chooser.chooseEpsilon())
      return match;
  }
  return std::nullopt;
}

ResultFinder::Verdict ResultFinder::judge(Place place,
                                          std::optional<Match> &match) {
  PolynomialReader reader(exprs, statistics);
  std::optional<Polynomial> polynomial = reader.read(place.getExpr(exprs));
  miss.because(reader.getObjection());
  if (!polynomial || polynomial->isParameter())
    return Verdict::Unrelated;
  bool isScalar = !place.body && !isa<ShapedType>(place.value.getType());
  if (isScalar || !isComplete(*polynomial))
    return Verdict::Incomplete;
  match = makeMatch(place, *polynomial, reader.getBinding());
  return Verdict::Complete;
}

//===----------------------------------------------------------------------===//
// Search
//===----------------------------------------------------------------------===//

/// The last scalar in an operation's body that is a normalization over its
/// loops.
std::optional<Match> ResultFinder::judgePlacesIn(Operation *op) {
  SmallVector<Place> places = getPlacesIn(op);
  if (places.empty())
    return std::nullopt;
  // All at the same indices, each once.
  SmallVector<Value> scalars = llvm::map_to_vector(
      places, [](const Place &place) { return place.value; });
  linalg::LinalgOp body = places.front().body;
  PolynomialReader reader(exprs, statistics);
  std::vector<std::optional<Polynomial>> polynomials;
  for (Expr expr : exprs.inBody(body, scalars, exprs.freeIndices(body)))
    polynomials.push_back(reader.read(expr));
  miss.because(reader.getObjection());
  for (auto [place, polynomial] :
       llvm::reverse(llvm::zip_equal(places, polynomials)))
    if (polynomial && isComplete(*polynomial))
      if (std::optional<Match> match =
              makeMatch(place, *polynomial, reader.getBinding()))
        return match;
  return std::nullopt;
}

/// Whether one operation alone uses the value, beside those that ask for sizes.
static bool hasOneUser(Value value) {
  llvm::SmallPtrSet<Operation *, 2> users;
  for (Operation *user : value.getUsers())
    if (!isa<tensor::DimOp>(user))
      users.insert(user);
  return users.size() == 1;
}

/// Takes in as much of what follows as is part of the normalization.
std::optional<Match> ResultFinder::absorbFollowing(Value value,
                                                   std::optional<Match> match) {
  while (hasOneUser(value)) {
    SmallVector<Value> dependents = getDependents(value);
    if (dependents.size() != 1)
      break;
    value = dependents[0];
    std::optional<Match> further;
    Verdict verdict = judge({value, {}, {}}, further);
    if (!further)
      further = judgePlacesIn(value.getDefiningOp());
    if (further)
      match = further;
    if (verdict != Verdict::Complete || (further && further->result.body))
      break;
  }
  return match;
}

std::vector<Match> ResultFinder::find(ValueRange roots) {
  constexpr unsigned maxValues = 64;
  std::vector<Match> matches;
  SmallVector<Value> queue(roots);
  for (unsigned next = 0; next < queue.size() && next < maxValues; ++next) {
    Value value = queue[next];
    std::optional<Match> match;
    Verdict verdict = judge({value, {}, {}}, match);
    if (verdict == Verdict::Complete && value.use_empty())
      continue;
    if (verdict == Verdict::Complete)
      match = absorbFollowing(value, match);
    if (!match && value.getDefiningOp())
      match = judgePlacesIn(value.getDefiningOp());
    if (match)
      matches.push_back(*match);
    else if (verdict == Verdict::Incomplete)
      for (Value dependent : getDependents(value))
        if (!llvm::is_contained(queue, dependent))
          queue.push_back(dependent);
  }
  if (matches.empty())
    miss.because(statistics.isCentered
                     ? "nothing is (x − mean) times the inverse root"
                     : "nothing is x times the inverse root");
  return matches;
}
