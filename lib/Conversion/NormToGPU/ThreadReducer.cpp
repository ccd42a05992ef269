// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ThreadReducer.h"
#include "RowValues/Widen.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::norm;

Value ThreadReducer::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

//===----------------------------------------------------------------------===//
// Within a warp
//===----------------------------------------------------------------------===//

/// The value of the thread whose number differs in one bit. What moves between
/// threads are words of 32 bits.
Value ThreadReducer::shuffle(Value value, int64_t distance) {
  Type type = value.getType();
  auto exchange = [&](Value word) -> Value {
    return gpu::ShuffleOp::create(builder, loc, word, distance, warpSize,
                                  gpu::ShuffleMode::XOR)
        .getShuffleResult();
  };
  if (isa<IndexType>(type)) {
    Value wide =
        arith::IndexCastOp::create(builder, loc, builder.getI64Type(), value);
    return arith::IndexCastOp::create(builder, loc, type,
                                      shuffle(wide, distance));
  }
  unsigned width = type.getIntOrFloatBitWidth();
  Type integer = builder.getIntegerType(width), word = builder.getI32Type();
  Value bits = value;
  if (type != integer)
    bits = arith::BitcastOp::create(builder, loc, integer, value);
  if (width < 32) {
    bits = arith::ExtUIOp::create(builder, loc, word, bits);
    bits = arith::TruncIOp::create(builder, loc, integer, exchange(bits));
  } else if (width == 32) {
    bits = exchange(bits);
  } else {
    auto pair = VectorType::get(width / 32, word);
    Value words = vector::BitCastOp::create(
        builder, loc, pair,
        vector::BroadcastOp::create(builder, loc, VectorType::get(1, integer),
                                    bits));
    SmallVector<Value> exchanged;
    for (int64_t i = 0; i < pair.getNumElements(); ++i)
      exchanged.push_back(
          exchange(vector::ExtractOp::create(builder, loc, words, i)));
    words = vector::FromElementsOp::create(builder, loc, pair, exchanged);
    words = vector::BitCastOp::create(builder, loc, VectorType::get(1, integer),
                                      words);
    bits = vector::ExtractOp::create(builder, loc, words, 0);
  }
  return type == integer
             ? bits
             : arith::BitcastOp::create(builder, loc, type, bits).getResult();
}

/// A butterfly over the `threads` neighbours, a power of two: what is combined
/// is the same for both partners of a step, up to its order, so that all get
/// the same bits.
Value ThreadReducer::combineInWarp(vector::CombiningKind kind, Value value,
                                   int64_t threads) {
  for (int64_t distance = threads / 2; distance > 0; distance /= 2)
    value = combineValues(builder, loc, kind, value, shuffle(value, distance));
  return value;
}

//===----------------------------------------------------------------------===//
// Through workgroup memory
//===----------------------------------------------------------------------===//

Value ThreadReducer::getMemory(MemRefType type) {
  ArrayRef<BlockArgument> memory = function.getWorkgroupAttributions();
  if (numUsed < memory.size())
    return memory[numUsed++];
  ++numUsed;
  return function.addWorkgroupAttribution(type, loc);
}

/// Combines values whose number is a power of two.
Value ThreadReducer::combineTree(vector::CombiningKind kind,
                                 MutableArrayRef<Value> parts) {
  for (size_t half = parts.size() / 2; half > 0; half /= 2)
    for (size_t i = 0; i < half; ++i)
      parts[i] = combineValues(builder, loc, kind, parts[i], parts[i + half]);
  return parts.front();
}

static MemRefType getMemoryType(ArrayRef<int64_t> sizes, Type elementType) {
  auto space = gpu::AddressSpaceAttr::get(elementType.getContext(),
                                          gpu::AddressSpace::Workgroup);
  return MemRefType::get(sizes, elementType, MemRefLayoutAttrInterface(),
                         space);
}

/// The address spaces of a block's workgroup memory and of all blocks' of a
/// cluster, as NVVM numbers them.
static constexpr unsigned workgroupSpace = 3, clusterSpace = 7;

void ThreadReducer::announceBlock() {
  if (layout.clusterSize > 1)
    NVVM::ClusterArriveRelaxedOp::create(builder, loc, builder.getUnitAttr());
}

/// Stores the values at `place` of the memory of all blocks of the cluster, a
/// lane to each, and waits until all have.
void ThreadReducer::sendToCluster(MutableArrayRef<Value> values,
                                  ArrayRef<Value> memory, Value lane,
                                  Value place) {
  if (!isClusterThere)
    NVVM::ClusterWaitOp::create(builder, loc, builder.getUnitAttr());
  isClusterThere = true;
  Value isSender = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::ult, lane, index(layout.clusterSize));
  auto choice = scf::IfOp::create(builder, loc, isSender, /*withElse=*/false);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(choice.thenBlock()->getTerminator());
    Type i64 = builder.getI64Type();
    auto asInteger = [&](Type type, Value value) -> Value {
      return arith::IndexCastOp::create(builder, loc, type, value);
    };
    Value target = asInteger(builder.getI32Type(), lane);
    Value offset = asInteger(i64, place);
    auto pointerTo = [&](unsigned space) {
      return LLVM::LLVMPointerType::get(builder.getContext(), space);
    };
    for (auto [value, buffer] : llvm::zip_equal(values, memory)) {
      Value address = LLVM::IntToPtrOp::create(
          builder, loc, pointerTo(workgroupSpace),
          asInteger(i64, memref::ExtractAlignedPointerAsIndexOp::create(
                             builder, loc, buffer)));
      address = LLVM::GEPOp::create(builder, loc, pointerTo(workgroupSpace),
                                    value.getType(), address,
                                    ArrayRef<LLVM::GEPArg>{offset});
      address = NVVM::MapaOp::create(builder, loc, pointerTo(clusterSpace),
                                     address, target);
      LLVM::StoreOp::create(builder, loc, value, address);
    }
  }
  NVVM::ClusterArriveOp::create(builder, loc, builder.getUnitAttr());
  NVVM::ClusterWaitOp::create(builder, loc, builder.getUnitAttr());
}

/// Stores the values at `place` of the row's memory, by one lane, and waits
/// until all warps have.
void ThreadReducer::sendToBlock(MutableArrayRef<Value> values,
                                ArrayRef<Value> memory, Value lane,
                                Value place) {
  Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        lane, index(0));
  auto choice = scf::IfOp::create(builder, loc, isFirst, /*withElse=*/false);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(choice.thenBlock()->getTerminator());
    for (auto [value, buffer] : llvm::zip_equal(values, memory))
      memref::StoreOp::create(builder, loc, value, buffer,
                              ValueRange{layout.slot, place});
  }
  gpu::BarrierOp::create(builder, loc);
}

/// What a lane has of `count` values in a row's memory: one where there are no
/// more than lanes, else those that lie a warp apart, combined.
Value ThreadReducer::takeParts(vector::CombiningKind kind, Value buffer,
                               Value lane, int64_t count) {
  auto load = [&](Value place) -> Value {
    return memref::LoadOp::create(builder, loc, buffer,
                                  ValueRange{layout.slot, place});
  };
  if (count <= warpSize)
    return load(arith::RemUIOp::create(builder, loc, lane, index(count)));
  SmallVector<Value> parts;
  for (int64_t first = 0; first < count; first += warpSize)
    parts.push_back(
        load(arith::AddIOp::create(builder, loc, lane, index(first))));
  return combineTree(kind, parts);
}

/// Combines the warps of a row: each leaves its result in memory, from which
/// every warp takes them all, in its lanes.
void ThreadReducer::combineWarps(ArrayRef<vector::CombiningKind> kinds,
                                 MutableArrayRef<Value> values) {
  int64_t warps = layout.threadsPerRow / warpSize * layout.clusterSize;
  // What indices are is up to the target: they travel as i64.
  SmallVector<Value> sent = llvm::map_to_vector(values, [&](Value value) {
    return layout.clusterSize > 1 && isa<IndexType>(value.getType())
               ? arith::IndexCastOp::create(builder, loc, builder.getI64Type(),
                                            value)
               : value;
  });
  Value lane =
      arith::RemUIOp::create(builder, loc, layout.part, index(warpSize));
  Value warp =
      arith::DivUIOp::create(builder, loc, layout.part, index(warpSize));
  SmallVector<Value> memory = llvm::map_to_vector(sent, [&](Value value) {
    return getMemory(
        getMemoryType({layout.rowsPerBlock, warps}, value.getType()));
  });
  if (layout.clusterSize > 1)
    sendToCluster(sent, memory, lane, warp);
  else
    sendToBlock(sent, memory, lane, warp);
  for (auto [kind, value, buffer] : llvm::zip_equal(kinds, values, memory)) {
    Value part = takeParts(kind, buffer, lane, warps);
    part = combineInWarp(kind, part, std::min(warps, warpSize));
    value =
        part.getType() == value.getType()
            ? part
            : arith::IndexCastOp::create(builder, loc, value.getType(), part);
  }
}

/// Combines the threads of a row, or of a vector of rows, that are far apart:
/// each leaves its part in memory and takes all of them.
void ThreadReducer::combineParts(ArrayRef<vector::CombiningKind> kinds,
                                 MutableArrayRef<Value> values) {
  SmallVector<Value> memory = llvm::map_to_vector(values, [&](Value value) {
    SmallVector<int64_t> sizes = {layout.threadsPerRow, layout.rowsPerBlock};
    if (auto type = dyn_cast<VectorType>(value.getType()))
      llvm::append_range(sizes, type.getShape());
    return getMemory(
        getMemoryType(sizes, getElementTypeOrSelf(value.getType())));
  });
  Value zero = index(0);
  auto placeOf = [&](Value part, Value value) {
    SmallVector<Value> place = {part, layout.slot};
    if (isa<VectorType>(value.getType()))
      place.push_back(zero);
    return place;
  };
  for (auto [value, buffer] : llvm::zip_equal(values, memory)) {
    SmallVector<Value> place = placeOf(layout.part, value);
    if (isa<VectorType>(value.getType()))
      vector::StoreOp::create(builder, loc, value, buffer, place);
    else
      memref::StoreOp::create(builder, loc, value, buffer, place);
  }
  gpu::BarrierOp::create(builder, loc);
  for (auto [kind, value, buffer] : llvm::zip_equal(kinds, values, memory)) {
    SmallVector<Value, 0> parts; // there may be many
    for (int64_t part = 0; part < layout.threadsPerRow; ++part) {
      SmallVector<Value> place = placeOf(index(part), value);
      parts.push_back(isa<VectorType>(value.getType())
                          ? vector::LoadOp::create(
                                builder, loc, cast<VectorType>(value.getType()),
                                buffer, place)
                                .getResult()
                          : memref::LoadOp::create(builder, loc, buffer, place)
                                .getResult());
    }
    value = combineTree(kind, parts);
  }
}

void ThreadReducer::combine(ArrayRef<vector::CombiningKind> kinds,
                            MutableArrayRef<Value> values) {
  if (values.empty() || layout.threadsPerRow * layout.clusterSize == 1)
    return;
  if (layout.lanesAreRows)
    return combineParts(kinds, values);
  for (auto [kind, value] : llvm::zip_equal(kinds, values))
    value =
        combineInWarp(kind, value, std::min(layout.threadsPerRow, warpSize));
  if (layout.threadsPerRow * layout.clusterSize > warpSize)
    combineWarps(kinds, values);
}
