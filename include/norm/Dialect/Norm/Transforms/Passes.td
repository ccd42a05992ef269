#ifndef NORM_DIALECT_NORM_TRANSFORMS_PASSES_TD
#define NORM_DIALECT_NORM_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def NormRaisePass : Pass<"norm-raise"> {
  let summary = "Find normalizations in linalg, arith, tensor and TOSA operations and make them named operations";
  let description = [{
    Finds layer, RMS, group, instance and batch normalizations by what they compute, not by how they are spelled: see
    docs/Raising.md. From each inverse root it reads backwards what stands under it and forwards what it is multiplied
    with, element by element; nothing changes unless all conditions hold. Values that other operations use too stay.

    Each operation records in a discardable attribute `norm.tier` how far the arithmetic was allowed to differ: `exact`,
    `reals`, `precision`, or `f64-demote`. Hits and misses also go to MLIR's remark engine, in the category `norm-raise`
    (`norm-opt --remarks-filter=norm-raise`).
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::norm::NormDialect", "::mlir::tensor::TensorDialect"];
  let options = [
    Option<"tier", "tier", "std::string", /*default=*/"\"reals\"",
           "How much the arithmetic may differ: exact (not at all), reals (equal over the reals, computed in the same "
           "types), precision (computed in wider types)">,
    Option<"allowF64Demote", "allow-f64-demote", "bool", /*default=*/"false",
           "Let statistics that are written in f64 for a narrower input be computed in f32">,
    Option<"reportMisses", "report-misses", "bool", /*default=*/"false",
           "Remark on each root and each sum of squares that looked like a part of a normalization and was not raised, with "
           "the first condition that failed">,
    Option<"reportFile", "report", "std::string", /*default=*/"\"\"",
           "Write hits and misses to this file, as JSON; for a run on a whole module">
  ];
  let statistics = [Statistic<"numRaised", "num-raised", "Number of normalizations found">];
}

def NormGeneralizePass : Pass<"norm-generalize"> {
  let summary = "Turn named normalizations into row programs";
  let description = [{
    The row program is the operation's definition: statistics, affine and one cast, all in its compute type. Groups of
    channels become a dim of their own: `expand_shape` splits the channels of the operands, `collapse_shape` joins those of
    the results. Where the number of channels is dynamic it must be a multiple of the groups, which this pass takes for
    granted and `norm-check-shapes` checks.
  }];
  let dependentDialects = ["::mlir::norm::NormDialect"];
}

def NormFusePass : Pass<"norm-fuse"> {
  let summary = "Take the operations around normalizations into their row programs";
  let description = [{
    Each row program grows by what it reads and what reads it, for as long as all of it is one loop over the same rows:
    elementwise operations (linalg, or arith and math on tensors), reductions along the row, other row programs, with
    reshapes and broadcasts in between. A result that others use too becomes one more output. Row programs are also formed
    of reductions and elementwise operations alone. The arithmetic, its types and casts stay as they were written; sums
    run in the row program's order. See docs/Fusion.md.

    What stays is said in remarks: to MLIR's remark engine, in the category `norm-fuse`
    (`norm-opt --remarks-filter=norm-fuse`), and by the options below.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect", "::mlir::norm::NormDialect", "::mlir::tensor::TensorDialect"];
  let options = [
    Option<"formPrograms", "form-programs", "bool", /*default=*/"true",
           "Also form row programs where no normalization stands yet, from reductions and what is around them">,
    Option<"reportMisses", "report-misses", "bool", /*default=*/"false",
           "Remark on each neighbour of a row program that was left, with the first condition that failed">,
    Option<"reportFile", "report", "std::string", /*default=*/"\"\"",
           "Write kernels, the bytes they move, and what was left, to this file, as JSON; for a run on a whole module">,
    Option<"tableFile", "table", "std::string", /*default=*/"\"\"",
           "Write the same to this file as a table for people">
  ];
  let statistics = [Statistic<"numFused", "num-fused", "Number of operations that went into a row program">];
}

def NormDecomposePass : Pass<"norm-decompose"> {
  let summary = "Turn normalizations on tensors back into linalg operations";
  let description = [{
    Each reduction of a row program becomes one `linalg.generic`, the outputs one more: the plainest way to compute a
    normalization, for a compiler with no use for our loops and as the reference in tests. Operations on memrefs stay.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::norm::NormDialect"];
  let options = [
    Option<"computeType", "compute-type", "std::string", /*default=*/"\"\"",
           "Compute everything in this float type (f32 or f64) rather than in the types written; one cast to the output's "
           "type comes last">
  ];
}

def NormPromoteToF64Pass : Pass<"norm-promote-to-f64", "::mlir::ModuleOp"> {
  let summary = "Turn every float of a module without norm operations into f64, as a reference";
}

def NormCollapseDimsPass : Pass<"norm-collapse-dims"> {
  let summary = "Merge neighbouring dims of row programs on memrefs that lie one after the other in memory";
  let description = [{
    Two dims of the iteration space that follow each other become one where both are row dims or both are normalized, where each
    operand has both next to each other and contiguous in memory or has neither, and where the block asks for neither's
    index nor combines along one of them alone. A normalization over several trailing dims thereby runs over one long dim,
    and all row dims become one.

    The operands become `memref.collapse_shape` of what they were. An operation with a schedule stays as it is:
    what was written by hand holds for the dims that there are.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
  let statistics = [Statistic<"numDimsCollapsed", "num-dims-collapsed", "Number of dims that were merged into their neighbour">];
}

def NormSchedulePass : Pass<"norm-schedule"> {
  let summary = "Give each row program a schedule and each norm.moments an algorithm";
  let description = [{
    Writes a `#norm.cpu_schedule` on each `norm.generic` and an algorithm on each `norm.moments` that has none; what is there
    is kept, so that a schedule written by hand wins.

    Vectors lie along the normalized dim in which every operand that varies along it is contiguous; where there is none, along
    such a row dim, so that each lane is a row of its own; else the code is scalar. Their size is that of the target's vectors
    for the widest float in the block that varies along that dim, and no more than a short row of static size needs. Several
    short rows share an iteration, and vectors of rows as many as the first cache holds. Outputs bypass the caches where all
    operands take more than eight times the second caches of all threads, and inputs are prefetched then.

    With `chip`, a `#norm.gpu_schedule` for that GPU instead. Pieces are 16 bytes of the narrowest operand that varies along the
    lanes, or less where a static size is no multiple of that. A thread takes 8 elements of a short row and up to 64 of a long one; rows
    of static size stay in registers as long as these suffice. Without a contiguous normalized dim, neighbouring
    threads take neighbouring rows.

    The machine of a CPU schedule is that of the options, else that of the module's DLTI target specification: `max_vector_op_width`,
    `L1_cache_size_in_bytes` and `L2_cache_size_in_bytes` of the `CPU`, else one with vectors of 256 bits, 32 KiB and 1 MiB.
  }];
  let dependentDialects = ["::mlir::norm::NormDialect"];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", /*default=*/"0",
           "Bits of a vector register; 0: not given">,
    Option<"chip", "chip", "std::string", /*default=*/"\"\"",
           "The GPU, by its name in NVVM (sm_80, sm_86, sm_89, sm_90, sm_100 or sm_120); none for a CPU">,
    Option<"scalable", "scalable", "bool", /*default=*/"false",
           "The target's vectors are scalable: as long as `vector-bits` (128 if not given) times a number that is known at run "
           "time">,
    Option<"maskedBits", "masked-bits", "int64_t", /*default=*/"8",
           "Bits of the smallest elements whose vectors the target loads and stores with masks; 0: none">,
    Option<"l1Bytes", "l1-bytes", "int64_t", /*default=*/"0", "Bytes of a core's first data cache; 0: not given">,
    Option<"l2Bytes", "l2-bytes", "int64_t", /*default=*/"0", "Bytes of a core's second cache; 0: not given">,
    Option<"numThreads", "num-threads", "int64_t", /*default=*/"1", "How many threads are expected to share the rows">,
    Option<"parallel", "parallel", "bool", /*default=*/"false",
           "Run chunks of rows in parallel loops, unless the operation stands in one already">,
    Option<"outline", "outline", "bool", /*default=*/"true",
           "Put the loops of each row program into a function of their own">,
    Option<"algorithm", "algorithm", "::mlir::norm::MomentsAlgorithm",
           /*default=*/"::mlir::norm::MomentsAlgorithm::CorrectedTwoPass",
           "How mean and variance are computed",
           [{::llvm::cl::values(
             clEnumValN(::mlir::norm::MomentsAlgorithm::CorrectedTwoPass, "corrected-two-pass",
                        "Two passes and a correction by the mean of the residuals"),
             clEnumValN(::mlir::norm::MomentsAlgorithm::TwoPass, "two-pass", "Two passes"),
             clEnumValN(::mlir::norm::MomentsAlgorithm::Shifted, "shifted",
                        "One pass over values shifted by the mean of the row's head"))}]>
  ];
}

def NormExpandMomentsPass : Pass<"norm-expand-moments"> {
  let summary = "Turn norm.moments into reductions, by its algorithm";
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def NormSplitPhasesPass : Pass<"norm-split-phases"> {
  let summary = "Split row programs into what combines along rows and what does not";
  let description = [{
    For a compiler that distributes parts of a row, or fuses anything behind a normalization. Of a row program on tensors
    remain:

    - for each `norm.moments` a `norm.statistics`: it can be tiled along the row, one part after the other or each apart;
    - for the `norm.reduce` of a phase (those that combine along the same dims together) a `norm.generic` whose outputs
      are their results; it has partial results along the row too;
    - a `norm.generic` without collectives, which takes these as inputs, and can be tiled and fused along any dim; another
      one for outputs that lack normalized dims.

    A value that statistics are taken of and that is no operand, or no exact cast of one, becomes a tensor: a program of its
    own, which fuses into the tiles of the statistics. A `norm.size` becomes an operand. Programs with several phases, as a
    softmax, are split phase by phase. Schedules are dropped. Statistics are those of `norm.statistics`, whatever the algorithm of
    `norm.moments`.

    Programs on memrefs and programs without collectives stay; the reason goes to MLIR's remark engine, in the category
    `norm-split-phases`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::norm::NormDialect",
                           "::mlir::tensor::TensorDialect"];
  let statistics = [Statistic<"numSplit", "num-split", "Number of row programs that were split">];
}

def NormSplitProgramsPass : Pass<"norm-split-programs"> {
  let summary = "Split row programs on memrefs into programs that combine whole rows, as GPU kernels are made of";
  let description = [{
    What `convert-norm-to-gpu` makes a kernel of combines along all of its normalized dims, has outputs with all normalized dims or
    none, and none that accumulates over rows. Programs that do otherwise become several:

    - Reductions along some of the dims (the largest of each block of a row) become programs whose normalized dims are these. The
      first that is found, and what else combines along the same dims without need of others, goes first; its
      results are inputs of what remains.
    - Outputs that accumulate over rows (gradients of gamma and beta) become programs whose rows are what is added up; those
      over the same dims share one.
    - Outputs that lack some of the normalized dims become programs without collectives.
    - With `chip`, rows of static size are cut into parts where there are so few that most of that GPU would idle: each reduction becomes
      one along each part, in a program that has as many rows as there are parts, and one of the parts.

    Results in between are memrefs of their own, which are freed behind the last program. An output may be the memory of an input
    still: what may be overwritten too early goes to its output at the end. `norm.moments` and `norm.head_mean` become reductions, by the
    `algorithm` where none is written.

    Programs with a schedule, on tensors, and those that combine whole rows stay.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
  let options = [
    Option<"algorithm", "algorithm", "::mlir::norm::MomentsAlgorithm",
           /*default=*/"::mlir::norm::MomentsAlgorithm::CorrectedTwoPass",
           "How mean and variance are computed",
           [{::llvm::cl::values(
             clEnumValN(::mlir::norm::MomentsAlgorithm::CorrectedTwoPass, "corrected-two-pass",
                        "Two passes and a correction by the mean of the residuals"),
             clEnumValN(::mlir::norm::MomentsAlgorithm::TwoPass, "two-pass", "Two passes"),
             clEnumValN(::mlir::norm::MomentsAlgorithm::Shifted, "shifted",
                        "One pass over values shifted by the mean of the row's head"))}]>,
    Option<"chip", "chip", "std::string", /*default=*/"\"\"",
           "The GPU, as norm-schedule knows it; none: rows are not cut">,
    Option<"rowParts", "row-parts", "int64_t", /*default=*/"0",
           "Cut rows into so many parts, where their static size allows; 0: as is good for the chip">
  ];
  let statistics = [Statistic<"numSplit", "num-split", "Number of row programs that were split">,
                    Statistic<"numCut", "num-cut", "Number of row programs whose rows were cut into parts">];
}

#endif // NORM_DIALECT_NORM_TRANSFORMS_PASSES_TD
