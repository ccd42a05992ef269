// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "NormBytecode.h"
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
  addBytecodeInterface(*this);
}

Operation *NormDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                            Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

LogicalResult CPUScheduleAttr::verify(
    function_ref<InFlightDiagnostic()> emitError,
    std::optional<int64_t> laneDim, int64_t vectorSize, bool scalable,
    int64_t unroll, int64_t rows, bool, std::optional<int64_t> nontemporalAbove,
    bool peel, int64_t prefetchBytes, int64_t prefetchLocality,
    std::optional<int64_t> prefetchPhase, bool, int64_t serialBelow, bool) {
  auto isWithin = [&](StringRef name, int64_t value, int64_t low,
                      int64_t high) {
    if (value >= low && value <= high)
      return true;
    InFlightDiagnostic diagnostic = emitError() << "expected ";
    diagnostic << (StringRef("aeiou").contains(name.front()) ? "an " : "a ")
               << name;
    if (high == std::numeric_limits<int64_t>::max())
      diagnostic << " of at least " << low;
    else
      diagnostic << " from " << low << " to " << high;
    diagnostic << ", got " << value;
    return false;
  };
  constexpr int64_t any = std::numeric_limits<int64_t>::max();
  if (!isWithin("lane_dim", laneDim.value_or(0), 0, any) ||
      !isWithin("vector_size", vectorSize, 1, 1024) ||
      !isWithin("unroll", unroll, 1, 64) ||
      !isWithin("nontemporal_above", nontemporalAbove.value_or(0), 0, any) ||
      !isWithin("prefetch_bytes", prefetchBytes, 0, any) ||
      !isWithin("prefetch_locality", prefetchLocality, 0, 3) ||
      !isWithin("prefetch_phase", prefetchPhase.value_or(0), 0, any) ||
      !isWithin("serial_below", serialBelow, 0, any))
    return failure();
  if (!laneDim && vectorSize != 1)
    return emitError() << "expected a vector_size of 1 without a lane_dim, got "
                       << vectorSize;
  if (rows < 1 || rows > 64 || !llvm::isPowerOf2_64(rows))
    return emitError() << "expected rows to be a power of two up to 64, got "
                       << rows;
  if (unroll * rows > 256)
    return emitError() << "expected unroll times rows to be at most 256, got "
                       << unroll << " times " << rows;
  if (scalable && (vectorSize == 1 || rows != 1))
    return emitError() << "expected scalable vectors of more than one element "
                          "and a single row per iteration, got vector_size "
                       << vectorSize << " and rows " << rows;
  if (scalable && (nontemporalAbove || prefetchBytes > 0))
    return emitError() << "expected neither nontemporal_above nor "
                          "prefetch_bytes with scalable vectors";
  if (peel && rows != 1)
    return emitError() << "expected a single row per iteration with peel, got "
                       << rows;
  return success();
}
