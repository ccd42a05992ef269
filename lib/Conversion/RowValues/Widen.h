// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CONVERSION_ROWVALUES_WIDEN_H
#define NORM_LIB_CONVERSION_ROWVALUES_WIDEN_H

#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::norm {

/// Creates the vector form of an elementwise-mappable scalar operation on
/// operands that are all vectors of the shape of `like`.
Operation *widenOp(OpBuilder &builder, Operation *op, ValueRange operands,
                   VectorType like);

/// Converts a count of type index, or a vector of counts, to a float type, or
/// leaves it an index.
Value convertCount(OpBuilder &builder, Location loc, Value count, Type type);

/// The value with which a combination of `kind` starts, of a scalar or vector
/// type: combining it with v gives v. For minnumf and maxnumf, which ignore
/// NaN, it is NaN.
Value createIdentity(OpBuilder &builder, Location loc,
                     vector::CombiningKind kind, Type type);

/// Combines two values of a scalar or vector type.
Value combineValues(OpBuilder &builder, Location loc,
                    vector::CombiningKind kind, Value accumulator, Value value);

/// An element of a vector. Those of 16-bit floats move as integers: LLVM would
/// move them through f32 where the target has no conversions.
Value extractLane(OpBuilder &builder, Location loc, Value vector, int64_t lane);

/// Combines the lanes of each of some vectors, as many as a power of two, by a
/// tree of shuffles that all vectors share: lanes half a vector apart first.
/// The result is a scalar for one vector, otherwise a vector with an element
/// for each; its bits are the same either way. Of a scalable vector, which must
/// be alone, the target decides the order.
Value combineLanes(OpBuilder &builder, Location loc, vector::CombiningKind kind,
                   ArrayRef<Value> vectors);

/// A vector of 0, 1, 2, …
Value createStep(OpBuilder &builder, Location loc, VectorType type);

} // namespace mlir::norm

#endif // NORM_LIB_CONVERSION_ROWVALUES_WIDEN_H
