// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dialect, the builders and the passes, by MLIR's C API.
//
// RUN: norm-capi-ir-test %norm-plugin 2>&1 | FileCheck %s

#include "mlir-c/IR.h"
#include "mlir-c/BuiltinTypes.h"
#include "mlir-c/Diagnostics.h"
#include "mlir-c/Pass.h"
#include "mlir-c/RegisterEverything.h"
#include "norm-c/Builders.h"
#include "norm-c/CompileModule.h"
#include "norm-c/Dialects.h"
#include "norm-c/Passes.h"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static MlirStringRef string(const char *text) {
  return mlirStringRefCreateFromCString(text);
}

static void printText(MlirStringRef text, void *userData) {
  fwrite(text.data, 1, text.length, stdout);
  (void)userData;
}

static void print(MlirOperation op) {
  mlirOperationPrint(op, printText, NULL);
  printf("\n");
  fflush(stdout);
}

static MlirLogicalResult printDiagnostic(MlirDiagnostic diagnostic,
                                         void *userData) {
  printf("told: ");
  mlirDiagnosticPrint(diagnostic, printText, NULL);
  printf("\n");
  (void)userData;
  return mlirLogicalResultSuccess();
}

static MlirContext createContext(void) {
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  mlirRegisterAllDialects(registry);
  normRegisterAllDialects(registry);
  normRegisterAllDialects(registry); // does no harm
  MlirContext context =
      mlirContextCreateWithRegistry(registry, /*threadingEnabled=*/false);
  mlirDialectRegistryDestroy(registry);
  mlirContextLoadAllAvailableDialects(context);
  mlirContextAttachDiagnosticHandler(context, printDiagnostic, NULL, NULL);
  return context;
}

static MlirType tensor(MlirContext context, intptr_t rank,
                       const int64_t *sizes) {
  MlirAttribute encoding = {NULL};
  return mlirRankedTensorTypeGet(rank, sizes, mlirF32TypeGet(context),
                                 encoding);
}

static int countOperations(MlirBlock block) {
  int count = 0;
  for (MlirOperation op = mlirBlockGetFirstOperation(block);
       !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op))
    ++count;
  return count;
}

// CHECK-LABEL: builders
static void testBuilders(MlirContext context) {
  printf("builders\n");
  MlirLocation unknown = mlirLocationUnknownGet(context);
  int64_t shape[4] = {2, 64, 28, mlirShapedTypeGetDynamicSize()};
  int64_t channels[1] = {64};
  MlirType types[2] = {tensor(context, 4, shape), tensor(context, 1, channels)};
  MlirLocation locations[2] = {unknown, unknown};
  MlirBlock block = mlirBlockCreate(2, types, locations);
  MlirValue x = mlirBlockGetArgument(block, 0);
  MlirValue row = mlirBlockGetArgument(block, 1);
  MlirOperation end = {NULL};

  // CHECK: norm.layer_norm ins({{[^)]*}} : tensor<2x64x28x?xf32>)
  // CHECK-SAME: gamma({{[^)]*}} : tensor<64xf32>) outs({{[^)]*}})
  // CHECK-SAME: mean({{[^)]*}} : tensor<2x28x?xf32>) axes = [1]
  const int64_t channelAxes[1] = {1};
  NormLayerNormArguments layerNorm = {0};
  layerNorm.input = x;
  layerNorm.gamma = row;
  layerNorm.axes = channelAxes;
  layerNorm.numAxes = 1;
  layerNorm.epsilon = 1e-5;
  layerNorm.withMean = true;
  MlirOperation first = normCreateLayerNorm(block, end, unknown, &layerNorm);
  print(first);

  // CHECK: norm.rms_norm ins({{[^)]*}}) gamma({{[^)]*}}) outs({{[^)]*}}) rstd({{[^)]*}})
  // CHECK-SAME: axes = [1] gamma_offset = 1.000000e+00 epsilon
  NormRMSNormArguments rmsNorm = {0};
  rmsNorm.input = x;
  rmsNorm.gamma = row;
  rmsNorm.axes = channelAxes;
  rmsNorm.numAxes = 1;
  rmsNorm.epsilon = 1e-6;
  rmsNorm.gammaOffset = 1;
  rmsNorm.withRstd = true;
  print(normCreateRMSNorm(block, first, unknown, &rmsNorm));

  // CHECK: norm.group_norm ins({{[^)]*}}) gamma({{[^)]*}}) beta({{[^)]*}}) outs({{[^)]*}})
  // CHECK-SAME: axes = [2, 3] channel_axis = 1 groups = 32 epsilon
  // CHECK: norm.group_norm
  // CHECK-NOT: groups
  const int64_t spatial[2] = {2, 3};
  NormGroupNormArguments groupNorm = {0};
  groupNorm.input = x;
  groupNorm.gamma = row;
  groupNorm.beta = row;
  groupNorm.axes = spatial;
  groupNorm.numAxes = 2;
  groupNorm.channelAxis = 1;
  groupNorm.groups = 32;
  groupNorm.epsilon = 1e-5;
  print(normCreateGroupNorm(block, end, unknown, &groupNorm));
  groupNorm.groups = 0;
  print(normCreateGroupNorm(block, end, unknown, &groupNorm));

  // CHECK: norm.batch_norm_inference ins({{[^)]*}}) mean({{[^)]*}}) variance({{[^)]*}})
  // CHECK-SAME: outs({{[^)]*}}) channel_axis = 1
  NormBatchNormInferenceArguments inference = {0};
  inference.input = x;
  inference.mean = row;
  inference.variance = row;
  inference.channelAxis = 1;
  inference.epsilon = 1e-5;
  print(normCreateBatchNormInference(block, end, unknown, &inference));

  // CHECK: norm.batch_norm_training ins({{[^)]*}}) outs({{[^)]*}}) mean({{[^)]*}})
  // CHECK-SAME: variance({{[^)]*}}) channel_axis = 1
  NormBatchNormTrainingArguments training = {0};
  training.input = x;
  training.channelAxis = 1;
  training.epsilon = 1e-5;
  training.withMean = training.withVariance = true;
  print(normCreateBatchNormTraining(block, end, unknown, &training));

  // The one that was put before the first stands before it.
  // CHECK: rms_norm before layer_norm: 1
  bool found = false, before = false;
  for (MlirOperation op = mlirBlockGetFirstOperation(block);
       !mlirOperationEqual(op, first); op = mlirOperationGetNextInBlock(op)) {
    MlirStringRef name = mlirIdentifierStr(mlirOperationGetName(op));
    found = found || strncmp(name.data, "norm.rms_norm", name.length) == 0;
    before = found;
  }
  printf("rms_norm before layer_norm: %d\n", before);

  // CHECK: told: expected dims of 'tensor<2x64x28x?xf32>', got 4
  // CHECK: told: expected dims of 'tensor<2x64x28x?xf32>', got -1
  // CHECK: told: {{.*}}expected increasing axes
  // CHECK: told: {{.*}}gamma
  // CHECK: told: expected the variance to be a tensor
  // CHECK: told: {{.*}}groups
  // CHECK: refused: 6, left behind: 0
  int count = countOperations(block), refused = 0;
  const int64_t beyond[1] = {4}, negative[1] = {-1}, twice[2] = {1, 1};
  layerNorm.axes = beyond;
  refused +=
      mlirOperationIsNull(normCreateLayerNorm(block, end, unknown, &layerNorm));
  rmsNorm.axes = negative;
  refused +=
      mlirOperationIsNull(normCreateRMSNorm(block, end, unknown, &rmsNorm));
  layerNorm.axes = twice;
  layerNorm.numAxes = 2;
  refused += mlirOperationIsNull(
      normCreateLayerNorm(block, first, unknown, &layerNorm));
  layerNorm.axes = spatial;
  refused +=
      mlirOperationIsNull(normCreateLayerNorm(block, end, unknown, &layerNorm));
  inference.variance.ptr = NULL;
  refused += mlirOperationIsNull(
      normCreateBatchNormInference(block, end, unknown, &inference));
  groupNorm.groups = 7;
  refused +=
      mlirOperationIsNull(normCreateGroupNorm(block, end, unknown, &groupNorm));
  printf("refused: %d, left behind: %d\n", refused,
         countOperations(block) - count);
  fflush(stdout);
  mlirBlockDestroy(block);
}

static MlirModule parse(MlirContext context) {
  const char *text = "func.func @f(%x: tensor<?x768xf32>, %init: "
                     "tensor<?x768xf32>) -> tensor<?x768xf32> {\n"
                     "  %y = norm.layer_norm ins(%x : tensor<?x768xf32>) "
                     "outs(%init : tensor<?x768xf32>)\n"
                     "      axes = [1] epsilon = 1.0e-05\n"
                     "  return %y : tensor<?x768xf32>\n"
                     "}\n";
  return mlirModuleCreateParse(context, string(text));
}

static void run(MlirPassManager manager, MlirModule module) {
  MlirOperation op = mlirModuleGetOperation(module);
  if (mlirLogicalResultIsFailure(mlirPassManagerRunOnOp(manager, op)))
    printf("failed\n");
  print(op);
  mlirPassManagerDestroy(manager);
  mlirModuleDestroy(module);
}

static void testPasses(MlirContext context) {
  // CHECK-LABEL: passes
  // CHECK: norm.generic
  // CHECK-SAME: schedule = <lane_dim = 1, vector_size = 4
  // CHECK: norm.reduce
  printf("passes\n");
  MlirPassManager manager = mlirPassManagerCreate(context);
  NormRaiseOptions raise = normRaiseOptionsGetDefaults();
  NormFuseOptions fuse = normFuseOptionsGetDefaults();
  NormScheduleOptions schedule = normScheduleOptionsGetDefaults();
  schedule.vectorBits = 128;
  mlirPassManagerAddOwnedPass(manager, normCreateRaisePass(&raise));
  mlirPassManagerAddOwnedPass(manager, normCreateGeneralizePass());
  mlirPassManagerAddOwnedPass(manager, normCreateFusePass(&fuse));
  mlirPassManagerAddOwnedPass(manager, normCreateSchedulePass(&schedule));
  mlirPassManagerAddOwnedPass(manager, normCreateExpandMomentsPass());
  run(manager, parse(context));

  // CHECK-LABEL: decomposed
  // CHECK: linalg.generic
  // CHECK: f64
  printf("decomposed\n");
  manager = mlirPassManagerCreate(context);
  mlirPassManagerAddOwnedPass(manager, normCreateDecomposePass("f64"));
  run(manager, parse(context));

  // CHECK-LABEL: split
  // CHECK: norm.statistics
  printf("split\n");
  manager = mlirPassManagerCreate(context);
  mlirPassManagerAddOwnedPass(manager, normCreateGeneralizePass());
  mlirPassManagerAddOwnedPass(manager, normCreateSplitPhasesPass());
  run(manager, parse(context));

  // CHECK-LABEL: by name
  // CHECK: norm.generic
  printf("by name\n");
  normRegisterAllPasses();
  normRegisterAllPasses();
  manager = mlirPassManagerCreate(context);
  mlirParsePassPipeline(mlirPassManagerGetAsOpPassManager(manager),
                        string("builtin.module(norm-generalize)"), printText,
                        NULL);
  run(manager, parse(context));

  // CHECK-LABEL: lowered
  // CHECK: added: 1
  // CHECK-NOT: norm.
  // CHECK: llvm.fmul {{.*}} : vector<8xf32>
  printf("lowered\n");
  manager = mlirPassManagerCreate(context);
  NormToLLVMOptions options = normToLLVMOptionsGetDefaults();
  options.vectorBits = 256;
  MlirOpPassManager pipeline = mlirPassManagerGetAsOpPassManager(manager);
  printf("added: %d\n",
         mlirLogicalResultIsSuccess(normAddToLLVMPipeline(pipeline, &options)));
  run(manager, parse(context));

  // CHECK-LABEL: kernels
  // CHECK: .target sm_80
  printf("kernels\n");
  manager = mlirPassManagerCreate(context);
  NormToNVVMOptions device = normToNVVMOptionsGetDefaults();
  device.chip = "sm_80";
  mlirRegisterAllLLVMTranslations(context);
  normAddToNVVMPipeline(mlirPassManagerGetAsOpPassManager(manager), &device);
  run(manager, parse(context));
}

// CHECK-LABEL: unknown enumerators
// CHECK: a pass: 0
// CHECK: pipelines: 0 0
// CHECK-NEXT: any()
static void testUnknown(MlirContext context) {
  printf("unknown enumerators\n");
  NormScheduleOptions schedule = normScheduleOptionsGetDefaults();
  schedule.algorithm = (NormMomentsAlgorithm)7;
  printf("a pass: %d\n", normCreateSchedulePass(&schedule).ptr != NULL);
  MlirPassManager manager = mlirPassManagerCreate(context);
  MlirOpPassManager pipeline = mlirPassManagerGetAsOpPassManager(manager);
  NormToLLVMOptions host = normToLLVMOptionsGetDefaults();
  host.threads = (NormThreadModel)5;
  NormToNVVMOptions device = normToNVVMOptionsGetDefaults();
  device.format = (NormDeviceFormat)-2;
  printf("pipelines: %d %d\n",
         mlirLogicalResultIsSuccess(normAddToLLVMPipeline(pipeline, &host)),
         mlirLogicalResultIsSuccess(normAddToNVVMPipeline(pipeline, &device)));
  mlirPrintPassPipeline(pipeline, printText, NULL);
  printf("\n");
  mlirPassManagerDestroy(manager);
}

static void reportToC(const NormDiagnostic *diagnostic, void *userData) {
  ++*(int *)userData;
  printf("error: %s\n", diagnostic->message);
}

// CHECK-LABEL: compiled
// CHECK: assembly: 1
// CHECK: still there: 1
// CHECK: 0 errors
static void testCompiler(MlirContext context) {
  printf("compiled\n");
  NormCompileOptions options = normCompileOptionsGetDefaults();
  options.kind = NORM_OUTPUT_ASSEMBLY;
  MlirModule module = parse(context);
  int errors = 0;
  size_t length = 0;
  NormCompilation compilation =
      normCompileModule(module, &options, reportToC, &errors);
  const char *code = normCompilationGetCode(compilation, &length);
  printf("assembly: %d\n",
         strstr(code, "_mlir_ciface_f") != NULL && strlen(code) == length);
  normCompilationDestroy(compilation);
  MlirOperation function =
      mlirBlockGetFirstOperation(mlirModuleGetBody(module));
  MlirBlock body = mlirRegionGetFirstBlock(mlirOperationGetRegion(function, 0));
  MlirStringRef name =
      mlirIdentifierStr(mlirOperationGetName(mlirBlockGetFirstOperation(body)));
  printf("still there: %d\n",
         strncmp(name.data, "norm.layer_norm", name.length) == 0);
  mlirModuleDestroy(module);

  printf("%d errors\n", errors);
}

/// As `DialectPluginLibraryInfo` of MLIR.
typedef struct PluginInfo {
  uint32_t apiVersion;
  const char *name, *version;
  void (*registerDialects)(void *registry);
} PluginInfo;

// A plugin's dialect is another one than this library's.
// CHECK-LABEL: plugin
// CHECK: error: the context has its dialect norm from another library
// CHECK: 1 errors, compiled: 0
// CHECK: told: the context has its dialect norm from another library
// CHECK: built: 0
static void testPlugin(const char *path) {
  printf("plugin\n");
  void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  PluginInfo (*getInfo)(void);
  *(void **)&getInfo = dlsym(plugin, "mlirGetDialectPluginInfo");
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  mlirRegisterAllDialects(registry);
  getInfo().registerDialects(registry.ptr);
  normRegisterAllDialects(registry); // leaves the plugin's
  MlirContext context =
      mlirContextCreateWithRegistry(registry, /*threadingEnabled=*/false);
  mlirDialectRegistryDestroy(registry);
  mlirContextAttachDiagnosticHandler(context, printDiagnostic, NULL, NULL);
  MlirModule module = parse(context);
  int errors = 0;
  NormCompilation compilation =
      normCompileModule(module, NULL, reportToC, &errors);
  printf("%d errors, compiled: %d\n", errors, compilation.ptr != NULL);

  MlirBlock functions = mlirModuleGetBody(module);
  MlirBlock body = mlirRegionGetFirstBlock(
      mlirOperationGetRegion(mlirBlockGetFirstOperation(functions), 0));
  const int64_t axes[1] = {1};
  NormLayerNormArguments arguments = {0};
  arguments.input = mlirBlockGetArgument(body, 0);
  arguments.axes = axes;
  arguments.numAxes = 1;
  MlirOperation op =
      normCreateLayerNorm(body, mlirBlockGetFirstOperation(body),
                          mlirLocationUnknownGet(context), &arguments);
  printf("built: %d\n", !mlirOperationIsNull(op));
  mlirModuleDestroy(module);
  mlirContextDestroy(context);
}

int main(int argc, char **argv) {
  MlirContext context = createContext();
  testBuilders(context);
  testPasses(context);
  testUnknown(context);
  testCompiler(context);
  mlirContextDestroy(context);
  if (argc > 1)
    testPlugin(argv[1]);
  return 0;
}
