// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Calls of the layer norm at several numbers of rows, serial, arrays in the
/// caches as far as they fit.

#include "KernelSource.h"
#include "mlir/ExecutionEngine/CRunnerUtils.h"
#include "norm/Compiler/JIT.h"
#include <benchmark/benchmark.h>
#include <vector>

using namespace mlir;
using namespace mlir::norm;

using Matrix = StridedMemRefType<float, 2>;
using Row = StridedMemRefType<float, 1>;
using Function = void (*)(Matrix *, Row *, Row *, Matrix *);

static Matrix describe(float *data, int64_t rows, int64_t columns) {
  return {data, data, 0, {rows, columns}, {columns, 1}};
}

static Row describe(float *data, int64_t size) {
  return {data, data, 0, {size}, {1}};
}

/// Memory for floats, aligned as vectors and streaming stores like it.
static float *allocate(int64_t count) {
  size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
  auto *data = static_cast<float *>(std::aligned_alloc(64, bytes));
  for (int64_t i = 0; i < count; ++i)
    data[i] = float(i % 17) - 5.0f;
  return data;
}

static void callLayerNorm(benchmark::State &state) {
  int64_t rows = state.range(0), columns = state.range(1);
  LoadedObject object = llvm::cantFail(LoadedObject::load(
      bench::compile(bench::readKernel("layer_norm", columns, "layer_norm"))));
  auto function = reinterpret_cast<Function>(
      llvm::cantFail(object.lookup("_mlir_ciface_layer_norm")));
  float *data[] = {allocate(rows * columns), allocate(columns),
                   allocate(columns), allocate(rows * columns)};
  Matrix x = describe(data[0], rows, columns);
  Row gamma = describe(data[1], columns), beta = describe(data[2], columns);
  Matrix y = describe(data[3], rows, columns);
  for (auto _ : state) {
    function(&x, &gamma, &beta, &y);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * rows * columns * 2 *
                          int64_t(sizeof(float)));
  for (float *each : data)
    std::free(each);
}

BENCHMARK(callLayerNorm)
    ->Name("call/layer_norm")
    ->ArgNames({"M", "N"})
    ->ArgsProduct({{1, 8, 64, 1024}, {64, 768, 4096}});
