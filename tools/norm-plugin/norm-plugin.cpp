// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dialect, the passes and the pipelines for a tool that loads plugins:
//   mlir-opt --load-dialect-plugin=norm-plugin.so
//            --load-pass-plugin=norm-plugin.so ...
// A tool that has them already keeps its own.

#include "mlir/Pass/PassRegistry.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "norm/InitNorm.h"

using namespace mlir;

static void registerDialects(DialectRegistry *registry) {
  // Registering another class under the same name would end the process.
  if (!registry->getDialectAllocator(norm::NormDialect::getDialectNamespace()))
    norm::registerAllNormDialects(*registry);
}

static void registerPasses() {
  if (!PassInfo::lookup("norm-raise"))
    norm::registerAllNormPasses();
}

extern "C" LLVM_ATTRIBUTE_WEAK DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "norm", NORM_VERSION, registerDialects};
}

extern "C" LLVM_ATTRIBUTE_WEAK PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "norm", NORM_VERSION, registerPasses};
}
