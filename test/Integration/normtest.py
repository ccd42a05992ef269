"""Compiles MLIR with norm-opt and LLVM's tools, loads it, and calls it on numpy arrays.

Arrays lie between pages that may not be touched, right before the upper or right after the lower one, so that a load
or a store out of bounds ends the process. References are computed in numpy's longdouble, centred.
"""

import ctypes
import faulthandler
import mmap
import os
import shutil
import subprocess
import tempfile

import numpy as np

faulthandler.enable()

# Units in the last place, halved: the largest relative error of one rounding.
ROUNDOFF = {"f64": 2.0**-53, "f32": 2.0**-24, "f16": 2.0**-11, "bf16": 2.0**-8}
# The smallest steps between numbers, halved: the absolute error of rounding to a subnormal.
SMALLEST = {"f64": 2.0**-1075, "f32": 2.0**-150, "f16": 2.0**-25, "bf16": 2.0**-134}
STORAGE = {"f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": np.uint16, "i1": np.bool_,
           "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64, "index": np.int64}
SCALARS = {"f64": ctypes.c_double, "f32": ctypes.c_float, "index": ctypes.c_int64, "i64": ctypes.c_int64}


def compute_type(element_type):
    """The type in which norm operations compute for this input."""
    return "f64" if element_type == "f64" else "f32"


# ---------------------------------------------------------------------------------------------------------------------
# Arrays
# ---------------------------------------------------------------------------------------------------------------------


def encode(values, element_type):
    """Numbers as the element type stores them, rounded to nearest, ties to even."""
    if element_type != "bf16":
        with np.errstate(over="ignore"):
            return np.asarray(values).astype(STORAGE[element_type])
    single = np.asarray(values, dtype=np.float32)
    bits = single.view(np.uint32).astype(np.uint64)
    half, one, shift = np.uint64(0x7FFF), np.uint64(1), np.uint64(16)
    rounded = ((bits + half + ((bits >> shift) & one)) >> shift).astype(np.uint16)
    return np.where(np.isnan(single), np.uint16(0x7FC0), rounded)


def decode(stored, element_type):
    """What is stored, as longdouble (floats) or as it is."""
    if element_type == "bf16":
        stored = (stored.astype(np.uint32) << np.uint32(16)).view(np.float32)
    return stored.astype(np.longdouble) if element_type in ROUNDOFF else stored


_libc = ctypes.CDLL(None, use_errno=True)
_libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


class Array:
    """Memory of an element type, shape and strides (in elements; default row-major).

    What lies between the elements of a strided array holds a pattern that `check_gaps` looks for.
    """

    def __init__(self, element_type, shape, strides=None, values=None, at_end=True):
        self.element_type, self.shape = element_type, tuple(shape)
        self.strides = tuple(strides) if strides is not None else row_major(shape)
        item = np.dtype(STORAGE[element_type]).itemsize
        empty = 0 in self.shape
        span = 0 if empty else 1 + sum((size - 1) * stride for size, stride in zip(self.shape, self.strides))
        page = mmap.PAGESIZE
        inner = -(-max(span * item, 1) // page) * page
        self.memory = mmap.mmap(-1, inner + 2 * page)
        base = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        for guard in (base, base + page + inner):
            if _libc.mprotect(guard, page, 0) != 0:
                raise OSError(ctypes.get_errno(), "mprotect")
        start = page + inner - span * item if at_end else page
        self.address = base + start
        self.at_end = at_end
        self.stored = np.frombuffer(self.memory, STORAGE[element_type], span, start)
        self.stored.view(np.uint8)[:] = 1 if element_type == "i1" else 0xA5
        byte_strides = [stride * item for stride in self.strides]
        self.view = np.lib.stride_tricks.as_strided(self.stored, self.shape, byte_strides)
        if values is not None:
            self.set(values)

    def set(self, values):
        self.view[...] = encode(values, self.element_type)

    def get(self):
        return decode(self.view.copy(), self.element_type)

    def bits(self):
        return self.view.tobytes()

    def check_gaps(self):
        """Fails if a byte between the elements was written."""
        used = np.zeros(self.stored.shape, np.bool_)
        np.lib.stride_tricks.as_strided(used, self.shape, self.strides)[...] = True
        gaps = self.stored[~used].view(np.uint8)
        assert (gaps == 0xA5).all(), "memory between the elements was written"

    def descriptor(self):
        rank = len(self.shape)
        fields = [self.address, self.address, 0, *self.shape, *self.strides]
        return (ctypes.c_int64 * (3 + 2 * rank))(*fields)


def row_major(shape):
    strides, step = [], 1
    for size in reversed(shape):
        strides.insert(0, step)
        step *= max(size, 1)
    return tuple(strides)


# ---------------------------------------------------------------------------------------------------------------------
# Compiling and calling
# ---------------------------------------------------------------------------------------------------------------------


def find_tool(name):
    """A tool of this project, LLVM 22 or the system: by the folder that LLVM_TOOLS_DIR names, or by PATH."""
    folder = os.environ.get("LLVM_TOOLS_DIR")
    candidates = [os.path.join(folder, name)] if folder else []
    for candidate in [*candidates, name + "-22", name]:
        path = shutil.which(candidate)
        if path:
            return path
    raise SystemExit(f"{name}: not found; put it on the PATH")


def run_tool(name, *arguments, stdin):
    result = subprocess.run([find_tool(name), *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            check=False)
    if result.returncode != 0:
        raise SystemExit(f"{name} {' '.join(arguments)}: exit code {result.returncode}\n"
                         + result.stderr.decode(errors="replace")[-8000:])
    return result.stdout


def host_features():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as cpuinfo:
        return next((line.split() for line in cpuinfo if line.startswith(("flags", "Features"))), [])


class Target:
    """A vector width, with the processor that has it. 0 bits: what this machine has at most."""

    def __init__(self, bits=0):
        features = host_features()
        is_x86 = os.uname().machine == "x86_64"
        if bits == 0:
            bits = 512 if "avx512f" in features else 256 if "avx2" in features else 128
        self.bits = bits
        self.cpu = {128: "x86-64", 256: "x86-64-v3", 512: "x86-64-v4"}[bits] if is_x86 else "generic"
        self.fma = bits > 128 or not is_x86
        self.masked_bits = {128: 0, 256: 32, 512: 8}[bits]
        self.attributes = []
        self.expand_bf16 = True
        if bits == 512 and "avx512_bf16" in features:
            self.attributes = ["-mattr=+avx512bf16"]
            self.expand_bf16 = False

    def flags(self):
        return ["-mcpu=" + self.cpu, *self.attributes]


def compile_object(text, options, flags, level, path, pipeline="norm-to-llvm"):
    """Writes the object of an MLIR module, lowered with these options of the pipeline, for LLVM's flags of the target."""
    lowered = run_tool("norm-opt", f"--{pipeline}={options}", "-", stdin=text.encode())
    code = run_tool("mlir-translate", "--mlir-to-llvmir", stdin=lowered)
    code = run_tool("opt", f"-passes=default<O{level}>", *flags, "-", stdin=code)
    run_tool("llc", f"-O{level}", *flags, "-filetype=obj", "-relocation-model=pic", "-o", path, stdin=code)


class Library:
    """The functions of an MLIR module, compiled and loaded. `options` are further ones of the pipeline."""

    def __init__(self, text, target, algorithm="corrected-two-pass", threads="none", raising=False, level=2, options=""):
        self.algorithm = algorithm
        options = (f"{options} raise={int(raising)} vector-bits={target.bits} algorithm={algorithm} threads={threads} "
                   f"expand-bf16={int(target.expand_bf16)} fma={int(target.fma)} masked-bits={target.masked_bits}")
        with tempfile.TemporaryDirectory() as folder:
            objects, path = os.path.join(folder, "code.o"), os.path.join(folder, "code.so")
            compile_object(text, options, target.flags(), level, objects)
            runtime = self.runtime() + ([] if threads == "none" else [find_openmp()])
            run_tool("cc", "-shared", "-o", path, objects, *runtime, "-lm", stdin=b"")
            for shared in runtime:
                ctypes.CDLL(shared, mode=ctypes.RTLD_GLOBAL)
            self.library = ctypes.CDLL(path)

    def runtime(self):
        """Shared libraries that the code is linked with."""
        return []

    def call(self, name, *arguments):
        """Calls a function with Arrays and (type, number) pairs; it must have the C interface and no results."""
        function = getattr(self.library, "_mlir_ciface_" + name)
        function.restype = None
        passed = []
        for argument in arguments:
            if isinstance(argument, Array):
                passed.append(ctypes.byref(argument.descriptor()))
            else:
                passed.append(SCALARS[argument[0]](argument[1]))
        function(*passed)


def find_openmp():
    """LLVM's OpenMP runtime, beside LLVM's tools."""
    tools = os.path.dirname(os.path.realpath(find_tool("llc")))
    path = os.path.join(tools, "..", "lib", "libomp.so")
    if not os.path.exists(path):
        raise SystemExit(f"{path}: not found")
    return os.path.realpath(path)


# ---------------------------------------------------------------------------------------------------------------------
# References: centred, in longdouble
# ---------------------------------------------------------------------------------------------------------------------


def moments(x, axes, mask=None):
    """x − mean, mean and variance over the valid elements, all of x's rank; 0 where none is valid."""
    x = np.asarray(x, np.longdouble)
    valid = np.ones(x.shape, np.bool_) if mask is None else mask
    count = np.maximum(valid.sum(axis=axes, keepdims=True), 1)
    with np.errstate(invalid="ignore"):
        mean = np.where(valid, x, 0).sum(axis=axes, keepdims=True) / count
        centred = x - mean
        # The mean is off by its own rounding: what remains of it is taken out.
        rest = np.where(valid, centred, 0).sum(axis=axes, keepdims=True) / count
        centred = centred - rest
        variance = np.where(valid, centred * centred, 0).sum(axis=axes, keepdims=True) / count
    return centred, mean + rest, variance


def mean_square(x, axes, mask=None):
    x = np.asarray(x, np.longdouble)
    valid = np.ones(x.shape, np.bool_) if mask is None else mask
    count = np.maximum(valid.sum(axis=axes, keepdims=True), 1)
    return np.where(valid, x * x, 0).sum(axis=axes, keepdims=True) / count


def inverse_root(value):
    """1/√value, and 0 for 0."""
    with np.errstate(divide="ignore"):
        return np.where(value == 0, np.longdouble(0), 1 / np.sqrt(value))


def worst_excess(actual, expected, allowed):
    """How many times the allowed error the largest error is; NaN equals NaN alone, an infinity itself alone."""
    actual, expected = np.broadcast_arrays(np.asarray(actual), np.asarray(expected))
    if actual.size == 0:
        return 0.0
    with np.errstate(invalid="ignore"):
        error = np.abs(actual - expected)
        excess = np.where(error == 0, 0, error / allowed)
    same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    excess = np.where(same, 0, np.where(np.isfinite(excess), excess, np.inf))
    return float(excess.max())


def require_close(what, actual, expected, allowed):
    """Fails where the error exceeds `allowed`, an array or a number."""
    assert np.shape(actual) == np.shape(expected), f"{what}: shape {np.shape(actual)} for {np.shape(expected)}"
    excess = worst_excess(actual, expected, allowed)
    if excess <= 1:
        return
    error = np.abs(np.asarray(actual) - np.asarray(expected))
    ratio = np.where(np.isfinite(error), error / np.broadcast_to(allowed, error.shape), np.inf)
    ratio = np.where((actual == expected) | (np.isnan(actual) & np.isnan(expected)), 0, ratio)
    worst = np.unravel_index(np.argmax(ratio), error.shape)
    raise AssertionError(f"{what}: {excess:.3g} times the allowed error at {[int(i) for i in worst]}: "
                         f"{actual[worst]} where {expected[worst]} is expected")
