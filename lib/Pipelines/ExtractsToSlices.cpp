// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMEXTRACTSTOSLICESPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

/// The extracted element as a tensor of rank 0.
static Value createSlice(OpBuilder &builder, tensor::ExtractOp extract) {
  RankedTensorType type = extract.getTensor().getType();
  if (type.getRank() == 0)
    return extract.getTensor();
  SmallVector<OpFoldResult> offsets = getAsOpFoldResult(extract.getIndices());
  SmallVector<OpFoldResult> ones(type.getRank(), builder.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(
      builder, extract.getLoc(),
      RankedTensorType::get({}, type.getElementType()), extract.getTensor(),
      offsets, ones, ones);
}

namespace {
struct ExtractsToSlices
    : public norm::impl::NormExtractsToSlicesPassBase<ExtractsToSlices> {
  void runOnOperation() override {
    getOperation()->walk([&](norm::GenericOp op) {
      OpBuilder builder(op);
      for (OpOperand &operand : op.getInputsMutable())
        if (auto extract = operand.get().getDefiningOp<tensor::ExtractOp>())
          operand.set(createSlice(builder, extract));
    });
  }
};
} // namespace
