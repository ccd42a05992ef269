// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations on tensors: what one element of their result is.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "norm/Analysis/ElementExpr.h"

using namespace mlir;
using namespace mlir::norm;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// The operand of an operation that has the same size in dim `dim` as its
/// result, with that dim; null where nothing is known.
static std::pair<Value, int64_t> getSizeSource(Operation *op, Value result,
                                               int64_t dim) {
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return {
        linalgOp.getDpsInitOperand(cast<OpResult>(result).getResultNumber())
            ->get(),
        dim};
  if (auto castOp = dyn_cast<tensor::CastOp>(op))
    return {castOp.getSource(), dim};
  if (OpTrait::hasElementwiseMappableTraits(op) && op->getNumOperands() &&
      isa<RankedTensorType>(op->getOperand(0).getType()))
    return {op->getOperand(0), dim};
  return {};
}

DimSize ElementExprs::getSize(Value value, int64_t dim) {
  while (true) {
    auto type = cast<ShapedType>(value.getType());
    if (!type.hasRank())
      return {ShapedType::kDynamic, value, dim};
    if (!type.isDynamicDim(dim))
      return {type.getDimSize(dim), Value(), -1};
    Operation *op = value.getDefiningOp();
    if (!op)
      return {ShapedType::kDynamic, value, dim};
    if (auto empty = dyn_cast<tensor::EmptyOp>(op)) {
      Value size = empty.getDynamicSize(dim);
      auto dimOp = size.getDefiningOp<tensor::DimOp>();
      std::optional<int64_t> index =
          dimOp ? dimOp.getConstantIndex() : std::nullopt;
      if (!index)
        return {ShapedType::kDynamic, size, -1};
      value = dimOp.getSource();
      dim = *index;
      continue;
    }
    auto [source, sourceDim] = getSizeSource(op, value, dim);
    if (!source)
      return {ShapedType::kDynamic, value, dim};
    value = source;
    dim = sourceDim;
  }
}

DimSize ElementExprs::getLoopSize(linalg::LinalgOp op, unsigned loop) {
  for (OpOperand &operand : op->getOpOperands())
    if (isa<ShapedType>(operand.get().getType()))
      for (auto [dim, expr] :
           llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults()))
        if (expr == getAffineDimExpr(loop, op->getContext()))
          return getSize(operand.get(), dim);
  return {};
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// Whether the operation does no arithmetic, so that its result's elements are
/// those of an operand, or one and the same value.
static bool isLookedThrough(Operation *op) {
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return linalgOp.getBlock()->getOperations().size() == 1;
  return isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp,
             tensor::SplatOp, tosa::ReshapeOp, tosa::TransposeOp,
             tosa::IdentityOp>(op) ||
         op->hasTrait<OpTrait::ConstantLike>();
}

Expr ElementExprs::element(Value value, ArrayRef<AffineExpr> coords) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return isa<ShapedType>(value.getType()) ? makeElement(value, coords)
                                            : scalar(value);
  SmallVector<AffineExpr> normalized(coords);
  for (auto [dim, coord] : llvm::enumerate(normalized))
    if (type.getDimSize(dim) == 1)
      coord = getAffineConstantExpr(0, context);
  auto result = dyn_cast<OpResult>(value);
  if (result && isLookedThrough(result.getOwner()))
    if (Expr source = expand(result, normalized)) {
      spellings[source].push_back({value, normalized});
      return source;
    }
  return makeElement(value, normalized);
}

Expr ElementExprs::element(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return scalar(value);
  return element(
      value, llvm::map_to_vector(llvm::seq<int64_t>(0, type.getRank()),
                                 [&](int64_t dim) { return freeIndex(dim); }));
}

Expr ElementExprs::view(Expr expr) {
  if (!expr->is(ElementExpr::Kind::Element))
    return expr;
  auto [entry, isNew] = views.try_emplace(expr, expr);
  if (!isNew)
    return entry->second;
  auto result = dyn_cast<OpResult>(expr->value);
  if (!result || !isa<RankedTensorType>(result.getType()))
    return expr;
  Expr expanded = expand(result, expr->coords);
  if (!expanded)
    return expr;
  expanded = view(expanded);
  views[expr] = expanded;
  return expanded;
}

Expr ElementExprs::expand(OpResult result, ArrayRef<AffineExpr> coords) {
  Operation *op = result.getOwner();
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return expandLinalg(linalgOp, result, coords);
  if (auto reshape = dyn_cast<tensor::ExpandShapeOp>(op))
    return expandReshape(reshape.getSrc(), result.getType(), coords,
                         /*keepsOrder=*/true);
  if (auto reshape = dyn_cast<tensor::CollapseShapeOp>(op))
    return expandReshape(reshape.getSrc(), result.getType(), coords,
                         /*keepsOrder=*/true);
  if (auto reshape = dyn_cast<tosa::ReshapeOp>(op))
    return expandReshape(reshape.getInput1(), result.getType(), coords,
                         /*keepsOrder=*/false);
  if (auto castOp = dyn_cast<tensor::CastOp>(op))
    return isa<RankedTensorType>(castOp.getSource().getType())
               ? element(castOp.getSource(), coords)
               : nullptr;
  if (auto splat = dyn_cast<tensor::SplatOp>(op))
    return scalar(splat.getInput());
  ElementsAttr elements;
  if (matchPattern(op, m_Constant(&elements)))
    return expandConstant(elements);
  if (isa<tosa::TosaDialect>(op->getDialect()))
    return expandTosa(op, coords);
  if (op->getNumResults() == 1 && op->getNumRegions() == 0 &&
      OpTrait::hasElementwiseMappableTraits(op))
    return expandElementwise(op, result.getType(), coords);
  return nullptr;
}

Expr ElementExprs::expandConstant(ElementsAttr elements) {
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (!dense || !(dense.isSplat() || dense.getNumElements() == 1))
    return nullptr;
  auto value = dyn_cast<TypedAttr>(*dense.getValues<Attribute>().begin());
  return value ? makeConstant(value) : nullptr;
}

/// The dims of a shape that are not 1.
static SmallVector<int64_t> getNonUnitDims(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> dims;
  for (auto [dim, size] : llvm::enumerate(shape))
    if (size != 1)
      dims.push_back(dim);
  return dims;
}

Expr ElementExprs::expandReshape(Value source, Type resultType,
                                 ArrayRef<AffineExpr> coords, bool keepsOrder) {
  auto from = dyn_cast<RankedTensorType>(source.getType());
  auto to = dyn_cast<RankedTensorType>(resultType);
  if (!from || !to)
    return nullptr;
  // Only dims of size 1 may come or go: sizes that are not 1 are the same, in
  // the same order. Expanding and collapsing keeps dynamic sizes in order; else
  // there may be one, so that it is the same.
  SmallVector<int64_t> fromDims = getNonUnitDims(from.getShape());
  SmallVector<int64_t> toDims = getNonUnitDims(to.getShape());
  if (fromDims.size() != toDims.size())
    return nullptr;
  for (auto [fromDim, toDim] : llvm::zip_equal(fromDims, toDims))
    if (from.getDimSize(fromDim) != to.getDimSize(toDim))
      return nullptr;
  if (from.getNumDynamicDims() > 1 && !keepsOrder)
    return nullptr;
  SmallVector<AffineExpr> sourceCoords(from.getRank(),
                                       getAffineConstantExpr(0, context));
  for (auto [fromDim, toDim] : llvm::zip_equal(fromDims, toDims))
    sourceCoords[fromDim] = coords[toDim];
  return element(source, sourceCoords);
}

Expr ElementExprs::expandElementwise(Operation *op, Type resultType,
                                     ArrayRef<AffineExpr> coords) {
  SmallVector<Expr> operands =
      llvm::map_to_vector(op->getOperands(), [&](Value operand) {
        return element(operand, coords);
      });
  return makeOperation(op, operands, getElementTypeOrSelf(resultType));
}

//===----------------------------------------------------------------------===//
// Linalg
//===----------------------------------------------------------------------===//

/// What is added to the accumulator, where that is all that the body does with
/// it.
static Value getSummand(linalg::LinalgOp op, unsigned resultNumber) {
  Value yielded = op.getBlock()->getTerminator()->getOperand(resultNumber);
  BlockArgument accumulator =
      op.getMatchingBlockArgument(op.getDpsInitOperand(resultNumber));
  auto add = yielded.getDefiningOp<arith::AddFOp>();
  if (!add || !accumulator.hasOneUse())
    return nullptr;
  if (add.getLhs() == accumulator)
    return add.getRhs();
  return add.getRhs() == accumulator ? add.getLhs() : Value();
}

Expr ElementExprs::expandLinalg(linalg::LinalgOp op, OpResult result,
                                ArrayRef<AffineExpr> coords) {
  if (!op.hasPureTensorSemantics())
    return nullptr;
  OpOperand *init = op.getDpsInitOperand(result.getResultNumber());
  SmallVector<AffineExpr> loops(op.getNumLoops());
  for (auto [expr, coord] :
       llvm::zip_equal(op.getMatchingIndexingMap(init).getResults(), coords)) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      AffineExpr &loop = loops[dim.getPosition()];
      if (loop && loop != coord)
        return nullptr;
      loop = coord;
    } else if (coord != expr) {
      return nullptr;
    }
  }
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<unsigned> variables;
  for (auto [loop, iterator] : llvm::enumerate(op.getIteratorTypesArray())) {
    if (loops[loop])
      continue;
    if (ranges[loop] == 1) {
      loops[loop] = getAffineConstantExpr(0, context);
    } else if (iterator == utils::IteratorType::reduction) {
      loops[loop] = newIndex(getLoopSize(op, loop));
      variables.push_back(sizes.size() - 1);
    } else {
      return nullptr;
    }
  }
  unsigned number = result.getResultNumber();
  if (op.getNumReductionLoops() == 0)
    return inBody(op, op.getBlock()->getTerminator()->getOperand(number),
                  loops);
  Value summand = getSummand(op, number);
  if (!summand)
    return nullptr;
  Type type = getElementTypeOrSelf(result.getType());
  Expr sum = inBody(op, summand, loops);
  if (!variables.empty())
    sum = makeSum(sum, variables, type);
  return makeApply(ExprOp::Add, type, {element(init->get(), coords), sum});
}

//===----------------------------------------------------------------------===//
// TOSA
//===----------------------------------------------------------------------===//

Expr ElementExprs::expandTosaReduction(Operation *op,
                                       ArrayRef<AffineExpr> coords) {
  auto reduce = cast<tosa::ReduceSumOp>(op);
  Value input = reduce.getInput();
  int64_t axis = reduce.getAxis();
  auto type = dyn_cast<RankedTensorType>(input.getType());
  if (!type || !isa<FloatType>(type.getElementType()))
    return nullptr;
  if (type.getDimSize(axis) == 1)
    return element(input, coords);
  SmallVector<AffineExpr> inputCoords(coords);
  inputCoords[axis] = newIndex(getSize(input, axis));
  unsigned variable = sizes.size() - 1;
  return makeSum(element(input, inputCoords), variable, type.getElementType());
}

Expr ElementExprs::expandTosaTranspose(Operation *op,
                                       ArrayRef<AffineExpr> coords) {
  auto transpose = cast<tosa::TransposeOp>(op);
  SmallVector<AffineExpr> inputCoords(coords.size());
  for (auto [dim, source] : llvm::enumerate(transpose.getPerms())) {
    if (source < 0 || source >= static_cast<int64_t>(coords.size()))
      return nullptr;
    inputCoords[source] = coords[dim];
  }
  return element(transpose.getInput1(), inputCoords);
}

Expr ElementExprs::expandTosa(Operation *op, ArrayRef<AffineExpr> coords) {
  if (isa<tosa::ReduceSumOp>(op))
    return expandTosaReduction(op, coords);
  if (isa<tosa::TransposeOp>(op))
    return expandTosaTranspose(op, coords);
  if (auto identity = dyn_cast<tosa::IdentityOp>(op))
    return element(identity.getInput1(), coords);
  if (!isa<tosa::AddOp, tosa::SubOp, tosa::MulOp, tosa::NegateOp,
           tosa::MaximumOp, tosa::RsqrtOp, tosa::ReciprocalOp, tosa::PowOp,
           tosa::CastOp, tosa::ExpOp, tosa::TanhOp, tosa::SigmoidOp>(op))
    return nullptr;
  auto resultType = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  bool isMul = isa<tosa::MulOp>(op);
  SmallVector<Expr> operands;
  // Sizes of 1 are broadcast: their coordinate is 0. A dynamic size might turn
  // out to be 1, so all operands must have the result's.
  for (auto [number, operand] : llvm::enumerate(op->getOperands())) {
    auto type = dyn_cast<RankedTensorType>(operand.getType());
    if (isa<tosa::NegateOp>(op) ? number > 0 : isMul && number > 1)
      break;
    if (!type || !resultType || type.getRank() != resultType.getRank())
      return nullptr;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (type.isDynamicDim(dim) &&
          !(getSize(operand, dim) == getSize(op->getOperand(0), dim)))
        return nullptr;
    operands.push_back(element(operand, coords));
  }
  return makeOperation(op, operands, resultType.getElementType());
}
