// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm-c/Builders.h"
#include "Helpers.h"
#include "mlir/CAPI/IR.h"
#include "mlir/IR/Verifier.h"
#include "norm/Dialect/Norm/IR/Norm.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

/// Builds one operation, or reports why not.
class NamedOpBuilder {
public:
  NamedOpBuilder(MlirBlock block, MlirOperation before, MlirLocation location)
      : builder(unwrap(location).getContext()), location(unwrap(location)) {
    if (Operation *next = unwrap(before))
      builder.setInsertionPoint(next);
    else
      builder.setInsertionPointToEnd(unwrap(block));
  }

  /// What the builders of C++ take for granted.
  LogicalResult checkInput(MlirValue input, ArrayRef<int64_t> dims);
  LogicalResult checkIsTensor(StringRef name, MlirValue value);

  /// Calls `build` and takes back what it built if the verifier refuses it.
  template <typename Build>
  MlirOperation run(Build build) {
    Block *block = builder.getInsertionBlock();
    Block::iterator next = builder.getInsertionPoint();
    Operation *last = next == block->begin() ? nullptr : &*std::prev(next);
    Operation *op = build();
    if (succeeded(verify(op)))
      return wrap(op);
    auto first = [&] {
      return last ? std::next(last->getIterator()) : block->begin();
    };
    while (first() != next)
      std::prev(next)->erase();
    return {nullptr};
  }

  OpBuilder builder;
  Location location;
};

} // namespace

LogicalResult NamedOpBuilder::checkIsTensor(StringRef name, MlirValue value) {
  auto type =
      value.ptr ? dyn_cast<RankedTensorType>(unwrap(value).getType()) : nullptr;
  if (!type)
    return emitError(location) << "expected " << name << " to be a tensor";
  return success();
}

LogicalResult NamedOpBuilder::checkInput(MlirValue input,
                                         ArrayRef<int64_t> dims) {
  if (failed(checkIsTensor("the input", input)))
    return failure();
  Dialect *dialect = location.getContext()->getLoadedDialect("norm");
  if (!dialect)
    return emitError(location) << "the dialect norm is not loaded";
  if (failed(checkIsOwn(dialect, location)))
    return failure();
  auto type = cast<RankedTensorType>(unwrap(input).getType());
  if (!isa<FloatType>(type.getElementType()))
    return emitError(location) << "expected a tensor of floats, got " << type;
  for (int64_t dim : dims)
    if (dim < 0 || dim >= type.getRank())
      return emitError(location)
             << "expected dims of " << type << ", got " << dim;
  return success();
}

/// Null for none.
static Value unwrapOptional(MlirValue value) {
  return value.ptr ? unwrap(value) : Value();
}

MlirOperation normCreateLayerNorm(MlirBlock block, MlirOperation before,
                                  MlirLocation location,
                                  const NormLayerNormArguments *arguments) {
  NamedOpBuilder b(block, before, location);
  ArrayRef<int64_t> axes(arguments->axes, arguments->numAxes);
  if (failed(b.checkInput(arguments->input, axes)))
    return {nullptr};
  return b.run([&]() -> Operation * {
    return LayerNormOp::create(
        b.builder, b.location, unwrap(arguments->input),
        unwrapOptional(arguments->gamma), unwrapOptional(arguments->beta), axes,
        arguments->epsilon, arguments->withMean, arguments->withRstd);
  });
}

MlirOperation normCreateRMSNorm(MlirBlock block, MlirOperation before,
                                MlirLocation location,
                                const NormRMSNormArguments *arguments) {
  NamedOpBuilder b(block, before, location);
  ArrayRef<int64_t> axes(arguments->axes, arguments->numAxes);
  if (failed(b.checkInput(arguments->input, axes)))
    return {nullptr};
  return b.run([&]() -> Operation * {
    return RMSNormOp::create(
        b.builder, b.location, unwrap(arguments->input),
        unwrapOptional(arguments->gamma), unwrapOptional(arguments->beta), axes,
        arguments->epsilon, arguments->gammaOffset, arguments->withRstd);
  });
}

MlirOperation normCreateGroupNorm(MlirBlock block, MlirOperation before,
                                  MlirLocation location,
                                  const NormGroupNormArguments *arguments) {
  NamedOpBuilder b(block, before, location);
  ArrayRef<int64_t> axes(arguments->axes, arguments->numAxes);
  if (failed(b.checkInput(arguments->input, axes)) ||
      failed(b.checkInput(arguments->input, arguments->channelAxis)))
    return {nullptr};
  std::optional<int64_t> groups;
  if (arguments->groups != 0)
    groups = arguments->groups;
  return b.run([&]() -> Operation * {
    return GroupNormOp::create(
        b.builder, b.location, unwrap(arguments->input),
        unwrapOptional(arguments->gamma), unwrapOptional(arguments->beta), axes,
        arguments->channelAxis, groups, arguments->epsilon, arguments->withMean,
        arguments->withRstd);
  });
}

MlirOperation
normCreateBatchNormInference(MlirBlock block, MlirOperation before,
                             MlirLocation location,
                             const NormBatchNormInferenceArguments *arguments) {
  NamedOpBuilder b(block, before, location);
  if (failed(b.checkInput(arguments->input, arguments->channelAxis)) ||
      failed(b.checkIsTensor("the mean", arguments->mean)) ||
      failed(b.checkIsTensor("the variance", arguments->variance)))
    return {nullptr};
  return b.run([&]() -> Operation * {
    return BatchNormInferenceOp::create(
        b.builder, b.location, unwrap(arguments->input),
        unwrap(arguments->mean), unwrap(arguments->variance),
        unwrapOptional(arguments->gamma), unwrapOptional(arguments->beta),
        arguments->channelAxis, arguments->epsilon);
  });
}

MlirOperation
normCreateBatchNormTraining(MlirBlock block, MlirOperation before,
                            MlirLocation location,
                            const NormBatchNormTrainingArguments *arguments) {
  NamedOpBuilder b(block, before, location);
  if (failed(b.checkInput(arguments->input, arguments->channelAxis)))
    return {nullptr};
  return b.run([&]() -> Operation * {
    return BatchNormTrainingOp::create(
        b.builder, b.location, unwrap(arguments->input),
        unwrapOptional(arguments->gamma), unwrapOptional(arguments->beta),
        arguments->channelAxis, arguments->epsilon, arguments->withMean,
        arguments->withVariance);
  });
}
