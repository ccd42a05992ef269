// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_TRANSFORMS_CPUSCHEDULE_H
#define NORM_LIB_DIALECT_NORM_TRANSFORMS_CPUSCHEDULE_H

#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// What the choice of a schedule knows of the machine.
struct CPUTarget {
  /// Bits of a vector register.
  int64_t vectorBits = 256;
  /// Whether registers are a multiple of that long, known at run time.
  bool scalable = false;
  /// Bits of the smallest elements whose vectors are loaded and stored with
  /// masks; 0 if there are no such instructions.
  int64_t maskedBits = 8;
  /// Bytes of a core's caches.
  int64_t l1Bytes = 32 << 10;
  int64_t l2Bytes = 1 << 20;
  /// Threads that share the rows.
  int64_t numThreads = 1;

  /// The machine of the DLTI target specification that holds for `op`: its
  /// device `CPU`, with defaults for what is not there.
  static CPUTarget of(Operation *op);
};

/// The schedule for a row program on a machine.
CPUScheduleAttr chooseCPUSchedule(GenericOp op, const CPUTarget &target,
                                  bool parallel, bool outline);

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_TRANSFORMS_CPUSCHEDULE_H
