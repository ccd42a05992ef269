include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Mini_Dialect : Dialect {
  let name = "mini";
  let cppNamespace = "::mini";
  let dependentDialects = ["::mlir::norm::NormDialect"];
}

def LayerNormOp : Op<Mini_Dialect, "layernorm", [Pure, AllTypesMatch<["x", "y"]>]> {
  let summary = "Layer norm over the last dim";
  let arguments = (ins AnyRankedTensor:$x, AnyRankedTensor:$scale, AnyRankedTensor:$shift, F64Attr:$epsilon);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `,` $scale `,` $shift `epsilon` $epsilon attr-dict `:` type($x) `,` type($scale) `,` type($shift)";
}
