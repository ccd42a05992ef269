// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler, without anything of MLIR: what it makes is loaded and called.
//
// RUN: norm-capi-compiler-test %t.so 2>&1 | FileCheck %s

#include "norm-c/Compiler.h"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const char layerNorm[] =
    "func.func @normalize(%x: tensor<?x4xf32>, %init: tensor<?x4xf32>) -> "
    "tensor<?x4xf32> {\n"
    "  %y = norm.layer_norm ins(%x : tensor<?x4xf32>) outs(%init : "
    "tensor<?x4xf32>)\n"
    "      axes = [1] epsilon = 0.0\n"
    "  return %y : tensor<?x4xf32>\n"
    "}\n";

static void report(const NormDiagnostic *diagnostic, void *userData) {
  static const char *const severities[] = {"error", "warning", "remark",
                                           "note"};
  printf("%s", severities[diagnostic->severity]);
  if (diagnostic->file)
    printf(" in %s:%u:%u", diagnostic->file, diagnostic->line,
           diagnostic->column);
  printf(": %s\n", diagnostic->message);
  if (userData)
    ++*(int *)userData;
}

static NormCompilation compile(const char *text,
                               const NormCompileOptions *options) {
  return normCompile(text, strlen(text), "module.mlir", options, report, NULL);
}

/// Compiles, and says how the code begins or whether it contains `part`.
static void show(const char *name, const NormCompileOptions *options,
                 const char *part) {
  NormCompilation compilation = compile(layerNorm, options);
  size_t length = 0;
  if (!compilation.ptr) {
    printf("%s: nothing\n", name);
    return;
  }
  const char *code = normCompilationGetCode(compilation, &length);
  printf("%s: %s\n", name, strstr(code, part) ? part : "without it");
  normCompilationDestroy(compilation);
}

// CHECK: version 0.1.{{[0-9]+}}, LLVM {{[0-9]+\.[0-9]+}}
// CHECK: object: ELF
// CHECK: assembly: _mlir_ciface_normalize:
// CHECK: AArch64: fmul
// CHECK: LLVM IR: define
// CHECK: MLIR: llvm.func
// CHECK: kernels: .target sm_80
// CHECK: with C functions: int my_normalize
static void testKinds(void) {
  printf("version %s, LLVM %s\n", normGetVersion(), normGetLLVMVersion());
  NormCompilation object = compile(layerNorm, NULL);
  size_t length = 0;
  const char *code = normCompilationGetCode(object, &length);
  printf("object: %s\n", length > 4 && !memcmp(code,
                                               "\x7f"
                                               "ELF",
                                               4)
                             ? "ELF"
                             : "?");
  normCompilationDestroy(object);

  NormCompileOptions options = normCompileOptionsGetDefaults();
  options.kind = NORM_OUTPUT_ASSEMBLY;
  show("assembly", &options, "_mlir_ciface_normalize:");
  options.triple = "aarch64-linux-gnu";
  show("AArch64", &options, "fmul");
  options.triple = NULL;
  options.kind = NORM_OUTPUT_LLVM_IR;
  show("LLVM IR", &options, "define");
  options.kind = NORM_OUTPUT_MLIR;
  show("MLIR", &options, "llvm.func");

  options.kind = NORM_OUTPUT_PTX;
  options.target = NORM_TARGET_CUDA;
  options.chip = "sm_80";
  show("kernels", &options, ".target sm_80");

  options.target = NORM_TARGET_CPU;
  options.kind = NORM_OUTPUT_OBJECT;
  options.cFunctions = true;
  options.prefix = "my_";
  NormCompilation withHeader = compile(layerNorm, &options);
  const char *header = normCompilationGetHeader(withHeader);
  printf("with C functions: %s\n",
         strstr(header, "int my_normalize(const float *x") ? "int my_normalize"
                                                           : header);
  normCompilationDestroy(withHeader);
}

/// Enumerators that there are not, and versions.
static void testUnknown(void) {
  NormCompileOptions options = normCompileOptionsGetDefaults();
  options.target = (NormTarget)3;
  compile(layerNorm, &options);
  options = normCompileOptionsGetDefaults();
  options.threads = (NormThreadModel)-1;
  compile(layerNorm, &options);
  options = normCompileOptionsGetDefaults();
  options.algorithm = (NormMomentsAlgorithm)9;
  compile(layerNorm, &options);
  options = normCompileOptionsGetDefaults();
  options.image = (NormDeviceFormat)8;
  compile(layerNorm, &options);
  options = normCompileOptionsGetDefaults();
  options.versions = "x86-64-v3";
  compile(layerNorm, &options);
  options.versions = "x86-64-v3,x86-64";
  options.target = NORM_TARGET_CUDA;
  compile(layerNorm, &options);
  options.target = NORM_TARGET_CPU;
  options.features = "+avx512f";
  compile(layerNorm, &options);
  options = normCompileOptionsGetDefaults();
  options.target = NORM_TARGET_CUDA;
  options.image = NORM_DEVICE_LLVM;
  compile(layerNorm, &options);
  options.image = NORM_DEVICE_PTX;
  options.vectorBits = 256;
  compile(layerNorm, &options);
}

// CHECK: error in module.mlir:1:1: custom op 'frobnicate' is unknown
// CHECK: error in module.mlir:2:{{[0-9]+}}: {{.*}}expected axes
// CHECK: error: {{.*}}z80
// CHECK: error: {{.*}}no-such-cpu
// CHECK: error: unknown kind of output: 17
// CHECK: error: unknown target: 3
// CHECK: error: unknown model of threads: -1
// CHECK: error: unknown algorithm: 9
// CHECK: error: unknown format of kernels: 8
// CHECK: error: versions must end with x86-64
// CHECK: error: versions need the target CPU
// CHECK: error: versions say what the processor and its features would
// CHECK: error: kernels within code are PTX, machine code or both
// CHECK: error: vectorBits need the target CPU
// CHECK: error: C functions are added to LLVM IR
// CHECK: error: kernels alone need the target CUDA
// CHECK: error: only an object can be linked
// CHECK: error: no path to link to
// CHECK: error: {{.*}}/nowhere/
// CHECK: without a callback: nothing
static void testErrors(const char *path) {
  compile("frobnicate", NULL);
  compile("func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {\n"
          "  %y = norm.layer_norm ins(%x : tensor<4xf32>) outs(%x : "
          "tensor<4xf32>) axes = [3] epsilon = 0.0\n"
          "  return %y : tensor<4xf32>\n}\n",
          NULL);
  NormCompileOptions options = normCompileOptionsGetDefaults();
  options.triple = "z80-unknown-none";
  compile(layerNorm, &options);
  options = normCompileOptionsGetDefaults();
  options.cpu = "no-such-cpu";
  compile(layerNorm, &options);
  options = normCompileOptionsGetDefaults();
  options.kind = (NormOutputKind)17;
  compile(layerNorm, &options);
  testUnknown();
  options.kind = NORM_OUTPUT_MLIR;
  options.cFunctions = true;
  compile(layerNorm, &options);
  options.kind = NORM_OUTPUT_PTX;
  options.cFunctions = false;
  compile(layerNorm, &options);
  options = normCompileOptionsGetDefaults();
  options.kind = NORM_OUTPUT_ASSEMBLY;
  NormCompilation assembly = compile(layerNorm, &options);
  normCompilationLinkSharedLibrary(assembly, path, NULL, NULL, report, NULL);
  normCompilationDestroy(assembly);
  NormCompilation object = compile(layerNorm, NULL);
  normCompilationLinkSharedLibrary(object, NULL, NULL, NULL, report, NULL);
  normCompilationLinkSharedLibrary(object, "/nowhere/x.so", NULL, NULL, report,
                                   NULL);
  normCompilationDestroy(object);
  NormCompilation nothing = normCompile("x", 1, NULL, NULL, NULL, NULL);
  printf("without a callback: %s\n", nothing.ptr ? "something" : "nothing");
  normCompilationDestroy(nothing);
}

// CHECK: versions: two
// CHECK: explained: For x86-64-v3:
static void testVersions(void) {
  NormCompileOptions options = normCompileOptionsGetDefaults();
  options.kind = NORM_OUTPUT_LLVM_IR;
  options.triple = "x86_64-linux-gnu";
  options.versions = "x86-64-v3,x86-64";
  options.explain = true;
  NormCompilation compilation = compile(layerNorm, &options);
  size_t length = 0;
  const char *code = normCompilationGetCode(compilation, &length);
  printf("versions: %s\n", strstr(code, "normalize.x86-64-v3(") ? "two" : code);
  const char *explanation = normCompilationGetExplanation(compilation);
  printf("explained: %s\n",
         strstr(explanation, "kernel at module.mlir:2") ? explanation : "no");
  normCompilationDestroy(compilation);
}

// CHECK: linked: 1
// CHECK: status 0: -1.34 -0.45 0.45 1.34
// CHECK: status 3
static void testCall(const char *path) {
  NormCompileOptions options = normCompileOptionsGetDefaults();
  options.cFunctions = true;
  NormCompilation compilation = compile(layerNorm, &options);
  printf("linked: %d\n", normCompilationLinkSharedLibrary(
                             compilation, path, NULL, NULL, report, NULL));
  normCompilationDestroy(compilation);

  typedef int (*Normalize)(const float *x, int64_t xSize, const float *init,
                           int64_t initSize, float *y, int64_t ySize);
  Normalize normalize;
  *(void **)&normalize =
      dlsym(dlopen(path, RTLD_NOW | RTLD_LOCAL), "normalize");
  const float x[4] = {1, 2, 3, 4}, init[4] = {0};
  float y[4] = {0};
  int status = normalize(x, 1, init, 1, y, 1);
  printf("status %d: %.2f %.2f %.2f %.2f\n", status, y[0], y[1], y[2], y[3]);
  printf("status %d\n", normalize(x, 1, init, 2, y, 1));
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  testKinds();
  testErrors(argv[1]);
  testVersions();
  testCall(argv[1]);
  return 0;
}
