#!/usr/bin/env python3
"""Compiles layer_norm.mlir by the C API, calls it on NumPy arrays and compares with NumPy in f64.

    python3 examples/capi_layer_norm.py build/release/lib/libNormMLIR-C.so
"""

import ctypes as c
import pathlib
import sys
import tempfile

import numpy as np


class Options(c.Structure):
    """NormCompileOptions of norm-c/Compiler.h."""
    _fields_ = [("kind", c.c_int), ("triple", c.c_char_p), ("cpu", c.c_char_p), ("features", c.c_char_p),
                ("versions", c.c_char_p), ("c_functions", c.c_bool), ("prefix", c.c_char_p), ("header_name", c.c_char_p),
                ("raise_", c.c_bool), ("fuse", c.c_bool), ("check_shapes", c.c_bool), ("threads", c.c_int),
                ("algorithm", c.c_int), ("vector_bits", c.c_int64), ("target", c.c_int), ("chip", c.c_char_p),
                ("image", c.c_int), ("toolkit", c.c_char_p), ("explain", c.c_bool)]


class Diagnostic(c.Structure):
    """NormDiagnostic."""
    _fields_ = [("severity", c.c_int), ("file", c.c_char_p), ("line", c.c_uint), ("column", c.c_uint), ("message", c.c_char_p)]


@c.CFUNCTYPE(None, c.POINTER(Diagnostic), c.c_void_p)
def report(diagnostic, _):
    print(diagnostic.contents.message.decode(), file=sys.stderr)


norm = c.CDLL(sys.argv[1])
norm.normCompileOptionsGetDefaults.restype = Options
norm.normCompile.restype = c.c_void_p
norm.normCompile.argtypes = [c.c_char_p, c.c_size_t, c.c_char_p, c.POINTER(Options), type(report), c.c_void_p]
norm.normCompilationLinkSharedLibrary.restype = c.c_bool
norm.normCompilationLinkSharedLibrary.argtypes = [c.c_void_p, c.c_char_p, c.c_char_p, c.c_char_p, type(report), c.c_void_p]

text = pathlib.Path(__file__).with_name("layer_norm.mlir").read_bytes()
options = norm.normCompileOptionsGetDefaults()
options.c_functions = True
compilation = norm.normCompile(text, len(text), b"layer_norm.mlir", options, report, None) or sys.exit(1)
with tempfile.TemporaryDirectory() as folder:
    library = folder + "/layer_norm.so"
    norm.normCompilationLinkSharedLibrary(compilation, library.encode(), None, None, report, None) or sys.exit(1)
    layer_norm = c.CDLL(library).layer_norm  # the file may go
norm.normCompilationDestroy(c.c_void_p(compilation))

random = np.random.default_rng(0)
x = random.normal(3, 2, (4096, 768)).astype(np.float32)
gamma, beta = random.normal(1, 0.1, (2, 768)).astype(np.float32)
y = np.empty_like(x)
FLOATS, SIZE = np.ctypeslib.ndpointer(np.float32, flags="C_CONTIGUOUS"), c.c_int64
layer_norm.argtypes = [FLOATS, SIZE, SIZE, FLOATS, SIZE, FLOATS, SIZE, FLOATS, SIZE, SIZE]
print("status:", layer_norm(x, *x.shape, gamma, 768, beta, 768, y, *y.shape))

wide = x.astype(np.float64)
expected = (wide - wide.mean(1, keepdims=True)) / np.sqrt(wide.var(1, keepdims=True) + 1e-5) * gamma + beta
print(f"largest error: {np.abs(y - expected).max():.1e}")
