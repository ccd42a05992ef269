// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm.statistics: constraints, row program, merging.

#include "ComputeBuilder.h"
#include "DestinationStyle.h"
#include "NamedNorm.h"
#include "norm/Dialect/Norm/IR/Decompose.h"
#include "norm/Dialect/Norm/IR/Statistics.h"

using namespace mlir;
using namespace mlir::norm;

//===----------------------------------------------------------------------===//
// Constraints and interfaces
//===----------------------------------------------------------------------===//

SmallVector<int64_t> StatisticsOp::getRowDims() {
  return remainingDims(cast<ShapedType>(getInput().getType()).getRank(),
                       getAxes());
}

/// c2, c3.
static LogicalResult verifyShape(StatisticsOp op, StringRef name, Type type,
                                 ArrayRef<int64_t> expected) {
  if (succeeded(
          verifyCompatibleShape(cast<ShapedType>(type).getShape(), expected)))
    return success();
  InFlightDiagnostic diagnostic = op.emitOpError()
                                  << "expected " << name << " of shape [";
  llvm::interleaveComma(expected, diagnostic, [&](int64_t size) {
    ShapedType::isDynamic(size) ? diagnostic << "?" : diagnostic << size;
  });
  return diagnostic << "], got " << type;
}

/// c4.
static LogicalResult verifyType(StatisticsOp op) {
  Type inputType = getElementTypeOrSelf(op.getInput());
  Type type = getElementTypeOrSelf(op.getCount());
  if (!type.isF32() && !type.isF64())
    return op.emitOpError() << "expected inits of f32 or f64, got " << type;
  if (type.getIntOrFloatBitWidth() < inputType.getIntOrFloatBitWidth())
    return op.emitOpError() << "expected inits no narrower than " << inputType
                            << ", got " << type;
  return success();
}

/// c5. That two outputs differ, verifyDestinationStyle sees to.
static LogicalResult verifyMemory(StatisticsOp op) {
  for (OpOperand *input : op.getDpsInputOperands())
    for (OpOperand &init : op.getDpsInitsMutable())
      if (isa<MemRefType>(init.get().getType()) && init.get() == input->get())
        return op.emitOpError()
               << "expected operand #" << input->getOperandNumber()
               << " and the output #" << init.getOperandNumber()
               << " to be different memory";
  return success();
}

LogicalResult StatisticsOp::verify() {
  ArrayRef<int64_t> shape = cast<ShapedType>(getInput().getType()).getShape();
  if (failed(verifyDestinationStyle(*this)) ||
      failed(verifyAxes(*this, "axes", getAxes(), shape.size())))
    return failure();
  if (getMask() &&
      failed(verifyShape(*this, "mask", getMask().getType(), shape)))
    return failure();
  SmallVector<int64_t> rows = llvm::map_to_vector(
      getRowDims(), [&](int64_t dim) { return shape[dim]; });
  if (failed(verifyShape(*this, "inits", getCount().getType(), rows)) ||
      failed(verifyType(*this)))
    return failure();
  return verifyMemory(*this);
}

void StatisticsOp::getEffects(MemoryEffectList &effects) {
  appendDestinationStyleEffects(*this, effects, [](unsigned) { return true; });
}

Speculation::Speculatability StatisticsOp::getSpeculatability() {
  return destinationStyleSpeculatability(*this);
}

LogicalResult
StatisticsOp::reifyResultShapes(OpBuilder &builder,
                                ReifiedRankedShapedTypeDims &shapes) {
  return reifyFromInits(*this, builder, shapes);
}

//===----------------------------------------------------------------------===//
// Row programs
//===----------------------------------------------------------------------===//

namespace {
/// What describes a set of elements.
struct Summary {
  Value count, mean, correction, m2;

  static Summary of(ValueRange values) {
    return {values[0], values[1], values[2], values[3]};
  }
};
} // namespace

static Value atLeastOne(ComputeBuilder &compute, Value count) {
  return arith::MaximumFOp::create(compute.builder, compute.loc, count,
                                   compute.constant(APFloat(1.0)));
}

/// `value` + `small` as a float and what its rounding leaves: exact whatever
/// their sizes (Knuth, "The Art of Computer Programming" 2, 4.2.2).
static std::pair<Value, Value> splitSum(ComputeBuilder &compute, Value value,
                                        Value small) {
  auto add = [&](Value lhs, Value rhs) -> Value {
    return arith::AddFOp::create(compute.builder, compute.loc, lhs, rhs);
  };
  Value sum = add(value, small);
  Value ofSmall = compute.sub(sum, value);
  Value ofValue = compute.sub(sum, ofSmall);
  return {sum, add(compute.sub(value, ofValue), compute.sub(small, ofSmall))};
}

/// The union of two sets. The mean of an empty first set is nothing that the
/// second's can be expressed by, so that is taken over as it is.
static Summary merge(ComputeBuilder &compute, const Summary &a,
                     const Summary &b) {
  OpBuilder &builder = compute.builder;
  Value count = compute.add(a.count, b.count);
  Value weight = arith::DivFOp::create(builder, compute.loc, b.count,
                                       atLeastOne(compute, count));
  Value delta = compute.add(compute.sub(b.mean, a.mean),
                            compute.sub(b.correction, a.correction));
  auto [mean, correction] = splitSum(
      compute, a.mean, compute.add(a.correction, compute.mul(delta, weight)));
  Value between =
      compute.mul(compute.mul(delta, delta), compute.mul(a.count, weight));
  Value m2 = compute.add(compute.add(a.m2, b.m2), between);
  Value isEmpty = arith::CmpFOp::create(
      builder, compute.loc, arith::CmpFPredicate::OEQ, a.count, compute.zero());
  auto choose = [&](Value ifEmpty, Value otherwise) -> Value {
    return arith::SelectOp::create(builder, compute.loc, isEmpty, ifEmpty,
                                   otherwise);
  };
  return {count, choose(b.mean, mean), choose(b.correction, correction),
          choose(b.m2, m2)};
}

static void yieldSummary(ComputeBuilder &compute, const Summary &summary) {
  YieldOp::create(
      compute.builder, compute.loc,
      ValueRange{summary.count, summary.mean, summary.correction, summary.m2});
}

/// By corrected_two_pass.
static Summary summarize(ComputeBuilder &compute, Value x, Value mask) {
  Value inverse = compute.inverseCount(mask, /*over=*/nullptr);
  Value mean = compute.mul(compute.sum(x, mask, nullptr), inverse);
  Value difference = compute.sub(x, mean);
  Value sum = compute.sum(difference, mask, nullptr);
  Value squares =
      compute.sum(compute.mul(difference, difference), mask, nullptr);
  Value correction = compute.mul(sum, inverse);
  Value m2 = arith::MaximumFOp::create(
      compute.builder, compute.loc,
      compute.sub(squares, compute.mul(sum, correction)), compute.zero());
  Value count = compute.builder.createOrFold<SizeOp>(compute.loc, compute.type,
                                                     mask, DenseI64ArrayAttr());
  return {count, mean, correction, m2};
}

/// All parts together: a program whose normalized dims number the parts.
static Summary summarizeParts(ComputeBuilder &compute, const Summary &part) {
  auto sum = [&](Value value) {
    return compute.sum(value, /*where=*/nullptr, /*over=*/nullptr);
  };
  Value count = sum(part.count);
  Value weight = arith::DivFOp::create(compute.builder, compute.loc, part.count,
                                       atLeastOne(compute, count));
  Value pivot = sum(compute.mul(weight, part.mean));
  Value delta = compute.add(compute.sub(part.mean, pivot), part.correction);
  Value offset = sum(compute.mul(weight, delta));
  Value rest = compute.sub(delta, offset);
  Value between = sum(compute.mul(part.count, compute.mul(rest, rest)));
  auto [mean, correction] = splitSum(compute, pivot, offset);
  return {count, mean, correction, compute.add(sum(part.m2), between)};
}

/// Projects a space onto some of its dims.
static AffineMap projection(MLIRContext *context, int64_t numDims,
                            ArrayRef<int64_t> dims) {
  SmallVector<AffineExpr> exprs = llvm::map_to_vector(
      dims, [&](int64_t dim) { return getAffineDimExpr(dim, context); });
  return AffineMap::get(numDims, 0, exprs, context);
}

GenericOp StatisticsOp::generalize(OpBuilder &builder) {
  int64_t rank = cast<ShapedType>(getInput().getType()).getRank();
  AffineMap all = builder.getMultiDimIdentityMap(rank);
  AffineMap rows = projection(getContext(), rank, getRowDims());
  SmallVector<Value> inputs = {getInput()}, inits(getDpsInits());
  SmallVector<AffineMap> maps = {all};
  if (getMask()) {
    inputs.push_back(getMask());
    maps.push_back(all);
  }
  llvm::append_range(inputs, inits);
  maps.append(2 * inits.size(), rows);
  return GenericOp::create(
      builder, getLoc(), inputs, inits, maps, getAxes(),
      [&](OpBuilder &body, Location loc, ValueRange arguments) {
        ComputeBuilder compute(
            body, loc, cast<FloatType>(getElementTypeOrSelf(getCount())));
        Value mask = getMask() ? arguments[1] : Value();
        yieldSummary(
            compute,
            merge(compute, Summary::of(arguments.take_back(4)),
                  summarize(compute, compute.extend(arguments[0]), mask)));
      });
}

GenericOp norm::mergeStatistics(OpBuilder &builder, Location loc,
                                ValueRange partials, ValueRange inits,
                                unsigned numPartDims) {
  auto type = cast<ShapedType>(partials.front().getType());
  int64_t numRowDims = type.getRank() - numPartDims;
  auto rowDims = llvm::to_vector(llvm::seq<int64_t>(0, numRowDims));
  auto partDims =
      llvm::to_vector(llvm::seq<int64_t>(numRowDims, type.getRank()));
  AffineMap rows = projection(builder.getContext(), type.getRank(), rowDims);
  SmallVector<Value> inputs(partials);
  llvm::append_range(inputs, inits);
  SmallVector<AffineMap> maps(4,
                              builder.getMultiDimIdentityMap(type.getRank()));
  maps.append(8, rows);
  return GenericOp::create(
      builder, loc, inputs, inits, maps, partDims,
      [&](OpBuilder &body, Location loc, ValueRange arguments) {
        ComputeBuilder compute(body, loc,
                               cast<FloatType>(type.getElementType()));
        Summary parts =
            summarizeParts(compute, Summary::of(arguments.take_front(4)));
        yieldSummary(
            compute,
            merge(compute, Summary::of(arguments.take_back(4)), parts));
      });
}

FailureOr<SmallVector<Value>>
StatisticsOp::decomposeOperation(OpBuilder &builder) {
  if (!hasPureTensorSemantics())
    return failure();
  OpBuilder detached(getContext());
  GenericOp program = generalize(detached);
  SmallVector<Value> results = *decompose(builder, program);
  program->destroy();
  return results;
}
