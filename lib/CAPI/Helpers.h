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

} // namespace mlir::norm

#endif // NORM_LIB_CAPI_HELPERS_H
