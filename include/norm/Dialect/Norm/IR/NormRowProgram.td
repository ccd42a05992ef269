#ifndef NORM_DIALECT_NORM_IR_NORMROWPROGRAM_TD
#define NORM_DIALECT_NORM_IR_NORMROWPROGRAM_TD

include "mlir/Dialect/Vector/IR/VectorAttributes.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/IndexingMapOpInterface.td"
include "norm/Dialect/Norm/IR/NormAttrs.td"
include "norm/Dialect/Norm/IR/NormNamedOps.td"

def Norm_Scalar : AnyTypeOf<[AnyFloat, AnySignlessInteger, Index]>;
def Norm_ProgramInput : AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef, AnyFloat, AnySignlessInteger, Index]>;
def Norm_ProgramInit : AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef]>;

def GenericOp : Norm_DestinationStyleOp<"generic", [
    AttrSizedOperandSegments, IsolatedFromAbove, SingleBlock,
    IndexingMapOpInterface]> {
  let summary = "A row program: any computation over rows by elementwise operations and reductions along them";
  let description = [{
    The iteration space has the dims of the `indexing_maps`. Those in `normalized_dims` make up a row; the others, the
    row dims, number the rows. Maps are projected permutations that together cover all dims; run-time scalars have an
    empty map. The block has one argument per input and none for the outputs.

    The block is not executed from top to bottom. Each value in it is a total function on the iteration space, constant
    outside the dims along which it *varies*: an argument varies along its map's dims, an ordinary operation along its
    operands' dims, and a collective (`norm.reduce`, `norm.moments`, `norm.size`, `norm.head_mean`) combines along normalized
    dims. Ordinary operations are scalar, without regions, pure, speculatable and elementwise-mappable.

    A yielded value goes to its output at every point of the output's map. If the map lacks row dims, the output is an
    accumulator: its init plus the sum over those dims (gradients of gamma and beta). All other outputs are written and
    their inits are never read. With no rows, accumulators keep their init.

    Inputs and outputs may be the same memory where their maps are equal; no other overlap is allowed.

    Constraints: c1 one map per operand, all over the same dims, without symbols; c2 maps are projected permutations whose
    rank is the operand's; c3 maps of shaped operands cover all dims; c4 static sizes agree; c5 normalized dims are increasing dims of
    the space; c6 one block argument per input, of its element type, which is a float, a signless integer or index; c7 ordinary operations as above; c8 collectives combine
    along normalized dims; c9 one yielded value per output, of its element type, and at least one; c10 a yielded value does not vary along a normalized dim that its
    output's map lacks; c11 accumulators are f32 or f64; c12 operands are all tensors or all memrefs, results the tensors
    among the inits; c13 the schedule fits the program; c14 no output is another's memory, nor an input's but for equal maps and no accumulator.

    Example (RMS norm):

    ```mlir
    %y = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (c)>,
                                        affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
        ins(%x, %gamma : tensor<4x768xf32>, tensor<768xf32>) outs(%init : tensor<4x768xf32>) {
    ^bb0(%e: f32, %g: f32):
      %eps = arith.constant 1.0e-6 : f32
      %n = norm.size : f32
      %sq = arith.mulf %e, %e : f32
      %sum = norm.reduce <add> %sq : f32
      %ms = arith.divf %sum, %n : f32
      %ve = arith.addf %ms, %eps : f32
      %rstd = math.rsqrt %ve : f32
      %xr = arith.mulf %e, %rstd : f32
      %o = arith.mulf %xr, %g : f32
      norm.yield %o : f32
    }
    ```
  }];
  let arguments = (ins Variadic<Norm_ProgramInput>:$inputs, Variadic<Norm_ProgramInit>:$outputs,
                       AffineMapArrayAttr:$indexing_maps, DenseI64ArrayAttr:$normalized_dims,
                       OptionalAttr<Norm_ScheduleAttr>:$schedule);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    ` ` `{` `indexing_maps` `=` $indexing_maps `,` `normalized_dims` `=` $normalized_dims
    (`,` `schedule` `=` custom<Schedule>($schedule)^)? `}`
    (`ins` `(` $inputs^ `:` type($inputs) `)`)? `outs` `(` $outputs `:` type($outputs) `)`
    attr-dict-with-keyword $body `` custom<InitResults>(type($results), ref(type($outputs)))
  }];
  let builders = [
    /// Builds the block with `bodyBuilder`, which gets its arguments and creates the terminator.
    OpBuilder<(ins "::mlir::ValueRange":$inputs, "::mlir::ValueRange":$outputs,
                   "::llvm::ArrayRef<::mlir::AffineMap>":$indexingMaps, "::llvm::ArrayRef<int64_t>":$normalizedDims,
                   "::llvm::function_ref<void(::mlir::OpBuilder &, ::mlir::Location, ::mlir::ValueRange)>":$bodyBuilder)>
  ];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutputsMutable(); }
    /// The sizes of a shaped operand; none for a scalar.
    ::llvm::ArrayRef<int64_t> getShape(::mlir::OpOperand *operand) {
      auto type = ::llvm::dyn_cast<::mlir::ShapedType>(operand->get().getType());
      return type ? type.getShape() : ::llvm::ArrayRef<int64_t>();
    }
    /// The schedule, where it is one for a CPU, or one for a GPU; null otherwise.
    ::mlir::norm::CPUScheduleAttr getCPUSchedule() {
      return ::llvm::dyn_cast_or_null<::mlir::norm::CPUScheduleAttr>(getScheduleAttr());
    }
    ::mlir::norm::GPUScheduleAttr getGPUSchedule() {
      return ::llvm::dyn_cast_or_null<::mlir::norm::GPUScheduleAttr>(getScheduleAttr());
    }
    /// The number of dims of the iteration space.
    unsigned getNumDims() {
      return ::llvm::cast<::mlir::AffineMapAttr>(getIndexingMaps()[0]).getValue().getNumDims();
    }
    /// The size of each dim, dynamic where no operand's type tells.
    ::llvm::SmallVector<int64_t> getDimSizes();
    /// The size of each dim as an attribute, or as an index value that is made of an operand outside the block.
    ::llvm::SmallVector<::mlir::OpFoldResult> getMixedDimSizes(::mlir::OpBuilder &builder);
    /// The dims that are not normalized, increasing.
    ::llvm::SmallVector<int64_t> getRowDims();
    bool isNormalizedDim(int64_t dim) { return ::llvm::is_contained(getNormalizedDims(), dim); }
    ::mlir::AffineMap getInputMap(unsigned index) { return getIndexingMapsArray()[index]; }
    ::mlir::AffineMap getOutputMap(unsigned index) { return getIndexingMapsArray()[getInputs().size() + index]; }
    /// Whether the output is an accumulator over rows: its map lacks a row dim.
    bool isAccumulator(unsigned outputIndex);
    /// Whether rows that are neighbours along a row dim can stand side by side in a vector: every output has the dim, and
    /// reductions leave nothing that varies along a row.
    bool canHaveRowsInLanes(int64_t dim);
    ::mlir::norm::YieldOp getYield();
  }];
}

/// An operation of a row program's block.
class Norm_BodyOp<string mnemonic, list<Trait> traits = []>
  : Op<Norm_Dialect, mnemonic, traits # [HasParent<"GenericOp">]>;

/// A collective: combines along normalized dims. `where` restricts it to the elements for which it is true, `over` to
/// some of the normalized dims (default: all).
class Norm_CollectiveOp<string mnemonic, list<Trait> traits = [], list<string> methods = []>
  : Norm_BodyOp<mnemonic, traits # [Pure, DeclareOpInterfaceMethods<CollectiveOpInterface, methods>]>;

def ReduceOp : Norm_CollectiveOp<"reduce", [AllTypesMatch<["value", "result"]>]> {
  let summary = "Combines a value along the row";
  let description = [{
    Combines `value` along `over` by `kind`, in the value's own type and in an order that depends on the row's length,
    the types, the layout and the target's vector width only. No valid element gives the identity of the kind: 0 for
    `add`, `or`, `xor` and `maxui`, 1 for `mul`, all ones for `and` and `minui`, the type's extreme for `minsi` and
    `maxsi`, infinity for `minimumf`, -infinity for `maximumf`. That of `minnumf` and `maxnumf`, which pass over NaN, is
    NaN.

    Example: `%s = norm.reduce <add> %v where %m over [2, 3] : f32`
  }];
  let arguments = (ins Vector_CombiningKindAttr:$kind, Norm_Scalar:$value, Optional<I1>:$where,
                       OptionalAttr<DenseI64ArrayAttr>:$over);
  let results = (outs Norm_Scalar:$result);
  let assemblyFormat = "$kind $value (`where` $where^)? (`over` $over^)? attr-dict `:` type($value)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// The identity of a kind in a scalar type that it combines.
    static ::mlir::TypedAttr getIdentity(::mlir::vector::CombiningKind kind, ::mlir::Type type);
  }];
}

def MomentsOp : Norm_CollectiveOp<"moments", [AllTypesMatch<["value", "centered", "mean", "variance"]>],
                                  ["variesAlongCombinedDims"]> {
  let summary = "Mean and variance of a value along the row, and the value minus its mean";
  let description = [{
    The variance is that of the population (divided by the count) and is never negative; without a valid element mean and variance
    are 0. `centered` is value − mean for every element, valid or not, computed so that it keeps the accuracy of the
    variance (mean alone may be less accurate than the difference). `algorithm` is chosen by `norm-schedule`.

    Example: `%d, %mean, %var = norm.moments <corrected_two_pass> %x where %m : f32`
  }];
  let arguments = (ins OptionalAttr<Norm_MomentsAlgorithmAttr>:$algorithm, Norm_Float:$value, Optional<I1>:$where,
                       OptionalAttr<DenseI64ArrayAttr>:$over);
  let results = (outs Norm_Float:$centered, Norm_Float:$mean, Norm_Float:$variance);
  let assemblyFormat = "(custom<Algorithm>($algorithm)^)? $value (`where` $where^)? (`over` $over^)? attr-dict `:` type($value)";
  let hasCanonicalizer = 1;
}

def SizeOp : Norm_CollectiveOp<"size"> {
  let summary = "The number of elements along the row";
  let description = [{
    Counts the elements along `over`, or those for which `where` is true, as an index or rounded to a float.

    Example: `%n = norm.size where %m : f32`
  }];
  let arguments = (ins Optional<I1>:$where, OptionalAttr<DenseI64ArrayAttr>:$over);
  let results = (outs AnyTypeOf<[Norm_Float, Index]>:$result);
  let assemblyFormat = "(`where` $where^)? (`over` $over^)? attr-dict `:` type($result)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def HeadMeanOp : Norm_CollectiveOp<"head_mean", [AllTypesMatch<["value", "result"]>]> {
  let summary = "The mean of the first elements of a row";
  let description = [{
    The mean of `value` over the first min(n, 1024) elements of the row, all normalized dims taken together in their order:
    a pilot by which a row is shifted. Any value would do for that; one close to the mean makes the sums accurate.
    A row without elements gives 0.

    Example: `%p = norm.head_mean %v : f32`
  }];
  let arguments = (ins Norm_Float:$value);
  let results = (outs Norm_Float:$result);
  let assemblyFormat = "$value attr-dict `:` type($value)";
  let extraClassDeclaration = "static constexpr int64_t headLength = 1024;";
}

def IndexOp : Norm_BodyOp<"index", [Pure]> {
  let summary = "The position along a dim of the iteration space";
  let description = [{
    Example: `%i = norm.index 1 : index`
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntNonNegative]>:$dim);
  let results = (outs Index:$result);
  let assemblyFormat = "$dim attr-dict `:` type($result)";
}

def YieldOp : Norm_BodyOp<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "Names the values of a row program's outputs, in order";
  let arguments = (ins Variadic<Norm_Scalar>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

#endif // NORM_DIALECT_NORM_IR_NORMROWPROGRAM_TD
