"""Inputs, the same for every contender, and what must come out, computed in f64.

One process writes both to files in shared memory; each contender's process copies the inputs into arrays of its own.
"""

import os

import numpy as np

from . import cases

STORAGE = {"f32": np.float32, "bf16": np.uint16}
# Largest |y - expected| / (1 + |expected|): one rounding of the output type and a few of f32.
TOLERANCE = {"f32": 2e-5, "bf16": 2.0**-8}
# The same for rows with OFFSET, where f32 statistics without a correction lose four digits: what is past it is wrong.
OFFSET_TOLERANCE = 0.05
# Added to the second row (or image), whose mean is then far larger than its deviation.
OFFSET = 1000.0
# Data repeats after this many elements, which is not a multiple of any row's length.
PERIOD = (1 << 22) + 19


def encode(values, dtype):
    """f32 values as the type stores them; bf16 by rounding to nearest, ties to even."""
    if dtype == "f32":
        return values.astype(np.float32, copy=False)
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    return ((bits + (np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))) >> np.uint32(16)).astype(np.uint16)


def decode(stored, dtype):
    """What is stored, as f32."""
    return stored if dtype == "f32" else (stored.astype(np.uint32) << np.uint32(16)).view(np.float32)


def inputs(case, seed):
    """A large input in f32, sets first: mean and variance are neither 0 nor 1."""
    pattern = np.random.default_rng(seed).standard_normal(min(PERIOD, case.sets * case.elements), np.float32)
    pattern *= np.float32(1.5)
    pattern += np.float32(0.25)
    x = np.resize(pattern, (case.sets, *case.shape))
    if case.shape[0] > 1 and seed == 0:
        x[:, 1] += np.float32(OFFSET)
    return x


def parameters(case):
    random = np.random.default_rng(7)
    gamma = 1 + 0.1 * random.standard_normal(case.channels, np.float32)
    beta = 0.1 * random.standard_normal(case.channels, np.float32)
    return {"gamma": gamma.astype(np.float32), "beta": beta.astype(np.float32)}


def normalize(x, axes, has_mean=True):
    centred = x - x.mean(axes, keepdims=True) if has_mean else x
    return centred / np.sqrt((centred * centred).mean(axes, keepdims=True) + cases.EPSILON)


def expected(case, arrays, gamma, beta):
    """The outputs for large inputs in f64 of shape sets, …; all f64."""
    x = arrays["x"]
    if case.op == "rms_norm":
        return {"y": normalize(x, -1, has_mean=False) * gamma}
    if case.op in ("layer_norm", "add_layer_norm"):
        total = x + arrays["residual"] if "residual" in arrays else x
        results = {"y": normalize(total, -1) * gamma + beta}
        return {**results, "sum": total} if "residual" in arrays else results
    gamma, beta = gamma.reshape(-1, 1, 1), beta.reshape(-1, 1, 1)
    if case.op == "channel_norm":
        return {"y": normalize(x, 2) * gamma + beta}
    sets, batch, channels, height, width = x.shape
    grouped = x.reshape(sets, batch, cases.GROUPS, channels // cases.GROUPS * height * width)
    return {"y": normalize(grouped, -1).reshape(x.shape) * gamma + beta}


def parts(case):
    """Slices of sets and of rows (images) of about a million elements, so that f64 copies stay small."""
    per_row = case.elements // case.shape[0]
    step = max(1, (1 << 20) // per_row)
    for part in range(case.sets):
        for row in range(0, case.shape[0], step):
            yield part, slice(row, row + step)


def write(case, folder):
    """Writes NAME.npy for each input, parameter and (in f32, rounded from f64) expected output."""
    os.makedirs(folder, exist_ok=True)
    stored = {name: encode(inputs(case, seed), case.dtype) for seed, name in enumerate(case.arrays_in)}
    params = parameters(case)
    results = {name: np.empty((case.sets, *case.shape), np.float32) for name in case.arrays_out}
    wide = {name: values.astype(np.float64) for name, values in params.items()}
    for part, rows in parts(case):
        piece = {name: decode(values[part, rows], case.dtype).astype(np.float64)[None] for name, values in stored.items()}
        for name, values in expected(case, piece, wide["gamma"], wide["beta"]).items():
            results[name][part, rows] = values[0]
    for name, values in {**stored, **params}.items():
        np.save(os.path.join(folder, f"{name}.npy"), values)
    for name, values in results.items():
        np.save(os.path.join(folder, f"expected_{name}.npy"), values)


def load(folder, name):
    return np.load(os.path.join(folder, f"{name}.npy"), mmap_mode="r")


def fault(case, worst, worst_offset):
    """None, or what is wrong with results of such errors."""
    if not worst <= TOLERANCE[case.dtype]:
        return f"wrong: an error of {worst:.1e}"
    if worst_offset is not None and not worst_offset <= OFFSET_TOLERANCE:
        return f"wrong where the mean is {OFFSET:.0f}: an error of {worst_offset:.1e}"
    return None


def errors(case, outputs, folder):
    """The largest error of all outputs, as in TOLERANCE: of rows without the offset, and of those with it (None without)."""
    worst, worst_offset = 0.0, None
    for name, values in outputs.items():
        reference = load(folder, f"expected_{name}")
        for part, rows in parts(case):
            right = reference[part, rows]
            error = np.abs(decode(np.asarray(values[part][rows]), case.dtype) - right) / (1 + np.abs(right))
            error = np.where(np.isnan(error), np.inf, error)
            if case.shape[0] > 1 and rows.start <= 1 < rows.stop:
                worst_offset = max(worst_offset or 0.0, float(error[1 - rows.start].max()))
                error[1 - rows.start] = 0
            worst = max(worst, float(error.max()))
    return worst, worst_offset
