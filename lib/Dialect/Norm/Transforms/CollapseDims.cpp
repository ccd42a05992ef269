// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMCOLLAPSEDIMSPASS
#include "norm/Dialect/Norm/Transforms/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

namespace {
/// For each dim of the iteration space, the dim it becomes: increasing, and
/// equal for dims that are merged.
using DimGroups = SmallVector<int64_t>;

SmallVector<int64_t> dimsOf(AffineMap map) {
  return llvm::map_to_vector(map.getResults(), [](AffineExpr expr) {
    return int64_t(cast<AffineDimExpr>(expr).getPosition());
  });
}

/// Neighbouring results of a map that belong to one group, as the reassociation
/// of the operand's dims.
SmallVector<ReassociationIndices> reassociationOf(AffineMap map,
                                                  const DimGroups &groups) {
  SmallVector<ReassociationIndices> reassociation;
  int64_t previous = -1;
  for (auto [position, dim] : llvm::enumerate(dimsOf(map))) {
    if (reassociation.empty() || groups[dim] != previous)
      reassociation.emplace_back();
    reassociation.back().push_back(position);
    previous = groups[dim];
  }
  return reassociation;
}

/// Whether the block treats both dims alike: no index of either, and each
/// collective combines along both or neither.
bool blockAllowsMerge(GenericOp op, int64_t dim) {
  WalkResult result = op.walk([&](Operation *nested) {
    if (auto index = dyn_cast<IndexOp>(nested))
      if (int64_t(index.getDim()) == dim || int64_t(index.getDim()) == dim + 1)
        return WalkResult::interrupt();
    if (auto collective = dyn_cast<CollectiveOpInterface>(nested)) {
      SmallVector<int64_t> combined = collective.getCombinedDims();
      if (llvm::is_contained(combined, dim) !=
          llvm::is_contained(combined, dim + 1))
        return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return !result.wasInterrupted();
}

/// Whether each operand has both dims next to each other, or neither.
bool mapsAllowMerge(GenericOp op, int64_t dim) {
  return llvm::all_of(op.getIndexingMapsArray(), [&](AffineMap map) {
    SmallVector<int64_t> dims = dimsOf(map);
    auto *first = llvm::find(dims, dim);
    if (first == dims.end())
      return !llvm::is_contained(dims, dim + 1);
    return std::next(first) != dims.end() && *std::next(first) == dim + 1;
  });
}

bool layoutsAllow(GenericOp op, const DimGroups &groups) {
  return llvm::all_of(
      llvm::zip_equal(op->getOperands(), op.getIndexingMapsArray()),
      [&](auto pair) {
        auto [operand, map] = pair;
        auto type = dyn_cast<MemRefType>(operand.getType());
        return !type || memref::CollapseShapeOp::isGuaranteedCollapsible(
                            type, reassociationOf(map, groups));
      });
}

/// The groups after merging all that may be merged.
DimGroups findGroups(GenericOp op) {
  int64_t numDims = op.getNumDims();
  DimGroups groups = llvm::to_vector(llvm::seq<int64_t>(0, numDims));
  for (int64_t dim = 0; dim + 1 < numDims; ++dim) {
    if (op.isNormalizedDim(dim) != op.isNormalizedDim(dim + 1) ||
        !mapsAllowMerge(op, dim) || !blockAllowsMerge(op, dim))
      continue;
    DimGroups merged = groups;
    for (int64_t later = dim + 1; later < numDims; ++later)
      --merged[later];
    if (layoutsAllow(op, merged))
      groups = merged;
  }
  return groups;
}

SmallVector<int64_t> renumber(ArrayRef<int64_t> dims, const DimGroups &groups) {
  SmallVector<int64_t> renumbered;
  for (int64_t dim : dims)
    if (renumbered.empty() || renumbered.back() != groups[dim])
      renumbered.push_back(groups[dim]);
  return renumbered;
}

AffineMap collapseMap(AffineMap map, const DimGroups &groups) {
  SmallVector<AffineExpr> exprs =
      llvm::map_to_vector(renumber(dimsOf(map), groups), [&](int64_t dim) {
        return getAffineDimExpr(dim, map.getContext());
      });
  return AffineMap::get(groups.back() + 1, 0, exprs, map.getContext());
}

void collapse(RewriterBase &rewriter, GenericOp op, const DimGroups &groups) {
  rewriter.setInsertionPoint(op);
  SmallVector<AffineMap> maps;
  SmallVector<Value> operands;
  for (auto [operand, map] :
       llvm::zip_equal(op->getOperands(), op.getIndexingMapsArray())) {
    SmallVector<ReassociationIndices> reassociation =
        reassociationOf(map, groups);
    bool changes = isa<MemRefType>(operand.getType()) &&
                   reassociation.size() < map.getNumResults();
    operands.push_back(changes
                           ? memref::CollapseShapeOp::create(
                                 rewriter, op.getLoc(), operand, reassociation)
                                 .getResult()
                           : operand);
    maps.push_back(collapseMap(map, groups));
  }
  rewriter.modifyOpInPlace(op, [&] {
    op->setOperands(operands);
    op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    op.setNormalizedDims(renumber(op.getNormalizedDims(), groups));
    op.walk([&](Operation *nested) {
      if (auto index = dyn_cast<IndexOp>(nested))
        index.setDim(groups[index.getDim()]);
      if (auto over = nested->getAttrOfType<DenseI64ArrayAttr>("over");
          over && isa<CollectiveOpInterface>(nested))
        nested->setAttr("over", rewriter.getDenseI64ArrayAttr(
                                    renumber(over.asArrayRef(), groups)));
    });
  });
}

struct CollapseDims
    : public norm::impl::NormCollapseDimsPassBase<CollapseDims> {
  void runOnOperation() override {
    SmallVector<GenericOp> programs;
    getOperation()->walk([&](GenericOp op) {
      // A schedule is one for the dims that there are.
      if (op.hasPureBufferSemantics() && !op.getSchedule())
        programs.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (GenericOp op : programs) {
      DimGroups groups = findGroups(op);
      int64_t numMerged =
          groups.empty() ? 0 : op.getNumDims() - (groups.back() + 1);
      if (numMerged == 0)
        continue;
      numDimsCollapsed += numMerged;
      collapse(rewriter, op, groups);
    }
  }
};
} // namespace
