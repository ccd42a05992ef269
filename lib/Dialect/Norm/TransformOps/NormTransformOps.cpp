// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/TransformOps/NormTransformOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "norm/Dialect/Norm/IR/Decompose.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "norm/Dialect/Norm/Transforms/Transforms.h"

using namespace mlir;
using namespace mlir::norm;

#define GET_OP_CLASSES
#include "norm/Dialect/Norm/TransformOps/NormTransformOps.cpp.inc"

/// A failure that the script may handle, with a note at the operation.
static DiagnosedSilenceableFailure refuse(transform::TransformOpInterface op,
                                          Operation *target,
                                          const Twine &expected) {
  DiagnosedSilenceableFailure failure = op.emitSilenceableError()
                                        << "expected " << expected << ", got "
                                        << target->getName();
  failure.attachNote(target->getLoc()) << "the operation";
  return failure;
}

DiagnosedSilenceableFailure transform_ops::GeneralizeOp::applyToOne(
    transform::TransformRewriter &rewriter, Operation *target,
    transform::ApplyToEachResultList &results, transform::TransformState &) {
  auto named = dyn_cast<NormOpInterface>(target);
  if (!named)
    return refuse(*this, target, "a named normalization");
  results.push_back(generalize(rewriter, named));
  return DiagnosedSilenceableFailure::success();
}

/// Replaces a normalization by linalg operations, which are appended.
static LogicalResult decomposeInto(RewriterBase &rewriter,
                                   linalg::AggregatedOpInterface op,
                                   SmallVectorImpl<Operation *> &created) {
  rewriter.setInsertionPoint(op);
  Operation *before = op->getPrevNode();
  FailureOr<SmallVector<Value>> values = op.decomposeOperation(rewriter);
  if (failed(values))
    return failure();
  Block::iterator begin =
      before ? std::next(before->getIterator()) : op->getBlock()->begin();
  for (Operation &made : llvm::make_range(begin, op->getIterator()))
    if (isa<linalg::GenericOp>(made))
      created.push_back(&made);
  rewriter.replaceOp(op, *values);
  return success();
}

DiagnosedSilenceableFailure
transform_ops::DecomposeOp::apply(transform::TransformRewriter &rewriter,
                                  transform::TransformResults &results,
                                  transform::TransformState &state) {
  SmallVector<Operation *> targets =
      llvm::to_vector(state.getPayloadOps(getTarget()));
  for (Operation *target : targets) {
    auto op = dyn_cast<DestinationStyleOpInterface>(target);
    if (!op || !isa<linalg::AggregatedOpInterface>(target) ||
        !isa<NormDialect>(target->getDialect()) || !op.hasPureTensorSemantics())
      return refuse(*this, target, "a normalization on tensors");
  }
  SmallVector<Operation *> created;
  for (Operation *target : targets)
    if (failed(decomposeInto(
            rewriter, cast<linalg::AggregatedOpInterface>(target), created)))
      return emitDefiniteFailure("cannot decompose ") << target->getName();
  results.set(cast<OpResult>(getTransformed()), created);
  return DiagnosedSilenceableFailure::success();
}

DiagnosedSilenceableFailure transform_ops::FuseOp::applyToOne(
    transform::TransformRewriter &rewriter, Operation *target,
    transform::ApplyToEachResultList &results, transform::TransformState &) {
  // What simplifies within would reach beyond any other operation.
  if (!target->hasTrait<OpTrait::IsIsolatedFromAbove>())
    return refuse(*this, target, "an operation isolated from above");
  fuseRowPrograms(rewriter, target, getFormPrograms());
  results.push_back(target);
  return DiagnosedSilenceableFailure::success();
}

DiagnosedSilenceableFailure transform_ops::ScheduleOp::applyToOne(
    transform::TransformRewriter &rewriter, Operation *target,
    transform::ApplyToEachResultList &results, transform::TransformState &) {
  auto program = dyn_cast<GenericOp>(target);
  if (!program)
    return refuse(*this, target, "a norm.generic");
  Attribute schedule = getScheduleAttr();
  rewriter.modifyOpInPlace(program, [&]() {
    program.removeScheduleAttr();
    if (schedule)
      program->setAttr(program.getScheduleAttrName(), schedule);
  });
  if (schedule && program.getScheduleAttr() != schedule)
    return emitDefiniteFailure("expected a schedule of norm.generic, got ")
           << schedule;
  NormSchedulePassOptions options;
  options.vectorBits = getVectorBits();
  options.scalable = getScalable();
  options.maskedBits = getMaskedBits();
  options.l1Bytes = getL1Bytes();
  options.l2Bytes = getL2Bytes();
  options.numThreads = getNumThreads();
  options.parallel = getParallel();
  if (std::optional<MomentsAlgorithm> algorithm = getAlgorithm())
    options.algorithm = *algorithm;
  PassManager passes(getContext(), target->getName().getStringRef());
  passes.addPass(createNormSchedulePass(options));
  if (failed(mlir::verify(target)) || failed(passes.run(target)))
    return emitDefiniteFailure("no such schedule for ") << target->getName();
  results.push_back(target);
  return DiagnosedSilenceableFailure::success();
}

DiagnosedSilenceableFailure transform_ops::SplitPhasesOp::applyToOne(
    transform::TransformRewriter &rewriter, Operation *target,
    transform::ApplyToEachResultList &, transform::TransformState &) {
  auto program = dyn_cast<GenericOp>(target);
  if (!program)
    return refuse(*this, target, "a norm.generic");
  if (failed(splitPhases(rewriter, program)))
    return refuse(*this, target, "a program on tensors with collectives");
  return DiagnosedSilenceableFailure::success();
}

namespace {
class NormTransformExtension
    : public transform::TransformDialectExtension<NormTransformExtension> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(NormTransformExtension)

  void init() {
    declareDependentDialect<NormDialect>();
    declareGeneratedDialect<linalg::LinalgDialect>();
    registerTransformOps<
#define GET_OP_LIST
#include "norm/Dialect/Norm/TransformOps/NormTransformOps.cpp.inc"
        >();
  }
};
} // namespace

void norm::registerTransformDialectExtension(DialectRegistry &registry) {
  registry.addExtensions<NormTransformExtension>();
}
