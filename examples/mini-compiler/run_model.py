#!/usr/bin/env python3
"""Runs model.mlir by mini-run on random arrays and compares with NumPy in f64.

    python3 run_model.py build/mini-run
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np


def layer_norm(x, gamma, beta):
    """Over the last dim."""
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * gamma + beta


random = np.random.default_rng(0)
shapes = [(100, 32), (32, 48), (32,), (32,), (48,), (48,)]
inputs = [random.normal(1, 2, shape).astype(np.float32) for shape in shapes]
with tempfile.TemporaryDirectory() as folder:
    files = [f"{folder}/in{number}.npy" for number in range(len(inputs))]
    for file, array in zip(files, inputs):
        np.save(file, array)
    model = pathlib.Path(__file__).with_name("model.mlir")
    subprocess.run([sys.argv[1], model, *files, f"{folder}/out.npy"], check=True)
    y = np.load(f"{folder}/out.npy")

tokens, weights, scale, shift, gamma, beta = (array.astype(np.float64) for array in inputs)
error = np.abs(y - layer_norm(layer_norm(tokens, scale, shift) @ weights, gamma, beta)).max()
print(f"largest error: {error:.1e}")
sys.exit(not error < 1e-4)
