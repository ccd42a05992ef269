// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Raise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMRAISEPASS
#include "norm/Dialect/Norm/Transforms/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;
using Kind = ElementExpr::Kind;

bool raise::mayBeRoot(Operation *op) {
  return isa<math::RsqrtOp, math::SqrtOp, math::PowFOp, tosa::RsqrtOp,
             tosa::PowOp>(op);
}

/// The expression of an anchor at index variables of its own, and the tensors
/// or scalars that are computed from it first. Null if it is no computation on
/// tensors.
static Expr makeAnchor(ElementExprs &exprs, Operation *op,
                       SmallVectorImpl<Value> &tensors) {
  auto newIndex = [&](DimSize size) {
    return size.constant == 1 ? getAffineConstantExpr(0, op->getContext())
                              : exprs.getSpace().newIndex(size);
  };
  SmallVector<AffineExpr> indices;
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op->getParentOp())) {
    if (!linalgOp.hasPureTensorSemantics())
      return nullptr;
    for (auto [loop, size] : llvm::enumerate(linalgOp.getStaticLoopRanges())) {
      DimSize ofLoop = ElementExprs::getLoopSize(linalgOp, loop);
      ofLoop.constant = size;
      indices.push_back(newIndex(ofLoop));
    }
    llvm::append_range(tensors, linalgOp->getResults());
    return exprs.inBody(linalgOp, op->getResult(0), indices);
  }
  // A statistic of a whole tensor may be a scalar.
  if (isa<FloatType>(op->getResult(0).getType())) {
    tensors.push_back(op->getResult(0));
    return exprs.scalar(op->getResult(0));
  }
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type)
    return nullptr;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    indices.push_back(newIndex(ElementExprs::getSize(op->getResult(0), dim)));
  tensors.push_back(op->getResult(0));
  return exprs.view(exprs.element(op->getResult(0), indices));
}

/// Whether a sum stands near: the root may be part of a normalization.
static bool isOverSum(ElementExprs &exprs, Expr expr, unsigned depth) {
  Expr seen = exprs.view(expr);
  while (seen->is(ExprOp::Ext) || seen->is(ExprOp::Trunc))
    seen = exprs.view(seen->operands[0]);
  if (seen->is(Kind::Sum))
    return true;
  return depth && llvm::any_of(seen->operands, [&](Expr operand) {
           return isOverSum(exprs, operand, depth - 1);
         });
}

namespace {
struct Raise : public norm::impl::NormRaisePassBase<Raise> {
  using NormRaisePassBase::NormRaisePassBase;

  LogicalResult initialize(MLIRContext *context) override {
    if (tier == "exact")
      options.tier = Tier::Exact;
    else if (tier == "reals")
      options.tier = Tier::Reals;
    else if (tier == "precision")
      options.tier = Tier::Precision;
    else
      return emitError(UnknownLoc::get(context))
             << "expected tier exact, reals or precision, got '" << tier << "'";
    options.allowF64Demote = allowF64Demote;
    return success();
  }

  void runOnOperation() override {
    SmallVector<Operation *> anchors;
    getOperation()->walk([&](Operation *op) {
      if (mayBeRoot(op))
        anchors.push_back(op);
    });
    Report report;
    // Addresses of what was erased may come back for what is new.
    llvm::SmallPtrSet<Operation *, 32> erased;
    for (unsigned next = 0; next < anchors.size(); ++next) {
      // One root may serve several results; each is read anew, since
      // expressions refer to the IR as it was.
      bool isFirst = true;
      while (!erased.contains(anchors[next])) {
        Changes changes;
        if (!raiseAt(anchors[next], isFirst, changes, report))
          break;
        isFirst = false;
        ++numRaised;
        erased.insert_range(changes.erased);
        for (Operation *root : changes.newRoots) {
          erased.erase(root);
          anchors.push_back(root);
        }
      }
    }
    if (failed(emitReport(report)))
      signalPassFailure();
  }

  LogicalResult emitReport(Report &report) {
    if (reportMisses || !reportFile.empty() || getContext().getRemarkEngine())
      getOperation()->walk([&](Operation *op) { report.addSumOfSquares(op); });
    report.emitRemarks(reportMisses);
    if (reportFile.empty())
      return success();
    std::string error;
    if (succeeded(report.write(reportFile, error)))
      return success();
    return emitError(getOperation()->getLoc(), "cannot write the report: ")
           << error;
  }

  /// Raises one result, or reports why there is none if it would be the first.
  bool raiseAt(Operation *anchor, bool isFirst, Changes &changes,
               Report &report) {
    ElementExprs exprs(&getContext());
    SmallVector<Value> tensors;
    Expr root = makeAnchor(exprs, anchor, tensors);
    if (!root || !root->is(Kind::Apply))
      return false;
    Miss miss;
    std::optional<Match> match;
    if (root->is(ExprOp::Rsqrt) || root->is(ExprOp::Sqrt)) {
      bool isCandidate;
      match = findMatch(exprs, anchor, root, tensors, miss, isCandidate);
      if (!isCandidate)
        return false;
    } else if (root->is(ExprOp::Other) &&
               isOverSum(exprs, root->operands[0], /*depth=*/5)) {
      miss.because("the exponent is neither 1/2 nor −1/2");
    } else {
      return false;
    }
    if (match) {
      report.addParts(getAncestors(match->result.getOperation(),
                                   getUsedValues(exprs, *match)));
      report.addHit(rewrite(exprs, *match, changes));
      report.removeParts(changes.erased);
    } else if (isFirst)
      report.addMiss(anchor, miss);
    return match.has_value();
  }

  /// The normalization around a root, if there is one. Says whether the root
  /// looks like that of one.
  std::optional<Match> findMatch(ElementExprs &exprs, Operation *anchor,
                                 Expr root, ValueRange tensors, Miss &miss,
                                 bool &isCandidate) {
    auto &dominance = getAnalysis<DominanceInfo>();
    if (!isa<Float64Type, Float32Type, Float16Type, BFloat16Type>(root->type))
      miss.because("computed in a type other than f64, f32, f16 and bf16");
    Statistics statistics;
    Expr operand = readRoot(exprs, root, statistics);
    statistics.arithmetic.isExact &= isa<math::RsqrtOp, tosa::RsqrtOp>(anchor);
    isCandidate = isOverSum(exprs, operand, /*depth=*/5);
    if (!isCandidate) {
      isCandidate = matchGivenVariance(exprs, operand, statistics, miss);
      return isCandidate ? findInference(exprs, statistics, options, dominance,
                                         tensors, miss)
                         : std::nullopt;
    }
    if (!matchStatistics(exprs, operand, statistics, miss))
      return std::nullopt;
    std::vector<Match> matches =
        ResultFinder(exprs, statistics, options, dominance, miss).find(tensors);
    if (matches.empty())
      return std::nullopt;
    // Before the last of several, the statistics are needed as they are.
    if (matches.size() == 1)
      findSavedStatistics(exprs, statistics, matches.front());
    return matches.front();
  }

  Options options;
};
} // namespace
