#ifndef NORM_DIALECT_NORM_IR_NORMINTERFACES_TD
#define NORM_DIALECT_NORM_IR_NORMINTERFACES_TD

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"

def NormOpInterface : OpInterface<"NormOpInterface", [DestinationStyleOpInterface]> {
  let cppNamespace = "::mlir::norm";
  let description = [{
    A named normalization. Enough for a pass to treat all of them alike: what is normalized, over which dims, in which
    type, and the row program that defines it. What tells the operations apart is said by the first methods; verifier,
    row program and canonicalization follow from those.
  }];
  let methods = [
    StaticInterfaceMethod<"What each group of operands is, in their order.",
                          "::llvm::ArrayRef<::mlir::norm::OperandRole>", "getOperandRoles", (ins), "",
                          "return ConcreteOp::operandRoles;">,
    InterfaceMethod<"The operand with a role as a range of one, or of none.", "::mlir::MutableOperandRange",
                    "getOperandsOf", (ins "::mlir::norm::OperandRole":$role), "", [{
      auto roles = ::llvm::ArrayRef<::mlir::norm::OperandRole>(ConcreteOp::operandRoles);
      unsigned group = ::llvm::find(roles, role) - roles.begin();
      if (group == roles.size())
        return ::mlir::MutableOperandRange($_op, 0, 0);
      auto [first, length] = $_op.getODSOperandIndexAndLength(group);
      auto sizes = ::mlir::DenseI32ArrayAttr::get($_op.getContext(), $_op.getProperties().operandSegmentSizes);
      return ::mlir::MutableOperandRange($_op, first, length, ::mlir::MutableOperandRange::OperandSegment(
                                             group, {$_op.getOperandSegmentSizesAttrName(), sizes}));
    }]>,
    InterfaceMethod<"The dims of the input over the whole of which statistics are taken, increasing.",
                    "::llvm::SmallVector<int64_t>", "getReducedAxes">,
    InterfaceMethod<"The dims of the input that gamma, beta and given statistics span, increasing.",
                    "::llvm::SmallVector<int64_t>", "getEffectiveParameterAxes">,
    InterfaceMethod<"The dim of the input that falls into parts with statistics of their own, and their number.",
                    "::std::optional<::mlir::norm::ChannelGroups>", "getChannelGroups", (ins), "",
                    "return ::std::nullopt;">,
    InterfaceMethod<"Whether the mean is taken off; if not, the mean square takes the variance's place.", "bool",
                    "isCentered", (ins), "", "return true;">,
    InterfaceMethod<"What is added to gamma, if anything.", "::std::optional<::llvm::APFloat>", "getGammaOffset", (ins),
                    "", "return ::std::nullopt;">,
    InterfaceMethod<"The epsilon that is an attribute.", "::std::optional<::llvm::APFloat>", "getEpsilon">,
    InterfaceMethod<"Sets the epsilon that is an attribute.", "void", "setEpsilonAttr",
                    (ins "::mlir::FloatAttr":$epsilon)>,
    InterfaceMethod<"The compute type where it is an attribute, or null.", "::mlir::TypeAttr", "getComputeTypeAttr">,
    InterfaceMethod<"The value that is normalized.", "::mlir::Value", "getNormalizedValue", (ins), "",
                    "return $_op.getInput();">,
    InterfaceMethod<[{
      The dims over which statistics are taken, increasing, as the row program counts them: those of the normalized
      value, save that a dim with groups counts as two, the group and the place in it. Without groups, and without
      given statistics, these are the reduced axes; with given statistics there are none.
    }], "::llvm::SmallVector<int64_t>", "getNormalizedDims", (ins), "",
                    "return ::mlir::norm::detail::getNormalizedDims($_op);">,
    InterfaceMethod<"The type in which statistics and affine are computed.", "::mlir::FloatType",
                    "getEffectiveComputeType", (ins), "",
                    "return ::mlir::norm::detail::getEffectiveComputeType($_op);">,
    InterfaceMethod<[{
      Builds the `norm.generic` that defines this operation, at the builder's insertion point, and returns it with the
      values that stand for this operation's results (none on memrefs). A dim with groups is split in two around it, by
      `expand_shape` of its operands and `collapse_shape` of its results. The operation itself stays.
    }], "::mlir::norm::Generalization", "generalize", (ins "::mlir::OpBuilder &":$builder), "",
                    "return ::mlir::norm::detail::generalize($_op, builder);">
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
