// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_DIALECT_NORM_TRANSFORMOPS_NORMTRANSFORMOPS_H
#define NORM_DIALECT_NORM_TRANSFORMOPS_NORMTRANSFORMOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Transform/IR/TransformDialect.h"
#include "mlir/Dialect/Transform/Interfaces/TransformInterfaces.h"
#include "mlir/IR/OpImplementation.h"
#include "norm/Dialect/Norm/IR/Norm.h"

#define GET_OP_CLASSES
#include "norm/Dialect/Norm/TransformOps/NormTransformOps.h.inc"

namespace mlir::norm {

/// Adds the `transform.norm` operations to the transform dialect.
void registerTransformDialectExtension(DialectRegistry &registry);

} // namespace mlir::norm

#endif // NORM_DIALECT_NORM_TRANSFORMOPS_NORMTRANSFORMOPS_H
