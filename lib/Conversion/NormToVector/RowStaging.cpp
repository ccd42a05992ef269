// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stores of RowEmitter that go through a buffer, where the parts of a row that
// a loop stores do not start at multiples of a line but the row does.

#include "RowEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

using namespace mlir;
using namespace mlir::norm;

/// What a cache transfers at once, and the largest buffer, in bytes.
static constexpr int64_t lineBytes = 64, largestBuffer = 8192;

/// Memory that lives as long as the function or the iteration of the parallel
/// loop around: no other loop allocates it again.
Value RowEmitter::emitStackArray(int64_t count, Type elementType) {
  OpBuilder::InsertionGuard guard(builder);
  Operation *scope = builder.getInsertionBlock()->getParentOp();
  while (!isa<FunctionOpInterface>(scope) &&
         !scope->hasTrait<OpTrait::HasParallelRegion>())
    scope = scope->getParentOp();
  builder.setInsertionPointToStart(&scope->getRegion(0).front());
  return memref::AllocaOp::create(builder, loc,
                                  MemRefType::get(count, elementType),
                                  builder.getI64IntegerAttr(lineBytes));
}

/// The dims over whose elements a buffer is filled again and again, and the
/// lane dim.
static SmallVector<int64_t> getStagedDims(ArrayRef<int64_t> dims,
                                          int64_t laneDim) {
  SmallVector<int64_t> staged = llvm::to_vector(dims);
  if (!llvm::is_contained(staged, laneDim))
    staged.push_back(laneDim);
  return staged;
}

/// Whether the nest stores one output, whose rows, or all rows that stand side
/// by side, are a run of memory of whole lines, but not those parts of it that
/// the innermost loop stores, or that these rows have at one position.
bool RowEmitter::canStage(ArrayRef<int64_t> nestDims,
                          ArrayRef<unsigned> outputs) {
  if (!schedule.getPeel() || outputs.size() != 1 || nestDims.empty())
    return false;
  SmallVector<int64_t> dims = getStagedDims(nestDims, *schedule.getLaneDim());
  if (dims.size() < 2 || schedule.getLaneDim() != dims.back() ||
      (lanesAreRows() ? !isSingleGroup() : values.getNumRows() != 1))
    return false;
  auto type = cast<MemRefType>(getOutput(outputs.front()).getType());
  SmallVector<int64_t> stored =
      ValueEmitter::dimsOf(op.getOutputMap(outputs.front()));
  if (stored.size() < dims.size() ||
      ArrayRef(stored).take_back(dims.size()) != ArrayRef(dims))
    return false;
  auto [strides, offset] = type.getStridesAndOffset();
  int64_t run = 1;
  for (size_t i = 1; i <= dims.size(); ++i) {
    int64_t size = type.getShape()[stored.size() - i];
    if (ShapedType::isDynamic(size) || size == 0 ||
        strides[stored.size() - i] != run || llvm::MulOverflow(run, size, run))
      return false;
  }
  int64_t elementBytes = type.getElementTypeBitWidth() / 8;
  int64_t loopBytes = type.getShape().back() * elementBytes;
  return loopBytes <= largestBuffer && loopBytes % lineBytes != 0 &&
         run % (lineBytes / elementBytes) == 0;
}

/// Whether outputs bypass the caches and the row at hand starts at a line.
Value RowEmitter::emitStartsAtLine(unsigned output) {
  values.setRow(0);
  Value bits =
      arith::AndIOp::create(builder, loc, emitAddress(output, /*inNest=*/false),
                            index(lineBytes - 1));
  Value isAligned = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::eq, bits, index(0));
  return arith::AndIOp::create(builder, loc, streams, isAligned);
}

/// The nest of an output, a buffer between its innermost loop and memory: each
/// time the loop has filled it, its whole lines bypass the caches, and what is
/// left moves to the front. Stores trail loads, as without it.
void RowEmitter::emitStagedNest(ArrayRef<int64_t> nestDims, unsigned output) {
  SmallVector<int64_t> dims = getStagedDims(nestDims, *schedule.getLaneDim());
  values.setRow(0);
  Value memref = getOutput(output);
  auto type = cast<MemRefType>(memref.getType());
  int64_t elementBytes = type.getElementTypeBitWidth() / 8;
  int64_t size = type.getShape().back(), run = 1;
  for (int64_t extent : type.getShape().take_back(dims.size()))
    run *= extent;
  Staging staging;
  staging.output = output;
  staging.line = lineBytes / elementBytes;
  staging.buffer =
      emitStackArray(llvm::alignTo(size, staging.line) + 2 * staging.line,
                     type.getElementType());
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, memref);
  Value first = arith::DivUIOp::create(
      builder, loc,
      arith::SubIOp::create(
          builder, loc, emitAddress(output, /*inNest=*/false),
          memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memref)),
      index(elementBytes));
  auto runType = MemRefType::get(
      run, type.getElementType(),
      StridedLayoutAttr::get(builder.getContext(), ShapedType::kDynamic, 1),
      type.getMemorySpace());
  staging.run = memref::ReinterpretCastOp::create(
      builder, loc, runType, metadata.getBaseBuffer(), first,
      ArrayRef<OpFoldResult>{builder.getIndexAttr(run)},
      ArrayRef<OpFoldResult>{builder.getIndexAttr(1)});
  emitStagedLoops(dims, staging, {index(0), index(0)});
}

/// The loops from the first of `dims` on. The state is the number of elements
/// at the front of the buffer, and of those that memory has; returns the next.
SmallVector<Value> RowEmitter::emitStagedLoops(ArrayRef<int64_t> dims,
                                               const Staging &staging,
                                               ArrayRef<Value> state) {
  if (dims.size() > 1)
    return emitFor(index(0), asValue(values.getSize(dims.front())), index(1),
                   state, [&](Value position, MutableArrayRef<Value> state) {
                     values.pushFrame({{dims.front(), position}});
                     llvm::copy(
                         emitStagedLoops(dims.drop_front(), staging, state),
                         state.begin());
                     values.popFrame();
                   });
  auto bufferType = cast<MemRefType>(staging.buffer.getType());
  int64_t size =
      cast<MemRefType>(getOutput(staging.output).getType()).getShape().back();
  auto partType = MemRefType::get(
      size, bufferType.getElementType(),
      StridedLayoutAttr::get(builder.getContext(), ShapedType::kDynamic, 1));
  Value part = memref::ReinterpretCastOp::create(
      builder, loc, partType, staging.buffer, state.front(),
      ArrayRef<OpFoldResult>{builder.getIndexAttr(size)},
      ArrayRef<OpFoldResult>{builder.getIndexAttr(1)});
  auto emitStores = [&] {
    emitPrefetches();
    Value yielded = op.getYield().getValues()[staging.output];
    for (unsigned row = 0; row < values.getNumRows(); ++row) {
      values.setRow(row);
      values.store(values.getSpread(yielded), part, dims.front());
    }
  };
  if (lanesAreRows())
    emitStores();
  else
    emitLoop(dims.front(), {}, {}, /*maxUnroll=*/2,
             [&](MutableArrayRef<Value>) { emitStores(); });
  return emitFlush(staging, state, size);
}

/// Moves the whole lines of what is in the buffer, `size` elements more than
/// before, to memory, and the rest to the front.
SmallVector<Value> RowEmitter::emitFlush(const Staging &staging,
                                         ArrayRef<Value> state, int64_t size) {
  auto bufferType = cast<MemRefType>(staging.buffer.getType());
  auto lineType = VectorType::get(staging.line, bufferType.getElementType());
  Value total = arith::AddIOp::create(builder, loc, state[0], index(size));
  Value rest =
      arith::AndIOp::create(builder, loc, total, index(staging.line - 1));
  Value end = arith::SubIOp::create(builder, loc, total, rest);
  auto load = [&](Value position) {
    return vector::LoadOp::create(builder, loc, lineType, staging.buffer,
                                  position);
  };
  emitFor(index(0), end, index(staging.line), {},
          [&](Value position, MutableArrayRef<Value>) {
            Value place =
                arith::AddIOp::create(builder, loc, state[1], position);
            auto store = vector::StoreOp::create(builder, loc, load(position),
                                                 staging.run, place);
            store.setNontemporal(true);
            store.setAlignment(lineBytes);
          });
  vector::StoreOp::create(builder, loc, load(end), staging.buffer, index(0));
  return {rest, arith::AddIOp::create(builder, loc, state[1], end)};
}
