// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_NORMTOGPU_THREADREDUCER_H
#define NORM_LIB_CONVERSION_NORMTOGPU_THREADREDUCER_H

#include "ThreadLayout.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace mlir::norm {

inline constexpr int64_t warpSize = 32;

/// Combines values across the threads of a row. Those of a warp exchange them
/// by shuffles, those of several warps, or whose neighbours have other rows,
/// through workgroup memory with one barrier for all values at once. Each
/// exchange through workgroup memory has memory of its own, so that no second
/// barrier is needed before the next. Where the blocks of a cluster share a
/// row, each leaves its part in the memory of all of them.
class ThreadReducer {
public:
  ThreadReducer(OpBuilder &builder, gpu::GPUFuncOp function,
                const ThreadLayout &layout)
      : builder(builder), loc(function.getLoc()), function(function),
        layout(layout) {}

  /// Says that this block runs, so that others may write to its memory. To be
  /// called once, before any `combine`.
  void announceBlock();
  /// Replaces each value by the combination of all threads' of the row, of the
  /// same bits in each of them. To be called by all threads of a block.
  void combine(ArrayRef<vector::CombiningKind> kinds,
               MutableArrayRef<Value> values);
  /// Starts over with the memory, for code that runs instead of what was
  /// emitted before.
  void reuseMemory() {
    numUsed = 0;
    isClusterThere = false;
  }

private:
  Value index(int64_t value);
  Value shuffle(Value value, int64_t distance);
  Value combineInWarp(vector::CombiningKind kind, Value value, int64_t threads);
  void combineWarps(ArrayRef<vector::CombiningKind> kinds,
                    MutableArrayRef<Value> values);
  void combineParts(ArrayRef<vector::CombiningKind> kinds,
                    MutableArrayRef<Value> values);
  Value combineTree(vector::CombiningKind kind, MutableArrayRef<Value> parts);
  Value takeParts(vector::CombiningKind kind, Value buffer, Value lane,
                  int64_t count);
  void sendToBlock(MutableArrayRef<Value> values, ArrayRef<Value> memory,
                   Value lane, Value place);
  void sendToCluster(MutableArrayRef<Value> values, ArrayRef<Value> memory,
                     Value lane, Value place);
  Value getMemory(MemRefType type);

  OpBuilder &builder;
  Location loc;
  gpu::GPUFuncOp function;
  const ThreadLayout &layout;
  unsigned numUsed = 0;
  /// Whether all blocks of the cluster are known to run.
  bool isClusterThere = false;
};

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_NORMTOGPU_THREADREDUCER_H
