// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RowMemory.h"
#include "Alignment.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::norm;

static int64_t getBytes(Type type) {
  return type.isIntOrFloat() ? llvm::divideCeil(type.getIntOrFloatBitWidth(), 8)
                             : sizeof(int64_t);
}

/// Elements of a kept value in a block.
static int64_t countElements(GPUScheduleAttr schedule) {
  return schedule.getVectors() * schedule.getThreadsPerBlock() *
         schedule.getVectorSize();
}

/// Booleans and the like, which are no vectors in memory, are read again.
static SmallVector<Value> getKept(const RowProgram &program) {
  if (program.getOp().getGPUSchedule().getRowIn() != RowResidence::Workgroup)
    return {};
  SmallVector<Value> kept = program.getKeptValues();
  llvm::erase_if(kept,
                 [](Value value) { return isBitPacked(value.getType()); });
  return kept;
}

int64_t norm::getRowMemoryBytes(const RowProgram &program) {
  int64_t bytes = 0;
  for (Value value : getKept(program))
    bytes += llvm::alignTo(countElements(program.getOp().getGPUSchedule()) *
                               getBytes(value.getType()),
                           widestAccess);
  return bytes;
}

RowMemory::RowMemory(OpBuilder &builder, const RowProgram &program,
                     const ThreadLayout &layout)
    : builder(builder), loc(program.getOp().getLoc()),
      schedule(program.getOp().getGPUSchedule()), layout(layout),
      kept(getKept(program)) {
  if (kept.empty())
    return;
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  auto typeOf = [&](int64_t size, Type elementType) {
    return MemRefType::get(size, elementType, MemRefLayoutAttrInterface(),
                           space);
  };
  Value bytes = gpu::DynamicSharedMemoryOp::create(
      builder, loc, typeOf(ShapedType::kDynamic, builder.getI8Type()));
  int64_t first = 0, count = countElements(schedule);
  for (Value value : kept) {
    Value offset = arith::ConstantIndexOp::create(builder, loc, first);
    buffers[value] =
        memref::ViewOp::create(builder, loc, typeOf(count, value.getType()),
                               bytes, offset, ValueRange());
    first += llvm::alignTo(count * getBytes(value.getType()), widestAccess);
  }
}

/// Neighbouring threads have neighbouring pieces.
Value RowMemory::placeOf(unsigned number) {
  Value piece = arith::AddIOp::create(
      builder, loc, layout.thread,
      arith::ConstantIndexOp::create(builder, loc,
                                     number * schedule.getThreadsPerBlock()));
  return arith::MulIOp::create(
      builder, loc, piece,
      arith::ConstantIndexOp::create(builder, loc, schedule.getVectorSize()));
}

void RowMemory::store(unsigned number, Value value, Value emitted) {
  Value place = placeOf(number);
  auto type = dyn_cast<VectorType>(emitted.getType());
  if (!type) {
    memref::StoreOp::create(builder, loc, emitted, buffers[value], place);
    return;
  }
  vector::StoreOp::create(builder, loc, emitted, buffers[value], place)
      .setAlignment(std::min<int64_t>(
          widestAccess, type.getNumElements() * getBytes(value.getType())));
}

Value RowMemory::load(unsigned number, Value value) {
  Value place = placeOf(number);
  if (schedule.getVectorSize() == 1)
    return memref::LoadOp::create(builder, loc, buffers[value], place);
  auto type = VectorType::get(schedule.getVectorSize(), value.getType());
  auto load = vector::LoadOp::create(builder, loc, type, buffers[value], place);
  load.setAlignment(std::min<int64_t>(
      widestAccess, type.getNumElements() * getBytes(value.getType())));
  return load;
}
