// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "norm/Dialect/Norm/IR/Norm.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace mlir::norm;

/// Whether an init's values before the operation matter.
static bool readsInit(Operation *op, OpOperand &init) {
  if (isa<StatisticsOp>(op))
    return true;
  auto program = dyn_cast<GenericOp>(op);
  return program && program.isAccumulator(init.getOperandNumber() -
                                          program.getInputs().size());
}

/// Whether the operands are accessed at the same position, and no element is
/// read once it is written. An accumulator is written row by row.
static bool isAccessedElementwise(GenericOp op,
                                  ArrayRef<OpOperand *> operands) {
  AffineMap map = op.getMatchingIndexingMap(operands.front());
  return llvm::all_of(operands, [&](OpOperand *operand) {
    return op.getMatchingIndexingMap(operand) == map &&
           !(op.isDpsInit(operand) && readsInit(op, *operand));
  });
}
static bool isAccessedElementwise(NormOpInterface op,
                                  ArrayRef<OpOperand *> operands) {
  return llvm::all_of(operands, [&](OpOperand *operand) {
    return operand == &op.getOperandsOf(OperandRole::Input)[0] ||
           operand == &op.getOperandsOf(OperandRole::Output)[0];
  });
}

static bool isAccessedElementwise(StatisticsOp, ArrayRef<OpOperand *>) {
  return false;
}

namespace {
template <typename NormOp>
struct NormOpModel
    : public DstBufferizableOpInterfaceExternalModel<NormOpModel<NormOp>,
                                                     NormOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    auto normOp = cast<NormOp>(op);
    return !normOp.isDpsInit(&operand) || readsInit(normOp, operand);
  }

  bool bufferizesToElementwiseAccess(Operation *op, const AnalysisState &,
                                     ArrayRef<OpOperand *> operands) const {
    return isAccessedElementwise(cast<NormOp>(op), operands);
  }

  /// Two outputs that nobody reads after the operation may share memory for
  /// all that the analysis knows, but not for the operation.
  LogicalResult resolveConflicts(Operation *op, RewriterBase &rewriter,
                                 const AnalysisState &analysis,
                                 const BufferizationState &state) const {
    if (failed(
            cast<BufferizableOpInterface>(op).resolveTensorOpOperandConflicts(
                rewriter, analysis, state)))
      return failure();
    llvm::SmallDenseSet<Value> taken;
    for (OpOperand &init : cast<NormOp>(op).getDpsInitsMutable()) {
      if (!isa<TensorType>(init.get().getType()) ||
          taken.insert(init.get()).second)
        continue;
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPoint(op);
      FailureOr<Value> own = allocateTensorForShapedValue(
          rewriter, op->getLoc(), init.get(), analysis.getOptions(), state,
          /*copy=*/readsInit(cast<NormOp>(op), init));
      if (failed(own))
        return failure();
      rewriter.modifyOpInPlace(op, [&]() { init.set(*own); });
    }
    return success();
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto normOp = cast<NormOp>(op);
    if (normOp.hasPureBufferSemantics())
      return success();
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(op);
    SmallVector<Value> operands, inits;
    for (OpOperand &operand : op->getOpOperands()) {
      Value value = operand.get();
      if (isa<TensorType>(value.getType())) {
        FailureOr<Value> buffer = getBuffer(rewriter, value, options, state);
        if (failed(buffer))
          return failure();
        value = *buffer;
      }
      operands.push_back(value);
      if (normOp.isDpsInit(&operand))
        inits.push_back(value);
    }
    clone(rewriter, op, /*newResultTypes=*/TypeRange(), operands);
    replaceOpWithBufferizedValues(rewriter, op, inits);
    return success();
  }
};
} // namespace

template <typename... NormOps>
static void attachTo(MLIRContext &context) {
  (NormOps::template attachInterface<NormOpModel<NormOps>>(context), ...);
}

void norm::registerBufferizableOpInterfaceExternalModels(
    DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, NormDialect *) {
    attachTo<LayerNormOp, RMSNormOp, GroupNormOp, BatchNormInferenceOp,
             BatchNormTrainingOp, GenericOp, StatisticsOp>(*context);
  });
}
