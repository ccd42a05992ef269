// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "HideValue.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMKEEPNONTEMPORALPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

Value norm::hideValue(OpBuilder &builder, Location loc, Value value) {
  auto type = cast<VectorType>(value.getType());
  int64_t bits = type.getNumElements() * type.getElementTypeBitWidth();
  // A register holds 128, 256 or 512 bits.
  if (bits < 128 || bits > 512 || !llvm::isPowerOf2_64(bits))
    return value;
  auto asIntegers =
      type.clone(builder.getIntegerType(type.getElementTypeBitWidth()));
  Value hidden = LLVM::BitcastOp::create(builder, loc, asIntegers, value);
  return LLVM::InlineAsmOp::create(
             builder, loc, asIntegers, hidden, /*asm_string=*/"",
             /*constraints=*/"=v,0", /*has_side_effects=*/false,
             /*is_align_stack=*/false, LLVM::TailCallKind::None,
             /*asm_dialect=*/nullptr, /*operand_attrs=*/nullptr)
      .getRes();
}

namespace {

/// Whether LLVM would not store it as the hint says.
bool isLost(LLVM::StoreOp store) {
  auto type = dyn_cast<VectorType>(store.getValue().getType());
  return store.getNontemporal() && type && type.getRank() == 1 &&
         !type.isScalable() && type.getElementType().isIntOrFloat() &&
         type.getElementTypeBitWidth() <= 16 &&
         type.getElementTypeBitWidth() % 8 == 0;
}

struct KeepNontemporal
    : public norm::impl::NormKeepNontemporalPassBase<KeepNontemporal> {
  void runOnOperation() override {
    getOperation()->walk([&](LLVM::StoreOp store) {
      if (!isLost(store))
        return;
      OpBuilder builder(store);
      store.getValueMutable().assign(
          norm::hideValue(builder, store.getLoc(), store.getValue()));
    });
  }
};

} // namespace
