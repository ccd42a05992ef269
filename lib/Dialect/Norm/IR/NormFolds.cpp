// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonicalization of row programs.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace mlir::norm;

//===----------------------------------------------------------------------===//
// norm.generic
//===----------------------------------------------------------------------===//

/// Whether the iteration space still has a size for each dim when only the
/// marked operands are left.
static bool coversAllDims(GenericOp op, const llvm::SmallBitVector &kept) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  llvm::SmallBitVector covered(op.getNumDims());
  for (unsigned operand : kept.set_bits())
    for (AffineExpr expr : maps[operand].getResults())
      covered.set(cast<AffineDimExpr>(expr).getPosition());
  return covered.all();
}

/// Marks the operands that can go, each only if the others still cover all
/// dims, and returns the marks of those that stay.
static llvm::SmallBitVector
selectKept(GenericOp op, function_ref<bool(OpOperand &)> isSuperfluous) {
  llvm::SmallBitVector kept(op->getNumOperands(), true);
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isSuperfluous(operand))
      continue;
    kept.reset(operand.getOperandNumber());
    if (!coversAllDims(op, kept))
      kept.set(operand.getOperandNumber());
  }
  return kept;
}

/// Replaces a program by one with the marked operands only. The block arguments
/// of inputs that go must have no uses, nor may the results of such outputs.
/// The schedule, which was made for another program, goes too.
static void rebuild(PatternRewriter &rewriter, GenericOp op,
                    const llvm::SmallBitVector &kept) {
  SmallVector<AffineMap> allMaps = op.getIndexingMapsArray(), maps;
  SmallVector<Value> inputs, outputs, yielded, results;
  unsigned numInputs = op.getInputs().size();
  for (unsigned operand : kept.set_bits()) {
    maps.push_back(allMaps[operand]);
    if (operand < numInputs) {
      inputs.push_back(op->getOperand(operand));
      continue;
    }
    outputs.push_back(op->getOperand(operand));
    yielded.push_back(op.getYield().getValues()[operand - numInputs]);
    if (op->getNumResults())
      results.push_back(op->getResult(operand - numInputs));
  }
  auto smaller = GenericOp::create(
      rewriter, op.getLoc(), TypeRange(ValueRange(results)), inputs, outputs,
      rewriter.getAffineMapArrayAttr(maps), op.getNormalizedDimsAttr(),
      /*schedule=*/CPUScheduleAttr());
  smaller->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  YieldOp yield = op.getYield();
  rewriter.modifyOpInPlace(yield,
                           [&]() { yield.getValuesMutable().assign(yielded); });
  llvm::BitVector dropped(numInputs);
  for (unsigned input = 0; input < numInputs; ++input)
    dropped[input] = !kept.test(input);
  rewriter.modifyOpInPlace(
      op, [&]() { op.getBody().front().eraseArguments(dropped); });
  rewriter.inlineRegionBefore(op.getBody(), smaller.getBody(),
                              smaller.getBody().end());
  for (auto [result, replacement] :
       llvm::zip_equal(results, smaller->getResults()))
    rewriter.replaceAllUsesWith(result, replacement);
  rewriter.eraseOp(op);
}

namespace {
/// Drops tensor outputs whose results nobody uses.
struct DropUnusedOutputs : public OpRewritePattern<GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GenericOp op,
                                PatternRewriter &rewriter) const override {
    llvm::SmallBitVector kept = selectKept(op, [&](OpOperand &operand) {
      return op->getNumResults() && op.isDpsInit(&operand) &&
             op.getTiedOpResult(&operand).use_empty();
    });
    if (kept.all())
      return rewriter.notifyMatchFailure(op, "no output can be dropped");
    if (op.use_empty())
      return rewriter.notifyMatchFailure(op, "the operation is dead");
    rebuild(rewriter, op, kept);
    return success();
  }
};

/// Drops inputs that the block does not read, or reads under another argument.
struct DropSuperfluousInputs : public OpRewritePattern<GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GenericOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    Block &block = op.getBody().front();
    bool changed = false;
    for (BlockArgument argument : block.getArguments()) {
      // The first input with the same values at the same positions.
      unsigned index = argument.getArgNumber(), first = 0;
      while (op.getInputs()[first] != op.getInputs()[index] ||
             maps[first] != maps[index])
        ++first;
      if (first == index || argument.use_empty())
        continue;
      rewriter.replaceAllUsesWith(argument, block.getArgument(first));
      changed = true;
    }
    llvm::SmallBitVector kept = selectKept(op, [&](OpOperand &operand) {
      unsigned index = operand.getOperandNumber();
      return index < op.getInputs().size() &&
             block.getArgument(index).use_empty();
    });
    if (kept.all())
      return changed ? success()
                     : rewriter.notifyMatchFailure(op, "all inputs are needed");
    rebuild(rewriter, op, kept);
    return success();
  }
};

/// Moves inputs with one known value, scalars and splats, into the block.
struct SinkConstantInputs : public OpRewritePattern<GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GenericOp op,
                                PatternRewriter &rewriter) const override {
    unsigned numInputs = op.getInputs().size();
    llvm::SmallBitVector kept = selectKept(op, [&](OpOperand &operand) {
      return operand.getOperandNumber() < numInputs && getConstant(operand);
    });
    if (kept.all())
      return rewriter.notifyMatchFailure(op, "no input is a known constant");
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(&op.getBody().front());
    for (unsigned index = 0; index < numInputs; ++index) {
      if (kept.test(index))
        continue;
      TypedAttr value = getConstant(op->getOpOperand(index));
      rewriter.replaceAllUsesWith(
          op.getBody().getArgument(index),
          arith::ConstantOp::create(rewriter, op.getLoc(), value));
    }
    rewriter.setInsertionPoint(op);
    rebuild(rewriter, op, kept);
    return success();
  }

private:
  /// The value that all elements have, or null.
  static TypedAttr getConstant(OpOperand &operand) {
    Attribute value;
    if (!matchPattern(operand.get(), m_Constant(&value)))
      return {};
    if (auto splat = dyn_cast<SplatElementsAttr>(value))
      value = splat.getSplatValue<Attribute>();
    return isa<FloatAttr, IntegerAttr>(value) ? cast<TypedAttr>(value)
                                              : TypedAttr();
  }
};
} // namespace

void GenericOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<DropSuperfluousInputs, DropUnusedOutputs, SinkConstantInputs>(
      context);
}

//===----------------------------------------------------------------------===//
// Collectives
//===----------------------------------------------------------------------===//

namespace {
/// A condition that always holds is none.
template <typename CollectiveOp>
struct DropTrueCondition : public OpRewritePattern<CollectiveOp> {
  using OpRewritePattern<CollectiveOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(CollectiveOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getWhere() || !matchPattern(op.getWhere(), m_One()))
      return rewriter.notifyMatchFailure(op, "no condition that is true");
    rewriter.modifyOpInPlace(op, [&]() { op.getWhereMutable().clear(); });
    return success();
  }
};
} // namespace

void ReduceOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<DropTrueCondition<ReduceOp>>(context);
}

void MomentsOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<DropTrueCondition<MomentsOp>>(context);
}

void SizeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {
  patterns.add<DropTrueCondition<SizeOp>>(context);
}

/// The product of static sizes.
OpFoldResult SizeOp::fold(FoldAdaptor) {
  auto program = dyn_cast_or_null<GenericOp>((*this)->getParentOp());
  if (getWhere() || !program)
    return {};
  SmallVector<int64_t> sizes = program.getDimSizes();
  APInt count(/*numBits=*/64, 1);
  for (int64_t dim : getCombinedDims()) {
    if (ShapedType::isDynamic(sizes[dim]))
      return {};
    count *= sizes[dim];
  }
  if (isa<IndexType>(getType()))
    return IntegerAttr::get(getType(), count);
  auto type = cast<FloatType>(getType());
  APFloat rounded(type.getFloatSemantics());
  rounded.convertFromAPInt(count, /*IsSigned=*/false,
                           APFloat::rmNearestTiesToEven);
  return FloatAttr::get(type, rounded);
}
