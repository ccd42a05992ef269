// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations on scalars, or element by element: what they mean.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "norm/Analysis/ElementExpr.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::norm;

/// The operations that mean one of our own, with the same operands.
static std::optional<ExprOp> getExprOp(Operation *op) {
  using Result = std::optional<ExprOp>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case<arith::AddFOp, tosa::AddOp>([](auto) { return ExprOp::Add; })
      .Case<arith::SubFOp, tosa::SubOp>([](auto) { return ExprOp::Sub; })
      .Case<arith::MulFOp, tosa::MulOp>([](auto) { return ExprOp::Mul; })
      .Case<arith::DivFOp>([](auto) { return ExprOp::Div; })
      .Case<arith::NegFOp, tosa::NegateOp>([](auto) { return ExprOp::Neg; })
      .Case<arith::MaximumFOp, arith::MaxNumFOp, tosa::MaximumOp>(
          [](auto) { return ExprOp::Max; })
      .Case<math::SqrtOp>([](auto) { return ExprOp::Sqrt; })
      .Case<math::RsqrtOp, tosa::RsqrtOp>([](auto) { return ExprOp::Rsqrt; })
      .Case<arith::ExtFOp>([](auto) { return ExprOp::Ext; })
      .Case<arith::TruncFOp>([](arith::TruncFOp trunc) {
        // To nearest only.
        return trunc.getRoundingmode() ? Result() : Result(ExprOp::Trunc);
      })
      .Default([](auto) { return Result(); });
}

/// A size, or a product of sizes: not negative, and small enough for any type
/// that a frontend puts it in.
static bool isSize(Expr expr) {
  if (auto value = dyn_cast_or_null<IntegerAttr>(expr->constant))
    return !value.getValue().isNegative();
  return expr->is(ElementExpr::Kind::Size) || expr->is(ExprOp::MulInt);
}

static std::optional<double> getExponent(Expr exponent) {
  if (std::optional<llvm::APFloat> value = exponent->getFloat())
    return value->convertToDouble();
  if (auto value = dyn_cast_or_null<IntegerAttr>(exponent->constant))
    return static_cast<double>(value.getInt());
  return std::nullopt;
}

static std::optional<bool> foldComparison(arith::CmpFOp op,
                                          ArrayRef<Expr> operands) {
  std::optional<llvm::APFloat> lhs = operands[0]->getFloat();
  std::optional<llvm::APFloat> rhs = operands[1]->getFloat();
  if (!lhs || !rhs)
    return std::nullopt;
  return arith::applyCmpPredicate(op.getPredicate(), *lhs, *rhs);
}

/// a > b ? a : b, or a < b ? b : a.
static bool isMaximum(ArrayRef<Expr> select) {
  Expr compare = select[0];
  if (!compare->name ||
      compare->name->getStringRef() != arith::CmpFOp::getOperationName())
    return false;
  auto predicate =
      compare->attributes.getAs<arith::CmpFPredicateAttr>("predicate");
  if (!predicate)
    return false;
  using P = arith::CmpFPredicate;
  P value = predicate.getValue();
  bool isGreater =
      value == P::OGT || value == P::OGE || value == P::UGT || value == P::UGE;
  bool isLess =
      value == P::OLT || value == P::OLE || value == P::ULT || value == P::ULE;
  return (isGreater || isLess) &&
         select[isGreater ? 1 : 2] == compare->operands[0] &&
         select[isGreater ? 2 : 1] == compare->operands[1];
}

Expr ElementExprs::makeOperation(Operation *op, ArrayRef<Expr> given,
                                 Type type) {
  // What is the same everywhere may be known.
  SmallVector<Expr> operands = llvm::map_to_vector(given, [&](Expr operand) {
    bool isUniform = operand->is(ElementExpr::Kind::Element) &&
                     llvm::all_of(operand->coords, [](AffineExpr coord) {
                       return isa<AffineConstantExpr>(coord);
                     });
    Expr seen = isUniform ? view(operand) : operand;
    return seen->constant ? seen : operand;
  });
  bool isFloat = isa<FloatType>(type);
  if (std::optional<ExprOp> known = getExprOp(op); known && isFloat) {
    // Shifts and zero points are for integers.
    bool isUnary = *known == ExprOp::Neg || *known == ExprOp::Rsqrt;
    if (isa_and_nonnull<tosa::TosaDialect>(op->getDialect()))
      operands.truncate(isUnary ? 1 : 2);
    return makeApply(*known, type, operands);
  }
  bool isWide = !type.isInteger() || type.getIntOrFloatBitWidth() >= 32;
  if (isWide && llvm::all_of(operands, isSize)) {
    if (isa<arith::MulIOp>(op))
      return makeApply(ExprOp::MulInt, type, operands);
    if (isa<arith::SIToFPOp, arith::UIToFPOp>(op))
      return makeApply(ExprOp::IntToFloat, type, operands);
    // Conversions of sizes keep their value.
    if (isa<arith::IndexCastOp, arith::IndexCastUIOp, arith::ExtSIOp,
            arith::ExtUIOp>(op)) {
      auto value = dyn_cast_or_null<IntegerAttr>(operands[0]->constant);
      return value ? makeConstant(IntegerAttr::get(type, value.getInt()))
                   : operands[0];
    }
  }
  if (isa<math::PowFOp, math::FPowIOp, tosa::PowOp>(op))
    if (std::optional<double> exponent = getExponent(operands[1])) {
      Expr base = operands[0];
      Expr seen = *exponent == 2.0 ? view(base) : base;
      if (seen->name &&
          seen->name->getStringRef() == math::AbsFOp::getOperationName() &&
          *exponent == 2.0)
        base = seen->operands[0];
      if (Expr power = makePower(base, *exponent))
        return power;
    }
  if (isa<tosa::ReciprocalOp>(op))
    return makePower(operands[0], -1.0);
  if (isa<tosa::CastOp>(op) && isFloat && isa<FloatType>(operands[0]->type)) {
    bool widens = type.getIntOrFloatBitWidth() >
                  operands[0]->type.getIntOrFloatBitWidth();
    return type == operands[0]->type
               ? operands[0]
               : makeApply(widens ? ExprOp::Ext : ExprOp::Trunc, type,
                           operands[0]);
  }
  if (auto compare = dyn_cast<arith::CmpFOp>(op))
    if (std::optional<bool> known = foldComparison(compare, operands))
      return makeConstant(BoolAttr::get(context, *known));
  if (isa<arith::SelectOp>(op)) {
    if (auto known = dyn_cast_or_null<IntegerAttr>(operands[0]->constant))
      return operands[known.getValue().isZero() ? 2 : 1];
    if (isMaximum(operands))
      return makeApply(ExprOp::Max, type, ArrayRef(operands).drop_front());
  }
  if (isa<math::FmaOp>(op))
    return makeApply(
        ExprOp::Add, type,
        {makeApply(ExprOp::Mul, type, ArrayRef(operands).take_front(2)),
         operands[2]});
  ElementExpr proto;
  proto.kind = ElementExpr::Kind::Apply;
  proto.type = type;
  proto.op = ExprOp::Other;
  proto.operands = operands;
  proto.name = op->getName();
  proto.attributes = op->getAttrDictionary();
  return unique(proto);
}

/// Whether an operation is a function of its operands, element by element.
static bool isScalarFunction(Operation *op) {
  return op->getNumResults() == 1 && op->getNumRegions() == 0 &&
         op->getNumOperands() != 0 && OpTrait::hasElementwiseMappableTraits(op);
}

Expr ElementExprs::scalar(Value value, unsigned depth) {
  // Long chains of scalar arithmetic are nothing that a normalization needs.
  constexpr unsigned maxDepth = 16;
  if (Expr known = scalars.lookup(value))
    return known;
  Operation *op = value.getDefiningOp();
  if (!op || depth > maxDepth)
    return makeElement(value, {});
  Expr expr = makeScalar(op, value, depth);
  scalars[value] = expr;
  return expr;
}

Expr ElementExprs::makeScalar(Operation *op, Value value, unsigned depth) {
  TypedAttr constant;
  if (matchPattern(value, m_Constant(&constant)) && constant)
    return makeConstant(constant);
  if (auto dim = dyn_cast<tensor::DimOp>(op))
    if (std::optional<int64_t> index = dim.getConstantIndex())
      return makeSize(getSize(dim.getSource(), *index), dim.getType());
  auto operandExprs = [&](ValueRange operands) {
    return llvm::map_to_vector(
        operands, [&](Value operand) { return scalar(operand, depth + 1); });
  };
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    SmallVector<AffineExpr> coords;
    for (Value index : extract.getIndices())
      if (std::optional<int64_t> position = getConstantIntValue(index))
        coords.push_back(getAffineConstantExpr(*position, context));
    if (coords.size() == extract.getIndices().size())
      return element(extract.getTensor(), coords);
  }
  if (isScalarFunction(op))
    return makeOperation(op, operandExprs(op->getOperands()), value.getType());
  return makeElement(value, {});
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

namespace mlir::norm {
/// Builds the expressions of a linalg operation's body at given loop indices.
class BodyBuilder {
public:
  BodyBuilder(ElementExprs &exprs, linalg::LinalgOp op,
              ArrayRef<AffineExpr> loops)
      : exprs(exprs), op(op), loops(loops) {}

  Expr build(Value value) {
    auto [entry, isNew] = known.try_emplace(value, nullptr);
    if (!isNew && entry->second)
      return entry->second;
    Expr expr = buildNew(value);
    known[value] = expr;
    return expr;
  }

private:
  Expr buildNew(Value value) {
    if (auto argument = dyn_cast<BlockArgument>(value);
        argument && argument.getOwner() == op.getBlock()) {
      OpOperand *operand = op.getMatchingOpOperand(argument);
      if (!isa<ShapedType>(operand->get().getType()))
        return exprs.scalar(operand->get());
      // The output of a reduction is the running value, not the init; and where
      // an index is computed (a window), it need not run over the whole dim.
      AffineMap map = op.getMatchingIndexingMap(operand);
      bool isRunning = op.isDpsInit(operand) && op.getNumReductionLoops();
      if (isRunning ||
          !llvm::all_of(map.getResults(),
                        llvm::IsaPred<AffineDimExpr, AffineConstantExpr>))
        return exprs.makeElement(value, loops);
      return exprs.element(
          operand->get(),
          llvm::map_to_vector(map.getResults(), [&](AffineExpr result) {
            return result.replaceDims(loops);
          }));
    }
    Operation *def = value.getDefiningOp();
    if (!def || def->getBlock() != op.getBlock())
      return exprs.scalar(value);
    if (auto index = dyn_cast<linalg::IndexOp>(def))
      return exprs.makeIndex(loops[index.getDim()]);
    TypedAttr constant;
    if (matchPattern(value, m_Constant(&constant)) && constant)
      return exprs.makeConstant(constant);
    if (auto extract = dyn_cast<tensor::ExtractOp>(def))
      if (Expr expr = buildExtract(extract))
        return expr;
    if (isScalarFunction(def))
      return exprs.makeOperation(
          def,
          llvm::map_to_vector(def->getOperands(),
                              [&](Value operand) { return build(operand); }),
          value.getType());
    // The value differs from one point of the loops to another: a leaf that
    // depends on all of them.
    return exprs.makeElement(value, loops);
  }

  /// An element of a tensor at the loops' own indices, as a broadcast of
  /// dynamic size is written. Each index must run over the whole of the dim, so
  /// that a sum over the loop is one over the tensor.
  Expr buildExtract(tensor::ExtractOp extract) {
    SmallVector<AffineExpr> coords;
    for (auto [dim, index] : llvm::enumerate(extract.getIndices())) {
      AffineExpr coord = buildCoord(index, extract.getTensor(), dim);
      if (!coord)
        return nullptr;
      coords.push_back(coord);
    }
    return exprs.element(extract.getTensor(), coords);
  }

  AffineExpr buildCoord(Value index, Value tensor, int64_t dim) {
    if (std::optional<int64_t> position = getConstantIntValue(index))
      return getAffineConstantExpr(*position, exprs.getContext());
    DimSize size = ElementExprs::getSize(tensor, dim);
    // "0 where the size is 1, else the index" is the index.
    if (auto select = index.getDefiningOp<arith::SelectOp>()) {
      auto compare = select.getCondition().getDefiningOp<arith::CmpIOp>();
      if (!compare || compare.getPredicate() != arith::CmpIPredicate::eq ||
          getConstantIntValue(compare.getRhs()) != 1 ||
          getConstantIntValue(select.getTrueValue()) != 0 ||
          exprs.scalar(compare.getLhs()) !=
              exprs.makeSize(size, compare.getLhs().getType()))
        return {};
      index = select.getFalseValue();
    }
    auto loop = index.getDefiningOp<linalg::IndexOp>();
    if (!loop || loop->getBlock() != op.getBlock() ||
        !(ElementExprs::getLoopSize(op, loop.getDim()) == size))
      return {};
    return loops[loop.getDim()];
  }

  ElementExprs &exprs;
  linalg::LinalgOp op;
  ArrayRef<AffineExpr> loops;
  DenseMap<Value, Expr> known;
};
} // namespace mlir::norm

SmallVector<Expr> ElementExprs::inBody(linalg::LinalgOp op, ValueRange values,
                                       ArrayRef<AffineExpr> loops) {
  BodyBuilder builder(*this, op, loops);
  // A long chain is built from its start, so that no recursion goes deep.
  constexpr size_t longBody = 256;
  if (op.getBlock()->getOperations().size() > longBody)
    for (Operation &inner : op.getBlock()->without_terminator())
      llvm::for_each(inner.getResults(),
                     [&](Value result) { builder.build(result); });
  return llvm::map_to_vector(values,
                             [&](Value value) { return builder.build(value); });
}
