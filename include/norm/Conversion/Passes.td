#ifndef NORM_CONVERSION_PASSES_TD
#define NORM_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertNormToVectorPass : Pass<"convert-norm-to-vector", "::mlir::ModuleOp"> {
  let summary = "Turn scheduled row programs on memrefs into loops over vectors";
  let description = [{
    Each `norm.generic` becomes a loop over groups of its rows, as its schedule says, in a private function of its own unless
    the schedule has it otherwise. A program on tensors, without a schedule or with `norm.moments` is an error.

    Additions that may be contracted (`fastmath<contract>`) with a multiplication that only they use become `math.fma` with
    the option `fma`, and nothing else may be contracted later: what is rounded once and what twice is then the same in every
    part of the code, and with it a row's bits. Without the option, for targets that cannot multiply and add at once, flags stay.
  }];
  let options = [
    Option<"fma", "fma", "bool", /*default=*/"false", "The target multiplies and adds in one instruction">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def ConvertNormToGPUPass : Pass<"convert-norm-to-gpu", "::mlir::ModuleOp"> {
  let summary = "Turn scheduled row programs on memrefs into GPU kernels and their launches";
  let description = [{
    Each `norm.generic` becomes a `gpu.func` in a `gpu.module` of its own, as its `#norm.gpu_schedule` says, and a
    `gpu.launch_func` where it stood. A program on tensors, without a GPU schedule or with `norm.moments` is an error, and so
    is what the kernels do not do: outputs that accumulate over rows, reductions along some of the normalized dims, `norm.head_mean`.

    A kernel has these arguments: a `!llvm.ptr<1>` to the first element of each memref, equal operands once; the scalars (index
    as i64); an i64 for each dim of the iteration space whose size is dynamic; an i64, in elements, for each dynamic stride
    of a memref that is not contiguous, operand by operand. Memory that is only read and that no output may be has
    `llvm.noalias` and `llvm.readonly`. Inputs and outputs with equal maps may be the same memory; with `assume-distinct`,
    only where they are the same value.

    Whether elements can be accessed 16 bytes at a time is decided when the kernel runs where sizes, strides or addresses do
    not tell before. `assume-alignment`, `llvm.align` on an argument of the function and `memref.assume_alignment` say
    it of addresses.

    Index arithmetic is that of 32 bits (the data layout of the `gpu.module` says so) where all sizes are static and no
    operand has 2^31 bytes or more, of 64 bits elsewhere.
  }];
  let options = [
    Option<"assumeAlignment", "assume-alignment", "int64_t", /*default=*/"1",
           "Operands start at multiples of so many bytes, a power of two">,
    Option<"assumeDistinct", "assume-distinct", "bool", /*default=*/"false",
           "Operands that are different values do not overlap">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::DLTIDialect", "::mlir::gpu::GPUDialect",
                           "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect", "::mlir::NVVM::NVVMDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

#endif // NORM_CONVERSION_PASSES_TD
