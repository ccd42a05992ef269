// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Dialect/Norm/IR/Norm.h"

using namespace mlir;
using namespace mlir::norm;

void GenericOp::getCanonicalizationPatterns(RewritePatternSet &,
                                            MLIRContext *) {}
void LayerNormOp::getCanonicalizationPatterns(RewritePatternSet &,
                                              MLIRContext *) {}
void RMSNormOp::getCanonicalizationPatterns(RewritePatternSet &,
                                            MLIRContext *) {}
void SizeOp::getCanonicalizationPatterns(RewritePatternSet &, MLIRContext *) {}
