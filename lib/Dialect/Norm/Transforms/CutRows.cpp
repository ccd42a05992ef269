// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SubProgram.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
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

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

bool norm::canSumInParts(GenericOp program) {
  SmallVector<int64_t> rowDims = program.getRowDims();
  ArrayRef<int64_t> dims = program.getNormalizedDims();
  if (!program.hasPureBufferSemantics() || rowDims.size() != 1 || dims.empty())
    return false;
  bool sums = false;
  for (unsigned output = 0; output < program.getOutputs().size(); ++output) {
    AffineMap map = program.getOutputMap(output);
    size_t own = llvm::count_if(
        dims, [&](int64_t dim) { return map.isFunctionOfDim(dim); });
    sums |= program.isAccumulator(output);
    if (own != dims.size() && (own != 0 || program.isAccumulator(output)))
      return false;
  }
  return sums && llvm::all_of(program.getBody().getOps<CollectiveOpInterface>(),
                              [&](CollectiveOpInterface op) {
                                return llvm::equal(op.getCombinedDims(), dims);
                              });
}

/// The program that adds up `parts`, memrefs whose first dim numbers the parts,
/// onto `sums`; `maps` are the sums' in a space of the elements' dims behind
/// that of the parts.
static GenericOp addUpParts(RewriterBase &rewriter, Location loc,
                            ValueRange sums, ValueRange parts,
                            ArrayRef<AffineMap> maps) {
  SmallVector<Value> inputs(sums);
  llvm::append_range(inputs, parts);
  SmallVector<AffineMap> all(maps);
  AffineExpr part = rewriter.getAffineDimExpr(0);
  for (AffineMap map : maps)
    all.push_back(map.insertResult(part, 0));
  llvm::append_range(all, maps);
  return GenericOp::create(
      rewriter, loc, inputs, sums, all, /*normalizedDims=*/{0},
      [&](OpBuilder &body, Location loc, ValueRange arguments) {
        SmallVector<Value> totals;
        for (size_t i = 0; i < sums.size(); ++i) {
          Value sum = ReduceOp::create(body, loc, vector::CombiningKind::ADD,
                                       arguments[sums.size() + i],
                                       /*where=*/Value(), /*over=*/nullptr);
          totals.push_back(arith::AddFOp::create(body, loc, arguments[i], sum));
        }
        YieldOp::create(body, loc, totals);
      });
}

FailureOr<GenericOp> norm::sumInParts(RewriterBase &rewriter, GenericOp program,
                                      int64_t parts) {
  int64_t dim = program.getRowDims().front();
  int64_t rows = program.getDimSizes()[dim];
  if (parts <= 1 || ShapedType::isDynamic(rows) || rows == 0 ||
      rows % parts != 0)
    return rewriter.notifyMatchFailure(program,
                                       "its rows have not that many parts");
  OpBuilder::InsertionGuard guard(rewriter);
  SmallVector<unsigned> outputs;
  for (unsigned output = 0; output < program.getOutputs().size(); ++output)
    if (program.isAccumulator(output))
      outputs.push_back(output);
  RowCutter(rewriter, program, dim, parts).run();
  Location loc = program.getLoc();
  SmallVector<Value> sums, memory;
  SmallVector<AffineMap> sumMaps, maps = program.getIndexingMapsArray();
  ArrayRef<int64_t> dims = program.getNormalizedDims();
  for (unsigned output : outputs) {
    AffineMap &map = maps[program.getInputs().size() + output];
    sums.push_back(program.getOutputs()[output]);
    SmallVector<AffineExpr> elements;
    for (int64_t own : dimsOf(map))
      elements.push_back(rewriter.getAffineDimExpr(
          1 + (llvm::find(dims, own) - dims.begin())));
    sumMaps.push_back(
        AffineMap::get(1 + dims.size(), 0, elements, rewriter.getContext()));
    map = map.insertResult(rewriter.getAffineDimExpr(dim), 0);
    Type type = getElementTypeOrSelf(sums.back());
    rewriter.setInsertionPoint(program);
    memory.push_back(createEmpty(rewriter, program, dimsOf(map), type));
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(type));
    linalg::FillOp::create(rewriter, loc, zero, memory.back());
  }
  rewriter.modifyOpInPlace(program, [&] {
    for (auto [output, own] : llvm::zip_equal(outputs, memory))
      program.getOutputsMutable()[output].set(own);
    program.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
  });
  rewriter.setInsertionPointAfter(program);
  GenericOp total = addUpParts(rewriter, loc, sums, memory, sumMaps);
  for (Value own : memory)
    memref::DeallocOp::create(rewriter, loc, own);
  return total;
}
