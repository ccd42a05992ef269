// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The functions that a module offers to C: plain pointers, sizes and scalars.

#ifndef NORM_LIB_COMPILER_CINTERFACE_H
#define NORM_LIB_COMPILER_CINTERFACE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "norm/Compiler/EntryPoint.h"

namespace mlir::norm {

/// An argument or a result as C sees it.
struct CParameter {
  /// An array is a pointer, followed by the sizes of its dynamic dims; a result
  /// that is no array is a pointer to one element.
  enum class Kind { Array, Scalar, ScalarResult };
  Kind kind;
  /// A C identifier, like no other of the function.
  std::string name;
  Type elementType;
  /// Of an array, with `ShapedType::kDynamic` for dynamic sizes.
  SmallVector<int64_t> shape;
  bool isResult = false;
  /// Of an array that is an argument: whether the function may write it.
  bool isWritten = false;

  /// The name of the parameter that holds the size along a dynamic dim.
  std::string getSizeName(unsigned dim) const;
  /// Whether it is a scalar from which sizes may be computed.
  bool takesPartInSizes() const {
    return kind == Kind::Scalar && elementType.isIntOrIndex();
  }
};

/// The parameter behind all others that some functions have.
inline constexpr llvm::StringLiteral streamName = "stream";

/// A function as C sees it: its arguments, then its results.
struct CFunction {
  /// The name in C, and that of the function in the lowered module.
  std::string name, symbol;
  Location loc;
  SmallVector<CParameter> parameters;
  /// Whether a stream is the last parameter: arrays are memory of the GPU.
  bool takesStream = false;
  /// The function of the module that tells whether the sizes agree (see
  /// `addSizeChecks`); empty if there is nothing to check.
  std::string sizeCheck;
  /// What it checks, as expressions of C where they can be written so.
  SmallVector<std::string> sizeConditions;
  /// Pairs of parameters, an array that is written and one that is read, which
  /// may be the same array.
  SmallVector<std::pair<unsigned, unsigned>> inPlacePairs;

  CFunction(Location loc) : loc(loc) {}
};

/// The type of C in which an element is stored; empty where there is none.
StringRef getCType(Type elementType);
/// The bytes that it takes.
int64_t getCSize(Type elementType);

/// A name made a C identifier: what cannot stand in one becomes `_`, and one
/// that C or C++ reserves gets a `_` behind it.
std::string makeCIdentifier(StringRef name);

/// Describes a function to C, with `prefix` before its name. Types that have no
/// place there are diagnosed.
FailureOr<CFunction> describeToC(func::FuncOp function, const EntryPoint &entry,
                                 StringRef prefix, bool takesStream);

/// Diagnoses names that two functions share or that generated code calls.
LogicalResult checkCNames(ArrayRef<CFunction> functions,
                          const llvm::Triple &target);

/// Adds to the module, for each function whose sizes must agree,
/// `func.func private @NAME(sizes…) -> i1`: its arguments are, in the order of
/// the C function's parameters, the dynamic sizes as `index` and the integer
/// scalars. `original` is the module before its results became arguments; it is
/// destroyed. Fails where a result's size is not a function of sizes.
LogicalResult addSizeChecks(ModuleOp module, ModuleOp original,
                            MutableArrayRef<CFunction> functions);

/// Finds out for each function which arrays may be the same. `original` is the
/// module before its results became arguments; norm operations in it become row
/// programs.
LogicalResult findInPlacePairs(ModuleOp original,
                               MutableArrayRef<CFunction> functions);

/// Adds the C functions to a translated module. They check what they are given
/// and call the lowered functions.
llvm::Error addCFunctions(llvm::Module &module, ArrayRef<CFunction> functions);

/// Writes the header that declares them, for a file of this name.
std::string writeCHeader(ArrayRef<CFunction> functions, StringRef fileName);

} // namespace mlir::norm

#endif // NORM_LIB_COMPILER_CINTERFACE_H
