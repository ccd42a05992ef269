// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SubProgram.h"
#include "Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "norm/Dialect/Norm/IR/ExpandCollectives.h"

using namespace mlir;
using namespace mlir::norm;

/// Bytes at multiples of which memrefs begin that are made here: an access of a
/// GPU's thread.
static constexpr int64_t temporaryAlignment = 16;

namespace {
class SubProgramBuilder {
public:
  SubProgramBuilder(OpBuilder &builder, GenericOp program,
                    ArrayRef<ProgramRoot> roots,
                    ArrayRef<int64_t> normalizedDims)
      : builder(builder), program(program), roots(roots),
        normalizedDims(normalizedDims), dims(program.getNumDims()) {}

  GenericOp build();

private:
  /// The operations that the roots need, in the order of the block, and the
  /// inputs that these read.
  void collect();
  void chooseDims();
  /// Operands for the sizes of dims that no other operand has.
  void addSizes();
  void addDims(AffineMap map);
  /// A list of the program's dims in the new space, those of it that are there.
  SmallVector<int64_t> renumber(ArrayRef<int64_t> from) const;
  AffineMap mapTo(ArrayRef<int64_t> to) const;
  SmallVector<Value> makeInits();
  void buildBody(OpBuilder &body, Location loc, ValueRange arguments);

  OpBuilder &builder;
  GenericOp program;
  ArrayRef<ProgramRoot> roots;
  ArrayRef<int64_t> normalizedDims;
  SmallVector<Operation *> ops;
  SmallVector<unsigned> inputs;
  /// Operands that are there for their sizes alone, with their dims.
  SmallVector<std::pair<Value, SmallVector<int64_t>>> sizeOperands;
  llvm::SmallBitVector dims;
};
} // namespace

SmallVector<int64_t> norm::dimsOf(AffineMap map) {
  return llvm::map_to_vector(map.getResults(), [](AffineExpr expr) -> int64_t {
    return cast<AffineDimExpr>(expr).getPosition();
  });
}

void SubProgramBuilder::addDims(AffineMap map) {
  for (int64_t dim : dimsOf(map))
    dims.set(dim);
}

void SubProgramBuilder::collect() {
  llvm::SmallDenseSet<Operation *> needed;
  llvm::SmallSetVector<unsigned, 8> read;
  SmallVector<Value> worklist = llvm::map_to_vector(
      roots, [](const ProgramRoot &root) { return root.value; });
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (!op)
      read.insert(cast<BlockArgument>(value).getArgNumber());
    else if (needed.insert(op).second)
      llvm::append_range(worklist, op->getOperands());
  }
  for (Operation &op : program.getBody().front())
    if (needed.contains(&op))
      ops.push_back(&op);
  inputs = read.takeVector();
  llvm::sort(inputs);
}

void SubProgramBuilder::chooseDims() {
  for (const ProgramRoot &root : roots) {
    for (int64_t dim : root.dims)
      dims.set(dim);
    if (root.init) // what an accumulator lacks, it sums over
      for (int64_t dim : program.getRowDims())
        if (!llvm::is_contained(root.dims, dim))
          dims.set(dim);
  }
  for (Operation *op : ops) {
    if (auto collective = dyn_cast<CollectiveOpInterface>(op))
      for (int64_t dim : collective.getCombinedDims())
        dims.set(dim);
    if (auto index = dyn_cast<IndexOp>(op))
      dims.set(index.getDim());
  }
  for (unsigned input : inputs)
    addDims(program.getInputMap(input));
}

void SubProgramBuilder::addSizes() {
  llvm::SmallBitVector covered(program.getNumDims());
  for (const ProgramRoot &root : roots)
    for (int64_t dim : root.dims)
      covered.set(dim);
  for (unsigned input : inputs)
    for (int64_t dim : dimsOf(program.getInputMap(input)))
      covered.set(dim);
  auto cover = [&](Value operand, ArrayRef<int64_t> own) {
    sizeOperands.emplace_back(operand, llvm::to_vector(own));
    for (int64_t dim : own)
      covered.set(dim);
  };
  for (auto [operand, map] : llvm::zip_equal(program->getOperands(),
                                             program.getIndexingMapsArray())) {
    SmallVector<int64_t> own = dimsOf(map);
    bool tells =
        llvm::any_of(own, [&](int64_t dim) { return !covered.test(dim); });
    if (tells && llvm::all_of(own, [&](int64_t dim) { return dims.test(dim); }))
      cover(operand, own);
  }
  for (int64_t dim : dims.set_bits()) {
    if (covered.test(dim))
      continue;
    cover(createEmpty(builder, program, dim, builder.getI8Type()), dim);
  }
}

SmallVector<int64_t> SubProgramBuilder::renumber(ArrayRef<int64_t> from) const {
  SmallVector<int64_t> renumbered;
  for (int64_t dim : from)
    if (dims.test(dim))
      renumbered.push_back(llvm::count_if(
          dims.set_bits(), [&](unsigned other) { return other < dim; }));
  return renumbered;
}

AffineMap SubProgramBuilder::mapTo(ArrayRef<int64_t> to) const {
  SmallVector<AffineExpr> exprs =
      llvm::map_to_vector(renumber(to), [&](int64_t dim) {
        return getAffineDimExpr(dim, builder.getContext());
      });
  return AffineMap::get(dims.count(), 0, exprs, builder.getContext());
}

SmallVector<Value> SubProgramBuilder::makeInits() {
  return llvm::map_to_vector(roots, [&](const ProgramRoot &root) -> Value {
    return root.init
               ? root.init
               : createEmpty(builder, program, root.dims, root.value.getType());
  });
}

void SubProgramBuilder::buildBody(OpBuilder &body, Location loc,
                                  ValueRange arguments) {
  IRMapping mapping;
  for (auto [input, argument] : llvm::zip(inputs, arguments))
    mapping.map(program.getBody().getArgument(input), argument);
  for (Operation *op : ops) {
    Operation *copy = body.clone(*op, mapping);
    if (auto index = dyn_cast<IndexOp>(copy))
      index.setDim(renumber({int64_t(index.getDim())}).front());
    auto collective = dyn_cast<CollectiveOpInterface>(op);
    if (!collective || isa<HeadMeanOp>(op))
      continue;
    DenseI64ArrayAttr over =
        body.getDenseI64ArrayAttr(renumber(collective.getCombinedDims()));
    copy->setAttr("over", over);
  }
  YieldOp::create(body, loc,
                  llvm::map_to_vector(roots, [&](const ProgramRoot &root) {
                    return mapping.lookup(root.value);
                  }));
}

GenericOp SubProgramBuilder::build() {
  collect();
  chooseDims();
  addSizes();
  SmallVector<Value> operands, inits = makeInits();
  SmallVector<AffineMap> maps;
  for (unsigned input : inputs) {
    operands.push_back(program.getInputs()[input]);
    maps.push_back(mapTo(dimsOf(program.getInputMap(input))));
  }
  for (const auto &[operand, own] : sizeOperands) {
    operands.push_back(operand);
    maps.push_back(mapTo(own));
  }
  for (const ProgramRoot &root : roots)
    maps.push_back(mapTo(root.dims));
  return GenericOp::create(
      builder, program.getLoc(), operands, inits, maps,
      renumber(normalizedDims),
      [&](OpBuilder &body, Location loc, ValueRange arguments) {
        buildBody(body, loc, arguments);
      });
}

GenericOp norm::buildSubProgram(OpBuilder &builder, GenericOp program,
                                ArrayRef<ProgramRoot> roots,
                                std::optional<ArrayRef<int64_t>> dims) {
  return SubProgramBuilder(builder, program, roots,
                           dims.value_or(program.getNormalizedDims()))
      .build();
}

Value norm::createEmpty(OpBuilder &builder, GenericOp program,
                        ArrayRef<int64_t> dims, Type elementType) {
  Location loc = program.getLoc();
  SmallVector<OpFoldResult> all = program.getMixedDimSizes(builder);
  SmallVector<OpFoldResult> shape =
      llvm::map_to_vector(dims, [&](int64_t dim) { return all[dim]; });
  if (!program.hasPureBufferSemantics())
    return tensor::EmptyOp::create(builder, loc, shape, elementType);
  SmallVector<int64_t> sizes;
  SmallVector<Value> dynamicSizes;
  dispatchIndexOpFoldResults(shape, dynamicSizes, sizes);
  return memref::AllocOp::create(
      builder, loc, MemRefType::get(sizes, elementType), dynamicSizes,
      builder.getI64IntegerAttr(temporaryAlignment));
}

BlockArgument norm::appendInput(GenericOp program, Value value,
                                ArrayRef<int64_t> dims) {
  MLIRContext *context = program.getContext();
  SmallVector<AffineExpr> exprs =
      llvm::map_to_vector(dims, [&](int64_t dim) -> AffineExpr {
        return getAffineDimExpr(dim, context);
      });
  return appendInput(program, value,
                     AffineMap::get(program.getNumDims(), 0, exprs, context));
}

void norm::makeInput(RewriterBase &rewriter, SizeOp op) {
  auto program = cast<GenericOp>(op->getParentOp());
  Location loc = program.getLoc();
  rewriter.setInsertionPoint(op);
  SmallVector<Value> folded;
  if (succeeded(rewriter.tryFold(op, folded)))
    return rewriter.replaceOp(op, folded);
  rewriter.setInsertionPoint(program);
  SmallVector<OpFoldResult> sizes = program.getMixedDimSizes(rewriter);
  Value count = arith::ConstantIndexOp::create(rewriter, loc, 1);
  for (int64_t dim : op.getCombinedDims())
    count = rewriter.createOrFold<arith::MulIOp>(
        loc, count, getValueOrCreateConstantIndexOp(rewriter, loc, sizes[dim]));
  if (isa<FloatType>(op.getType())) {
    count = rewriter.createOrFold<arith::IndexCastOp>(
        loc, rewriter.getI64Type(), count);
    count = rewriter.createOrFold<arith::UIToFPOp>(loc, op.getType(), count);
  }
  rewriter.replaceOp(op, appendInput(program, count, ArrayRef<int64_t>()));
}

void norm::expandCollectives(RewriterBase &rewriter, GenericOp program) {
  for (auto op : llvm::to_vector(program.getBody().getOps<MomentsOp>()))
    expandMoments(rewriter, op);
  for (auto op : llvm::to_vector(program.getBody().getOps<HeadMeanOp>()))
    expandHeadMean(rewriter, op);
  for (auto op : llvm::to_vector(program.getBody().getOps<SizeOp>()))
    if (op.getWhere())
      expandConditionalSize(rewriter, op);
    else
      makeInput(rewriter, op);
  eraseDeadOps(rewriter, program);
}

void norm::eraseDeadOps(RewriterBase &rewriter, GenericOp program) {
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(program.getBody().front())))
    if (!isa<YieldOp>(op) && op.use_empty())
      rewriter.eraseOp(&op);
}
