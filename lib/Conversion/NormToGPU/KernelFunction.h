// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_NORMTOGPU_KERNELFUNCTION_H
#define NORM_LIB_CONVERSION_NORMTOGPU_KERNELFUNCTION_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/PatternMatch.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::norm {

/// What is taken for granted of the memory that operands lie in.
struct MemoryAssumptions {
  /// Every operand starts at a multiple of so many bytes.
  int64_t alignment = 1;
  /// Operands that are not the same value do not overlap.
  bool distinct = false;
};

/// The kernel of a row program: a `gpu.func` in a `gpu.module` of its own, and
/// the program's operands inside it.
///
/// Its arguments, the kernel ABI: a `!llvm.ptr<1>` to the first element of
/// each memref, equal operands once; the scalars; the size (i64) of each
/// dynamic dim of the iteration space; the dynamic strides (i64, in elements)
/// of memrefs that are not contiguous, operand by operand.
class KernelFunction {
public:
  KernelFunction(RewriterBase &rewriter, GenericOp op,
                 const MemoryAssumptions &assumptions)
      : rewriter(rewriter), op(op), loc(op.getLoc()), assumptions(assumptions) {
  }

  /// Creates the function; the insertion point is then in its body.
  void create();
  gpu::GPUFuncOp getFunction() const { return function; }
  /// The program's operands inside the kernel.
  ArrayRef<Value> getOperands() const { return operands; }
  /// The kernel's pointer to the memory of an operand; null for scalars.
  Value getPointer(unsigned operand) const;
  /// A multiple of bytes at which the operand is known to start.
  int64_t getKnownAlignment(unsigned operand) const;

  /// Workgroup memory that the launch asks for, as memrefs of these static
  /// sizes and element types, one behind the other at multiples of 16 bytes.
  SmallVector<Value> createRequestedMemory(int64_t size,
                                           TypeRange elementTypes);

  /// Launches the kernel with these blocks of threads, unless there are none,
  /// at the rewriter's insertion point. The launch asks for `workgroupBytes` a
  /// block; `clusterSize` neighbours, which may be one, share rows.
  void launch(Value numBlocks, int64_t numThreads, int64_t workgroupBytes,
              int64_t clusterSize);

private:
  /// A dim of the iteration space, as one dim of an operand.
  struct DimSource {
    unsigned operand = 0, position = 0;
    int64_t size = ShapedType::kDynamic;
  };

  void collect();
  bool needs64Bits() const;
  bool mayOverlapOutput(Value memref) const;
  bool isWritten(Value memref) const;
  void setArgumentAttributes();
  Value rebuild(Value memref, Value pointer, ArrayRef<Value> dimSizes,
                ArrayRef<Value> &strides);
  Type getInnerType(MemRefType type) const;
  Value makeMemRef(Type type, Value pointer, ArrayRef<Value> sizes,
                   ArrayRef<Value> strides);
  Value makeConstant(int64_t value);
  Value emitPointer(Value memref);

  RewriterBase &rewriter;
  GenericOp op;
  Location loc;
  MemoryAssumptions assumptions;
  llvm::SetVector<Value> memrefs;
  SmallVector<Value> scalars;
  SmallVector<DimSource> dims;
  Type indexType;
  gpu::GPUFuncOp function;
  SmallVector<Value> operands;
};

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_NORMTOGPU_KERNELFUNCTION_H
