// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_IR_SLICECLONER_H
#define NORM_LIB_DIALECT_NORM_IR_SLICECLONER_H

#include "mlir/IR/IRMapping.h"
#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// The ordinary operations of a row program's block that some values need, and
/// the leaves they start from: block arguments and collectives' results. All in
/// the order of the block.
struct ProgramSlice {
  ProgramSlice(GenericOp program, ValueRange roots);

  SmallVector<Value> leaves;
  SmallVector<Operation *> ops;
};

/// `value` in another float type. Both casts are exact or round once.
Value castFloat(OpBuilder &builder, Location loc, Value value, Type type);

/// Clones ordinary operations, in their own types or, with a compute type, with
/// every float in that type.
class SliceCloner {
public:
  SliceCloner(OpBuilder &builder, FloatType computeType)
      : builder(builder), computeType(computeType) {}

  /// The type in which a value of the program's block is computed.
  Type promote(Type type) const {
    return computeType && isa<FloatType>(type) ? Type(computeType) : type;
  }
  /// Binds a value of the program's block to a value of any float type.
  void bind(Value original, Value value);
  void clone(Operation *op);
  Value lookup(Value original) const { return mapping.lookup(original); }

private:
  void cloneConstant(Operation *op, FloatAttr value);
  void cloneRetyped(Operation *op);
  void cloneInOwnTypes(Operation *op);

  OpBuilder &builder;
  FloatType computeType;
  IRMapping mapping;
};

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_IR_SLICECLONER_H
