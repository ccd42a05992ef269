"""Runs kernels whose rows lie in workgroup memory or are shared by the blocks of clusters, by schedules written by hand: lengths
that fill all pieces and such that do not, types, operands in place, strided rows, all orders in which threads may run.
"""

import itertools
import os
import sys

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, ".."))
from gputest import EmulatedLibrary, with_schedules
from namedop import Norm
from normtest import Target
from programs import AddNorm, DynamicInt8, Softmax

SEEDS = range(6)
LENGTHS = (1, 3, 64, 1000, 3001, 4097)
# Threads of a row in a block, blocks of a cluster, where rows are.
LAYOUTS = ((32, 1, "workgroup"), (128, 1, "workgroup"), (32, 2, "registers"), (64, 8, "registers"), (64, 4, "workgroup"),
           (256, 8, "workgroup"), (128, 2, "memory"))
ELEMENTS = {"f64": 2, "f32": 4, "f16": 8, "bf16": 8}


def make_cases(number, length):
    """Four of the kinds of programs, in turn, each with the type of its rows."""
    sizes = (None, length)
    t, other = ("f32", "bf16", "f16", "f64")[number % 4], ("bf16", "f32")[number % 2]
    parameter = "f64" if t == "f64" else "f32"
    yield Norm(f"norm_{number}", sizes, (1,), type=t, gamma=parameter, beta=parameter, mean=parameter, rstd=parameter), t
    if number % 2:
        yield AddNorm(f"sum_{number}", other, sizes, in_place=number % 3 == 0), other
    else:
        yield DynamicInt8(f"int8_{number}", other, sizes), other
    if number // 2 % 2:
        yield Norm(f"rms_{number}", sizes, (1,), type=t, kind="rms_norm", gamma=parameter, mask=True, in_place=True), t
    else:
        yield Softmax(f"softmax_{number}", t, sizes), t
    yield Norm(f"sliced_{number}", sizes, (1,), type=other, gamma="f32", layout=", strided<[?, 1]>"), other


def make_schedule(length, elements, threads, cluster, place):
    vectors = -(-length // (elements * threads * cluster)) if place != "memory" else 3
    return (f"lane_dim = 1, vector_size = {elements}, vectors = {vectors}, threads_per_row = {threads}, "
            f"cluster = {cluster}, row_in = {place}")


def check(layouts):
    cases, schedules = [], {}
    for number, (length, layout) in enumerate(itertools.product(LENGTHS, layouts)):
        for case, t in make_cases(number, length):
            cases.append((case, length))
            schedules[case.name] = make_schedule(length, ELEMENTS[t], *layout)
    text = "".join(case.mlir() for case, _ in cases)
    library = EmulatedLibrary(with_schedules(text, schedules), Target())
    for case, length in cases:
        for seed in SEEDS:
            library.seed = seed
            where = {"at_end": bool(seed % 2)} if isinstance(case, Norm) else {}
            try:
                case.check(library, (1 + seed % 3, length), np.random.default_rng(seed), **where)
            except AssertionError as error:
                raise SystemExit(f"{case.name}: {schedules[case.name]}: seed {seed}: {error}") from error
    print(f"{len(cases)} functions, {len(SEEDS)} orders of threads: passed")


if __name__ == "__main__":
    check(LAYOUTS[int(sys.argv[1])::2])
