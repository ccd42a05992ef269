#ifndef NORM_DIALECT_NORM_IR_NORMSTATISTICS_TD
#define NORM_DIALECT_NORM_IR_NORMSTATISTICS_TD

include "norm/Dialect/Norm/IR/NormNamedOps.td"

def StatisticsOp : Norm_DestinationStyleOp<"statistics", [
    AllTypesMatch<["count", "mean", "correction", "m2"]>]> {
  let summary = "The number, the mean and the squared deviations of a row's elements, added to what is there";
  let description = [{
    Takes statistics of `input` over `axes`, of the elements for which `mask` (if given) is true, and merges them with those in
    the inits. What describes a set of elements is, per row:

    - `count`, their number, as a float: exact up to 2²⁴ in f32 and 2⁵³ in f64, beyond that rounded, which leaves the others
      as accurate as they are;
    - their mean as the sum of two floats, `mean` + `correction`: one alone would lose what tells the means of two parts apart
      where the mean is large beside the spread;
    - `m2`, the sum of (x − mean)² over them. The variance is m2 / count.

    Zeros in all four describe the empty set. So statistics of a whole come from its parts one after the other, each with
    the results so far as its inits, or from parts apart from each other, merged in the end: `TilingInterface` does
    the one, `PartialReductionOpInterface` (strategy OuterParallel) the other.

    The statistics of the elements at hand are those of `corrected_two_pass`: m = Σx/n, d = x − m, c = Σd/n,
    m2 = max(Σd² − n·c², 0), in the inits' type. Two sets a and b merge by the formula of Chan, Golub and LeVeque, "Updating
    formulae and a pairwise algorithm for computing sample variances" (1979): with δ = mean_b − mean_a and n = n_a + n_b,
    mean = mean_a + δ·n_b/n and m2 = m2_a + m2_b + δ²·n_a·n_b/n. δ is the difference of the means plus that of the
    corrections, and the new mean is split again into a float and what its rounding leaves. NaN and infinities in a row
    make its mean and m2 NaN.

    Constraints: c1 axes are increasing dims of the input; c2 the mask has the input's shape; c3 the inits have the shape of
    the dims without `axes`; c4 the inits are f32 or f64 and no narrower than the input; c5 results are the tensors among the
    inits, operands all tensors or all memrefs, and no init is another operand's memory.

    Example:

    ```mlir
    %n, %mean, %correction, %m2 = norm.statistics ins(%x : tensor<4x768xbf16>)
        outs(%n0, %mean0, %correction0, %m20 : tensor<4xf32>) axes = [1]
    ```
  }];
  let arguments = (ins Norm_FloatShaped:$input, Optional<Norm_MaskShaped>:$mask, Norm_FloatShaped:$count,
                       Norm_FloatShaped:$mean, Norm_FloatShaped:$correction, Norm_FloatShaped:$m2,
                       DenseI64ArrayAttr:$axes);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    `ins` `(` $input `:` type($input) `)` (`mask` `(` $mask^ `:` type($mask) `)`)?
    `outs` `(` $count `,` $mean `,` $correction `,` $m2 `:` type($count) `)` `axes` `=` $axes attr-dict
    `` custom<StatisticsResults>(type($results), ref(type($count)))
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return ::mlir::MutableOperandRange(*this, getCountMutable().getOperandNumber(), 4);
    }
    /// The dims of the input without `axes`, increasing: those of the inits.
    ::llvm::SmallVector<int64_t> getRowDims();
    /// Builds the `norm.generic` that defines this operation, at the builder's insertion point. The operation stays.
    ::mlir::norm::GenericOp generalize(::mlir::OpBuilder &builder);
  }];
}

#endif // NORM_DIALECT_NORM_IR_NORMSTATISTICS_TD
