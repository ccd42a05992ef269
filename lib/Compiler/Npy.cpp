// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Compiler/Npy.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::norm;

static_assert(llvm::endianness::native == llvm::endianness::little,
              "arrays are kept in memory as they stand in files");

namespace {

struct TypeInfo {
  NpyType type;
  llvm::StringLiteral descr;
  unsigned size;
};

constexpr TypeInfo typeInfos[] = {
    {NpyType::Bool, "|b1", 1},    {NpyType::Int8, "|i1", 1},
    {NpyType::UInt8, "|u1", 1},   {NpyType::Int16, "<i2", 2},
    {NpyType::Int32, "<i4", 4},   {NpyType::Int64, "<i8", 8},
    {NpyType::Float16, "<f2", 2}, {NpyType::Float32, "<f4", 4},
    {NpyType::Float64, "<f8", 8}};

constexpr llvm::StringLiteral magic = "\x93NUMPY";

const TypeInfo &getInfo(NpyType type) {
  return *llvm::find_if(
      typeInfos, [&](const TypeInfo &info) { return info.type == type; });
}

/// The header's dictionary, a Python literal with three known keys.
class HeaderParser {
public:
  explicit HeaderParser(StringRef text) : rest(text) {}

  /// False where the text is malformed; `problem` says how.
  bool parse() {
    if (!consume("{"))
      return fail("a dictionary expected");
    while (!consume("}")) {
      std::string key;
      if (!parseString(key) || !consume(":") || !parseValue(key))
        return fail("an entry expected");
      if (!consume(",") && !peek("}"))
        return fail("',' or '}' expected");
    }
    if (!rest.trim(" \n").empty())
      return fail("text after the dictionary");
    if (!descr || !isFortranOrder || !shape)
      return fail("'descr', 'fortran_order' and 'shape' expected");
    return true;
  }

  std::optional<std::string> descr;
  std::optional<bool> isFortranOrder;
  std::optional<SmallVector<int64_t>> shape;
  std::string problem;

private:
  bool fail(StringRef why) {
    if (problem.empty())
      problem = why.str();
    return false;
  }
  bool peek(StringRef token) { return rest.ltrim().starts_with(token); }
  bool consume(StringRef token) {
    rest = rest.ltrim();
    return rest.consume_front(token);
  }

  bool parseString(std::string &value) {
    for (StringRef quote : {"'", "\""}) {
      if (!consume(quote))
        continue;
      size_t end = rest.find(quote);
      if (end == StringRef::npos)
        return false;
      value = rest.take_front(end).str();
      rest = rest.drop_front(end + 1);
      return true;
    }
    return false;
  }

  bool parseValue(StringRef key) {
    if (key == "descr" && !descr) {
      if (peek("["))
        return fail("arrays of records are not supported");
      return parseString(descr.emplace());
    }
    if (key == "fortran_order" && !isFortranOrder) {
      isFortranOrder = consume("True");
      return *isFortranOrder || consume("False");
    }
    if (key == "shape" && !shape)
      return parseShape(shape.emplace());
    return fail(("unexpected or repeated key '" + key + "'").str());
  }

  bool parseShape(SmallVectorImpl<int64_t> &sizes) {
    if (!consume("("))
      return fail("the shape is not a tuple");
    bool afterComma = true;
    while (!consume(")")) {
      uint64_t size;
      rest = rest.ltrim();
      if (!afterComma || rest.empty() || !llvm::isDigit(rest.front()) ||
          rest.consumeInteger(10, size) || size > uint64_t(INT64_MAX))
        return fail("the shape is not a tuple of sizes");
      sizes.push_back(size);
      afterComma = consume(",");
    }
    return sizes.size() != 1 || afterComma ||
           fail("the shape is a number, not a tuple");
  }

  StringRef rest;
};

llvm::Error makeError(StringRef name, const Twine &message) {
  return llvm::createStringError(name + ": " + message);
}

/// Splits a file into the text of its header and its data.
llvm::Error splitFile(StringRef bytes, StringRef name, StringRef &header,
                      StringRef &data) {
  if (!bytes.consume_front(magic))
    return makeError(name, "not a .npy file");
  if (bytes.size() < 2)
    return makeError(name, "the header is truncated");
  unsigned major = uint8_t(bytes[0]), minor = uint8_t(bytes[1]);
  if ((major != 1 && major != 2) || minor != 0)
    return makeError(name, ".npy version " + Twine(major) + "." + Twine(minor) +
                               " is not supported (1.0 and 2.0 are)");
  bytes = bytes.drop_front(2);
  unsigned lengthSize = major == 1 ? 2 : 4;
  if (bytes.size() < lengthSize)
    return makeError(name, "the header is truncated");
  size_t length = major == 1
                      ? size_t(llvm::support::endian::read16le(bytes.data()))
                      : size_t(llvm::support::endian::read32le(bytes.data()));
  bytes = bytes.drop_front(lengthSize);
  if (bytes.size() < length)
    return makeError(name, "the header is truncated");
  header = bytes.take_front(length);
  data = bytes.drop_front(length);
  return llvm::Error::success();
}

llvm::Expected<NpyType> parseDescr(StringRef descr, StringRef name) {
  for (const TypeInfo &info : typeInfos)
    // One byte has no order: '<' does as well as '|'.
    if (descr == info.descr || (info.size == 1 && descr.size() == 3 &&
                                descr.drop_front() == info.descr.drop_front() &&
                                StringRef("<>=").contains(descr.front())))
      return info.type;
  if (descr.starts_with(">"))
    return makeError(name,
                     "big-endian elements ('" + descr + "') are not supported");
  if (descr.contains('O'))
    return makeError(name, "arrays of Python objects are not supported");
  return makeError(name, "element type '" + descr +
                             "' is not supported (f2, f4, f8, i1, i2, i4, i8, "
                             "u1 and b1 are)");
}

/// The number of bytes of an array, unless that does not fit.
std::optional<int64_t> countBytes(ArrayRef<int64_t> shape, int64_t size) {
  if (llvm::is_contained(shape, 0))
    return 0;
  for (int64_t dim : shape)
    if (llvm::MulOverflow(size, dim, size))
      return std::nullopt;
  return size;
}

} // namespace

StringRef norm::getNpyDescr(NpyType type) { return getInfo(type).descr; }
unsigned norm::getNpyTypeSize(NpyType type) { return getInfo(type).size; }

llvm::Expected<NpyArray> norm::parseNpy(StringRef bytes, StringRef name) {
  StringRef header, data;
  if (llvm::Error error = splitFile(bytes, name, header, data))
    return error;
  HeaderParser parser(header);
  if (!parser.parse())
    return makeError(name, "malformed header: " + parser.problem);
  llvm::Expected<NpyType> type = parseDescr(*parser.descr, name);
  if (!type)
    return type.takeError();
  if (*parser.isFortranOrder)
    return makeError(name, "Fortran order is not supported: save the array "
                           "with numpy.ascontiguousarray");
  NpyArray array;
  array.type = *type;
  array.shape = std::move(*parser.shape);
  std::optional<int64_t> size =
      countBytes(array.shape, getNpyTypeSize(array.type));
  if (!size)
    return makeError(name, "the sizes in the header overflow");
  if (int64_t(data.size()) != *size)
    return makeError(name, Twine(int64_t(data.size()) < *size
                                     ? "truncated: "
                                     : "longer than its header says: ") +
                               Twine(data.size()) + " bytes of data where " +
                               Twine(*size) + " are expected");
  array.data.assign(data.begin(), data.end());
  return array;
}

llvm::Expected<NpyArray> norm::readNpy(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return makeError(path, "cannot read: " + buffer.getError().message());
  return parseNpy((*buffer)->getBuffer(), path);
}

std::string norm::serializeNpy(const NpyArray &array) {
  std::string header;
  llvm::raw_string_ostream stream(header);
  stream << "{'descr': '" << getNpyDescr(array.type)
         << "', 'fortran_order': False, 'shape': (";
  llvm::interleaveComma(array.shape, stream);
  stream << (array.shape.size() == 1 ? ",), }" : "), }");
  // The data start at a multiple of 64 bytes; a newline ends the header.
  size_t prefix = magic.size() + 4;
  header.resize(llvm::alignTo(prefix + header.size() + 1, 64) - prefix, ' ');
  header.back() = '\n';
  std::string file(magic);
  file += {1, 0, char(header.size() & 0xff), char(header.size() >> 8)};
  file += header;
  file.append(array.data.begin(), array.data.end());
  return file;
}

llvm::Error norm::writeNpy(StringRef path, const NpyArray &array) {
  std::error_code problem;
  llvm::raw_fd_ostream file(path, problem, llvm::sys::fs::OF_None);
  if (problem)
    return makeError(path, "cannot write: " + problem.message());
  file << serializeNpy(array);
  file.close();
  if (file.has_error()) {
    problem = file.error();
    file.clear_error();
    return makeError(path, "cannot write: " + problem.message());
  }
  return llvm::Error::success();
}
