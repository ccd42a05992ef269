// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/IR/ExpandCollectives.h"
#include "ComputeBuilder.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::norm;

/// Whether the mean of the row's head is near that of the elements that take
/// part. The head may hold no valid element, and be far from a part of the row.
static bool hasPilot(MomentsOp op) {
  auto program = cast<GenericOp>(op->getParentOp());
  return !op.getWhere() &&
         llvm::equal(op.getCombinedDims(), program.getNormalizedDims());
}

void norm::expandMoments(RewriterBase &rewriter, MomentsOp op) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  ComputeBuilder compute(rewriter, op.getLoc(),
                         cast<FloatType>(op.getValue().getType()));
  Value value = op.getValue(), where = op.getWhere();
  DenseI64ArrayAttr over = op.getOverAttr();
  MomentsAlgorithm algorithm =
      op.getAlgorithm().value_or(MomentsAlgorithm::CorrectedTwoPass);

  Value inverse = compute.inverseCount(where, over);
  Value shift;
  if (algorithm == MomentsAlgorithm::Shifted && hasPilot(op))
    shift = HeadMeanOp::create(rewriter, op.getLoc(), value);
  else
    shift = compute.mul(compute.sum(value, where, over), inverse);
  Value difference = compute.sub(value, shift);
  Value square = compute.mul(difference, difference);
  Value meanSquare = compute.mul(compute.sum(square, where, over), inverse);
  if (algorithm == MomentsAlgorithm::TwoPass) {
    rewriter.replaceOp(op, {difference, shift, meanSquare});
    return;
  }
  // The mean of the differences is what the shift is off by. It is 0 but for
  // rounding with `corrected_two_pass`, so subtracting its square may leave
  // less than nothing of a row of equal elements.
  Value error = compute.mul(compute.sum(difference, where, over), inverse);
  Value corrected = compute.sub(meanSquare, compute.mul(error, error));
  Value variance = arith::MaximumFOp::create(rewriter, op.getLoc(), corrected,
                                             compute.zero());
  rewriter.replaceOp(op, {compute.sub(difference, error),
                          compute.add(shift, error), variance});
}

/// The number of an element in its row, all normalized dims taken together in
/// their order.
static Value emitPositionInRow(OpBuilder &builder, Location loc,
                               GenericOp program) {
  Value position;
  for (int64_t dim : program.getNormalizedDims()) {
    Value index = IndexOp::create(builder, loc, builder.getIndexType(), dim);
    if (!position) {
      position = index;
      continue;
    }
    Value size = builder.createOrFold<SizeOp>(
        loc, builder.getIndexType(), /*where=*/Value(),
        builder.getDenseI64ArrayAttr({dim}));
    position = arith::MulIOp::create(builder, loc, position, size);
    position = arith::AddIOp::create(builder, loc, position, index);
  }
  return position;
}

void norm::expandHeadMean(RewriterBase &rewriter, HeadMeanOp op) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  Location loc = op.getLoc();
  ComputeBuilder compute(rewriter, loc,
                         cast<FloatType>(op.getValue().getType()));
  Value inHead;
  if (Value position = emitPositionInRow(rewriter, loc,
                                         cast<GenericOp>(op->getParentOp()))) {
    Value length =
        arith::ConstantIndexOp::create(rewriter, loc, HeadMeanOp::headLength);
    inHead = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::ult,
                                   position, length);
  }
  Value size = rewriter.createOrFold<SizeOp>(
      loc, compute.type, /*where=*/Value(), /*over=*/DenseI64ArrayAttr());
  Value one = compute.constant(APFloat(1.0));
  Value length = compute.constant(APFloat(double(HeadMeanOp::headLength)));
  Value count = rewriter.createOrFold<arith::MaximumFOp>(
      loc, rewriter.createOrFold<arith::MinimumFOp>(loc, size, length), one);
  Value inverse = rewriter.createOrFold<arith::DivFOp>(loc, one, count);
  Value sum = compute.sum(op.getValue(), inHead, /*over=*/nullptr);
  rewriter.replaceOp(op, compute.mul(sum, inverse));
}

void norm::expandConditionalSize(RewriterBase &rewriter, SizeOp op) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  Location loc = op.getLoc();
  Value one = arith::ExtUIOp::create(rewriter, loc, rewriter.getI64Type(),
                                     op.getWhere());
  Value count = ReduceOp::create(rewriter, loc, vector::CombiningKind::ADD, one,
                                 /*where=*/Value(), op.getOverAttr());
  Type type = op.getType();
  if (isa<IndexType>(type))
    rewriter.replaceOpWithNewOp<arith::IndexCastOp>(op, type, count);
  else
    rewriter.replaceOpWithNewOp<arith::UIToFPOp>(op, type, count);
}
