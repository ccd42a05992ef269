// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "GPUSchedule.h"
#include "SubProgram.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "norm/Dialect/Norm/IR/VaryingDims.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Dialect/Norm/Transforms/Transforms.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMSPLITPROGRAMSPASS
#include "norm/Dialect/Norm/Transforms/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

/// Whether an output can be one of a program whose reductions combine along
/// these of the normalized dims: it has all of them or none. Where it has the
/// last normalized dim, along which memory is contiguous, so must they.
static bool combinesWith(GenericOp program, unsigned output,
                         ArrayRef<int64_t> dims) {
  AffineMap map = program.getOutputMap(output);
  int64_t numCombined = llvm::count_if(
      dims, [&](int64_t dim) { return map.isFunctionOfDim(dim); });
  if (numCombined != 0 && numCombined != int64_t(dims.size()))
    return false;
  ArrayRef<int64_t> all = program.getNormalizedDims();
  return all.empty() || !map.isFunctionOfDim(all.back()) ||
         llvm::is_contained(dims, all.back());
}

namespace {
/// Makes several programs of one on memrefs, so that the collectives of each
/// combine along all of its normalized dims.
class ProgramSplitter {
public:
  ProgramSplitter(RewriterBase &rewriter, GenericOp program)
      : rewriter(rewriter), program(program) {}

  /// Returns the programs that it becomes, in their order.
  SmallVector<GenericOp> run();

private:
  /// What all collectives that are left combine along, or the normalized dims
  /// if there are none; nothing if they differ.
  std::optional<SmallVector<int64_t>> getCommonDims();
  /// The collectives that depend on none of other dims than `dims`, nor have
  /// others.
  llvm::SmallDenseSet<Operation *> findReady(ArrayRef<int64_t> dims);
  /// Those of `ready` that the values depend on otherwise than through others
  /// of these.
  SmallVector<Value> findNeeded(ArrayRef<Value> values,
                                const llvm::SmallDenseSet<Operation *> &ready);
  /// Moves reductions along `dims`, and what they need, to programs of their
  /// own, whose results become inputs.
  void cut(ArrayRef<Value> reductions, ArrayRef<int64_t> dims);
  void cutFirstDims();
  void splitOutputs(ArrayRef<int64_t> dims);
  void addUp(ArrayRef<unsigned> accumulators);
  void write(ArrayRef<ProgramRoot> roots, ArrayRef<int64_t> normalizedDims);
  ProgramRoot makeRoot(unsigned output);
  ProgramRoot makeEarlyRoot(unsigned output);
  GenericOp build(ArrayRef<ProgramRoot> roots, ArrayRef<int64_t> dims);
  void release();

  RewriterBase &rewriter;
  GenericOp program;
  SmallVector<GenericOp> parts;
  /// The program's own operands at the beginning.
  llvm::SmallDenseSet<Value> operands;
  /// The memrefs that were made, and those that are copied to outputs at the
  /// end.
  llvm::SetVector<Value> temporaries;
  SmallVector<std::pair<Value, Value>> copies;
};
} // namespace

//===----------------------------------------------------------------------===//
// Collectives
//===----------------------------------------------------------------------===//

std::optional<SmallVector<int64_t>> ProgramSplitter::getCommonDims() {
  std::optional<SmallVector<int64_t>> common;
  for (auto op : program.getBody().getOps<CollectiveOpInterface>()) {
    if (common && *common != op.getCombinedDims())
      return std::nullopt;
    common = op.getCombinedDims();
  }
  return common ? *common : llvm::to_vector(program.getNormalizedDims());
}

llvm::SmallDenseSet<Operation *>
ProgramSplitter::findReady(ArrayRef<int64_t> dims) {
  llvm::SmallDenseSet<Operation *> ready, blocked;
  for (Operation &op : program.getBody().front().without_terminator()) {
    auto collective = dyn_cast<CollectiveOpInterface>(op);
    bool isBlocked =
        (collective && !llvm::equal(collective.getCombinedDims(), dims)) ||
        llvm::any_of(op.getOperands(), [&](Value operand) {
          return blocked.contains(operand.getDefiningOp());
        });
    if (isBlocked)
      blocked.insert(&op);
    else if (collective)
      ready.insert(&op);
  }
  return ready;
}

SmallVector<Value>
ProgramSplitter::findNeeded(ArrayRef<Value> values,
                            const llvm::SmallDenseSet<Operation *> &ready) {
  llvm::SmallDenseSet<Operation *> visited;
  SmallVector<Value> worklist = llvm::to_vector(values);
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val().getDefiningOp();
    if (op && visited.insert(op).second && !ready.contains(op))
      llvm::append_range(worklist, op->getOperands());
  }
  SmallVector<Value> needed; // in the order of the block
  for (Operation &op : program.getBody().front())
    if (visited.contains(&op) && ready.contains(&op))
      needed.push_back(op.getResult(0));
  return needed;
}

void ProgramSplitter::cut(ArrayRef<Value> reductions, ArrayRef<int64_t> dims) {
  // Results of a program have the same row dims: others would be accumulators.
  VaryingDims varying(program);
  llvm::MapVector<SmallVector<int64_t>, SmallVector<Value>> byDims;
  for (Value value : reductions)
    byDims[varying.getDims(value)].push_back(value);
  for (auto &[resultDims, values] : byDims) {
    SmallVector<ProgramRoot> roots;
    for (Value value : values)
      roots.push_back({value, resultDims, Value()});
    GenericOp part = build(roots, dims);
    for (auto [value, memref] : llvm::zip_equal(values, part.getOutputs()))
      rewriter.replaceAllUsesWith(value,
                                  appendInput(program, memref, resultDims));
  }
  eraseDeadOps(rewriter, program);
}

void ProgramSplitter::cutFirstDims() {
  CollectiveOpInterface first =
      *program.getBody().getOps<CollectiveOpInterface>().begin();
  SmallVector<int64_t> dims = first.getCombinedDims();
  llvm::SmallDenseSet<Operation *> ready = findReady(dims);
  SmallVector<Value> users = llvm::to_vector(program.getYield().getValues());
  for (auto op : program.getBody().getOps<CollectiveOpInterface>())
    if (!ready.contains(op))
      llvm::append_range(users, op->getOperands());
  cut(findNeeded(users, ready), dims);
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

/// Outputs by the dims of a program of theirs.
using Groups = llvm::MapVector<SmallVector<int64_t>, SmallVector<unsigned>>;

/// Removes the group with the most dims; empty if there is none.
static SmallVector<unsigned> takeLargest(Groups &groups) {
  auto *largest = std::max_element(groups.begin(), groups.end(),
                                   [](const auto &lhs, const auto &rhs) {
                                     return lhs.first.size() < rhs.first.size();
                                   });
  if (largest == groups.end())
    return {};
  SmallVector<unsigned> outputs = largest->second;
  groups.erase(largest);
  return outputs;
}

void ProgramSplitter::splitOutputs(ArrayRef<int64_t> dims) {
  Groups sums, others, whole;
  auto getDims = [&](unsigned output) {
    SmallVector<int64_t> own = dimsOf(program.getOutputMap(output));
    llvm::sort(own);
    return own;
  };
  for (unsigned output = 0; output < program.getOutputs().size(); ++output) {
    SmallVector<int64_t> own = getDims(output);
    if (program.isAccumulator(output)) {
      sums[own].push_back(output);
    } else if (!combinesWith(program, output, dims)) {
      others[own].push_back(output);
    } else {
      llvm::erase_if(own,
                     [&](int64_t d) { return llvm::is_contained(dims, d); });
      whole[own].push_back(output);
    }
  }
  // The largest of the programs comes last. It keeps the reductions if it can
  // have them and no other program needs them.
  size_t most = 0;
  for (const auto &[own, outputs] : others)
    most = std::max(most, own.size());
  SmallVector<unsigned> last = takeLargest(whole);
  if (llvm::all_of(
          last, [&](unsigned output) { return getDims(output).size() < most; }))
    whole[{}].append(std::exchange(last, {}));
  for (const auto &[own, outputs] : whole)
    for (unsigned output : outputs)
      others[getDims(output)].push_back(output);
  SmallVector<Value> early;
  for (const Groups &groups : {sums, others})
    for (const auto &[own, outputs] : groups)
      for (unsigned output : outputs)
        early.push_back(program.getYield().getValues()[output]);
  cut(findNeeded(early, findReady(dims)), dims);
  ArrayRef<int64_t> lastDims = dims;
  if (last.empty()) {
    last = takeLargest(others);
    lastDims = program.getNormalizedDims();
  }
  // Accumulators first: no input is their memory, but the others may be.
  for (const auto &[own, outputs] : sums)
    addUp(outputs);
  for (const auto &[own, outputs] : others)
    write(llvm::map_to_vector(
              outputs, [&](unsigned output) { return makeEarlyRoot(output); }),
          program.getNormalizedDims());
  if (!last.empty())
    write(llvm::map_to_vector(
              last, [&](unsigned output) { return makeRoot(output); }),
          lastDims);
}

ProgramRoot ProgramSplitter::makeRoot(unsigned output) {
  return {program.getYield().getValues()[output],
          dimsOf(program.getOutputMap(output)), program.getOutputs()[output]};
}

/// For an output that is computed while inputs are still to be read: where one
/// of these may be the same memory, it is kept elsewhere until the end.
ProgramRoot ProgramSplitter::makeEarlyRoot(unsigned output) {
  ProgramRoot root = makeRoot(output);
  for (auto [index, input] : llvm::enumerate(program.getInputs())) {
    if (!operands.contains(input) ||
        program.getInputMap(index) != program.getOutputMap(output))
      continue;
    rewriter.setInsertionPoint(program);
    root.init = createEmpty(rewriter, program, root.dims, root.value.getType());
    copies.emplace_back(root.init, program.getOutputs()[output]);
    break;
  }
  return root;
}

/// A program whose rows are what the accumulators add up. Reads their inits, as
/// inputs.
void ProgramSplitter::addUp(ArrayRef<unsigned> accumulators) {
  AffineMap map = program.getOutputMap(accumulators.front());
  SmallVector<int64_t> dims = program.getRowDims();
  llvm::erase_if(dims, [&](int64_t dim) { return map.isFunctionOfDim(dim); });
  GenericOp part = build(
      llvm::map_to_vector(accumulators,
                          [&](unsigned output) { return makeRoot(output); }),
      dims);
  YieldOp yield = part.getYield();
  rewriter.startOpModification(part);
  for (unsigned output = 0; output < accumulators.size(); ++output) {
    BlockArgument start = appendInput(part, part.getOutputs()[output],
                                      dimsOf(part.getOutputMap(output)));
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(yield);
    Value value = yield.getValues()[output];
    Value sum = ReduceOp::create(rewriter, value.getLoc(),
                                 vector::CombiningKind::ADD, value,
                                 /*where=*/Value(), /*over=*/nullptr);
    yield->setOperand(
        output, arith::AddFOp::create(rewriter, value.getLoc(), start, sum));
  }
  rewriter.finalizeOpModification(part);
}

void ProgramSplitter::write(ArrayRef<ProgramRoot> roots,
                            ArrayRef<int64_t> normalizedDims) {
  GenericOp part = build(roots, normalizedDims);
  part->setDiscardableAttrs(program->getDiscardableAttrDictionary());
}

GenericOp ProgramSplitter::build(ArrayRef<ProgramRoot> roots,
                                 ArrayRef<int64_t> dims) {
  rewriter.setInsertionPoint(program);
  GenericOp part = buildSubProgram(rewriter, program, roots, dims);
  for (Value operand : part->getOperands())
    if (isa<MemRefType>(operand.getType()) && !operands.contains(operand))
      temporaries.insert(operand);
  parts.push_back(part);
  return part;
}

void ProgramSplitter::release() {
  rewriter.setInsertionPoint(program);
  for (auto [from, to] : copies)
    memref::CopyOp::create(rewriter, program.getLoc(), from, to);
  for (Value memref : temporaries)
    memref::DeallocOp::create(rewriter, program.getLoc(), memref);
}

SmallVector<GenericOp> ProgramSplitter::run() {
  operands.insert(program->operand_begin(), program->operand_end());
  expandCollectives(rewriter, program);
  std::optional<SmallVector<int64_t>> dims = getCommonDims();
  for (; !dims; dims = getCommonDims())
    cutFirstDims();
  splitOutputs(*dims);
  release();
  rewriter.eraseOp(program);
  return parts;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// Whether collectives combine whole rows and all outputs fit them.
static bool combinesWholeRows(GenericOp program) {
  ArrayRef<int64_t> dims = program.getNormalizedDims();
  for (auto op : program.getBody().getOps<CollectiveOpInterface>())
    if (op.getNumPhases() > 0 && !llvm::equal(op.getCombinedDims(), dims))
      return false;
  for (unsigned output = 0; output < program.getOutputs().size(); ++output)
    if (program.isAccumulator(output) || !combinesWith(program, output, dims))
      return false;
  return true;
}

FailureOr<SmallVector<GenericOp>> norm::splitProgram(RewriterBase &rewriter,
                                                     GenericOp program) {
  if (!program.hasPureBufferSemantics())
    return rewriter.notifyMatchFailure(program, "its operands are tensors");
  if (combinesWholeRows(program))
    return rewriter.notifyMatchFailure(program, "it combines whole rows");
  OpBuilder::InsertionGuard guard(rewriter);
  return ProgramSplitter(rewriter, program).run();
}

namespace {
struct SplitPrograms
    : public norm::impl::NormSplitProgramsPassBase<SplitPrograms> {
  using NormSplitProgramsPassBase::NormSplitProgramsPassBase;

  LogicalResult verifyOptions() {
    if (!chip.empty() && !isKnownGPU(chip))
      return getOperation()->emitError()
             << "norm-split-programs: expected chip to be one of "
             << llvm::join(getKnownGPUs(), ", ") << ", got " << chip.getValue();
    constexpr int64_t mostParts = 1 << 16;
    if (rowParts < 0 || rowParts > mostParts)
      return getOperation()->emitError()
             << "norm-split-programs: expected row-parts from 0 to "
             << mostParts << ", got " << rowParts.getValue();
    return success();
  }

  void setAlgorithm(GenericOp program) {
    for (auto moments : program.getBody().getOps<MomentsOp>())
      if (!moments.getAlgorithm())
        moments.setAlgorithm(algorithm);
  }

  /// Cuts rows as the options say. Returns what is left to be looked at.
  SmallVector<GenericOp> cut(RewriterBase &rewriter, GenericOp program) {
    int64_t parts = rowParts;
    if (parts == 0)
      parts = chip.empty() ? 1 : chooseRowParts(program, chip);
    if (parts == 1)
      return {};
    setAlgorithm(program);
    if (failed(cutRows(rewriter, program, parts)))
      return {};
    ++numCut;
    FailureOr<SmallVector<GenericOp>> split = splitProgram(rewriter, program);
    // Reductions have been cut; what is done with their results may be.
    SmallVector<GenericOp> left;
    if (succeeded(split))
      llvm::copy_if(*split, std::back_inserter(left), [](GenericOp part) {
        return part.getBody().getOps<CollectiveOpInterface>().empty();
      });
    return left;
  }

  void runOnOperation() override {
    if (failed(verifyOptions()))
      return signalPassFailure();
    IRRewriter rewriter(&getContext());
    SmallVector<GenericOp> programs;
    getOperation()->walk([&](GenericOp op) {
      // A schedule is one for the program that there is.
      if (op.hasPureBufferSemantics() && !op.getSchedule())
        programs.push_back(op);
    });
    for (GenericOp program : programs) {
      SmallVector<GenericOp> parts = {program};
      if (!combinesWholeRows(program)) {
        setAlgorithm(program);
        parts = *splitProgram(rewriter, program);
        ++numSplit;
      }
      while (!parts.empty())
        llvm::append_range(parts, cut(rewriter, parts.pop_back_val()));
    }
  }
};
} // namespace
