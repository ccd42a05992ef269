// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "norm-c/Dialects.h"
#include "mlir/CAPI/Registration.h"
#include "mlir/Pass/PassRegistry.h"
#include "norm/InitNorm.h"
#include "llvm/Config/llvm-config.h"

using namespace mlir;

MLIR_DEFINE_CAPI_DIALECT_REGISTRATION(Norm, norm, norm::NormDialect)

const char *normGetVersion() { return NORM_VERSION; }

const char *normGetLLVMVersion() { return LLVM_VERSION_STRING; }

void normRegisterAllDialects(MlirDialectRegistry registry) {
  // Registering another class under the same name would end the process.
  if (!unwrap(registry)->getDialectAllocator(
          norm::NormDialect::getDialectNamespace()))
    norm::registerAllNormDialects(*unwrap(registry));
}

void normRegisterAllPasses() {
  if (!PassInfo::lookup("norm-raise"))
    norm::registerAllNormPasses();
}
