// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytecode says which version of the dialect it is in.

#include "mlir/Bytecode/BytecodeImplementation.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "norm/Dialect/Norm/IR/Norm.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

/// A dialect of the same name, of a version of its own.
class OtherNormDialect : public Dialect {
public:
  explicit OtherNormDialect(MLIRContext *context)
      : Dialect("norm", context, TypeID::get<OtherNormDialect>()) {
    allowUnknownOperations();
    addInterface(std::make_unique<VersionInterface>(this));
  }
  static StringRef getDialectNamespace() { return "norm"; }

  static uint64_t version;

private:
  struct VersionInterface : BytecodeDialectInterface {
    explicit VersionInterface(Dialect *dialect)
        : BytecodeDialectInterface(dialect) {}
    void writeVersion(DialectBytecodeWriter &writer) const final {
      writer.writeVarInt(version);
    }
  };
};

uint64_t OtherNormDialect::version = 0;

/// A module with an operation of the context's dialect, as bytecode.
std::string write(MLIRContext &context, StringRef text) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  if (!module || failed(writeBytecodeToFile(*module, stream)))
    ADD_FAILURE() << "cannot write";
  return bytes;
}

/// The same by another dialect, which may be of another version.
std::string writeByOther(uint64_t version) {
  OtherNormDialect::version = version;
  MLIRContext context;
  context.loadDialect<OtherNormDialect>();
  return write(context, "\"norm.yield\"() : () -> ()");
}

class BytecodeTest : public ::testing::Test {
protected:
  BytecodeTest() {
    context.loadDialect<NormDialect>();
    context.getDiagEngine().registerHandler(
        [this](Diagnostic &diagnostic) { messages += diagnostic.str(); });
  }

  OwningOpRef<ModuleOp> read(StringRef bytes) {
    return parseSourceString<ModuleOp>(bytes,
                                       ParserConfig(&context, verifyNothing));
  }

  static constexpr bool verifyNothing = false;
  MLIRContext context;
  std::string messages;
};

TEST_F(BytecodeTest, ReadsItsOwnVersion) {
  std::string bytes = write(context, R"(
    %x = tensor.empty() : tensor<4x8xf32>
    %y = norm.layer_norm ins(%x : tensor<4x8xf32>)
        outs(%x : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-05
  )");
  OwningOpRef<ModuleOp> module = read(bytes);
  ASSERT_TRUE(module) << messages;
  unsigned count = 0;
  module->walk([&](LayerNormOp op) { ++count; });
  EXPECT_EQ(count, 1u);
}

TEST_F(BytecodeTest, ReadsItsVersionByAnother) {
  EXPECT_TRUE(read(writeByOther(1))) << messages;
}

TEST_F(BytecodeTest, RefusesNewerVersions) {
  EXPECT_FALSE(read(writeByOther(2)));
  EXPECT_NE(messages.find("expected version 1 of the dialect norm or an older "
                          "one, got 2, which a newer norm-mlir has written"),
            std::string::npos)
      << messages;
}

} // namespace
