// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_CAPI_HELPERS_H
#define NORM_LIB_CAPI_HELPERS_H

#include "mlir/IR/Diagnostics.h"
#include "norm-c/Compiler.h"
#include "norm/Pipelines/Pipelines.h"

namespace mlir::norm {

/// Whether a context's dialect `norm`, null if it has none, is this library's:
/// operations of another copy, from a plugin for example, are other classes.
inline LogicalResult checkIsOwn(Dialect *dialect, Location location) {
  if (dialect && dialect->getTypeID() != TypeID::get<NormDialect>())
    return emitError(location)
           << "the context has its dialect norm from another library";
  return success();
}

inline ThreadModel unwrap(NormThreadModel threads) {
  return threads == NORM_THREADS_OPENMP ? ThreadModel::OpenMP
                                        : ThreadModel::None;
}

inline MomentsAlgorithm unwrap(NormMomentsAlgorithm algorithm) {
  switch (algorithm) {
  case NORM_ALGORITHM_TWO_PASS:
    return MomentsAlgorithm::TwoPass;
  case NORM_ALGORITHM_SHIFTED:
    return MomentsAlgorithm::Shifted;
  case NORM_ALGORITHM_CORRECTED_TWO_PASS:
    break;
  }
  return MomentsAlgorithm::CorrectedTwoPass;
}

inline NormThreadModel wrap(ThreadModel threads) {
  return threads == ThreadModel::OpenMP ? NORM_THREADS_OPENMP
                                        : NORM_THREADS_NONE;
}

inline NormMomentsAlgorithm wrap(MomentsAlgorithm algorithm) {
  switch (algorithm) {
  case MomentsAlgorithm::TwoPass:
    return NORM_ALGORITHM_TWO_PASS;
  case MomentsAlgorithm::Shifted:
    return NORM_ALGORITHM_SHIFTED;
  case MomentsAlgorithm::CorrectedTwoPass:
    break;
  }
  return NORM_ALGORITHM_CORRECTED_TWO_PASS;
}

inline NormDeviceFormat wrap(DeviceFormat format) {
  switch (format) {
  case DeviceFormat::PTX:
    return NORM_DEVICE_PTX;
  case DeviceFormat::Cubin:
    return NORM_DEVICE_CUBIN;
  case DeviceFormat::Fatbin:
    return NORM_DEVICE_FATBIN;
  case DeviceFormat::LLVM:
    return NORM_DEVICE_LLVM;
  }
  llvm_unreachable("there are no others");
}

inline DeviceFormat unwrap(NormDeviceFormat format) {
  switch (format) {
  case NORM_DEVICE_CUBIN:
    return DeviceFormat::Cubin;
  case NORM_DEVICE_FATBIN:
    return DeviceFormat::Fatbin;
  case NORM_DEVICE_LLVM:
    return DeviceFormat::LLVM;
  case NORM_DEVICE_PTX:
    break;
  }
  return DeviceFormat::PTX;
}

} // namespace mlir::norm

#endif // NORM_LIB_CAPI_HELPERS_H
