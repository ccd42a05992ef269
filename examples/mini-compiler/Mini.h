// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef MINI_H
#define MINI_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/PassManager.h"
#include "norm/Dialect/Norm/IR/Norm.h"

#include "Mini_dialect.h.inc"
#define GET_OP_CLASSES
#include "Mini_op.h.inc"

namespace mini {
/// Passes of ours and of norm-mlir, from what we import to tiled and fused
/// normalizations on tensors. `rows` is how many rows of a matrix product are
/// normalized at a time.
void buildTensorPipeline(mlir::OpPassManager &pm, int64_t rows);
/// Registers the passes and pipelines of this compiler.
void registerPasses();
} // namespace mini

#endif // MINI_H
