// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise: whether a number is that of the elements that are summed.

#include "Raise.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;
using Kind = ElementExpr::Kind;

std::optional<int64_t> raise::getStaticCount(ElementExprs &exprs,
                                             ArrayRef<unsigned> variables) {
  int64_t count = 1;
  for (unsigned variable : variables) {
    DimSize size = exprs.getSpace().getSize(variable);
    if (!size.isStatic())
      return std::nullopt;
    count *= size.constant;
  }
  return count;
}

/// Whether a constant is n, or 1/n, as it rounds to a type: 1/n in that type,
/// or in f64 and rounded from there.
static bool isRoundedCount(const llvm::APFloat &constant, int64_t count,
                           bool inverse, const llvm::fltSemantics &semantics) {
  auto nearest = llvm::APFloat::rmNearestTiesToEven;
  bool losesInfo;
  auto isSame = [&](llvm::APFloat value) {
    value.convert(constant.getSemantics(), nearest, &losesInfo);
    return constant.bitwiseIsEqual(value);
  };
  llvm::APFloat rounded(semantics);
  rounded.convertFromAPInt(APInt(64, count), /*IsSigned=*/true, nearest);
  if (!inverse)
    return isSame(rounded);
  llvm::APFloat quotient(semantics, 1);
  quotient.divide(rounded, nearest);
  llvm::APFloat converted(1.0 / static_cast<double>(count));
  converted.convert(semantics, nearest, &losesInfo);
  return isSame(quotient) || isSame(converted);
}

/// Whether a number is 1/m for a whole number m, as it rounds to its type.
static bool isInverseOfWhole(const llvm::APFloat &number) {
  llvm::APFloat inverse(number.getSemantics(), 1);
  inverse.divide(number, llvm::APFloat::rmNearestTiesToEven);
  llvm::APSInt whole(64, /*isUnsigned=*/false);
  bool isExact;
  inverse.convertToInteger(whole, llvm::APFloat::rmNearestTiesToEven, &isExact);
  return isRoundedCount(number, whole.getExtValue(), /*inverse=*/true,
                        number.getSemantics());
}

/// Whether it is n, or 1/n, in its own type. 1/n may also be that of a narrower
/// type that it was extended from; but not where it is 1/m for another number
/// m, as one for n − 1 might be.
static bool isRoundedCount(const llvm::APFloat &constant, int64_t count,
                           bool inverse) {
  const llvm::fltSemantics &own = constant.getSemantics();
  if (!constant.isFiniteNonZero())
    return false;
  if (isRoundedCount(constant, count, inverse, own))
    return true;
  if (!inverse || isInverseOfWhole(constant))
    return false;
  for (const llvm::fltSemantics *semantics :
       {&llvm::APFloat::IEEEsingle(), &llvm::APFloat::IEEEhalf(),
        &llvm::APFloat::BFloat()}) {
    bool isNarrower = llvm::APFloat::getSizeInBits(*semantics) <
                      llvm::APFloat::getSizeInBits(own);
    if (isNarrower && isRoundedCount(constant, count, inverse, *semantics))
      return true;
  }
  return false;
}

/// Collects the factors of an integer product; false if it has other parts.
static bool collectSizes(Expr expr, int64_t &constant,
                         SmallVectorImpl<DimSize> &sizes) {
  if (auto value = dyn_cast_or_null<IntegerAttr>(expr->constant)) {
    constant *= value.getInt();
    return true;
  }
  if (expr->is(Kind::Size)) {
    sizes.push_back(expr->size);
    return true;
  }
  if (expr->is(ExprOp::MulInt))
    return llvm::all_of(expr->operands, [&](Expr operand) {
      return collectSizes(operand, constant, sizes);
    });
  return false;
}

/// Whether an integer expression is the product of the variables' sizes.
static bool isProductOfSizes(ElementExprs &exprs, Expr expr,
                             ArrayRef<unsigned> variables) {
  int64_t constant = 1;
  SmallVector<DimSize> found;
  if (!collectSizes(expr, constant, found))
    return false;
  int64_t expected = 1;
  for (unsigned variable : variables) {
    DimSize size = exprs.getSpace().getSize(variable);
    if (size.isStatic()) {
      expected *= size.constant;
      continue;
    }
    auto *same = llvm::find(found, size);
    if (same == found.end())
      return false;
    found.erase(same);
  }
  return found.empty() && constant == expected;
}

bool raise::isCount(ElementExprs &exprs, Expr expr,
                    ArrayRef<unsigned> variables, bool inverse,
                    Arithmetic &arithmetic) {
  for (expr = exprs.view(expr); expr->is(ExprOp::Ext);
       expr = exprs.view(expr->operands[0]))
    ;
  if (inverse) {
    arithmetic.isExact = false;
    if (expr->is(ExprOp::Div) && expr->operands[0]->isOne())
      return isCount(exprs, expr->operands[1], variables, false, arithmetic);
  }
  if (std::optional<llvm::APFloat> constant = expr->getFloat()) {
    std::optional<int64_t> count = getStaticCount(exprs, variables);
    return count && isRoundedCount(*constant, *count, inverse);
  }
  return !inverse && expr->is(ExprOp::IntToFloat) &&
         isProductOfSizes(exprs, expr->operands[0], variables);
}
