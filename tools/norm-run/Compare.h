// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_RUN_COMPARE_H
#define NORM_RUN_COMPARE_H

#include "HostArray.h"

namespace mlir::norm {

/// An element is right where |actual − expected| ≤ atol + rtol·|expected|.
struct Tolerance {
  double rtol, atol;
  /// What rounding to this type and a few operations in it may lose.
  static Tolerance getDefault(ElementKind kind);
};

struct Comparison {
  int64_t numElements = 0;
  int64_t numWrong = 0;
  double maxAbsoluteError = 0;
  /// The element that is furthest off in units of what is tolerated.
  int64_t worst = 0;
};

/// Compares arrays of one shape. NaN equals NaN, and infinities equal
/// themselves, alone.
Comparison compare(const HostArray &actual, const HostArray &expected,
                   Tolerance tolerance);

/// A line about it: how many elements are wrong, and the worst one.
std::string describe(const Comparison &comparison, const HostArray &actual,
                     const HostArray &expected, Tolerance tolerance);

/// `[1, 17]`
std::string formatIndex(int64_t rowMajorNumber, ArrayRef<int64_t> shape);

/// Prints nested lists; of long dims the first and last three elements.
void printArray(llvm::raw_ostream &stream, const HostArray &array);

} // namespace mlir::norm

#endif // NORM_RUN_COMPARE_H
