// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMPROMOTETOF64PASS
#include "norm/Dialect/Norm/Transforms/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

namespace {

bool hasFloats(TypeRange types) {
  return llvm::any_of(types, [](Type type) {
    return isa<FloatType>(getElementTypeOrSelf(type));
  });
}

/// Values that hang on the bits of a float type.
bool reinterpretsFloats(Operation *op) {
  if (!isa<arith::BitcastOp, tensor::BitcastOp, vector::BitCastOp,
           vector::TypeCastOp, memref::ViewOp>(op))
    return false;
  return hasFloats(op->getOperandTypes()) || hasFloats(op->getResultTypes());
}

double toDouble(const llvm::APFloat &value) {
  llvm::APFloat wide = value;
  bool losesInfo;
  wide.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven,
               &losesInfo);
  return wide.convertToDouble();
}

/// A constant as one whose elements can be read, or null.
ElementsAttr getReadable(ElementsAttr elements) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    bool isSplat = false;
    bool isWhole =
        blob && DenseElementsAttr::isValidRawBuffer(resource.getShapedType(),
                                                    blob->getData(), isSplat);
    return isWhole ? DenseElementsAttr::getFromRawBuffer(
                         resource.getShapedType(), blob->getData())
                   : ElementsAttr();
  }
  return elements.tryGetValues<llvm::APFloat>() ? elements : ElementsAttr();
}

/// Whether an attribute holds floats that cannot be read.
bool holdsUnreadableFloats(Operation *op) {
  auto visit = [](ElementsAttr elements) {
    return isa<FloatType>(elements.getElementType()) && !getReadable(elements)
               ? WalkResult::interrupt()
               : WalkResult::skip();
  };
  return op->getAttrDictionary().walk(visit).wasInterrupted();
}

/// Why the operation cannot be computed in f64, or nothing.
StringRef findObstacle(Operation *op) {
  if (isa<arith::FPToSIOp, arith::FPToUIOp, math::RoundOp, math::RoundEvenOp,
          math::FloorOp, math::CeilOp, math::TruncOp>(op))
    return "values depend on rounding to integers, which may go another way "
           "in f64";
  if (reinterpretsFloats(op))
    return "values depend on the bits of a float type";
  if (isa_and_present<NormDialect>(op->getDialect()))
    return "norm operations must be decomposed first";
  if (holdsUnreadableFloats(op))
    return "a constant's values are not in the module";
  if (isa_and_present<LLVM::LLVMDialect>(op->getDialect()))
    return "operations of the llvm dialect are not promoted";
  if (auto function = dyn_cast<func::FuncOp>(op))
    if (function.isExternal() && (hasFloats(function.getArgumentTypes()) ||
                                  hasFloats(function.getResultTypes())))
      return "a function defined elsewhere takes or returns floats";
  SmallVector<Type> types(op->getResultTypes());
  for (Region &region : op->getRegions())
    for (Block &block : region)
      llvm::append_range(types, block.getArgumentTypes());
  for (Type type : types) {
    Type element = getElementTypeOrSelf(type);
    if (isa<ComplexType>(element))
      return "complex values are not promoted";
    if (isa<FloatType>(element) && element.getIntOrFloatBitWidth() > 64)
      return "a float type is wider than f64";
  }
  return "";
}

Attribute promoteElements(ElementsAttr elements) {
  elements = getReadable(elements);
  auto type =
      elements.getShapedType().clone(Float64Type::get(elements.getContext()));
  if (elements.isSplat())
    return DenseElementsAttr::get(
        type, toDouble(elements.getSplatValue<llvm::APFloat>()));
  SmallVector<double> values;
  for (const llvm::APFloat &value : elements.getValues<llvm::APFloat>())
    values.push_back(toDouble(value));
  return DenseElementsAttr::get(type, ArrayRef(values));
}

AttrTypeReplacer createReplacer() {
  AttrTypeReplacer replacer;
  replacer.addReplacement([](FloatType type) -> Type {
    return Float64Type::get(type.getContext());
  });
  replacer.addReplacement([](FloatAttr attr) -> Attribute {
    return FloatAttr::get(Float64Type::get(attr.getContext()),
                          toDouble(attr.getValue()));
  });
  replacer.addReplacement(
      [](Attribute attr) -> AttrTypeReplacer::ReplaceFnResult<Attribute> {
        auto elements = dyn_cast<ElementsAttr>(attr);
        if (!elements || !isa<FloatType>(elements.getElementType()))
          return std::nullopt;
        return std::make_pair(promoteElements(elements), WalkResult::skip());
      });
  return replacer;
}

struct PromoteToF64
    : public norm::impl::NormPromoteToF64PassBase<PromoteToF64> {
  using NormPromoteToF64PassBase::NormPromoteToF64PassBase;

  void runOnOperation() override {
    bool isPromotable = true;
    getOperation()->walk([&](Operation *op) {
      StringRef obstacle = findObstacle(op);
      if (obstacle.empty())
        return;
      op->emitError("cannot be computed in f64: ") << obstacle;
      isPromotable = false;
    });
    if (!isPromotable)
      return signalPassFailure();
    AttrTypeReplacer replacer = createReplacer();
    replacer.recursivelyReplaceElementsIn(getOperation(), /*replaceAttrs=*/true,
                                          /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
    // Casts between float types have nothing left to do.
    getOperation()->walk([](Operation *op) {
      if (isa<arith::ExtFOp, arith::TruncFOp>(op)) {
        op->replaceAllUsesWith(op->getOperands());
        op->erase();
      }
    });
  }
};
} // namespace
