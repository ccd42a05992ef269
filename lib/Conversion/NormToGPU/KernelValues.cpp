// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "KernelValues.h"
#include "Alignment.h"
#include "ThreadLayout.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::norm;

KernelValues::KernelValues(OpBuilder &builder, const RowProgram &program,
                           ValueRange operands, GPUScheduleAttr schedule,
                           bool isAligned)
    : ValueEmitter(builder, program, operands, schedule.getLaneDim(),
                   schedule.getVectorSize(), /*scalable=*/false, /*fma=*/true),
      builder(builder), loc(program.getOp().getLoc()),
      laneDim(schedule.getLaneDim()), lanes(schedule.getVectorSize()),
      isAligned(isAligned), lanesAreRows(hasRowsInLanes(program.getOp())) {}

bool KernelValues::isAlongLanes(ArrayRef<int64_t> dims) const {
  return inLanes() && lanes > 1 && llvm::is_contained(dims, *laneDim);
}

bool KernelValues::areLanesWhole() const {
  std::optional<int64_t> size = getConstantIntValue(getSize(*laneDim));
  return isAligned || (size && *size % lanes == 0);
}

int64_t KernelValues::getAccessAlignment(Value memref) const {
  return std::min<int64_t>(
      widestAccess, lanes * getBytes(getElementTypeOrSelf(memref.getType())));
}

/// Where a lane is along the lane dim.
Value KernelValues::laneIndex(int64_t lane) {
  Value first = getIndex(*laneDim);
  if (lane == 0)
    return first;
  return arith::AddIOp::create(
      builder, loc, first, arith::ConstantIndexOp::create(builder, loc, lane));
}

Value KernelValues::load(Value memref, ArrayRef<int64_t> dims, ValueRange) {
  SmallVector<Value> position = indicesOf(dims);
  if (!isAlongLanes(dims))
    return memref::LoadOp::create(builder, loc, memref, position);
  Type elementType = getElementTypeOrSelf(memref.getType());
  auto type = VectorType::get(lanes, elementType);
  if (isAligned && !isBitPacked(elementType)) {
    auto load = vector::LoadOp::create(builder, loc, type, memref, position);
    load.setAlignment(getAccessAlignment(memref));
    return load;
  }
  Value last;
  if (!areLanesWhole())
    last = arith::SubIOp::create(
        builder, loc,
        getValueOrCreateConstantIndexOp(builder, loc, getSize(*laneDim)),
        arith::ConstantIndexOp::create(builder, loc, 1));
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value index = laneIndex(lane);
    if (last)
      index = arith::MinUIOp::create(builder, loc, index, last);
    position[llvm::find(dims, *laneDim) - dims.begin()] = index;
    elements.push_back(memref::LoadOp::create(builder, loc, memref, position));
  }
  return vector::FromElementsOp::create(builder, loc, type, elements);
}

/// Emits `body` under a condition, which may be null.
static void emitIf(OpBuilder &builder, Location loc, Value condition,
                   function_ref<void()> body) {
  if (!condition)
    return body();
  auto choice = scf::IfOp::create(builder, loc, condition, /*withElse=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(choice.thenBlock()->getTerminator());
  body();
}

void KernelValues::storePiece(Value value, Value memref, ArrayRef<int64_t> dims,
                              Value exists) {
  SmallVector<Value> position = indicesOf(dims);
  emitIf(builder, loc, exists, [&] {
    if (!isAlongLanes(dims)) {
      memref::StoreOp::create(builder, loc, value, memref, position);
      return;
    }
    if (isAligned && !isBitPacked(getElementTypeOrSelf(memref.getType()))) {
      vector::StoreOp::create(builder, loc, value, memref, position)
          .setAlignment(getAccessAlignment(memref));
      return;
    }
    for (int64_t lane = 0; lane < lanes; ++lane) {
      Value index = laneIndex(lane), isThere;
      if (!areLanesWhole())
        isThere = arith::CmpIOp::create(
            builder, loc, arith::CmpIPredicate::ult, index,
            getValueOrCreateConstantIndexOp(builder, loc, getSize(*laneDim)));
      position[llvm::find(dims, *laneDim) - dims.begin()] = index;
      Value element = vector::ExtractOp::create(builder, loc, value, lane);
      emitIf(builder, loc, isThere, [&] {
        memref::StoreOp::create(builder, loc, element, memref, position);
      });
    }
  });
}

Value KernelValues::getLaneMask() {
  if (lanesAreRows || !inLanes() || lanes == 1 || areLanesWhole())
    return nullptr;
  auto type = VectorType::get(lanes, builder.getIndexType());
  Value size = vector::BroadcastOp::create(
      builder, loc, type,
      getValueOrCreateConstantIndexOp(builder, loc, getSize(*laneDim)));
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                               getPosition(*laneDim), size);
}
