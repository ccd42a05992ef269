// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_NORMTOGPU_ROWMEMORY_H
#define NORM_LIB_CONVERSION_NORMTOGPU_ROWMEMORY_H

#include "KernelFunction.h"
#include "ThreadLayout.h"

namespace mlir::norm {

/// The most workgroup memory that a block of any GPU may ask for, in bytes.
inline constexpr int64_t mostRowMemory = 227 << 10;

/// The bytes of workgroup memory that a block asks for at its launch: those of
/// its rows, where the schedule keeps them there.
int64_t getRowMemoryBytes(const RowProgram &program);

/// What a block keeps of its rows in workgroup memory. A thread reads there
/// what it has written itself, so that no barrier is needed.
class RowMemory {
public:
  RowMemory(OpBuilder &builder, const RowProgram &program,
            const ThreadLayout &layout, KernelFunction &kernel);

  /// The values that are kept; none where rows are elsewhere.
  ArrayRef<Value> getValues() const { return kept; }
  /// Writes or reads what a piece, the `number`-th of the thread's, has of a
  /// kept value.
  void store(unsigned number, Value value, Value emitted);
  Value load(unsigned number, Value value);

private:
  Value getBuffer(Value value) const;
  Value placeOf(unsigned number);

  OpBuilder &builder;
  Location loc;
  GPUScheduleAttr schedule;
  const ThreadLayout &layout;
  SmallVector<Value> kept, buffers;
};

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_NORMTOGPU_ROWMEMORY_H
