// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Analysis/RowProgram.h"
#include "mlir/IR/AsmState.h"

using namespace mlir;
using namespace mlir::norm;

RowProgram::RowProgram(GenericOp op) : op(op), varying(op) {
  Block &block = op.getBody().front();
  for (BlockArgument argument : block.getArguments())
    phases[argument] = 0;
  for (Operation &nested : block) {
    unsigned phase = 0;
    for (Value operand : nested.getOperands())
      phase = std::max(phase, phases.at(operand));
    if (auto collective = dyn_cast<CollectiveOpInterface>(nested))
      phase += collective.getNumPhases();
    for (Value result : nested.getResults())
      phases[result] = phase;
  }
  YieldOp yield = op.getYield();
  for (Value value : yield.getValues())
    numPhases = std::max(numPhases, phases.at(value) + 1);

  needed.insert(yield);
  for (Operation &nested : llvm::reverse(block))
    if (needed.contains(&nested))
      for (Value operand : nested.getOperands())
        if (Operation *producer = operand.getDefiningOp())
          needed.insert(producer);

  collectives.resize(numPhases);
  for (Operation &nested : block) {
    auto collective = dyn_cast<CollectiveOpInterface>(nested);
    if (!collective || !needed.contains(&nested))
      continue;
    unsigned phase = 0;
    for (Value operand : nested.getOperands())
      phase = std::max(phase, phases.at(operand));
    collectives[phase].push_back(collective);
  }
}

SmallVector<Operation *> RowProgram::getSlice(ValueRange roots) const {
  llvm::DenseSet<Operation *> members;
  SmallVector<Value> worklist = llvm::to_vector(roots);
  while (!worklist.empty()) {
    Operation *producer = worklist.pop_back_val().getDefiningOp();
    if (!producer || isa<CollectiveOpInterface>(producer) ||
        !members.insert(producer).second)
      continue;
    llvm::append_range(worklist, producer->getOperands());
  }
  SmallVector<Operation *> slice;
  for (Operation &nested : op->getRegion(0).front())
    if (members.contains(&nested))
      slice.push_back(&nested);
  return slice;
}

SmallVector<Operation *> RowProgram::getSlice(unsigned phase) const {
  SmallVector<Value> roots;
  for (CollectiveOpInterface collective : collectives[phase])
    llvm::append_range(roots, collective->getOperands());
  if (phase + 1 == numPhases)
    llvm::append_range(roots,
                       op->getRegion(0).front().getTerminator()->getOperands());
  return getSlice(roots);
}

void RowProgram::print(raw_ostream &os) const {
  Operation *root = op->getParentOp();
  while (root->getParentOp())
    root = root->getParentOp();
  AsmState state(root);
  auto printName = [&](Value value) { value.printAsOperand(os, state); };
  auto printValue = [&](Value value) {
    os << "  ";
    printName(value);
    os << ": phase " << phases.at(value) << ", varies along [";
    llvm::interleaveComma(varying[value].set_bits(), os);
    os << "]\n";
  };
  Block &block = op->getRegion(0).front();
  os << "row program of " << numPhases << " phases\n";
  llvm::for_each(block.getArguments(), printValue);
  for (Operation &nested : block)
    llvm::for_each(nested.getResults(), printValue);
  for (unsigned phase = 0; phase < numPhases; ++phase) {
    os << "  sweep " << phase << ":";
    for (Operation *nested : getSlice(phase)) {
      os << ' ';
      printName(nested->getResult(0));
    }
    os << "; combines";
    for (CollectiveOpInterface collective : collectives[phase]) {
      os << ' ';
      printName(collective->getResult(0));
    }
    os << "\n";
  }
}
