// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "GPUScheduleVerifier.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::norm;

/// What a block of any NVIDIA GPU may have.
static constexpr int64_t largestBlock = 1024;
static constexpr int64_t warpSize = 32;

/// Blocks of a cluster on any chip that has clusters.
static constexpr int64_t largestCluster = 8;

/// What a multiprocessor of any NVIDIA GPU holds at once.
static constexpr int64_t mostResidentBlocks = 32, mostResidentThreads = 2048;

/// 16 bytes, the widest access, of the narrowest elements.
static constexpr int64_t largestVectorSize = 16;

/// Beyond, code is as long as no instruction cache.
static constexpr int64_t mostVectors = 64;

LogicalResult
GPUScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        std::optional<int64_t> laneDim, int64_t vectorSize,
                        int64_t vectors, int64_t threadsPerRow,
                        int64_t rowsPerBlock, int64_t cluster, RowResidence,
                        int64_t residentBlocks) {
  auto isPowerUpTo = [&](StringRef name, int64_t value, int64_t most) {
    if (value >= 1 && value <= most && llvm::isPowerOf2_64(value))
      return true;
    emitError() << "expected " << name << " to be a power of two up to " << most
                << ", got " << value;
    return false;
  };
  if (laneDim && *laneDim < 0)
    return emitError() << "expected a lane_dim of at least 0, got " << *laneDim;
  if (!isPowerUpTo("vector_size", vectorSize, largestVectorSize) ||
      !isPowerUpTo("threads_per_row", threadsPerRow, largestBlock) ||
      !isPowerUpTo("cluster", cluster, largestCluster))
    return failure();
  if (!laneDim && vectorSize != 1)
    return emitError() << "expected a vector_size of 1 without a lane_dim, got "
                       << vectorSize;
  if (vectors < 1 || vectors > mostVectors)
    return emitError() << "expected vectors from 1 to " << mostVectors
                       << ", got " << vectors;
  if (rowsPerBlock < 1 || rowsPerBlock > largestBlock ||
      threadsPerRow * rowsPerBlock > largestBlock ||
      threadsPerRow * rowsPerBlock % warpSize != 0)
    return emitError() << "expected threads_per_row * rows_per_block to be a "
                          "multiple of "
                       << warpSize << " up to " << largestBlock << ", got "
                       << threadsPerRow << " * " << rowsPerBlock;
  if (cluster > 1 && rowsPerBlock != 1)
    return emitError() << "expected a rows_per_block of 1 where blocks of a "
                          "cluster share rows, got "
                       << rowsPerBlock;
  int64_t mostBlocks = std::min(
      mostResidentBlocks, mostResidentThreads / (threadsPerRow * rowsPerBlock));
  if (residentBlocks < 0 || residentBlocks > mostBlocks)
    return emitError() << "expected resident_blocks from 0 to " << mostBlocks
                       << " for blocks of " << threadsPerRow * rowsPerBlock
                       << " threads, got " << residentBlocks;
  return success();
}

/// Pieces of a row; none where the row's size is not static or too large.
static std::optional<int64_t> countPieces(GenericOp op) {
  GPUScheduleAttr schedule = op.getGPUSchedule();
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  int64_t pieces = 1;
  for (int64_t dim : op.getNormalizedDims()) {
    int64_t size = ranges[dim];
    if (ShapedType::isDynamic(size))
      return std::nullopt;
    if (schedule.getLaneDim() == dim)
      size = llvm::divideCeil(size, schedule.getVectorSize());
    if (llvm::MulOverflow(pieces, size, pieces))
      return std::nullopt;
  }
  return pieces;
}

LogicalResult norm::verifyGPUSchedule(GenericOp op) {
  GPUScheduleAttr schedule = op.getGPUSchedule();
  std::optional<int64_t> laneDim = schedule.getLaneDim();
  if (laneDim && !op.isNormalizedDim(*laneDim) &&
      !op.canHaveRowsInLanes(*laneDim))
    return op.emitOpError()
           << "expected the schedule's lane_dim to be a normalized dim, or a "
              "row dim that all outputs have where reductions combine whole "
              "rows, got "
           << *laneDim;
  bool lanesAreRows = laneDim && !op.isNormalizedDim(*laneDim);
  if (lanesAreRows && schedule.getThreadsPerRow() > 1 &&
      schedule.getRowsPerBlock() % warpSize != 0)
    return op.emitOpError() << "expected the schedule's rows_per_block to be a "
                               "multiple of "
                            << warpSize
                            << ", as lanes are rows that several threads "
                               "share, got "
                            << schedule.getRowsPerBlock();
  if (schedule.getRowIn() == RowResidence::Memory)
    return success();
  std::optional<int64_t> pieces = countPieces(op);
  int64_t kept = schedule.getVectors() * schedule.getThreadsPerRow() *
                 schedule.getCluster();
  if (!pieces || *pieces < 1)
    return op.emitOpError("expected rows of static size, with an element at "
                          "least, for a schedule that keeps them");
  if (*pieces > kept)
    return op.emitOpError()
           << "expected the schedule's vectors * "
              "threads_per_row * cluster to cover the "
           << *pieces << " pieces of a row that is kept, got " << kept;
  return success();
}
