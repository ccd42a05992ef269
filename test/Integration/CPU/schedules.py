"""Schedules written by hand: whatever the number of rows per iteration, the stores and the prefetches, a row's bits are
those that one row at a time gives, and those are right.
"""

import os
import re
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from namedop import Norm
from normtest import Array, Library, Target, run_tool

ROWS = (0, 1, 2, 5, 16, 67)
LENGTHS = (1, 3, 24, 64, 1000)


def with_schedule(text, schedule):
    """The functions' row programs, with the schedule on each of them."""
    general = run_tool("norm-opt", "--norm-generalize", "-", stdin=text.encode()).decode()
    return re.sub(r"(normalized_dims = \[[^]]*\])", rf"\1, schedule = #norm.cpu_schedule<{schedule}>", general)


def norms(suffix, sizes, axes):
    for t, output in (("f32", "f32"), ("f64", "f64"), ("f16", "bf16"), ("bf16", "f32"), ("bf16", "bf16")):
        p = "f64" if t == "f64" else "f32"
        yield Norm(f"layer_{t}_{output}_{suffix}", sizes, axes, type=t, output_type=output, gamma=p, beta=p, mean=p, rstd=p)
        yield Norm(f"rms_{t}_{output}_{suffix}", sizes, axes, kind="rms_norm", type=t, output_type=output, gamma=p, mask=True,
                   rstd=p)


def again(arrays, at_end):
    """The same call in memory of its own, the outputs filled with junk."""
    copies = {}
    for name, array in arrays.items():
        copies[name] = copy = Array(array.element_type, array.shape, at_end=at_end)
        if name not in ("y", "mean", "rstd"):
            copy.view[...] = array.view
    return copies


def check_variants(target, cases, calls, base, variants, random):
    """Calls each function under each schedule and compares what it gives with what the base schedule gives."""
    text = "".join(case.mlir() for case in cases)
    reference = Library(with_schedule(text, base), target)
    results = []
    for number, (case, sizes) in enumerate(calls):
        results.append(case.check(reference, sizes, random, at_end=bool(number % 2)))
    for variant in variants:
        library = Library(with_schedule(text, f"{base}, {variant}"), target, options="keep-nontemporal=" + str(
            int(target.bits == 512)))
        for (case, sizes), expected in zip(calls, results):
            for at_end in (False, True):
                arrays = again(expected, at_end)
                case.call(library, arrays)
                for name in ("y", "mean", "rstd"):
                    if name in arrays:
                        same = arrays[name].bits() == expected[name].bits()
                        assert same, f"{case.name} of {sizes} under <{base}, {variant}>: {name} differs"


def check_elements_in_lanes(target, random):
    for length in (None, *LENGTHS):
        cases = list(norms("dynamic" if length is None else length, (None, length), (1,)))
        calls = [(case, (rows, n)) for case in cases for rows in ROWS for n in ((3, 64, 1000) if length is None else (length,))]
        lanes = 16 if length != 3 else 4
        several = [f"rows = {rows}, {rest}" for rows, rest in (
            (2, "prefetch_bytes = 1"), (4, "nontemporal_above = 0"),
            (8, "nontemporal_above = 0, prefetch_bytes = 4096"), (16, "nontemporal_above = 0, prefetch_bytes = 1"))]
        single = ["nontemporal_above = 0", "nontemporal_above = 0, peel = true, prefetch_bytes = 16384",
                  "nontemporal_above = 20000, peel = true, prefetch_bytes = 4096, prefetch_locality = 2"]
        base = f"lane_dim = 1, vector_size = {lanes}, unroll = 2"
        check_variants(target, cases, calls, base, several + single, random)
        # Phases are counted after norm.moments is expanded; an RMS norm has two, a layer norm three.
        check_variants(target, cases, calls, base, ["prefetch_bytes = 1, prefetch_phase = 1",
                                                    "nontemporal_above = 0, peel = true, prefetch_bytes = 1, prefetch_phase = 0"],
                       random)


def check_rows_in_lanes(target, random):
    cases = [*norms("middle", (None, None, None), (1,)), *norms("static", (None, 24, 64), (1,)),
             *norms("odd", (2, None, 49), (1,))]
    shapes = {"middle": ((1, 3, 100), (2, 24, 16), (3, 5, 257)), "static": ((1, 24, 64), (3, 24, 64)), "odd": ((2, 7, 49),)}
    calls = [(case, sizes) for case in cases for sizes in shapes[case.name.rsplit("_", 1)[1]]]
    variants = ["rows = 2", "rows = 4, nontemporal_above = 0", "rows = 8, nontemporal_above = 0, prefetch_bytes = 4096",
                "nontemporal_above = 0, prefetch_bytes = 1, prefetch_phase = 1"]
    check_variants(target, cases, calls, "lane_dim = 2, vector_size = 16, unroll = 2", variants, random)


if __name__ == "__main__":
    widest = Target()
    generator = np.random.default_rng(22)
    for check in (check_elements_in_lanes, check_rows_in_lanes):
        check(widest, generator)
        print(f"{check.__name__}: passed")
