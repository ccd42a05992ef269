// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiles of a reduction apart from each other, each with results of its own, and
// what merges these: norm.generic (accumulators over rows; reductions that are
// nothing but outputs) and norm.statistics.

#include "PartialReduction.h"
#include "Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "norm/Dialect/Norm/IR/Statistics.h"

using namespace mlir;
using namespace mlir::norm;

using DimSet = llvm::SetVector<unsigned>;
using OpFoldResults = ArrayRef<OpFoldResult>;

/// The dims among `dims` that a result lacks: it is partial along them, and has
/// them behind its own.
static SmallVector<unsigned> getPartDims(const TilingSpace &space,
                                         OpOperand &init, const DimSet &dims) {
  SmallVector<unsigned> parts;
  for (unsigned dim : dims)
    if (!llvm::is_contained(space.getOperandDims(init), int64_t(dim)))
      parts.push_back(dim);
  return parts;
}

/// Whether the init's values matter.
static bool readsInit(GenericOp op, OpOperand &init) {
  return op.isAccumulator(init.getOperandNumber() - op.getInputs().size());
}
static bool readsInit(StatisticsOp, OpOperand &) { return true; }

//===----------------------------------------------------------------------===//
// norm.generic
//===----------------------------------------------------------------------===//

/// A reduction that gives an output and nothing else, or null.
static ReduceOp getReduction(GenericOp op, unsigned output) {
  return op.getYield().getValues()[output].getDefiningOp<ReduceOp>();
}

/// Whether what combines along a normalized dim can be merged from parts.
static LogicalResult checkCollectives(GenericOp op, unsigned dim,
                                      const DimSet &dims) {
  for (auto collective : op.getBody().getOps<CollectiveOpInterface>()) {
    SmallVector<int64_t> combined = collective.getCombinedDims();
    if (!llvm::is_contained(combined, int64_t(dim)))
      continue;
    auto refuse = [&](StringRef why) {
      InFlightDiagnostic diagnostic = op.emitOpError()
                                      << "has no partial results along dim "
                                      << dim << ": " << why;
      diagnostic.attachNote(collective->getLoc()) << "the collective";
      return diagnostic;
    };
    if (!isa<ReduceOp>(collective))
      return refuse("expected no collective but norm.reduce along it");
    if (!llvm::all_of(collective->getUsers(), llvm::IsaPred<YieldOp>))
      return refuse("expected its reductions to be nothing but outputs");
    for (unsigned other : dims)
      if (op.isNormalizedDim(other) &&
          !llvm::is_contained(combined, int64_t(other)))
        return refuse("expected its reductions to combine along all tiled "
                      "normalized dims");
  }
  return success();
}

static LogicalResult checkPartial(GenericOp op, const DimSet &dims) {
  for (unsigned dim : dims) {
    if (!op.isNormalizedDim(dim))
      continue;
    if (failed(checkCollectives(op, dim, dims)))
      return failure();
    for (unsigned output = 0; output < op.getOutputs().size(); ++output) {
      if (op.getOutputMap(output).isFunctionOfDim(dim))
        continue;
      ReduceOp reduction = getReduction(op, output);
      bool isSum =
          reduction && reduction.getKind() == vector::CombiningKind::ADD;
      if (!reduction || (op.isAccumulator(output) && !isSum))
        return op.emitOpError()
               << "has no partial results along dim " << dim << ": output #"
               << output
               << (reduction ? " is a sum over rows of what is no sum"
                             : " lacks it and is no reduction");
    }
  }
  return success();
}
static LogicalResult checkPartial(StatisticsOp, const DimSet &) {
  return success();
}

namespace {
/// Outputs that one operation merges: of the same dims, by sums or each by its
/// reduction's kind.
struct MergeGroup {
  bool isSum;
  SmallVector<int64_t> dims;
  SmallVector<unsigned> parts, outputs;
};
} // namespace

/// One operation: its space has the outputs' dims, then the parts.
static GenericOp mergeGroup(OpBuilder &builder, GenericOp op,
                            const MergeGroup &group, ValueRange partials) {
  unsigned rank = group.dims.size(), numDims = rank + group.parts.size();
  SmallVector<Value> inputs, inits;
  for (unsigned output : group.outputs) {
    inputs.push_back(partials[output]);
    inits.push_back(op.getOutputs()[output]);
  }
  SmallVector<AffineMap> maps(inputs.size(),
                              builder.getMultiDimIdentityMap(numDims));
  SmallVector<AffineExpr> own =
      llvm::map_to_vector(llvm::seq(0u, rank), [&](unsigned dim) -> AffineExpr {
        return builder.getAffineDimExpr(dim);
      });
  maps.append(inits.size(),
              AffineMap::get(numDims, 0, own, builder.getContext()));
  SmallVector<int64_t> normalized;
  if (!group.isSum)
    normalized = llvm::to_vector(llvm::seq<int64_t>(rank, numDims));
  return GenericOp::create(
      builder, op.getLoc(), inputs, inits, maps, normalized,
      [&](OpBuilder &body, Location loc, ValueRange arguments) {
        SmallVector<Value> yielded(arguments);
        for (auto [output, value] : llvm::zip_equal(group.outputs, yielded))
          if (!group.isSum)
            value = ReduceOp::create(body, loc,
                                     getReduction(op, output).getKind(), value,
                                     /*where=*/Value(), /*over=*/nullptr);
        YieldOp::create(body, loc, yielded);
      });
}

static MergeResult mergePartial(OpBuilder &builder, GenericOp op,
                                const TilingSpace &space, ValueRange partials,
                                const DimSet &dims) {
  SmallVector<MergeGroup> groups;
  for (auto [output, init] : llvm::enumerate(op.getOutputsMutable())) {
    MergeGroup mine{op.isAccumulator(output),
                    llvm::to_vector(space.getOperandDims(init)),
                    getPartDims(space, init, dims),
                    {}};
    if (mine.parts.empty())
      continue;
    auto *group = llvm::find_if(groups, [&](const MergeGroup &other) {
      return other.isSum == mine.isSum && other.dims == mine.dims &&
             other.parts == mine.parts;
    });
    if (group == groups.end()) {
      groups.push_back(mine);
      group = &groups.back();
    }
    group->outputs.push_back(output);
  }
  MergeResult result;
  result.replacements = llvm::to_vector(partials);
  for (const MergeGroup &group : groups) {
    GenericOp merged = mergeGroup(builder, op, group, partials);
    result.mergeOps.push_back(merged);
    for (auto [output, value] :
         llvm::zip_equal(group.outputs, merged.getResults()))
      result.replacements[output] = value;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// norm.statistics
//===----------------------------------------------------------------------===//

static MergeResult mergePartial(OpBuilder &builder, StatisticsOp op,
                                const TilingSpace &, ValueRange partials,
                                const DimSet &dims) {
  GenericOp merged = mergeStatistics(builder, op.getLoc(), partials,
                                     op.getDpsInits(), dims.size());
  return {{merged}, llvm::to_vector_of<Value>(merged.getResults())};
}

//===----------------------------------------------------------------------===//
// The interface
//===----------------------------------------------------------------------===//

namespace {
template <typename NormOp>
struct PartialReductionModel
    : public PartialReductionOpInterface::ExternalModel<
          PartialReductionModel<NormOp>, NormOp> {
  FailureOr<SmallVector<Value>>
  generateInitialTensorForPartialReduction(Operation *op, OpBuilder &builder,
                                           Location loc, OpFoldResults sizes,
                                           const DimSet &dims) const {
    auto normOp = cast<NormOp>(op);
    if (!normOp.hasPureTensorSemantics())
      return op->emitOpError("has no partial results on memrefs");
    if (failed(checkPartial(normOp, dims)))
      return failure();
    TilingSpace space(normOp);
    SmallVector<Value> tensors;
    for (OpOperand &init : normOp.getDpsInitsMutable()) {
      SmallVector<unsigned> parts = getPartDims(space, init, dims);
      bool isRead = readsInit(normOp, init);
      // Drivers look for the operation that makes the tensor.
      if (parts.empty() && (isRead || init.get().getDefiningOp())) {
        tensors.push_back(init.get());
        continue;
      }
      SmallVector<OpFoldResult> shape =
          tensor::getMixedSizes(builder, loc, init.get());
      for (unsigned dim : parts)
        shape.push_back(sizes[dim]);
      Type type = getElementTypeOrSelf(init.get());
      Value tensor = tensor::EmptyOp::create(builder, loc, shape, type);
      if (isRead) {
        Value zero =
            arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
        tensor =
            linalg::FillOp::create(builder, loc, zero, tensor).getResult(0);
      }
      tensors.push_back(tensor);
    }
    return tensors;
  }

  FailureOr<TilingResult>
  tileToPartialReduction(Operation *op, OpBuilder &builder, Location loc,
                         ReductionTilingStrategy strategy, ValueRange inits,
                         OpFoldResults offsets, OpFoldResults sizes,
                         const DimSet &dims, OpFoldResults partNumbers) const {
    if (strategy != ReductionTilingStrategy::PartialReductionOuterParallel)
      return op->emitOpError("expected the strategy OuterParallel for partial "
                             "results, as tile_reduction_using_forall has it");
    TilingSpace space(cast<NormOp>(op));
    Box tile{llvm::to_vector(offsets), llvm::to_vector(sizes)};
    if (std::optional<unsigned> dim = space.findWronglyCutDim(
            tile, [&](unsigned dim) { return dims.contains(dim); }))
      return op->emitOpError() << space.describeCut(*dim);
    SmallVector<Value> slices;
    for (auto [init, value] :
         llvm::zip_equal(cast<NormOp>(op).getDpsInitsMutable(), inits))
      slices.push_back(
          makePart(builder, loc, value, space.getOperandDims(init).size(),
                   getPosition(space, init, tile, dims, partNumbers)));
    TilingResult result =
        makeTile(builder, cast<NormOp>(op), space, tile, slices);
    for (Value slice : slices)
      result.generatedSlices.push_back(slice.getDefiningOp());
    return result;
  }

  FailureOr<MergeResult> mergeReductions(Operation *op, OpBuilder &builder,
                                         Location loc, ValueRange partials,
                                         const DimSet &dims) const {
    TilingSpace space(cast<NormOp>(op));
    return mergePartial(builder, cast<NormOp>(op), space, partials, dims);
  }

  LogicalResult
  getPartialResultTilePosition(Operation *op, OpBuilder &builder,
                               unsigned resultNumber, ReductionTilingStrategy,
                               OpFoldResults offsets, OpFoldResults sizes,
                               const DimSet &dims, OpFoldResults partNumbers,
                               SmallVector<OpFoldResult> &resultOffsets,
                               SmallVector<OpFoldResult> &resultSizes) const {
    TilingSpace space(cast<NormOp>(op));
    OpOperand *init =
        cast<NormOp>(op).getTiedOpOperand(op->getResult(resultNumber));
    Box box = getPosition(space, *init,
                          Box{llvm::to_vector(offsets), llvm::to_vector(sizes)},
                          dims, partNumbers);
    resultOffsets = box.offsets;
    resultSizes = box.sizes;
    return success();
  }

private:
  /// Where a tile's result lies in the partial results.
  static Box getPosition(const TilingSpace &space, OpOperand &init,
                         const Box &tile, const DimSet &dims,
                         OpFoldResults partNumbers) {
    Builder builder(init.getOwner()->getContext());
    Box box = space.getOperandBox(init, tile);
    for (unsigned dim : getPartDims(space, init, dims)) {
      box.offsets.push_back(partNumbers[llvm::find(dims, dim) - dims.begin()]);
      box.sizes.push_back(builder.getIndexAttr(1));
    }
    return box;
  }

  /// The slice of partial results there, without the dims of the parts.
  static Value makePart(OpBuilder &builder, Location loc, Value partials,
                        unsigned rank, const Box &box) {
    SmallVector<int64_t> shape = llvm::map_to_vector(
        ArrayRef(box.sizes).take_front(rank), [](auto size) {
          return getConstantIntValue(size).value_or(ShapedType::kDynamic);
        });
    SmallVector<OpFoldResult> strides(box.offsets.size(),
                                      builder.getIndexAttr(1));
    return tensor::ExtractSliceOp::create(
        builder, loc,
        RankedTensorType::get(shape, getElementTypeOrSelf(partials)), partials,
        box.offsets, box.sizes, strides);
  }
};
} // namespace

void norm::attachPartialReduction(MLIRContext &context) {
  GenericOp::attachInterface<PartialReductionModel<GenericOp>>(context);
  StatisticsOp::attachInterface<PartialReductionModel<StatisticsOp>>(context);
}
