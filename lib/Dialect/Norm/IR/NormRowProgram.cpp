// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DestinationStyle.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "norm/Dialect/Norm/IR/Norm.h"

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

/// A CPU schedule stands without its name, as the common case.
static ParseResult parseSchedule(OpAsmParser &parser, Attribute &schedule) {
  SMLoc location = parser.getCurrentLocation();
  OptionalParseResult named = parser.parseOptionalAttribute(schedule);
  if (!named.has_value()) {
    schedule = CPUScheduleAttr::parse(parser, {});
    return success(bool(schedule));
  }
  if (succeeded(*named) && !isa<CPUScheduleAttr, GPUScheduleAttr>(schedule))
    return parser.emitError(location)
           << "expected a CPU or GPU schedule, got " << schedule;
  return *named;
}

static void printSchedule(OpAsmPrinter &printer, GenericOp,
                          Attribute schedule) {
  if (auto cpuSchedule = dyn_cast<CPUScheduleAttr>(schedule))
    cpuSchedule.print(printer);
  else
    printer << schedule;
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

bool GenericOp::canHaveRowsInLanes(int64_t dim) {
  if (dim >= getNumDims() || isNormalizedDim(dim))
    return false;
  for (unsigned output = 0; output < getOutputs().size(); ++output)
    if (isAccumulator(output) || !getOutputMap(output).isFunctionOfDim(dim))
      return false;
  return llvm::all_of(getBody().getOps<CollectiveOpInterface>(),
                      [&](CollectiveOpInterface collective) {
                        return collective.getCombinedDims().size() ==
                               getNormalizedDims().size();
                      });
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
/// kinds floats, add and mul both. Floats without NaN or 0 lack identities.
static bool combines(vector::CombiningKind kind, Type type) {
  if (auto floatType = dyn_cast<FloatType>(type)) {
    const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
    if (!APFloat::semanticsHasNaN(semantics) ||
        !APFloat::semanticsHasZero(semantics))
      return false;
  }
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
    auto extreme = [&](bool negative) {
      APFloat value = APFloat::semanticsHasInf(semantics)
                          ? APFloat::getInf(semantics, negative)
                          : APFloat::getLargest(semantics, negative);
      return builder.getFloatAttr(type, value);
    };
    switch (kind) {
    case vector::CombiningKind::MUL:
      return builder.getFloatAttr(type, APFloat::getOne(semantics));
    case vector::CombiningKind::MINIMUMF:
      return extreme(/*negative=*/false);
    case vector::CombiningKind::MAXIMUMF:
      return extreme(/*negative=*/true);
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
