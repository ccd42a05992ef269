#ifndef NORM_CONVERSION_PASSES_TD
#define NORM_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertNormToVectorPass : Pass<"convert-norm-to-vector", "::mlir::ModuleOp"> {
  let summary = "Turn scheduled row programs on memrefs into loops over vectors";
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // NORM_CONVERSION_PASSES_TD
