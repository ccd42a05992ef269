// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Arrays in NumPy's .npy format: numpy.lib.format, versions 1.0 and 2.0.
/// Strict: what is read is exactly what the header says, or an error.

#ifndef NORM_COMPILER_NPY_H
#define NORM_COMPILER_NPY_H

#include "mlir/Support/LLVM.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <vector>

namespace mlir::norm {

/// Element types that are read and written; little-endian.
enum class NpyType {
  Bool,
  Int8,
  UInt8,
  Int16,
  Int32,
  Int64,
  Float16,
  Float32,
  Float64
};

/// As in a header, e.g. `<f4`.
StringRef getNpyDescr(NpyType type);
/// Bytes per element.
unsigned getNpyTypeSize(NpyType type);

/// Elements in row-major order.
struct NpyArray {
  NpyType type = NpyType::Float32;
  SmallVector<int64_t> shape;
  std::vector<char> data;
};

/// Messages start with `name`.
llvm::Expected<NpyArray> parseNpy(StringRef bytes, StringRef name);
llvm::Expected<NpyArray> readNpy(StringRef path);

/// Writes version 1.0, as NumPy does.
std::string serializeNpy(const NpyArray &array);
llvm::Error writeNpy(StringRef path, const NpyArray &array);

} // namespace mlir::norm

#endif // NORM_COMPILER_NPY_H
