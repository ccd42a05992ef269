// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TilingSpace.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"
#include "norm/Dialect/Norm/IR/NamedOperands.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::norm;

TilingSpace::TilingSpace(DestinationStyleOpInterface op) : op(op) {
  operandDims.resize(op->getNumOperands());
  if (auto program = dyn_cast<GenericOp>(op.getOperation()))
    describe(program);
  else if (auto statistics = dyn_cast<StatisticsOp>(op.getOperation()))
    describe(statistics);
  else
    describe(cast<NormOpInterface>(op.getOperation()));
}

void TilingSpace::describe(GenericOp program) {
  unsigned numDims = program.getNumDims();
  iterators.assign(numDims, utils::IteratorType::parallel);
  reasons.resize(numDims);
  for (auto [operand, map] : llvm::enumerate(program.getIndexingMapsArray()))
    for (AffineExpr expr : map.getResults())
      operandDims[operand].push_back(cast<AffineDimExpr>(expr).getPosition());
  auto keepWhole = [&](int64_t dim, StringRef reason) {
    iterators[dim] = utils::IteratorType::reduction;
    reasons[dim] = reason;
  };
  for (unsigned output = 0; output < program.getOutputs().size(); ++output) {
    AffineMap map = program.getOutputMap(output);
    for (unsigned dim = 0; dim < numDims; ++dim) {
      if (map.isFunctionOfDim(dim))
        continue;
      iterators[dim] = utils::IteratorType::reduction;
      if (program.isNormalizedDim(dim))
        keepWhole(dim, "which an output lacks");
    }
  }
  for (auto collective : program.getBody().getOps<CollectiveOpInterface>())
    for (int64_t dim : collective.getCombinedDims())
      keepWhole(dim, "along which the program combines");
}

void TilingSpace::describe(NormOpInterface named) {
  unsigned numDims =
      cast<ShapedType>(named.getNormalizedValue().getType()).getRank();
  iterators.assign(numDims, utils::IteratorType::parallel);
  reasons.resize(numDims);
  auto keepWhole = [&](int64_t dim, StringRef reason) {
    iterators[dim] = utils::IteratorType::reduction;
    reasons[dim] = reason;
  };
  for (int64_t dim : named.getReducedAxes())
    keepWhole(dim, "over which it normalizes");
  std::optional<ChannelGroups> groups = named.getChannelGroups();
  if (groups) {
    keepWhole(groups->dim, "which falls into groups of channels");
    numGroups = groups->count;
  }
  for (const NamedOperand &operand : getNamedOperands(named)) {
    SmallVector<int64_t> &dims =
        operandDims[operand.operand->getOperandNumber()];
    dims = operand.inputDims;
    if (groups && operand.isPerGroup)
      llvm::replace(dims, groups->dim, ownDim);
  }
}

void TilingSpace::describe(StatisticsOp statistics) {
  unsigned numDims =
      cast<ShapedType>(statistics.getInput().getType()).getRank();
  iterators.assign(numDims, utils::IteratorType::parallel);
  reasons.resize(numDims);
  for (int64_t dim : statistics.getAxes())
    iterators[dim] = utils::IteratorType::reduction;
  for (OpOperand &operand : statistics->getOpOperands())
    operandDims[operand.getOperandNumber()] =
        statistics.isDpsInit(&operand)
            ? statistics.getRowDims()
            : llvm::to_vector(llvm::seq<int64_t>(0, numDims));
}

static OpFoldResult getOwnSize(OpBuilder &builder, Location loc, Value value,
                               unsigned position) {
  return isa<RankedTensorType>(value.getType())
             ? tensor::getMixedSize(builder, loc, value, position)
             : memref::getMixedSize(builder, loc, value, position);
}

SmallVector<OpFoldResult> TilingSpace::getSizes(OpBuilder &builder) const {
  SmallVector<OpFoldResult> sizes(getNumDims());
  // A static size, whichever operand's type has it, before one at run time.
  for (bool takeDynamic : {false, true})
    for (OpOperand &operand : op->getOpOperands())
      for (auto [position, dim] :
           llvm::enumerate(operandDims[operand.getOperandNumber()])) {
        auto type = cast<ShapedType>(operand.get().getType());
        if (dim != ownDim && !sizes[dim] &&
            type.isDynamicDim(position) == takeDynamic)
          sizes[dim] =
              getOwnSize(builder, op->getLoc(), operand.get(), position);
      }
  return sizes;
}

/// What a loop's region argument is when the loop begins: in destination style
/// its sizes are those of the init. Bounds cannot be asked for through a loop
/// that a driver is still building.
static Value lookThroughLoops(Value value) {
  while (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop = dyn_cast_or_null<LoopLikeOpInterface>(
        argument.getOwner()->getParentOp());
    OpOperand *init = loop ? loop.getTiedLoopInit(argument) : nullptr;
    if (!init)
      break;
    value = init->get();
  }
  return value;
}

/// Whether a size is known to be that of a dim of a shaped value.
static bool isSizeOf(OpFoldResult size, Value value, unsigned position) {
  int64_t expected = cast<ShapedType>(value.getType()).getDimSize(position);
  std::optional<int64_t> constant = getConstantIntValue(size);
  if (!ShapedType::isDynamic(expected) && constant)
    return *constant == expected;
  value = lookThroughLoops(value);
  if (auto sizeValue = dyn_cast<Value>(size))
    if (auto dimOp = sizeValue.getDefiningOp<ShapedDimOpInterface>())
      if (lookThroughLoops(dimOp.getShapedValue()) == value &&
          getConstantIntValue(dimOp.getDimension()) == int64_t(position))
        return true;
  FailureOr<bool> isEqual = ValueBoundsConstraintSet::areEqual(
      ValueBoundsConstraintSet::Variable(size),
      ValueBoundsConstraintSet::Variable(value, position));
  return succeeded(isEqual) && *isEqual;
}

bool TilingSpace::isWhole(OpOperand &operand, unsigned position,
                          OpFoldResult offset, OpFoldResult size) const {
  if (getConstantIntValue(offset) != 0)
    return false;
  if (isSizeOf(size, operand.get(), position))
    return true;
  int64_t dim = operandDims[operand.getOperandNumber()][position];
  if (dim == ownDim)
    return false;
  for (OpOperand &other : op->getOpOperands())
    for (auto [otherPosition, otherDim] :
         llvm::enumerate(operandDims[other.getOperandNumber()]))
      if (otherDim == dim && isSizeOf(size, other.get(), otherPosition))
        return true;
  return false;
}

std::optional<unsigned>
TilingSpace::findWronglyCutDim(const Box &tile,
                               function_ref<bool(unsigned)> mayCut) const {
  llvm::SmallBitVector seen(getNumDims());
  for (OpOperand &operand : op->getOpOperands())
    for (auto [position, dim] :
         llvm::enumerate(operandDims[operand.getOperandNumber()])) {
      if (dim == ownDim || reasons[dim].empty() || seen.test(dim) ||
          (mayCut && mayCut(dim)))
        continue;
      seen.set(dim);
      if (!isWhole(operand, position, tile.offsets[dim], tile.sizes[dim]))
        return dim;
    }
  return std::nullopt;
}

std::string TilingSpace::describeCut(unsigned dim) const {
  return llvm::formatv("expected a tile with the whole of dim {0}, {1}, got a "
                       "part or a size that is not known to be the whole",
                       dim, reasons[dim]);
}

Box TilingSpace::getOperandBox(OpOperand &operand, const Box &tile) const {
  Builder builder(op->getContext());
  Box box;
  for (int64_t dim : operandDims[operand.getOperandNumber()]) {
    box.offsets.push_back(dim == ownDim ? OpFoldResult(builder.getIndexAttr(0))
                                        : tile.offsets[dim]);
    box.sizes.push_back(dim == ownDim
                            ? OpFoldResult(builder.getIndexAttr(numGroups))
                            : tile.sizes[dim]);
  }
  return box;
}

bool TilingSpace::touchesWhole(OpOperand &operand, const Box &tile) const {
  for (auto [position, dim] :
       llvm::enumerate(operandDims[operand.getOperandNumber()]))
    if (dim != ownDim &&
        !isWhole(operand, position, tile.offsets[dim], tile.sizes[dim]))
      return false;
  return true;
}

LogicalResult TilingSpace::addOperandBox(OpOperand &operand, const Box &box,
                                         Box &tile, std::string &why) const {
  for (auto [position, dim] :
       llvm::enumerate(operandDims[operand.getOperandNumber()])) {
    OpFoldResult offset = box.offsets[position], size = box.sizes[position];
    if (dim == ownDim || !reasons[dim].empty()) {
      if (isWhole(operand, position, offset, size))
        continue;
      why = dim == ownDim ? "expected a tile with all groups of channels"
                          : describeCut(dim);
      return failure();
    }
    if (tile.offsets[dim] &&
        (tile.offsets[dim] != offset || tile.sizes[dim] != size)) {
      why = llvm::formatv("expected tiles of the operands with the same part "
                          "of dim {0}",
                          dim);
      return failure();
    }
    tile.offsets[dim] = offset;
    tile.sizes[dim] = size;
  }
  return success();
}

bool TilingSpace::isSummedAlong(unsigned dim) const {
  return iterators[dim] == utils::IteratorType::reduction &&
         reasons[dim].empty();
}
