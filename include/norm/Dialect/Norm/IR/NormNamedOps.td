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
      DestinationStyleOpInterface,
      DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
      DeclareOpInterfaceMethods<ConditionallySpeculatable>,
      DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>,
      DeclareOpInterfaceMethods<AggregatedOpInterface, ["decomposeOperation"]>]>;

/// TableGen counts the operands of optional groups only; the others must hold one each too, whatever
/// operandSegmentSizes in the generic form says.
class Norm_OneOperandEach<string names, list<int> groups> : PredOpTrait<"there is one " # names, CPred<
  !interleave(!foreach(group, groups, "getODSOperandIndexAndLength(" # group # ").second == 1"), " && ")>>;

/// What the named normalizations have in common. `roles` says what the operands are, in their order.
class Norm_NamedOp<string mnemonic, list<string> roles, list<Trait> traits>
  : Norm_DestinationStyleOp<mnemonic, traits # [AttrSizedOperandSegments, NormOpInterface]> {
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let hasVerifier = 1;
  code namedOpDeclarations = [{
    static constexpr ::mlir::norm::OperandRole operandRoles[] = }]
      # "{" # !interleave(!foreach(role, roles, "::mlir::norm::OperandRole::" # role), ", ") # "};" # [{
    ::llvm::SmallVector<int64_t> getReducedAxes();
    ::llvm::SmallVector<int64_t> getEffectiveParameterAxes();
    ::mlir::MutableOperandRange getDpsInitsMutable() {
      unsigned first = getOutputMutable().getOperandNumber();
      return ::mlir::MutableOperandRange(*this, first, (*this)->getNumOperands() - first);
    }
  }];
}

def LayerNormOp : Norm_NamedOp<"layer_norm",
    ["Input", "Gamma", "Beta", "Mask", "Epsilon", "Output", "Mean", "Rstd"],
    [Norm_OneOperandEach<"input and one output", [0, 5]>]> {
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
    /// The results for mean and rstd; null where not asked for, or on memrefs.
    ::mlir::Value getMeanResult();
    ::mlir::Value getRstdResult();
  }];
}

def RMSNormOp : Norm_NamedOp<"rms_norm", ["Input", "Gamma", "Beta", "Mask", "Epsilon", "Output", "Rstd"],
    [Norm_OneOperandEach<"input and one output", [0, 5]>]> {
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
    bool isCentered() { return false; }
    /// The result for rstd; null where not asked for, or on memrefs.
    ::mlir::Value getRstdResult();
  }];
}

def GroupNormOp : Norm_NamedOp<"group_norm",
    ["Input", "Gamma", "Beta", "Mask", "Epsilon", "Output", "Mean", "Rstd"],
    [Norm_OneOperandEach<"input and one output", [0, 5]>]> {
  let summary = "Group and instance normalization";
  let description = [{
    Normalizes `input` over `axes`, the spatial dims, and over the channels of a group: y = (x − mean) · rstd · gamma + beta,
    with rstd = 1/√(variance + epsilon) and the variance that of the whole population (divided by n). `groups` splits the
    dim `channel_axis` into that many equal parts, one after the other, each with statistics of its own: group
    normalization, of which one group is layer normalization of a sample. See Wu and He, "Group Normalization" (2018), and
    ONNX GroupNormalization-21. Without `groups` each channel has statistics of its own, over `axes` alone: instance
    normalization. See Ulyanov, Vedaldi and Lempitsky, "Instance Normalization: The Missing Ingredient for Fast
    Stylization" (2016), and ONNX InstanceNormalization. Dims that are neither the channels' nor in `axes` are batch dims.

    `gamma` and `beta` have a value per channel. Where the number of channels is dynamic, `groups` must divide it at run
    time; `norm-check-shapes` checks that after generalization. Everything else is as in `norm.layer_norm`: the compute
    type, the mask, the epsilon, rows without spread, the one cast at the end.

    Results are y, then mean and rstd where their inits are given (the input's shape without `axes`, and with `groups`
    in the place of the number of channels).

    `norm.generic` has no dim that is part of another. With `groups` the channels become two dims around the row
    program, group and channel in it: `expand_shape` of what spans them, `collapse_shape` of the results.

    Constraints: c1, c2, c5 to c9 and c11 as `norm.layer_norm`; c4 gamma and beta have the shape of the channels; c6 mean
    and rstd have the shape of the dims without `axes`, with `groups` in the place of the channels; c12 the channel axis
    is a dim of the input that is not in `axes`; c13 groups are at least 1 and divide a static number of channels,
    whichever operand's type has it.

    Example:

    ```mlir
    %y, %mean, %rstd = norm.group_norm ins(%x : tensor<2x64x28x28xf32>)
        gamma(%g : tensor<64xf32>) beta(%b : tensor<64xf32>)
        outs(%y0 : tensor<2x64x28x28xf32>) mean(%m0 : tensor<2x32xf32>) rstd(%r0 : tensor<2x32xf32>)
        axes = [2, 3] channel_axis = 1 groups = 32 epsilon = 1.000000e-05
    ```
  }];
  let arguments = (ins Norm_FloatShaped:$input, Optional<Norm_FloatShaped>:$gamma, Optional<Norm_FloatShaped>:$beta,
                       Optional<Norm_MaskShaped>:$mask, Optional<Norm_Float>:$epsilon_operand,
                       Norm_FloatShaped:$output, Optional<Norm_FloatShaped>:$mean, Optional<Norm_FloatShaped>:$rstd,
                       DenseI64ArrayAttr:$axes, I64Attr:$channel_axis, OptionalAttr<I64Attr>:$groups,
                       OptionalAttr<F64Attr>:$epsilon, OptionalAttr<TypeAttrOf<Norm_Float>>:$compute_type);
  let assemblyFormat = [{
    `ins` `(` $input `:` type($input) `)`
    oilist(`gamma` `(` $gamma `:` type($gamma) `)` | `beta` `(` $beta `:` type($beta) `)`
         | `mask` `(` $mask `:` type($mask) `)` | `epsilon` `(` $epsilon_operand `:` type($epsilon_operand) `)`)
    `outs` `(` $output `:` type($output) `)`
    oilist(`mean` `(` $mean `:` type($mean) `)` | `rstd` `(` $rstd `:` type($rstd) `)`)
    `axes` `=` $axes `channel_axis` `=` $channel_axis (`groups` `=` $groups^)? (`epsilon` `=` $epsilon^)?
    (`compute_type` `=` $compute_type^)? attr-dict
    `` custom<InitResults>(type($results), ref(type($output)), ref(type($mean)), ref(type($rstd)))
  }];
  let builders = [
    /// On tensors: makes the inits with tensor.empty; y has the input's type, mean and rstd the compute type.
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$gamma, "::mlir::Value":$beta,
                   "::llvm::ArrayRef<int64_t>":$axes, "int64_t":$channelAxis, "::std::optional<int64_t>":$groups,
                   "double":$epsilon, CArg<"bool", "false">:$withMean, CArg<"bool", "false">:$withRstd)>
  ];
  let extraClassDeclaration = namedOpDeclarations # [{
    ::std::optional<::mlir::norm::ChannelGroups> getChannelGroups();
    /// The results for mean and rstd; null where not asked for, or on memrefs.
    ::mlir::Value getMeanResult();
    ::mlir::Value getRstdResult();
  }];
}

def BatchNormInferenceOp : Norm_NamedOp<"batch_norm_inference",
    ["Input", "Mean", "Variance", "Gamma", "Beta", "Epsilon", "Output"],
    [Norm_OneOperandEach<"input, one mean, one variance and one output", [0, 1, 2, 6]>]> {
  let summary = "Batch normalization by given statistics";
  let description = [{
    Normalizes each channel of `input` by a mean and a variance that are given, as those that training has gathered:
    y = (x − mean) · rstd · gamma + beta, with rstd = 1/√(variance + epsilon). See Ioffe and Szegedy, "Batch Normalization:
    Accelerating Deep Network Training by Reducing Internal Covariate Shift" (2015), and StableHLO's
    `batch_norm_inference`.

    `mean`, `variance`, `gamma` and `beta` have a value per channel, the dim `channel_axis` of the input. Everything runs
    in `compute_type` (default: f32, f64 for f64 input); one cast to the output's element type comes last. `epsilon` is
    an attribute, or a scalar operand where it is known at run time only. A channel whose variance + epsilon is 0 has
    rstd 0 and gives beta.

    Constraints: c1, c4, c7 to c9, c11 and c12 as `norm.group_norm`; c6 mean and variance have the shape of the channels.

    Example:

    ```mlir
    %y = norm.batch_norm_inference ins(%x : tensor<2x64x28x28xf32>)
        mean(%m : tensor<64xf32>) variance(%v : tensor<64xf32>) gamma(%g : tensor<64xf32>) beta(%b : tensor<64xf32>)
        outs(%y0 : tensor<2x64x28x28xf32>) channel_axis = 1 epsilon = 1.000000e-05
    ```
  }];
  let arguments = (ins Norm_FloatShaped:$input, Norm_FloatShaped:$mean, Norm_FloatShaped:$variance,
                       Optional<Norm_FloatShaped>:$gamma, Optional<Norm_FloatShaped>:$beta,
                       Optional<Norm_Float>:$epsilon_operand, Norm_FloatShaped:$output, I64Attr:$channel_axis,
                       OptionalAttr<F64Attr>:$epsilon, OptionalAttr<TypeAttrOf<Norm_Float>>:$compute_type);
  let assemblyFormat = [{
    `ins` `(` $input `:` type($input) `)` `mean` `(` $mean `:` type($mean) `)`
    `variance` `(` $variance `:` type($variance) `)`
    oilist(`gamma` `(` $gamma `:` type($gamma) `)` | `beta` `(` $beta `:` type($beta) `)`
         | `epsilon` `(` $epsilon_operand `:` type($epsilon_operand) `)`)
    `outs` `(` $output `:` type($output) `)` `channel_axis` `=` $channel_axis (`epsilon` `=` $epsilon^)?
    (`compute_type` `=` $compute_type^)? attr-dict `` custom<InitResults>(type($results), ref(type($output)))
  }];
  let builders = [
    /// On tensors: makes the init with tensor.empty; y has the input's type.
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$mean, "::mlir::Value":$variance, "::mlir::Value":$gamma,
                   "::mlir::Value":$beta, "int64_t":$channelAxis, "double":$epsilon)>
  ];
  let extraClassDeclaration = namedOpDeclarations;
}

def BatchNormTrainingOp : Norm_NamedOp<"batch_norm_training",
    ["Input", "Gamma", "Beta", "Mask", "Epsilon", "Output", "Mean", "Variance"],
    [Norm_OneOperandEach<"input and one output", [0, 5]>]> {
  let summary = "Batch normalization by the statistics of the batch";
  let description = [{
    Normalizes each channel of `input` by its own mean and variance, taken over all dims but `channel_axis`:
    y = (x − mean) · rstd · gamma + beta, with rstd = 1/√(variance + epsilon) and the variance that of the whole population
    (divided by n). See Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal
    Covariate Shift" (2015), and StableHLO's `batch_norm_training`. `gamma` and `beta` have a value per channel.
    Everything else is as in `norm.layer_norm`: the compute type, the mask, the epsilon, rows without spread, the one
    cast at the end.

    Results are y, then the batch's mean and variance where their inits are given, a value per channel each, as in
    StableHLO. A running variance by n − 1 is the caller's to scale.

    Constraints: c1, c4, c5, c7 to c9, c11 and c12 as `norm.group_norm`; c6 mean and variance have the shape of the
    channels.

    Example:

    ```mlir
    %y, %mean, %variance = norm.batch_norm_training ins(%x : tensor<2x64x28x28xf32>)
        gamma(%g : tensor<64xf32>) beta(%b : tensor<64xf32>)
        outs(%y0 : tensor<2x64x28x28xf32>) mean(%m0 : tensor<64xf32>) variance(%v0 : tensor<64xf32>)
        channel_axis = 1 epsilon = 1.000000e-05
    ```
  }];
  let arguments = (ins Norm_FloatShaped:$input, Optional<Norm_FloatShaped>:$gamma, Optional<Norm_FloatShaped>:$beta,
                       Optional<Norm_MaskShaped>:$mask, Optional<Norm_Float>:$epsilon_operand,
                       Norm_FloatShaped:$output, Optional<Norm_FloatShaped>:$mean, Optional<Norm_FloatShaped>:$variance,
                       I64Attr:$channel_axis, OptionalAttr<F64Attr>:$epsilon,
                       OptionalAttr<TypeAttrOf<Norm_Float>>:$compute_type);
  let assemblyFormat = [{
    `ins` `(` $input `:` type($input) `)`
    oilist(`gamma` `(` $gamma `:` type($gamma) `)` | `beta` `(` $beta `:` type($beta) `)`
         | `mask` `(` $mask `:` type($mask) `)` | `epsilon` `(` $epsilon_operand `:` type($epsilon_operand) `)`)
    `outs` `(` $output `:` type($output) `)`
    oilist(`mean` `(` $mean `:` type($mean) `)` | `variance` `(` $variance `:` type($variance) `)`)
    `channel_axis` `=` $channel_axis (`epsilon` `=` $epsilon^)? (`compute_type` `=` $compute_type^)? attr-dict
    `` custom<InitResults>(type($results), ref(type($output)), ref(type($mean)), ref(type($variance)))
  }];
  let builders = [
    /// On tensors: makes the inits with tensor.empty; y has the input's type, mean and variance the compute type.
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$gamma, "::mlir::Value":$beta, "int64_t":$channelAxis,
                   "double":$epsilon, CArg<"bool", "false">:$withMean, CArg<"bool", "false">:$withVariance)>
  ];
  let extraClassDeclaration = namedOpDeclarations # [{
    /// The results for the batch's mean and variance; null where not asked for, or on memrefs.
    ::mlir::Value getMeanResult();
    ::mlir::Value getVarianceResult();
  }];
}

#endif // NORM_DIALECT_NORM_IR_NORMNAMEDOPS_TD
