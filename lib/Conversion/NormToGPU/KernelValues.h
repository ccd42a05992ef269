// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_NORMTOGPU_KERNELVALUES_H
#define NORM_LIB_CONVERSION_NORMTOGPU_KERNELVALUES_H

#include "RowValues/ValueEmitter.h"

namespace mlir::norm {

/// The values of a row program in a kernel: lanes are loaded and stored whole,
/// 16 bytes at a time, or one by one.
class KernelValues : public ValueEmitter {
public:
  /// `isAligned`: pieces are whole and lie at multiples of what is accessed.
  KernelValues(OpBuilder &builder, const RowProgram &program,
               ValueRange operands, GPUScheduleAttr schedule, bool isAligned);

  /// Reads at the innermost frame's position. Of lanes that do not exist, reads
  /// the last one's element.
  Value load(Value memref, ArrayRef<int64_t> dims,
             ValueRange prefix = {}) override;
  /// Writes there what exists: the lanes that do, if `exists` holds or is null.
  void storePiece(Value value, Value memref, ArrayRef<int64_t> dims,
                  Value exists);
  /// Which lanes of the innermost frame's piece are elements of the row; null
  /// if all are, or where lanes are rows.
  Value getLaneMask();

private:
  bool isAlongLanes(ArrayRef<int64_t> dims) const;
  /// Whether lanes exist beyond doubt.
  bool areLanesWhole() const;
  int64_t getAccessAlignment(Value memref) const;
  Value laneIndex(int64_t lane);

  OpBuilder &builder;
  Location loc;
  std::optional<int64_t> laneDim;
  int64_t lanes;
  bool isAligned, lanesAreRows;
};

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_NORMTOGPU_KERNELVALUES_H
