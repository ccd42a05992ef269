// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// The command line of norm-run.

#ifndef NORM_RUN_OPTIONS_H
#define NORM_RUN_OPTIONS_H

#include "../CommandLine.h"
#include "norm/Compiler/Link.h"

namespace mlir::norm {

enum class LoweringKind { Norm, Upstream };

enum class TargetKind { CPU, CUDA, EmulatedCUDA };

struct Options {
  llvm::cl::OptionCategory category{"norm-run options"};
  llvm::cl::opt<std::string> inputFile{
      llvm::cl::Positional, llvm::cl::desc("FILE.mlir"),
      llvm::cl::value_desc("file"), llvm::cl::Required,
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> entry{
      "entry",
      llvm::cl::desc(
          "The function to call (default: main, or the only public one)"),
      llvm::cl::value_desc("name"), llvm::cl::cat(category)};
  llvm::cl::list<std::string> inputs{
      "input",
      llvm::cl::desc(
          "An argument's .npy file, once per argument; an empty name seeds it"),
      llvm::cl::value_desc("file"), llvm::cl::cat(category)};
  llvm::cl::list<std::string> shapes{
      "shape", llvm::cl::desc("Sizes of a seeded argument, e.g. 0:4x768"),
      llvm::cl::value_desc("index:sizes"), llvm::cl::cat(category)};
  llvm::cl::list<std::string> outputs{
      "output",
      llvm::cl::desc(
          "Where to write an output as .npy, once per output; an empty "
          "name skips it"),
      llvm::cl::value_desc("file"), llvm::cl::cat(category)};
  llvm::cl::list<std::string> expected{
      "expect",
      llvm::cl::desc(
          "The .npy file that an output must equal, once per output; an "
          "empty name skips it"),
      llvm::cl::value_desc("file"), llvm::cl::cat(category)};
  llvm::cl::opt<double> rtol{
      "rtol", llvm::cl::desc("Relative tolerance of --expect and --check"),
      llvm::cl::cat(category)};
  llvm::cl::opt<double> atol{
      "atol", llvm::cl::desc("Absolute tolerance of --expect and --check"),
      llvm::cl::cat(category)};
  llvm::cl::opt<bool> check{
      "check",
      llvm::cl::desc(
          "Compare with the same module computed in f64 by upstream's passes"),
      llvm::cl::cat(category)};
  llvm::cl::opt<bool> bench{
      "bench",
      llvm::cl::desc("Time the function beside a copy of as many bytes"),
      llvm::cl::cat(category)};
  llvm::cl::opt<bool> baseline{
      "baseline",
      llvm::cl::desc(
          "With --bench: time the lowering by upstream's passes alone as well"),
      llvm::cl::cat(category)};
  llvm::cl::opt<unsigned> rounds{
      "rounds", llvm::cl::desc("Turns of --bench (at least 7; default 9)"),
      llvm::cl::init(9), llvm::cl::cat(category)};
  llvm::cl::opt<unsigned> threads{
      "threads", llvm::cl::desc("Threads for parallel loops (default 1)"),
      llvm::cl::init(1), llvm::cl::cat(category)};
  llvm::cl::opt<uint64_t> seed{
      "seed",
      llvm::cl::desc("Seeds the arguments that have no file (default 0)"),
      llvm::cl::init(0), llvm::cl::cat(category)};
  llvm::cl::opt<LoweringKind> lowering{
      "lowering", llvm::cl::desc("How normalizations are lowered"),
      llvm::cl::values(
          clEnumValN(LoweringKind::Norm, "norm", "As row programs (default)"),
          clEnumValN(LoweringKind::Upstream, "upstream",
                     "As linalg, by upstream's passes alone")),
      llvm::cl::init(LoweringKind::Norm), llvm::cl::cat(category)};
  llvm::cl::opt<TargetKind> target{
      "target", llvm::cl::desc("What runs the function"),
      llvm::cl::values(
          clEnumValN(TargetKind::CPU, "cpu", "This machine (default)"),
          clEnumValN(TargetKind::CUDA, "cuda",
                     "The first GPU of the CUDA driver"),
          clEnumValN(TargetKind::EmulatedCUDA, "cuda-emulated",
                     "This machine, as a GPU: its kernels, thread by "
                     "thread")),
      llvm::cl::init(TargetKind::CPU), llvm::cl::cat(category)};
  llvm::cl::opt<std::string> chip{
      "chip",
      llvm::cl::desc(
          "The GPU to compile for (default: the driver's; sm_90 with "
          "--target=cuda-emulated)"),
      llvm::cl::value_desc("sm_NN"), llvm::cl::cat(category)};
  llvm::cl::opt<uint64_t> scheduleSeed{
      "schedule-seed",
      llvm::cl::desc(
          "How emulated threads take turns: 0 round robin (default), "
          "others at random"),
      llvm::cl::init(0), llvm::cl::cat(category)};
  LoweringFlags loweringFlags{category};
  llvm::cl::opt<bool> print{
      "print",
      llvm::cl::desc(
          "Print the outputs (done too if nothing else is asked for)"),
      llvm::cl::cat(category)};
  llvm::cl::opt<bool> dumpAsm{
      "dump-asm",
      llvm::cl::desc("Print the module's assembly; alone: do not call"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> openMPLibrary{
      "openmp-library",
      llvm::cl::desc("The OpenMP runtime for more than one thread"),
      llvm::cl::value_desc("file"), llvm::cl::init(findOpenMPLibrary()),
      llvm::cl::cat(category)};

  bool hasAction() const {
    return !outputs.empty() || !expected.empty() || check || bench || print;
  }
};

} // namespace mlir::norm

#endif // NORM_RUN_OPTIONS_H
