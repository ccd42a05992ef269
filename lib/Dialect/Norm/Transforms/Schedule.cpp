// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "norm/Dialect/Norm/IR/VaryingDims.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMSCHEDULEPASS
#include "norm/Dialect/Norm/Transforms/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

/// Vectors per iteration: enough accumulators to hide the latency of an
/// addition; more bring nothing.
static constexpr int64_t vectorsPerIteration = 4;

/// Elements below which waking other threads costs more than it saves: with two
/// sleepless threads the break-even was measured at about 32 K.
static constexpr int64_t smallestParallelSize = 32768;

/// Vectors of 1024 bytes: as many elements as a schedule allows, of any type.
static constexpr int64_t largestVectorBits = 8192;

/// Where neither an option nor the module says how wide vectors are.
static constexpr int64_t defaultVectorBits = 256;

/// Whether neighbours along the operand's last dim are neighbours in memory.
/// Tensors have no layout yet: bufferization gives them that.
static bool hasUnitInnerStride(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref)
    return true;
  SmallVector<int64_t> strides;
  int64_t offset;
  return succeeded(memref.getStridesAndOffset(strides, offset)) &&
         strides.back() == 1;
}

/// Whether each operand that varies along the dim is contiguous in it, and some
/// operand varies along it.
static bool isContiguousAlong(GenericOp op, unsigned dim) {
  bool varies = false;
  for (auto [operand, map] :
       llvm::zip_equal(op->getOperands(), op.getIndexingMapsArray())) {
    if (!map.isFunctionOfDim(dim))
      continue;
    varies = true;
    if (cast<AffineDimExpr>(map.getResults().back()).getPosition() != dim ||
        !hasUnitInnerStride(operand.getType()))
      return false;
  }
  return varies;
}

/// The width of the widest float among the block's values that vary along the
/// dim; that of f32 if there is none.
static int64_t widestFloat(GenericOp op, int64_t dim) {
  VaryingDims varying(op);
  int64_t widest = 0;
  auto consider = [&](Value value) {
    if (isa<FloatType>(value.getType()) && varying.variesAlong(value, dim))
      widest =
          std::max<int64_t>(widest, value.getType().getIntOrFloatBitWidth());
  };
  llvm::for_each(op.getBody().getArguments(), consider);
  for (Operation &nested : op.getBody().front())
    llvm::for_each(nested.getResults(), consider);
  return widest ? widest : 32;
}

/// Elements per vector: what a register holds, and no more than the next power
/// of two above the length of a short row.
static int64_t chooseVectorSize(GenericOp op, int64_t dim, int64_t vectorBits) {
  int64_t size = std::max<int64_t>(vectorBits / widestFloat(op, dim), 1);
  int64_t length = op.getStaticLoopRanges()[dim];
  if (!ShapedType::isDynamic(length))
    size = std::min<int64_t>(size,
                             llvm::PowerOf2Ceil(std::max<int64_t>(length, 1)));
  return size;
}

/// Whether the operation runs inside a parallel loop.
static bool isInParallelLoop(Operation *op) {
  for (Operation *parent = op->getParentOp(); parent;
       parent = parent->getParentOp())
    if (parent->hasTrait<OpTrait::HasParallelRegion>())
      return true;
  return false;
}

/// The width of a vector register as the module's target specification has it.
static int64_t vectorBitsOfTarget(Operation *op) {
  FailureOr<Attribute> bits =
      dlti::query(op, ArrayRef<StringRef>{"CPU", "max_vector_op_width"});
  if (failed(bits))
    return defaultVectorBits;
  auto integer = dyn_cast<IntegerAttr>(*bits);
  return integer ? std::clamp<int64_t>(integer.getInt(), 0, largestVectorBits)
                 : defaultVectorBits;
}

namespace {
struct Schedule : public norm::impl::NormSchedulePassBase<Schedule> {
  using NormSchedulePassBase::NormSchedulePassBase;

  void runOnOperation() override {
    if (vectorBits < 0 || vectorBits > largestVectorBits) {
      getOperation()->emitError()
          << "norm-schedule: expected vector-bits from 0 to "
          << largestVectorBits << ", got " << int64_t(vectorBits);
      return signalPassFailure();
    }
    getOperation()->walk([&](GenericOp op) {
      if (!op.getSchedule())
        op.setScheduleAttr(chooseSchedule(op));
      op.walk([&](MomentsOp moments) {
        if (!moments.getAlgorithm())
          moments.setAlgorithm(algorithm);
      });
    });
  }

  /// The dim for the lanes: the last normalized one that all operands are
  /// contiguous in, or else such a row dim, whose rows then stand side by side.
  std::optional<int64_t> chooseLaneDim(GenericOp op) {
    for (int64_t dim : llvm::reverse(op.getNormalizedDims()))
      if (isContiguousAlong(op, dim))
        return dim;
    for (int64_t dim : llvm::reverse(op.getRowDims()))
      if (isContiguousAlong(op, dim) && op.canHaveRowsInLanes(dim))
        return dim;
    return std::nullopt;
  }

  CPUScheduleAttr chooseSchedule(GenericOp op) {
    int64_t vectorSize = 1, unroll = 1;
    std::optional<int64_t> laneDim = chooseLaneDim(op);
    if (laneDim) {
      unroll = vectorsPerIteration;
      vectorSize = chooseVectorSize(
          op, *laneDim, vectorBits ? vectorBits : vectorBitsOfTarget(op));
    } else if (!op.getNormalizedDims().empty()) {
      laneDim = op.getNormalizedDims().back(); // of scalar code
    }
    return CPUScheduleAttr::get(&getContext(), laneDim, vectorSize, unroll,
                                /*rows=*/1, /*nontemporalAbove=*/std::nullopt,
                                /*peel=*/false, /*prefetchDistance=*/0,
                                /*prefetchLocality=*/3,
                                /*prefetchPhase=*/std::nullopt,
                                parallel && !isInParallelLoop(op),
                                smallestParallelSize, outline);
  }
};
} // namespace
