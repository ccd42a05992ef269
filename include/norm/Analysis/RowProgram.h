// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_ANALYSIS_ROWPROGRAM_H
#define NORM_ANALYSIS_ROWPROGRAM_H

#include "norm/Dialect/Norm/IR/VaryingDims.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::norm {

/// How the block of a `norm.generic` is evaluated: along which dims each value
/// varies, in which phase it is known, and which operations a phase needs.
///
/// The phase of a value is the largest number of reductions on a path to it.
/// A row is evaluated by one sweep per phase: sweep p evaluates everything of
/// phase p that is needed and combines the operands of that phase's
/// collectives, whose results are known in phase p + 1 (p + 2 for
/// `norm.moments`, which stands for two reductions). The last sweep evaluates
/// the yielded values. A layer norm has three phases, and so has a softmax.
///
/// Values that no output needs have no part in it.
class RowProgram {
public:
  explicit RowProgram(GenericOp op);

  GenericOp getOp() const { return op; }
  const VaryingDims &getVaryingDims() const { return varying; }

  /// The phase in which a value of the block is known, from 0.
  unsigned getPhase(Value value) const { return phases.at(value); }
  /// The number of phases: one more than the largest phase of a yielded value.
  unsigned getNumPhases() const { return numPhases; }

  /// The needed collectives whose operands are of the given phase, in the order
  /// of the block.
  ArrayRef<CollectiveOpInterface> getCollectives(unsigned phase) const {
    return collectives[phase];
  }
  /// Whether some output needs the operation.
  bool isNeeded(Operation *operation) const {
    return needed.contains(operation);
  }

  /// The operations, in the order of the block, that must be evaluated anew to
  /// obtain `roots` when the results of all earlier collectives are at hand:
  /// their backward slice, cut at collectives.
  SmallVector<Operation *> getSlice(ValueRange roots) const;
  /// The slice of a phase: of its collectives' operands and, in the last phase,
  /// of the yielded values.
  SmallVector<Operation *> getSlice(unsigned phase) const;

  /// Whether the value differs between the elements of a row and between rows.
  bool isRowElement(Value value) const;
  /// The inputs that the values need, up to collectives and the values of
  /// `known`, and that hold rows.
  SmallVector<BlockArgument>
  getRowInputs(ValueRange roots, const llvm::DenseSet<Value> &known = {}) const;
  /// What a lowering that reads rows once has to keep of their elements after
  /// the first sweep, so that no other one reads what that has read: the inputs
  /// or, where that is less, what is computed from them.
  SmallVector<Value> getKeptValues() const;

  /// A line per value and phase, for tests and debugging.
  void print(raw_ostream &os) const;

private:
  GenericOp op;
  VaryingDims varying;
  llvm::DenseMap<Value, unsigned> phases;
  llvm::DenseSet<Operation *> needed;
  SmallVector<SmallVector<CollectiveOpInterface>> collectives;
  unsigned numPhases = 1;
};

} // namespace mlir::norm

#endif // NORM_ANALYSIS_ROWPROGRAM_H
