// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How RowEmitter uses memory: prefetches of the rows ahead, and which stores
// bypass the caches.

#include "RowEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::norm;

/// What a cache transfers at once, in bytes. A store that bypasses the caches
/// needs no more alignment than that.
static constexpr int64_t lineBytes = 64;

//===----------------------------------------------------------------------===//
// Prefetches
//===----------------------------------------------------------------------===//

/// Whether the input holds vectors of elements that differ from row to row.
bool RowEmitter::isPrefetched(unsigned input) {
  AffineMap map = op.getInputMap(input);
  return getElementTypeOrSelf(operands[input].getType()).isIntOrFloat() &&
         map.isFunctionOfDim(*schedule.getLaneDim()) &&
         llvm::any_of(op.getRowDims(),
                      [&](int64_t dim) { return map.isFunctionOfDim(dim); });
}

/// How many groups of rows ahead of the group at hand inputs are prefetched if
/// that is to be so many bytes; null for none.
Value RowEmitter::emitPrefetchDistance(int64_t ahead) {
  if (ahead == 0)
    return nullptr;
  Value groupBytes = index(0);
  for (unsigned input = 0; input < op.getInputs().size(); ++input) {
    if (!isPrefetched(input))
      continue;
    int64_t bits =
        getElementTypeOrSelf(operands[input].getType()).getIntOrFloatBitWidth();
    Value bytes = index(llvm::divideCeil(bits, 8) * getGroupSize(op));
    for (int64_t dim : op.getNormalizedDims())
      if (op.getInputMap(input).isFunctionOfDim(dim))
        bytes = arith::MulIOp::create(builder, loc, bytes,
                                      asValue(values.getSize(dim)));
    groupBytes = arith::AddIOp::create(builder, loc, groupBytes, bytes);
  }
  Value one = index(1);
  groupBytes = arith::MaxUIOp::create(builder, loc, groupBytes, one);
  Value distance =
      arith::DivUIOp::create(builder, loc, index(ahead), groupBytes);
  return arith::MaxUIOp::create(builder, loc, distance, one);
}

bool RowEmitter::prefetchesIn(unsigned phase) const {
  return schedule.getPrefetchBytes() > 0 && !rowsAhead.empty() &&
         schedule.getVectorSize() > 1 &&
         phase ==
             schedule.getPrefetchPhase().value_or(program.getNumPhases() - 1);
}

/// The same for calls whose outputs do not bypass the caches.
bool RowEmitter::prefetchesInCachesIn(unsigned phase) const {
  return !cachedRowsAhead.empty() && phase + 2 == program.getNumPhases();
}

/// Prefetches of the rows ahead what the innermost loop's body reads of the
/// rows at hand.
void RowEmitter::emitPrefetches() {
  if (!(mode.prefetches || mode.cachedPrefetches) || !values.inLanes())
    return;
  unsigned numRows = lanesAreRows() ? 1 : values.getNumRows();
  for (unsigned input = 0; input < op.getInputs().size(); ++input)
    if (isPrefetched(input))
      for (unsigned row = 0; row < numRows; ++row)
        emitPrefetches(operands[input], op.getInputMap(input), row);
}

/// A prefetch for each line in which a vector begins, or rows side by side do.
void RowEmitter::emitPrefetches(Value input, AffineMap map, unsigned row) {
  Type elementType = getElementTypeOrSelf(input.getType());
  int64_t elementBytes =
      llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
  int64_t bytes = schedule.getVectorSize() * elementBytes;
  int64_t begin = unrolledCopy * bytes;
  if (lanesAreRows()) {
    begin = 0;
    bytes *= values.getNumRows();
    if (isSingleGroup())
      bytes = *getConstantIntValue(values.getSize(*schedule.getLaneDim())) *
              elementBytes;
  }
  SmallVector<Value> position;
  for (int64_t dim : ValueEmitter::dimsOf(map)) {
    const DimPositions &rowAhead =
        mode.prefetches ? rowsAhead[row] : cachedRowsAhead[row];
    const auto *ahead = llvm::find_if(
        rowAhead, [&](const auto &entry) { return entry.first == dim; });
    position.push_back(ahead == rowAhead.end() ? values.getIndex(dim)
                                               : ahead->second);
    // A nest over a part of the row's dims does not read the input.
    Region *loop = builder.getInsertionBlock()->getParent();
    if (!position.back().getParentRegion()->isAncestor(loop))
      return;
  }
  Value first = position.back();
  for (int64_t line = llvm::alignTo(begin, lineBytes); line < begin + bytes;
       line += lineBytes) {
    // What a masked vector covers may end before the second line.
    if (line > begin && values.getMask() && !lanesAreRows())
      return;
    position.back() = arith::AddIOp::create(
        builder, loc, first, index((line - begin) / elementBytes));
    memref::PrefetchOp::create(builder, loc, input, position,
                               /*isWrite=*/false,
                               schedule.getPrefetchLocality(),
                               /*isDataCache=*/true);
  }
}

//===----------------------------------------------------------------------===//
// Stores that bypass the caches
//===----------------------------------------------------------------------===//

/// Which of a nest's outputs can bypass the caches.
SmallVector<unsigned> RowEmitter::getStreamed(ArrayRef<unsigned> outputs) {
  SmallVector<unsigned> streamed;
  if (!streams || schedule.getVectorSize() == 1)
    return streamed;
  for (unsigned output : outputs) {
    AffineMap map = op.getOutputMap(output);
    if (!partials[output] && map.isFunctionOfDim(*schedule.getLaneDim()) &&
        values.canStoreNontemporal(getOutput(output)))
      streamed.push_back(output);
  }
  return streamed;
}

int64_t RowEmitter::getAlignment(unsigned output) {
  return std::min(values.getVectorBytes(getOutput(output)), lineBytes);
}

/// Whether rows that do not start at a multiple of a vector's bytes are peeled.
/// In a nest of several loops each innermost one is; outputs would have to
/// agree on all of them.
bool RowEmitter::canPeel(ArrayRef<int64_t> dims,
                         ArrayRef<unsigned> outputs) const {
  return schedule.getPeel() && values.getNumRows() == 1 && !outputs.empty() &&
         !dims.empty() && schedule.getLaneDim() == dims.back() &&
         (dims.size() == 1 || outputs.size() == 1);
}

/// Whether all rows of the output may start at a multiple of a vector's bytes,
/// as far as its type says.
bool RowEmitter::canBeAligned(unsigned output) {
  auto type = cast<MemRefType>(getOutput(output).getType());
  auto [strides, offset] = type.getStridesAndOffset();
  int64_t elementBytes = type.getElementTypeBitWidth() / 8;
  for (auto [dim, stride] :
       llvm::zip_equal(ValueEmitter::dimsOf(op.getOutputMap(output)), strides))
    if (dim != schedule.getLaneDim() && !ShapedType::isDynamic(stride) &&
        stride * elementBytes % getAlignment(output) != 0)
      return false;
  return true;
}

/// The address of the output's first element in the row at hand or, inside its
/// nest, of the first that the innermost loop stores.
Value RowEmitter::emitAddress(unsigned output, bool inNest) {
  Value memref = getOutput(output);
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, memref);
  Value element = asValue(metadata.getConstifiedMixedOffset());
  SmallVector<OpFoldResult> strides = metadata.getConstifiedMixedStrides();
  for (auto [dim, stride] : llvm::zip_equal(
           ValueEmitter::dimsOf(op.getOutputMap(output)), strides)) {
    bool isFirst = inNest ? dim == schedule.getLaneDim() && !lanesAreRows()
                          : op.isNormalizedDim(dim);
    if (isFirst)
      continue;
    Value distance = arith::MulIOp::create(builder, loc, values.getIndex(dim),
                                           asValue(stride));
    element = arith::AddIOp::create(builder, loc, element, distance);
  }
  int64_t elementBytes =
      cast<MemRefType>(memref.getType()).getElementTypeBitWidth() / 8;
  Value base =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memref);
  Value distance =
      arith::MulIOp::create(builder, loc, element, index(elementBytes));
  return arith::AddIOp::create(builder, loc, base, distance);
}

/// Whether outputs bypass the caches, and all vectors of these in the rows at
/// hand lie at multiples of their size.
Value RowEmitter::emitIsAligned(ArrayRef<unsigned> outputs,
                                ArrayRef<int64_t> dims) {
  values.setRow(0);
  Value misaligned = index(0);
  for (unsigned output : outputs) {
    Value bits = emitAddress(output, /*inNest=*/false);
    auto type = cast<MemRefType>(getOutput(output).getType());
    SmallVector<OpFoldResult> strides =
        memref::ExtractStridedMetadataOp::create(builder, loc,
                                                 getOutput(output))
            .getConstifiedMixedStrides();
    for (auto [dim, stride] : llvm::zip_equal(
             ValueEmitter::dimsOf(op.getOutputMap(output)), strides)) {
      bool isMoved = llvm::is_contained(dims, dim) ||
                     (values.getNumRows() > 1 && dim == getGroupDim(op));
      if (!isMoved || dim == schedule.getLaneDim())
        continue;
      Value bytes =
          arith::MulIOp::create(builder, loc, asValue(stride),
                                index(type.getElementTypeBitWidth() / 8));
      bits = arith::OrIOp::create(builder, loc, bits, bytes);
    }
    bits = arith::AndIOp::create(builder, loc, bits,
                                 index(getAlignment(output) - 1));
    misaligned = arith::OrIOp::create(builder, loc, misaligned, bits);
  }
  Value isAligned = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::eq, misaligned, index(0));
  return arith::AndIOp::create(builder, loc, streams, isAligned);
}

/// How many of the output's elements lie before the first address at a multiple
/// of a vector's bytes.
Value RowEmitter::emitHead(unsigned output, bool inNest) {
  auto type = cast<MemRefType>(getOutput(output).getType());
  Value negated = arith::SubIOp::create(builder, loc, index(0),
                                        emitAddress(output, inNest));
  Value bytes = arith::AndIOp::create(builder, loc, negated,
                                      index(getAlignment(output) - 1));
  return arith::DivUIOp::create(builder, loc, bytes,
                                index(type.getElementTypeBitWidth() / 8));
}

/// The output whose vectors take the most elements to come to a multiple of
/// their bytes: where they do, those of the others may do so too.
unsigned RowEmitter::getLeading(ArrayRef<unsigned> outputs) {
  return *llvm::max_element(outputs, [&](unsigned lhs, unsigned rhs) {
    auto periodOf = [&](unsigned output) {
      auto type = cast<MemRefType>(getOutput(output).getType());
      return getAlignment(output) * 8 / type.getElementTypeBitWidth();
    };
    return periodOf(lhs) < periodOf(rhs);
  });
}

/// Whether outputs bypass the caches, and the vectors of all of them lie at
/// multiples of their bytes once those of the leading one do.
Value RowEmitter::emitCanPeel(ArrayRef<unsigned> outputs) {
  Value head = emitHead(getLeading(outputs), /*inNest=*/false);
  Value misaligned = index(0);
  for (unsigned output : outputs) {
    auto type = cast<MemRefType>(getOutput(output).getType());
    Value distance = arith::MulIOp::create(
        builder, loc, head, index(type.getElementTypeBitWidth() / 8));
    Value bits = arith::AddIOp::create(
        builder, loc, emitAddress(output, /*inNest=*/false), distance);
    bits = arith::AndIOp::create(builder, loc, bits,
                                 index(getAlignment(output) - 1));
    misaligned = arith::OrIOp::create(builder, loc, misaligned, bits);
  }
  Value isAligned = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::eq, misaligned, index(0));
  return arith::AndIOp::create(builder, loc, streams, isAligned);
}
