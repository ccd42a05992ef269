"""Runs normalizations over a grid of shapes, types, axes and layouts and compares them with centred references.

    grid.py [--vector-bits=128|256|512] [--options=OPTIONS OF THE PIPELINE]
"""

import argparse
import itertools
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from namedop import Norm
from normtest import Library, Target
from programs import Backward, BlockMaxima, BlockScales, Softmax

LENGTHS = (0, 1, 2, 3, 7, 16, 17, 31, 64, 100, 768, 1000, 4097)
ROWS = (0, 1, 5, 64)
TYPES = ("f64", "f32", "f16", "bf16")
FEW_LENGTHS = (1, 7, 17, 100, 1000)


def parameter_type(element_type):
    return "f64" if element_type == "f64" else "f32"


def dynamic_cases():
    """Types and optional operands; the type leaves all sizes open."""
    for t, kind in itertools.product(TYPES, ("layer_norm", "rms_norm")):
        p = parameter_type(t)
        open_sizes = {"sizes": (None, None), "axes": (1,), "type": t, "kind": kind}
        mean = p if kind == "layer_norm" else ""
        short = f"{t}_{kind}"
        yield Norm(f"full_{short}", gamma=p, beta=p, mean=mean, rstd=p, **open_sizes), LENGTHS
        yield Norm(f"plain_{short}", **open_sizes), LENGTHS
        yield Norm(f"masked_{short}", gamma=p, mask=True, rstd=p, **open_sizes), LENGTHS[:-1]
        yield Norm(f"same_{short}", gamma=t, beta=t, mean=t if mean else "", rstd=t, epsilon=1e-3,
                   **open_sizes), FEW_LENGTHS
        yield Norm(f"inplace_{short}", gamma=p, beta=p, in_place=True, **open_sizes), FEW_LENGTHS
    yield Norm("runtime_epsilon", (None, None), (1,), beta="f32", epsilon=0.25, epsilon_operand=True), FEW_LENGTHS
    yield Norm("offset", (None, None), (1,), kind="rms_norm", type="bf16", gamma="bf16", gamma_offset=1.0), FEW_LENGTHS
    yield Norm("to_f32", (None, None), (1,), type="bf16", output_type="f32", gamma="bf16"), FEW_LENGTHS
    yield Norm("from_f32", (None, None), (1,), type="f32", output_type="f16", gamma="f32"), FEW_LENGTHS
    yield Norm("in_f64", (None, None), (1,), type="f32", compute="f64", rstd="f64", gamma="f32"), FEW_LENGTHS
    yield Norm("in_f64_from_f16", (None, None), (1,), type="f16", compute="f64", beta="f64"), FEW_LENGTHS


def static_cases():
    """Row lengths in the type, the number of rows open; types in turn."""
    for index, length in enumerate(LENGTHS):
        for t in {"f32", TYPES[index % 4]}:
            p = parameter_type(t)
            yield Norm(f"static_{length}_{t}", (None, length), (1,), type=t, gamma=p, beta=p, mean=p, rstd=p)
        yield Norm(f"static_{length}_rms", (None, length), (1,), kind="rms_norm", type=TYPES[(index + 2) % 4],
                   gamma="f64" if (index + 2) % 4 == 0 else "f32", mask=index % 2 == 0)
        for rows in ROWS:
            if rows == 5 or length in (7, 100):
                yield Norm(f"static_{rows}_{length}", (rows, length), (1,), gamma="f32", mean="f32")


# (sizes, axes, parameter axes): several trailing dims, leading, middle, outer two, all, none, one with a batch dim in
# the parameters, single-element dims.
LAYOUTS = (
    ((3, 4, 5, 6), (1, 2, 3), None),
    ((3, 4, 5, 17), (2, 3), None),
    ((2, 8, 4, 5), (1,), None),
    ((9, 35), (0,), None),
    ((6, 3, 33), (0, 2), None),
    ((4, 100), (0, 1), None),
    ((4, 19), (), None),
    ((5, 6, 40), (2,), (0, 2)),
    ((5, 6, 40), (2,), (0, 1)),
    ((5, 6, 40), (1, 2), (2,)),
    ((5, 6, 40), (0, 1), (1, 2)),
    ((1, 1, 40), (1, 2), None),
    ((7,), (0,), None),
)


def axes_cases():
    for index, (sizes, axes, parameter_axes) in enumerate(LAYOUTS):
        for open_sizes, kind in itertools.product((False, True), ("layer_norm", "rms_norm")):
            t = TYPES[(index + open_sizes) % 4]
            p = parameter_type(t)
            yield Norm(f"axes_{index}_{'open' if open_sizes else 'static'}_{kind}",
                       (None,) * len(sizes) if open_sizes else sizes, axes, type=t, kind=kind, gamma=p, beta=p,
                       rstd=p, mean=p if kind == "layer_norm" else "", parameter_axes=parameter_axes,
                       mask=index % 3 == 2), sizes


# (sizes, axes, channel axis, groups): channels first and last; some groups, one, as many as channels, and none; batch
# dims before, between and behind; sizes of 1 and 0.
CHANNELS = (
    ((2, 6, 5, 7), (2, 3), 1, 3),
    ((3, 8, 16), (2,), 1, 2),
    ((2, 6, 33), (2,), 1, 1),
    ((2, 6, 33), (2,), 1, 6),
    ((2, 6, 4, 9), (2, 3), 1, None),
    ((2, 5, 7, 12), (1, 2), 3, 3),
    ((2, 5, 7, 17), (1, 2), 3, None),
    ((3, 40), (), 1, 4),
    ((2, 3, 8, 5), (3,), 2, 4),
    ((4, 6, 5, 3), (0, 2), 1, 2),
    ((12, 7), (1,), 0, 3),
    ((2, 1, 5), (2,), 1, 1),
    ((2, 4, 1), (2,), 1, None),
    ((2, 6, 0), (2,), 1, 3),
    ((0, 6, 5), (2,), 1, 3),
)


def channel_cases():
    """Group, instance and batch norms: types in turn, each shape with open and with static sizes."""
    for index, (sizes, axes, channel, groups) in enumerate(CHANNELS):
        for is_open in (False, True):
            t = TYPES[(index + is_open) % 4]
            p = parameter_type(t)
            shape = {"sizes": (None,) * len(sizes) if is_open else sizes, "channel_axis": channel, "type": t}
            short = f"{index}_{'open' if is_open else 'static'}"
            yield Norm(f"group_{short}", axes=axes, kind="group_norm", groups=groups, gamma=p, beta=p, mean=p, rstd=p,
                       mask=index % 4 == 1, epsilon_operand=index % 3 == 2, **shape), sizes
            yield Norm(f"group_plain_{short}", axes=axes, kind="group_norm", groups=groups, in_place=index % 2 == 0,
                       **shape), sizes
            yield Norm(f"inference_{short}", kind="batch_norm_inference", mean=p, variance=p, gamma=p, beta=t,
                       in_place=index % 2 == 1, epsilon_operand=index % 3 == 1, **shape), sizes
            yield Norm(f"training_{short}", kind="batch_norm_training", gamma=p, beta=t, mean=p, variance=p,
                       mask=index % 4 == 2, in_place=index % 3 == 1, **shape), sizes
    common = {"sizes": (None, 8, None), "channel_axis": 1, "type": "f32"}
    yield Norm("group_in_f64", axes=(2,), kind="group_norm", groups=2, compute="f64", rstd="f64", **common), (3, 8, 21)
    yield Norm("group_to_bf16", axes=(2,), kind="group_norm", groups=2, output_type="bf16", **common), (3, 8, 21)
    yield Norm("inference_in_f64", kind="batch_norm_inference", mean="f64", variance="f16", compute="f64",
               **common), (3, 8, 21)
    yield Norm("training_variance_f16", kind="batch_norm_training", variance="f16", beta="f32", **common), (3, 8, 21)
    strided = {"sizes": (None, 6, None), "channel_axis": 1, "layout": ", strided<[?, ?, ?]>", "inner_stride": 2}
    yield Norm("group_strided", axes=(2,), kind="group_norm", groups=3, gamma="f32", **strided), (2, 6, 19)
    yield Norm("inference_strided", kind="batch_norm_inference", mean="f32", variance="f32", **strided), (2, 6, 19)
    yield Norm("training_strided", kind="batch_norm_training", in_place=True, **strided), (2, 6, 19)


def strided_cases():
    for t, inner in itertools.product(TYPES, (1, 2)):
        p = parameter_type(t)
        layout = f", strided<[?, {'1' if inner == 1 else '?'}]>"
        yield Norm(f"strided_{inner}_{t}", (None, None), (1,), type=t, gamma=p, beta=p, rstd=p, layout=layout,
                   inner_stride=inner), (5, 37)
        yield Norm(f"strided_inplace_{inner}_{t}", (None, 37), (1,), type=t, gamma=p, layout=layout, in_place=True,
                   inner_stride=inner), (6, 37)
    yield Norm("strided_3d", (None, None, 24), (1, 2), gamma="f32", layout=", strided<[?, ?, 1]>"), (4, 3, 24)
    yield Norm("strided_middle", (None, None, 24), (1,), gamma="f32", layout=", strided<[?, ?, ?]>",
               inner_stride=2), (4, 3, 24)
    yield Norm("strided_static", (None, 16), (1,), gamma="f32", layout=", strided<[19, 1]>"), (8, 16)


def programs():
    for t in TYPES:
        yield Softmax(f"softmax_{t}", t), [(m, n) for m in (0, 1, 5) for n in LENGTHS]
        yield Backward(f"backward_{t}", t), [(m, n) for m in ROWS + (1000,) for n in (0, 1, 7, 17, 100)]
        blocks = [(m, b, c) for m in ROWS for b in (1, 3) for c in (1, 7, 16, 33)]
        yield BlockScales(f"blocks_{t}", t), blocks
        yield BlockMaxima(f"maxima_{t}", t), blocks
    yield Softmax("softmax_static", "f32", (None, 100)), [(5, 100)]
    yield Backward("backward_static", "bf16", (64, 768)), [(64, 768)]
    yield BlockScales("blocks_static", "f32", (None, 4, 32)), [(5, 4, 32)]
    # One element more than vectors hold: what lies behind it stays as it is.
    for size in (5, 9, 17):
        yield BlockScales(f"blocks_one_more_{size}", "f32", (None, 3, size)), [(5, 3, size)]


def check_all(target, options):
    random = np.random.default_rng(20)
    dynamic, static = list(dynamic_cases()), list(static_cases())
    shaped, generic = [*axes_cases(), *channel_cases(), *strided_cases()], list(programs())
    functions = [*(case for case, _ in dynamic), *static, *(case for case, _ in shaped), *(case for case, _ in generic)]
    library = Library("".join(case.mlir() for case in functions), target, options=options)
    calls = 0
    for case, lengths in dynamic:
        for rows, length in itertools.product(ROWS, lengths):
            calls += 1
            case.check(library, (rows, length), random, at_end=bool(calls % 2))
    for case in static:
        for rows in ROWS if case.sizes[0] is None else case.sizes[:1]:
            calls += 1
            case.check(library, (rows, case.sizes[1]), random, at_end=bool(calls % 2))
    for case, sizes in shaped:
        for at_end in (False, True):
            calls += 1
            case.check(library, sizes, random, at_end=at_end)
    for case, many in generic:
        for sizes in many:
            calls += 1
            case.check(library, sizes, random)
    print(f"{len(functions)} functions, {calls} calls at {target.bits} bits: passed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vector-bits", type=int, choices=(128, 256, 512), default=None)
    parser.add_argument("--options", default="")
    given = parser.parse_args()
    check_all(Target(given.vector_bits or 0), given.options)
