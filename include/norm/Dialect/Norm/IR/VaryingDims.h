// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_DIALECT_NORM_IR_VARYINGDIMS_H
#define NORM_DIALECT_NORM_IR_VARYINGDIMS_H

#include "norm/Dialect/Norm/IR/Norm.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallBitVector.h"

namespace mlir::norm {

/// For each value of a row program's block, the dims of the iteration space
/// along which it varies: an argument along its map's dims, a collective along
/// its operands' dims without the combined ones, another operation along its
/// operands' dims. Needs indexing maps that are well formed, nothing else, so
/// that the verifier can use it.
class VaryingDims {
public:
  explicit VaryingDims(GenericOp op);

  /// A bit per dim of the iteration space.
  const llvm::SmallBitVector &operator[](Value value) const {
    return dims.at(value);
  }
  /// The same as a list, increasing.
  SmallVector<int64_t> getDims(Value value) const {
    const llvm::SmallBitVector &bits = dims.at(value);
    return SmallVector<int64_t>(bits.set_bits_begin(), bits.set_bits_end());
  }
  bool variesAlong(Value value, int64_t dim) const {
    return dims.at(value).test(dim);
  }
  bool variesAlongAny(Value value, ArrayRef<int64_t> among) const {
    return llvm::any_of(among,
                        [&](int64_t dim) { return variesAlong(value, dim); });
  }

private:
  llvm::DenseMap<Value, llvm::SmallBitVector> dims;
};

} // namespace mlir::norm

#endif // NORM_DIALECT_NORM_IR_VARYINGDIMS_H
