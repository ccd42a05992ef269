// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SubProgram.h"
#include "Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"
#include "norm/Analysis/RowProgram.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Dialect/Norm/Transforms/Transforms.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMSPLITPHASESPASS
#include "norm/Dialect/Norm/Transforms/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

namespace {
/// Takes the collectives out of one program, phase by phase: what they give
/// becomes an input.
class PhaseSplitter {
public:
  PhaseSplitter(RewriterBase &rewriter, GenericOp program)
      : rewriter(rewriter), program(program), loc(program.getLoc()) {}

  void run();

private:
  /// Collectives in terms of the three that are split.
  void expandOthers();
  void splitMoments(MomentsOp op);
  /// The statistics' operand and mask, and the dims that these have.
  std::pair<Value, Value> makeOperands(MomentsOp op,
                                       SmallVectorImpl<int64_t> &dims);
  void splitReductions(ArrayRef<ReduceOp> ops);
  /// Outputs that lack normalized dims get programs of their own.
  void separateOutputs();

  BlockArgument addInput(Value value, ArrayRef<int64_t> dims) {
    return appendInput(program, value, dims);
  }
  void replace(Value value, Value by) {
    rewriter.replaceAllUsesWith(value, by);
  }

  RewriterBase &rewriter;
  GenericOp program;
  Location loc;
};
} // namespace

void PhaseSplitter::run() {
  rewriter.startOpModification(program);
  program.removeScheduleAttr();
  eraseDeadOps(rewriter, program);
  expandOthers();
  while (!program.getBody().getOps<CollectiveOpInterface>().empty()) {
    // The values of a phase at once, before any of them is replaced.
    RowProgram phases(program);
    // Results that lack a row dim which others have would be accumulators.
    using Dims = SmallVector<int64_t>;
    llvm::MapVector<std::pair<Dims, Dims>, SmallVector<ReduceOp>> reductions;
    SmallVector<CollectiveOpInterface> collectives(phases.getCollectives(0));
    for (CollectiveOpInterface op : collectives)
      if (auto reduce = dyn_cast<ReduceOp>(op.getOperation()))
        reductions[{reduce.getCombinedDims(),
                    phases.getVaryingDims().getDims(reduce)}]
            .push_back(reduce);
    for (auto &[dims, ops] : reductions)
      splitReductions(ops);
    for (CollectiveOpInterface op : collectives) {
      if (auto size = dyn_cast<SizeOp>(op.getOperation()))
        makeInput(rewriter, size);
      else if (auto moments = dyn_cast<MomentsOp>(op.getOperation()))
        splitMoments(moments);
    }
    eraseDeadOps(rewriter, program);
  }
  rewriter.finalizeOpModification(program);
  separateOutputs();
}

void PhaseSplitter::expandOthers() {
  for (auto op : llvm::to_vector(program.getBody().getOps<HeadMeanOp>()))
    expandHeadMean(rewriter, op);
  for (auto op : llvm::to_vector(program.getBody().getOps<SizeOp>()))
    if (op.getWhere())
      expandConditionalSize(rewriter, op);
}

void PhaseSplitter::splitReductions(ArrayRef<ReduceOp> ops) {
  rewriter.setInsertionPoint(program);
  VaryingDims varying(program);
  SmallVector<ProgramRoot> roots =
      llvm::map_to_vector(ops, [&](ReduceOp op) -> ProgramRoot {
        return {op.getResult(), varying.getDims(op.getResult()), Value()};
      });
  GenericOp reductions = buildSubProgram(rewriter, program, roots);
  for (auto [root, result] : llvm::zip_equal(roots, reductions.getResults()))
    replace(root.value, addInput(result, root.dims));
}

/// The argument that a value is, exactly, if it is one on a tensor.
static BlockArgument getArgument(GenericOp program, Value value) {
  if (auto cast = value.getDefiningOp<arith::ExtFOp>())
    value = cast.getIn();
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || !isa<RankedTensorType>(
                       program.getInputs()[argument.getArgNumber()].getType()))
    return nullptr;
  return argument;
}

std::pair<Value, Value>
PhaseSplitter::makeOperands(MomentsOp op, SmallVectorImpl<int64_t> &dims) {
  VaryingDims varying(program);
  llvm::SmallBitVector all = varying[op.getValue()];
  if (op.getWhere())
    all |= varying[op.getWhere()];
  for (int64_t dim : op.getCombinedDims())
    all.set(dim);
  dims.assign(all.set_bits_begin(), all.set_bits_end());
  // A tensor that is there already, in its own order of dims.
  auto findTensor = [&](Value value, bool inAnyOrder) -> Value {
    BlockArgument argument = value ? getArgument(program, value) : nullptr;
    if (!argument)
      return nullptr;
    SmallVector<int64_t> own =
        dimsOf(program.getInputMap(argument.getArgNumber()));
    bool hasAll = own.size() == dims.size();
    if (!hasAll || (!inAnyOrder && !llvm::equal(own, dims)))
      return nullptr;
    dims = own;
    return program.getInputs()[argument.getArgNumber()];
  };
  Value value = findTensor(op.getValue(), /*inAnyOrder=*/true);
  Value mask = findTensor(op.getWhere(), /*inAnyOrder=*/false);
  SmallVector<ProgramRoot> roots;
  if (!value)
    roots.push_back({op.getValue(), llvm::to_vector(dims), Value()});
  if (op.getWhere() && !mask)
    roots.push_back({op.getWhere(), llvm::to_vector(dims), Value()});
  if (roots.empty())
    return {value, mask};
  GenericOp made = buildSubProgram(rewriter, program, roots);
  if (!value)
    value = made.getResults().front();
  if (op.getWhere() && !mask)
    mask = made.getResults().back();
  return {value, mask};
}

void PhaseSplitter::splitMoments(MomentsOp op) {
  rewriter.setInsertionPoint(program);
  SmallVector<int64_t> dims, rows, axes;
  auto [value, mask] = makeOperands(op, dims);
  for (auto [position, dim] : llvm::enumerate(dims)) {
    if (llvm::is_contained(op.getCombinedDims(), dim))
      axes.push_back(position);
    else
      rows.push_back(dim);
  }
  Type type = op.getValue().getType(), wide = type;
  if (!type.isF64())
    wide = rewriter.getF32Type();
  SmallVector<OpFoldResult> sizes = program.getMixedDimSizes(rewriter);
  SmallVector<OpFoldResult> shape =
      llvm::map_to_vector(rows, [&](int64_t dim) { return sizes[dim]; });
  Value zero =
      arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(wide));
  Value empty = tensor::EmptyOp::create(rewriter, loc, shape, wide);
  Value none = linalg::FillOp::create(rewriter, loc, zero, empty).getResult(0);
  auto statistics = StatisticsOp::create(
      rewriter, op.getLoc(), SmallVector<Type>(4, none.getType()), value, mask,
      none, none, none, none, rewriter.getDenseI64ArrayAttr(axes));
  SmallVector<Value> elements =
      llvm::map_to_vector(statistics.getResults(), [&](Value result) -> Value {
        return addInput(result, rows);
      });

  rewriter.setInsertionPoint(op);
  Location at = op.getLoc();
  auto narrow = [&](Value number) -> Value {
    if (type == wide)
      return number;
    return arith::TruncFOp::create(rewriter, at, type, number);
  };
  Value x = op.getValue();
  if (type != wide)
    x = arith::ExtFOp::create(rewriter, at, wide, x);
  Value one =
      arith::ConstantOp::create(rewriter, at, rewriter.getFloatAttr(wide, 1.0));
  Value count = arith::MaximumFOp::create(rewriter, at, elements[0], one);
  Value variance = arith::DivFOp::create(rewriter, at, elements[3], count);
  Value mean = arith::AddFOp::create(rewriter, at, elements[1], elements[2]);
  Value centered = arith::SubFOp::create(rewriter, at, x, elements[1]);
  centered = arith::SubFOp::create(rewriter, at, centered, elements[2]);
  replace(op.getMean(), narrow(mean));
  replace(op.getVariance(), narrow(variance));
  replace(op.getCentered(), narrow(centered));
}

void PhaseSplitter::separateOutputs() {
  llvm::MapVector<SmallVector<int64_t>, SmallVector<unsigned>> byMissingDims;
  for (unsigned output = 0; output < program.getOutputs().size(); ++output) {
    SmallVector<int64_t> missing;
    for (int64_t dim : program.getNormalizedDims())
      if (!program.getOutputMap(output).isFunctionOfDim(dim))
        missing.push_back(dim);
    byMissingDims[missing].push_back(output);
  }
  rewriter.setInsertionPoint(program);
  SmallVector<Value> results(program->getNumResults());
  for (auto &[missing, outputs] : byMissingDims) {
    SmallVector<ProgramRoot> roots =
        llvm::map_to_vector(outputs, [&](unsigned output) -> ProgramRoot {
          return {program.getYield().getValues()[output],
                  dimsOf(program.getOutputMap(output)),
                  program.getOutputs()[output]};
        });
    GenericOp part = buildSubProgram(rewriter, program, roots);
    part->setDiscardableAttrs(program->getDiscardableAttrDictionary());
    for (auto [output, result] : llvm::zip_equal(outputs, part.getResults()))
      results[output] = result;
  }
  rewriter.replaceOp(program, results);
}

LogicalResult norm::splitPhases(RewriterBase &rewriter, GenericOp program) {
  if (!program.hasPureTensorSemantics())
    return rewriter.notifyMatchFailure(program, "its operands are memrefs");
  if (program.getBody().getOps<CollectiveOpInterface>().empty())
    return rewriter.notifyMatchFailure(program, "it has no collectives");
  OpBuilder::InsertionGuard guard(rewriter);
  PhaseSplitter(rewriter, program).run();
  return success();
}

namespace {
/// Remembers why something was not done.
struct ReasonListener : public RewriterBase::Listener {
  std::string reason;

  void notifyMatchFailure(Location,
                          function_ref<void(Diagnostic &)> callback) override {
    Diagnostic diagnostic(UnknownLoc::get(context), DiagnosticSeverity::Remark);
    callback(diagnostic);
    reason = diagnostic.str();
  }
  explicit ReasonListener(MLIRContext *context) : context(context) {}
  MLIRContext *context;
};

struct SplitPhases : public norm::impl::NormSplitPhasesPassBase<SplitPhases> {
  void runOnOperation() override {
    ReasonListener listener(&getContext());
    IRRewriter rewriter(&getContext(), &listener);
    SmallVector<GenericOp> programs;
    getOperation()->walk([&](GenericOp op) { programs.push_back(op); });
    for (GenericOp program : programs) {
      if (succeeded(splitPhases(rewriter, program))) {
        ++numSplit;
        continue;
      }
      remark::missed(program.getLoc(), remark::RemarkOpts::name("NormNotSplit")
                                           .category("norm-split-phases"))
          << "norm.generic" << remark::reason("{0}", listener.reason);
    }
  }
};
} // namespace
