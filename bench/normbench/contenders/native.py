"""Our kernels, upstream's lowering of the same operations, and what memory can do."""

import ctypes
import ctypes.util

import numpy as np

from .. import build, memory
from .base import Contender, NativeCalls, Unsupported


def descriptor(array):
    """A memref descriptor as `_mlir_ciface_…` functions take it."""
    strides = [stride // array.itemsize for stride in array.strides]
    return np.array([array.ctypes.data, array.ctypes.data, 0, *array.shape, *strides], np.int64)


class Compiled(Contender):
    """Calls `_mlir_ciface_OP` of a shared library."""

    includes = "a call of the C interface with memref descriptors"

    def library(self, case):
        raise NotImplementedError

    def prepare(self, case, arrays):
        library = ctypes.CDLL(str(self.library(case)))
        names = (*case.arrays_in, *case.parameters, *case.arrays_out)
        groups = [[descriptor(arrays[name][i if name not in case.parameters else 0]) for name in names]
                  for i in range(case.sets)]
        argument_sets = [[values.ctypes.data for values in group] for group in groups]
        return NativeCalls(self.builder, getattr(library, f"_mlir_ciface_{case.op}"), argument_sets,
                           lambda: {name: arrays[name] for name in case.arrays_out}, keep=(library, groups))


class NormMLIR(Compiled):
    name = "norm-mlir"

    def library(self, case):
        return self.builder.kernel(case)

    def version(self):
        return f"this tree, compiled by {build.describe_kernels()}"


class Upstream(Compiled):
    name = "upstream MLIR"
    includes = "a call of the C interface with memref descriptors; malloc and free of intermediate arrays"

    def library(self, case):
        return self.builder.upstream_kernel(case)

    def version(self):
        return "norm-to-llvm{decompose}, then clang -O3; static sizes, serial whatever the threads"


class UpstreamLoops(Compiled):
    name = "upstream MLIR, fused by hand"

    def library(self, case):
        path = self.builder.upstream_loops(case)
        if path is None:
            raise Unsupported("not written")
        return path

    def version(self):
        return "kernels/loops, upstream's passes, then clang -O3; its vectors are LLVM's"


class Ceiling(Contender):
    """Moves as many bytes as all sets of the case in one call. Arrays of its own, since some have three."""

    is_ceiling = True
    includes = "a call of a C function"
    prepared = None  # of the size that was asked for last

    def version(self):
        return "native/ceilings.c"

    def prepare(self, case, arrays):
        count = 3 if self.name.startswith("triad") else 2
        size = max(64, case.bytes_per_call * case.sets // count // 64 * 64)
        if self.prepared is None or self.prepared[0] != size:
            self.prepared = None
            self.prepared = size, self.calls_of(count, size)
        return self.prepared[1]

    def calls_of(self, count, size):
        library = ctypes.CDLL(str(self.builder.native("ceilings.c", "-fopenmp")))
        buffers = [memory.allocate((size // 4,), np.float32) for _ in range(count)]
        for buffer in buffers[1:]:
            buffer[...] = 1
        fields = np.array([buffers[0].ctypes.data, buffers[1].ctypes.data, buffers[-1].ctypes.data, size], np.int64)
        calls = NativeCalls(self.builder, getattr(library, self.symbol), [[fields.ctypes.data]], dict, keep=(buffers, fields))
        calls.run(1)
        if not (buffers[0] == (4 if count == 3 else 1)).all():
            raise AssertionError("the ceiling's result is wrong")
        return calls


def ceiling(name, symbol):
    return type(symbol, (Ceiling,), {"name": name, "symbol": symbol})


CEILINGS = [ceiling("copy", "copy"), ceiling("copy, non-temporal", "copy_nt"),
            ceiling("copy, non-temporal, 8 streams", "copy_nt8"), ceiling("triad", "triad"),
            ceiling("triad, non-temporal", "triad_nt"), ceiling("triad, non-temporal, 8 streams", "triad_nt8")]
# What ratios are relative to.
REFERENCE_CEILING = "copy, non-temporal, 8 streams"
