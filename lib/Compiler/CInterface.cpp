// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "norm/Compiler/AheadOfTime.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

/// Words that are no names in C11 or C++20.
constexpr StringLiteral reservedWords[] = {
    "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor",
    "bool", "break", "case", "catch", "char", "char8_t", "char16_t", "char32_t",
    "class", "co_await", "co_return", "co_yield", "compl", "concept", "const",
    "const_cast", "consteval", "constexpr", "constinit", "continue", "decltype",
    "default", "delete", "do", "double", "dynamic_cast", "else", "enum",
    "explicit", "export", "extern", "false", "float", "for", "friend", "goto",
    "if", "inline", "int", "long", "main", "mutable", "namespace", "new",
    "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq",
    "private", "protected", "public", "register", "reinterpret_cast",
    "requires", "restrict", "return", "short", "signed", "sizeof", "static",
    "static_assert", "static_cast", "struct", "switch", "template", "this",
    "thread_local", "throw", "true", "try", "typedef", "typeid", "typename",
    "typeof", "union", "unsigned", "using", "virtual", "void", "volatile",
    "wchar_t", "while", "xor", "xor_eq",
    // Macros of compilers in their default mode.
    "linux", "unix"};

/// Gives each parameter a name of its own, also beside the names of sizes.
class ParameterNames {
public:
  void reserve(StringRef name) { taken.insert(name); }
  void assign(CParameter &parameter, StringRef wanted) {
    std::string base = makeCIdentifier(wanted);
    parameter.name = base;
    for (unsigned suffix = 2; !take(parameter); ++suffix)
      parameter.name = base + "_" + std::to_string(suffix);
  }

private:
  bool take(const CParameter &parameter) {
    SmallVector<std::string> names = {parameter.name};
    for (auto [dim, size] : llvm::enumerate(parameter.shape))
      if (ShapedType::isDynamic(size))
        names.push_back(parameter.getSizeName(dim));
    if (llvm::any_of(names,
                     [&](StringRef name) { return taken.contains(name); }))
      return false;
    for (StringRef name : names)
      taken.insert(name);
    return true;
  }

  llvm::StringSet<> taken;
};

/// Why a type has no place in the C interface; empty if it has one.
std::string whyUnsupported(Type type, bool isResult) {
  Type element = getElementTypeOrSelf(type);
  if (isa<VectorType>(type) ||
      (isa<ShapedType>(type) && !cast<ShapedType>(type).hasRank()))
    return "expected scalars, ranked tensors and ranked memrefs";
  if (getCType(element).empty())
    return "expected elements of f64, f32, f16, bf16, f8E4M3FN, f8E5M2, i1, "
           "i8, "
           "i16, i32, i64 or index";
  if (auto tensor = dyn_cast<RankedTensorType>(type);
      tensor && tensor.getEncoding())
    return "it has an encoding";
  auto memref = dyn_cast<MemRefType>(type);
  if (memref && memref.getMemorySpace())
    return "it has a memory space";
  // A result is copied to where it is wanted.
  if (memref && !isResult && !memref.getLayout().isIdentity())
    return "its layout is not contiguous, and a plain pointer has no strides";
  return "";
}

FailureOr<CParameter> describeParameter(func::FuncOp function, Type type,
                                        bool isResult, unsigned index) {
  std::string problem = whyUnsupported(type, isResult);
  if (!problem.empty())
    return function.emitError()
           << "the C interface of @" << function.getName()
           << " has no place for " << (isResult ? "result " : "argument ")
           << index << " of type " << type << ": " << problem;
  CParameter parameter;
  parameter.isResult = isResult;
  parameter.elementType = getElementTypeOrSelf(type);
  auto shaped = dyn_cast<ShapedType>(type);
  if (shaped)
    llvm::append_range(parameter.shape, shaped.getShape());
  parameter.kind = shaped     ? CParameter::Kind::Array
                   : isResult ? CParameter::Kind::ScalarResult
                              : CParameter::Kind::Scalar;
  return parameter;
}

/// What the source calls an argument, where it says so.
std::string getArgumentName(BlockArgument argument) {
  if (auto name = argument.getLoc()->findInstanceOf<NameLoc>())
    return name.getName().str();
  return "arg" + std::to_string(argument.getArgNumber());
}

} // namespace

void norm::nameArguments(ModuleOp module, llvm::MemoryBufferRef source) {
  SmallVector<StringRef> lines;
  source.getBuffer().split(lines, '\n');
  auto isInName = [](char c) {
    return llvm::isAlnum(c) || StringRef("_$.-").contains(c);
  };
  for (auto function : module.getOps<func::FuncOp>())
    for (BlockArgument argument : function.getArguments()) {
      // The location of an argument is that of its name.
      auto where = dyn_cast<FileLineColLoc>(argument.getLoc());
      if (!where || where.getFilename() != source.getBufferIdentifier() ||
          where.getLine() == 0 || where.getLine() > lines.size())
        continue;
      StringRef text = lines[where.getLine() - 1].drop_front(std::min<size_t>(
          where.getColumn() - 1, lines[where.getLine() - 1].size()));
      if (!text.consume_front("%") || text.empty() ||
          llvm::isDigit(text.front()))
        continue;
      auto name =
          StringAttr::get(module.getContext(), text.take_while(isInName));
      argument.setLoc(NameLoc::get(name, where));
    }
}

std::string CParameter::getSizeName(unsigned dim) const {
  return name + "_size" + std::to_string(dim);
}

StringRef norm::getCType(Type elementType) {
  if (elementType.isF64())
    return "double";
  if (elementType.isF32())
    return "float";
  // C has no portable name for them.
  if (elementType.isF16() || elementType.isBF16())
    return "uint16_t";
  if (isa<Float8E4M3FNType, Float8E5M2Type>(elementType))
    return "uint8_t";
  if (elementType.isIndex() || elementType.isSignlessInteger(64))
    return "int64_t";
  if (elementType.isSignlessInteger(32))
    return "int32_t";
  if (elementType.isSignlessInteger(16))
    return "int16_t";
  if (elementType.isSignlessInteger(8))
    return "int8_t";
  return elementType.isSignlessInteger(1) ? "uint8_t" : "";
}

int64_t norm::getCSize(Type elementType) {
  return elementType.isIndex()
             ? 8
             : llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

std::string norm::makeCIdentifier(StringRef name) {
  std::string result;
  for (char c : name)
    result += llvm::isAlnum(c) ? c : '_';
  if (result.empty() || llvm::isDigit(result.front()))
    result.insert(0, "_");
  // Macros, constants and types of the headers that ours includes, and its own.
  StringRef whole = result;
  bool isOfHeader = whole == "NULL" || whole == "offsetof" ||
                    whole.starts_with("NORM_") || whole.starts_with("__") ||
                    whole.ends_with("_MAX") || whole.ends_with("_MIN") ||
                    whole.ends_with("_C") || whole.ends_with("_t");
  if (isOfHeader || llvm::is_contained(reservedWords, result))
    result += "_";
  return result;
}

FailureOr<CFunction> norm::describeToC(func::FuncOp function,
                                       const EntryPoint &entry,
                                       StringRef prefix, bool takesStream) {
  CFunction result(function.getLoc());
  result.takesStream = takesStream;
  result.symbol = entry.name;
  result.name = makeCIdentifier((prefix + entry.name).str());
  ParameterNames names;
  if (takesStream)
    names.reserve(streamName);
  StringRef writable = bufferization::BufferizationDialect::kWritableAttrName;
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    auto parameter = describeParameter(function, argument.getType(),
                                       /*isResult=*/false, index);
    if (failed(parameter))
      return failure();
    auto isWritable = function.getArgAttrOfType<BoolAttr>(index, writable);
    parameter->isWritten =
        entry.isWritten[index] || (isWritable && isWritable.getValue());
    names.assign(*parameter, getArgumentName(argument));
    result.parameters.push_back(std::move(*parameter));
  }
  for (auto [index, type] : llvm::enumerate(function.getResultTypes())) {
    auto parameter =
        describeParameter(function, type, /*isResult=*/true, index);
    if (failed(parameter))
      return failure();
    names.assign(*parameter, function.getNumResults() == 1
                                 ? "result"
                                 : "result" + std::to_string(index));
    result.parameters.push_back(std::move(*parameter));
  }
  return result;
}

LogicalResult norm::checkCNames(ArrayRef<CFunction> functions,
                                const llvm::Triple &target) {
  llvm::StringMap<const CFunction *> seen;
  for (const CFunction &function : functions) {
    auto [other, isNew] = seen.try_emplace(function.name, &function);
    if (!isNew) {
      InFlightDiagnostic error = emitError(function.loc)
                                 << "@" << function.symbol << " and @"
                                 << other->second->symbol << " are both "
                                 << function.name << " in C";
      error.attachNote(other->second->loc) << "the other function";
      return error;
    }
    if (isLibraryFunction(function.name, target))
      return emitError(function.loc)
             << "@" << function.symbol
             << " would have the name of a function of the C library or the "
                "runtime, "
             << function.name << ": rename it, or change the prefix";
  }
  return success();
}
