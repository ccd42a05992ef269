// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The choice of a CPU schedule. What the constants rest on is in
// docs/Performance.md.

#include "CPUSchedule.h"
#include "ScheduleFacts.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "norm/Analysis/RowProgram.h"
#include "norm/Dialect/Norm/IR/VaryingDims.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::norm;

/// Vectors of a row, or of rows, per iteration: enough accumulators to hide the
/// latency of an addition; more bring nothing.
static constexpr int64_t vectorsPerIteration = 4;

/// Vectors per iteration of several rows together.
static constexpr int64_t vectorsOfSeveralRows = 8;

/// Elements below which waking other threads costs more than it saves: with two
/// sleepless threads the break-even was measured at about 32 K.
static constexpr int64_t smallestParallelSize = 32768;

/// Rows that may share an iteration: the results of their reductions fill a
/// vector.
static constexpr int64_t largestRows = 16;

/// Vectors of rows that share an iteration.
static constexpr int64_t fewestVectorsOfRows = 4, mostVectorsOfRows = 8;

/// Outputs bypass the caches where all operands fill the second caches so many
/// times: below, whoever reads the outputs next finds them there.
static constexpr int64_t cachesToFill = 8;

/// Vectors of 1024 bytes: as many elements as a schedule allows, of any type.
static constexpr int64_t largestVectorBits = 8192;

/// The width of the widest float among the block's values that vary along the
/// dim; that of f32 if there is none.
static int64_t widestFloat(GenericOp op, int64_t dim) {
  VaryingDims varying(op);
  int64_t widest = 0;
  auto consider = [&](Value value) {
    if (isa<FloatType>(value.getType()) && varying.variesAlong(value, dim))
      widest =
          std::max<int64_t>(widest, value.getType().getIntOrFloatBitWidth());
  };
  llvm::for_each(op.getBody().getArguments(), consider);
  for (Operation &nested : op.getBody().front())
    llvm::for_each(nested.getResults(), consider);
  return widest ? widest : 32;
}

/// Elements per vector: what a register holds, and no more than the next power
/// of two above the length of a short row.
static int64_t chooseVectorSize(GenericOp op, int64_t dim, int64_t vectorBits) {
  int64_t size = std::max<int64_t>(vectorBits / widestFloat(op, dim), 1);
  int64_t length = op.getStaticLoopRanges()[dim];
  if (!ShapedType::isDynamic(length))
    size = std::min<int64_t>(size,
                             llvm::PowerOf2Ceil(std::max<int64_t>(length, 1)));
  return size;
}

/// Whether the operation runs inside a parallel loop.
static bool isInParallelLoop(Operation *op) {
  for (Operation *parent = op->getParentOp(); parent;
       parent = parent->getParentOp())
    if (parent->hasTrait<OpTrait::HasParallelRegion>())
      return true;
  return false;
}

//===----------------------------------------------------------------------===//
// The machine
//===----------------------------------------------------------------------===//

CPUTarget CPUTarget::of(Operation *op) {
  CPUTarget target;
  auto read = [&](StringRef key, int64_t low, int64_t high, int64_t &field) {
    FailureOr<Attribute> value =
        dlti::query(op, ArrayRef<StringRef>{"CPU", key});
    if (failed(value))
      return;
    if (auto integer = dyn_cast<IntegerAttr>(*value))
      field = std::clamp(integer.getInt(), low, high);
  };
  constexpr int64_t any = int64_t(1) << 40;
  read("max_vector_op_width", 0, largestVectorBits, target.vectorBits);
  target.vectorBits = llvm::bit_floor<uint64_t>(target.vectorBits);
  read("L1_cache_size_in_bytes", 1, any, target.l1Bytes);
  read("L2_cache_size_in_bytes", 1, any, target.l2Bytes);
  return target;
}

//===----------------------------------------------------------------------===//
// The choice
//===----------------------------------------------------------------------===//

static bool hasAccumulators(GenericOp op) {
  for (unsigned output = 0; output < op.getOutputs().size(); ++output)
    if (op.isAccumulator(output))
      return true;
  return false;
}

/// Short rows share an iteration: as many as hide the latency of a reduction's
/// last steps, which are the same for one row and for several. Two reductions
/// that wait for each other are worth that for longer rows too, as long as the
/// rows of an iteration take a small part of the first cache and there are
/// registers for all accumulators: 32 long ones, which none but machines with
/// vectors of 512 bits have.
static int64_t chooseShortRows(const RowSizes &sizes, unsigned numPhases,
                               const CPUTarget &target) {
  constexpr int64_t shortest = 32, longest = 128, mostLongRows = 4;
  // Dynamic sizes are negative.
  if (sizes.elements <= 0)
    return 1;
  bool sharesMore = numPhases > 2 && target.vectorBits >= 512;
  int64_t rows = 1;
  if (sizes.elements <= longest)
    rows = std::min<int64_t>((sharesMore ? 1024 : 512) / sizes.elements,
                             largestRows);
  else if (sharesMore && sizes.inputBytes > 0)
    rows =
        std::min<int64_t>(target.l1Bytes / 6 / sizes.inputBytes, mostLongRows);
  // Memory likes few kilobytes at once; the code should stay small, too.
  bool areNarrow = sizes.inputBytes <= 2 * sizes.elements;
  if (sizes.elements > shortest && !areNarrow)
    rows = std::min(rows, largestRows / 2);
  return llvm::bit_floor<uint64_t>(std::max<int64_t>(rows, 1));
}

/// Whether all rows along the dim share an iteration: where their lines are not
/// the same at each position, few vectors hold them, and the second cache holds
/// several times as many. Outputs can bypass the caches then.
static bool takesAllRows(GenericOp op, const RowSizes &sizes, int64_t laneDim,
                         int64_t vectorSize, const CPUTarget &target) {
  constexpr int64_t mostVectors = 16, lineBytes = 64;
  int64_t count = op.getStaticLoopRanges()[laneDim];
  int64_t bytes = multiplySizes(sizes.inputBytes, count);
  Type element = getElementTypeOrSelf(op.getOutputs().front());
  return bytes > 0 && bytes <= target.l2Bytes / 4 &&
         count <= mostVectors * vectorSize && count % vectorSize != 0 &&
         element.isIntOrFloat() &&
         count * element.getIntOrFloatBitWidth() % (lineBytes * 8) != 0;
}

/// Vectors of rows: as many as keep the elements of all these rows in the first
/// cache, and at least so many that a few lines are read in a row.
static int64_t chooseVectorsOfRows(GenericOp op, const RowSizes &sizes,
                                   int64_t laneDim, int64_t vectorSize,
                                   const CPUTarget &target) {
  int64_t rows = fewestVectorsOfRows;
  while (rows < mostVectorsOfRows && sizes.inputBytes >= 0 &&
         sizes.inputBytes <= target.l1Bytes / (vectorSize * rows * 2))
    rows *= 2;
  // A group that is not full costs as much as one that is.
  int64_t count = op.getStaticLoopRanges()[laneDim];
  if (ShapedType::isDynamic(count))
    return rows;
  int64_t vectors = llvm::divideCeil(count, vectorSize);
  auto isWasteful = [&] {
    return (int64_t(llvm::divideCeil(vectors, rows)) * rows - vectors) * 8 >
           vectors;
  };
  while (rows > 1 &&
         (rows > vectors || (rows > fewestVectorsOfRows && isWasteful())))
    rows /= 2;
  return rows;
}

/// Where the rows ahead are prefetched, if not in the phase of the outputs. The
/// stores and the prefetches of a row that takes a good part of the first cache
/// are better apart.
static std::optional<int64_t> choosePrefetchPhase(GenericOp op,
                                                  const RowSizes &sizes,
                                                  int64_t rows,
                                                  const CPUTarget &target) {
  unsigned numPhases = RowProgram(op).getNumPhases();
  int64_t bytes = multiplySizes(sizes.inputBytes, rows);
  if (numPhases < 2 || rows > 1 || bytes < target.l1Bytes / 4 ||
      bytes > target.l1Bytes / 2)
    return std::nullopt;
  return numPhases - 2;
}

/// How far ahead of rows that come from the second cache others are prefetched:
/// worth it where a row waits for two reductions and the rows of a few
/// iterations fit the first cache.
static int64_t chooseCachedPrefetch(GenericOp op, const RowSizes &sizes,
                                    int64_t rows, const CPUTarget &target) {
  int64_t bytes = multiplySizes(sizes.inputBytes, rows);
  return RowProgram(op).getNumPhases() > 2 && bytes > 0 &&
                 bytes <= target.l1Bytes / 4
             ? target.l1Bytes / 6
             : 0;
}

/// Whether the lanes may be scalable: elements of a row, more than fit one
/// vector of a fixed size, and of types that memory holds as vectors do; no
/// target multiplies the lanes of such a vector.
static bool canBeScalable(GenericOp op, int64_t laneDim, int64_t vectorSize) {
  int64_t length = op.getStaticLoopRanges()[laneDim];
  return vectorSize > 1 && op.isNormalizedDim(laneDim) &&
         (ShapedType::isDynamic(length) || length > vectorSize) &&
         llvm::none_of(op.getBody().getOps<ReduceOp>(),
                       [](ReduceOp reduce) {
                         return reduce.getKind() == vector::CombiningKind::MUL;
                       }) &&
         llvm::all_of(op->getOperandTypes(), [](Type type) {
           Type element = getElementTypeOrSelf(type);
           return !element.isIntOrFloat() || element.isInteger(1) ||
                  element.getIntOrFloatBitWidth() >= 8;
         });
}

/// Whether the target loads and stores vectors of each operand's elements along
/// the dim with masks.
static bool hasMasks(GenericOp op, int64_t dim, const CPUTarget &target) {
  return target.maskedBits > 0 &&
         llvm::all_of(
             llvm::zip_equal(op->getOperandTypes(), op.getIndexingMapsArray()),
             [&](auto pair) {
               auto [type, map] = pair;
               Type element = getElementTypeOrSelf(type);
               unsigned bits =
                   element.isIntOrFloat()
                       ? std::max(element.getIntOrFloatBitWidth(), 8u)
                       : 64;
               return !map.isFunctionOfDim(dim) || bits >= target.maskedBits;
             });
}

namespace {
/// The fields of a schedule that differ between programs, as they are chosen.
struct Choice {
  std::optional<int64_t> laneDim;
  int64_t vectorSize = 1, unroll = 1, rows = 1;
  bool scalable = false, maskedRows = true, peel = false;
  std::optional<int64_t> nontemporalAbove, prefetchPhase;
  int64_t prefetchBytes = 0, cachedPrefetchBytes = 0;
};
} // namespace

/// Vectors, and rows that share an iteration. Returns whether these are all
/// rows along the lane dim.
static bool chooseLoops(GenericOp op, const RowSizes &sizes,
                        const CPUTarget &target, Choice &choice) {
  int64_t laneDim = *choice.laneDim;
  choice.vectorSize = chooseVectorSize(op, laneDim, target.vectorBits);
  bool isRowDim = !op.isNormalizedDim(laneDim);
  int64_t shortRows =
      isRowDim || op.getRowDims().empty() || hasAccumulators(op)
          ? 1
          : chooseShortRows(sizes, RowProgram(op).getNumPhases(), target);
  // Several short rows at once are worth more than longer vectors.
  choice.scalable = target.scalable && shortRows == 1 &&
                    canBeScalable(op, laneDim, choice.vectorSize);
  choice.maskedRows = !isRowDim || hasMasks(op, laneDim, target);
  if (choice.vectorSize == 1)
    return false;
  bool takesAll = isRowDim && choice.maskedRows &&
                  takesAllRows(op, sizes, laneDim, choice.vectorSize, target);
  if (takesAll)
    choice.rows = llvm::PowerOf2Ceil(
        llvm::divideCeil(op.getStaticLoopRanges()[laneDim], choice.vectorSize));
  else if (isRowDim)
    choice.rows =
        chooseVectorsOfRows(op, sizes, laneDim, choice.vectorSize, target);
  else
    choice.rows = shortRows;
  int64_t vectors = isRowDim || target.vectorBits < 512 ? vectorsPerIteration
                                                        : vectorsOfSeveralRows;
  choice.unroll =
      std::clamp<int64_t>(vectors / choice.rows, 1, vectorsPerIteration);
  return takesAll;
}

/// Prefetches, and stores that bypass the caches.
static void chooseMemory(GenericOp op, const RowSizes &sizes,
                         const CPUTarget &target, bool takesAllRows,
                         Choice &choice) {
  if (choice.vectorSize == 1 || choice.scalable)
    return;
  bool isRowDim = !op.isNormalizedDim(*choice.laneDim);
  int64_t cachedPrefetch =
      isRowDim ? 0 : chooseCachedPrefetch(op, sizes, choice.rows, target);
  int64_t footprint = cachesToFill * target.l2Bytes * target.numThreads;
  if (ShapedType::isDynamic(sizes.totalBytes) ||
      sizes.totalBytes >= footprint) {
    choice.nontemporalAbove = footprint;
    bool isShort = choice.rows > 1 && sizes.elements < 8 * choice.vectorSize;
    choice.peel = isRowDim ? takesAllRows : !isShort;
    // All rows of a plane at once are read in runs long enough.
    choice.prefetchBytes = takesAllRows ? 0 : target.l1Bytes / 3;
    choice.cachedPrefetchBytes = cachedPrefetch;
    if (!isRowDim)
      choice.prefetchPhase =
          choosePrefetchPhase(op, sizes, choice.rows, target);
  } else if (cachedPrefetch > 0) {
    choice.prefetchBytes = cachedPrefetch;
    choice.prefetchPhase = RowProgram(op).getNumPhases() - 2;
  }
}

CPUScheduleAttr norm::chooseCPUSchedule(GenericOp op, const CPUTarget &target,
                                        bool parallel, bool outline) {
  Choice choice;
  choice.laneDim = chooseLaneDim(op);
  if (choice.laneDim) {
    RowSizes sizes(op);
    bool takesAllRows = chooseLoops(op, sizes, target, choice);
    chooseMemory(op, sizes, target, takesAllRows, choice);
  } else if (!op.getNormalizedDims().empty()) {
    choice.laneDim = op.getNormalizedDims().back(); // of scalar code
  }
  return CPUScheduleAttr::get(
      op.getContext(), choice.laneDim, choice.vectorSize, choice.scalable,
      choice.unroll, choice.rows, choice.maskedRows, choice.nontemporalAbove,
      choice.peel, choice.prefetchBytes, /*prefetchLocality=*/3,
      choice.prefetchPhase, choice.cachedPrefetchBytes,
      parallel && !isInParallelLoop(op), smallestParallelSize, outline);
}
