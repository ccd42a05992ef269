// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_BENCH_MICRO_KERNELSOURCE_H
#define NORM_BENCH_MICRO_KERNELSOURCE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>
#include <string>

namespace mlir {
class MLIRContext;
}

namespace mlir::norm::bench {

/// The template bench/kernels/NAME.mlir for f32 rows of `length`; `function`
/// replaces the function's name. Ends the program if there is no such file.
std::string readKernel(llvm::StringRef name, int64_t length,
                       llvm::StringRef function);

/// A context in which kernels can be compiled.
MLIRContext &getContext();

/// The machine this runs on.
llvm::TargetMachine &getMachine();

/// From text to an object for this machine; serial code. Ends the program if
/// that fails.
std::unique_ptr<llvm::MemoryBuffer> compile(llvm::StringRef text);

} // namespace mlir::norm::bench

#endif // NORM_BENCH_MICRO_KERNELSOURCE_H
