// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ThreadLayout.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::norm;

OpFoldResult norm::multiply(OpBuilder &builder, Location loc, OpFoldResult lhs,
                            OpFoldResult rhs) {
  std::optional<int64_t> left = getConstantIntValue(lhs);
  std::optional<int64_t> right = getConstantIntValue(rhs);
  if (left && right)
    return builder.getIndexAttr(*left * *right);
  if (left == 1)
    return rhs;
  if (right == 1)
    return lhs;
  return arith::MulIOp::create(
             builder, loc, getValueOrCreateConstantIndexOp(builder, loc, lhs),
             getValueOrCreateConstantIndexOp(builder, loc, rhs))
      .getResult();
}

OpFoldResult norm::ceilDivide(OpBuilder &builder, Location loc,
                              OpFoldResult size, int64_t divisor) {
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    return builder.getIndexAttr(llvm::divideCeil(*constant, divisor));
  if (divisor == 1)
    return size;
  // Sizes are far from where this overflows.
  Value rounded = arith::AddIOp::create(
      builder, loc, cast<Value>(size),
      arith::ConstantIndexOp::create(builder, loc, divisor - 1));
  return arith::DivUIOp::create(
             builder, loc, rounded,
             arith::ConstantIndexOp::create(builder, loc, divisor))
      .getResult();
}

DimPositions norm::delinearize(OpBuilder &builder, Location loc, Value linear,
                               ArrayRef<int64_t> dims,
                               ArrayRef<OpFoldResult> sizes) {
  DimPositions position;
  for (size_t i = dims.size(); i-- > 0;) {
    Value own = linear;
    if (i > 0) {
      Value size = getValueOrCreateConstantIndexOp(builder, loc, sizes[i]);
      own = arith::RemUIOp::create(builder, loc, linear, size);
      linear = arith::DivUIOp::create(builder, loc, linear, size);
    }
    position.emplace_back(dims[i], own);
  }
  return position;
}

bool norm::hasRowsInLanes(GenericOp op) {
  std::optional<int64_t> laneDim = op.getGPUSchedule().getLaneDim();
  return laneDim && !op.isNormalizedDim(*laneDim);
}

SmallVector<int64_t> norm::getLoopDims(GenericOp op) {
  SmallVector<int64_t> dims = op.getRowDims();
  llvm::erase_if(dims, [&](int64_t dim) {
    for (unsigned output = 0; output < op.getOutputs().size(); ++output)
      if (!op.getOutputMap(output).isFunctionOfDim(dim))
        return false;
    return true;
  });
  return dims;
}

/// The row dims that are no loop dims, that of the lanes last, with how many
/// groups they have.
static std::pair<SmallVector<int64_t>, SmallVector<OpFoldResult>>
getRowGroups(OpBuilder &builder, GenericOp op, ValueRange operands) {
  GPUScheduleAttr schedule = op.getGPUSchedule();
  SmallVector<int64_t> dims = op.getRowDims(), loopDims = getLoopDims(op);
  llvm::erase_if(
      dims, [&](int64_t dim) { return llvm::is_contained(loopDims, dim); });
  if (hasRowsInLanes(op)) {
    llvm::erase(dims, *schedule.getLaneDim());
    dims.push_back(*schedule.getLaneDim());
  }
  SmallVector<OpFoldResult> all(op.getNumDims());
  for (auto [operand, map] :
       llvm::zip_equal(operands, op.getIndexingMapsArray()))
    for (auto [position, dim] : llvm::enumerate(ValueEmitter::dimsOf(map)))
      if (!all[dim] || !getConstantIntValue(all[dim]))
        all[dim] =
            memref::getMixedSize(builder, op.getLoc(), operand, position);
  SmallVector<OpFoldResult> sizes;
  for (int64_t dim : dims)
    sizes.push_back(schedule.getLaneDim() == dim
                        ? ceilDivide(builder, op.getLoc(), all[dim],
                                     schedule.getVectorSize())
                        : all[dim]);
  return {dims, sizes};
}

OpFoldResult norm::countRowGroups(OpBuilder &builder, GenericOp op,
                                  ValueRange operands) {
  OpFoldResult count = builder.getIndexAttr(1);
  for (OpFoldResult size : getRowGroups(builder, op, operands).second)
    count = multiply(builder, op.getLoc(), count, size);
  return count;
}

/// The number of the thread's row, or that of the last one, and whether it
/// exists.
static Value emitRow(OpBuilder &builder, GenericOp op, ValueRange operands,
                     ThreadLayout &layout) {
  Location loc = op.getLoc();
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  Value block = gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x);
  if (layout.clusterSize > 1) {
    layout.rank =
        arith::RemUIOp::create(builder, loc, block, index(layout.clusterSize));
    layout.part = arith::AddIOp::create(
        builder, loc,
        arith::MulIOp::create(builder, loc, layout.rank,
                              index(layout.threadsPerRow)),
        layout.part);
    block =
        arith::DivUIOp::create(builder, loc, block, index(layout.clusterSize));
  }
  Value row = arith::AddIOp::create(
      builder, loc,
      arith::MulIOp::create(builder, loc, block, index(layout.rowsPerBlock)),
      layout.slot);
  OpFoldResult count = countRowGroups(builder, op, operands);
  std::optional<int64_t> constant = getConstantIntValue(count);
  if (layout.rowsPerBlock == 1 ||
      (constant && *constant % layout.rowsPerBlock == 0))
    return row;
  Value all = getValueOrCreateConstantIndexOp(builder, loc, count);
  layout.exists =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, row, all);
  Value last = arith::SubIOp::create(builder, loc, all, index(1));
  return arith::MinUIOp::create(builder, loc, row, last);
}

ThreadLayout norm::emitThreadLayout(OpBuilder &builder, GenericOp op,
                                    ValueRange operands) {
  Location loc = op.getLoc();
  GPUScheduleAttr schedule = op.getGPUSchedule();
  ThreadLayout layout;
  layout.threadsPerRow = schedule.getThreadsPerRow();
  layout.rowsPerBlock = schedule.getRowsPerBlock();
  layout.clusterSize = schedule.getCluster();
  layout.lanesAreRows = hasRowsInLanes(op);
  layout.thread = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
  // The faster of the two is what neighbouring threads differ in.
  int64_t inner =
      layout.lanesAreRows ? layout.rowsPerBlock : layout.threadsPerRow;
  Value size = arith::ConstantIndexOp::create(builder, loc, inner);
  Value fast = arith::RemUIOp::create(builder, loc, layout.thread, size);
  Value slow = arith::DivUIOp::create(builder, loc, layout.thread, size);
  layout.part = layout.lanesAreRows ? slow : fast;
  layout.slot = layout.lanesAreRows ? fast : slow;
  Value row = emitRow(builder, op, operands, layout);
  auto [dims, sizes] = getRowGroups(builder, op, operands);
  layout.position = delinearize(builder, loc, row, dims, sizes);
  if (layout.lanesAreRows) {
    Value &first = layout.position.front().second;
    first = arith::MulIOp::create(
        builder, loc, first,
        arith::ConstantIndexOp::create(builder, loc, schedule.getVectorSize()));
  }
  return layout;
}
