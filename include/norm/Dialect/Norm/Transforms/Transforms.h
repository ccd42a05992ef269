// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The transformations of single operations that the passes apply to all.

#ifndef NORM_DIALECT_NORM_TRANSFORMS_TRANSFORMS_H
#define NORM_DIALECT_NORM_TRANSFORMS_TRANSFORMS_H

#include "norm/Dialect/Norm/IR/ExpandCollectives.h"

namespace mlir::norm {

/// Replaces a named normalization or statistics by its row program, which takes
/// over its location and discardable attributes, and returns it.
GenericOp generalize(RewriterBase &rewriter, NormOpInterface op);
GenericOp generalize(RewriterBase &rewriter, StatisticsOp op);

/// Replaces a row program on tensors by programs that combine along rows and
/// one without collectives, as `norm-split-phases` does. Fails where there is
/// nothing to split, and notifies the rewriter why.
LogicalResult splitPhases(RewriterBase &rewriter, GenericOp program);

/// Replaces a row program on memrefs by programs whose collectives combine
/// whole rows, as `norm-split-programs` does, and returns these. Fails where it
/// is such a program, and notifies the rewriter why.
FailureOr<SmallVector<GenericOp>> splitProgram(RewriterBase &rewriter,
                                               GenericOp program);

/// Cuts the rows of a row program on memrefs into so many parts: a normalized
/// dim of static size becomes two, and a reduction along it one along each part
/// and one of the parts. Without reductions, parts become rows. Fails where
/// there is no such dim, and notifies the rewriter why.
LogicalResult cutRows(RewriterBase &rewriter, GenericOp program, int64_t parts);

/// Replaces each `linalg.softmax` on tensors under `root` by reductions and
/// elementwise operations.
void decomposeSoftmax(RewriterBase &rewriter, Operation *root);

/// Takes the operations around the row programs under `root` into these, and
/// with `formPrograms` forms new ones, as the pass `norm-fuse` does. Returns
/// how many operations went into another.
unsigned fuseRowPrograms(RewriterBase &rewriter, Operation *root,
                         bool formPrograms = true);

/// The GPUs that have schedules, by their names in NVVM, the oldest first.
ArrayRef<StringRef> getKnownGPUs();
bool isKnownGPU(StringRef chip);

} // namespace mlir::norm

#endif // NORM_DIALECT_NORM_TRANSFORMS_TRANSFORMS_H
