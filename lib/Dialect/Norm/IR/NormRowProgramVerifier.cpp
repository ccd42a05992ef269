// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The constraints c1 to c14 of norm.generic.

#include "DestinationStyle.h"
#include "GPUScheduleVerifier.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "norm/Dialect/Norm/IR/VaryingDims.h"

using namespace mlir;
using namespace mlir::norm;

//===----------------------------------------------------------------------===//
// Maps and operands
//===----------------------------------------------------------------------===//

/// c1, c2.
static LogicalResult verifyMaps(GenericOp op) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (maps.size() != op->getNumOperands() || maps.empty())
    return op.emitOpError()
           << "expected an indexing map for each of the "
           << op->getNumOperands() << " operands, got " << maps.size();
  for (auto [index, map, operand] :
       llvm::enumerate(maps, op->getOpOperands())) {
    if (map.getNumDims() != maps.front().getNumDims() || map.getNumSymbols())
      return op.emitOpError()
             << "expected indexing map #" << index << " to have "
             << maps.front().getNumDims() << " dims and no symbols, got "
             << AffineMapAttr::get(map);
    if (!map.isProjectedPermutation())
      return op.emitOpError() << "expected indexing map #" << index
                              << " to be a projected permutation, got "
                              << AffineMapAttr::get(map);
    size_t rank = op.getShape(&operand).size();
    if (map.getNumResults() != rank)
      return op.emitOpError()
             << "expected indexing map #" << index << " to have " << rank
             << " results for " << operand.get().getType() << ", got "
             << AffineMapAttr::get(map);
  }
  return success();
}

/// c3, c4.
static LogicalResult verifySizes(GenericOp op) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<std::optional<int64_t>> sizes(op.getNumDims());
  for (auto [map, operand] : llvm::zip_equal(maps, op->getOpOperands())) {
    for (auto [expr, size] :
         llvm::zip_equal(map.getResults(), op.getShape(&operand))) {
      unsigned dim = cast<AffineDimExpr>(expr).getPosition();
      std::optional<int64_t> &known = sizes[dim];
      if (known && !ShapedType::isDynamic(*known) &&
          !ShapedType::isDynamic(size) && *known != size)
        return op.emitOpError()
               << "expected size " << *known << " along dim " << dim
               << " of operand #" << operand.getOperandNumber() << ", got "
               << size;
      if (!known || ShapedType::isDynamic(*known))
        known = size;
    }
  }
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (!size)
      return op.emitOpError()
             << "expected an operand whose indexing map has dim " << dim;
  return success();
}

/// c5.
static LogicalResult verifyNormalizedDims(GenericOp op) {
  ArrayRef<int64_t> dims = op.getNormalizedDims();
  for (auto [position, dim] : llvm::enumerate(dims))
    if (dim < 0 || dim >= op.getNumDims() ||
        (position && dims[position - 1] >= dim))
      return op.emitOpError() << "expected increasing normalized_dims below "
                              << op.getNumDims() << ", got [" << dims << "]";
  return success();
}

/// c14. That two outputs differ, verifyDestinationStyle sees to.
static LogicalResult verifyMemory(GenericOp op) {
  for (OpOperand &init : op.getOutputsMutable()) {
    bool isAccumulator =
        op.isAccumulator(init.getOperandNumber() - op.getInputs().size());
    for (OpOperand &input : op.getInputsMutable())
      if (isa<MemRefType>(init.get().getType()) && init.get() == input.get() &&
          (isAccumulator || op.getMatchingIndexingMap(&init) !=
                                op.getMatchingIndexingMap(&input)))
        return op.emitOpError()
               << "expected operand #" << input.getOperandNumber()
               << " and the output #" << init.getOperandNumber()
               << " to be different memory, for "
               << (isAccumulator ? "the output accumulates over rows"
                                 : "their indexing maps differ");
  }
  return success();
}

/// c9, c11.
static LogicalResult verifyOutputs(GenericOp op) {
  if (op.getOutputs().empty())
    return op.emitOpError("expected at least one output");
  for (auto [index, output] : llvm::enumerate(op.getOutputs())) {
    Type type = getElementTypeOrSelf(output);
    if (op.isAccumulator(index) && !type.isF32() && !type.isF64())
      return op.emitOpError()
             << "expected output #" << index
             << ", which accumulates over rows, to be f32 or f64, got " << type;
  }
  return success();
}

/// c13.
static LogicalResult verifySchedule(GenericOp op) {
  if (op.getGPUSchedule())
    return verifyGPUSchedule(op);
  CPUScheduleAttr schedule = op.getCPUSchedule();
  if (!schedule)
    return success();
  if (schedule.getRows() > 1 && op.getRowDims().empty())
    return op.emitOpError() << "expected the schedule to have a single row per "
                               "iteration, as there is only one, got "
                            << schedule.getRows();
  if (schedule.getRows() > 1)
    for (unsigned output = 0; output < op.getOutputs().size(); ++output)
      if (op.isAccumulator(output))
        return op.emitOpError()
               << "expected the schedule to have a single row per iteration, "
                  "as output #"
               << output << " accumulates over rows, got "
               << schedule.getRows();
  if (!schedule.getLaneDim() || op.isNormalizedDim(*schedule.getLaneDim()) ||
      op.canHaveRowsInLanes(*schedule.getLaneDim()))
    return success();
  return op.emitOpError() << "expected the schedule's lane_dim to be a "
                             "normalized dim, or a row dim that all outputs "
                             "have where reductions combine whole rows, got "
                          << *schedule.getLaneDim();
}

LogicalResult GenericOp::verify() {
  if (failed(verifyDestinationStyle(*this)) || failed(verifyMaps(*this)) ||
      failed(verifySizes(*this)) || failed(verifyNormalizedDims(*this)) ||
      failed(verifyOutputs(*this)) || failed(verifyMemory(*this)))
    return failure();
  return verifySchedule(*this);
}

//===----------------------------------------------------------------------===//
// The block
//===----------------------------------------------------------------------===//

static bool isScalarType(Type type) {
  return isa<FloatType, IndexType>(type) || type.isSignlessInteger();
}

/// c6.
static LogicalResult verifyArguments(GenericOp op) {
  Block &block = op.getBody().front();
  if (block.getNumArguments() != op.getInputs().size())
    return op.emitOpError() << "expected a block argument for each of the "
                            << op.getInputs().size() << " inputs, got "
                            << block.getNumArguments();
  for (auto [argument, input] :
       llvm::zip_equal(block.getArguments(), op.getInputs())) {
    if (!isScalarType(getElementTypeOrSelf(input)))
      return op.emitOpError() << "expected input #" << argument.getArgNumber()
                              << " of floats, signless integers or index, got "
                              << input.getType();
    if (argument.getType() != getElementTypeOrSelf(input))
      return op.emitOpError()
             << "expected block argument #" << argument.getArgNumber()
             << " of type " << getElementTypeOrSelf(input) << ", got "
             << argument.getType();
  }
  return success();
}

std::optional<StringRef> norm::getReasonNotOrdinary(Operation &op) {
  if (op.getNumRegions())
    return "it has a region";
  if (!llvm::all_of(op.getOperandTypes(), isScalarType) ||
      !llvm::all_of(op.getResultTypes(), isScalarType))
    return "its operands and results must be scalars";
  if (!op.hasTrait<OpTrait::ConstantLike>() &&
      !OpTrait::hasElementwiseMappableTraits(&op))
    return "it is not elementwise-mappable";
  if (!isPure(&op))
    return "it has side effects or may trap";
  return std::nullopt;
}

/// c7.
static LogicalResult verifyOrdinaryOp(Operation &op) {
  if (std::optional<StringRef> why = getReasonNotOrdinary(op))
    return op.emitOpError("is not allowed in a row program: ") << *why;
  return success();
}

/// c8.
static LogicalResult verifyCollective(GenericOp program,
                                      CollectiveOpInterface op) {
  SmallVector<int64_t> dims = op.getCombinedDims();
  for (auto [position, dim] : llvm::enumerate(dims))
    if (!program.isNormalizedDim(dim) ||
        (position && dims[position - 1] >= dim))
      return op.emitOpError()
             << "expected increasing dims among the normalized dims ["
             << program.getNormalizedDims() << "], got [" << dims << "]";
  return success();
}

static LogicalResult verifyIndex(GenericOp program, IndexOp op) {
  if (op.getDim() >= program.getNumDims())
    return op.emitOpError() << "expected a dim below " << program.getNumDims()
                            << ", got " << op.getDim();
  return success();
}

/// c9, c10.
static LogicalResult verifyYield(GenericOp op, YieldOp yield) {
  if (yield.getValues().size() != op.getOutputs().size())
    return yield.emitOpError()
           << "expected a value for each of the " << op.getOutputs().size()
           << " outputs, got " << yield.getValues().size();
  VaryingDims varying(op);
  for (auto [index, value, output] :
       llvm::enumerate(yield.getValues(), op.getOutputs())) {
    if (value.getType() != getElementTypeOrSelf(output))
      return yield.emitOpError()
             << "expected value #" << index << " of type "
             << getElementTypeOrSelf(output) << ", got " << value.getType();
    AffineMap map = op.getOutputMap(index);
    for (int64_t dim : op.getNormalizedDims())
      if (varying.variesAlong(value, dim) && !map.isFunctionOfDim(dim))
        return yield.emitOpError() << "expected value #" << index
                                   << " not to vary along normalized dim "
                                   << dim << ", which its output's map "
                                   << AffineMapAttr::get(map) << " lacks";
  }
  return success();
}

LogicalResult GenericOp::verifyRegions() {
  Block &block = getBody().front();
  auto yield = dyn_cast<YieldOp>(block.back());
  if (!yield)
    return emitOpError("expected the block to end with norm.yield, got ")
           << block.back().getName();
  if (failed(verifyArguments(*this)))
    return failure();
  for (Operation &op : block.without_terminator()) {
    if (auto collective = dyn_cast<CollectiveOpInterface>(op)) {
      if (failed(verifyCollective(*this, collective)))
        return failure();
    } else if (auto index = dyn_cast<IndexOp>(op)) {
      if (failed(verifyIndex(*this, index)))
        return failure();
    } else if (failed(verifyOrdinaryOp(op))) {
      return failure();
    }
  }
  return verifyYield(*this, yield);
}
