#ifndef NORM_DIALECT_NORM_IR_NORMNAMEDOPS_TD
#define NORM_DIALECT_NORM_IR_NORMNAMEDOPS_TD

include "mlir/Dialect/Linalg/IR/LinalgInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "norm/Dialect/Norm/IR/NormDialect.td"
include "norm/Dialect/Norm/IR/NormInterfaces.td"

def Norm_Float : AnyTypeOf<[F64, F32, F16, BF16]>;
class Norm_ShapedOf<list<Type> types>
  : AnyTypeOf<[RankedTensorOf<types>, StridedMemRefOf<types>]>;
def Norm_FloatShaped : Norm_ShapedOf<[F64, F32, F16, BF16]>;
def Norm_MaskShaped : Norm_ShapedOf<[I1]>;

/// An operation in destination style on tensors (then free of effects and speculatable) or memrefs.
class Norm_DestinationStyleOp<string mnemonic, list<Trait> traits = []>
  : Op<Norm_Dialect, mnemonic, traits # [
      AttrSizedOperandSegments, DestinationStyleOpInterface,
      DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
      DeclareOpInterfaceMethods<ConditionallySpeculatable>,
      DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>,
      DeclareOpInterfaceMethods<AggregatedOpInterface, ["decomposeOperation"]>]>;

/// TableGen counts the operands of optional groups only; the groups of the input (first) and of the output (sixth) must
/// hold one too, whatever operandSegmentSizes in the generic form says.
def Norm_OneInputAndOutput : PredOpTrait<"there is one input and one output", CPred<
  "getODSOperandIndexAndLength(0).second == 1 && getODSOperandIndexAndLength(5).second == 1">>;

/// What the named normalizations have in common: x in, y of x's shape out, parameters, a mask, statistics.
class Norm_NamedOp<string mnemonic, list<Trait> traits = []>
  : Norm_DestinationStyleOp<mnemonic, traits # [Norm_OneInputAndOutput, DeclareOpInterfaceMethods<NormOpInterface>]> {
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  code namedOpDeclarations = [{
    /// The dims of the input that gamma and beta span.
    ::llvm::ArrayRef<int64_t> getEffectiveParameterAxes() {
      return getParameterAxes().value_or(getAxes());
    }
  }];
}

def LayerNormOp : Norm_NamedOp<"layer_norm"> {
  let summary = "Layer normalization";
  let description = [{
    Normalizes `input` over `axes` (any set of its dims): y = (x − mean) · rstd · gamma + beta, with
    rstd = 1/√(variance + epsilon) and the variance that of the whole population (divided by n). See Ba, Kiros and
    Hinton, "Layer Normalization" (2016), and ONNX LayerNormalization-17.

    Everything runs in `compute_type` (default: f32, f64 for f64 input); one cast to the output's element type comes
    last. `gamma` and `beta` span `parameter_axes` of the input, in increasing order (default: `axes`); a batch dim
    among them gives adaptive layer norm. `epsilon` is an attribute, or a scalar operand where it is known at run time
    only. `mask` (i1, of the input's shape) restricts the statistics to valid elements; every element is normalized.

    A row whose variance + epsilon is 0 has rstd 0 and gives beta, as does a row of equal elements. NaN and infinities
    in a row make that row NaN.

    Results are y, then mean and rstd where their inits are given (the input's shape without `axes`).

    Constraints: c1 the output has the input's shape; c2 axes are increasing dims of the input; c3 parameter axes
    likewise; c4 gamma and beta have the shape of the parameter axes; c5 the mask has the input's shape; c6 mean and
    rstd have the shape of the remaining dims; c7 the compute type is f32 or f64 and no narrower than the input;
    c8 epsilon is not negative and given once; c9 results are the tensors among the inits, operands all tensors or all memrefs;
    c11 an output is no other operand's memory, but `output` may be that of `input`.

    Example:

    ```mlir
    %y, %mean, %rstd = norm.layer_norm ins(%x : tensor<4x768xbf16>)
        gamma(%g : tensor<768xf32>) beta(%b : tensor<768xf32>)
        outs(%y0 : tensor<4x768xbf16>) mean(%m0 : tensor<4xf32>) rstd(%r0 : tensor<4xf32>)
        axes = [1] epsilon = 1.000000e-05
    ```
  }];
  let arguments = (ins Norm_FloatShaped:$input, Optional<Norm_FloatShaped>:$gamma, Optional<Norm_FloatShaped>:$beta,
                       Optional<Norm_MaskShaped>:$mask, Optional<Norm_Float>:$epsilon_operand,
                       Norm_FloatShaped:$output, Optional<Norm_FloatShaped>:$mean, Optional<Norm_FloatShaped>:$rstd,
                       DenseI64ArrayAttr:$axes, OptionalAttr<DenseI64ArrayAttr>:$parameter_axes,
                       OptionalAttr<F64Attr>:$epsilon, OptionalAttr<TypeAttrOf<Norm_Float>>:$compute_type);
  let assemblyFormat = [{
    `ins` `(` $input `:` type($input) `)`
    oilist(`gamma` `(` $gamma `:` type($gamma) `)` | `beta` `(` $beta `:` type($beta) `)`
         | `mask` `(` $mask `:` type($mask) `)` | `epsilon` `(` $epsilon_operand `:` type($epsilon_operand) `)`)
    `outs` `(` $output `:` type($output) `)`
    oilist(`mean` `(` $mean `:` type($mean) `)` | `rstd` `(` $rstd `:` type($rstd) `)`)
    `axes` `=` $axes (`parameter_axes` `=` $parameter_axes^)? (`epsilon` `=` $epsilon^)?
    (`compute_type` `=` $compute_type^)? attr-dict
    `` custom<InitResults>(type($results), ref(type($output)), ref(type($mean)), ref(type($rstd)))
  }];
  let builders = [
    /// On tensors: makes the inits with tensor.empty; y has the input's type, mean and rstd the compute type.
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$gamma, "::mlir::Value":$beta,
                   "::llvm::ArrayRef<int64_t>":$axes, "double":$epsilon,
                   CArg<"bool", "false">:$withMean, CArg<"bool", "false">:$withRstd)>
  ];
  let extraClassDeclaration = namedOpDeclarations # [{
    ::mlir::MutableOperandRange getDpsInitsMutable();
    /// The results for mean and rstd; null where not asked for, or on memrefs.
    ::mlir::Value getMeanResult();
    ::mlir::Value getRstdResult();
  }];
}

def RMSNormOp : Norm_NamedOp<"rms_norm"> {
  let summary = "Root mean square normalization";
  let description = [{
    Normalizes `input` over `axes`: y = x · rstd · (gamma_offset + gamma) + beta, with rstd = 1/√(mean(x²) + epsilon).
    See Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019), and ONNX RMSNormalization-23. `gamma_offset`
    is 1 in Gemma, which stores gamma − 1. Without gamma the offset must be 0.

    Parameters, mask, epsilon, compute type and inits are those of `norm.layer_norm`, and so are the constraints, with
    c10: a gamma offset needs a gamma. A row whose mean square + epsilon is 0 has rstd 0.

    Example:

    ```mlir
    %y = norm.rms_norm ins(%x : tensor<4x768xbf16>) gamma(%g : tensor<768xbf16>)
        outs(%y0 : tensor<4x768xbf16>) axes = [1] gamma_offset = 1.000000e+00 epsilon = 1.000000e-06
    ```
  }];
  let arguments = (ins Norm_FloatShaped:$input, Optional<Norm_FloatShaped>:$gamma, Optional<Norm_FloatShaped>:$beta,
                       Optional<Norm_MaskShaped>:$mask, Optional<Norm_Float>:$epsilon_operand,
                       Norm_FloatShaped:$output, Optional<Norm_FloatShaped>:$rstd,
                       DenseI64ArrayAttr:$axes, OptionalAttr<DenseI64ArrayAttr>:$parameter_axes,
                       OptionalAttr<F64Attr>:$gamma_offset, OptionalAttr<F64Attr>:$epsilon,
                       OptionalAttr<TypeAttrOf<Norm_Float>>:$compute_type);
  let assemblyFormat = [{
    `ins` `(` $input `:` type($input) `)`
    oilist(`gamma` `(` $gamma `:` type($gamma) `)` | `beta` `(` $beta `:` type($beta) `)`
         | `mask` `(` $mask `:` type($mask) `)` | `epsilon` `(` $epsilon_operand `:` type($epsilon_operand) `)`)
    `outs` `(` $output `:` type($output) `)` (`rstd` `(` $rstd^ `:` type($rstd) `)`)?
    `axes` `=` $axes (`parameter_axes` `=` $parameter_axes^)? (`gamma_offset` `=` $gamma_offset^)?
    (`epsilon` `=` $epsilon^)? (`compute_type` `=` $compute_type^)? attr-dict
    `` custom<InitResults>(type($results), ref(type($output)), ref(type($rstd)))
  }];
  let builders = [
    /// On tensors: makes the inits with tensor.empty; y has the input's type, rstd the compute type.
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$gamma, "::mlir::Value":$beta,
                   "::llvm::ArrayRef<int64_t>":$axes, "double":$epsilon,
                   CArg<"double", "0.0">:$gammaOffset, CArg<"bool", "false">:$withRstd)>
  ];
  let extraClassDeclaration = namedOpDeclarations # [{
    ::mlir::MutableOperandRange getDpsInitsMutable();
    /// The result for rstd; null where not asked for, or on memrefs.
    ::mlir::Value getRstdResult();
  }];
}

#endif // NORM_DIALECT_NORM_IR_NORMNAMEDOPS_TD
