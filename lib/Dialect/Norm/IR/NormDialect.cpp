// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::norm;

#include "norm/Dialect/Norm/IR/NormDialect.cpp.inc"
#include "norm/Dialect/Norm/IR/NormEnums.cpp.inc"
#include "norm/Dialect/Norm/IR/NormInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "norm/Dialect/Norm/IR/NormAttrs.cpp.inc"

namespace {
/// Norm operations may be inlined anywhere: none depends on where it stands.
struct NormInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;

  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final {
    return false; // nothing is inlined into a row program
  }
};
} // namespace

void NormDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "norm/Dialect/Norm/IR/NormOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "norm/Dialect/Norm/IR/NormAttrs.cpp.inc"
      >();
  addInterfaces<NormInlinerInterface>();
}

Operation *NormDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                            Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

LogicalResult
CPUScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        std::optional<int64_t> laneDim, int64_t vectorSize,
                        int64_t unroll, bool, int64_t serialBelow, bool) {
  if (laneDim && *laneDim < 0)
    return emitError() << "expected a lane_dim of at least 0, got " << *laneDim;
  if (vectorSize < 1 || vectorSize > 1024)
    return emitError() << "expected a vector_size from 1 to 1024, got "
                       << vectorSize;
  if (!laneDim && vectorSize != 1)
    return emitError() << "expected a vector_size of 1 without a lane_dim, got "
                       << vectorSize;
  if (unroll < 1 || unroll > 64)
    return emitError() << "expected an unroll from 1 to 64, got " << unroll;
  if (serialBelow < 0)
    return emitError() << "expected a serial_below of at least 0, got "
                       << serialBelow;
  return success();
}
