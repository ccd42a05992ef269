// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Analysis/RowProgram.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
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

bool RowProgram::isRowElement(Value value) const {
  GenericOp generic = op;
  SmallVector<int64_t> rowDims = generic.getRowDims();
  return varying.variesAlongAny(value, generic.getNormalizedDims()) &&
         (rowDims.empty() || varying.variesAlongAny(value, rowDims));
}

SmallVector<BlockArgument>
RowProgram::getRowInputs(ValueRange roots,
                         const llvm::DenseSet<Value> &known) const {
  SmallVector<Value> worklist = llvm::to_vector(roots);
  llvm::SetVector<Value> visited;
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    if (known.contains(value) || !visited.insert(value))
      continue;
    Operation *producer = value.getDefiningOp();
    if (producer && !isa<CollectiveOpInterface>(producer))
      llvm::append_range(worklist, producer->getOperands());
  }
  SmallVector<BlockArgument> inputs;
  for (BlockArgument argument : op->getRegion(0).getArguments())
    if (visited.contains(argument) && isRowElement(argument))
      inputs.push_back(argument);
  return inputs;
}

static int64_t countBits(ValueRange values) {
  int64_t bits = 0;
  for (Value value : values)
    bits += value.getType().isIntOrFloat()
                ? value.getType().getIntOrFloatBitWidth()
                : 64;
  return bits;
}

/// What a value is a mere conversion of, if that has fewer bits.
static Value skipExtensions(Value value) {
  while (isa_and_present<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp,
                         arith::SIToFPOp, arith::UIToFPOp>(
      value.getDefiningOp())) {
    Value source = value.getDefiningOp()->getOperand(0);
    if (countBits(source) > countBits(value))
      break;
    value = source;
  }
  return value;
}

SmallVector<Value> RowProgram::getKeptValues() const {
  llvm::SetVector<Value> crossing;
  for (Operation &nested : op->getRegion(0).front()) {
    auto collective = dyn_cast<CollectiveOpInterface>(nested);
    // What norm.moments centres is read once more than it combines.
    bool isLater = collective && collective.getNumPhases() > 1;
    for (Value operand : nested.getOperands())
      isLater |= phases.at(operand) > 0 && !isa<YieldOp>(nested);
    if (!isLater || !needed.contains(&nested))
      continue;
    for (Value operand : nested.getOperands())
      if (phases.at(operand) == 0 && isRowElement(operand))
        crossing.insert(skipExtensions(operand));
  }
  SmallVector<BlockArgument> inputs = getRowInputs(crossing.getArrayRef());
  SmallVector<Value> read(inputs.begin(), inputs.end());
  return countBits(read) <= countBits(crossing.getArrayRef())
             ? read
             : crossing.takeVector();
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
