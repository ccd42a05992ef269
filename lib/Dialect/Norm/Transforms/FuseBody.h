// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef LIB_NORM_DIALECT_NORM_TRANSFORMS_FUSEBODY_H
#define LIB_NORM_DIALECT_NORM_TRANSFORMS_FUSEBODY_H

#include "Fuse.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::norm::fuse {

/// Clones what members compute for an element into the program's block.
class BodyBuilder {
public:
  BodyBuilder(OpBuilder &builder, const Group &group, const ProgramDims &dims,
              ArrayRef<int64_t> normalizedDims,
              function_ref<Value(const Member &, const Read &)> getInput)
      : builder(builder), group(group), dims(dims),
        normalizedDims(normalizedDims), getInput(getInput) {}

  void add(const Member &member);
  /// The element of a result of a member that was added.
  Value lookup(Value result) const { return elements.at(result); }

private:
  Value getElement(const Member &member, const Read &read);
  void addLinalg(const Member &member, IRMapping &mapping);
  void addProgram(const Member &member, IRMapping &mapping);
  Value reduce(const Member &member, const Reduction &reduction,
               IRMapping &mapping);
  Value getIndex(AffineExpr coord, Location loc);
  /// The dims that loops are, increasing.
  SmallVector<int64_t> getDims(const Member &member, ArrayRef<int64_t> loops);
  /// Null for all normalized dims.
  DenseI64ArrayAttr getOver(ArrayRef<int64_t> over);

  OpBuilder &builder;
  const Group &group;
  const ProgramDims &dims;
  ArrayRef<int64_t> normalizedDims;
  function_ref<Value(const Member &, const Read &)> getInput;
  llvm::DenseMap<Value, Value> elements;
};

} // namespace mlir::norm::fuse

#endif // LIB_NORM_DIALECT_NORM_TRANSFORMS_FUSEBODY_H
