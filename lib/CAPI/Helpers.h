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

/// Sets what an enumerator of C stands for. Fails if it is none of those.
template <typename Target, typename Enumerator, typename Value>
LogicalResult
assign(Target &target, Enumerator given,
       std::initializer_list<std::pair<Enumerator, Value>> values) {
  for (auto [enumerator, value] : values)
    if (enumerator == given) {
      target = value;
      return success();
    }
  return failure();
}

template <typename Target>
LogicalResult assign(Target &target, NormThreadModel threads) {
  return assign(target, threads,
                {std::pair(NORM_THREADS_NONE, ThreadModel::None),
                 {NORM_THREADS_OPENMP, ThreadModel::OpenMP}});
}

template <typename Target>
LogicalResult assign(Target &target, NormMomentsAlgorithm algorithm) {
  return assign(target, algorithm,
                {std::pair(NORM_ALGORITHM_CORRECTED_TWO_PASS,
                           MomentsAlgorithm::CorrectedTwoPass),
                 {NORM_ALGORITHM_TWO_PASS, MomentsAlgorithm::TwoPass},
                 {NORM_ALGORITHM_SHIFTED, MomentsAlgorithm::Shifted}});
}

template <typename Target>
LogicalResult assign(Target &target, NormDeviceFormat format) {
  return assign(target, format,
                {std::pair(NORM_DEVICE_PTX, DeviceFormat::PTX),
                 {NORM_DEVICE_CUBIN, DeviceFormat::Cubin},
                 {NORM_DEVICE_FATBIN, DeviceFormat::Fatbin},
                 {NORM_DEVICE_LLVM, DeviceFormat::LLVM}});
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

} // namespace mlir::norm

#endif // NORM_LIB_CAPI_HELPERS_H
