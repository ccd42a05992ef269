"""Runs the grid of shapes, types, axes and layouts of the CPU tests on emulated kernels.

    grid.py dynamic|static|shaped|programs
"""

import itertools
import os
import sys

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(here, ".."), os.path.join(here, "..", "CPU")]
from gputest import EmulatedLibrary
from grid import LENGTHS, ROWS, TYPES, axes_cases, channel_cases, dynamic_cases, static_cases, strided_cases
from normtest import Target
from programs import Softmax

# Seeds of the emulator: 0 for round robin, others for warps that run ahead.
SEEDS = (0, 1, 2, 3, 4, 5)


def dynamic_calls():
    for case, lengths in dynamic_cases():
        for rows, length in itertools.product(ROWS, lengths):
            # Rows of many elements are as many threads' business as those of few.
            if rows <= 5 or length <= 100:
                yield case, (rows, length)


def static_calls():
    for case in static_cases():
        for rows in ROWS if case.sizes[0] is None else case.sizes[:1]:
            yield case, (rows, case.sizes[1])


def shaped_calls():
    yield from axes_cases()
    yield from channel_cases()
    yield from strided_cases()


def program_calls():
    for t in TYPES:
        case = Softmax(f"softmax_{t}", t)
        for rows, length in itertools.product((0, 1, 5), LENGTHS):
            yield case, (rows, length)
    case = Softmax("softmax_static", "f32", (None, 100))
    for rows in ROWS:
        yield case, (rows, 100)


GROUPS = {"dynamic": dynamic_calls, "static": static_calls, "shaped": shaped_calls, "programs": program_calls}


def cases_of(calls):
    return list({case.name: case for case, _ in calls}.values())


def check(calls):
    random = np.random.default_rng(20)
    calls = list(calls)
    cases = cases_of(calls)
    library = EmulatedLibrary("".join(case.mlir() for case in cases), Target())
    seeds = itertools.cycle(SEEDS)
    for number, (case, sizes) in enumerate(calls):
        library.seed = next(seeds)
        where = {} if isinstance(case, Softmax) else {"at_end": bool(number % 2)}
        case.check(library, sizes, random, **where)
    print(f"{len(cases)} functions, {len(calls)} calls, {library.num_blocks()} blocks, {library.num_barriers()} barriers: passed")


if __name__ == "__main__":
    check(GROUPS[sys.argv[1]]())
