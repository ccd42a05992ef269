// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CInterface.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

struct StatusText {
  StringRef name;
  int value;
  StringRef meaning;
};

constexpr StatusText statusTexts[] = {
#define NORM_STATUS(NAME, VALUE, MEANING) {#NAME, VALUE, MEANING},
#include "norm/Compiler/CStatus.def"
};

/// Text that does not end the comment it stands in.
std::string makeCommentText(StringRef text) {
  std::string result;
  for (char c : text) {
    if (c == '/' && !result.empty() && (result.back() == '*'))
      result += ' ';
    result += llvm::isPrint(c) ? c : '?';
  }
  return result;
}

std::string makeGuard(StringRef fileName) {
  return "NORM_COMPILED_" +
         makeCIdentifier(llvm::sys::path::filename(fileName).upper());
}

/// What an element's bits mean, where its C type does not say.
StringRef getBitsMeaning(Type elementType) {
  if (elementType.isF16())
    return ", the bits of IEEE binary16";
  if (elementType.isBF16())
    return ", the bits of a bfloat16";
  if (isa<Float8E4M3FNType>(elementType))
    return ", the bits of an E4M3 float without infinities";
  if (isa<Float8E5M2Type>(elementType))
    return ", the bits of an E5M2 float";
  return elementType.isSignlessInteger(1) ? ", 0 or 1" : "";
}

void writeParameterText(llvm::raw_ostream &os, const CParameter &parameter) {
  os << " *   " << parameter.name;
  for (auto [dim, size] : llvm::enumerate(parameter.shape)) {
    os << "[";
    if (ShapedType::isDynamic(size))
      os << parameter.getSizeName(dim);
    else
      os << size;
    os << "]";
  }
  StringRef direction = parameter.isResult    ? "written"
                        : parameter.isWritten ? "read and written"
                                              : "read";
  os << ": " << direction << getBitsMeaning(parameter.elementType) << "\n";
}

void writeDeclaration(llvm::raw_ostream &os, const CFunction &function) {
  os << "int " << function.name << "(";
  llvm::ListSeparator comma(",\n    ");
  for (const CParameter &parameter : function.parameters) {
    os << comma;
    bool isPointer = parameter.kind != CParameter::Kind::Scalar;
    if (isPointer && !parameter.isResult && !parameter.isWritten)
      os << "const ";
    os << getCType(parameter.elementType) << (isPointer ? " *" : " ")
       << parameter.name;
    for (auto [dim, size] : llvm::enumerate(parameter.shape))
      if (ShapedType::isDynamic(size))
        os << ", int64_t " << parameter.getSizeName(dim);
  }
  if (function.takesStream)
    os << comma << "void *" << streamName;
  bool isEmpty = function.parameters.empty() && !function.takesStream;
  os << (isEmpty ? "void);\n" : ");\n");
}

void writeFunction(llvm::raw_ostream &os, const CFunction &function) {
  os << "\n/* @" << makeCommentText(function.symbol) << "\n";
  for (const CParameter &parameter : function.parameters)
    writeParameterText(os, parameter);
  if (function.takesStream)
    os << " *   " << streamName
       << ": the CUstream that the work is put into; arrays are memory of its "
          "GPU\n";
  if (!function.sizeConditions.empty())
    os << " * Sizes must agree:\n";
  for (StringRef condition : function.sizeConditions)
    os << " *   " << makeCommentText(condition) << "\n";
  os << " */\n";
  writeDeclaration(os, function);
}

} // namespace

std::string norm::writeCHeader(ArrayRef<CFunction> functions,
                               StringRef fileName) {
  std::string text;
  llvm::raw_string_ostream os(text);
  std::string guard = makeGuard(fileName);
  os << "/* Written by norm-compile.\n"
     << " *\n"
     << " * Arrays are row-major and contiguous and belong to the caller, who "
        "makes room\n"
     << " * for results too. What is written must not overlap any other array."
     << "\n"
     << " * Nothing is written unless the status is NORM_OK.\n"
     << " */\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n"
     << "#include <stdint.h>\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
     << "#ifndef NORM_STATUS_DEFINED\n#define NORM_STATUS_DEFINED\n"
     << "/* What every function returns. */\n"
     << "enum norm_status {\n";
  for (const StatusText &status : statusTexts)
    os << "  " << status.name << " = " << status.value
       << (status.value == std::size(statusTexts) - 1 ? " " : ", ") << "/* "
       << status.meaning << " */\n";
  os << "};\n#endif\n";
  if (llvm::any_of(functions, [](const CFunction &function) {
        return function.takesStream;
      }))
    os << "\n/* Of libnorm_cuda, which is to be linked too: the line behind "
          "NORM_CUDA_ERROR. */\n"
       << "const char *norm_cuda_error(void);\n";
  for (const CFunction &function : functions)
    writeFunction(os, function);
  os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
  return text;
}
