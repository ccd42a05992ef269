// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CPUSchedule.h"
#include "GPUSchedule.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMSCHEDULEPASS
#include "norm/Dialect/Norm/Transforms/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;
using namespace mlir::norm;

namespace {
struct Schedule : public norm::impl::NormSchedulePassBase<Schedule> {
  using NormSchedulePassBase::NormSchedulePassBase;

  LogicalResult verifyOption(StringRef name, int64_t value, int64_t low,
                             int64_t high) {
    if (value >= low && value <= high)
      return success();
    return getOperation()->emitError()
           << "norm-schedule: expected " << name << " from " << low << " to "
           << high << ", got " << value;
  }

  void runOnOperation() override {
    if (vectorBits && (vectorBits < 8 || vectorBits > 8192 ||
                       !llvm::isPowerOf2_64(vectorBits))) {
      getOperation()->emitError()
          << "norm-schedule: expected vector-bits to be a power of two from 8 "
             "to 8192, or 0, got "
          << int64_t(vectorBits);
      return signalPassFailure();
    }
    constexpr int64_t largestCache = int64_t(1) << 40;
    if (failed(verifyOption("masked-bits", maskedBits, 0, 64)) ||
        failed(verifyOption("l1-bytes", l1Bytes, 0, largestCache)) ||
        failed(verifyOption("l2-bytes", l2Bytes, 0, largestCache)) ||
        failed(verifyOption("num-threads", numThreads, 1, 1 << 16)))
      return signalPassFailure();
    if (!chip.empty() && !isKnownGPU(chip)) {
      getOperation()->emitError()
          << "norm-schedule: expected chip to be one of "
          << llvm::join(getKnownGPUs(), ", ") << ", got " << chip.getValue();
      return signalPassFailure();
    }
    getOperation()->walk([&](GenericOp op) {
      if (!op.getSchedule())
        op.setScheduleAttr(chooseSchedule(op));
      if (failed(verifyGivenSchedule(op)))
        signalPassFailure();
      op.walk([&](MomentsOp moments) {
        if (!moments.getAlgorithm())
          moments.setAlgorithm(algorithm);
      });
    });
  }

  /// What a schedule written by hand wants of the chip.
  LogicalResult verifyGivenSchedule(GenericOp op) {
    auto schedule = dyn_cast<GPUScheduleAttr>(op.getScheduleAttr());
    if (!schedule || chip.empty() || schedule.getCluster() == 1 ||
        hasClusters(chip))
      return success();
    return op.emitOpError()
           << "expected a schedule without clusters, which " << chip
           << " does not have, got a cluster of " << schedule.getCluster();
  }

  Attribute chooseSchedule(GenericOp op) {
    if (!chip.empty())
      return chooseGPUSchedule(op, chip);
    return chooseCPUSchedule(op, getTarget(op), parallel, outline);
  }

  /// The options, where given, go before what the module says.
  CPUTarget getTarget(Operation *op) {
    CPUTarget target = CPUTarget::of(op);
    if (vectorBits)
      target.vectorBits = vectorBits;
    target.scalable = scalable;
    if (scalable && !vectorBits)
      target.vectorBits = 128;
    target.maskedBits = maskedBits;
    if (l1Bytes)
      target.l1Bytes = l1Bytes;
    if (l2Bytes)
      target.l2Bytes = l2Bytes;
    target.numThreads = numThreads;
    return target;
  }
};
} // namespace
