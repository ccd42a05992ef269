#ifndef NORM_DIALECT_NORM_IR_NORMINTERFACES_TD
#define NORM_DIALECT_NORM_IR_NORMINTERFACES_TD

include "mlir/IR/OpBase.td"

def NormOpInterface : OpInterface<"NormOpInterface"> {
  let cppNamespace = "::mlir::norm";
  let description = [{
    A named normalization. Enough for a pass to treat all of them alike: what is normalized, over which dims, in which
    type, and the row program that defines it.
  }];
  let methods = [
    InterfaceMethod<"The value that is normalized.", "::mlir::Value", "getNormalizedValue">,
    InterfaceMethod<"The dims of that value over which statistics are taken, increasing.",
                    "::llvm::SmallVector<int64_t>", "getNormalizedDims">,
    InterfaceMethod<"The type in which statistics and affine are computed.", "::mlir::FloatType", "getEffectiveComputeType">,
    InterfaceMethod<[{
      Builds the `norm.generic` that defines this operation, at the builder's insertion point, with the same operands
      and results. The operation itself stays.
    }], "::mlir::Operation *", "generalize", (ins "::mlir::OpBuilder &":$builder)>
  ];
}

def CollectiveOpInterface : OpInterface<"CollectiveOpInterface"> {
  let cppNamespace = "::mlir::norm";
  let description = [{
    An operation of a row program's block that combines a value along normalized dims.
  }];
  let methods = [
    InterfaceMethod<"The condition for an element to take part, or null.", "::mlir::Value", "getCondition">,
    InterfaceMethod<"The dims along which it combines, increasing: `over`, or all normalized dims.",
                    "::llvm::SmallVector<int64_t>", "getCombinedDims">,
    InterfaceMethod<[{
      How many reductions its results stand behind its operands: 0 where they follow from sizes alone, 2 for moments.
    }], "unsigned", "getNumPhases">,
    InterfaceMethod<"Whether a result also varies along the combined dims, as a centred value does.", "bool",
                    "variesAlongCombinedDims", (ins "unsigned":$resultNumber), "", "return false;">
  ];
}

#endif // NORM_DIALECT_NORM_IR_NORMINTERFACES_TD
