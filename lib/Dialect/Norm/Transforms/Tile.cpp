// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace mlir::norm;

Value norm::makeSlice(OpBuilder &builder, Location loc, Value value,
                      const Box &box) {
  SmallVector<OpFoldResult> strides(box.offsets.size(),
                                    builder.getIndexAttr(1));
  if (isa<RankedTensorType>(value.getType()))
    return tensor::ExtractSliceOp::create(builder, loc, value, box.offsets,
                                          box.sizes, strides);
  return memref::SubViewOp::create(builder, loc, value, box.offsets, box.sizes,
                                   strides);
}

BlockArgument norm::appendInput(GenericOp program, Value value, AffineMap map) {
  SmallVector<AffineMap> maps = program.getIndexingMapsArray();
  maps.insert(maps.begin() + program.getInputs().size(), map);
  program.getInputsMutable().append(value);
  program.setIndexingMapsAttr(Builder(program).getAffineMapArrayAttr(maps));
  return program.getBody().addArgument(getElementTypeOrSelf(value),
                                       program.getLoc());
}

/// The offset in the block: a constant, or an input of the program.
static Value makeOffset(OpBuilder &builder, GenericOp program,
                        OpFoldResult offset) {
  if (std::optional<int64_t> constant = getConstantIntValue(offset))
    return arith::ConstantIndexOp::create(builder, program.getLoc(), *constant);
  return appendInput(
      program, cast<Value>(offset),
      AffineMap::get(program.getNumDims(), 0, {}, builder.getContext()));
}

/// `norm.index` in a tile counts from the tile's start.
static void offsetIndices(OpBuilder &builder, GenericOp program,
                          ArrayRef<OpFoldResult> offsets) {
  OpBuilder::InsertionGuard guard(builder);
  llvm::SmallDenseMap<int64_t, Value> made;
  for (IndexOp index : llvm::to_vector(program.getBody().getOps<IndexOp>())) {
    int64_t dim = index.getDim();
    if (getConstantIntValue(offsets[dim]) == 0)
      continue;
    builder.setInsertionPointToStart(&program.getBody().front());
    Value &offset = made[dim];
    if (!offset)
      offset = makeOffset(builder, program, offsets[dim]);
    builder.setInsertionPointAfter(index);
    Value sum = arith::AddIOp::create(builder, index.getLoc(), index, offset);
    index.getResult().replaceAllUsesExcept(sum, sum.getDefiningOp());
  }
}

TilingResult norm::makeTile(OpBuilder &builder, DestinationStyleOpInterface op,
                            const TilingSpace &space, const Box &tile,
                            ValueRange inits) {
  TilingResult result;
  SmallVector<Value> operands;
  SmallVector<Type> resultTypes;
  for (OpOperand &operand : op->getOpOperands()) {
    Value value = operand.get();
    if (!inits.empty() && op.isDpsInit(&operand)) {
      value = inits[operand.getOperandNumber() -
                    op.getDpsInitsMutable().begin()->getOperandNumber()];
    } else if (isa<ShapedType>(value.getType()) &&
               !space.touchesWhole(operand, tile)) {
      value = makeSlice(builder, op.getLoc(), value,
                        space.getOperandBox(operand, tile));
      result.generatedSlices.push_back(value.getDefiningOp());
    }
    operands.push_back(value);
    if (op.isDpsInit(&operand) && isa<RankedTensorType>(value.getType()))
      resultTypes.push_back(value.getType());
  }
  Operation *tiled = clone(builder, op, resultTypes, operands);
  if (auto program = dyn_cast<GenericOp>(tiled)) {
    program.removeScheduleAttr(); // it was chosen for other sizes
    offsetIndices(builder, program, tile.offsets);
  }
  result.tiledOps.push_back(tiled);
  llvm::append_range(result.tiledValues, tiled->getResults());
  return result;
}
