// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Fuse.h"
#include "FuseReport.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Dialect/Norm/Transforms/Transforms.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMFUSEPASS
#include "norm/Dialect/Norm/Transforms/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::fuse;

namespace {
/// Grows groups from normalizations and reductions, one block at a time.
class Fuser {
public:
  Fuser(RewriterBase &rewriter, fuse::Report &report, bool formPrograms)
      : rewriter(rewriter), report(report), formPrograms(formPrograms) {}

  /// Returns the number of operations that went into others.
  unsigned run(Block &block);

private:
  bool isSeed(Operation *op);
  /// The operation as loops, or why it has none.
  const std::pair<std::optional<FusibleOp>, std::string> &get(Operation *op);
  void grow(Group &group);
  unsigned finish(const Group &group);
  void reportRefusals(Group &group);

  RewriterBase &rewriter;
  fuse::Report &report;
  bool formPrograms;
  llvm::DenseMap<Operation *, std::pair<std::optional<FusibleOp>, std::string>>
      fusible;
};
} // namespace

const std::pair<std::optional<FusibleOp>, std::string> &
Fuser::get(Operation *op) {
  auto [entry, isNew] = fusible.try_emplace(op);
  if (isNew) {
    std::string why;
    std::optional<FusibleOp> result = FusibleOp::get(op, why);
    fusible[op] = {result, why};
    return fusible[op];
  }
  return entry->second;
}

bool Fuser::isSeed(Operation *op) {
  if (!isa<GenericOp>(op) && !(formPrograms && isa<linalg::LinalgOp>(op)))
    return false;
  const std::optional<FusibleOp> &candidate = get(op).first;
  return candidate && (candidate->isProgram() || candidate->hasCollectives());
}

/// Whether a person would expect that the operation could be fused.
static bool isExpected(Operation *op) {
  if (isa<GenericOp>(op))
    return true;
  if (isa<linalg::FillOp>(op) || op->hasTrait<OpTrait::ConstantLike>())
    return false;
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return linalgOp.getNumReductionLoops() == 0;
  return OpTrait::hasElementwiseMappableTraits(op);
}

void Fuser::grow(Group &group) {
  bool grew = true;
  while (grew) {
    grew = false;
    for (Operation *op : group.getNeighbours()) {
      const auto &[candidate, reason] = get(op);
      std::string why;
      if (candidate && group.add(*candidate, why)) {
        grew = true;
        break;
      }
    }
  }
}

void Fuser::reportRefusals(Group &group) {
  Operation *first = group.getMembers().front().getOperation();
  auto function = first->getParentOfType<FunctionOpInterface>();
  for (Operation *op : group.getNeighbours()) {
    const auto &[candidate, reason] = get(op);
    if (!isExpected(op) && !candidate)
      continue;
    std::string why = reason;
    if (candidate)
      group.add(*candidate, why);
    report.add(fuse::Refusal{op->getLoc(), first->getLoc(),
                             function ? function.getName().str() : "",
                             op->getName().getStringRef().str(), why});
  }
}

unsigned Fuser::finish(const Group &group) {
  report.add(Kernel::get(group));
  unsigned numFused = group.getMembers().size() - 1;
  build(rewriter, group);
  // What was known refers to operations that are gone.
  fusible.clear();
  return numFused;
}

unsigned Fuser::run(Block &block) {
  SmallVector<Operation *> seeds;
  for (Operation &op : block)
    if (isSeed(&op))
      seeds.push_back(&op);
  llvm::DenseSet<Operation *> done;
  unsigned numFused = 0;
  for (Operation *seed : seeds) {
    if (done.contains(seed))
      continue;
    Group group(*get(seed).first);
    grow(group);
    bool isWorthwhile = group.isWorthwhile();
    if (isWorthwhile || isa<GenericOp>(seed))
      reportRefusals(group);
    if (isWorthwhile) {
      for (const Member &member : group.getMembers())
        done.insert(member.getOperation());
      numFused += finish(group);
    } else if (isa<GenericOp>(seed)) {
      report.add(Kernel::get(group));
    }
  }
  return numFused;
}

void norm::decomposeSoftmax(RewriterBase &rewriter, Operation *root) {
  OpBuilder::InsertionGuard guard(rewriter);
  root->walk([&](linalg::SoftmaxOp op) {
    if (!op.hasPureTensorSemantics())
      return;
    rewriter.setInsertionPoint(op);
    FailureOr<SmallVector<Value>> results = op.decomposeOperation(rewriter);
    if (succeeded(results))
      rewriter.replaceOp(op, *results);
  });
}

/// A tensor that an elementwise operation on tensors makes another of, which
/// has its shape: these operations do not reify it.
static Value getTensorOperand(Value tensor) {
  Operation *producer = tensor.getDefiningOp();
  if (!producer || !OpTrait::hasElementwiseMappableTraits(producer))
    return {};
  for (Value operand : producer->getOperands())
    if (isa<RankedTensorType>(operand.getType()))
      return operand;
  return {};
}

/// Sizes come from operands, not from results that would be there for that
/// alone; and what has a plainer form takes it.
static void prepare(RewriterBase &rewriter, Operation *root,
                    bool formPrograms) {
  SmallVector<Operation *> dims;
  root->walk([&](tensor::DimOp op) {
    dims.push_back(op);
    while (Value operand = getTensorOperand(op.getSource()))
      rewriter.modifyOpInPlace(
          op, [&]() { op.getSourceMutable().assign(operand); });
  });
  RewritePatternSet patterns(root->getContext());
  memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
  (void)applyOpPatternsGreedily(
      dims, std::move(patterns),
      GreedyRewriteConfig()
          .setStrictness(GreedyRewriteStrictness::ExistingAndNewOps)
          .enableFolding(false)
          .enableConstantCSE(false));
  if (formPrograms)
    decomposeSoftmax(rewriter, root);
}

static unsigned fuseIn(RewriterBase &rewriter, Operation *root,
                       bool formPrograms, fuse::Report &report) {
  prepare(rewriter, root, formPrograms);
  SmallVector<Block *> blocks;
  root->walk([&](Block *block) {
    if (!isa<linalg::LinalgOp, GenericOp>(block->getParentOp()))
      blocks.push_back(block);
  });
  Fuser fuser(rewriter, report, formPrograms);
  unsigned numFused = 0;
  for (Block *block : blocks)
    numFused += fuser.run(*block);
  return numFused;
}

unsigned norm::fuseRowPrograms(RewriterBase &rewriter, Operation *root,
                               bool formPrograms) {
  fuse::Report report;
  return fuseIn(rewriter, root, formPrograms, report);
}

namespace {
struct Fuse : public norm::impl::NormFusePassBase<Fuse> {
  using NormFusePassBase::NormFusePassBase;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    fuse::Report report;
    numFused = fuseIn(rewriter, getOperation(), formPrograms, report);
    if (failed(emitReport(report)))
      signalPassFailure();
  }

  LogicalResult emitReport(const fuse::Report &report) {
    report.emitRemarks(reportMisses);
    std::string error;
    if ((reportFile.empty() ||
         succeeded(report.writeJSON(reportFile, error))) &&
        (tableFile.empty() || succeeded(report.writeTable(tableFile, error))))
      return success();
    return emitError(getOperation()->getLoc(), "cannot write the report: ")
           << error;
  }
};
} // namespace
