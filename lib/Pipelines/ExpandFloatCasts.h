// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef LIB_NORM_PIPELINES_EXPANDFLOATCASTS_H
#define LIB_NORM_PIPELINES_EXPANDFLOATCASTS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

namespace mlir::norm {

/// The type with the shape of `like`, a scalar or a vector, and this element.
inline Type withElement(Type like, Type element) {
  auto shaped = dyn_cast<ShapedType>(like);
  return shaped ? Type(shaped.clone(element)) : element;
}

/// A constant of an integer type, or of a vector of integers.
inline Value createInteger(ImplicitLocOpBuilder &b, Type type, int64_t value) {
  TypedAttr attr = b.getIntegerAttr(getElementTypeOrSelf(type), value);
  if (auto shaped = dyn_cast<ShapedType>(type))
    attr = SplatElementsAttr::get(shaped, Attribute(attr));
  return arith::ConstantOp::create(b, attr);
}

/// Conversions between f8E4M3FN or f8E5M2 and other floats, in integers. Those
/// from 16-bit floats and to floats other than f32 leave another cast behind.
void populateExpandF8CastsPatterns(RewritePatternSet &patterns);

} // namespace mlir::norm

#endif // LIB_NORM_PIPELINES_EXPANDFLOATCASTS_H
