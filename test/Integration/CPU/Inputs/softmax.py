"""Writes rows and their softmax, computed in f64, to a folder: x.npy and y.npy."""

import pathlib
import sys

import numpy

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
x = numpy.random.default_rng(0).normal(3.0, 5.0, (13, 1000))
x[1] = 7.0  # a row of equal elements
x[2, 0] = 1e4  # one that takes all
x[3, ::2] = -numpy.inf  # elements that are masked out
x = x.astype(numpy.float32)
p = numpy.exp(x.astype(numpy.float64) - x.max(axis=1, keepdims=True))
numpy.save(folder / "x.npy", x)
numpy.save(folder / "y.npy", (p / p.sum(axis=1, keepdims=True)).astype(numpy.float32))
