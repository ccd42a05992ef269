// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RowMemory.h"
#include "Alignment.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::norm;

/// Elements of a kept value in a block.
static int64_t countElements(GPUScheduleAttr schedule) {
  return schedule.getVectors() * schedule.getThreadsPerBlock() *
         schedule.getVectorSize();
}

/// What is no vector in memory, booleans and the like and what is the same
/// along the lanes, is read again.
static SmallVector<Value> getKept(const RowProgram &program) {
  GPUScheduleAttr schedule = program.getOp().getGPUSchedule();
  if (schedule.getRowIn() != RowResidence::Workgroup)
    return {};
  SmallVector<Value> kept = program.getKeptValues();
  llvm::erase_if(kept, [&](Value value) {
    return isBitPacked(value.getType()) ||
           (schedule.getVectorSize() > 1 &&
            !program.getVaryingDims().variesAlong(value,
                                                  *schedule.getLaneDim()));
  });
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
                     const ThreadLayout &layout, KernelFunction &kernel)
    : builder(builder), loc(program.getOp().getLoc()),
      schedule(program.getOp().getGPUSchedule()), layout(layout),
      kept(getKept(program)) {
  if (!kept.empty())
    buffers = kernel.createRequestedMemory(countElements(schedule),
                                           ValueRange(kept).getTypes());
}

Value RowMemory::getBuffer(Value value) const {
  return buffers[llvm::find(kept, value) - kept.begin()];
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
    memref::StoreOp::create(builder, loc, emitted, getBuffer(value), place);
    return;
  }
  vector::StoreOp::create(builder, loc, emitted, getBuffer(value), place)
      .setAlignment(std::min<int64_t>(
          widestAccess, type.getNumElements() * getBytes(value.getType())));
}

Value RowMemory::load(unsigned number, Value value) {
  Value place = placeOf(number);
  if (schedule.getVectorSize() == 1)
    return memref::LoadOp::create(builder, loc, getBuffer(value), place);
  auto type = VectorType::get(schedule.getVectorSize(), value.getType());
  auto load =
      vector::LoadOp::create(builder, loc, type, getBuffer(value), place);
  load.setAlignment(std::min<int64_t>(
      widestAccess, type.getNumElements() * getBytes(value.getType())));
  return load;
}
