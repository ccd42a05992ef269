// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/Transforms/TilingInterfaceImpl.h"
#include "PartialReduction.h"
#include "Tile.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
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
             BatchNormTrainingOp, GenericOp, StatisticsOp>(*context);
    attachPartialReduction(*context);
  });
}
