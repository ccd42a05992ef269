// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_PIPELINES_PIPELINES_H
#define NORM_PIPELINES_PIPELINES_H

#include "mlir/IR/TypeRange.h"
#include "mlir/Pass/PassOptions.h"
#include "norm/Dialect/Norm/IR/Norm.h"

namespace mlir {
class OpPassManager;
}

namespace mlir::norm {

/// What runs the parallel loops of the lowered code.
enum class ThreadModel { None, OpenMP };

/// Options of `norm-to-llvm`.
struct NormToLLVMOptions : public PassPipelineOptions<NormToLLVMOptions> {
  PassOptions::Option<bool> raise{
      *this, "raise",
      llvm::cl::desc("Find normalizations before anything else"),
      llvm::cl::init(true)};
  PassOptions::Option<bool> decompose{
      *this, "decompose",
      llvm::cl::desc("Turn normalizations on tensors into linalg operations "
                     "and lower these by upstream's passes alone"),
      llvm::cl::init(false)};
  PassOptions::Option<bool> fuse{
      *this, "fuse",
      llvm::cl::desc("Take the operations around normalizations into their "
                     "kernels"),
      llvm::cl::init(true)};
  PassOptions::Option<ThreadModel> threads{
      *this, "threads", llvm::cl::desc("What runs parallel loops"),
      llvm::cl::init(ThreadModel::None),
      llvm::cl::values(
          clEnumValN(ThreadModel::None, "none", "The calling thread"),
          clEnumValN(ThreadModel::OpenMP, "openmp", "The OpenMP runtime"))};
  PassOptions::Option<std::string> emulateChip{
      *this, "emulate-chip",
      llvm::cl::desc("Make kernels for this GPU (sm_90), and of them functions "
                     "for the emulator of norm/Runtime/Emulator.h"),
      llvm::cl::init("")};
  PassOptions::Option<int64_t> vectorBits{
      *this, "vector-bits",
      llvm::cl::desc("Bits of a vector register; 0: as norm-schedule finds it"),
      llvm::cl::init(0)};
  PassOptions::Option<bool> scalable{
      *this, "scalable",
      llvm::cl::desc("Vector registers are a multiple of vector-bits long that "
                     "is known at run time"),
      llvm::cl::init(false)};
  PassOptions::Option<int64_t> maskedBits{
      *this, "masked-bits",
      llvm::cl::desc("Bits of the smallest elements whose vectors the target "
                     "loads and stores with masks; 0: none"),
      llvm::cl::init(8)};
  PassOptions::Option<MomentsAlgorithm> algorithm{
      *this, "algorithm", llvm::cl::desc("How mean and variance are computed"),
      llvm::cl::init(MomentsAlgorithm::CorrectedTwoPass),
      llvm::cl::values(
          clEnumValN(MomentsAlgorithm::CorrectedTwoPass, "corrected-two-pass",
                     "Two passes and a correction"),
          clEnumValN(MomentsAlgorithm::TwoPass, "two-pass", "Two passes"),
          clEnumValN(MomentsAlgorithm::Shifted, "shifted",
                     "One pass over values shifted by the head's mean"))};
  PassOptions::Option<bool> checkShapes{
      *this, "check-shapes",
      llvm::cl::desc("Assert at run time that dynamic sizes agree"),
      llvm::cl::init(false)};
  PassOptions::Option<bool> expandBF16{
      *this, "expand-bf16",
      llvm::cl::desc("Compute truncations to bf16 in integers, for targets "
                     "without an instruction for it"),
      llvm::cl::init(true)};
  PassOptions::Option<bool> expandF16{
      *this, "expand-f16",
      llvm::cl::desc("Compute conversions from and to f16 in integers, for x86 "
                     "without F16C"),
      llvm::cl::init(false)};
  PassOptions::Option<bool> expandRounding{
      *this, "expand-rounding",
      llvm::cl::desc("Round to integers by additions, for x86 without SSE4.1"),
      llvm::cl::init(false)};
  PassOptions::Option<bool> fma{
      *this, "fma",
      llvm::cl::desc("The target multiplies and adds in one instruction"),
      llvm::cl::init(false)};
  PassOptions::Option<bool> keepNontemporal{
      *this, "keep-nontemporal",
      llvm::cl::desc("Keep LLVM from dropping the hint on nontemporal stores "
                     "of narrow elements, and from merging truncations with "
                     "masked stores, for x86 with AVX-512"),
      llvm::cl::init(false)};
  PassOptions::Option<int64_t> l1Bytes{
      *this, "l1-bytes",
      llvm::cl::desc("Bytes of a core's first data cache; 0: as norm-schedule "
                     "finds it"),
      llvm::cl::init(0)};
  PassOptions::Option<int64_t> l2Bytes{
      *this, "l2-bytes",
      llvm::cl::desc("Bytes of a core's second cache; 0: as norm-schedule "
                     "finds it"),
      llvm::cl::init(0)};
  PassOptions::Option<int64_t> numThreads{
      *this, "num-threads",
      llvm::cl::desc("How many threads are expected to run parallel loops"),
      llvm::cl::init(1)};
  PassOptions::Option<int64_t> rowParts{
      *this, "row-parts",
      llvm::cl::desc("Parts that GPU kernels cut rows of static size into; 0: "
                     "as norm-split-programs finds good"),
      llvm::cl::init(0)};
};

/// From norm operations and the linalg, tensor, tosa and arith operations
/// around them, on tensors or memrefs, down to the LLVM dialect. Tensor
/// arguments become memrefs of identity layout; for results see
/// `returnsThroughOutParams`.
void buildNormToLLVMPipeline(OpPassManager &pm,
                             const NormToLLVMOptions &options);

/// What `norm-to-nvvm` makes of kernels.
enum class DeviceFormat {
  PTX,    ///< PTX, which the driver compiles when it loads it.
  Cubin,  ///< Machine code of the chip, by ptxas.
  Fatbin, ///< Both, by ptxas and fatbinary.
  LLVM    ///< LLVM bitcode, for other tools; launches stay as they are.
};

/// Options of `norm-to-nvvm`.
struct NormToNVVMOptions : public PassPipelineOptions<NormToNVVMOptions> {
  PassOptions::Option<bool> raise{
      *this, "raise",
      llvm::cl::desc("Find normalizations before anything else"),
      llvm::cl::init(true)};
  PassOptions::Option<bool> fuse{
      *this, "fuse",
      llvm::cl::desc("Take the operations around normalizations into their "
                     "kernels"),
      llvm::cl::init(true)};
  PassOptions::Option<bool> checkShapes{
      *this, "check-shapes",
      llvm::cl::desc("Assert at run time that dynamic sizes agree"),
      llvm::cl::init(false)};
  PassOptions::Option<MomentsAlgorithm> algorithm{
      *this, "algorithm", llvm::cl::desc("How mean and variance are computed"),
      llvm::cl::init(MomentsAlgorithm::CorrectedTwoPass),
      llvm::cl::values(
          clEnumValN(MomentsAlgorithm::CorrectedTwoPass, "corrected-two-pass",
                     "Two passes and a correction"),
          clEnumValN(MomentsAlgorithm::TwoPass, "two-pass", "Two passes"),
          clEnumValN(MomentsAlgorithm::Shifted, "shifted",
                     "One pass over values shifted by the head's mean"))};
  PassOptions::Option<std::string> chip{
      *this, "chip",
      llvm::cl::desc("The GPU: sm_80, sm_86, sm_89, sm_90, sm_100 or sm_120"),
      llvm::cl::init("sm_90")};
  PassOptions::Option<std::string> features{
      *this, "features",
      llvm::cl::desc("The version of PTX, as +ptx80; none: the oldest that "
                     "serves the chip"),
      llvm::cl::init("")};
  PassOptions::Option<int> optLevel{
      *this, "opt-level",
      llvm::cl::desc("How much LLVM and ptxas optimize kernels, 0 to 3"),
      llvm::cl::init(3)};
  PassOptions::Option<DeviceFormat> format{
      *this, "format", llvm::cl::desc("What kernels become"),
      llvm::cl::init(DeviceFormat::PTX),
      llvm::cl::values(
          clEnumValN(DeviceFormat::PTX, "isa", "PTX (default)"),
          clEnumValN(DeviceFormat::Cubin, "bin", "Machine code, by ptxas"),
          clEnumValN(DeviceFormat::Fatbin, "fatbin",
                     "Both, by ptxas and fatbinary"),
          clEnumValN(DeviceFormat::LLVM, "llvm",
                     "LLVM bitcode; launches are not lowered"))};
  PassOptions::Option<bool> host{
      *this, "host",
      llvm::cl::desc("Lower the host's side too; otherwise gpu.binary and "
                     "gpu.launch_func stay"),
      llvm::cl::init(true)};
  PassOptions::Option<std::string> toolkit{
      *this, "toolkit",
      llvm::cl::desc("Where CUDA's bin and nvvm are; none: found by PATH, "
                     "CUDA_ROOT, CUDA_HOME or CUDA_PATH"),
      llvm::cl::init("")};
  PassOptions::Option<int64_t> assumeAlignment{
      *this, "assume-alignment",
      llvm::cl::desc("Arguments begin at multiples of so many bytes, which "
                     "kernels then do not test; a power of two"),
      llvm::cl::init(1)};
  PassOptions::Option<int64_t> rowParts{
      *this, "row-parts",
      llvm::cl::desc("Parts that GPU kernels cut rows of static size into; 0: "
                     "as norm-split-programs finds good"),
      llvm::cl::init(0)};
};

/// From norm operations and the linalg, tensor, tosa and arith operations
/// around them, on tensors or memrefs, to kernels and to host code in the LLVM
/// dialect that launches them by `norm/Runtime/CUDA.h`. All memrefs are memory
/// of the GPU; public functions get the stream as one more argument, the last,
/// and so do others that need it. Results
/// are returned as by `norm-to-llvm`, but what the caller frees is to be freed
/// by `norm_cuda_free`.
void buildNormToNVVMPipeline(OpPassManager &pm,
                             const NormToNVVMOptions &options);

/// The first part of both pipelines, which leaves tensors as they are: tosa
/// becomes linalg, and so do elementwise operations.
void buildTensorPreparationPipeline(OpPassManager &pm);

/// Whether a function of these result types returns its tensors and memrefs,
/// once lowered, through arguments appended to its own: if there are any, and
/// all are of static shape and identity layout. Other functions return
/// descriptors of memory from `malloc`, which the caller frees.
bool returnsThroughOutParams(TypeRange resultTypes);

/// Registers the pipelines above under their names.
void registerNormPipelines();

} // namespace mlir::norm

#endif // NORM_PIPELINES_PIPELINES_H
