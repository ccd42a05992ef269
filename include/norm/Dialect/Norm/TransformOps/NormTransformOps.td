#ifndef NORM_DIALECT_NORM_TRANSFORMOPS_NORMTRANSFORMOPS_TD
#define NORM_DIALECT_NORM_TRANSFORMOPS_NORMTRANSFORMOPS_TD

include "mlir/Dialect/Transform/IR/TransformDialect.td"
include "mlir/Dialect/Transform/Interfaces/TransformInterfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "norm/Dialect/Norm/IR/NormAttrs.td"

/// Consumes a handle to operations and gives one to what they become, operation by operation.
class Norm_TransformOp<string mnemonic>
  : Op<Transform_Dialect, "norm." # mnemonic, [
      FunctionalStyleTransformOpTrait, MemoryEffectsOpInterface, TransformEachOpTrait, TransformOpInterface,
      ReportTrackingListenerFailuresOpTrait]> {
  let arguments = (ins TransformHandleTypeInterface:$target);
  let results = (outs TransformHandleTypeInterface:$transformed);
  let assemblyFormat = "$target attr-dict `:` functional-type(operands, results)";
  let extraClassDeclaration = [{
    ::mlir::DiagnosedSilenceableFailure applyToOne(
        ::mlir::transform::TransformRewriter &rewriter, ::mlir::Operation *target,
        ::mlir::transform::ApplyToEachResultList &results, ::mlir::transform::TransformState &state);
  }];
}

def GeneralizeOp : Norm_TransformOp<"generalize"> {
  let cppNamespace = "::mlir::norm::transform_ops";
  let summary = "Turn named normalizations into row programs";
  let description = [{
    What `norm-generalize` does, for the operations of a handle. The result is the `norm.generic` of each.

    An operation that is no named normalization is a silenceable failure.

    Example: `%program = transform.norm.generalize %norm : (!transform.any_op) -> !transform.any_op`
  }];
}

def DecomposeOp : Op<Transform_Dialect, "norm.decompose", [
    FunctionalStyleTransformOpTrait, MemoryEffectsOpInterface, DeclareOpInterfaceMethods<TransformOpInterface>,
    ReportTrackingListenerFailuresOpTrait]> {
  let arguments = (ins TransformHandleTypeInterface:$target);
  let results = (outs TransformHandleTypeInterface:$transformed);
  let assemblyFormat = "$target attr-dict `:` functional-type(operands, results)";
  let cppNamespace = "::mlir::norm::transform_ops";
  let summary = "Turn normalizations on tensors into linalg operations";
  let description = [{
    What `norm-decompose` does, for the operations of a handle. The result is all `linalg` operations that an operation
    becomes, in their order: one for each reduction, then those that compute the outputs.

    An operation that is no normalization, or one on memrefs, is a silenceable failure.

    Example: `%linalg = transform.norm.decompose %norm : (!transform.any_op) -> !transform.any_op`
  }];
}

def FuseOp : Norm_TransformOp<"fuse"> {
  let cppNamespace = "::mlir::norm::transform_ops";
  let summary = "Take the operations around normalizations into their row programs";
  let description = [{
    What `norm-fuse` does, within each operation of a handle. Handles to what is within become invalid. The result is the
    same operations.

    An operation that is not isolated from above, as a function is, is a silenceable failure.

    Example: `%1 = transform.norm.fuse %function {form_programs = false} : (!transform.any_op) -> !transform.any_op`
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, DefaultValuedAttr<BoolAttr, "true">:$form_programs);
}

def ScheduleOp : Norm_TransformOp<"schedule"> {
  let cppNamespace = "::mlir::norm::transform_ops";
  let summary = "Give row programs a schedule and a variance algorithm";
  let description = [{
    What `norm-schedule` does, for the operations of a handle, with its options as attributes; or, with the attribute
    `schedule`, that one. A schedule that is there already is replaced. The result is the same operations.

    An operation that is no `norm.generic` is a silenceable failure, a schedule that does not fit it a definite one.

    Example:

    ```mlir
    %1 = transform.norm.schedule %0 {vector_bits = 512 : i64} : (!transform.any_op) -> !transform.any_op
    %2 = transform.norm.schedule %1 {schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 8>}
        : (!transform.any_op) -> !transform.any_op
    ```
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, OptionalAttr<AnyAttr>:$schedule,
                       DefaultValuedAttr<I64Attr, "0">:$vector_bits, UnitAttr:$scalable,
                       DefaultValuedAttr<I64Attr, "8">:$masked_bits, DefaultValuedAttr<I64Attr, "0">:$l1_bytes,
                       DefaultValuedAttr<I64Attr, "0">:$l2_bytes, DefaultValuedAttr<I64Attr, "1">:$num_threads,
                       UnitAttr:$parallel, OptionalAttr<Norm_MomentsAlgorithmAttr>:$algorithm);
}

def SplitPhasesOp : Norm_TransformOp<"split_phases"> {
  let cppNamespace = "::mlir::norm::transform_ops";
  let summary = "Split row programs into what combines along rows and what does not";
  let description = [{
    What `norm-split-phases` does, for the operations of a handle. How many operations a program becomes depends on it:
    there is no result, a script matches them.

    An operation that is no `norm.generic`, or one that cannot be split, is a silenceable failure.

    Example: `transform.norm.split_phases %program : !transform.any_op`
  }];
  let results = (outs);
  let assemblyFormat = "$target attr-dict `:` type($target)";
}

#endif // NORM_DIALECT_NORM_TRANSFORMOPS_NORMTRANSFORMOPS_TD
