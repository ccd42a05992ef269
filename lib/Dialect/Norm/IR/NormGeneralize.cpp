// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The row program of each named operation: its definition.

#include "ComputeBuilder.h"
#include "NamedNorm.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/EnumeratedArray.h"

using namespace mlir;
using namespace mlir::norm;

//===----------------------------------------------------------------------===//
// Around the row program: the dim that has groups becomes two
//===----------------------------------------------------------------------===//

/// Each dim for itself but `split`, which becomes two.
static SmallVector<ReassociationIndices> reassociationFor(int64_t rank,
                                                          int64_t split) {
  SmallVector<ReassociationIndices> reassociation;
  for (int64_t dim = 0; dim < rank; ++dim) {
    reassociation.push_back({dim > split ? dim + 1 : dim});
    if (dim == split)
      reassociation.back().push_back(dim + 1);
  }
  return reassociation;
}

/// The operand with a dim in `numGroups` parts.
static Value splitDim(OpBuilder &builder, Location loc, Value operand,
                      int64_t split, int64_t numGroups) {
  auto type = cast<ShapedType>(operand.getType());
  bool isTensor = isa<RankedTensorType>(type);
  SmallVector<OpFoldResult> sizes =
      isTensor ? tensor::getMixedSizes(builder, loc, operand)
               : memref::getMixedSizes(builder, loc, operand);
  SmallVector<int64_t> shape(type.getShape());
  int64_t size = shape[split];
  OpFoldResult perGroup;
  if (ShapedType::isDynamic(size)) {
    Value count = arith::ConstantIndexOp::create(builder, loc, numGroups);
    perGroup = builder.createOrFold<arith::DivUIOp>(
        loc, cast<Value>(sizes[split]), count);
  } else {
    size /= numGroups;
    perGroup = builder.getIndexAttr(size);
  }
  sizes[split] = builder.getIndexAttr(numGroups);
  sizes.insert(sizes.begin() + split + 1, perGroup);
  shape[split] = numGroups;
  shape.insert(shape.begin() + split + 1, size);
  SmallVector<ReassociationIndices> reassociation =
      reassociationFor(type.getRank(), split);
  if (isTensor)
    return tensor::ExpandShapeOp::create(
        builder, loc, RankedTensorType::get(shape, type.getElementType()),
        operand, reassociation, sizes);
  return memref::ExpandShapeOp::create(builder, loc, shape, operand,
                                       reassociation, sizes);
}

SmallVector<Value> norm::expandOperands(NormOpInterface op,
                                        OpBuilder &builder) {
  SmallVector<Value> operands(op->getOperands());
  std::optional<ChannelGroups> groups = op.getChannelGroups();
  if (!groups)
    return operands;
  // One value for one: an output in its input's memory stays that.
  llvm::SmallDenseMap<Value, Value> expanded;
  for (const NamedOperand &named : getNamedOperands(op)) {
    std::optional<int64_t> dim = findDimToSplit(op, named);
    if (!dim)
      continue;
    Value operand = named.operand->get();
    Value &split = expanded[operand];
    if (!split)
      split = splitDim(builder, op.getLoc(), operand, *dim, groups->count);
    operands[named.operand->getOperandNumber()] = split;
  }
  return operands;
}

SmallVector<Value> norm::collapseResults(NormOpInterface op, OpBuilder &builder,
                                         ValueRange results) {
  SmallVector<Value> collapsed(results);
  std::optional<ChannelGroups> groups = op.getChannelGroups();
  if (!groups || results.empty())
    return collapsed;
  auto type = cast<RankedTensorType>(op->getResultTypes().front());
  collapsed.front() = tensor::CollapseShapeOp::create(
      builder, op.getLoc(), type, results.front(),
      reassociationFor(type.getRank(), groups->dim));
  return collapsed;
}

//===----------------------------------------------------------------------===//
// The row program
//===----------------------------------------------------------------------===//

namespace {
/// The element of each input in the block, null for one that is not there.
using Elements = llvm::EnumeratedArray<Value, OperandRole>;

/// x without its mean (or as it is), its mean if it is computed here, and what
/// rstd is the inverse root of, but for epsilon.
struct Statistics {
  Value centered, mean, spread;
};
} // namespace

/// 1/√value, and 0 for a value that is exactly 0: only a row without any spread
/// under an epsilon of 0 gets there, and it shall give beta.
static Value emitGuardedRsqrt(ComputeBuilder &compute, Value value,
                              bool mayBeZero) {
  Value rsqrt = math::RsqrtOp::create(compute.builder, compute.loc, value);
  if (!mayBeZero)
    return rsqrt;
  Value zero = compute.zero();
  Value isZero = arith::CmpFOp::create(compute.builder, compute.loc,
                                       arith::CmpFPredicate::OEQ, value, zero);
  return arith::SelectOp::create(compute.builder, compute.loc, isZero, zero,
                                 rsqrt);
}

static Value emitMeanSquare(ComputeBuilder &compute, Value value, Value mask) {
  Value sum = compute.sum(compute.mul(value, value), mask, /*over=*/nullptr);
  return compute.mul(sum, compute.inverseCount(mask, /*over=*/nullptr));
}

static Statistics emitStatistics(NormOpInterface op, ComputeBuilder &compute,
                                 const Elements &elements) {
  Value x = compute.extend(elements[OperandRole::Input]);
  Value mask = elements[OperandRole::Mask];
  if (Value variance = elements[OperandRole::Variance]) {
    Value mean = compute.extend(elements[OperandRole::Mean]);
    return {compute.sub(x, mean), mean, compute.extend(variance)};
  }
  if (!op.isCentered())
    return {x, Value(), emitMeanSquare(compute, x, mask)};
  auto moments = MomentsOp::create(compute.builder, compute.loc,
                                   /*algorithm=*/nullptr, x, mask,
                                   /*over=*/nullptr);
  return {moments.getCentered(), moments.getMean(), moments.getVariance()};
}

static Value emitRstd(NormOpInterface op, ComputeBuilder &compute, Value spread,
                      Value epsilonElement) {
  std::optional<APFloat> constant = op.getEpsilon();
  // An epsilon may be 0 only once it is rounded.
  bool mayBeZero = !constant || compute.round(*constant).isZero();
  Value epsilon =
      constant ? compute.constant(*constant) : compute.extend(epsilonElement);
  return emitGuardedRsqrt(compute, compute.add(spread, epsilon), mayBeZero);
}

/// y = centered · rstd · gamma + beta.
static Value emitAffine(NormOpInterface op, ComputeBuilder &compute,
                        Value centered, Value rstd, const Elements &elements) {
  Value y = compute.mul(centered, rstd);
  if (Value gamma = elements[OperandRole::Gamma]) {
    Value scale = compute.extend(gamma);
    std::optional<APFloat> offset = op.getGammaOffset();
    if (offset && !offset->isZero())
      scale = compute.add(scale, compute.constant(*offset));
    y = compute.mul(y, scale);
  }
  if (Value beta = elements[OperandRole::Beta])
    y = compute.add(y, compute.extend(beta));
  return y;
}

/// The block: all in the compute type, each output cast to its element type.
static void emitBlock(NormOpInterface op, ArrayRef<NamedOperand> operands,
                      ComputeBuilder &compute, ValueRange arguments) {
  Elements elements;
  for (auto [named, argument] : llvm::zip(operands, arguments))
    elements[named.role] = argument;
  Statistics statistics = emitStatistics(op, compute, elements);
  Value rstd =
      emitRstd(op, compute, statistics.spread, elements[OperandRole::Epsilon]);
  Value y = emitAffine(op, compute, statistics.centered, rstd, elements);
  Elements computed;
  computed[OperandRole::Output] = y;
  computed[OperandRole::Mean] = statistics.mean;
  computed[OperandRole::Variance] = statistics.spread;
  computed[OperandRole::Rstd] = rstd;
  SmallVector<Value> yielded;
  for (const NamedOperand &named : operands.drop_front(arguments.size()))
    yielded.push_back(
        compute.cast(computed[named.role],
                     getElementTypeOrSelf(named.operand->get().getType())));
  YieldOp::create(compute.builder, compute.loc, yielded);
}

GenericOp norm::buildProgram(NormOpInterface op, OpBuilder &builder,
                             ValueRange operands) {
  MLIRContext *context = op.getContext();
  SmallVector<NamedOperand> named = getNamedOperands(op);
  int64_t numDims =
      dimsInProgram(op, named.front().inputDims).size(); // those of the input
  SmallVector<AffineMap> maps;
  for (const NamedOperand &operand : named) {
    SmallVector<AffineExpr> exprs = llvm::map_to_vector(
        dimsInProgram(op, operand.inputDims, operand.isPerGroup),
        [&](int64_t dim) { return getAffineDimExpr(dim, context); });
    maps.push_back(AffineMap::get(numDims, 0, exprs, context));
  }
  unsigned numInits = op.getDpsInitsMutable().size();
  return GenericOp::create(
      builder, op.getLoc(), operands.drop_back(numInits),
      operands.take_back(numInits), maps, op.getNormalizedDims(),
      [&](OpBuilder &body, Location loc, ValueRange arguments) {
        ComputeBuilder compute(body, loc, op.getEffectiveComputeType());
        emitBlock(op, named, compute, arguments);
      });
}

Generalization norm::detail::generalize(NormOpInterface op,
                                        OpBuilder &builder) {
  GenericOp program = buildProgram(op, builder, expandOperands(op, builder));
  return {program, collapseResults(op, builder, program->getResults())};
}
