// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_DIALECT_NORM_IR_NORM_H
#define NORM_DIALECT_NORM_IR_NORM_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/IndexingMapOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::norm {
class GenericOp;
class NormOpInterface;
class StatisticsOp;
class YieldOp;

/// What an operand is to a named normalization. Mean and variance are given
/// ones among the inputs, asked-for ones among the inits.
enum class OperandRole {
  Input,
  Mean,
  Variance,
  Gamma,
  Beta,
  Mask,
  Epsilon,
  Output,
  Rstd,
  Last = Rstd
};

/// A dim in `count` equal parts, one after the other.
struct ChannelGroups {
  int64_t dim, count;
};

/// A named operation's row program, a norm.generic, and the values of the
/// operation's results.
struct Generalization {
  Operation *program;
  SmallVector<Value> results;
};

/// Why an operation cannot stand in a row program's block as an ordinary one,
/// or nothing if it can.
std::optional<StringRef> getReasonNotOrdinary(Operation &op);

namespace detail {
SmallVector<int64_t> getNormalizedDims(NormOpInterface op);
FloatType getEffectiveComputeType(NormOpInterface op);
Generalization generalize(NormOpInterface op, OpBuilder &builder);
} // namespace detail
} // namespace mlir::norm

#include "norm/Dialect/Norm/IR/NormDialect.h.inc"
#include "norm/Dialect/Norm/IR/NormEnums.h.inc"
#include "norm/Dialect/Norm/IR/NormInterfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "norm/Dialect/Norm/IR/NormAttrs.h.inc"

#define GET_OP_CLASSES
#include "norm/Dialect/Norm/IR/NormOps.h.inc"

#endif // NORM_DIALECT_NORM_IR_NORM_H
