#ifndef NORM_PIPELINES_PASSES_TD
#define NORM_PIPELINES_PASSES_TD

include "mlir/Pass/PassBase.td"

def NormApproximateMathPass : Pass<"norm-approximate-math"> {
  let summary = "Replace transcendental functions of vectors by polynomials";
  let description = [{
    `math.exp`, `math.tanh`, `math.erf` and their like on vectors of f32, f16 and bf16 become arithmetic; LLVM would
    call the C library once per element. So do these three on vectors of f64. Scalars (without the option `scalars`) and other functions of
    f64 stay: they are computed by the library, to its accuracy. Exponents of `math.fpowi` get 32 bits. Without the option `fma`, `math.fma` becomes a multiplication and an addition: LLVM would call the C library.
  }];
  let options = [
    Option<"fma", "fma", "bool", /*default=*/"false", "The target multiplies and adds in one instruction">,
    Option<"scalars", "scalars", "bool", /*default=*/"false", "Replace functions of scalars too: the target has no C library">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::vector::VectorDialect"];
}

def NormExpandRoundingPass : Pass<"norm-expand-rounding"> {
  let summary = "Round to integers by additions";
  let description = [{
    `math.roundeven`, `math.floor`, `math.ceil` and `math.trunc` of f32 and f64, for targets without an instruction for
    them, x86 before SSE4.1: LLVM would call the C library once per element.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def NormExpandFloatCastsPass : Pass<"norm-expand-float-casts"> {
  let summary = "Expand conversions to narrow floats that targets lack";
  let description = [{
    Conversions to bf16 become integer arithmetic (round to nearest, ties to even; NaN becomes a quiet NaN of the same
    sign), unless the target has instructions for bf16 (option `bf16`); those from bf16 become a shift in any case, which is what
    processors have for it. Conversions from and to f16 become integer arithmetic with option `f16`, for x86 without F16C;
    those from and to f8E4M3FN and f8E5M2 always do, and what is too large for these becomes NaN or infinity. A truncation
    from f64 to one of these types goes through f32, rounded to odd so that the result is rounded once. LLVM would call
    functions that no C library of
    Debian 12 has.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let options = [
    Option<"bf16", "bf16", "bool", /*default=*/"true", "Expand conversions to bf16">,
    Option<"f16", "f16", "bool", /*default=*/"false", "Expand conversions from and to f16">,
    Option<"f8Only", "f8-only", "bool", /*default=*/"false", "Expand conversions from and to floats of 8 bits, no others">
  ];
}

def NormLinalgInRegionsToLoopsPass : Pass<"norm-linalg-in-regions-to-loops"> {
  let summary = "Turn linalg operations whose sizes affine loops cannot have into scf loops";
  let description = [{
    Affine loops take sizes that are known outside all regions but a function's. An operation on memrefs of dynamic sizes in the body
    of an `scf` operation may have others, for which upstream's `convert-linalg-to-affine-loops` makes invalid IR.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"];
}

def NormSeparateInitsPass : Pass<"norm-separate-inits"> {
  let summary = "Give operations inits of their own where sharing one would cost a copy";
  let description = [{
    Common subexpression elimination makes one `linalg.fill` of those by which several products of matrices start, and bufferization then
    copies it for each: to fill again costs less. It also makes one `tensor.empty` of those for several outputs of an operation.
    `convert-elementwise-to-linalg` takes operands for inits. Where such a result goes to a memref by `bufferization.materialize_in_destination`,
    an empty tensor, which can be that memref, takes the operand's place.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def NormLowerQuantCastsPass : Pass<"norm-lower-quant-casts"> {
  let summary = "Turn casts between floats and quantized tensors into arithmetic";
  let description = [{
    `quant.qcast` to a type with one scale becomes clamp(round(x / scale) + zero point), rounded to nearest, ties to even, and
    `quant.dcast` (q − zero point) · scale, elementwise on tensors, where `norm-fuse` takes them up. Upstream's `lower-quant-ops`
    rounds towards zero and does not clamp. Scales per axis and dynamic shapes are left to it.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::quant::QuantDialect"];
}

def NormDecomposeSoftmaxPass : Pass<"norm-decompose-softmax"> {
  let summary = "Turn linalg.softmax on tensors into reductions and elementwise operations";
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"];
}

def NormExpandHalfArithPass : Pass<"norm-expand-half-arith"> {
  let summary = "Compute in f32 what is written in a float of 16 or 8 bits";
  let description = [{
    Arithmetic, functions and reductions of vectors on f8E4M3FN, f8E5M2 and bf16, and with option `f16` on f16, become the same operation on
    f32 between casts, each result rounded as before. LLVM would do so too for 16 bits, by calling functions for the casts, of which
    no C library of Debian 12 has that for bf16. It has no floats of 8 bits.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let options = [
    Option<"selects", "selects", "bool", /*default=*/"true",
           "Also selections between vectors, which LLVM makes in f32 where the target has no conversion; the value is moved, so only "
           "for conversions that keep subnormal numbers">,
    Option<"bf16", "bf16", "bool", /*default=*/"true", "Expand arithmetic on bf16">,
    Option<"f16", "f16", "bool", /*default=*/"false", "Expand arithmetic on f16">
  ];
}

def NormExpandHalfMovesPass : Pass<"norm-expand-half-moves"> {
  let summary = "Move 16-bit floats as integers";
  let description = [{
    Loads and stores of vectors with masks: where a target has no such instruction, LLVM moves element by element. With the
    options also what puts vectors together, takes them apart and selects. LLVM would move single numbers of a type that the
    target has no conversions for through f32, by calling a function that for bf16 no C library of Debian 12 has.
  }];
  let options = [
    Option<"bf16", "bf16", "bool", /*default=*/"true", "Move bf16 as integers everywhere">,
    Option<"f16", "f16", "bool", /*default=*/"false", "Move f16 as integers everywhere">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def NormKeepLoopAnnotationsPass : Pass<"norm-keep-loop-annotations"> {
  let summary = "Give LLVM the annotations of loops that became branches";
  let description = [{
    The conversion of structured control flow to branches copies `llvm.loop_annotation` to the branch that closes a loop, and
    the conversion to the LLVM dialect leaves it there as an attribute that the translation does not read. It becomes the
    branch's `loop_annotation`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def NormKeepNontemporalPass : Pass<"norm-keep-nontemporal"> {
  let summary = "Keep LLVM from dropping the hint on nontemporal stores of 8 and 16 bits per element";
  let description = [{
    With AVX-512, LLVM 22 merges such a store with the truncation before it into an instruction that goes through the
    caches, and drops the hint for vectors of f16 and bf16. The stored value passes through an empty piece of assembly, as
    integers: LLVM does not look through it, and it costs no instruction. For x86 with AVX-512 only.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def NormGuardMaskedStoresPass : Pass<"norm-guard-masked-stores"> {
  let summary = "Keep LLVM from storing more than the one lane that a mask leaves";
  let description = [{
    With AVX-512, LLVM 22 merges a truncation with the masked store behind it. If the mask is a constant of one lane, it stores that
    lane as wide as it was before the truncation, over what lies behind. Stores with such a mask become stores of a scalar.
    With option `opaque`, the values of other masked stores of less than 64 bits per element but f32 pass through an empty piece
    of assembly, as LLVM may find out later that a mask is constant.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
  let options = [
    Option<"opaque", "opaque", "bool", /*default=*/"false", "Hide stored values from LLVM, for x86 with AVX-512">
  ];
}

def NormExpandCopiesPass : Pass<"norm-expand-copies"> {
  let summary = "Turn copies between memrefs that are not contiguous into linalg operations";
  let description = [{
    `memref.copy` of contiguous memrefs becomes a `memcpy` later; any other would become a call of a runtime function
    that copies element by element.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
}

def NormExpandReshapesPass : Pass<"norm-expand-reshapes"> {
  let summary = "Turn reshapes into several dims of dynamic size into casts of memrefs";
  let description = [{
    `memref.expand_shape` that makes more than one dim of dynamic size of one dim becomes `memref.reinterpret_cast`.
    Upstream's `expand-strided-metadata` takes it that there is one at most, and fails where there are more.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
}

def NormCheckShapesPass : Pass<"norm-check-shapes"> {
  let summary = "Assert that dynamic sizes agree among the operands of an operation and around expand_shape";
  let description = [{
    For linalg operations and row programs: where an indexing map names a dim of the iteration space, the operands that
    share the dim must have one size along it. For `tensor.expand_shape` and `memref.expand_shape`: the dims that a dim of
    dynamic size becomes must have that size together, as they do where the groups of a `norm.group_norm` divide the number
    of its channels. Static sizes are the verifiers' business and cost nothing here.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::tensor::TensorDialect"];
}

def NormInlineAllocaScopesPass : Pass<"norm-inline-alloca-scopes"> {
  let summary = "Put the contents of memref.alloca_scope where it stands";
  let description = [{
    The body of a loop that becomes an OpenMP region is such a scope. It is one block, so structured control flow in it
    could not become branches. A scope that allocates saves the stack before and restores it after.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def NormMemRefsToTensorsPass : Pass<"norm-memrefs-to-tensors"> {
  let summary = "Put normalizations of memrefs on tensors, as decomposition needs them";
  let description = [{
    The tensors are made by `bufferization.to_tensor`; results go to the memrefs by
    `bufferization.materialize_in_destination`. Memrefs that are not the same value are taken not to overlap, or to
    do so as the operations allow.

    ```mlir
    norm.layer_norm ins(%x : memref<4x8xf32>) outs(%y : memref<4x8xf32>) axes = [1] epsilon = 1.0e-5
    // becomes
    %0 = bufferization.to_tensor %x restrict writable : memref<4x8xf32> to tensor<4x8xf32>
    %1 = bufferization.to_tensor %y restrict writable : memref<4x8xf32> to tensor<4x8xf32>
    %2 = norm.layer_norm ins(%0 : tensor<4x8xf32>) outs(%1 : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
    bufferization.materialize_in_destination %2 in restrict writable %y : (tensor<4x8xf32>, memref<4x8xf32>) -> ()
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
}

def NormStaticResultsToOutParamsPass : Pass<"norm-static-results-to-out-params", "::mlir::ModuleOp"> {
  let summary = "Turn memref results of static shape into arguments that the caller provides";
  let description = [{
    As upstream's `buffer-results-to-out-params`, for public functions too, but leaves functions alone that return a
    memref of dynamic shape or strided layout among others: these return all their results as descriptors, which the
    caller frees.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def NormExpandGPUMathPass : Pass<"norm-expand-gpu-math", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Compute functions of floats by instructions of NVIDIA GPUs";
  let description = [{
    Roots, reciprocal roots, roundings, absolute values, `math.fma`, `arith.maxnumf` and `arith.minnumf` become calls of LLVM's or NVVM's intrinsics. Upstream's conversion to
    NVVM would call functions of CUDA's libdevice for them.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect", "::mlir::vector::VectorDialect"];
}

def NormEmulateGPUPass : Pass<"norm-emulate-gpu", "::mlir::ModuleOp"> {
  let summary = "Turn GPU kernels and their launches into functions that the CPU emulator runs";
  let description = [{
    Each `gpu.func` with structured control flow becomes a function of the host that does what one thread does; its GPU operations
    become calls of `norm/Runtime/Emulator.h`, and so do launches and what NVVM has for clusters of blocks. Index arithmetic has
    64 bits, whatever the data layout of the `gpu.module` says.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect"];
}

def NormExtractsToSlicesPass : Pass<"norm-extracts-to-slices"> {
  let summary = "Let row programs read the scalars that come from tensors";
  let description = [{
    A scalar operand of a `norm.generic` that `tensor.extract` gives, such as an epsilon that is an argument, becomes a tensor of rank 0, which
    the kernel reads: the host of a GPU does not see the GPU's memory.
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def NormParallelLoopsToGPUPass : Pass<"norm-parallel-loops-to-gpu", "::mlir::func::FuncOp"> {
  let summary = "Run parallel loops on the GPU, one iteration a thread";
  let description = [{
    The outermost `scf.parallel` loops that only compute, load and store become `gpu.launch` operations, with blocks of 256
    threads along x. Whatever dims a loop has, neighbouring threads take neighbouring iterations of the last. Loops with reductions,
    and those that allocate, call or launch, stay.

    It is meant for what no kernel of ours takes up, and knows nothing of memory hierarchies.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect", "::mlir::scf::SCFDialect"];
}

def NormSequentialOpsToGPUPass : Pass<"norm-sequential-ops-to-gpu", "::mlir::ModuleOp"> {
  let summary = "Run what has nothing parallel about it on a thread of the GPU";
  let description = [{
    Structured operations on memrefs without a parallel loop, such as a sum over a whole tensor, and single stores become
    `gpu.launch` operations of one thread: the host does not see the GPU's memory. Those within structured operations, parallel
    loops and launches stay.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect"];
}

def NormCheckCUDAOptionsPass : Pass<"norm-check-cuda-options", "::mlir::ModuleOp"> {
  let summary = "Say what is wrong with the options of a compilation for NVIDIA GPUs";
  let description = [{
    Unknown chips and features, an optimization level that there is not, a toolkit that is no folder, and a ptxas that is needed and not
    found are errors, before anything is compiled.
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"\"", "The GPU">,
    Option<"features", "features", "std::string", /*default=*/"\"\"", "The version of PTX, as +ptx80">,
    Option<"optLevel", "opt-level", "int", /*default=*/"3", "How much kernels are optimized">,
    Option<"toolkit", "toolkit", "std::string", /*default=*/"\"\"", "Where CUDA's bin and nvvm are">,
    Option<"needsAssembler", "needs-assembler", "bool", /*default=*/"false", "ptxas is needed">
  ];
}

def NormCheckGPUCodePass : Pass<"norm-check-gpu-code", "::mlir::ModuleOp"> {
  let summary = "Check that GPU code is complete, and that the host leaves the GPU's memory alone";
  let description = [{
    PTX in a `gpu.binary` that calls functions of CUDA's libdevice which nothing defines is an error, and so are operations by which the host itself
    would access elements of a memref, or hand one to a function that the module does not hold.
  }];
}

def NormMergeGPUModulesPass : Pass<"norm-merge-gpu-modules", "::mlir::ModuleOp"> {
  let summary = "Put the kernels of a program into one gpu.module";
  let description = [{
    All `gpu.module` operations with equal targets become one, `@kernels`, so that a program has one image to compile and to load.
    Where two hold a symbol of one name, that of the later one is renamed, and what PTX has not in a name becomes `_`; declarations
    are shared. Launches follow. Index types
    must have been lowered: a data layout of the modules is dropped.
  }];
}

def NormGPUToCUDACallsPass : Pass<"norm-gpu-to-cuda-calls", "::mlir::ModuleOp"> {
  let summary = "Turn the host's side of GPU code into calls of the CUDA runtime";
  let description = [{
    Launches of the kernels of `gpu.binary` operations, allocations, deallocations and copies become calls of
    `norm/Runtime/CUDA.h`; memrefs are in the GPU's memory. Constants are copied there at their first use. Each public function
    with a body, and each other one that needs it, gets one more argument, the last: the stream, an `!llvm.ptr`.
    What `norm-check-gpu-code` finds is expected not to be there.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect"];
}

#endif // NORM_PIPELINES_PASSES_TD
