// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The constraints of the named operations, numbered as in their descriptions.

#include "DestinationStyle.h"
#include "NamedNorm.h"

using namespace mlir;
using namespace mlir::norm;

LogicalResult norm::verifyAxes(Operation *op, StringRef name,
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

static StringRef nameOf(OperandRole role) {
  switch (role) {
  case OperandRole::Input:
    return "input";
  case OperandRole::Mean:
    return "mean";
  case OperandRole::Variance:
    return "variance";
  case OperandRole::Gamma:
    return "gamma";
  case OperandRole::Beta:
    return "beta";
  case OperandRole::Mask:
    return "mask";
  case OperandRole::Epsilon:
    return "epsilon";
  case OperandRole::Output:
    return "output";
  case OperandRole::Rstd:
    return "rstd";
  }
  llvm_unreachable("unknown role");
}

/// c1, c4, c5, c6: shapes that follow from the input's. Static sizes must be
/// equal; a dynamic size fits any.
static LogicalResult verifyShapes(NormOpInterface op) {
  ArrayRef<int64_t> inputShape =
      cast<ShapedType>(op.getNormalizedValue().getType()).getShape();
  for (const NamedOperand &named : getNamedOperands(op)) {
    auto type = dyn_cast<ShapedType>(named.operand->get().getType());
    if (!type)
      continue;
    SmallVector<int64_t> sizes(inputShape);
    if (std::optional<ChannelGroups> groups = op.getChannelGroups();
        groups && named.isPerGroup)
      sizes[groups->dim] = groups->count;
    SmallVector<int64_t> expected = llvm::map_to_vector(
        named.inputDims, [&](int64_t dim) { return sizes[dim]; });
    if (succeeded(verifyCompatibleShape(type.getShape(), expected)))
      continue;
    InFlightDiagnostic diagnostic =
        op->emitOpError() << "expected " << nameOf(named.role) << " of shape [";
    auto printSize = [&](int64_t size) {
      ShapedType::isDynamic(size) ? diagnostic << "?" : diagnostic << size;
    };
    llvm::interleaveComma(expected, diagnostic, printSize);
    return diagnostic << "], got " << Type(type);
  }
  return success();
}

/// c7.
static LogicalResult verifyComputeType(NormOpInterface op) {
  FloatType computeType = op.getEffectiveComputeType();
  Type inputType = getElementTypeOrSelf(op.getNormalizedValue());
  if (!computeType.isF32() && !computeType.isF64())
    return op->emitOpError()
           << "expected compute_type f32 or f64, got " << computeType;
  if (computeType.getWidth() < inputType.getIntOrFloatBitWidth())
    return op->emitOpError() << "expected a compute_type no narrower than "
                             << inputType << ", got " << computeType;
  return success();
}

/// c8.
static LogicalResult verifyEpsilon(NormOpInterface op) {
  std::optional<APFloat> epsilon = op.getEpsilon();
  bool hasOperand = bool(operandOf(op, OperandRole::Epsilon));
  if (epsilon && hasOperand)
    return op->emitOpError(
        "expected epsilon as an attribute or as an operand, got both");
  if (!epsilon && !hasOperand)
    return op->emitOpError(
        "expected epsilon as an attribute or as an operand, got none");
  if (epsilon && (epsilon->isNegative() || !epsilon->isFinite()) &&
      !epsilon->isZero())
    return op->emitOpError()
           << "expected a finite epsilon that is not negative, got "
           << FloatAttr::get(Float64Type::get(op->getContext()), *epsilon);
  return success();
}

/// c11. That two outputs differ, verifyDestinationStyle sees to.
static LogicalResult verifyMemory(NormOpInterface op) {
  OpOperand *x = &op.getOperandsOf(OperandRole::Input)[0];
  OpOperand *y = &op.getOperandsOf(OperandRole::Output)[0];
  for (OpOperand &init : op.getDpsInitsMutable())
    for (OpOperand *input : op.getDpsInputOperands()) {
      bool inPlace = input == x && &init == y;
      if (isa<MemRefType>(init.get().getType()) && init.get() == input->get() &&
          !inPlace)
        return op->emitOpError()
               << "expected operand #" << input->getOperandNumber()
               << " and the output #" << init.getOperandNumber()
               << " to be different memory";
    }
  return success();
}

LogicalResult norm::verifyNamedOp(NormOpInterface op) {
  if (failed(verifyDestinationStyle(op)))
    return failure();
  int64_t rank = cast<ShapedType>(op.getNormalizedValue().getType()).getRank();
  if (failed(verifyAxes(op, "axes", op.getReducedAxes(), rank)) ||
      failed(verifyAxes(op, "parameter_axes", op.getEffectiveParameterAxes(),
                        rank)) ||
      failed(verifyShapes(op)) || failed(verifyComputeType(op)) ||
      failed(verifyMemory(op)))
    return failure();
  return verifyEpsilon(op);
}

//===----------------------------------------------------------------------===//
// Constraints of single operations
//===----------------------------------------------------------------------===//

LogicalResult LayerNormOp::verify() { return verifyNamedOp(*this); }

/// c10.
static LogicalResult verifyGammaOffset(RMSNormOp op) {
  if (op.getGammaOffset() && !op.getGammaOffset()->isZero() && !op.getGamma())
    return op.emitOpError("expected a gamma for gamma_offset to be added to");
  return success();
}

LogicalResult RMSNormOp::verify() {
  return failed(verifyNamedOp(*this)) ? failure() : verifyGammaOffset(*this);
}

/// c12. What follows from the channel axis is looked at later.
template <typename ChannelOp>
static LogicalResult verifyChannelAxis(ChannelOp op) {
  int64_t rank = cast<ShapedType>(op.getInput().getType()).getRank();
  int64_t axis = op.getChannelAxisAttr().getInt();
  if (rank == 0)
    return op.emitOpError("expected an input with a dim for the channels, got "
                          "one of rank 0");
  if (axis < 0 || axis >= rank)
    return op.emitOpError() << "expected channel_axis from 0 to " << rank - 1
                            << ", got " << axis;
  return success();
}

/// c12.
static LogicalResult verifyAxesWithoutChannels(GroupNormOp op) {
  int64_t axis = op.getChannelAxisAttr().getInt();
  if (llvm::is_contained(op.getAxes(), axis))
    return op.emitOpError() << "expected axes without the channel_axis " << axis
                            << ", got [" << op.getAxes() << "]";
  return success();
}

/// c13. The number of channels may be static in the type of any operand.
static LogicalResult verifyChannelGroups(GroupNormOp op) {
  std::optional<ChannelGroups> groups = op.getChannelGroups();
  if (!groups)
    return success();
  if (groups->count < 1)
    return op.emitOpError()
           << "expected groups of at least 1, got " << groups->count;
  for (const NamedOperand &named : getNamedOperands(op)) {
    std::optional<int64_t> dim = findDimToSplit(op, named);
    if (!dim)
      continue;
    int64_t channels =
        cast<ShapedType>(named.operand->get().getType()).getDimSize(*dim);
    if (!ShapedType::isDynamic(channels) && channels % groups->count)
      return op.emitOpError() << "expected groups that divide the " << channels
                              << " channels, got " << groups->count;
  }
  return success();
}

LogicalResult GroupNormOp::verify() {
  if (failed(verifyChannelAxis(*this)) ||
      failed(verifyAxesWithoutChannels(*this)) || failed(verifyNamedOp(*this)))
    return failure();
  return verifyChannelGroups(*this);
}

LogicalResult BatchNormInferenceOp::verify() {
  return failed(verifyChannelAxis(*this)) ? failure() : verifyNamedOp(*this);
}

LogicalResult BatchNormTrainingOp::verify() {
  return failed(verifyChannelAxis(*this)) ? failure() : verifyNamedOp(*this);
}
