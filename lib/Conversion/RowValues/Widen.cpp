// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Widen.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include <numeric>

using namespace mlir;
using namespace mlir::norm;

Operation *norm::widenOp(OpBuilder &builder, Operation *op, ValueRange operands,
                         VectorType like) {
  SmallVector<Type> types =
      llvm::map_to_vector(op->getResultTypes(),
                          [&](Type type) -> Type { return like.clone(type); });
  OperationState state(op->getLoc(), op->getName(), operands, types,
                       op->getAttrs());
  return builder.create(state);
}

Value norm::convertCount(OpBuilder &builder, Location loc, Value count,
                         Type type) {
  if (!isa<FloatType>(type))
    return count;
  Type integerType = builder.getI64Type();
  if (auto vectorType = dyn_cast<VectorType>(count.getType())) {
    integerType = vectorType.clone(integerType);
    type = vectorType.clone(type);
  }
  Value integer = arith::IndexCastOp::create(builder, loc, integerType, count);
  return arith::UIToFPOp::create(builder, loc, type, integer);
}

Value norm::createIdentity(OpBuilder &builder, Location loc,
                           vector::CombiningKind kind, Type type) {
  TypedAttr identity = ReduceOp::getIdentity(kind, getElementTypeOrSelf(type));
  if (auto vectorType = dyn_cast<VectorType>(type))
    identity = SplatElementsAttr::get(vectorType, Attribute(identity));
  return arith::ConstantOp::create(builder, loc, identity);
}

Value norm::combineValues(OpBuilder &builder, Location loc,
                          vector::CombiningKind kind, Value accumulator,
                          Value value) {
  return vector::makeArithReduction(builder, loc, kind, accumulator, value);
}

/// The bits of 16-bit floats as integers; other values as they are.
static Value asMovable(OpBuilder &builder, Location loc, Value value) {
  auto type = cast<VectorType>(value.getType());
  Type element = type.getElementType();
  if (!isa<FloatType>(element) || element.getIntOrFloatBitWidth() != 16)
    return value;
  return arith::BitcastOp::create(builder, loc,
                                  type.clone(builder.getI16Type()), value);
}

/// The inverse: integers as what they are the bits of.
static Value fromMovable(OpBuilder &builder, Location loc, Value moved,
                         Type element) {
  Type type = moved.getType();
  if (getElementTypeOrSelf(type) == element)
    return moved;
  if (auto vectorType = dyn_cast<VectorType>(type))
    element = vectorType.clone(element);
  return arith::BitcastOp::create(builder, loc, element, moved);
}

static Value shuffleLanes(OpBuilder &builder, Location loc, Value first,
                          Value second, ArrayRef<int64_t> order) {
  Type element = getElementTypeOrSelf(first.getType());
  Value moved =
      vector::ShuffleOp::create(builder, loc, asMovable(builder, loc, first),
                                asMovable(builder, loc, second), order);
  return fromMovable(builder, loc, moved, element);
}

Value norm::extractLane(OpBuilder &builder, Location loc, Value vector,
                        int64_t lane) {
  Type element = getElementTypeOrSelf(vector.getType());
  Value moved = vector::ExtractOp::create(
      builder, loc, asMovable(builder, loc, vector), lane);
  return fromMovable(builder, loc, moved, element);
}

/// Lanes that combinations of `kind` do not notice, up to a power of two.
static Value padLanes(OpBuilder &builder, Location loc,
                      vector::CombiningKind kind, Value vector) {
  auto type = cast<VectorType>(vector.getType());
  int64_t lanes = type.getNumElements();
  int64_t padded = llvm::PowerOf2Ceil(lanes);
  if (padded == lanes)
    return vector;
  Value identity = createIdentity(builder, loc, kind, type);
  SmallVector<int64_t> order(padded, lanes);
  std::iota(order.begin(), order.begin() + lanes, 0);
  return shuffleLanes(builder, loc, vector, identity, order);
}

Value norm::combineLanes(OpBuilder &builder, Location loc,
                         vector::CombiningKind kind, ArrayRef<Value> vectors) {
  if (cast<VectorType>(vectors.front().getType()).isScalable())
    return vector::ReductionOp::create(builder, loc, kind, vectors.front(),
                                       arith::FastMathFlags::reassoc);
  // Each vector of a level holds `rows` of the results to be, `lanes` partial
  // results of each.
  SmallVector<Value> level = llvm::map_to_vector(vectors, [&](Value vector) {
    return padLanes(builder, loc, kind, vector);
  });
  int64_t rows = 1;
  int64_t lanes = cast<VectorType>(level.front().getType()).getNumElements();
  while (lanes > 1 || level.size() > 1) {
    if (lanes == 2 && vectors.size() == 1) {
      // Scalars in the end: LLVM has its own ways with vectors of one element.
      Value low = extractLane(builder, loc, level.front(), 0);
      Value high = extractLane(builder, loc, level.front(), 1);
      return combineValues(builder, loc, kind, low, high);
    }
    bool isPaired = level.size() > 1;
    int64_t half = std::max<int64_t>(lanes / 2, 1);
    int64_t pairRows = isPaired ? 2 * rows : rows;
    SmallVector<int64_t> low, high;
    for (int64_t row = 0; row < pairRows; ++row)
      for (int64_t lane = 0; lane < half; ++lane) {
        low.push_back(row * lanes + lane);
        high.push_back(row * lanes + half + lane);
      }
    SmallVector<Value> next;
    for (size_t i = 0; i < level.size(); i += isPaired ? 2 : 1) {
      Value first = level[i], second = isPaired ? level[i + 1] : level[i];
      Value combined = shuffleLanes(builder, loc, first, second, low);
      if (lanes > 1) {
        Value rest = shuffleLanes(builder, loc, first, second, high);
        combined = combineValues(builder, loc, kind, combined, rest);
      }
      next.push_back(combined);
    }
    level = std::move(next);
    rows = pairRows;
    lanes = half;
  }
  return rows > 1 ? level.front() : extractLane(builder, loc, level.front(), 0);
}

Value norm::createStep(OpBuilder &builder, Location loc, VectorType type) {
  if (type.isScalable())
    return vector::StepOp::create(builder, loc, type);
  auto numbers = llvm::to_vector(llvm::seq<int64_t>(0, type.getNumElements()));
  return arith::ConstantOp::create(builder, loc,
                                   builder.getIndexVectorAttr(numbers));
}
