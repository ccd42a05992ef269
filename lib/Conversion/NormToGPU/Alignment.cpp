// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Alignment.h"
#include "RowValues/ValueEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::norm;

int64_t norm::getBytes(Type elementType) {
  return elementType.isIntOrFloat()
             ? llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8)
             : sizeof(int64_t);
}

bool norm::isBitPacked(Type elementType) {
  if (!elementType.isIntOrFloat())
    return false;
  unsigned width = elementType.getIntOrFloatBitWidth();
  return width < 8 || !llvm::isPowerOf2_32(width);
}

namespace {
/// Collects what must hold, one divisibility after the other.
class AlignmentCheck {
public:
  AlignmentCheck(OpBuilder &builder, GenericOp op, const KernelFunction &kernel)
      : builder(builder), op(op), loc(op.getLoc()), kernel(kernel) {}

  PieceAlignment run();

private:
  void requireMultiple(Value number, int64_t divisor);
  void requireMultiple(OpFoldResult size, int64_t divisor);
  void checkOperand(unsigned number);

  OpBuilder &builder;
  GenericOp op;
  Location loc;
  const KernelFunction &kernel;
  bool isNever = false;
  Value condition;
};
} // namespace

/// `number` is an i64 or an index.
void AlignmentCheck::requireMultiple(Value number, int64_t divisor) {
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(
        builder, loc, builder.getIntegerAttr(number.getType(), value));
  };
  Value rest =
      arith::AndIOp::create(builder, loc, number, constant(divisor - 1));
  Value holds = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                      rest, constant(0));
  condition =
      condition ? arith::AndIOp::create(builder, loc, condition, holds) : holds;
}

void AlignmentCheck::requireMultiple(OpFoldResult size, int64_t divisor) {
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    isNever |= *constant % divisor != 0;
  else if (divisor > 1)
    requireMultiple(cast<Value>(size), divisor);
}

void AlignmentCheck::checkOperand(unsigned number) {
  GPUScheduleAttr schedule = op.getGPUSchedule();
  AffineMap map = op.getIndexingMapsArray()[number];
  auto type = dyn_cast<MemRefType>(op->getOperand(number).getType());
  if (!type || !map.isFunctionOfDim(*schedule.getLaneDim()) ||
      isBitPacked(type.getElementType()))
    return;
  int64_t bytes = getBytes(type.getElementType());
  int64_t access =
      std::min<int64_t>(widestAccess, schedule.getVectorSize() * bytes);
  if (kernel.getKnownAlignment(number) % access != 0) {
    Value address = LLVM::PtrToIntOp::create(builder, loc, builder.getI64Type(),
                                             kernel.getPointer(number));
    requireMultiple(address, access);
  }
  // Those of a contiguous memref are multiples of the lane dim's size.
  if (type.getLayout().isIdentity())
    return;
  auto [strides, offset] = type.getStridesAndOffset();
  int64_t divisor = access / std::min(bytes, access);
  for (auto [position, stride] :
       llvm::enumerate(ArrayRef(strides).drop_back())) {
    if (type.getDimSize(position) == 1)
      continue;
    if (!ShapedType::isDynamic(stride))
      isNever |= stride % divisor != 0;
    else
      requireMultiple(memref::ExtractStridedMetadataOp::create(
                          builder, loc, kernel.getOperands()[number])
                          .getStrides()[position],
                      divisor);
  }
}

PieceAlignment AlignmentCheck::run() {
  GPUScheduleAttr schedule = op.getGPUSchedule();
  if (schedule.getVectorSize() == 1)
    return {PieceAlignment::Always, nullptr};
  int64_t laneDim = *schedule.getLaneDim();
  for (auto [operand, map] :
       llvm::zip_equal(kernel.getOperands(), op.getIndexingMapsArray()))
    for (auto [position, dim] : llvm::enumerate(ValueEmitter::dimsOf(map)))
      if (dim == laneDim && !condition)
        requireMultiple(memref::getMixedSize(builder, loc, operand, position),
                        schedule.getVectorSize());
  for (unsigned number = 0; number < op->getNumOperands(); ++number) {
    // Equal operands are one argument.
    auto earlier = op->getOperands().take_front(number);
    if (!llvm::is_contained(earlier, op->getOperand(number)))
      checkOperand(number);
  }
  if (isNever)
    return {PieceAlignment::Never, nullptr};
  if (condition)
    return {PieceAlignment::AtRunTime, condition};
  return {PieceAlignment::Always, nullptr};
}

PieceAlignment norm::emitPieceAlignment(OpBuilder &builder, GenericOp op,
                                        const KernelFunction &kernel) {
  return AlignmentCheck(builder, op, kernel).run();
}
