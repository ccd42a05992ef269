// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SubProgram.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace mlir::norm;

namespace {
class SubProgramBuilder {
public:
  SubProgramBuilder(OpBuilder &builder, GenericOp program,
                    ArrayRef<ProgramRoot> roots)
      : builder(builder), program(program), roots(roots),
        dims(program.getNumDims()) {}

  GenericOp build();

private:
  /// The operations that the roots need, in the order of the block, and the
  /// inputs that these read.
  void collect();
  /// The dims of the new space, and inputs that are read for their sizes alone.
  void chooseDims();
  void addDims(AffineMap map);
  /// A list of the program's dims in the new space, those of it that are there.
  SmallVector<int64_t> renumber(ArrayRef<int64_t> from) const;
  AffineMap mapTo(ArrayRef<int64_t> to) const;
  SmallVector<Value> makeInits();
  void buildBody(OpBuilder &body, Location loc, ValueRange arguments);

  OpBuilder &builder;
  GenericOp program;
  ArrayRef<ProgramRoot> roots;
  SmallVector<Operation *> ops;
  SmallVector<unsigned> inputs;
  llvm::SmallBitVector dims;
};
} // namespace

static SmallVector<int64_t> dimsOf(AffineMap map) {
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
  llvm::SmallBitVector covered(program.getNumDims());
  for (const ProgramRoot &root : roots) {
    for (int64_t dim : root.dims) {
      dims.set(dim);
      covered.set(dim);
    }
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
  for (unsigned input : inputs)
    for (int64_t dim : dimsOf(program.getInputMap(input)))
      covered.set(dim);
  // Tensors whose sizes tell what no operand of the new program does.
  for (unsigned input = 0; input < program.getInputs().size(); ++input) {
    AffineMap map = program.getInputMap(input);
    bool tells = llvm::any_of(dimsOf(map), [&](int64_t dim) {
      return dims.test(dim) && !covered.test(dim);
    });
    if (!tells)
      continue;
    inputs.push_back(input);
    addDims(map);
    for (int64_t dim : dimsOf(map))
      covered.set(dim);
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
  SmallVector<OpFoldResult> sizes = program.getMixedDimSizes(builder);
  return llvm::map_to_vector(roots, [&](const ProgramRoot &root) -> Value {
    if (root.init)
      return root.init;
    SmallVector<OpFoldResult> shape =
        llvm::map_to_vector(root.dims, [&](int64_t dim) { return sizes[dim]; });
    return tensor::EmptyOp::create(builder, program.getLoc(), shape,
                                   root.value.getType());
  });
}

void SubProgramBuilder::buildBody(OpBuilder &body, Location loc,
                                  ValueRange arguments) {
  IRMapping mapping;
  for (auto [input, argument] : llvm::zip_equal(inputs, arguments))
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
  SmallVector<Value> operands, inits = makeInits();
  SmallVector<AffineMap> maps;
  for (unsigned input : inputs) {
    operands.push_back(program.getInputs()[input]);
    maps.push_back(mapTo(dimsOf(program.getInputMap(input))));
  }
  for (const ProgramRoot &root : roots)
    maps.push_back(mapTo(root.dims));
  return GenericOp::create(
      builder, program.getLoc(), operands, inits, maps,
      renumber(program.getNormalizedDims()),
      [&](OpBuilder &body, Location loc, ValueRange arguments) {
        buildBody(body, loc, arguments);
      });
}

GenericOp norm::buildSubProgram(OpBuilder &builder, GenericOp program,
                                ArrayRef<ProgramRoot> roots) {
  return SubProgramBuilder(builder, program, roots).build();
}
