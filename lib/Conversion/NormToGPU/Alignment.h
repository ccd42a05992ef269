// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_NORMTOGPU_ALIGNMENT_H
#define NORM_LIB_CONVERSION_NORMTOGPU_ALIGNMENT_H

#include "KernelFunction.h"

namespace mlir::norm {

/// The widest access, in bytes.
inline constexpr int64_t widestAccess = 16;

/// Whether all pieces of a program's operands are whole and lie at multiples of
/// their size, or of 16 bytes where they are longer.
struct PieceAlignment {
  enum Kind { Always, Never, AtRunTime } kind;
  /// With AtRunTime: the condition, in the kernel.
  Value condition;
};

/// Finds out, and emits in the kernel what only run time can tell.
PieceAlignment emitPieceAlignment(OpBuilder &builder, GenericOp op,
                                  const KernelFunction &kernel);

/// The bytes of an element in memory, those of an index on the host.
int64_t getBytes(Type elementType);

/// In memory an element takes a whole number of bytes, a power of two. Vectors
/// of elements that have fewer bits (booleans) are put together from scalars.
bool isBitPacked(Type elementType);

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_NORMTOGPU_ALIGNMENT_H
