// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "NamedNorm.h"
#include "SliceCloner.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "norm/Dialect/Norm/IR/Decompose.h"
#include "norm/Dialect/Norm/IR/ExpandCollectives.h"
#include "norm/Dialect/Norm/IR/VaryingDims.h"

using namespace mlir;
using namespace mlir::norm;

namespace {
using Dims = SmallVector<int64_t>;

/// A tensor (or, with no dims, maybe a scalar) and the dims of the iteration
/// space that its own dims stand for, in their order.
struct Placed {
  Value value;
  Dims dims;
};

/// A linalg.generic to be: it reads what `roots` need and combines them.
struct Stage {
  /// The dims it iterates over, increasing, and those among them that reduce.
  Dims dims, reduced;
  SmallVector<Value> roots;
  SmallVector<Placed> outs;
  /// Makes the yielded values of the roots' and the outs' elements.
  function_ref<SmallVector<Value>(OpBuilder &, ValueRange, ValueRange)> combine;
};

/// Builds linalg operations for one program whose only collectives are
/// norm.reduce and norm.size without a condition.
class Decomposer {
public:
  Decomposer(OpBuilder &builder, GenericOp program, FloatType computeType);

  SmallVector<Value> run();

private:
  void emitSize(SizeOp op);
  void emitReduction(ReduceOp op);
  void emitElementwiseOutputs(const Dims &dims, ArrayRef<unsigned> outputs);
  void emitAccumulator(unsigned output);
  Value castTensor(Placed placed, Type elementType, Value out);
  ValueRange emit(const Stage &stage);

  Dims dimsOf(AffineMap map) const;
  Dims dimsOf(const llvm::SmallBitVector &bits) const {
    return Dims(bits.set_bits_begin(), bits.set_bits_end());
  }
  /// A tensor with a dim for each of `dims`, without values.
  Value emptyOver(ArrayRef<int64_t> dims, Type elementType);
  AffineMap mapTo(ArrayRef<int64_t> iterated, ArrayRef<int64_t> dims) const;

  OpBuilder &builder;
  GenericOp program;
  FloatType computeType;
  Location loc;
  VaryingDims varying;
  SmallVector<OpFoldResult> sizes;
  /// What the block's arguments and collectives are outside.
  llvm::DenseMap<Value, Placed> placed;
  SmallVector<Value> results;
};
} // namespace

Decomposer::Decomposer(OpBuilder &builder, GenericOp program,
                       FloatType computeType)
    : builder(builder), program(program), computeType(computeType),
      loc(program.getLoc()), varying(program),
      sizes(program.getMixedDimSizes(builder)), results(program.getOutputs()) {
  for (auto [index, argument] :
       llvm::enumerate(program.getBody().getArguments()))
    placed[argument] = {program.getInputs()[index],
                        dimsOf(program.getInputMap(index))};
}

Dims Decomposer::dimsOf(AffineMap map) const {
  return llvm::map_to_vector(map.getResults(), [](AffineExpr expr) -> int64_t {
    return cast<AffineDimExpr>(expr).getPosition();
  });
}

Value Decomposer::emptyOver(ArrayRef<int64_t> dims, Type elementType) {
  SmallVector<OpFoldResult> selected =
      llvm::map_to_vector(dims, [&](int64_t dim) { return sizes[dim]; });
  return tensor::EmptyOp::create(builder, loc, selected, elementType);
}

AffineMap Decomposer::mapTo(ArrayRef<int64_t> iterated,
                            ArrayRef<int64_t> dims) const {
  SmallVector<AffineExpr> exprs = llvm::map_to_vector(dims, [&](int64_t dim) {
    return getAffineDimExpr(llvm::find(iterated, dim) - iterated.begin(),
                            builder.getContext());
  });
  return AffineMap::get(iterated.size(), 0, exprs, builder.getContext());
}

SmallVector<Value> Decomposer::run() {
  for (Operation &op : program.getBody().front()) {
    if (auto size = dyn_cast<SizeOp>(op))
      emitSize(size);
    else if (auto reduce = dyn_cast<ReduceOp>(op))
      emitReduction(reduce);
  }
  llvm::MapVector<Dims, SmallVector<unsigned>> elementwise;
  for (unsigned i = 0, e = program.getOutputs().size(); i < e; ++i) {
    if (program.isAccumulator(i)) {
      emitAccumulator(i);
      continue;
    }
    Dims dims = dimsOf(program.getOutputMap(i));
    llvm::sort(dims);
    elementwise[dims].push_back(i);
  }
  for (auto &[dims, outputs] : elementwise)
    emitElementwiseOutputs(dims, outputs);
  return results;
}

void Decomposer::emitSize(SizeOp op) {
  OpFoldResult count = builder.getIndexAttr(1);
  for (int64_t dim : op.getCombinedDims()) {
    Value lhs = getValueOrCreateConstantIndexOp(builder, loc, count);
    Value rhs = getValueOrCreateConstantIndexOp(builder, loc, sizes[dim]);
    count = builder.createOrFold<arith::MulIOp>(loc, lhs, rhs);
  }
  Value value = getValueOrCreateConstantIndexOp(builder, loc, count);
  Type type = SliceCloner(builder, computeType).promote(op.getType());
  if (isa<FloatType>(type)) {
    value = builder.createOrFold<arith::IndexCastOp>(loc, builder.getI64Type(),
                                                     value);
    value = builder.createOrFold<arith::UIToFPOp>(loc, type, value);
  }
  placed[op.getResult()] = {value, {}};
}

void Decomposer::emitReduction(ReduceOp op) {
  Dims combined = op.getCombinedDims();
  llvm::SmallBitVector iterated = varying[op.getValue()];
  if (op.getWhere())
    iterated |= varying[op.getWhere()];
  for (int64_t dim : combined)
    iterated.set(dim);

  Type type =
      SliceCloner(builder, computeType).promote(op.getValue().getType());
  TypedAttr identity = ReduceOp::getIdentity(op.getKind(), type);
  // The order of a reduction is not part of its meaning.
  bool isSum = op.getKind() == vector::CombiningKind::ADD ||
               op.getKind() == vector::CombiningKind::MUL;
  arith::FastMathFlagsAttr fastmath;
  if (isSum && isa<FloatType>(type))
    fastmath = arith::FastMathFlagsAttr::get(builder.getContext(),
                                             arith::FastMathFlags::reassoc);
  auto combine = [&](OpBuilder &body, ValueRange roots, ValueRange outs) {
    Value value = roots.front();
    if (op.getWhere())
      value = arith::SelectOp::create(
          body, loc, roots[1], value,
          arith::ConstantOp::create(body, loc, identity));
    return SmallVector<Value>{vector::makeArithReduction(
        body, loc, op.getKind(), value, outs.front(), fastmath)};
  };

  Dims kept = dimsOf(varying[op.getResult()]);
  Value init =
      linalg::FillOp::create(
          builder, loc,
          ValueRange{arith::ConstantOp::create(builder, loc, identity)},
          ValueRange{emptyOver(kept, type)})
          .getResult(0);
  Stage stage{
      dimsOf(iterated), combined, {op.getValue()}, {{init, kept}}, combine};
  if (op.getWhere())
    stage.roots.push_back(op.getWhere());
  placed[op.getResult()] = {emit(stage).front(), kept};
}

void Decomposer::emitElementwiseOutputs(const Dims &dims,
                                        ArrayRef<unsigned> outputs) {
  auto combine = [&](OpBuilder &body, ValueRange roots, ValueRange) {
    return llvm::map_to_vector(llvm::zip_equal(roots, outputs), [&](auto pair) {
      auto [root, output] = pair;
      Type type = getElementTypeOrSelf(program.getOutputs()[output]);
      return isa<FloatType>(type) ? castFloat(body, loc, root, type) : root;
    });
  };
  Stage stage{dims, {}, {}, {}, combine};
  for (unsigned output : outputs) {
    stage.roots.push_back(program.getYield().getValues()[output]);
    stage.outs.push_back(
        {program.getOutputs()[output], dimsOf(program.getOutputMap(output))});
  }
  for (auto [output, result] : llvm::zip_equal(outputs, emit(stage)))
    results[output] = result;
}

void Decomposer::emitAccumulator(unsigned output) {
  Value root = program.getYield().getValues()[output];
  Placed init = {program.getOutputs()[output],
                 dimsOf(program.getOutputMap(output))};
  Type outputType = getElementTypeOrSelf(init.value);
  Type type = SliceCloner(builder, computeType).promote(outputType);
  Value sum = init.value;
  if (type != outputType)
    sum = castTensor(init, type, emptyOver(init.dims, type));

  llvm::SmallBitVector iterated = varying[root];
  for (int64_t dim : init.dims)
    iterated.set(dim);
  Dims reduced;
  for (int64_t dim : program.getRowDims())
    if (!llvm::is_contained(init.dims, dim)) {
      iterated.set(dim);
      reduced.push_back(dim);
    }
  auto combine = [&](OpBuilder &body, ValueRange roots, ValueRange outs) {
    return SmallVector<Value>{arith::AddFOp::create(
        body, loc, outs.front(), roots.front(), arith::FastMathFlags::reassoc)};
  };
  sum = emit({dimsOf(iterated), reduced, {root}, {{sum, init.dims}}, combine})
            .front();
  if (type != outputType)
    sum = castTensor({sum, init.dims}, outputType, init.value);
  results[output] = sum;
}

/// The tensor's values in another float type, written to `out`.
Value Decomposer::castTensor(Placed tensor, Type elementType, Value out) {
  AffineMap identity = builder.getMultiDimIdentityMap(tensor.dims.size());
  SmallVector<utils::IteratorType> iterators(tensor.dims.size(),
                                             utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             builder, loc, out.getType(), tensor.value, out,
             ArrayRef<AffineMap>{identity, identity}, iterators,
             [&](OpBuilder &body, Location loc, ValueRange elements) {
               linalg::YieldOp::create(
                   body, loc,
                   castFloat(body, loc, elements.front(), elementType));
             })
      .getResult(0);
}

ValueRange Decomposer::emit(const Stage &stage) {
  ProgramSlice slice(program, stage.roots);
  SmallVector<Value> inputs, outs;
  SmallVector<AffineMap> maps;
  llvm::SmallBitVector covered(program.getNumDims());
  auto cover = [&](const Dims &dims) {
    maps.push_back(mapTo(stage.dims, dims));
    for (int64_t dim : dims)
      covered.set(dim);
  };
  for (Value leaf : slice.leaves) {
    inputs.push_back(placed[leaf].value);
    cover(placed[leaf].dims);
  }
  for (const Placed &out : stage.outs)
    for (int64_t dim : out.dims)
      covered.set(dim);
  // Dims that nothing read or written tells the size of.
  Dims missing;
  for (int64_t dim : stage.dims)
    if (!covered.test(dim))
      missing.push_back(dim);
  if (!missing.empty()) {
    inputs.push_back(emptyOver(missing, builder.getI1Type()));
    cover(missing);
  }
  for (const Placed &out : stage.outs) {
    outs.push_back(out.value);
    cover(out.dims);
  }
  SmallVector<utils::IteratorType> iterators =
      llvm::map_to_vector(stage.dims, [&](int64_t dim) {
        return llvm::is_contained(stage.reduced, dim)
                   ? utils::IteratorType::reduction
                   : utils::IteratorType::parallel;
      });
  auto buildBody = [&](OpBuilder &body, Location, ValueRange elements) {
    SliceCloner cloner(body, computeType);
    for (auto [index, leaf] : llvm::enumerate(slice.leaves))
      cloner.bind(leaf, elements[index]);
    for (Operation *op : slice.ops) {
      if (auto index = dyn_cast<IndexOp>(op))
        cloner.bind(index, linalg::IndexOp::create(
                               body, op->getLoc(),
                               llvm::find(stage.dims, index.getDim()) -
                                   stage.dims.begin()));
      else
        cloner.clone(op);
    }
    SmallVector<Value> roots = llvm::map_to_vector(
        stage.roots, [&](Value root) { return cloner.lookup(root); });
    linalg::YieldOp::create(
        body, loc, stage.combine(body, roots, elements.take_back(outs.size())));
  };
  return linalg::GenericOp::create(builder, loc, TypeRange(ValueRange(outs)),
                                   inputs, outs, maps, iterators, buildBody)
      .getResults();
}

FailureOr<SmallVector<Value>>
norm::decompose(OpBuilder &builder, GenericOp program, FloatType computeType) {
  if (!program.hasPureTensorSemantics())
    return failure();
  // A copy that no block holds: nobody sees it change.
  GenericOp copy = program.clone();
  IRRewriter rewriter(builder.getContext());
  copy.getBody().walk([&](MomentsOp op) { expandMoments(rewriter, op); });
  copy.getBody().walk([&](HeadMeanOp op) { expandHeadMean(rewriter, op); });
  copy.getBody().walk([&](SizeOp op) {
    if (op.getWhere())
      expandConditionalSize(rewriter, op);
  });
  SmallVector<Value> results = Decomposer(builder, copy, computeType).run();
  copy->destroy();
  return results;
}

FailureOr<SmallVector<Value>>
GenericOp::decomposeOperation(OpBuilder &builder) {
  return decompose(builder, *this);
}

/// By way of the operation's row program, which no block ever holds.
static FailureOr<SmallVector<Value>> decomposeNamedOp(NormOpInterface op,
                                                      OpBuilder &builder) {
  if (!op.hasPureTensorSemantics())
    return failure();
  OpBuilder detached(op.getContext());
  GenericOp program = buildProgram(op, detached, expandOperands(op, builder));
  SmallVector<Value> results = *decompose(builder, program);
  program->destroy();
  return collapseResults(op, builder, results);
}

#define NORM_DECOMPOSE_NAMED_OP(Op)                                            \
  FailureOr<SmallVector<Value>> Op::decomposeOperation(OpBuilder &builder) {   \
    return decomposeNamedOp(*this, builder);                                   \
  }

NORM_DECOMPOSE_NAMED_OP(LayerNormOp)
NORM_DECOMPOSE_NAMED_OP(RMSNormOp)
NORM_DECOMPOSE_NAMED_OP(GroupNormOp)
NORM_DECOMPOSE_NAMED_OP(BatchNormInferenceOp)
NORM_DECOMPOSE_NAMED_OP(BatchNormTrainingOp)
