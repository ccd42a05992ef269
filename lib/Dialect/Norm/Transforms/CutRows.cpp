// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SubProgram.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "norm/Dialect/Norm/Transforms/Transforms.h"

using namespace mlir;
using namespace mlir::norm;

/// Elements at multiples of which parts of the last dim begin, so that they can
/// be accessed 16 bytes at a time.
static constexpr int64_t partAlignment = 16;

namespace {
/// Makes two dims of one: the parts, and the places in a part.
class RowCutter {
public:
  RowCutter(RewriterBase &rewriter, GenericOp program, int64_t dim,
            int64_t parts)
      : rewriter(rewriter), program(program), dim(dim), parts(parts),
        partSize(program.getDimSizes()[dim] / parts) {}

  void run();

private:
  /// The dims that some dims become.
  SmallVector<int64_t> renumber(ArrayRef<int64_t> dims) const;
  AffineMap renumber(AffineMap map) const;
  Value expand(Value operand, AffineMap map);
  void cutReduction(ReduceOp op);
  void cutIndex(IndexOp op);

  RewriterBase &rewriter;
  GenericOp program;
  int64_t dim, parts, partSize;
};
} // namespace

SmallVector<int64_t> RowCutter::renumber(ArrayRef<int64_t> dims) const {
  SmallVector<int64_t> renumbered;
  for (int64_t old : dims) {
    renumbered.push_back(old > dim ? old + 1 : old);
    if (old == dim)
      renumbered.push_back(dim + 1);
  }
  return renumbered;
}

AffineMap RowCutter::renumber(AffineMap map) const {
  SmallVector<AffineExpr> exprs = llvm::map_to_vector(
      renumber(dimsOf(map)), [&](int64_t position) -> AffineExpr {
        return getAffineDimExpr(position, map.getContext());
      });
  return AffineMap::get(map.getNumDims() + 1, 0, exprs, map.getContext());
}

Value RowCutter::expand(Value operand, AffineMap map) {
  if (!map.isFunctionOfDim(dim))
    return operand;
  Location loc = program.getLoc();
  SmallVector<OpFoldResult> sizes =
      memref::getMixedSizes(rewriter, loc, operand);
  SmallVector<ReassociationIndices> reassociation;
  SmallVector<OpFoldResult> shape;
  for (auto [position, own] : llvm::enumerate(dimsOf(map))) {
    ReassociationIndices &group = reassociation.emplace_back();
    group.push_back(shape.size());
    if (own != dim) {
      shape.push_back(sizes[position]);
      continue;
    }
    group.push_back(shape.size() + 1);
    shape.push_back(rewriter.getIndexAttr(parts));
    shape.push_back(rewriter.getIndexAttr(partSize));
  }
  SmallVector<int64_t> staticShape;
  SmallVector<Value> dynamicShape;
  dispatchIndexOpFoldResults(shape, dynamicShape, staticShape);
  return memref::ExpandShapeOp::create(rewriter, loc, staticShape, operand,
                                       reassociation, shape);
}

void RowCutter::cutReduction(ReduceOp op) {
  SmallVector<int64_t> dims = op.getCombinedDims();
  bool isCut = llvm::is_contained(dims, dim);
  dims = renumber(dims);
  if (isCut)
    llvm::erase(dims, dim);
  rewriter.modifyOpInPlace(op, [&] { op.setOver(dims); });
  if (!isCut)
    return;
  rewriter.setInsertionPointAfter(op);
  auto all =
      ReduceOp::create(rewriter, op.getLoc(), op.getKind(), op,
                       /*where=*/Value(), rewriter.getDenseI64ArrayAttr({dim}));
  rewriter.replaceAllUsesExcept(op, all, all);
}

void RowCutter::cutIndex(IndexOp op) {
  int64_t old = op.getDim();
  if (old > dim)
    rewriter.modifyOpInPlace(op, [&] { op.setDim(old + 1); });
  if (old != dim)
    return;
  Location loc = op.getLoc();
  rewriter.setInsertionPointAfter(op);
  Value size = arith::ConstantIndexOp::create(rewriter, loc, partSize);
  Value first = arith::MulIOp::create(rewriter, loc, op, size);
  Value place = IndexOp::create(rewriter, loc, op.getType(), dim + 1);
  Value index = arith::AddIOp::create(rewriter, loc, first, place);
  rewriter.replaceAllUsesExcept(op, index, first.getDefiningOp());
}

void RowCutter::run() {
  expandCollectives(rewriter, program);
  // Combined dims are asked of the program as it was.
  for (auto op : llvm::to_vector(program.getBody().getOps<IndexOp>()))
    cutIndex(op);
  for (auto op : llvm::to_vector(program.getBody().getOps<ReduceOp>()))
    cutReduction(op);
  rewriter.setInsertionPoint(program);
  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  for (auto [operand, map] : llvm::zip_equal(program->getOperands(),
                                             program.getIndexingMapsArray())) {
    operands.push_back(expand(operand, map));
    maps.push_back(renumber(map));
  }
  // Without reductions, parts are rows.
  SmallVector<int64_t> normalized = renumber(program.getNormalizedDims());
  if (program.getBody().getOps<CollectiveOpInterface>().empty())
    llvm::erase_if(normalized, [&](int64_t own) { return own <= dim; });
  rewriter.modifyOpInPlace(program, [&] {
    program->setOperands(operands);
    program.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    program.setNormalizedDims(normalized);
  });
}

static bool haveAllOutputs(GenericOp program, ArrayRef<int64_t> dims) {
  for (unsigned output = 0; output < program.getOutputs().size(); ++output)
    for (int64_t dim : dims)
      if (!program.getOutputMap(output).isFunctionOfDim(dim))
        return false;
  return true;
}

/// The first normalized dim that can be cut into so many parts.
static std::optional<int64_t> findDim(GenericOp program, int64_t parts) {
  if (program.getBody().getOps<CollectiveOpInterface>().empty() &&
      !haveAllOutputs(program, program.getNormalizedDims()))
    return std::nullopt;
  SmallVector<int64_t> sizes = program.getDimSizes();
  ArrayRef<int64_t> dims = program.getNormalizedDims();
  for (int64_t dim : dims) {
    int64_t size = sizes[dim];
    if (ShapedType::isDynamic(size) || size == 0 || size % parts != 0 ||
        (dim == dims.back() && size / parts % partAlignment != 0))
      continue;
    return dim;
  }
  return std::nullopt;
}

LogicalResult norm::cutRows(RewriterBase &rewriter, GenericOp program,
                            int64_t parts) {
  if (!program.hasPureBufferSemantics())
    return rewriter.notifyMatchFailure(program, "its operands are tensors");
  std::optional<int64_t> dim;
  if (parts > 1)
    dim = findDim(program, parts);
  if (!dim)
    return rewriter.notifyMatchFailure(
        program, "no dim of its rows has that many parts");
  OpBuilder::InsertionGuard guard(rewriter);
  RowCutter(rewriter, program, *dim, parts).run();
  return success();
}
