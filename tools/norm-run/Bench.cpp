// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Bench.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include <chrono>

using namespace mlir;
using namespace mlir::norm;

namespace {

/// Bytes that are read, then written: a page, so that reads and writes of DRAM
/// come in long runs.
constexpr int64_t blockBytes = 4096;
constexpr int64_t blocksPerChunk = 16;

/// Copies blocks, the next one being prefetched meanwhile.
constexpr char copySource[] = R"mlir(
func.func @copy(%from: memref<?xf32>, %to: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c1024 = arith.constant 1024 : index
  %chunk = arith.constant {0} : index
  %n = memref.dim %from, %c0 : memref<?xf32>
  scf.parallel (%c) = (%c0) to (%n) step (%chunk) {{
    %end0 = arith.addi %c, %chunk : index
    %end = arith.minui %end0, %n : index
    scf.for %b = %c to %end step %c1024 {{
      %next = arith.addi %b, %c1024 : index
      scf.for %i = %c0 to %c1024 step %c16 {{
        %j = arith.addi %b, %i : index
        %ahead0 = arith.addi %next, %i : index
        %last = arith.subi %n, %c16 : index
        %ahead = arith.minui %ahead0, %last : index
        memref.prefetch %from[%ahead], read, locality<3>, data : memref<?xf32>
        %v = vector.load %from[%j] : memref<?xf32>, vector<16xf32>
        vector.store %v, %to[%j] {1} : memref<?xf32>, vector<16xf32>
      }
    }
    scf.reduce
  }
  return
}
)mlir";

double secondsNow() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double timeRuns(const Contestant &contestant, int64_t numRuns) {
  double start = secondsNow();
  for (int64_t i = 0; i < numRuns; ++i)
    contestant.run();
  return (secondsNow() - start) / double(numRuns);
}

/// As many runs as make a turn of 20 ms.
int64_t calibrate(const Contestant &contestant) {
  constexpr double turn = 0.02;
  timeRuns(contestant, 1);
  int64_t numRuns = 1;
  while (true) {
    double seconds = timeRuns(contestant, numRuns);
    if (seconds * double(numRuns) >= turn / 4 || numRuns > (1 << 28))
      return std::max<int64_t>(1, int64_t(turn / seconds));
    numRuns *= 4;
  }
}

} // namespace

llvm::Expected<std::unique_ptr<CopyCeiling>>
CopyCeiling::create(int64_t numBytes, const KernelOptions &options,
                    MLIRContext *context, llvm::TargetMachine &machine) {
  auto ceiling = std::make_unique<CopyCeiling>();
  int64_t numBlocks = std::max<int64_t>(1, numBytes / 2 / blockBytes);
  int64_t numElements = numBlocks * blockBytes / 4;
  ceiling->numBytes = 2 * numBlocks * blockBytes;
  KernelOptions copyOptions = options;
  copyOptions.assembly = nullptr;
  copyOptions.lowering.printIRAfterAll = false;
  for (StringRef attributes :
       {"", "{nontemporal = true, alignment = 64 : i64}"}) {
    std::string source =
        llvm::formatv(copySource, blocksPerChunk * blockBytes / 4, attributes);
    OwningOpRef<ModuleOp> module = parseModule(
        llvm::MemoryBuffer::getMemBufferCopy(source, "copy"), context);
    if (!module)
      return llvm::make_error<MLIRFailure>();
    llvm::Expected<EntryPoint> entry = prepareEntryPoint(*module, "copy");
    if (!entry)
      return entry.takeError();
    auto kernel = Kernel::compile(*module, *entry, copyOptions, machine);
    if (!kernel)
      return kernel.takeError();
    ceiling->kernels.push_back(std::move(*kernel));
    std::vector<HostArray> &arrays = ceiling->arguments.emplace_back();
    for (Type type : entry->arguments) {
      auto array = HostArray::allocate(llvm::cantFail(ValueSpec::get(type)),
                                       {numElements});
      if (!array)
        return array.takeError();
      arrays.push_back(std::move(*array));
    }
  }
  for (size_t i = 0; i < ceiling->kernels.size(); ++i) {
    auto invocation =
        Invocation::bind(ceiling->kernels[i], ceiling->arguments[i]);
    if (!invocation)
      return invocation.takeError();
    ceiling->invocations.push_back(std::move(*invocation));
  }
  return ceiling;
}

void CopyCeiling::appendTo(std::vector<Contestant> &contestants) {
  Invocation &temporal = invocations[0], &nonTemporal = invocations[1];
  contestants.push_back(
      {"copy", [&] { llvm::cantFail(temporal.call()); }, numBytes, true});
  contestants.push_back({"copy, non-temporal",
                         [&] { llvm::cantFail(nonTemporal.call()); }, numBytes,
                         true});
}

void norm::runBenchmark(ArrayRef<Contestant> contestants, unsigned numRounds,
                        llvm::raw_ostream &stream) {
  std::vector<int64_t> numRuns;
  for (const Contestant &contestant : contestants)
    numRuns.push_back(calibrate(contestant));
  std::vector<std::vector<double>> seconds(contestants.size());
  for (unsigned round = 0; round < numRounds; ++round)
    for (auto [index, contestant] : llvm::enumerate(contestants))
      seconds[index].push_back(timeRuns(contestant, numRuns[index]));
  auto getRate = [&](size_t index) {
    double best = *llvm::min_element(seconds[index]);
    return double(contestants[index].numBytes) / best * 1e-9;
  };
  double ceiling = 0;
  for (size_t i = 0; i < contestants.size(); ++i)
    if (contestants[i].isCeiling)
      ceiling = std::max(ceiling, getRate(i));
  stream << llvm::format("%-24s %12s %12s %10s %10s\n", "", "median us",
                         "best us", "GB/s", "% of copy");
  for (size_t i = 0; i < contestants.size(); ++i) {
    llvm::sort(seconds[i]);
    stream << llvm::format(
        "%-24s %12.2f %12.2f %10.2f %10.0f\n", contestants[i].name.c_str(),
        seconds[i][seconds[i].size() / 2] * 1e6, seconds[i].front() * 1e6,
        getRate(i), 100 * getRate(i) / ceiling);
  }
}
