// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "HideValue.h"
#include "mlir/IR/Matchers.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMGUARDMASKEDSTORESPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

namespace {

/// The only lane that a constant mask leaves.
std::optional<int64_t> getOnlyLane(Value mask) {
  DenseElementsAttr lanes;
  if (!matchPattern(mask, m_Constant(&lanes)) ||
      !lanes.getElementType().isInteger(1))
    return std::nullopt;
  std::optional<int64_t> only;
  for (auto [lane, exists] : llvm::enumerate(lanes.getValues<bool>())) {
    if (exists && only)
      return std::nullopt;
    if (exists)
      only = lane;
  }
  return only;
}

void storeLane(LLVM::MaskedStoreOp op, int64_t lane) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  Value pointer = op.getData();
  Type element = cast<VectorType>(op.getValue().getType()).getElementType();
  if (lane > 0)
    pointer = LLVM::GEPOp::create(builder, loc, pointer.getType(), element,
                                  pointer, LLVM::GEPArg(int32_t(lane)));
  Value position = LLVM::ConstantOp::create(builder, loc, builder.getI64Type(),
                                            builder.getI64IntegerAttr(lane));
  Value scalar =
      LLVM::ExtractElementOp::create(builder, loc, op.getValue(), position);
  unsigned bytes = std::max(element.getIntOrFloatBitWidth() / 8, 1u);
  LLVM::StoreOp::create(builder, loc, scalar, pointer,
                        lane > 0 ? std::min<unsigned>(op.getAlignment(), bytes)
                                 : op.getAlignment());
  op.erase();
}

struct GuardMaskedStores
    : public norm::impl::NormGuardMaskedStoresPassBase<GuardMaskedStores> {
  using NormGuardMaskedStoresPassBase::NormGuardMaskedStoresPassBase;

  void runOnOperation() override {
    getOperation()->walk([&](LLVM::MaskedStoreOp op) {
      auto type = cast<VectorType>(op.getValue().getType());
      if (!type.getElementType().isIntOrFloat() || type.isScalable())
        return;
      if (std::optional<int64_t> lane = getOnlyLane(op.getMask()))
        return storeLane(op, *lane);
      if (opaque && type.getElementTypeBitWidth() < 64 &&
          !type.getElementType().isF32()) {
        OpBuilder builder(op);
        op.getValueMutable().assign(
            hideValue(builder, op.getLoc(), op.getValue()));
      }
    });
  }
};

} // namespace
