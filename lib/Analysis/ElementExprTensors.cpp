// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations on tensors: what one element of their result is.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "norm/Analysis/ElementExpr.h"

using namespace mlir;
using namespace mlir::norm;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// The TOSA operations that work element by element.
static bool isElementwise(Operation *op) {
  return isa<tosa::AddOp, tosa::SubOp, tosa::MulOp, tosa::NegateOp,
             tosa::MaximumOp, tosa::RsqrtOp, tosa::ReciprocalOp, tosa::PowOp,
             tosa::CastOp, tosa::ExpOp, tosa::TanhOp, tosa::SigmoidOp>(op);
}

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
  if (auto slice = dyn_cast<tensor::InsertSliceOp>(op))
    return {slice.getDest(), dim};
  if (OpTrait::hasElementwiseMappableTraits(op) && op->getNumOperands() &&
      isa<RankedTensorType>(op->getOperand(0).getType()))
    return {op->getOperand(0), dim};
  // TOSA broadcasts sizes of 1: what is dynamic has the result's size.
  if (isa_and_nonnull<tosa::TosaDialect>(op->getDialect())) {
    auto reduce = dyn_cast<tosa::ReduceSumOp>(op);
    bool keepsSizes = reduce ? dim != static_cast<int64_t>(reduce.getAxis())
                             : isElementwise(op);
    for (Value operand : op->getOperands()) {
      auto type = dyn_cast<RankedTensorType>(operand.getType());
      if (keepsSizes && type && type.getRank() > dim && type.isDynamicDim(dim))
        return {operand, dim};
    }
  }
  // A dim that dims of size 1 alone are added to, or taken from.
  auto isOneBesides = [](ShapedType type, ReassociationIndices group,
                         int64_t dim) {
    return llvm::all_of(group, [&](int64_t other) {
      return other == dim || type.getDimSize(other) == 1;
    });
  };
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    for (auto [sourceDim, group] :
         llvm::enumerate(expand.getReassociationIndices()))
      if (llvm::is_contained(group, dim) &&
          isOneBesides(expand.getResultType(), group, dim))
        return {expand.getSrc(), sourceDim};
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
    ReassociationIndices group = collapse.getReassociationIndices()[dim];
    for (int64_t sourceDim : group)
      if (collapse.getSrcType().isDynamicDim(sourceDim) &&
          isOneBesides(collapse.getSrcType(), group, sourceDim))
        return {collapse.getSrc(), sourceDim};
  }
  return {};
}

/// An index value as the size of a dim that it may be.
static DimSize getIndexValue(OpFoldResult index) {
  if (std::optional<int64_t> constant = getConstantIntValue(index))
    return {*constant, Value(), -1};
  auto value = cast<Value>(index);
  // "0 or 1 where the size is negative, else the size" is the size.
  if (auto select = value.getDefiningOp<arith::SelectOp>()) {
    auto compare = select.getCondition().getDefiningOp<arith::CmpIOp>();
    Value compared = compare ? compare.getLhs() : Value();
    if (compare)
      if (auto cast = compared.getDefiningOp<arith::IndexCastOp>())
        compared = cast.getIn();
    if (compare && compare.getPredicate() == arith::CmpIPredicate::slt &&
        getConstantIntValue(compare.getRhs()) == 0 &&
        compared == select.getFalseValue())
      return getIndexValue(select.getFalseValue());
  }
  auto dimOp = value.getDefiningOp<tensor::DimOp>();
  std::optional<int64_t> dim = dimOp ? dimOp.getConstantIndex() : std::nullopt;
  if (!dim || !isa<RankedTensorType>(dimOp.getSource().getType()))
    return {ShapedType::kDynamic, value, -1};
  return ElementExprs::getSize(dimOp.getSource(), *dim);
}

/// The size of a dim of a slice, which may have fewer dims than its source.
static DimSize getSliceSize(tensor::ExtractSliceOp slice, int64_t dim) {
  llvm::SmallBitVector dropped = slice.getDroppedDims();
  for (auto [sourceDim, size] : llvm::enumerate(slice.getMixedSizes()))
    if (!dropped.test(sourceDim) && dim-- == 0)
      return getIndexValue(size);
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
    if (auto empty = dyn_cast<tensor::EmptyOp>(op))
      return getIndexValue(empty.getDynamicSize(dim));
    auto [source, sourceDim] = getSizeSource(op, value, dim);
    if (!source) {
      if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
        return getIndexValue(expand.getMixedOutputShape()[dim]);
      if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
        return getSliceSize(slice, dim);
      return {ShapedType::kDynamic, value, dim};
    }
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
             tensor::ExtractSliceOp, tensor::InsertSliceOp,
             tensor::FromElementsOp, tensor::ReshapeOp, tensor::SplatOp,
             tosa::ReshapeOp, tosa::TransposeOp, tosa::IdentityOp,
             tosa::TileOp>(op) ||
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
  constexpr unsigned maxNesting = 256;
  if (result && isLookedThrough(result.getOwner()) && nesting < maxNesting) {
    ++nesting;
    Expr source = expand(result, normalized);
    --nesting;
    if (source) {
      spellings[source].push_back({value, normalized});
      return source;
    }
  }
  return makeElement(value, normalized);
}

Expr ElementExprs::element(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return scalar(value);
  return element(value, freeIndices(value));
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
  spellings[expanded].push_back(
      {expr->value, SmallVector<AffineExpr>(expr->coords)});
  return expanded;
}

Expr ElementExprs::expand(OpResult result, ArrayRef<AffineExpr> coords) {
  Operation *op = result.getOwner();
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return expandLinalg(linalgOp, result, coords);
  if (auto reshape = dyn_cast<tensor::ExpandShapeOp>(op))
    return expandReassociation(reshape.getSrc(), /*expands=*/true,
                               reshape.getReassociationIndices(),
                               reshape.getResultType(), coords);
  if (auto reshape = dyn_cast<tensor::CollapseShapeOp>(op))
    return expandReassociation(reshape.getSrc(), /*expands=*/false,
                               reshape.getReassociationIndices(),
                               reshape.getResultType(), coords);
  if (isa<tensor::ReshapeOp, tosa::ReshapeOp>(op))
    return expandReshape(op->getOperand(0), result.getType(), coords);
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    return expandSlice(slice, coords);
  if (auto slice = dyn_cast<tensor::InsertSliceOp>(op))
    return expandInsertedSlice(slice, coords);
  if (isa<tensor::FromElementsOp>(op) && op->getNumOperands() == 1)
    return scalar(op->getOperand(0));
  if (auto castOp = dyn_cast<tensor::CastOp>(op))
    return isa<RankedTensorType>(castOp.getSource().getType())
               ? element(castOp.getSource(), coords)
               : nullptr;
  if (auto splat = dyn_cast<tensor::SplatOp>(op))
    return scalar(splat.getInput());
  ElementsAttr elements;
  if (matchPattern(op, m_Constant(&elements)))
    return expandConstant(elements);
  if (isa_and_nonnull<tosa::TosaDialect>(op->getDialect()))
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

Expr ElementExprs::expandReshape(Value source, Type resultType,
                                 ArrayRef<AffineExpr> coords) {
  auto from = dyn_cast<RankedTensorType>(source.getType());
  auto to = dyn_cast<RankedTensorType>(resultType);
  if (!from || !to)
    return nullptr;
  std::optional<SmallVector<AffineExpr>> sourceCoords =
      space.reshape(coords, to.getShape(), from.getShape());
  return sourceCoords ? element(source, *sourceCoords) : nullptr;
}

/// Each group of dims of the wider shape is one dim of the narrower one.
Expr ElementExprs::expandReassociation(Value source, bool expands,
                                       ArrayRef<ReassociationIndices> groups,
                                       RankedTensorType to,
                                       ArrayRef<AffineExpr> coords) {
  auto from = cast<RankedTensorType>(source.getType());
  std::optional<SmallVector<AffineExpr>> sourceCoords = space.reassociate(
      coords, to.getShape(), from.getShape(), groups, /*isFromWide=*/expands);
  return sourceCoords ? element(source, *sourceCoords) : nullptr;
}

/// Whether a slice is all of a tensor.
static bool isWholeSlice(OffsetSizeAndStrideOpInterface slice, Value tensor) {
  if (!slice.hasZeroOffset() || !slice.hasUnitStride())
    return false;
  for (auto [dim, size] : llvm::enumerate(slice.getMixedSizes()))
    if (!(getIndexValue(size) == ElementExprs::getSize(tensor, dim)))
      return false;
  return true;
}

/// Coordinates in a tensor of the wider rank, with 0 in the dims that a slice
/// drops.
static SmallVector<AffineExpr> addDims(ArrayRef<AffineExpr> coords,
                                       const llvm::SmallBitVector &dropped,
                                       MLIRContext *context) {
  SmallVector<AffineExpr> wider(dropped.size(),
                                getAffineConstantExpr(0, context));
  unsigned next = 0;
  for (unsigned dim = 0; dim < dropped.size(); ++dim)
    if (!dropped.test(dim))
      wider[dim] = coords[next++];
  return wider;
}

Expr ElementExprs::expandSlice(tensor::ExtractSliceOp slice,
                               ArrayRef<AffineExpr> coords) {
  if (!isWholeSlice(slice, slice.getSource()))
    return nullptr;
  return element(slice.getSource(),
                 addDims(coords, slice.getDroppedDims(), context));
}

Expr ElementExprs::expandInsertedSlice(tensor::InsertSliceOp slice,
                                       ArrayRef<AffineExpr> coords) {
  if (!isWholeSlice(slice, slice.getDest()))
    return nullptr;
  llvm::SmallBitVector dropped = slice.getDroppedDims();
  SmallVector<AffineExpr> kept;
  for (auto [dim, coord] : llvm::enumerate(coords))
    if (!dropped.test(dim))
      kept.push_back(coord);
  return element(slice.getSource(), kept);
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

/// Whether a value is the accumulator, maybe in a wider type.
static bool isAccumulator(Value value, BlockArgument accumulator) {
  if (auto ext = value.getDefiningOp<arith::ExtFOp>())
    value = ext.getIn();
  return value == accumulator;
}

/// What is added to the accumulator, where that is all that the body does with
/// it; null otherwise.
Expr ElementExprs::getSummand(linalg::LinalgOp op, unsigned resultNumber,
                              ArrayRef<AffineExpr> loops) {
  Value yielded = op.getBlock()->getTerminator()->getOperand(resultNumber);
  BlockArgument accumulator =
      op.getMatchingBlockArgument(op.getDpsInitOperand(resultNumber));
  if (!accumulator.hasOneUse())
    return nullptr;
  if (auto trunc = yielded.getDefiningOp<arith::TruncFOp>())
    yielded = trunc.getIn();
  Operation *add = yielded.getDefiningOp();
  if (isa_and_nonnull<arith::AddFOp>(add))
    for (unsigned i : {0, 1})
      if (isAccumulator(add->getOperand(i), accumulator))
        return inBody(op, add->getOperand(1 - i), loops);
  if (auto fma = dyn_cast_or_null<math::FmaOp>(add))
    if (isAccumulator(fma.getC(), accumulator))
      return makeApply(
          ExprOp::Mul, fma.getType(),
          {inBody(op, fma.getA(), loops), inBody(op, fma.getB(), loops)});
  return nullptr;
}

/// Whether this is a product of matrices. What is computed of one is written in
/// terms of its elements: a mean over them, for example, is no sum of products.
static bool isMatrixProduct(linalg::LinalgOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumReductionLoops() == 0)
    return false;
  FailureOr<linalg::ContractionDimensions> dims =
      linalg::inferContractionDims(op);
  return succeeded(dims) && !dims->m.empty() && !dims->n.empty();
}

Expr ElementExprs::expandLinalg(linalg::LinalgOp op, OpResult result,
                                ArrayRef<AffineExpr> coords) {
  if (!op.hasPureTensorSemantics() || isMatrixProduct(op))
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
      variables.push_back(space.getNumVariables());
      loops[loop] = space.newIndex(getLoopSize(op, loop));
    } else {
      return nullptr;
    }
  }
  unsigned number = result.getResultNumber();
  if (op.getNumReductionLoops() == 0)
    return inBody(op, op.getBlock()->getTerminator()->getOperand(number),
                  loops);
  Expr sum = getSummand(op, number, loops);
  if (!sum)
    return nullptr;
  Type type = getElementTypeOrSelf(result.getType());
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
  unsigned variable = space.getNumVariables();
  inputCoords[axis] = space.newIndex(getSize(input, axis));
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

/// Tiles along dims of size 1 only: a broadcast.
Expr ElementExprs::expandTosaTile(Operation *op, ArrayRef<AffineExpr> coords) {
  auto tile = cast<tosa::TileOp>(op);
  auto from = dyn_cast<RankedTensorType>(tile.getInput1().getType());
  auto to = dyn_cast<RankedTensorType>(tile.getType());
  if (!from || !to)
    return nullptr;
  for (auto [source, result] : llvm::zip_equal(from.getShape(), to.getShape()))
    if (source != 1 && (source != result || ShapedType::isDynamic(source)))
      return nullptr;
  return element(tile.getInput1(), coords);
}

Expr ElementExprs::expandTosa(Operation *op, ArrayRef<AffineExpr> coords) {
  if (isa<tosa::TileOp>(op))
    return expandTosaTile(op, coords);
  if (isa<tosa::ReduceSumOp>(op))
    return expandTosaReduction(op, coords);
  if (isa<tosa::TransposeOp>(op))
    return expandTosaTranspose(op, coords);
  if (auto identity = dyn_cast<tosa::IdentityOp>(op))
    return element(identity.getInput1(), coords);
  if (!isElementwise(op))
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
          !(getSize(operand, dim) == getSize(op->getResult(0), dim)))
        return nullptr;
    operands.push_back(element(operand, coords));
  }
  return makeOperation(op, operands, resultType.getElementType());
}
