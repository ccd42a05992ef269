// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-fuse: what was fused, what it saves, and what was left and why.

#ifndef LIB_NORM_DIALECT_NORM_TRANSFORMS_FUSEREPORT_H
#define LIB_NORM_DIALECT_NORM_TRANSFORMS_FUSEREPORT_H

#include "Fuse.h"

namespace mlir::norm::fuse {

/// What a kernel is made of, and the bytes that it and its parts move.
struct Kernel {
  Location location;
  std::string function;
  SmallVector<std::string> operations;
  /// The sum over the operations of what each reads and writes, and what the
  /// kernel reads and writes; nothing where a size is dynamic.
  std::optional<int64_t> bytesBefore, bytesAfter;
  unsigned numPhases;

  /// Of a group whose operations are still there.
  static Kernel get(const Group &group);
};

/// A neighbour of a kernel that is not in it.
struct Refusal {
  Location location, kernel;
  std::string function, operation, reason;
};

class Report {
public:
  void add(Kernel kernel) { kernels.push_back(std::move(kernel)); }
  void add(Refusal refusal) { refusals.push_back(std::move(refusal)); }

  /// To MLIR's remark engine, and as diagnostics if asked for.
  void emitRemarks(bool asDiagnostics) const;
  /// Write to a file, as JSON or as a table; or say why not.
  LogicalResult writeJSON(StringRef path, std::string &error) const;
  LogicalResult writeTable(StringRef path, std::string &error) const;

private:
  SmallVector<Kernel> kernels;
  SmallVector<Refusal> refusals;
};

} // namespace mlir::norm::fuse

#endif // LIB_NORM_DIALECT_NORM_TRANSFORMS_FUSEREPORT_H
