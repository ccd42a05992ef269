// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DestinationStyle.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "norm/Dialect/Norm/IR/VaryingDims.h"

using namespace mlir;
using namespace mlir::norm;

/// The algorithm of `norm.moments`, as in `<shifted>`, or nothing.
static OptionalParseResult parseAlgorithm(OpAsmParser &parser,
                                          MomentsAlgorithmAttr &algorithm) {
  if (failed(parser.parseOptionalLess()))
    return std::nullopt;
  StringRef keyword;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&keyword))
    return failure();
  std::optional<MomentsAlgorithm> value = symbolizeMomentsAlgorithm(keyword);
  if (!value)
    return parser.emitError(loc)
           << "expected corrected_two_pass, two_pass or shifted, got '"
           << keyword << "'";
  algorithm = MomentsAlgorithmAttr::get(parser.getContext(), *value);
  return parser.parseGreater();
}

static void printAlgorithm(OpAsmPrinter &printer, MomentsOp,
                           MomentsAlgorithmAttr algorithm) {
  printer << '<' << stringifyMomentsAlgorithm(algorithm.getValue()) << '>';
}

#define GET_OP_CLASSES
#include "norm/Dialect/Norm/IR/NormOps.cpp.inc"

//===----------------------------------------------------------------------===//
// GenericOp
//===----------------------------------------------------------------------===//

void GenericOp::build(
    OpBuilder &builder, OperationState &state, ValueRange inputs,
    ValueRange outputs, ArrayRef<AffineMap> indexingMaps,
    ArrayRef<int64_t> normalizedDims,
    function_ref<void(OpBuilder &, Location, ValueRange)> bodyBuilder) {
  SmallVector<Type> results;
  appendInitResults(results, outputs.getTypes());
  build(builder, state, results, inputs, outputs,
        builder.getAffineMapArrayAttr(indexingMaps),
        builder.getDenseI64ArrayAttr(normalizedDims), /*schedule=*/nullptr);
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> argumentTypes = llvm::map_to_vector(
      inputs, [](Value input) { return getElementTypeOrSelf(input); });
  SmallVector<Location> locations(inputs.size(), state.location);
  Block *block = builder.createBlock(state.regions.front().get(), {},
                                     argumentTypes, locations);
  bodyBuilder(builder, state.location, block->getArguments());
}

SmallVector<int64_t> GenericOp::getRowDims() {
  SmallVector<int64_t> dims;
  for (int64_t dim = 0, e = getNumDims(); dim < e; ++dim)
    if (!isNormalizedDim(dim))
      dims.push_back(dim);
  return dims;
}

SmallVector<int64_t> GenericOp::getDimSizes() {
  SmallVector<int64_t> sizes(getNumDims(), ShapedType::kDynamic);
  for (auto [map, operand] :
       llvm::zip_equal(getIndexingMapsArray(), (*this)->getOpOperands()))
    for (auto [expr, size] :
         llvm::zip_equal(map.getResults(), getShape(&operand)))
      if (!ShapedType::isDynamic(size))
        sizes[cast<AffineDimExpr>(expr).getPosition()] = size;
  return sizes;
}

SmallVector<OpFoldResult> GenericOp::getMixedDimSizes(OpBuilder &builder) {
  SmallVector<OpFoldResult> sizes =
      llvm::map_to_vector(getDimSizes(), [&](int64_t size) -> OpFoldResult {
        return ShapedType::isDynamic(size) ? OpFoldResult()
                                           : builder.getIndexAttr(size);
      });
  for (auto [map, operand] :
       llvm::zip_equal(getIndexingMapsArray(), (*this)->getOperands()))
    for (auto [position, expr] : llvm::enumerate(map.getResults())) {
      OpFoldResult &size = sizes[cast<AffineDimExpr>(expr).getPosition()];
      if (size)
        continue;
      size = isa<RankedTensorType>(operand.getType())
                 ? tensor::getMixedSize(builder, getLoc(), operand, position)
                 : memref::getMixedSize(builder, getLoc(), operand, position);
    }
  return sizes;
}

bool GenericOp::isAccumulator(unsigned outputIndex) {
  AffineMap map = getOutputMap(outputIndex);
  return llvm::any_of(getRowDims(),
                      [&](int64_t dim) { return !map.isFunctionOfDim(dim); });
}

YieldOp GenericOp::getYield() {
  return cast<YieldOp>(getBody().front().getTerminator());
}

void GenericOp::getEffects(MemoryEffectList &effects) {
  appendDestinationStyleEffects(
      *this, effects, [&](unsigned index) { return isAccumulator(index); });
}

Speculation::Speculatability GenericOp::getSpeculatability() {
  return destinationStyleSpeculatability(*this);
}

LogicalResult
GenericOp::reifyResultShapes(OpBuilder &builder,
                             ReifiedRankedShapedTypeDims &shapes) {
  return reifyFromInits(*this, builder, shapes);
}

//===----------------------------------------------------------------------===//
// GenericOp: verification of maps and operands
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

/// c11.
static LogicalResult verifyOutputs(GenericOp op) {
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
  std::optional<CPUScheduleAttr> schedule = op.getSchedule();
  if (schedule && schedule->getLaneDim() &&
      !op.isNormalizedDim(*schedule->getLaneDim()))
    return op.emitOpError()
           << "expected the schedule's lane_dim to be a normalized dim, got "
           << *schedule->getLaneDim();
  return success();
}

LogicalResult GenericOp::verify() {
  if (failed(verifyDestinationStyle(*this)) || failed(verifyMaps(*this)) ||
      failed(verifySizes(*this)) || failed(verifyNormalizedDims(*this)) ||
      failed(verifyOutputs(*this)))
    return failure();
  return verifySchedule(*this);
}

//===----------------------------------------------------------------------===//
// GenericOp: verification of the block
//===----------------------------------------------------------------------===//

/// c6.
static LogicalResult verifyArguments(GenericOp op) {
  Block &block = op.getBody().front();
  if (block.getNumArguments() != op.getInputs().size())
    return op.emitOpError() << "expected a block argument for each of the "
                            << op.getInputs().size() << " inputs, got "
                            << block.getNumArguments();
  for (auto [argument, input] :
       llvm::zip_equal(block.getArguments(), op.getInputs()))
    if (argument.getType() != getElementTypeOrSelf(input))
      return op.emitOpError()
             << "expected block argument #" << argument.getArgNumber()
             << " of type " << getElementTypeOrSelf(input) << ", got "
             << argument.getType();
  return success();
}

static bool isScalarType(Type type) {
  return isa<FloatType, IndexType>(type) || type.isSignlessInteger();
}

/// c7.
static LogicalResult verifyOrdinaryOp(Operation &op) {
  auto refuse = [&](StringRef why) {
    return op.emitOpError("is not allowed in a row program: ") << why;
  };
  if (op.getNumRegions())
    return refuse("it has a region");
  if (!llvm::all_of(op.getOperandTypes(), isScalarType) ||
      !llvm::all_of(op.getResultTypes(), isScalarType))
    return refuse("its operands and results must be scalars");
  if (!op.hasTrait<OpTrait::ConstantLike>() &&
      !OpTrait::hasElementwiseMappableTraits(&op))
    return refuse("it is not elementwise-mappable");
  if (!isPure(&op))
    return refuse("it has side effects or may trap");
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
  if (failed(verifyArguments(*this)))
    return failure();
  for (Operation &op : getBody().front()) {
    if (auto yield = dyn_cast<YieldOp>(op))
      return verifyYield(*this, yield);
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
  return emitOpError("expected the block to end with norm.yield");
}

//===----------------------------------------------------------------------===//
// Collectives
//===----------------------------------------------------------------------===//

/// `over`, or all normalized dims of the program around the operation.
static SmallVector<int64_t>
combinedDims(Operation *op, std::optional<ArrayRef<int64_t>> over) {
  return llvm::to_vector(
      over ? *over : cast<GenericOp>(op->getParentOp()).getNormalizedDims());
}

SmallVector<int64_t> ReduceOp::getCombinedDims() {
  return combinedDims(*this, getOver());
}
Value ReduceOp::getCondition() { return getWhere(); }
unsigned ReduceOp::getNumPhases() { return 1; }

/// Whether the kind combines values of the type: integer kinds integers, float
/// kinds floats, add and mul both.
static bool combines(vector::CombiningKind kind, Type type) {
  switch (kind) {
  case vector::CombiningKind::ADD:
  case vector::CombiningKind::MUL:
    return true;
  case vector::CombiningKind::MINNUMF:
  case vector::CombiningKind::MAXNUMF:
  case vector::CombiningKind::MINIMUMF:
  case vector::CombiningKind::MAXIMUMF:
    return isa<FloatType>(type);
  case vector::CombiningKind::MINUI:
  case vector::CombiningKind::MINSI:
  case vector::CombiningKind::MAXUI:
  case vector::CombiningKind::MAXSI:
  case vector::CombiningKind::AND:
  case vector::CombiningKind::OR:
  case vector::CombiningKind::XOR:
    return type.isIntOrIndex();
  }
  llvm_unreachable("unknown combining kind");
}

LogicalResult ReduceOp::verify() {
  if (!combines(getKind(), getValue().getType()))
    return emitOpError() << "expected a kind that combines "
                         << getValue().getType() << ", got <"
                         << vector::stringifyCombiningKind(getKind()) << ">";
  return success();
}

TypedAttr ReduceOp::getIdentity(vector::CombiningKind kind, Type type) {
  Builder builder(type.getContext());
  if (auto floatType = dyn_cast<FloatType>(type)) {
    const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
    switch (kind) {
    case vector::CombiningKind::MUL:
      return builder.getFloatAttr(type, APFloat::getOne(semantics));
    case vector::CombiningKind::MINIMUMF:
      return builder.getFloatAttr(type, APFloat::getInf(semantics));
    case vector::CombiningKind::MAXIMUMF:
      return builder.getFloatAttr(type, APFloat::getInf(semantics, true));
    case vector::CombiningKind::MINNUMF:
    case vector::CombiningKind::MAXNUMF:
      return builder.getFloatAttr(type, APFloat::getNaN(semantics));
    default:
      return builder.getFloatAttr(type, APFloat::getZero(semantics));
    }
  }
  unsigned width = isa<IndexType>(type) ? IndexType::kInternalStorageBitWidth
                                        : type.getIntOrFloatBitWidth();
  switch (kind) {
  case vector::CombiningKind::MUL:
    return builder.getIntegerAttr(type, APInt(width, 1));
  case vector::CombiningKind::MINUI:
  case vector::CombiningKind::AND:
    return builder.getIntegerAttr(type, APInt::getAllOnes(width));
  case vector::CombiningKind::MINSI:
    return builder.getIntegerAttr(type, APInt::getSignedMaxValue(width));
  case vector::CombiningKind::MAXSI:
    return builder.getIntegerAttr(type, APInt::getSignedMinValue(width));
  default:
    return builder.getIntegerAttr(type, APInt::getZero(width));
  }
}

SmallVector<int64_t> MomentsOp::getCombinedDims() {
  return combinedDims(*this, getOver());
}
Value MomentsOp::getCondition() { return getWhere(); }
unsigned MomentsOp::getNumPhases() { return 2; }
bool MomentsOp::variesAlongCombinedDims(unsigned resultNumber) {
  return resultNumber == 0;
}

SmallVector<int64_t> SizeOp::getCombinedDims() {
  return combinedDims(*this, getOver());
}
Value SizeOp::getCondition() { return getWhere(); }
unsigned SizeOp::getNumPhases() { return getWhere() ? 1 : 0; }

SmallVector<int64_t> HeadMeanOp::getCombinedDims() {
  return combinedDims(*this, std::nullopt);
}
Value HeadMeanOp::getCondition() { return nullptr; }
unsigned HeadMeanOp::getNumPhases() { return 1; }
