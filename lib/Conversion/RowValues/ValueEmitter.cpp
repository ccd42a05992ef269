// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ValueEmitter.h"
#include "Widen.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::norm;

ValueEmitter::ValueEmitter(OpBuilder &builder, const RowProgram &program,
                           ValueRange operands, std::optional<int64_t> laneDim,
                           int64_t lanes, bool scalable, bool fma)
    : builder(builder), program(program), op(program.getOp()), loc(op.getLoc()),
      operands(operands), laneDim(laneDim), lanes(lanes), scalable(scalable),
      fma(fma), lanesAreRows(lanes > 1 && !op.isNormalizedDim(*laneDim)),
      sizes(op.getNumDims()) {
  for (auto [operand, map] :
       llvm::zip_equal(operands, op.getIndexingMapsArray()))
    for (auto [position, dim] : llvm::enumerate(dimsOf(map)))
      if (!sizes[dim] || !getConstantIntValue(sizes[dim]))
        sizes[dim] = memref::getMixedSize(builder, loc, operand, position);
}

SmallVector<int64_t> ValueEmitter::dimsOf(AffineMap map) {
  return llvm::map_to_vector(map.getResults(), [](AffineExpr expr) {
    return int64_t(cast<AffineDimExpr>(expr).getPosition());
  });
}

//===----------------------------------------------------------------------===//
// Frames
//===----------------------------------------------------------------------===//

Operation *ValueEmitter::createAnchor() {
  // Stands where a frame's code goes while loops are appended behind it.
  Operation *anchor = arith::ConstantIndexOp::create(builder, loc, 0);
  anchors.push_back(anchor);
  return anchor;
}

void ValueEmitter::eraseAnchors() {
  for (Operation *anchor : anchors)
    anchor->erase();
  anchors.clear();
}

void ValueEmitter::setVisible(unsigned count) {
  visible = count;
  lanesBound = false;
  masks.clear();
  for (const Frame &frame : ArrayRef(frames).take_front(visible))
    if (frame.bindsLanes) {
      lanesBound = true;
      masks = frame.masks;
    }
}

void ValueEmitter::pushFrame(ArrayRef<std::pair<int64_t, Value>> bound,
                             Value mask) {
  Frame &frame = frames.emplace_back();
  frame.anchor = createAnchor();
  if (mask)
    frame.masks = {mask};
  for (auto [dim, index] : bound) {
    indices[dim] = index;
    frame.dims.push_back(dim);
    frame.bindsLanes |= isVectorised(dim);
  }
  setVisible(frames.size());
}

void ValueEmitter::pushRows(ArrayRef<DimPositions> positions,
                            ArrayRef<Value> rowMasks) {
  rows.assign(positions.begin(), positions.end());
  currentRow = 0;
  pushFrame({});
  frames.back().masks.assign(rowMasks.begin(), rowMasks.end());
  frames.back().dims = op.getRowDims();
  frames.back().bindsLanes = lanesAreRows;
  setVisible(frames.size());
}

void ValueEmitter::popFrame() {
  frames.pop_back();
  setVisible(frames.size());
}

void ValueEmitter::advanceFrame() { frames.back().anchor = createAnchor(); }

unsigned ValueEmitter::frameOf(Value value) const {
  // Results of collectives are known inside a row only, even where they would
  // be the same for all rows.
  unsigned innermost = program.getPhase(value) > 0 ? 1 : 0;
  const VaryingDims &varying = program.getVaryingDims();
  for (auto [index, frame] : llvm::enumerate(frames))
    if (varying.variesAlongAny(value, frame.dims))
      innermost = std::max<unsigned>(innermost, index);
  return innermost;
}

/// What is known after a reduction counts as different in each row, even where
/// it is not.
ValueEmitter::Key ValueEmitter::keyOf(Value value) {
  bool differs =
      program.getPhase(value) > 0 ||
      program.getVaryingDims().variesAlongAny(value, op.getRowDims());
  return {value, differs ? currentRow : 0};
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value ValueEmitter::get(Value value) {
  unsigned index = frameOf(value);
  Key key = keyOf(value);
  if (Value emitted = frames[index].values.lookup(key))
    return emitted;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(frames[index].anchor);
  unsigned previouslyVisible = visible;
  setVisible(index + 1);
  Value emitted =
      index == 1 && gathersRows()
          ? extractLane(builder, loc, getGathered(value), currentRow)
          : emit(value);
  setVisible(previouslyVisible);
  return frames[index].values[key] = emitted;
}

/// A value of the rows' frame or the program's, with an element per row.
Value ValueEmitter::getGathered(Value value) {
  if (Value emitted = frames[1].gathered.lookup(value))
    return emitted;
  Value emitted = emitGathered(value);
  return frames[1].gathered[value] = emitted;
}

Value ValueEmitter::emitGathered(Value value) {
  int64_t count = rows.size();
  auto typeOf = [&](Value scalar) {
    return VectorType::get(count, scalar.getType());
  };
  if (frameOf(value) == 0) {
    Value scalar = get(value);
    return vector::BroadcastOp::create(builder, loc, typeOf(scalar), scalar);
  }
  Operation *producer = value.getDefiningOp();
  if (producer && !isa<IndexOp, CollectiveOpInterface>(producer))
    return emitOperation(cast<OpResult>(value),
                         VectorType::get(count, value.getType()),
                         [&](Value operand) { return getGathered(operand); });
  SmallVector<Value> scalars;
  unsigned previousRow = currentRow;
  for (int64_t row = 0; row < count; ++row) {
    setRow(row);
    scalars.push_back(emit(value));
  }
  setRow(previousRow);
  return vector::FromElementsOp::create(builder, loc, typeOf(scalars.front()),
                                        scalars);
}

void ValueEmitter::setRowValues(Value value, ArrayRef<Value> emitted) {
  if (gathersRows()) {
    frames[1].gathered[value] = emitted.front();
    return;
  }
  for (auto [row, rowValue] : llvm::enumerate(emitted))
    frames[1].values[{value, unsigned(row)}] = rowValue;
}

SmallVector<Value> ValueEmitter::getRowValues(Value value) {
  if (gathersRows())
    return {getGathered(value)};
  SmallVector<Value> emitted;
  for (unsigned row = 0; row < rows.size(); ++row) {
    setRow(row);
    emitted.push_back(get(value));
  }
  return emitted;
}

Value ValueEmitter::getSpread(Value value) {
  Value emitted = get(value);
  if (!inLanes() || isa<VectorType>(emitted.getType()))
    return emitted;
  Frame &frame = frames[frameOf(value)];
  Value &spread = frame.spread[keyOf(value)];
  if (!spread) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(frame.anchor);
    spread = vector::BroadcastOp::create(
        builder, loc, getVectorType(emitted.getType()), emitted);
  }
  return spread;
}

Value ValueEmitter::emit(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    Value operand = operands[argument.getArgNumber()];
    if (!isa<MemRefType>(operand.getType()))
      return operand;
    return load(operand, dimsOf(op.getInputMap(argument.getArgNumber())));
  }
  if (auto buffer = buffers.find(value); buffer != buffers.end())
    return load(
        buffer->second.first, buffer->second.second,
        arith::ConstantIndexOp::create(builder, loc, currentRow).getResult());
  Operation *producer = value.getDefiningOp();
  if (auto size = dyn_cast<SizeOp>(producer))
    return emitSize(size);
  if (auto index = dyn_cast<IndexOp>(producer))
    return getPosition(index.getDim());
  if (inLanes() && program.getVaryingDims().variesAlong(value, *laneDim))
    return emitOperation(cast<OpResult>(value), getVectorType(value.getType()),
                         [&](Value operand) { return getSpread(operand); });
  return emitOperation(cast<OpResult>(value), VectorType(),
                       [&](Value operand) { return get(operand); });
}

//===----------------------------------------------------------------------===//
// Contraction
//===----------------------------------------------------------------------===//

/// The fast-math flags of an operation, none where it has no such attribute.
static arith::FastMathFlags flagsOf(Operation *op) {
  auto arith = dyn_cast_or_null<arith::ArithFastMathInterface>(op);
  arith::FastMathFlagsAttr flags =
      arith ? arith.getFastMathFlagsAttr() : arith::FastMathFlagsAttr();
  return flags ? flags.getValue() : arith::FastMathFlags::none;
}

static bool mayContract(Operation *op) {
  return bitEnumContainsAny(flagsOf(op), arith::FastMathFlags::contract);
}

std::optional<std::pair<Value, Value>>
ValueEmitter::getFactors(Value product) const {
  auto multiplication = product.getDefiningOp<arith::MulFOp>();
  if (!fma || !multiplication || !mayContract(multiplication) ||
      !product.hasOneUse())
    return std::nullopt;
  // Narrow types are computed in a wider one and rounded: each step on its own.
  if (product.getType().getIntOrFloatBitWidth() < 32)
    return std::nullopt;
  return std::make_pair(multiplication.getLhs(), multiplication.getRhs());
}

Value ValueEmitter::emitSum(Value accumulator, Value value) {
  if (auto factors = getFactors(value)) {
    Value lhs = getSpread(factors->first), rhs = getSpread(factors->second);
    return math::FmaOp::create(builder, loc, lhs, rhs, accumulator);
  }
  return combineValues(builder, loc, vector::CombiningKind::ADD, accumulator,
                       getSpread(value));
}

/// The sum or difference as a multiplication and addition at once: a product
/// and what is added, either of which may be negated.
Value ValueEmitter::emitContracted(Operation *op,
                                   function_ref<Value(Value)> emitOperand) {
  bool isDifference = isa<arith::SubFOp>(op);
  if (!mayContract(op) || !(isDifference || isa<arith::AddFOp>(op)))
    return nullptr;
  for (unsigned position : {1, 0}) {
    auto factors = getFactors(op->getOperand(position));
    if (!factors)
      continue;
    Value lhs = emitOperand(factors->first);
    Value rhs = emitOperand(factors->second);
    Value added = emitOperand(op->getOperand(1 - position));
    if (isDifference) {
      Value &negated = position == 1 ? lhs : added;
      negated = arith::NegFOp::create(builder, loc, negated);
    }
    return math::FmaOp::create(builder, loc, lhs, rhs, added);
  }
  return nullptr;
}

/// Whether vectors and scalars may have the operation from different places: a
/// polynomial and a library. A row's bits do not depend on whether others are
/// beside it, so a scalar is then a vector too, of one element.
static bool isFunction(Operation *op) {
  return isa<math::MathDialect>(op->getDialect()) &&
         !isa<math::SqrtOp, math::RsqrtOp, math::FmaOp, math::AbsFOp,
              math::AbsIOp, math::CopySignOp>(op);
}

Value ValueEmitter::emitOperation(OpResult result, VectorType like,
                                  function_ref<Value(Value)> emitOperand) {
  Operation *producer = result.getOwner();
  if (Value contracted = emitContracted(producer, emitOperand))
    return contracted;
  SmallVector<Value> emitted =
      llvm::map_to_vector(producer->getOperands(), emitOperand);
  if (!like && isFunction(producer)) {
    for (Value &operand : emitted)
      operand = vector::BroadcastOp::create(
          builder, loc, VectorType::get(1, operand.getType()), operand);
    Operation *copy = widenOp(builder, producer, emitted,
                              VectorType::get(1, result.getType()));
    return extractLane(builder, loc, copy->getResult(result.getResultNumber()),
                       0);
  }
  Operation *copy;
  if (like) {
    copy = widenOp(builder, producer, emitted, like);
  } else {
    IRMapping mapping;
    mapping.map(producer->getOperands(), emitted);
    copy = builder.clone(*producer, mapping);
  }
  // What is contracted has been: LLVM would choose by what stands around.
  if (fma && mayContract(copy))
    copy->setAttr(
        cast<arith::ArithFastMathInterface>(copy).getFastMathAttrName(),
        arith::FastMathFlagsAttr::get(builder.getContext(),
                                      flagsOf(copy) &
                                          ~arith::FastMathFlags::contract));
  return copy->getResult(result.getResultNumber());
}

Value ValueEmitter::emitSize(SizeOp size) {
  Value count = arith::ConstantIndexOp::create(builder, loc, 1);
  for (int64_t dim :
       cast<CollectiveOpInterface>(size.getOperation()).getCombinedDims()) {
    Value extent = getValueOrCreateConstantIndexOp(builder, loc, sizes[dim]);
    count = arith::MulIOp::create(builder, loc, count, extent);
  }
  return convertCount(builder, loc, count, size.getType());
}

Value ValueEmitter::getIndex(int64_t dim) const {
  if (!rows.empty())
    for (auto [rowDim, position] : rows[currentRow])
      if (rowDim == dim)
        return position;
  return indices.lookup(dim);
}

Value ValueEmitter::getPosition(int64_t dim) {
  Value position = getIndex(dim);
  if (!inLanes() || !isVectorised(dim))
    return position;
  VectorType type = getVectorType(builder.getIndexType());
  Value first = vector::BroadcastOp::create(builder, loc, type, position);
  return arith::AddIOp::create(builder, loc, first,
                               createStep(builder, loc, type));
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// In memory an element takes a whole number of bytes, a power of two, but in a
/// vector as many bits as it has: vectors of booleans and the like are put
/// together from scalars.
static bool isBitPacked(Type elementType) {
  if (!elementType.isIntOrFloat())
    return false;
  unsigned width = elementType.getIntOrFloatBitWidth();
  return width < 8 || !llvm::isPowerOf2_32(width);
}

SmallVector<Value> ValueEmitter::indicesOf(ArrayRef<int64_t> dims,
                                           ValueRange prefix) const {
  SmallVector<Value> position = llvm::to_vector(prefix);
  for (int64_t dim : dims)
    position.push_back(getIndex(dim));
  return position;
}

Value ValueEmitter::load(Value memref, ArrayRef<int64_t> dims,
                         ValueRange prefix) {
  SmallVector<Value> position = indicesOf(dims, prefix);
  Type elementType = getElementTypeOrSelf(memref.getType());
  if (!inLanes() || !llvm::is_contained(dims, *laneDim))
    return memref::LoadOp::create(builder, loc, memref, position);
  VectorType type = getVectorType(elementType);
  if (elementType.isInteger(1))
    return loadBooleans(memref, position);
  if (isBitPacked(elementType))
    return loadLaneByLane(memref, position, type);
  return loadVector(memref, position, type);
}

Value ValueEmitter::loadVector(Value memref, ValueRange position,
                               VectorType type) {
  Value mask = getMask();
  if (!mask)
    return vector::LoadOp::create(builder, loc, type, memref, position);
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  return vector::MaskedLoadOp::create(builder, loc, type, memref, position,
                                      mask, zero);
}

/// Booleans in memory are bytes of 0 or 1. The descriptor is the same for
/// memrefs of either type, so that the cast is gone once both are converted.
Value ValueEmitter::loadBooleans(Value memref, ValueRange position) {
  auto type = cast<MemRefType>(memref.getType());
  Type asBytes = MemRefType::Builder(type).setElementType(builder.getI8Type());
  Value bytes =
      UnrealizedConversionCastOp::create(builder, loc, asBytes, memref)
          .getResult(0);
  VectorType vectorType = getVectorType(builder.getI8Type());
  Value loaded = loadVector(bytes, position, vectorType);
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(vectorType));
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, loaded,
                               zero);
}

Value ValueEmitter::loadLaneByLane(Value memref, SmallVector<Value> position,
                                   VectorType type) {
  // Lanes past the end read the last element instead: it exists.
  Value size = getValueOrCreateConstantIndexOp(builder, loc, sizes[*laneDim]);
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value last = arith::SubIOp::create(builder, loc, size, one);
  Value first = position.back();
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value offset = arith::ConstantIndexOp::create(builder, loc, lane);
    Value index = arith::AddIOp::create(builder, loc, first, offset);
    if (getMask())
      index = arith::MinUIOp::create(builder, loc, index, last);
    position.back() = index;
    elements.push_back(memref::LoadOp::create(builder, loc, memref, position));
  }
  return vector::FromElementsOp::create(builder, loc, type, elements);
}

void ValueEmitter::storeToBuffer(Value value, Value emitted) {
  auto &[buffer, dims] = buffers[value];
  Value row = arith::ConstantIndexOp::create(builder, loc, currentRow);
  store(emitted, buffer, dims, row);
}

void ValueEmitter::store(Value value, Value memref, ArrayRef<int64_t> dims,
                         ValueRange prefix, bool nontemporal) {
  SmallVector<Value> position = indicesOf(dims, prefix);
  if (!inLanes() || !llvm::is_contained(dims, *laneDim)) {
    memref::StoreOp::create(builder, loc, value, memref, position);
  } else if (isBitPacked(getElementTypeOrSelf(memref.getType()))) {
    storeLaneByLane(value, memref, position);
  } else if (Value mask = getMask()) {
    vector::MaskedStoreOp::create(builder, loc, memref, position, mask, value);
  } else {
    auto store = vector::StoreOp::create(builder, loc, value, memref, position);
    if (nontemporal) {
      store.setNontemporal(true);
      store.setAlignment(std::min<int64_t>(getVectorBytes(memref), 64));
    }
  }
}

bool ValueEmitter::canStoreNontemporal(Value memref) const {
  Type type = getElementTypeOrSelf(memref.getType());
  return type.isIntOrFloat() && !isBitPacked(type) &&
         llvm::isPowerOf2_64(lanes);
}

int64_t ValueEmitter::getVectorBytes(Value memref) const {
  Type type = getElementTypeOrSelf(memref.getType());
  return lanes * type.getIntOrFloatBitWidth() / 8;
}

void ValueEmitter::storeLaneByLane(Value value, Value memref,
                                   SmallVector<Value> position) {
  Value first = position.back();
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value offset = arith::ConstantIndexOp::create(builder, loc, lane);
    position.back() = arith::AddIOp::create(builder, loc, first, offset);
    Value element = vector::ExtractOp::create(builder, loc, value, lane);
    auto emitStore = [&](OpBuilder &builder, Location loc) {
      memref::StoreOp::create(builder, loc, element, memref, position);
    };
    if (!getMask()) {
      emitStore(builder, loc);
      continue;
    }
    Value exists = vector::ExtractOp::create(builder, loc, getMask(), lane);
    scf::IfOp::create(builder, loc, exists,
                      [&](OpBuilder &builder, Location loc) {
                        emitStore(builder, loc);
                        scf::YieldOp::create(builder, loc);
                      });
  }
}
