"""Writes the operands of a layer norm's gradient and its results, computed in f64, to a folder."""

import pathlib
import sys

import numpy

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
random = numpy.random.default_rng(1)
rows, columns = 37, 100


def save(name, array):
    numpy.save(folder / f"{name}.npy", numpy.ascontiguousarray(array, dtype=numpy.float32))


def rounded(array):
    """What a float32 holds of it."""
    return array.astype(numpy.float32).astype(numpy.float64)


x = rounded(random.normal(2.0, 3.0, (rows, columns)))
dy = rounded(random.normal(-0.5, 1.0, (rows, columns)))
gamma = rounded(random.normal(1.0, 0.5, columns))
dgamma0 = rounded(random.normal(0.0, 1.0, columns))
dbeta0 = rounded(random.normal(0.0, 1.0, columns))
mean = rounded(x.mean(axis=1))
rstd = rounded(1 / numpy.sqrt(x.var(axis=1) + 1e-5))

xhat = (x - mean[:, None]) * rstd[:, None]
weighted = dy * gamma
dx = rstd[:, None] * (weighted - weighted.mean(axis=1, keepdims=True) - xhat * (weighted * xhat).mean(axis=1, keepdims=True))
for name in ("dy", "x", "gamma", "mean", "rstd", "dgamma0", "dbeta0", "dx"):
    save(name, globals()[name])
save("dgamma", dgamma0 + (dy * xhat).sum(axis=0))
save("dbeta", dbeta0 + dy.sum(axis=0))
