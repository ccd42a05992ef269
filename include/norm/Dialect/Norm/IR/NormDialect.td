#ifndef NORM_DIALECT_NORM_IR_NORMDIALECT_TD
#define NORM_DIALECT_NORM_IR_NORMDIALECT_TD

include "mlir/IR/OpBase.td"

def Norm_Dialect : Dialect {
  let name = "norm";
  let cppNamespace = "::mlir::norm";
  let summary = "Normalizations: layer norm, RMS norm, group norm, batch norm and everything computed row by row like them";
  let description = [{
    Two levels. Named operations (`norm.layer_norm`, `norm.group_norm`, ...) carry meaning: they are what a frontend, a
    raising pass or a person writes. `norm.generic`, the row program, is the one operation that is fused and lowered;
    every named operation generalizes to it.

    All operations are in destination style and work on tensors and on memrefs. The numerics are part of the
    semantics: statistics are computed in the compute type, the variance by a centred algorithm, and a row's result
    depends on that row alone.
  }];
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::vector::VectorDialect", "::mlir::linalg::LinalgDialect"];
  let hasCanonicalizer = 1;
  let hasConstantMaterializer = 1;
}

#endif // NORM_DIALECT_NORM_IR_NORMDIALECT_TD
