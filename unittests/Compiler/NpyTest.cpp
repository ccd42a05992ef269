// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm/Compiler/Npy.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <cstring>

using namespace mlir::norm;
using mlir::StringRef;

namespace {

/// A file of version `major`.0 whose header is this text.
std::string makeFile(StringRef header, StringRef data, char major = 1,
                     char minor = 0) {
  std::string file = "\x93NUMPY";
  file += {major, minor, char(header.size() & 0xff), char(header.size() >> 8)};
  if (major == 2)
    file += {0, 0};
  return file + header.str() + data.str();
}

std::string makeDescr(StringRef descr,
                      StringRef rest = "'fortran_order': False, 'shape': "
                                       "(2,), }\n") {
  return ("{'descr': '" + descr + "', " + rest).str();
}

const std::string eightBytes(8, '\0');

/// The message, or nothing where the file is read.
std::string parseError(const std::string &file) {
  llvm::Expected<NpyArray> array = parseNpy(file, "x.npy");
  return array ? "" : llvm::toString(array.takeError());
}

TEST(NpyTest, ReadsBothVersions) {
  for (char version : {1, 2}) {
    float values[] = {1.5f, -2.0f};
    auto array = parseNpy(
        makeFile(makeDescr("<f4"),
                 StringRef(reinterpret_cast<char *>(values), sizeof(values)),
                 version),
        "x.npy");
    ASSERT_TRUE(bool(array)) << llvm::toString(array.takeError());
    EXPECT_EQ(array->type, NpyType::Float32);
    ASSERT_EQ(array->shape.size(), 1u);
    EXPECT_EQ(array->shape[0], 2);
    ASSERT_EQ(array->data.size(), sizeof(values));
    EXPECT_EQ(std::memcmp(array->data.data(), values, sizeof(values)), 0);
  }
}

TEST(NpyTest, ReadsEveryShapeForm) {
  auto rankOf = [](StringRef shape, size_t numBytes) -> int {
    auto array = parseNpy(
        makeFile(makeDescr(
                     "<f4",
                     ("'fortran_order': False, 'shape': " + shape + "}").str()),
                 std::string(numBytes, '\0')),
        "x.npy");
    if (array)
      return array->shape.size();
    llvm::consumeError(array.takeError());
    return -1;
  };
  EXPECT_EQ(rankOf("()", 4), 0);
  EXPECT_EQ(rankOf("(3,)", 12), 1);
  EXPECT_EQ(rankOf("( 2 , 3 )", 24), 2);
  EXPECT_EQ(rankOf("(2, 3, )", 24), 2);
  EXPECT_EQ(rankOf("(0, 3)", 0), 2);
  EXPECT_EQ(rankOf("(0, 9223372036854775807, 9223372036854775807)", 0), 3);
}

TEST(NpyTest, RoundTripsEveryType) {
  for (NpyType type : {NpyType::Bool, NpyType::Int8, NpyType::UInt8,
                       NpyType::Int16, NpyType::Int32, NpyType::Int64,
                       NpyType::Float16, NpyType::Float32, NpyType::Float64}) {
    NpyArray array;
    array.type = type;
    array.shape = {2, 1, 3};
    for (unsigned i = 0; i < 6 * getNpyTypeSize(type); ++i)
      array.data.push_back(char(i * 37));
    std::string file = serializeNpy(array);
    // NumPy aligns the data to 64 bytes.
    EXPECT_EQ((file.size() - array.data.size()) % 64, 0u);
    auto back = parseNpy(file, "x.npy");
    ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
    EXPECT_EQ(back->type, type);
    EXPECT_EQ(back->shape, array.shape);
    EXPECT_EQ(back->data, array.data);
  }
}

TEST(NpyTest, RejectsWhatIsNoArray) {
  EXPECT_EQ(parseError(""), "x.npy: not a .npy file");
  EXPECT_EQ(parseError("PK\x03\x04 a zip file"), "x.npy: not a .npy file");
  EXPECT_EQ(parseError("\x93NUMPY"), "x.npy: the header is truncated");
  EXPECT_EQ(parseError(std::string("\x93NUMPY\x01\x00\x10", 9)),
            "x.npy: the header is truncated");
  EXPECT_EQ(parseError(std::string("\x93NUMPY\x01\x00\xff\xff{", 11)),
            "x.npy: the header is truncated");
  EXPECT_EQ(parseError(makeFile(makeDescr("<f4"), eightBytes, 3)),
            "x.npy: .npy version 3.0 is not supported (1.0 and 2.0 are)");
  EXPECT_EQ(parseError(makeFile(makeDescr("<f4"), eightBytes, 1, 1)),
            "x.npy: .npy version 1.1 is not supported (1.0 and 2.0 are)");
}

TEST(NpyTest, RejectsElementTypes) {
  auto errorFor = [](StringRef descr) {
    return parseError(makeFile(makeDescr(descr), eightBytes));
  };
  EXPECT_EQ(errorFor(">f4"),
            "x.npy: big-endian elements ('>f4') are not supported");
  EXPECT_EQ(errorFor("|O"),
            "x.npy: arrays of Python objects are not supported");
  StringRef supported = " is not supported (f2, f4, f8, i1, i2, i4, i8, u1 and "
                        "b1 are)";
  for (StringRef descr : {"<c8", "<u4", "<U3", "<f16", "", "f4", "|f4", "=f4"})
    EXPECT_EQ(errorFor(descr),
              ("x.npy: element type '" + descr + "'" + supported).str());
  EXPECT_EQ(parseError(makeFile("{'descr': [('a', '<f4')], 'fortran_order': "
                                "False, 'shape': (2,)}",
                                eightBytes)),
            "x.npy: malformed header: arrays of records are not supported");
}

TEST(NpyTest, RejectsFortranOrder) {
  EXPECT_EQ(parseError(makeFile(
                makeDescr("<f4", "'fortran_order': True, 'shape': (1, 2)}"),
                eightBytes)),
            "x.npy: Fortran order is not supported: save the array with "
            "numpy.ascontiguousarray");
}

TEST(NpyTest, RejectsWrongAmountsOfData) {
  EXPECT_EQ(parseError(makeFile(makeDescr("<f4"), "1234567")),
            "x.npy: truncated: 7 bytes of data where 8 are expected");
  EXPECT_EQ(parseError(makeFile(makeDescr("<f4"), "123456789")),
            "x.npy: longer than its header says: 9 bytes of data where 8 are "
            "expected");
}

TEST(NpyTest, RejectsSizesThatOverflow) {
  for (StringRef shape : {"(4294967296, 4294967296)", "(9223372036854775807,)",
                          "(3037000500, 3037000500, 2)"})
    EXPECT_EQ(
        parseError(makeFile(
            makeDescr(
                "<f4",
                ("'fortran_order': False, 'shape': " + shape + "}").str()),
            eightBytes)),
        "x.npy: the sizes in the header overflow");
}

TEST(NpyTest, RejectsMalformedHeaders) {
  auto errorFor = [](StringRef header) {
    StringRef message = "x.npy: malformed header: ";
    std::string error = parseError(makeFile(header, eightBytes));
    EXPECT_TRUE(StringRef(error).starts_with(message)) << error;
    return error.substr(message.size());
  };
  const std::string start = "{'descr': '<f4', 'fortran_order': False, ";
  EXPECT_EQ(errorFor(""), "a dictionary expected");
  EXPECT_EQ(errorFor("[]"), "a dictionary expected");
  EXPECT_EQ(errorFor("{'descr'"), "an entry expected");
  EXPECT_EQ(errorFor("{'descr: '<f4'}"), "an entry expected");
  EXPECT_EQ(errorFor(start + "'shape': (2,)"), "',' or '}' expected");
  EXPECT_EQ(errorFor(start + "}"),
            "'descr', 'fortran_order' and 'shape' expected");
  EXPECT_EQ(errorFor(start + "'shape': (2,)} x"), "text after the dictionary");
  EXPECT_EQ(errorFor(start + "'shape': (2,), 'size': 3}"),
            "unexpected or repeated key 'size'");
  EXPECT_EQ(errorFor(start + "'descr': '<f4', 'shape': (2,)}"),
            "unexpected or repeated key 'descr'");
  EXPECT_EQ(errorFor("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}"),
            "an entry expected");
  EXPECT_EQ(errorFor(start + "'shape': 2}"), "the shape is not a tuple");
  EXPECT_EQ(errorFor(start + "'shape': (2)}"),
            "the shape is a number, not a tuple");
  for (StringRef shape : {"(-2,)", "(2 3)", "(,)", "(2,,3)", "(2.0,)", "(2,",
                          "(99999999999999999999,)", "(9223372036854775808,)"})
    EXPECT_EQ(errorFor(start + "'shape': " + shape.str() + "}"),
              "the shape is not a tuple of sizes")
        << shape.str();
}

TEST(NpyTest, ReadsAndWritesFiles) {
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("norm", "npy", path));
  NpyArray array;
  array.shape = {2};
  array.data.assign(8, '\1');
  llvm::Error written = writeNpy(path, array);
  EXPECT_FALSE(bool(written)) << llvm::toString(std::move(written));
  auto back = readNpy(path);
  EXPECT_TRUE(bool(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(back->data, array.data);
  llvm::sys::fs::remove(path);
  EXPECT_NE(llvm::toString(readNpy(path).takeError()).find("cannot read"),
            std::string::npos);
  EXPECT_NE(llvm::toString(writeNpy("/nonexistent/x.npy", array))
                .find("cannot write"),
            std::string::npos);
}

} // namespace
