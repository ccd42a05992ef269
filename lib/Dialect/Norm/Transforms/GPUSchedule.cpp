// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The choice of a GPU schedule. docs/GPU.md says what the constants rest on.

#include "GPUSchedule.h"
#include "ScheduleFacts.h"
#include "norm/Analysis/RowProgram.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::norm;

/// Threads of a block: enough that a few blocks hide each other's latency, and
/// few enough that a block's barriers are cheap.
static constexpr int64_t smallBlock = 128;
static constexpr int64_t warpSize = 32, largestBlock = 1024;

/// The widest access, in bytes.
static constexpr int64_t widestAccess = 16;

/// 32-bit registers of a multiprocessor, and what a thread needs of them beside
/// those that hold a row. The same on all known chips.
static constexpr int64_t numRegisters = 65536, otherRegisters = 56;

/// Of small blocks with so many registers of rows a thread, what a thread needs
/// beside these when as many blocks are resident as fit: what leaves no kernel
/// of the tests with spills. Left alone, ptxas gives their threads 56 registers
/// in all; of other blocks it makes better choices by itself.
static constexpr int64_t fewRegisters = 32, otherResidentRegisters = 60,
                         mostResidentBlocks = 32;

/// What the blocks of a cluster keep of a row each, so that several of them fit
/// a multiprocessor; the most blocks of a cluster.
static constexpr int64_t clusterPartBytes = 32 << 10, largestCluster = 8;

/// Workgroup memory for what rows do not take: a few values a warp.
static constexpr int64_t otherWorkgroupBytes = 2 << 10;

/// Blocks that keep any of the chips busy, and how much of its inputs a block
/// must read so that more kernels are worth while, and a part of a row be.
static constexpr int64_t busyBlocks = 256;
static constexpr int64_t longBytes = 512 << 10, partBytes = 64 << 10;

/// Parts of the rows with a sum each: enough for all of a GPU, and with rows
/// enough that the sums are little to write.
static constexpr int64_t mostSums = 512, fewestSums = 128, fewestSummed = 8;

/// For rows of unknown length: threads, and pieces that each has in flight.
static constexpr int64_t dynamicThreads = 256, dynamicVectors = 4;

namespace {
/// What sets chips apart.
struct Chip {
  StringRef name;
  bool hasClusters;
  /// That a block may have.
  int64_t workgroupBytes;
};
} // namespace

static constexpr Chip chips[] = {
    {"sm_80", false, 163 << 10}, {"sm_86", false, 99 << 10},
    {"sm_89", false, 99 << 10},  {"sm_90", true, 227 << 10},
    {"sm_100", true, 227 << 10}, {"sm_120", true, 99 << 10}};

ArrayRef<StringRef> norm::getKnownGPUs() {
  static const SmallVector<StringRef> names =
      llvm::map_to_vector(chips, [](const Chip &chip) { return chip.name; });
  return names;
}

bool norm::isKnownGPU(StringRef chip) {
  return llvm::is_contained(getKnownGPUs(), chip);
}

static const Chip &getChip(StringRef name) {
  return *llvm::find_if(chips,
                        [&](const Chip &chip) { return chip.name == name; });
}

bool norm::hasClusters(StringRef chip) { return getChip(chip).hasClusters; }

static int64_t getBytes(Type type) {
  type = getElementTypeOrSelf(type);
  return type.isIntOrFloat() ? llvm::divideCeil(type.getIntOrFloatBitWidth(), 8)
                             : sizeof(int64_t);
}

/// Bytes of the widest element among the operands that hold rows, or of the
/// narrowest that varies along the dim if none does. What all rows share may be
/// wider: it comes from caches, and sums stay in registers.
static int64_t getWidestRowBytes(GenericOp op, int64_t dim) {
  SmallVector<int64_t> rowDims = op.getRowDims();
  int64_t widest = 0, narrowest = sizeof(int64_t);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = maps[operand.getOperandNumber()];
    bool isSum =
        op.isDpsInit(&operand) &&
        op.isAccumulator(operand.getOperandNumber() - op.getInputs().size());
    if (!map.isFunctionOfDim(dim) || isSum)
      continue;
    auto variesAlongAny = [&](ArrayRef<int64_t> dims) {
      return dims.empty() || llvm::any_of(dims, [&](int64_t dim) {
               return map.isFunctionOfDim(dim);
             });
    };
    int64_t bytes = getBytes(operand.get().getType());
    narrowest = std::min(narrowest, bytes);
    if (variesAlongAny(rowDims) && variesAlongAny(op.getNormalizedDims()))
      widest = std::max(widest, bytes);
  }
  return widest ? widest : narrowest;
}

/// Elements of a piece: as many as `bytes` hold of what rows consist of, or
/// the largest power of two below by which a static size can be divided.
static int64_t chooseVectorSize(GenericOp op, int64_t dim, int64_t bytes) {
  int64_t size = std::max<int64_t>(bytes / getWidestRowBytes(op, dim), 1);
  int64_t length = op.getStaticLoopRanges()[dim];
  if (ShapedType::isDynamic(length) || length == 0)
    return size;
  return std::min<int64_t>(size, length & -length);
}

/// Pieces of a row; dynamic if unknown.
static int64_t countPieces(GenericOp op, std::optional<int64_t> laneDim,
                           int64_t vectorSize) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  int64_t pieces = 1;
  for (int64_t dim : op.getNormalizedDims()) {
    int64_t size = ranges[dim];
    if (ShapedType::isDynamic(size))
      return ShapedType::kDynamic;
    if (laneDim == dim)
      size = llvm::divideCeil(size, vectorSize);
    if (llvm::MulOverflow(pieces, size, pieces))
      return ShapedType::kDynamic;
  }
  return pieces;
}

/// Elements of a row for a thread: few where rows are short, so that there are
/// enough threads, more where they are long, so that few threads must meet.
static int64_t chooseElementsPerThread(int64_t elements) {
  if (elements <= 256)
    return 8;
  if (elements <= 1024)
    return 16;
  return elements <= 8192 ? 32 : 64;
}

/// Whether so many 32-bit values a thread stay in registers.
static bool fitsRegisters(int64_t values, int64_t threads) {
  return values <= 64 && (values + otherRegisters) * threads <= numRegisters;
}

/// Bytes per element of what is kept of a row.
static int64_t getKeptBytes(GenericOp op) {
  int64_t bytes = 0;
  for (Value value : RowProgram(op).getKeptValues())
    bytes += getBytes(value.getType());
  return bytes;
}

/// Registers per element: those of what is kept as it is, but at least one for
/// what is computed from that; and those of sums over rows.
static int64_t getRegistersPerElement(GenericOp op) {
  int64_t registers =
      std::max<int64_t>(llvm::divideCeil(getKeptBytes(op), 4), 1);
  for (auto [output, memory] : llvm::enumerate(op.getOutputs()))
    if (op.isAccumulator(output))
      registers += getBytes(memory.getType()) / 4;
  return registers;
}

/// Whether all outputs have the dim: a thread goes over the rows along others.
static bool haveAllOutputs(GenericOp op, int64_t dim) {
  for (unsigned output = 0; output < op.getOutputs().size(); ++output)
    if (!op.getOutputMap(output).isFunctionOfDim(dim))
      return false;
  return true;
}

/// Rows of a block that has at least `threads` threads, unless there are fewer
/// rows.
static int64_t chooseRows(GenericOp op, int64_t threadsPerRow) {
  int64_t rows = std::max<int64_t>(smallBlock / threadsPerRow, 1);
  int64_t count = 1;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (int64_t dim : op.getRowDims())
    if (haveAllOutputs(op, dim) &&
        (ShapedType::isDynamic(ranges[dim]) ||
         llvm::MulOverflow(count, ranges[dim], count)))
      return rows;
  int64_t fewest = std::max<int64_t>(warpSize / threadsPerRow, 1);
  while (rows > fewest && rows / 2 >= count)
    rows /= 2;
  return rows;
}

/// The blocks that a multiprocessor should hold at once; 0 to leave that to
/// ptxas. `values` is what a thread holds of rows in registers.
static int64_t chooseResidentBlocks(int64_t values, int64_t threads) {
  if (threads > smallBlock || values > fewRegisters)
    return 0;
  return std::min(numRegisters / ((values + otherResidentRegisters) * threads),
                  mostResidentBlocks);
}

static GPUScheduleAttr
makeSchedule(GenericOp op, std::optional<int64_t> laneDim, int64_t vectorSize,
             int64_t vectors, int64_t threads, int64_t rows,
             RowResidence residence, int64_t cluster = 1) {
  int64_t residentBlocks = 0;
  if (residence == RowResidence::Registers)
    residentBlocks = chooseResidentBlocks(
        vectors * vectorSize * getRegistersPerElement(op), threads * rows);
  return GPUScheduleAttr::get(op.getContext(), laneDim, vectorSize, vectors,
                              threads, rows, cluster, residence,
                              residentBlocks);
}

/// Blocks that share a row of so many bytes.
static int64_t chooseCluster(const Chip &chip, int64_t bytes) {
  int64_t cluster = 1;
  while (chip.hasClusters && cluster < largestCluster &&
         bytes > cluster * clusterPartBytes)
    cluster *= 2;
  return cluster;
}

/// For rows of which blocks have `pieces` each, more than registers hold.
static GPUScheduleAttr chooseForLongRows(GenericOp op, const Chip &chip,
                                         int64_t laneDim, int64_t vectorSize,
                                         int64_t pieces, int64_t cluster) {
  int64_t vectors = llvm::divideCeil(pieces, largestBlock);
  int64_t bytes = vectors * largestBlock * vectorSize * getKeptBytes(op);
  if (bytes > 0 && bytes + otherWorkgroupBytes <= chip.workgroupBytes)
    return makeSchedule(op, laneDim, vectorSize, vectors, largestBlock, 1,
                        RowResidence::Workgroup, cluster);
  return makeSchedule(op, laneDim, vectorSize, dynamicVectors, largestBlock, 1,
                      RowResidence::Memory, cluster);
}

/// Elements of a row in the lanes: the threads of a row are neighbours.
static GPUScheduleAttr chooseElementsInLanes(GenericOp op, const Chip &chip,
                                             int64_t laneDim,
                                             int64_t vectorSize) {
  int64_t pieces = countPieces(op, laneDim, vectorSize);
  if (ShapedType::isDynamic(pieces) || pieces == 0)
    return makeSchedule(op, laneDim, vectorSize, dynamicVectors, dynamicThreads,
                        1, RowResidence::Memory);
  int64_t cluster = chooseCluster(chip, pieces * vectorSize * getKeptBytes(op));
  pieces = llvm::divideCeil(pieces, cluster);
  int64_t piecesPerThread = std::max<int64_t>(
      chooseElementsPerThread(pieces * vectorSize) / vectorSize, 1);
  int64_t threads =
      llvm::PowerOf2Ceil(llvm::divideCeil(pieces, piecesPerThread));
  int64_t perElement = getRegistersPerElement(op);
  auto fits = [&] {
    int64_t vectors = llvm::divideCeil(pieces, threads);
    return fitsRegisters(vectors * vectorSize * perElement, threads);
  };
  while (threads < largestBlock && !fits())
    threads *= 2;
  if (threads > largestBlock || !fits())
    return chooseForLongRows(op, chip, laneDim, vectorSize, pieces, cluster);
  return makeSchedule(op, laneDim, vectorSize,
                      llvm::divideCeil(pieces, threads), threads,
                      cluster > 1 ? 1 : chooseRows(op, threads),
                      RowResidence::Registers, cluster);
}

/// Rows in the lanes: neighbouring threads take neighbouring rows, four bytes
/// each, and long rows are shared by threads of other warps.
static GPUScheduleAttr chooseRowsInLanes(GenericOp op, int64_t laneDim) {
  int64_t vectorSize = chooseVectorSize(op, laneDim, /*bytes=*/4);
  int64_t pieces = countPieces(op, std::nullopt, 1);
  constexpr int64_t piecesPerThread = 32, mostThreads = 16;
  if (ShapedType::isDynamic(pieces) || pieces == 0)
    return makeSchedule(op, laneDim, vectorSize, dynamicVectors, 8, warpSize,
                        RowResidence::Memory);
  int64_t threads = std::min<int64_t>(
      llvm::PowerOf2Ceil(llvm::divideCeil(pieces, piecesPerThread)),
      mostThreads);
  int64_t rows = std::max(smallBlock / threads, warpSize);
  int64_t vectors = llvm::divideCeil(pieces, threads);
  if (!fitsRegisters(vectors * vectorSize * getRegistersPerElement(op),
                     threads * rows))
    return makeSchedule(op, laneDim, vectorSize, dynamicVectors, threads, rows,
                        RowResidence::Memory);
  return makeSchedule(op, laneDim, vectorSize, vectors, threads, rows,
                      RowResidence::Registers);
}

GPUScheduleAttr norm::chooseGPUSchedule(GenericOp op, StringRef name) {
  const Chip &chip = getChip(name);
  std::optional<int64_t> laneDim = chooseLaneDim(op);
  if (laneDim && !op.isNormalizedDim(*laneDim))
    return chooseRowsInLanes(op, *laneDim);
  if (laneDim)
    return chooseElementsInLanes(op, chip, *laneDim,
                                 chooseVectorSize(op, *laneDim, widestAccess));
  if (op.getNormalizedDims().empty())
    return makeSchedule(op, std::nullopt, 1, 1, 1, smallBlock,
                        RowResidence::Registers);
  return chooseElementsInLanes(op, chip, op.getNormalizedDims().back(), 1);
}

int64_t norm::chooseRowParts(GenericOp op, StringRef chip) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  if (llvm::any_of(ranges, ShapedType::isDynamic))
    return 1;
  GPUScheduleAttr schedule = chooseGPUSchedule(op, chip);
  int64_t rows = 1, rowsPerBlock = schedule.getRowsPerBlock();
  for (int64_t dim : op.getRowDims()) {
    rows = multiplySizes(rows, ranges[dim]);
    if (schedule.getLaneDim() == dim)
      rowsPerBlock *= schedule.getVectorSize();
  }
  int64_t bytes =
      multiplySizes(RowSizes(op).inputBytes, std::min(rowsPerBlock, rows)) /
      schedule.getCluster();
  if (ShapedType::isDynamic(rows) || bytes <= longBytes)
    return 1;
  int64_t blocks = llvm::divideCeil(rows, rowsPerBlock) * schedule.getCluster();
  int64_t parts = 1;
  while (2 * parts * blocks <= busyBlocks && bytes >= 2 * parts * partBytes)
    parts *= 2;
  return parts;
}

bool norm::canKeepSums(GenericOp op, StringRef chip) {
  GPUScheduleAttr schedule = chooseGPUSchedule(op, chip);
  return schedule.getRowIn() == RowResidence::Registers &&
         schedule.getCluster() == 1 &&
         op.isNormalizedDim(*schedule.getLaneDim());
}

int64_t norm::chooseSumParts(GenericOp op) {
  int64_t rows = op.getStaticLoopRanges()[op.getRowDims().front()];
  int64_t parts = ShapedType::isDynamic(rows) ? 1 : mostSums;
  while (parts >= fewestSums &&
         (rows % parts != 0 || rows / parts < fewestSummed))
    parts /= 2;
  return parts < fewestSums ? 1 : parts;
}
