// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/Transforms/TilingInterfaceImpl.h"
#include "TilingSpace.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"

using namespace mlir;
using namespace mlir::norm;

/// Says why an operation does not fuse. That is no error: whoever asks leaves
/// it where it is.
static LogicalResult notFused(Operation *op, const Twine &why) {
  remark::missed(op->getLoc(),
                 remark::RemarkOpts::name("NormNotFused").category("norm-tile"))
      << op->getName().getStringRef() << remark::reason("{0}", why.str());
  return failure();
}

/// The part of a tensor or memref.
static Value makeSlice(OpBuilder &builder, Location loc, Value value,
                       const Box &box) {
  SmallVector<OpFoldResult> strides(box.offsets.size(),
                                    builder.getIndexAttr(1));
  if (isa<RankedTensorType>(value.getType()))
    return tensor::ExtractSliceOp::create(builder, loc, value, box.offsets,
                                          box.sizes, strides);
  return memref::SubViewOp::create(builder, loc, value, box.offsets, box.sizes,
                                   strides);
}

/// The offset in the block: a constant, or an input of the program.
static Value makeOffset(OpBuilder &builder, GenericOp program,
                        OpFoldResult offset) {
  Location loc = program.getLoc();
  if (std::optional<int64_t> constant = getConstantIntValue(offset))
    return arith::ConstantIndexOp::create(builder, loc, *constant);
  SmallVector<AffineMap> maps = program.getIndexingMapsArray();
  maps.insert(
      maps.begin() + program.getInputs().size(),
      AffineMap::get(program.getNumDims(), 0, {}, builder.getContext()));
  program.getInputsMutable().append(cast<Value>(offset));
  program.setIndexingMapsAttr(builder.getAffineMapArrayAttr(maps));
  return program.getBody().addArgument(builder.getIndexType(), loc);
}

/// `norm.index` in a tile counts from the tile's start.
static void offsetIndices(OpBuilder &builder, GenericOp program,
                          ArrayRef<OpFoldResult> offsets) {
  OpBuilder::InsertionGuard guard(builder);
  llvm::SmallDenseMap<int64_t, Value> made;
  for (IndexOp index : llvm::to_vector(program.getBody().getOps<IndexOp>())) {
    int64_t dim = index.getDim();
    if (getConstantIntValue(offsets[dim]) == 0)
      continue;
    builder.setInsertionPointToStart(&program.getBody().front());
    Value &offset = made[dim];
    if (!offset)
      offset = makeOffset(builder, program, offsets[dim]);
    builder.setInsertionPointAfter(index);
    Value sum = arith::AddIOp::create(builder, index.getLoc(), index, offset);
    index.getResult().replaceAllUsesExcept(sum, sum.getDefiningOp());
  }
}

/// The operation on the tile, whose dims that must be whole are so.
static TilingResult makeTile(OpBuilder &builder, DestinationStyleOpInterface op,
                             const TilingSpace &space, const Box &tile,
                             ValueRange inits = {}) {
  TilingResult result;
  SmallVector<Value> operands;
  SmallVector<Type> resultTypes;
  for (OpOperand &operand : op->getOpOperands()) {
    Value value = operand.get();
    if (!inits.empty() && op.isDpsInit(&operand)) {
      value = inits[operand.getOperandNumber() -
                    op.getDpsInitsMutable().begin()->getOperandNumber()];
    } else if (isa<ShapedType>(value.getType()) &&
               !space.touchesWhole(operand, tile)) {
      value = makeSlice(builder, op.getLoc(), value,
                        space.getOperandBox(operand, tile));
      result.generatedSlices.push_back(value.getDefiningOp());
    }
    operands.push_back(value);
    if (op.isDpsInit(&operand) && isa<RankedTensorType>(value.getType()))
      resultTypes.push_back(value.getType());
  }
  Operation *tiled = clone(builder, op, resultTypes, operands);
  if (auto program = dyn_cast<GenericOp>(tiled)) {
    program.removeScheduleAttr(); // it was chosen for other sizes
    offsetIndices(builder, program, tile.offsets);
  }
  result.tiledOps.push_back(tiled);
  llvm::append_range(result.tiledValues, tiled->getResults());
  return result;
}

/// The tile of the iteration space that goes with parts of operands, all of the
/// dims that they say nothing of.
static FailureOr<Box> findTile(OpBuilder &builder,
                               DestinationStyleOpInterface op,
                               const TilingSpace &space,
                               ArrayRef<OpOperand *> operands,
                               ArrayRef<Box> boxes) {
  Box tile;
  tile.offsets.resize(space.getNumDims());
  tile.sizes.resize(space.getNumDims());
  std::string why;
  for (auto [operand, box] : llvm::zip_equal(operands, boxes))
    if (failed(space.addOperandBox(*operand, box, tile, why)))
      return notFused(op, why);
  SmallVector<OpFoldResult> sizes = space.getSizes(builder);
  for (unsigned dim = 0; dim < space.getNumDims(); ++dim) {
    if (tile.offsets[dim])
      continue;
    tile.offsets[dim] = builder.getIndexAttr(0);
    tile.sizes[dim] = sizes[dim];
  }
  return tile;
}

static OpOperand *getInit(Operation *op, unsigned resultNumber) {
  return cast<DestinationStyleOpInterface>(op).getTiedOpOperand(
      op->getResult(resultNumber));
}

namespace {
using OpFoldResults = ArrayRef<OpFoldResult>;

template <typename NormOp>
struct TilingModel
    : public TilingInterface::ExternalModel<TilingModel<NormOp>, NormOp> {
  SmallVector<utils::IteratorType> getLoopIteratorTypes(Operation *op) const {
    return llvm::to_vector(TilingSpace(cast<NormOp>(op)).getIterators());
  }

  SmallVector<Range> getIterationDomain(Operation *op,
                                        OpBuilder &builder) const {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(op);
    return llvm::map_to_vector(TilingSpace(cast<NormOp>(op)).getSizes(builder),
                               [&](OpFoldResult size) {
                                 return Range{builder.getIndexAttr(0), size,
                                              builder.getIndexAttr(1)};
                               });
  }

  FailureOr<TilingResult> getTiledImplementation(Operation *op,
                                                 OpBuilder &builder,
                                                 OpFoldResults offsets,
                                                 OpFoldResults sizes) const {
    TilingSpace space(cast<NormOp>(op));
    Box tile{llvm::to_vector(offsets), llvm::to_vector(sizes)};
    if (std::optional<unsigned> dim = space.findWronglyCutDim(tile))
      return op->emitOpError() << space.describeCut(*dim);
    return makeTile(builder, cast<NormOp>(op), space, tile);
  }

  LogicalResult
  getResultTilePosition(Operation *op, OpBuilder &builder,
                        unsigned resultNumber, OpFoldResults offsets,
                        OpFoldResults sizes,
                        SmallVector<OpFoldResult> &resultOffsets,
                        SmallVector<OpFoldResult> &resultSizes) const {
    Box box = TilingSpace(cast<NormOp>(op))
                  .getOperandBox(
                      *getInit(op, resultNumber),
                      Box{llvm::to_vector(offsets), llvm::to_vector(sizes)});
    resultOffsets = box.offsets;
    resultSizes = box.sizes;
    return success();
  }

  //===--------------------------------------------------------------------===//
  // As a producer
  //===--------------------------------------------------------------------===//

  LogicalResult getIterationDomainTileFromResultTile(
      Operation *op, OpBuilder &builder, unsigned resultNumber,
      OpFoldResults offsets, OpFoldResults sizes,
      SmallVectorImpl<OpFoldResult> &tileOffsets,
      SmallVectorImpl<OpFoldResult> &tileSizes) const {
    FailureOr<Box> tile =
        findTile(builder, cast<NormOp>(op), TilingSpace(cast<NormOp>(op)),
                 getInit(op, resultNumber),
                 Box{llvm::to_vector(offsets), llvm::to_vector(sizes)});
    if (failed(tile))
      return failure();
    tileOffsets.assign(tile->offsets);
    tileSizes.assign(tile->sizes);
    return success();
  }

  FailureOr<TilingResult> generateResultTileValue(Operation *op,
                                                  OpBuilder &builder,
                                                  unsigned resultNumber,
                                                  OpFoldResults offsets,
                                                  OpFoldResults sizes) const {
    Box tile;
    if (failed(getIterationDomainTileFromResultTile(op, builder, resultNumber,
                                                    offsets, sizes,
                                                    tile.offsets, tile.sizes)))
      return failure();
    TilingResult result = makeTile(builder, cast<NormOp>(op),
                                   TilingSpace(cast<NormOp>(op)), tile);
    result.tiledValues = {result.tiledValues[resultNumber]};
    return result;
  }

  bool isOpFusableWithConsumerSlice(Operation *op, unsigned resultNumber,
                                    OpFoldResults offsets,
                                    OpFoldResults sizes) const {
    TilingSpace space(cast<NormOp>(op));
    return isConsistent(space, getInit(op, resultNumber),
                        Box{llvm::to_vector(offsets), llvm::to_vector(sizes)});
  }

  //===--------------------------------------------------------------------===//
  // As a consumer
  //===--------------------------------------------------------------------===//

  LogicalResult getIterationDomainTileFromOperandTiles(
      Operation *op, OpBuilder &builder, ArrayRef<unsigned> operandNumbers,
      ArrayRef<SmallVector<OpFoldResult>> offsets,
      ArrayRef<SmallVector<OpFoldResult>> sizes,
      SmallVectorImpl<OpFoldResult> &tileOffsets,
      SmallVectorImpl<OpFoldResult> &tileSizes) const {
    TilingSpace space(cast<NormOp>(op));
    FailureOr<Box> tile =
        findTile(builder, cast<NormOp>(op), space,
                 operandsAt(op, operandNumbers), boxesOf(offsets, sizes));
    if (failed(tile))
      return failure();
    // Tiles that are computed at the same time cannot add to one accumulator.
    bool isParallel = builder.getInsertionBlock() &&
                      isa_and_nonnull<scf::ForallOp>(
                          builder.getInsertionBlock()->getParentOp());
    for (unsigned dim = 0; isParallel && dim < space.getNumDims(); ++dim)
      if (space.isSummedAlong(dim) &&
          getConstantIntValue(tile->offsets[dim]) != 0)
        return notFused(op, "expected a sequential loop along dim " +
                                Twine(dim) +
                                ", along which an output accumulates");
    tileOffsets.assign(tile->offsets);
    tileSizes.assign(tile->sizes);
    return success();
  }

  FailureOr<TilingResult> getTiledImplementationFromOperandTiles(
      Operation *op, OpBuilder &builder, ArrayRef<unsigned> operandNumbers,
      ArrayRef<SmallVector<OpFoldResult>> offsets,
      ArrayRef<SmallVector<OpFoldResult>> sizes) const {
    Box tile;
    if (failed(getIterationDomainTileFromOperandTiles(
            op, builder, operandNumbers, offsets, sizes, tile.offsets,
            tile.sizes)))
      return failure();
    return makeTile(builder, cast<NormOp>(op), TilingSpace(cast<NormOp>(op)),
                    tile);
  }

  bool isOpFusableWithProducerSlices(
      Operation *op, ArrayRef<unsigned> operandNumbers,
      ArrayRef<SmallVector<OpFoldResult>> offsets,
      ArrayRef<SmallVector<OpFoldResult>> sizes) const {
    TilingSpace space(cast<NormOp>(op));
    return isConsistent(space, operandsAt(op, operandNumbers),
                        boxesOf(offsets, sizes));
  }

private:
  static bool isConsistent(const TilingSpace &space,
                           ArrayRef<OpOperand *> operands,
                           ArrayRef<Box> boxes) {
    Box tile;
    tile.offsets.resize(space.getNumDims());
    tile.sizes.resize(space.getNumDims());
    std::string why;
    return llvm::all_of(llvm::zip_equal(operands, boxes), [&](auto pair) {
      auto [operand, box] = pair;
      return succeeded(space.addOperandBox(*operand, box, tile, why));
    });
  }
  static SmallVector<OpOperand *> operandsAt(Operation *op,
                                             ArrayRef<unsigned> numbers) {
    return llvm::map_to_vector(
        numbers, [&](unsigned number) { return &op->getOpOperand(number); });
  }
  static SmallVector<Box> boxesOf(ArrayRef<SmallVector<OpFoldResult>> offsets,
                                  ArrayRef<SmallVector<OpFoldResult>> sizes) {
    return llvm::map_to_vector(llvm::zip_equal(offsets, sizes), [](auto pair) {
      return Box{std::get<0>(pair), std::get<1>(pair)};
    });
  }
};

/// A result has the sizes of its init.
template <typename NormOp>
struct ValueBoundsModel
    : public ValueBoundsOpInterface::ExternalModel<ValueBoundsModel<NormOp>,
                                                   NormOp> {
  void populateBoundsForShapedValueDim(Operation *op, Value value, int64_t dim,
                                       ValueBoundsConstraintSet &bounds) const {
    OpOperand *init = getInit(op, cast<OpResult>(value).getResultNumber());
    bounds.bound(value)[dim] == bounds.getExpr(init->get(), dim);
  }
};
} // namespace

template <typename... NormOps>
static void attachTo(MLIRContext &context) {
  (NormOps::template attachInterface<TilingModel<NormOps>>(context), ...);
  (NormOps::template attachInterface<ValueBoundsModel<NormOps>>(context), ...);
}

void norm::registerTilingInterfaceExternalModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, NormDialect *) {
    attachTo<LayerNormOp, RMSNormOp, GroupNormOp, BatchNormInferenceOp,
             BatchNormTrainingOp, GenericOp>(*context);
  });
}
