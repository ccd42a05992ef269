// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "norm/Dialect/Norm/Transforms/Transforms.h"
#include "norm/Pipelines/Passes.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMDECOMPOSESOFTMAXPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {
struct DecomposeSoftmax
    : public norm::impl::NormDecomposeSoftmaxPassBase<DecomposeSoftmax> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    norm::decomposeSoftmax(rewriter, getOperation());
  }
};
} // namespace
