"""Writes rows, a mask and the layer norm by the statistics of the valid elements, computed in f64, to a folder."""

import pathlib
import sys

import numpy

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
random = numpy.random.default_rng(2)
x = random.normal(100.0, 2.0, (9, 1500)).astype(numpy.float32)
mask = random.random(x.shape) < 0.6
mask[1] = True
mask[2] = False  # no valid element: mean and variance 0
mask[3, :1100] = False  # none in the head of the row
mask[4, 1:] = False  # one
x[~mask] = 1e30  # what is not valid may be anything
x[2] = 3.0
gamma = random.normal(1.0, 0.5, 1500).astype(numpy.float32)
beta = random.normal(0.0, 0.5, 1500).astype(numpy.float32)

wide = x.astype(numpy.float64)
count = numpy.maximum(mask.sum(axis=1, keepdims=True), 1)
mean = numpy.where(mask, wide, 0).sum(axis=1, keepdims=True) / count
variance = numpy.where(mask, (wide - mean) ** 2, 0).sum(axis=1, keepdims=True) / count
rstd = 1 / numpy.sqrt(variance + 1e-5)
y = (wide - mean) * rstd * gamma + beta
for name, array in (("x", x), ("gamma", gamma), ("beta", beta), ("y", y), ("mean", mean[:, 0]), ("rstd", rstd[:, 0])):
    numpy.save(folder / f"{name}.npy", array.astype(numpy.float32))
numpy.save(folder / "mask.npy", mask)
