// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise: the tensors that the operation takes, by what they are used
// along, and which operation that makes it.

#include "Raise.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;
using Kind = ElementExpr::Kind;
using P = Polynomial;

/// The element types that the operations take.
static bool isOperandType(Type type) {
  return type.isF64() || type.isF32() || type.isF16() || type.isBF16();
}

OperandChooser::OperandChooser(ElementExprs &exprs,
                               const Statistics &statistics,
                               DominanceInfo &dominance, Miss &miss,
                               Match &match)
    : exprs(exprs), statistics(statistics), dominance(dominance), miss(miss),
      match(match), indices(match.result.getIndices(exprs)) {}

bool OperandChooser::isAvailable(Value value) const {
  // What an encoding means is not known here.
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return !(type && type.getEncoding()) &&
         dominance.properlyDominates(value, match.result.getOperation());
}

/// The expressions that are no constants, in order.
static SmallVector<AffineExpr> getVarying(ArrayRef<AffineExpr> coords) {
  SmallVector<AffineExpr> varying;
  for (AffineExpr coord : coords)
    if (!isa<AffineConstantExpr>(coord))
      varying.push_back(coord);
  return varying;
}

/// Whether each constant coordinate is 0 in a dim of size 1, so that leaving
/// the dim out leaves nothing out.
static bool isWhole(Value tensor, ArrayRef<AffineExpr> coords) {
  auto type = cast<RankedTensorType>(tensor.getType());
  for (auto [dim, coord] : llvm::enumerate(coords))
    if (auto constant = dyn_cast<AffineConstantExpr>(coord))
      if (constant.getValue() != 0 || type.getDimSize(dim) != 1)
        return false;
  return true;
}

//===----------------------------------------------------------------------===//
// The input
//===----------------------------------------------------------------------===//

/// Whether a tensor that is used at these coordinates has the result's dims,
/// in the same order or, if allowed, in another one.
bool OperandChooser::tryInput(Value tensor, ArrayRef<AffineExpr> coords,
                              bool mayPermute) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  if (!type || !isOperandType(type.getElementType()) ||
      !isWhole(tensor, coords) || !isAvailable(tensor))
    return false;
  SmallVector<AffineExpr> own = getVarying(coords);
  SmallVector<AffineExpr> ofResult = getVarying(indices);
  if (mayPermute ? !std::is_permutation(own.begin(), own.end(),
                                        ofResult.begin(), ofResult.end())
                 : own != ofResult)
    return false;
  if (mayPermute && own == ofResult)
    return false;
  // Dims of size 1 cannot be told from one another.
  RankedTensorType resultType = match.result.getType();
  if (mayPermute &&
      (own.size() != coords.size() || type.getRank() != resultType.getRank()))
    return false;
  for (auto [dim, coord] : llvm::enumerate(coords))
    for (auto [resultDim, index] : llvm::enumerate(indices))
      if (coord == index && !isa<AffineConstantExpr>(coord) &&
          type.getDimSize(dim) != resultType.getDimSize(resultDim) &&
          !type.isDynamicDim(dim) && !resultType.isDynamicDim(resultDim))
        return false;
  match.input.tensor = tensor;
  match.inputIndices = llvm::to_vector(coords);
  return true;
}

/// Whether a tensor has the result's elements in the same row-major order, in
/// another shape.
bool OperandChooser::tryReshapedInput(Value tensor,
                                      ArrayRef<AffineExpr> coords) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  RankedTensorType resultType = match.result.getType();
  if (!type || !type.hasStaticShape() || !resultType.hasStaticShape() ||
      !isOperandType(type.getElementType()) || !isAvailable(tensor))
    return false;
  std::optional<SmallVector<AffineExpr>> reshaped =
      exprs.getSpace().reshape(indices, resultType.getShape(), type.getShape());
  if (!reshaped || ArrayRef(*reshaped) != coords)
    return false;
  match.input.tensor = tensor;
  match.input.shape = llvm::to_vector(resultType.getShape());
  match.inputIndices = indices;
  return true;
}

/// Whether two of the indices that x has in the statistics are one and the same
/// in the result.
bool OperandChooser::isDiagonal(const IndexBinding &binding) {
  IndexSpace &space = exprs.getSpace();
  SmallVector<AffineExpr> digits;
  SmallVector<Expr> pending = {statistics.input};
  while (!pending.empty()) {
    Expr next = pending.pop_back_val();
    llvm::append_range(pending, next->operands);
    for (AffineExpr coord : next->coords)
      if (std::optional<IndexDigits> ofCoord = space.getDigits(coord))
        for (const IndexDigit &digit : *ofCoord)
          digits.push_back(space.compose({digit}));
  }
  SmallVector<AffineExpr> images;
  for (AffineExpr digit :
       llvm::SetVector<AffineExpr>(digits.begin(), digits.end()))
    images.push_back(binding.apply(space, digit));
  return !space.areDisjoint(images);
}

/// The tensors that hold an expression of the statistics, with the coordinates
/// that their elements have in the result.
SmallVector<Spelling> OperandChooser::getTensors(Expr expr,
                                                 const IndexBinding &binding) {
  SmallVector<Spelling> tensors;
  auto add = [&](Value tensor, ArrayRef<AffineExpr> coords) {
    if (isa<RankedTensorType>(tensor.getType()))
      tensors.push_back({tensor, llvm::to_vector(coords)});
  };
  Expr bound = expr ? exprs.substitute(expr, binding) : nullptr;
  if (!bound)
    return tensors;
  if (bound->is(Kind::Element))
    add(bound->value, bound->coords);
  for (const Spelling &spelling : exprs.getSpellings(bound))
    add(spelling.first, spelling.second);
  for (const Spelling &spelling : exprs.getSpellings(expr)) {
    SmallVector<AffineExpr> coords =
        llvm::map_to_vector(spelling.second, [&](AffineExpr coord) {
          return binding.apply(exprs.getSpace(), coord);
        });
    if (!llvm::is_contained(coords, AffineExpr()))
      add(spelling.first, coords);
  }
  return tensors;
}

/// Finds the tensor that is x: best one of the result's own shape, since it
/// needs no reshape, and as narrow as can be. Where there is none, x is
/// computed from what there is.
bool OperandChooser::chooseInput(const IndexBinding &binding, bool mayPermute) {
  Expr bound = exprs.substitute(statistics.input, binding);
  if (!bound || isDiagonal(binding))
    return miss.because("x is not used element by element in the result");
  ArrayRef<int64_t> shape = match.result.getType().getShape();
  // Taking x in f64 would ask for statistics in f64.
  Expr extended = statistics.extendedInput;
  if (extended && extended->type.isF64())
    extended = nullptr;
  for (Expr expr : {statistics.input, extended}) {
    SmallVector<Spelling> tensors = getTensors(expr, binding);
    auto find = [&](function_ref<bool(const Spelling &)> isInput) {
      return llvm::any_of(tensors, isInput);
    };
    auto hasShape = [&](const Spelling &tensor) {
      return cast<ShapedType>(tensor.first.getType()).getShape() == shape &&
             tryInput(tensor.first, tensor.second, mayPermute);
    };
    auto hasDims = [&](const Spelling &tensor) {
      return tryInput(tensor.first, tensor.second, mayPermute);
    };
    auto hasOrder = [&](const Spelling &tensor) {
      return !mayPermute && tryReshapedInput(tensor.first, tensor.second);
    };
    if (find(hasShape) || find(hasDims) || find(hasOrder))
      return chooseAxes(binding);
  }
  Expr computed = exprs.view(bound);
  if (!mayPermute && computed->is(Kind::Apply) &&
      isOperandType(computed->type) &&
      canMaterialize(exprs, computed, indices, dominance,
                     match.result.getOperation())) {
    match.input.computed = computed;
    match.input.indices = indices;
    match.inputIndices = indices;
    return chooseAxes(binding);
  }
  return miss.because("no tensor of the result's shape holds the input");
}

/// Which dims of the input are reduced: in whole, or, one of them, in equal
/// consecutive groups.
bool OperandChooser::chooseAxes(const IndexBinding &binding) {
  IndexSpace &space = exprs.getSpace();
  IndexDigits reduced;
  for (unsigned variable : statistics.reduced) {
    AffineExpr image = binding.lookup(space, variable);
    std::optional<IndexDigits> digits =
        image ? space.getDigits(image) : std::nullopt;
    if (!digits)
      return miss.because("the reduced dims are not dims of the result");
    llvm::append_range(reduced, *digits);
  }
  for (auto [dim, coord] : llvm::enumerate(match.inputIndices)) {
    auto index = dyn_cast<AffineDimExpr>(coord);
    if (!index)
      continue;
    SmallVector<AffineExpr> ofDim;
    llvm::erase_if(reduced, [&](const IndexDigit &digit) {
      if (digit.variable != index.getPosition())
        return false;
      ofDim.push_back(space.compose({digit}));
      return true;
    });
    if (ofDim.empty())
      continue;
    if (space.cover(ofDim, index.getPosition())) {
      match.axes.push_back(dim);
      continue;
    }
    std::optional<IndexDigits> part = space.getDigits(ofDim.front());
    int64_t size = space.getSize(index.getPosition()).constant;
    if (ofDim.size() != 1 || part->front().divisor != 1 ||
        match.channelAxis >= 0 || ShapedType::isDynamic(size))
      return miss.because("the statistics are over a part of a dim that is no "
                          "group of consecutive channels");
    match.channelAxis = dim;
    match.groups = size / part->front().size;
  }
  return reduced.empty() ||
         miss.because("the reduced dims are not dims of the result");
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

/// The dims of the input at whose indices a tensor is used, increasing; nothing
/// if it is used in another way.
std::optional<SmallVector<int64_t>>
OperandChooser::getInputDims(ArrayRef<AffineExpr> coords,
                             SmallVectorImpl<int64_t> &ownDims) {
  SmallVector<int64_t> dims;
  ownDims.clear();
  for (auto [ownDim, coord] : llvm::enumerate(coords)) {
    if (isa<AffineConstantExpr>(coord))
      continue;
    const auto *found = llvm::find(match.inputIndices, coord);
    int64_t dim = found - match.inputIndices.begin();
    // The order of dims is kept, and none is used twice.
    if (found == match.inputIndices.end() ||
        (!dims.empty() && dims.back() >= dim))
      return std::nullopt;
    dims.push_back(dim);
    ownDims.push_back(ownDim);
  }
  return dims;
}

static int64_t getInputSize(const Match &match, int64_t dim) {
  if (match.input.tensor && !match.input.shape)
    return cast<ShapedType>(match.input.tensor.getType()).getDimSize(dim);
  return match.result.getType().getDimSize(dim);
}

/// A tensor that is there.
std::optional<Operand> OperandChooser::makeOperand(Expr expr) {
  SmallVector<Spelling> spellings;
  if (expr->is(Kind::Element))
    spellings.push_back({expr->value, SmallVector<AffineExpr>(expr->coords)});
  llvm::append_range(spellings, exprs.getSpellings(expr));
  for (auto &[tensor, coords] : spellings) {
    auto type = dyn_cast<RankedTensorType>(tensor.getType());
    if (!type || !isOperandType(type.getElementType()) ||
        !isWhole(tensor, coords) || !isAvailable(tensor))
      continue;
    Operand operand;
    operand.tensor = tensor;
    std::optional<SmallVector<int64_t>> dims =
        getInputDims(coords, operand.ownDims);
    if (!dims || dims->empty())
      continue;
    operand.dims = *dims;
    bool hasSizes = llvm::all_of_zip(
        operand.dims, operand.ownDims, [&](int64_t dim, int64_t ownDim) {
          return getInputSize(match, dim) == type.getDimSize(ownDim);
        });
    if (hasSizes)
      return operand;
  }
  for (auto &[tensor, coords] : spellings)
    if (std::optional<Operand> operand = makeReshaped(tensor, coords))
      return operand;
  return std::nullopt;
}

/// A tensor in which several dims of the input are one, or one is several.
std::optional<Operand>
OperandChooser::makeReshaped(Value tensor, ArrayRef<AffineExpr> coords) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  if (!type || !type.hasStaticShape() ||
      !isOperandType(type.getElementType()) || !isAvailable(tensor))
    return std::nullopt;
  Operand operand;
  operand.tensor = tensor;
  operand.shape.emplace();
  SmallVector<AffineExpr> used;
  for (auto [dim, index] : llvm::enumerate(match.inputIndices)) {
    auto variable = dyn_cast<AffineDimExpr>(index);
    if (!variable || llvm::none_of(coords, [&](AffineExpr coord) {
          return coord.isFunctionOfDim(variable.getPosition());
        }))
      continue;
    operand.ownDims.push_back(operand.dims.size());
    operand.dims.push_back(dim);
    operand.shape->push_back(getInputSize(match, dim));
    used.push_back(index);
  }
  if (operand.dims.empty() ||
      llvm::any_of(*operand.shape, ShapedType::isDynamic))
    return std::nullopt;
  std::optional<SmallVector<AffineExpr>> reshaped =
      exprs.getSpace().reshape(used, *operand.shape, type.getShape());
  if (!reshaped || ArrayRef(*reshaped) != coords)
    return std::nullopt;
  return operand;
}

/// A tensor of fewer dims than the input that is computed beforehand.
std::optional<Operand> OperandChooser::makeComputed(Expr expr) {
  llvm::SetVector<Expr> nodes;
  nodes.insert(expr);
  for (unsigned next = 0; next < nodes.size(); ++next)
    nodes.insert_range(nodes[next]->operands);
  Operand operand;
  operand.computed = expr;
  for (auto [dim, coord] : llvm::enumerate(match.inputIndices)) {
    auto index = dyn_cast<AffineDimExpr>(coord);
    bool isUsed = index && llvm::any_of(nodes, [&](Expr node) {
                    return llvm::any_of(node->coords, [&](AffineExpr coord) {
                      return coord.isFunctionOfDim(index.getPosition());
                    });
                  });
    if (!isUsed)
      continue;
    operand.indices.push_back(coord);
    operand.ownDims.push_back(operand.dims.size());
    operand.dims.push_back(dim);
  }
  // What varies along all dims is no parameter, unless all are normalized.
  size_t numVarying = getVarying(match.inputIndices).size();
  bool isGate =
      operand.dims.size() >= numVarying && match.axes.size() < numVarying;
  if (!expr->is(Kind::Apply) || !isOperandType(expr->type) ||
      operand.dims.empty() || isGate ||
      !canMaterialize(exprs, expr, operand.indices, dominance,
                      match.result.getOperation()))
    return std::nullopt;
  return operand;
}

std::optional<Operand> OperandChooser::makeParameter(Expr expr) {
  // An offset that the operation itself adds, in its compute type.
  double offset = 0.0;
  Expr seen = exprs.view(expr);
  if (!statistics.isCentered && seen->is(ExprOp::Add) &&
      seen->type == match.computeType)
    for (unsigned i : {0, 1})
      if (std::optional<llvm::APFloat> constant =
              seen->operands[i]->getFloat()) {
        offset = constant->convertToDouble();
        expr = seen->operands[1 - i];
        break;
      }
  expr = stripExtensions(exprs, expr);
  std::optional<Operand> operand = makeOperand(expr);
  // What is spread over more dims than it varies along is computed anew.
  std::optional<Operand> computed = makeComputed(exprs.view(expr));
  if (computed && (!operand || computed->dims.size() < operand->dims.size()))
    operand = computed;
  if (operand)
    operand->offset = offset;
  return operand;
}

bool OperandChooser::chooseParameters(const Polynomial &polynomial) {
  auto choose = [&](const Coefficient &coefficient, StringRef name,
                    std::optional<Operand> &parameter) {
    if (coefficient.factors.empty())
      return true;
    if (coefficient.factors.size() > 1 || coefficient.isNegative)
      return miss.because("the " + name + " is not one tensor");
    parameter = makeParameter(coefficient.factors[0]);
    return parameter || miss.because("the " + name +
                                     " does not run along dims of the "
                                     "input, in order");
  };
  if (!choose(*polynomial.terms[P::InputInverseRoot], "scale", match.gamma))
    return false;
  if (polynomial.has(P::One) &&
      !choose(*polynomial.terms[P::One], "bias", match.beta))
    return false;
  if (match.beta && match.beta->offset)
    return miss.because("the bias is not one tensor");
  return !match.gamma || !match.beta || match.gamma->dims == match.beta->dims ||
         miss.because("scale and bias run along different dims");
}

/// The mean and the variance of a normalization by given ones.
bool OperandChooser::chooseGiven(const IndexBinding &binding) {
  if (!statistics.givenMean)
    return true;
  auto choose = [&](Expr expr, std::optional<Operand> &operand) {
    Expr bound = exprs.substitute(expr, binding);
    if (bound)
      operand = makeParameter(bound);
    return operand && operand->dims.size() == 1;
  };
  if (!choose(statistics.givenMean, match.mean) ||
      !choose(statistics.variance, match.variance) ||
      match.mean->dims != match.variance->dims)
    return miss.because("mean and variance do not run along one and the same "
                        "dim");
  match.channelAxis = match.mean->dims.front();
  return true;
}

bool OperandChooser::chooseEpsilon() {
  if (!statistics.epsilon) {
    match.epsilon = 0.0;
    return true;
  }
  if (std::optional<llvm::APFloat> value = statistics.epsilon->getFloat()) {
    match.epsilon = value->convertToDouble();
    return true;
  }
  match.epsilonOperand = statistics.epsilon;
  SmallVector<Value> leaves = getLeaves(exprs, statistics.epsilon);
  return (isOperandType(statistics.epsilon->type) && leaves.size() > 0 &&
          isAvailable(leaves.front())) ||
         miss.because("epsilon is not known before the result");
}

//===----------------------------------------------------------------------===//
// Which operation it is
//===----------------------------------------------------------------------===//

/// By the dims that scale and bias run along: normalized dims are those of a
/// layer norm, the channel alone makes it a group or batch norm, others besides
/// normalized ones an adaptive layer norm.
bool OperandChooser::chooseKindByParameters(ArrayRef<int64_t> dims) {
  auto isNormalized = [&](int64_t dim) {
    return llvm::is_contained(match.axes, dim);
  };
  match.kind = statistics.isCentered ? NormKind::LayerNorm : NormKind::RMSNorm;
  if (llvm::all_of(dims, isNormalized))
    return true;
  int64_t rank = match.inputIndices.size();
  int64_t numVarying = getVarying(match.inputIndices).size();
  bool isChannel =
      statistics.isCentered && dims.size() == 1 && match.groups == std::nullopt;
  bool isAllElse = static_cast<int64_t>(match.axes.size()) == numVarying - 1;
  if (isChannel && isAllElse && isNormalized(0)) {
    match.kind = NormKind::BatchNormTraining;
    match.channelAxis = dims.front();
    return true;
  }
  // A first dim is the batch, unless all others are normalized.
  if (isChannel && (dims.front() > 0 || (isAllElse && rank > 2))) {
    match.kind = NormKind::GroupNorm;
    match.channelAxis = dims.front();
    return true;
  }
  return (llvm::any_of(dims, isNormalized) &&
          static_cast<int64_t>(dims.size()) < numVarying) ||
         miss.because("scale and bias run along dims that are not normalized");
}

bool OperandChooser::chooseKind() {
  ArrayRef<int64_t> dims;
  if (const auto &parameter = match.gamma ? match.gamma : match.beta)
    dims = parameter->dims;
  if (!statistics.givenMean && match.channelAxis < 0)
    return chooseKindByParameters(dims);
  match.kind =
      statistics.givenMean ? NormKind::BatchNormInference : NormKind::GroupNorm;
  if (!statistics.isCentered)
    return miss.because("mean squares of groups of channels are no group norm");
  return dims.empty() || dims == ArrayRef(match.channelAxis) ||
         miss.because("scale and bias do not run along the channels");
}
