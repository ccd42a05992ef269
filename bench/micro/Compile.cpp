// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Compile time in process, from text to an object. Start-up (dialects, target)
/// is not counted.

#include "KernelSource.h"
#include "llvm/Object/ObjectFile.h"
#include <benchmark/benchmark.h>

using namespace mlir::norm;

/// Bytes of the sections with code.
static int64_t getCodeSize(const llvm::MemoryBuffer &buffer) {
  auto object = llvm::cantFail(
      llvm::object::ObjectFile::createObjectFile(buffer.getMemBufferRef()));
  int64_t size = 0;
  for (const llvm::object::SectionRef &section : object->sections())
    if (section.isText())
      size += section.getSize();
  return size;
}

static void compileText(benchmark::State &state, const std::string &text) {
  int64_t size = getCodeSize(*bench::compile(text));
  for (auto _ : state)
    benchmark::DoNotOptimize(bench::compile(text));
  state.counters["code_bytes"] = double(size);
}

/// A module of layer norms, RMS norms and add & norms of different lengths.
static std::string makeModule(int count) {
  static constexpr const char *names[] = {"layer_norm", "rms_norm",
                                          "add_layer_norm"};
  static constexpr int64_t lengths[] = {64, 256, 768, 1000, 1024, 4096, 16384};
  std::string text;
  for (int i = 0; i < count; ++i) {
    std::string kernel = bench::readKernel(names[i % 3], lengths[i % 7],
                                           "kernel_" + std::to_string(i));
    // Aliases of maps stand at the top of a file, once.
    for (const char *alias : {"#row", "#column"})
      for (size_t at = kernel.find(alias); at != std::string::npos;
           at = kernel.find(alias, at + 1))
        kernel.insert(at + std::string(alias).size(), std::to_string(i));
    text += kernel;
  }
  return text;
}

static void compileKernel(benchmark::State &state, const char *name,
                          int64_t length) {
  compileText(state, bench::readKernel(name, length, name));
}

static void compileHundred(benchmark::State &state) {
  compileText(state, makeModule(100));
}

BENCHMARK_CAPTURE(compileKernel, layer_norm_64, "layer_norm", 64)
    ->Name("compile/layer_norm_64")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compileKernel, layer_norm_768, "layer_norm", 768)
    ->Name("compile/layer_norm_768")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compileKernel, layer_norm_4096, "layer_norm", 4096)
    ->Name("compile/layer_norm_4096")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compileKernel, add_layer_norm_768, "add_layer_norm", 768)
    ->Name("compile/add_layer_norm_768")
    ->Unit(benchmark::kMillisecond);
BENCHMARK(compileHundred)
    ->Name("compile/hundred_norms")
    ->Unit(benchmark::kMillisecond);
