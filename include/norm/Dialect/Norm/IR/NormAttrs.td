#ifndef NORM_DIALECT_NORM_IR_NORMATTRS_TD
#define NORM_DIALECT_NORM_IR_NORMATTRS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "norm/Dialect/Norm/IR/NormDialect.td"

def Norm_MomentsAlgorithm : I32EnumAttr<"MomentsAlgorithm", "how mean and variance are computed", [
    I32EnumAttrCase<"CorrectedTwoPass", 0, "corrected_two_pass">,
    I32EnumAttrCase<"TwoPass", 1, "two_pass">,
    I32EnumAttrCase<"Shifted", 2, "shifted">
  ]> {
  let cppNamespace = "::mlir::norm";
  let genSpecializedAttr = 0;
}

def Norm_MomentsAlgorithmAttr : EnumAttr<Norm_Dialect, Norm_MomentsAlgorithm, "algorithm"> {
  let summary = "The algorithm by which `norm.moments` is expanded";
  let description = [{
    With n the number of valid elements of a row:

    - `corrected_two_pass`: m = Σx/n, d = x − m, c = Σd/n, variance = max(Σd²/n − c², 0), centred = d − c,
      mean = m + c. Two reductions; the most accurate. The correction is that of Chan, Golub and LeVeque,
      "Algorithms for computing the sample variance" (1983), applied to the mean too.
    - `two_pass`: m = Σx/n, d = x − m, variance = Σd²/n. Two reductions.
    - `shifted`: p = the mean of the row's head (`norm.head_mean`), d = x − p, c = Σd/n,
      variance = max(Σd²/n − c², 0), centred = d − c, mean = p + c. One reduction over the row beside the head's.
      With a condition, or along some of the normalized dims only, the head tells little about the elements that take
      part: then it is the same as `corrected_two_pass`.
  }];
  let assemblyFormat = "`<` $value `>`";
}

def Norm_CPUScheduleAttr : AttrDef<Norm_Dialect, "CPUSchedule"> {
  let mnemonic = "cpu_schedule";
  let summary = "How a row program becomes CPU loops";
  let description = [{
    Decided by `norm-schedule` or written by hand; `convert-norm-to-vector` does what it says or fails.

    - `lane_dim`: the dim along which elements stand side by side in a vector: a normalized dim, or a row dim, so that each
      lane is a row of its own (all outputs must have that dim, and reductions combine whole rows). Operands that vary
      along it must be contiguous in it. May be absent for programs without normalized dims.
    - `vector_size`: elements per vector; 1 gives scalar code, which works for every layout.
    - `scalable`: a vector has `vector_size` elements for each 128 bits that the machine's vectors have, as those of Arm's SVE
      (`vector<[4]xf32>`). For elements of a row, with one row per iteration and neither prefetches nor stores that bypass
      the caches. What a row's sums are rounded to then depends on the machine that runs the code too.
    - `unroll`: vectors per iteration, each with accumulators of its own; where lanes are rows, elements of these rows.
      Loops that only store take two at most.
    - `rows`: rows per iteration, a power of two; where lanes are rows, vectors of them. Their loops are one, their
      reductions end in one tree of shuffles; outputs are stored one row after the other. Not for programs with outputs that
      accumulate over rows. `unroll` times `rows` is at most 256.
    - `masked_rows`: where lanes are rows, whether those that do not fill a group are vectors with masks, for machines whose
      loads and stores take masks. Otherwise they are whole vectors as long as there are, then one by one.
    - `nontemporal_above`: outputs bypass the caches when all operands together take at least so many bytes, where rows of
      outputs start at multiples of a vector's bytes, or of 64. Absent: never.
    - `peel`: rows that start elsewhere bypass the caches too, but for what lies before the first multiple and after the
      last. Where rows start at such multiples, but not those parts of them that an innermost loop stores (or, with all rows
      along `lane_dim` in one iteration, those that these have at one position), an output goes through a buffer, from which
      whole lines are stored.
    - `prefetch_bytes`: inputs are prefetched as many iterations ahead as hold so many bytes of them, but at least one; 0 for
      not at all. Together with `nontemporal_above`, only where outputs bypass the caches.
    - `prefetch_locality`: 3 for all caches, 2 and 1 for outer ones, 0 for data that is not kept.
    - `prefetch_phase`: the phase of the program in whose loops prefetches stand; that of the outputs if absent.
    - `cached_prefetch_bytes`: the same as `prefetch_bytes` for calls whose outputs do not bypass the caches, where
      `nontemporal_above` makes a difference. These prefetches stand in the last phase but that of the outputs; in other calls
      they find what they ask for in the first cache.
    - `parallel`: whether chunks of rows run in an `scf.parallel`.
    - `serial_below`: a parallel program with fewer elements than this runs serially.
    - `outline`: whether the loops become a private function of their own.

    A row's bits depend on `lane_dim`, `vector_size`, `scalable` and `unroll` alone.

    Example: `#norm.cpu_schedule<lane_dim = 1, vector_size = 16, unroll = 4>`
  }];
  let parameters = (ins
    OptionalParameter<"std::optional<int64_t>">:$lane_dim,
    DefaultValuedParameter<"int64_t", "1">:$vector_size,
    DefaultValuedParameter<"bool", "false">:$scalable,
    DefaultValuedParameter<"int64_t", "1">:$unroll,
    DefaultValuedParameter<"int64_t", "1">:$rows,
    DefaultValuedParameter<"bool", "true">:$masked_rows,
    OptionalParameter<"std::optional<int64_t>">:$nontemporal_above,
    DefaultValuedParameter<"bool", "false">:$peel,
    DefaultValuedParameter<"int64_t", "0">:$prefetch_bytes,
    DefaultValuedParameter<"int64_t", "3">:$prefetch_locality,
    OptionalParameter<"std::optional<int64_t>">:$prefetch_phase,
    DefaultValuedParameter<"int64_t", "0">:$cached_prefetch_bytes,
    DefaultValuedParameter<"bool", "false">:$parallel,
    DefaultValuedParameter<"int64_t", "32768">:$serial_below,
    DefaultValuedParameter<"bool", "true">:$outline);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Norm_RowResidence : I32EnumAttr<"RowResidence", "where a row is between the sweeps over it", [
    I32EnumAttrCase<"Memory", 0, "memory">,
    I32EnumAttrCase<"Registers", 1, "registers">,
    I32EnumAttrCase<"Workgroup", 2, "workgroup">
  ]> {
  let cppNamespace = "::mlir::norm";
}

def Norm_GPUScheduleAttr : AttrDef<Norm_Dialect, "GPUSchedule"> {
  let mnemonic = "gpu_schedule";
  let summary = "How a row program becomes a GPU kernel";
  let description = [{
    Decided by `norm-schedule` with a `chip`, or written by hand; `convert-norm-to-gpu` does what it says or fails.

    A row is cut into pieces of `vector_size` elements, which the threads of the row take in turns.

    - `lane_dim`: the dim along which the elements of a piece stand side by side: a normalized dim, or a row dim, so that a piece is
      an element of as many rows, and neighbouring threads take neighbouring rows (all outputs must have that dim, and
      reductions combine whole rows). May be absent for programs without normalized dims.
    - `vector_size`: elements of a piece, a power of two up to 16. Pieces are loaded and stored 16 bytes at a time where
      sizes, strides and addresses are multiples of that, or of the piece, and element by element elsewhere; which of the two
      may be known at run time only. What a thread computes is the same either way.
    - `vectors`: pieces of a row that a thread takes at once: as many an iteration of the loop over the row with
      `row_in = memory`, all of its own otherwise.
    - `threads_per_row`: of a block; a power of two up to 1024.
    - `rows_per_block`: rows (vectors of rows, where lanes are rows) that a block of threads takes. The block has
      `threads_per_row` * `rows_per_block` threads, a multiple of 32 up to 1024.
    - `cluster`: blocks that share a row, a power of two up to 8, through each other's workgroup memory; from sm_90 on. A block has
      one row then, at least, and lanes are elements of it.
    - `row_in`: `registers` or `workgroup` (memory) for rows that are read from memory once and kept there; their size must be
      static. A block asks for the workgroup memory at its launch, up to 227 KiB, of which not all chips have as much. `memory` for
      rows that each sweep reads again.
    - `resident_blocks`: blocks that a multiprocessor should hold at once, which limits the registers of a thread (`.minnctapersm` in
      PTX); up to 32, with 2048 threads in all. 0, the default, leaves that to ptxas.

    A row's bits depend on `lane_dim`, `vector_size`, `vectors`, `threads_per_row`, `cluster` and on whether `row_in` is `memory`.

    Example: `#norm.gpu_schedule<lane_dim = 1, vector_size = 4, vectors = 8, threads_per_row = 128, row_in = registers>`
  }];
  let parameters = (ins
    OptionalParameter<"std::optional<int64_t>">:$lane_dim,
    DefaultValuedParameter<"int64_t", "1">:$vector_size,
    DefaultValuedParameter<"int64_t", "1">:$vectors,
    DefaultValuedParameter<"int64_t", "32">:$threads_per_row,
    DefaultValuedParameter<"int64_t", "1">:$rows_per_block,
    DefaultValuedParameter<"int64_t", "1">:$cluster,
    DefaultValuedParameter<"::mlir::norm::RowResidence", "::mlir::norm::RowResidence::Memory">:$row_in,
    DefaultValuedParameter<"int64_t", "0">:$resident_blocks);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getThreadsPerBlock() const { return getThreadsPerRow() * getRowsPerBlock(); }
  }];
}

def Norm_ScheduleAttr : AnyAttrOf<[Norm_CPUScheduleAttr, Norm_GPUScheduleAttr], "a CPU or GPU schedule">;

#endif // NORM_DIALECT_NORM_IR_NORMATTRS_TD
