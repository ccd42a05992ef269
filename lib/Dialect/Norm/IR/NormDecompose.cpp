// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/IR/Norm.h"

using namespace mlir;
using namespace mlir::norm;

FailureOr<SmallVector<Value>> GenericOp::decomposeOperation(OpBuilder &) {
  return failure();
}
FailureOr<SmallVector<Value>> LayerNormOp::decomposeOperation(OpBuilder &) {
  return failure();
}
FailureOr<SmallVector<Value>> RMSNormOp::decomposeOperation(OpBuilder &) {
  return failure();
}
