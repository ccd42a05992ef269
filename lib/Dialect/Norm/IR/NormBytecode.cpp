// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "NormBytecode.h"
#include "mlir/Bytecode/BytecodeImplementation.h"

using namespace mlir;
using namespace mlir::norm;

namespace {

struct NormDialectVersion : public DialectVersion {
  explicit NormDialectVersion(uint64_t number) : number(number) {}
  uint64_t number;
};

/// Writes which version of the dialect a file is in, and refuses newer ones.
/// Attributes and operations are written as MLIR does by itself.
struct NormBytecodeInterface : public BytecodeDialectInterface {
  explicit NormBytecodeInterface(Dialect *dialect)
      : BytecodeDialectInterface(dialect) {}

  void writeVersion(DialectBytecodeWriter &writer) const final {
    writer.writeVarInt(dialectVersion);
  }

  std::unique_ptr<DialectVersion>
  readVersion(DialectBytecodeReader &reader) const final {
    uint64_t number;
    if (failed(reader.readVarInt(number)))
      return nullptr;
    if (number > dialectVersion) {
      reader.emitError() << "expected version " << dialectVersion
                         << " of the dialect norm or an older one, got "
                         << number << ", which a newer norm-mlir has written";
      return nullptr;
    }
    return std::make_unique<NormDialectVersion>(number);
  }
};

} // namespace

void norm::addBytecodeInterface(Dialect &dialect) {
  dialect.addInterface(std::make_unique<NormBytecodeInterface>(&dialect));
}
