#ifndef NORM_DIALECT_NORM_TRANSFORMS_PASSES_TD
#define NORM_DIALECT_NORM_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def NormRaisePass : Pass<"norm-raise"> {
  let summary = "Find normalizations in linalg, arith and tensor operations and make them named operations";
  let dependentDialects = ["::mlir::norm::NormDialect"];
}

def NormGeneralizePass : Pass<"norm-generalize"> {
  let summary = "Turn named normalizations into row programs";
  let dependentDialects = ["::mlir::norm::NormDialect"];
}

def NormDecomposePass : Pass<"norm-decompose"> {
  let summary = "Turn normalizations on tensors back into linalg operations";
  let description = [{
    Each reduction of a row program becomes one `linalg.generic`, the outputs one more: the plainest way to compute a
    normalization, for a compiler with no use for our loops and as the reference in tests. Operations on memrefs stay.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::norm::NormDialect"];
  let options = [
    Option<"computeType", "compute-type", "std::string", /*default=*/"\"\"",
           "Compute everything in this float type (f32 or f64) rather than in the types written; one cast to the output's "
           "type comes last">
  ];
}

def NormPromoteToF64Pass : Pass<"norm-promote-to-f64", "::mlir::ModuleOp"> {
  let summary = "Turn every float of a module without norm operations into f64, as a reference";
}

def NormCollapseDimsPass : Pass<"norm-collapse-dims"> {
  let summary = "Merge neighbouring dims of row programs on memrefs that lie one after the other in memory";
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def NormSchedulePass : Pass<"norm-schedule"> {
  let summary = "Give each row program a CPU schedule and each norm.moments an algorithm";
  let dependentDialects = ["::mlir::norm::NormDialect"];
}

def NormExpandMomentsPass : Pass<"norm-expand-moments"> {
  let summary = "Turn norm.moments into reductions, by its algorithm";
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

#endif // NORM_DIALECT_NORM_TRANSFORMS_PASSES_TD
