// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Compare.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace mlir;
using namespace mlir::norm;

Tolerance Tolerance::getDefault(ElementKind kind) {
  switch (kind) {
  case ElementKind::F64:
    return {1e-10, 1e-10};
  case ElementKind::F32:
    return {1e-5, 1e-5};
  case ElementKind::F16:
    return {4e-3, 4e-3};
  case ElementKind::BF16:
    return {3e-2, 3e-2};
  case ElementKind::F8E4M3FN:
    return {0.13, 0.13};
  case ElementKind::F8E5M2:
    return {0.26, 0.26};
  default:
    return {0, 0};
  }
}

namespace {

/// How far off in units of what is tolerated; infinite where no distance makes
/// sense.
double getBadness(double actual, double expected, Tolerance tolerance) {
  if (std::isnan(actual) && std::isnan(expected))
    return 0;
  if (actual == expected)
    return 0;
  double error = std::abs(actual - expected);
  double allowed = tolerance.atol + tolerance.rtol * std::abs(expected);
  if (!std::isfinite(error) || !std::isfinite(allowed) || allowed == 0)
    return HUGE_VAL;
  return error / allowed;
}

void printDim(llvm::raw_ostream &stream, const HostArray &array, unsigned dim,
              int64_t first) {
  ArrayRef<int64_t> shape = array.getShape();
  if (dim == shape.size()) {
    double value = array.get(first);
    if (isFloat(array.getKind()))
      stream << llvm::format("%.9g", value);
    else
      stream << int64_t(value);
    return;
  }
  constexpr int64_t edge = 3, longest = 16;
  int64_t step = llvm::product_of(shape.drop_front(dim + 1), int64_t(1));
  stream << "[";
  for (int64_t i = 0; i < shape[dim]; ++i) {
    if (i > 0)
      stream << ", ";
    if (shape[dim] > longest && i == edge) {
      stream << "…, ";
      i = shape[dim] - edge;
    }
    printDim(stream, array, dim + 1, first + i * step);
  }
  stream << "]";
}

} // namespace

Comparison norm::compare(const HostArray &actual, const HostArray &expected,
                         Tolerance tolerance) {
  Comparison result;
  result.numElements = actual.getNumElements();
  SmallVector<double, 0> wanted(result.numElements);
  expected.forEach([&](int64_t number, const char *element) {
    wanted[number] = loadElement(expected.getKind(), element);
  });
  double worst = -1;
  actual.forEach([&](int64_t number, const char *element) {
    double value = loadElement(actual.getKind(), element);
    double error = std::abs(value - wanted[number]);
    if (error > result.maxAbsoluteError)
      result.maxAbsoluteError = error;
    double badness = getBadness(value, wanted[number], tolerance);
    result.numWrong += badness > 1;
    if (badness > worst) {
      worst = badness;
      result.worst = number;
    }
  });
  return result;
}

std::string norm::formatIndex(int64_t number, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> index(shape.size());
  for (int64_t dim = int64_t(shape.size()) - 1; dim >= 0; --dim) {
    index[dim] = number % shape[dim];
    number /= shape[dim];
  }
  std::string text = "[";
  llvm::raw_string_ostream stream(text);
  llvm::interleaveComma(index, stream);
  stream << "]";
  return text;
}

std::string norm::describe(const Comparison &comparison,
                           const HostArray &actual, const HostArray &expected,
                           Tolerance tolerance) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (comparison.numWrong == 0) {
    stream << llvm::format("maximum error %.3g", comparison.maxAbsoluteError);
    if (comparison.numElements > 0 && comparison.maxAbsoluteError > 0)
      stream << " (tolerance nearest at "
             << formatIndex(comparison.worst, actual.getShape()) << ")";
    return text;
  }
  stream << comparison.numWrong << " of " << comparison.numElements
         << " elements differ, worst at "
         << formatIndex(comparison.worst, actual.getShape())
         << llvm::format(": %.9g where %.9g is expected",
                         actual.get(comparison.worst),
                         expected.get(comparison.worst))
         << llvm::format(" (rtol %g, atol %g)", tolerance.rtol, tolerance.atol);
  return text;
}

void norm::printArray(llvm::raw_ostream &stream, const HostArray &array) {
  printDim(stream, array, 0, 0);
}
