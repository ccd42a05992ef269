"""NaN, infinities, sums and squares that overflow, epsilon 0, rows without valid elements: docs/Numerics.md says what
they give, and here it is required. A row of ordinary numbers stands between them and must not notice.
"""

import itertools
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from namedop import Norm
from normtest import Library, Target, decode, encode

LENGTHS = (3, 17, 100, 1000)
ALGORITHMS = ("corrected-two-pass", "two-pass", "shifted")


def make_cases():
    layer = {"gamma": "f32", "beta": "f32", "mean": "f32", "rstd": "f32"}
    rms = {"kind": "rms_norm", "gamma": "f32", "beta": "f32", "rstd": "f32"}
    return {"layer": Norm("layer", (None, None), (1,), **layer), "rms": Norm("rms", (None, None), (1,), **rms),
            "layer_bf16": Norm("layer_bf16", (None, None), (1,), type="bf16", **layer),
            "masked": Norm("masked", (None, None), (1,), mask=True, **layer),
            "masked_rms": Norm("masked_rms", (None, None), (1,), mask=True, **rms),
            "layer_0": Norm("layer_0", (None, None), (1,), epsilon=0.0, **layer),
            "rms_0": Norm("rms_0", (None, None), (1,), epsilon=0.0, **rms)}


def call(case, library, special, random):
    """Calls it on an ordinary row, the special one, and the ordinary one again; returns the special row's outputs."""
    ordinary = random.normal(1.0, 2.0, special.shape)
    arrays = case.arguments((3, len(special)), random, x=np.stack([ordinary, special, ordinary]))
    if case.mask:
        arrays["mask"].view[...] = True
    return finish(case, library, arrays)


def finish(case, library, arrays):
    x = arrays["x"].get()
    case.call(library, arrays)
    alone = {name: array.get() for name, array in arrays.items()}
    expected = case.expected(arrays, x, library.algorithm)
    for name, (value, allowed) in expected.items():
        for row in (0, 2):
            error = np.abs(alone[name][row] - value[row])
            assert (error <= allowed[row]).all(), f"{case.name}: {name} of an ordinary row is wrong"
    return {name: array[1] for name, array in alone.items() if name in ("y", "mean", "rstd")}, arrays["beta"].get()


def round_to(values, element_type):
    return decode(encode(values, element_type), element_type)


def is_nan(outputs):
    return all(np.isnan(value).all() for value in outputs.values())


def check_not_finite(cases, library, length, random):
    for name in ("layer", "layer_bf16", "layer_0"):
        for value in (np.nan, np.inf, -np.inf):
            for position in (0, length // 2, length - 1):
                special = np.ones(length)
                special[position] = value
                outputs, _ = call(cases[name], library, special, random)
                assert np.isnan(outputs["y"]).all() and np.isnan(outputs["rstd"]), f"{name}: {value} is lost"
                assert not np.isfinite(outputs["mean"]), f"{name}: the mean with {value} is finite"
    for name in ("rms", "rms_0"):
        for position in (0, length - 1):
            special = np.ones(length)
            special[position] = np.nan
            assert is_nan(call(cases[name], library, special, random)[0]), f"{name}: NaN is lost"
            special[position] = -np.inf
            outputs, beta = call(cases[name], library, special, random)
            others = np.arange(length) != position
            assert outputs["rstd"] == 0, f"{name}: rstd of a row with an infinity"
            assert np.isnan(outputs["y"][position]) and (outputs["y"] == beta)[others].all(), name


def check_overflow(cases, library, length, random):
    """1e20: squares overflow. 3e38: so do the sum, or differences."""
    signs = np.where(np.arange(length) % 3 == 0, -1.0, 1.0)
    for name in ("layer", "layer_bf16", "layer_0", "rms", "rms_0"):
        outputs, beta = call(cases[name], library, 1e20 * signs, random)
        assert outputs["rstd"] == 0, f"{name}: rstd where squares overflow is {outputs['rstd']}"
        assert (outputs["y"] == round_to(beta, cases[name].output_type)).all(), f"{name}: y where squares overflow"
    outputs, _ = call(cases["layer"], library, np.full(length, 3e38), random)
    assert np.isnan(outputs["y"]).all(), "a sum overflows"
    # Squares that underflow are 0: the row is one of equal elements.
    outputs, _ = call(cases["layer"], library, 1e-30 * signs, random)
    assert np.isfinite(outputs["y"]).all() and abs(outputs["rstd"] ** 2 * 1e-5 - 1) < 1e-5


def check_degenerate(cases, library, length, random):
    for name in ("layer_0", "rms_0"):
        outputs, beta = call(cases[name], library, np.zeros(length), random)
        assert outputs["rstd"] == 0 and (outputs["y"] == beta).all(), f"{name}: a row of zeros is not beta"
    # Nothing valid: mean and variance are 0. What is not valid does not matter to the statistics, NaN neither.
    for name in ("masked", "masked_rms"):
        case = cases[name]
        ordinary = random.normal(1.0, 2.0, (3, length))
        arrays = case.arguments((3, length), random, x=ordinary)
        arrays["mask"].view[...] = True
        arrays["mask"].view[1] = False
        outputs, _ = finish(case, library, arrays)
        assert abs(outputs["rstd"] ** 2 * 1e-5 - 1) < 1e-5 and outputs.get("mean", 0) == 0, f"{name}: nothing valid"
        ordinary[1, length // 2] = np.nan
        arrays = case.arguments((3, length), random, x=ordinary)
        arrays["mask"].view[...] = True
        arrays["mask"].view[1, length // 2] = False
        outputs, _ = finish(case, library, arrays)
        assert np.isfinite(outputs["rstd"]), f"{name}: a NaN that is not valid took part"
        assert np.isnan(outputs["y"]).sum() == 1, f"{name}: a NaN spread"


def channel_norms():
    """Norms with a channel axis, under an epsilon of 0."""
    for is_last in (False, True):
        shape = {"sizes": (None, None, 6) if is_last else (None, 6, None), "channel_axis": 2 if is_last else 1,
                 "gamma": "f32", "beta": "f32", "epsilon": 0.0}
        axes, suffix = ((1,), "last") if is_last else ((2,), "first")
        yield Norm(f"group_{suffix}", axes=axes, kind="group_norm", groups=2, rstd="f32", **shape)
        yield Norm(f"instance_{suffix}", axes=axes, kind="group_norm", rstd="f32", **shape)
        yield Norm(f"training_{suffix}", kind="batch_norm_training", mean="f32", variance="f32", **shape)
        yield Norm(f"inference_{suffix}", kind="batch_norm_inference", mean="f32", variance="f32", **shape)


def check_constant_channels(random):
    """Where all elements that share statistics are one value, y is beta, and the values next to them do not matter."""
    cases = list(channel_norms())
    library = Library("".join(case.mlir() for case in cases), Target())
    for case, length in itertools.product(cases, LENGTHS):
        channel = case.channel_axis
        sizes = tuple(size or (4 if dim == 0 else length) for dim, size in enumerate(case.sizes))
        x = random.normal(2.0, 3.0, sizes)
        channels_first = np.moveaxis(x, channel, 0)
        channels_first[0:3] = 226935.0  # the first of two groups
        arrays = case.arguments(sizes, random, x=x)
        if case.kind == "batch_norm_inference":
            arrays["variance"].view[0:3] = 0.0
        case.call(library, arrays)
        y = np.moveaxis(arrays["y"].get(), channel, 0)
        beta = arrays["beta"].get().reshape(6, 1, 1)
        assert (y[0:3] == beta[0:3]).all(), f"{case.name} {sizes}: what is constant is not beta"
        value, allowed = (np.moveaxis(array, channel, 0) for array in case.expected(arrays, arrays["x"].get(), "")["y"])
        assert (np.abs(y - value) <= allowed)[3:].all(), f"{case.name} {sizes}: what is next to it is wrong"
        if "rstd" in arrays:
            rstd = np.moveaxis(arrays["rstd"].get(), 1, 0)
            assert (rstd[:len(rstd) // 2] == 0).all() and (rstd[len(rstd) // 2:] > 0).all(), f"{case.name}: rstd"
    print("constant channels: passed")


def main():
    random = np.random.default_rng(22)
    for algorithm in ALGORITHMS:
        cases = make_cases()
        library = Library("".join(case.mlir() for case in cases.values()), Target(), algorithm=algorithm)
        for length in LENGTHS:
            for check in (check_not_finite, check_overflow, check_degenerate):
                check(cases, library, length, random)
        print(f"{algorithm}: passed")
    check_constant_channels(random)


if __name__ == "__main__":
    main()
