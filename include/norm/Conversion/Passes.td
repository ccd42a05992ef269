#ifndef NORM_CONVERSION_PASSES_TD
#define NORM_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertNormToVectorPass : Pass<"convert-norm-to-vector", "::mlir::ModuleOp"> {
  let summary = "Turn scheduled row programs on memrefs into loops over vectors";
  let description = [{
    Each `norm.generic` becomes a loop over groups of its rows, as its schedule says, in a private function of its own unless
    the schedule has it otherwise. A program on tensors, without a schedule or with `norm.moments` is an error.

    Additions that may be contracted (`fastmath<contract>`) with a multiplication that only they use become `math.fma` with
    the option `fma`, and nothing else may be contracted later: what is rounded once and what twice is then the same in every
    part of the code, and with it a row's bits. Without the option, for targets that cannot multiply and add at once, flags stay.
  }];
  let options = [
    Option<"fma", "fma", "bool", /*default=*/"false", "The target multiplies and adds in one instruction">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // NORM_CONVERSION_PASSES_TD
