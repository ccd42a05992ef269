// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_DIALECT_NORM_IR_COMPUTEBUILDER_H
#define NORM_LIB_DIALECT_NORM_IR_COMPUTEBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir::norm {

/// Builds arithmetic of a row program's block in one float type.
/// Multiplications and additions may be contracted, nothing else is left to
/// the optimizer.
class ComputeBuilder {
public:
  ComputeBuilder(OpBuilder &builder, Location loc, FloatType type)
      : builder(builder), loc(loc), type(type) {}

  APFloat round(APFloat value) const {
    bool losesInfo;
    value.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    return value;
  }
  Value constant(APFloat value) {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getFloatAttr(type, round(value)));
  }
  Value zero() { return constant(APFloat(0.0)); }
  Value add(Value lhs, Value rhs) {
    return arith::AddFOp::create(builder, loc, lhs, rhs, contract);
  }
  /// Never contracted: that would take the product that `rhs` may be without
  /// its rounding here, and with it at other uses.
  Value sub(Value lhs, Value rhs) {
    return arith::SubFOp::create(builder, loc, lhs, rhs);
  }
  Value mul(Value lhs, Value rhs) {
    return arith::MulFOp::create(builder, loc, lhs, rhs, contract);
  }
  /// To the compute type.
  Value extend(Value value) { return cast(value, type); }
  Value cast(Value value, Type to) {
    unsigned from = value.getType().getIntOrFloatBitWidth();
    if (value.getType() == to)
      return value;
    if (from < to.getIntOrFloatBitWidth())
      return arith::ExtFOp::create(builder, loc, to, value);
    return arith::TruncFOp::create(builder, loc, to, value);
  }
  /// The sum along `over` (null: all normalized dims) of the elements for which
  /// `where` (null: each) is true.
  Value sum(Value value, Value where, DenseI64ArrayAttr over) {
    return ReduceOp::create(builder, loc, vector::CombiningKind::ADD, value,
                            where, over);
  }
  /// 1/n for the number n of elements that `sum` adds up, and 1 for n = 0: the
  /// sum is 0 then, and so shall be the mean.
  Value inverseCount(Value where, DenseI64ArrayAttr over) {
    Value size = builder.createOrFold<SizeOp>(loc, type, where, over);
    Value one = constant(APFloat(1.0));
    Value count = builder.createOrFold<arith::MaximumFOp>(loc, size, one);
    return builder.createOrFold<arith::DivFOp>(loc, one, count);
  }

  OpBuilder &builder;
  Location loc;
  FloatType type;

private:
  static constexpr arith::FastMathFlags contract =
      arith::FastMathFlags::contract;
};

} // namespace mlir::norm

#endif // NORM_LIB_DIALECT_NORM_IR_COMPUTEBUILDER_H
