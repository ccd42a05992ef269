// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise, forwards: which value is the normalization, with how much of its
// affine, and what the operation is built from.

#include "Raise.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;
using Kind = ElementExpr::Kind;
using P = Polynomial;

/// The element types that the operations take.
static bool isOperandType(Type type) {
  return type.isF64() || type.isF32() || type.isF16() || type.isBF16();
}

bool ResultFinder::isComplete(const Polynomial &polynomial) {
  if (!polynomial.has(P::InputInverseRoot) || polynomial.has(P::Input) ||
      polynomial.has(P::Mean) || polynomial.has(P::InverseRoot) ||
      polynomial.has(P::Root))
    return false;
  Coefficient scale = *polynomial.terms[P::InputInverseRoot];
  if (scale.isNegative || scale.count)
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
  scale.isNegative = true;
  if (!(*polynomial.terms[P::MeanInverseRoot] == scale))
    return miss.because("x and its mean are not scaled alike");
  return true;
}

//===----------------------------------------------------------------------===//
// From a value to a match
//===----------------------------------------------------------------------===//

/// The float type in which the operation computes, and the tier it needs.
bool ResultFinder::chooseTypes(Value value, const Polynomial &polynomial,
                               Match &match) {
  Arithmetic all = statistics.arithmetic;
  all.add(polynomial.arithmetic);
  MLIRContext *context = value.getContext();
  if (all.types & Arithmetic::Other)
    return miss.because("computed in a float type other than f64, f32, f16 "
                        "and bf16");
  bool isLow = all.types & (Arithmetic::F16 | Arithmetic::BF16);
  bool isMixed = (all.types & Arithmetic::F64) && all.types != Arithmetic::F64;
  bool needsF64 = match.input && getElementTypeOrSelf(match.input).isF64();
  match.computeType = Float32Type::get(context);
  if (needsF64 || all.types == Arithmetic::F64 ||
      (isMixed && !options.allowF64Demote))
    match.computeType = Float64Type::get(context);
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
  Type resultType = getElementTypeOrSelf(value);
  if (!isOperandType(resultType) ||
      !isOperandType(getElementTypeOrSelf(match.input)))
    return miss.because("the input or the result is of a float type other than "
                        "f64, f32, f16 and bf16");
  if (resultType.getIntOrFloatBitWidth() > match.computeType.getWidth())
    return miss.because("the result is of a wider type than it is computed in");
  return true;
}

/// The dims of a tensor at whose indices it is used, as dims of the result;
/// nothing if it is used in another way. Sets the tensor's own dims too.
static std::optional<SmallVector<int64_t>>
getDims(ElementExprs &exprs, ArrayRef<AffineExpr> coords, int64_t resultRank,
        SmallVectorImpl<int64_t> &ownDims) {
  SmallVector<int64_t> dims;
  ownDims.clear();
  for (auto [ownDim, coord] : llvm::enumerate(coords)) {
    if (auto constant = dyn_cast<AffineConstantExpr>(coord)) {
      if (constant.getValue() != 0)
        return std::nullopt;
      continue;
    }
    int64_t found = -1;
    for (int64_t dim = 0; dim < resultRank; ++dim)
      if (exprs.freeIndex(dim) == coord)
        found = dim;
    // Increasing: the order of dims is kept, and none is used twice.
    if (found < 0 || (!dims.empty() && dims.back() >= found))
      return std::nullopt;
    dims.push_back(found);
    ownDims.push_back(ownDim);
  }
  return dims;
}

/// Whether dims of `from` at constant coordinates are all of size 1, so that
/// leaving them out leaves nothing out.
static bool isWhole(Value tensor, ArrayRef<int64_t> usedDims) {
  auto type = cast<RankedTensorType>(tensor.getType());
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (type.getDimSize(dim) != 1 && !llvm::is_contained(usedDims, dim))
      return false;
  return true;
}

/// Whether a tensor, used at these coordinates, has the result's sizes in its
/// order; then it is the input.
bool ResultFinder::tryInput(Value tensor, ArrayRef<AffineExpr> coords,
                            Match &match) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  auto resultType = cast<RankedTensorType>(match.result.getType());
  if (!type)
    return false;
  SmallVector<int64_t> resultDims, ownDims;
  for (int64_t dim = 0; dim < resultType.getRank(); ++dim)
    if (resultType.getDimSize(dim) != 1)
      resultDims.push_back(dim);
  std::optional<SmallVector<int64_t>> dims =
      getDims(exprs, coords, resultType.getRank(), ownDims);
  if (!dims || *dims != resultDims || !isWhole(tensor, ownDims) ||
      !dominance.properlyDominates(tensor, match.result.getDefiningOp()))
    return false;
  for (auto [dim, ownDim] : llvm::zip_equal(*dims, ownDims))
    if (resultType.getDimSize(dim) != type.getDimSize(ownDim) &&
        !resultType.isDynamicDim(dim) && !type.isDynamicDim(ownDim))
      return false;
  match.input = tensor;
  inputDimOfIndex.assign(resultType.getRank(), -1);
  for (auto [dim, ownDim] : llvm::zip_equal(*dims, ownDims))
    inputDimOfIndex[dim] = ownDim;
  return true;
}

/// Finds the tensor that is x: one of the result's own shape if there is one,
/// since it needs no reshape.
bool ResultFinder::chooseInput(const IndexBinding &binding, Match &match) {
  Expr input = statistics.input;
  if (!input->is(Kind::Element) ||
      !isa<RankedTensorType>(input->value.getType()))
    return miss.because("the input is computed in place and no tensor holds "
                        "it");
  auto bind = [&](AffineExpr coord) {
    for (auto [variable, image] : binding)
      if (coord == exprs.getIndex(variable))
        return image;
    return coord;
  };
  Expr bound =
      exprs.element(input->value, llvm::map_to_vector(input->coords, bind));
  using Spelling = std::pair<Value, SmallVector<AffineExpr>>;
  SmallVector<Spelling> spellings;
  spellings.push_back({bound->value, SmallVector<AffineExpr>(bound->coords)});
  llvm::append_range(spellings, exprs.getSpellings(bound));
  for (const Spelling &spelling : exprs.getSpellings(input))
    spellings.push_back(
        {spelling.first, llvm::map_to_vector(spelling.second, bind)});
  ArrayRef<int64_t> shape = cast<ShapedType>(match.result.getType()).getShape();
  for (auto &[tensor, coords] : spellings) {
    bool hasShape = cast<ShapedType>(tensor.getType()).getShape() == shape;
    if ((!match.input || hasShape) && tryInput(tensor, coords, match) &&
        hasShape)
      break;
  }
  if (!match.input)
    return miss.because("no tensor of the result's shape holds the input");
  for (unsigned variable : statistics.reduced) {
    AffineExpr image = bind(exprs.getIndex(variable));
    for (auto [dim, inputDim] : llvm::enumerate(inputDimOfIndex))
      if (exprs.freeIndex(dim) == image && inputDim >= 0)
        match.axes.push_back(inputDim);
  }
  llvm::sort(match.axes);
  if (match.axes.size() != statistics.reduced.size())
    return miss.because("the reduced dims are not dims of the result");
  return true;
}

std::optional<Parameter> ResultFinder::makeParameter(Value result, Expr expr,
                                                     const Match &match) {
  Parameter parameter;
  // An offset that the operation itself adds, in its compute type.
  Expr seen = exprs.view(expr);
  if (!match.isCentered && seen->is(ExprOp::Add) &&
      seen->type == match.computeType)
    for (unsigned i : {0, 1})
      if (std::optional<llvm::APFloat> offset = seen->operands[i]->getFloat()) {
        parameter.offset = offset->convertToDouble();
        expr = seen->operands[1 - i];
        break;
      }
  for (Expr inner = exprs.view(expr); inner->is(ExprOp::Ext);
       inner = exprs.view(expr))
    expr = inner->operands[0];
  if (!expr->is(Kind::Element))
    return std::nullopt;
  SmallVector<std::pair<Value, SmallVector<AffineExpr>>> spellings;
  spellings.push_back({expr->value, SmallVector<AffineExpr>(expr->coords)});
  llvm::append_range(spellings, exprs.getSpellings(expr));
  auto rank = cast<RankedTensorType>(result.getType()).getRank();
  for (auto &[tensor, coords] : spellings) {
    auto type = dyn_cast<RankedTensorType>(tensor.getType());
    std::optional<SmallVector<int64_t>> dims;
    if (type && isOperandType(type.getElementType()))
      dims = getDims(exprs, coords, rank, parameter.valueDims);
    if (!dims || dims->empty() || !isWhole(tensor, parameter.valueDims) ||
        !dominance.properlyDominates(tensor, result.getDefiningOp()))
      continue;
    parameter.inputDims.clear();
    for (int64_t dim : *dims)
      parameter.inputDims.push_back(inputDimOfIndex[dim]);
    // Along normalized dims only, each in whole.
    auto inputType = cast<RankedTensorType>(match.input.getType());
    isAlongRows |= llvm::none_of(parameter.inputDims, [&](int64_t inputDim) {
      return llvm::is_contained(match.axes, inputDim);
    });
    bool fits = llvm::all_of_zip(
        parameter.inputDims, parameter.valueDims,
        [&](int64_t inputDim, int64_t valueDim) {
          return llvm::is_contained(match.axes, inputDim) &&
                 inputType.getDimSize(inputDim) == type.getDimSize(valueDim);
        });
    if (!fits)
      continue;
    parameter.value = tensor;
    return parameter;
  }
  return std::nullopt;
}

bool ResultFinder::chooseParameters(Value value, const Polynomial &polynomial,
                                    Match &match) {
  auto choose = [&](const Coefficient &coefficient, StringRef name,
                    std::optional<Parameter> &parameter) {
    if (coefficient.factors.empty())
      return true;
    if (coefficient.factors.size() > 1 || coefficient.isNegative)
      return miss.because("the " + name + " is not one tensor");
    parameter = makeParameter(value, coefficient.factors[0], match);
    if (!parameter)
      return miss.because(
          "the " + name +
          " does not run along normalized dims alone, in order");
    return true;
  };
  if (!choose(*polynomial.terms[P::InputInverseRoot], "scale", match.gamma))
    return false;
  if (polynomial.has(P::One) &&
      !choose(*polynomial.terms[P::One], "bias", match.beta))
    return false;
  if (match.beta && match.beta->offset)
    return miss.because("the bias is not one tensor");
  return !match.gamma || !match.beta ||
         match.gamma->inputDims == match.beta->inputDims ||
         miss.because("scale and bias run along different dims");
}

std::optional<Match> ResultFinder::makeMatch(Value value,
                                             const Polynomial &polynomial,
                                             const IndexBinding &binding) {
  Match match;
  match.result = value;
  match.isCentered = statistics.isCentered;
  if (!chooseInput(binding, match) || !chooseTypes(value, polynomial, match) ||
      !chooseParameters(value, polynomial, match))
    return std::nullopt;
  if (!statistics.epsilon)
    match.epsilon = 0.0;
  else if (std::optional<llvm::APFloat> value = statistics.epsilon->getFloat())
    match.epsilon = value->convertToDouble();
  else
    match.epsilonOperand = statistics.epsilon;
  if (match.epsilonOperand &&
      (!isOperandType(match.epsilonOperand->type) ||
       !dominance.properlyDominates(match.epsilonOperand->value,
                                    value.getDefiningOp()))) {
    miss.because("epsilon is not known before the result");
    return std::nullopt;
  }
  return match;
}

//===----------------------------------------------------------------------===//
// Search
//===----------------------------------------------------------------------===//

ResultFinder::Verdict ResultFinder::judge(Value value,
                                          std::optional<Match> &match) {
  PolynomialReader reader(exprs, statistics);
  std::optional<Polynomial> polynomial = reader.read(exprs.element(value));
  if (!polynomial || polynomial->isParameter())
    return Verdict::Unrelated;
  if (!isComplete(*polynomial))
    return Verdict::Incomplete;
  match = makeMatch(value, *polynomial, reader.getBinding());
  return Verdict::Complete;
}

/// The tensors computed from a value, each once.
static SmallVector<Value> getDependents(Value value) {
  SmallVector<Value> dependents;
  for (Operation *user : value.getUsers()) {
    // A use in a linalg operation's body is one by that operation.
    if (auto linalgOp = user->getParentOfType<linalg::LinalgOp>())
      user = linalgOp;
    for (Value result : user->getResults())
      if (isa<RankedTensorType>(result.getType()) &&
          !llvm::is_contained(dependents, result))
        dependents.push_back(result);
  }
  return dependents;
}

/// Whether one operation alone uses the value.
static bool hasOneUser(Value value) {
  llvm::SmallPtrSet<Operation *, 2> users;
  for (Operation *user : value.getUsers())
    users.insert(user);
  return users.size() == 1;
}

/// Without an affine of its own, over the first dim, followed by one along the
/// dims that are not normalized.
bool ResultFinder::isBatchNorm(const Match &match) {
  return isAlongRows && !match.gamma && !match.beta && !match.axes.empty() &&
         match.axes.front() == 0;
}

std::vector<Match> ResultFinder::find(ValueRange roots) {
  constexpr unsigned maxValues = 64;
  SmallVector<Value> queue(roots);
  std::vector<Match> matches;
  for (unsigned next = 0; next < queue.size() && next < maxValues; ++next) {
    std::optional<Match> match;
    Value value = queue[next];
    isAlongRows = false;
    Verdict verdict = judge(value, match);
    if (verdict == Verdict::Complete && value.use_empty())
      continue;
    if (verdict == Verdict::Incomplete)
      for (Value dependent : getDependents(value))
        if (!llvm::is_contained(queue, dependent))
          queue.push_back(dependent);
    if (verdict != Verdict::Complete)
      continue;
    // Take in as much of what follows as is part of the normalization.
    while (hasOneUser(value)) {
      SmallVector<Value> dependents = getDependents(value);
      std::optional<Match> further;
      if (dependents.size() != 1 ||
          judge(dependents[0], further) != Verdict::Complete)
        break;
      value = dependents[0];
      if (further)
        match = further;
    }
    if (match && isBatchNorm(*match))
      miss.because("statistics over the batch with parameters along the other "
                   "dims: a batch normalization");
    else if (match)
      matches.push_back(*match);
  }
  if (matches.empty())
    miss.because(statistics.isCentered
                     ? "nothing is (x − mean) times the inverse root"
                     : "nothing is x times the inverse root");
  return matches;
}
