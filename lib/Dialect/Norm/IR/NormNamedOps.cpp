// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DestinationStyle.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "norm/Dialect/Norm/IR/Norm.h"

using namespace mlir;
using namespace mlir::norm;

//===----------------------------------------------------------------------===//
// Constraints that all named operations share
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> selectSizes(ShapedType type,
                                        ArrayRef<int64_t> dims) {
  return llvm::map_to_vector(dims,
                             [&](int64_t dim) { return type.getDimSize(dim); });
}

static SmallVector<int64_t> remainingDims(int64_t rank,
                                          ArrayRef<int64_t> axes) {
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(axes, dim))
      dims.push_back(dim);
  return dims;
}

/// c2, c3: increasing dims of the input.
static LogicalResult verifyAxes(Operation *op, StringRef name,
                                ArrayRef<int64_t> axes, int64_t rank) {
  for (auto [position, axis] : llvm::enumerate(axes)) {
    if (rank == 0)
      return op->emitOpError() << "expected no " << name
                               << " for an input of rank 0, got " << axis;
    if (axis < 0 || axis >= rank)
      return op->emitOpError() << "expected " << name << " from 0 to "
                               << rank - 1 << ", got " << axis;
    if (position && axes[position - 1] >= axis)
      return op->emitOpError()
             << "expected increasing " << name << ", got [" << axes << "]";
  }
  return success();
}

/// c1, c4, c5, c6: a shape that follows from the input's. Static sizes must be
/// equal; a dynamic size fits any.
static LogicalResult verifyShape(Operation *op, StringRef name, Value operand,
                                 ArrayRef<int64_t> expected) {
  if (!operand ||
      succeeded(verifyCompatibleShape(
          cast<ShapedType>(operand.getType()).getShape(), expected)))
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError()
                                  << "expected " << name << " of shape [";
  auto printSize = [&](int64_t size) {
    ShapedType::isDynamic(size) ? diagnostic << "?" : diagnostic << size;
  };
  llvm::interleaveComma(expected, diagnostic, printSize);
  return diagnostic << "], got " << operand.getType();
}

/// c7.
static LogicalResult verifyComputeType(Operation *op, FloatType computeType,
                                       Type inputType) {
  if (!computeType.isF32() && !computeType.isF64())
    return op->emitOpError()
           << "expected compute_type f32 or f64, got " << computeType;
  if (computeType.getWidth() < inputType.getIntOrFloatBitWidth())
    return op->emitOpError() << "expected a compute_type no narrower than "
                             << inputType << ", got " << computeType;
  return success();
}

/// c8.
template <typename NamedOp>
static LogicalResult verifyEpsilon(NamedOp op) {
  if (op.getEpsilon() && op.getEpsilonOperand())
    return op.emitOpError(
        "expected epsilon as an attribute or as an operand, got both");
  if (!op.getEpsilon() && !op.getEpsilonOperand())
    return op.emitOpError(
        "expected epsilon as an attribute or as an operand, got none");
  if (op.getEpsilon() &&
      (op.getEpsilon()->isNegative() || !op.getEpsilon()->isFinite()) &&
      !op.getEpsilon()->isZero())
    return op.emitOpError()
           << "expected a finite epsilon that is not negative, got "
           << op.getEpsilonAttr();
  return success();
}

/// c11. That two outputs differ, verifyDestinationStyle sees to.
template <typename NamedOp>
static LogicalResult verifyMemory(NamedOp op) {
  for (OpOperand &init : op.getDpsInitsMutable())
    for (OpOperand *input : op.getDpsInputOperands()) {
      bool inPlace =
          input == &op.getInputMutable() && &init == &op.getOutputMutable();
      if (isa<MemRefType>(init.get().getType()) && init.get() == input->get() &&
          !inPlace)
        return op.emitOpError()
               << "expected operand #" << input->getOperandNumber()
               << " and the output #" << init.getOperandNumber()
               << " to be different memory";
    }
  return success();
}

template <typename NamedOp>
static LogicalResult verifyNamedOp(NamedOp op) {
  if (failed(verifyDestinationStyle(
          cast<DestinationStyleOpInterface>(op.getOperation()))))
    return failure();
  auto type = cast<ShapedType>(op.getInput().getType());
  int64_t rank = type.getRank();
  ArrayRef<int64_t> axes = op.getAxes();
  ArrayRef<int64_t> parameterAxes = op.getEffectiveParameterAxes();
  if (failed(verifyAxes(op, "axes", axes, rank)) ||
      failed(verifyAxes(op, "parameter_axes", parameterAxes, rank)))
    return failure();
  SmallVector<int64_t> parameterShape = selectSizes(type, parameterAxes);
  SmallVector<int64_t> rowShape = selectSizes(type, remainingDims(rank, axes));
  if (failed(verifyShape(op, "output", op.getOutput(), type.getShape())) ||
      failed(verifyShape(op, "gamma", op.getGamma(), parameterShape)) ||
      failed(verifyShape(op, "beta", op.getBeta(), parameterShape)) ||
      failed(verifyShape(op, "mask", op.getMask(), type.getShape())) ||
      failed(verifyShape(op, "rstd", op.getRstd(), rowShape)))
    return failure();
  if constexpr (std::is_same_v<NamedOp, LayerNormOp>)
    if (failed(verifyShape(op, "mean", op.getMean(), rowShape)))
      return failure();
  if (failed(verifyComputeType(op, op.getEffectiveComputeType(),
                               type.getElementType())))
    return failure();
  return failed(verifyMemory(op)) ? failure() : verifyEpsilon(op);
}

//===----------------------------------------------------------------------===//
// Accessors and interfaces that all named operations share
//===----------------------------------------------------------------------===//

template <typename NamedOp>
static FloatType computeTypeOf(NamedOp op) {
  if (TypeAttr type = op.getComputeTypeAttr())
    return cast<FloatType>(type.getValue());
  Type inputType = getElementTypeOrSelf(op.getInput());
  return inputType.isF64() ? cast<FloatType>(inputType)
                           : Float32Type::get(op.getContext());
}

/// The result tied to an optional init, or null.
static Value resultOf(DestinationStyleOpInterface op,
                      MutableOperandRange init) {
  if (init.empty() || !isa<RankedTensorType>(init[0].get().getType()))
    return nullptr;
  return op.getTiedOpResult(&init[0]);
}

static Value emptyLike(OpBuilder &builder, Location loc, Value input,
                       ArrayRef<int64_t> dims, Type elementType) {
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(builder, loc, input);
  SmallVector<OpFoldResult> selected =
      llvm::map_to_vector(dims, [&](int64_t dim) { return sizes[dim]; });
  return tensor::EmptyOp::create(builder, loc, selected, elementType);
}

/// Adds the inits for y and for `numStatistics` statistics, and the results.
static SmallVector<Value> makeInits(OpBuilder &builder, OperationState &state,
                                    Value input, ArrayRef<int64_t> axes,
                                    unsigned numStatistics) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> allDims =
      llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
  Type computeType = type.getElementType().isF64() ? type.getElementType()
                                                   : builder.getF32Type();
  SmallVector<Value> inits = {emptyLike(builder, state.location, input, allDims,
                                        type.getElementType())};
  for (unsigned i = 0; i < numStatistics; ++i)
    inits.push_back(emptyLike(builder, state.location, input,
                              remainingDims(type.getRank(), axes),
                              computeType));
  return inits;
}

//===----------------------------------------------------------------------===//
// LayerNormOp
//===----------------------------------------------------------------------===//

void LayerNormOp::build(OpBuilder &builder, OperationState &state, Value input,
                        Value gamma, Value beta, ArrayRef<int64_t> axes,
                        double epsilon, bool withMean, bool withRstd) {
  SmallVector<Value> inits =
      makeInits(builder, state, input, axes, withMean + withRstd);
  Value mean = withMean ? inits[1] : Value();
  Value rstd = withRstd ? inits.back() : Value();
  build(builder, state, TypeRange(ValueRange(inits)), input, gamma, beta,
        /*mask=*/Value(), /*epsilon_operand=*/Value(), inits.front(), mean,
        rstd, builder.getDenseI64ArrayAttr(axes), /*parameter_axes=*/nullptr,
        builder.getF64FloatAttr(epsilon), /*compute_type=*/nullptr);
}

MutableOperandRange LayerNormOp::getDpsInitsMutable() {
  unsigned first = getOutputMutable().getOperandNumber();
  return MutableOperandRange(*this, first, getNumOperands() - first);
}

Value LayerNormOp::getMeanResult() { return resultOf(*this, getMeanMutable()); }
Value LayerNormOp::getRstdResult() { return resultOf(*this, getRstdMutable()); }

//===----------------------------------------------------------------------===//
// RMSNormOp
//===----------------------------------------------------------------------===//

void RMSNormOp::build(OpBuilder &builder, OperationState &state, Value input,
                      Value gamma, Value beta, ArrayRef<int64_t> axes,
                      double epsilon, double gammaOffset, bool withRstd) {
  SmallVector<Value> inits = makeInits(builder, state, input, axes, withRstd);
  build(builder, state, TypeRange(ValueRange(inits)), input, gamma, beta,
        /*mask=*/Value(), /*epsilon_operand=*/Value(), inits.front(),
        withRstd ? inits.back() : Value(), builder.getDenseI64ArrayAttr(axes),
        /*parameter_axes=*/nullptr,
        gammaOffset ? builder.getF64FloatAttr(gammaOffset) : FloatAttr(),
        builder.getF64FloatAttr(epsilon), /*compute_type=*/nullptr);
}

MutableOperandRange RMSNormOp::getDpsInitsMutable() {
  unsigned first = getOutputMutable().getOperandNumber();
  return MutableOperandRange(*this, first, getNumOperands() - first);
}

Value RMSNormOp::getRstdResult() { return resultOf(*this, getRstdMutable()); }

/// c10.
static LogicalResult verifyGammaOffset(RMSNormOp op) {
  if (op.getGammaOffset() && !op.getGammaOffset()->isZero() && !op.getGamma())
    return op.emitOpError("expected a gamma for gamma_offset to be added to");
  return success();
}

//===----------------------------------------------------------------------===//
// Interface methods, the same for each
//===----------------------------------------------------------------------===//

#define NORM_NAMED_OP_METHODS(Op)                                              \
  Value Op::getNormalizedValue() { return getInput(); }                        \
  SmallVector<int64_t> Op::getNormalizedDims() {                               \
    return llvm::to_vector(getAxes());                                         \
  }                                                                            \
  FloatType Op::getEffectiveComputeType() { return computeTypeOf(*this); }     \
  void Op::getEffects(MemoryEffectList &effects) {                             \
    appendDestinationStyleEffects(*this, effects,                              \
                                  [](unsigned) { return false; });             \
  }                                                                            \
  Speculation::Speculatability Op::getSpeculatability() {                      \
    return destinationStyleSpeculatability(*this);                             \
  }                                                                            \
  LogicalResult Op::reifyResultShapes(OpBuilder &builder,                      \
                                      ReifiedRankedShapedTypeDims &shapes) {   \
    return reifyFromInits(*this, builder, shapes);                             \
  }

NORM_NAMED_OP_METHODS(LayerNormOp)
NORM_NAMED_OP_METHODS(RMSNormOp)

LogicalResult LayerNormOp::verify() { return verifyNamedOp(*this); }

LogicalResult RMSNormOp::verify() {
  return failed(verifyNamedOp(*this)) ? failure() : verifyGammaOffset(*this);
}
