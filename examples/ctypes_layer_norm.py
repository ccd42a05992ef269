#!/usr/bin/env python3
"""Calls the compiled layer_norm.mlir on NumPy arrays and compares with NumPy in f64.

    norm-compile examples/layer_norm.mlir -o layer_norm.so --header=layer_norm.h
    python3 examples/ctypes_layer_norm.py ./layer_norm.so
"""

import ctypes
import sys

import numpy as np

FLOATS, SIZE = np.ctypeslib.ndpointer(np.float32, flags="C_CONTIGUOUS"), ctypes.c_int64

layer_norm = ctypes.CDLL(sys.argv[1]).layer_norm
# As layer_norm.h has it: each array, then its sizes.
layer_norm.argtypes = [FLOATS, SIZE, SIZE, FLOATS, SIZE, FLOATS, SIZE, FLOATS, SIZE, SIZE]
layer_norm.restype = ctypes.c_int

random = np.random.default_rng(0)
x = random.normal(3, 2, (4096, 768)).astype(np.float32)
gamma, beta = random.normal(1, 0.1, (2, 768)).astype(np.float32)
y = np.empty_like(x)
status = layer_norm(x, *x.shape, gamma, *gamma.shape, beta, *beta.shape, y, *y.shape)
print("status:", status)

wide = x.astype(np.float64)
expected = (wide - wide.mean(1, keepdims=True)) / np.sqrt(wide.var(1, keepdims=True) + 1e-5) * gamma + beta
print(f"largest error: {np.abs(y - expected).max():.1e}")
print("status where gamma is short:", layer_norm(x, *x.shape, gamma[1:], 767, beta, 768, y, *y.shape))
