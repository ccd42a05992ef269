// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ThreadReducer.h"
#include "RowValues/Widen.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::norm;

static constexpr int64_t warpSize = 32;

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

static MemRefType getMemoryType(ArrayRef<int64_t> sizes, Type elementType) {
  auto space = gpu::AddressSpaceAttr::get(elementType.getContext(),
                                          gpu::AddressSpace::Workgroup);
  return MemRefType::get(sizes, elementType, MemRefLayoutAttrInterface(),
                         space);
}

/// Combines the warps of a row: each has left its result in memory, from which
/// every warp takes them all, a lane each.
void ThreadReducer::combineWarps(ArrayRef<vector::CombiningKind> kinds,
                                 MutableArrayRef<Value> values) {
  int64_t warps = layout.threadsPerRow / warpSize;
  Value lane =
      arith::RemUIOp::create(builder, loc, layout.part, index(warpSize));
  Value warp =
      arith::DivUIOp::create(builder, loc, layout.part, index(warpSize));
  SmallVector<Value> memory = llvm::map_to_vector(values, [&](Value value) {
    return getMemory(
        getMemoryType({layout.rowsPerBlock, warps}, value.getType()));
  });
  Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        lane, index(0));
  auto choice = scf::IfOp::create(builder, loc, isFirst, /*withElse=*/false);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(choice.thenBlock()->getTerminator());
    for (auto [value, buffer] : llvm::zip_equal(values, memory))
      memref::StoreOp::create(builder, loc, value, buffer,
                              ValueRange{layout.slot, warp});
  }
  gpu::BarrierOp::create(builder, loc);
  Value source = arith::RemUIOp::create(builder, loc, lane, index(warps));
  for (auto [kind, value, buffer] : llvm::zip_equal(kinds, values, memory)) {
    Value part = memref::LoadOp::create(builder, loc, buffer,
                                        ValueRange{layout.slot, source});
    value = combineInWarp(kind, part, warps);
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
    for (size_t half = parts.size() / 2; half > 0; half /= 2)
      for (size_t i = 0; i < half; ++i)
        parts[i] = combineValues(builder, loc, kind, parts[i], parts[i + half]);
    value = parts.front();
  }
}

void ThreadReducer::combine(ArrayRef<vector::CombiningKind> kinds,
                            MutableArrayRef<Value> values) {
  if (values.empty() || layout.threadsPerRow == 1)
    return;
  if (layout.lanesAreRows)
    return combineParts(kinds, values);
  for (auto [kind, value] : llvm::zip_equal(kinds, values))
    value =
        combineInWarp(kind, value, std::min(layout.threadsPerRow, warpSize));
  if (layout.threadsPerRow > warpSize)
    combineWarps(kinds, values);
}
