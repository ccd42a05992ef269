"""Runs the grid of shapes, types, axes and layouts of the CPU tests on emulated kernels.

    grid.py dynamic|static|shaped|programs|split|cut|shifted
"""

import itertools
import os
import sys

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(here, ".."), os.path.join(here, "..", "CPU")]
from gputest import EmulatedLibrary
from grid import LENGTHS, ROWS, TYPES, axes_cases, channel_cases, dynamic_cases, static_cases, strided_cases
from namedop import Norm
from normtest import Target
from programs import Backward, BlockMaxima, BlockScales, FullBackward, Softmax

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


def split_calls():
    """Programs that become several kernels."""
    for t in TYPES:
        for case in Backward(f"backward_{t}", t), FullBackward(f"full_backward_{t}", t):
            for rows, length in itertools.product((0, 1, 5, 64, 100), (0, 1, 7, 100)):
                yield case, (rows, length)
        for case in BlockScales(f"blocks_{t}", t), BlockMaxima(f"maxima_{t}", t):
            for sizes in itertools.product((0, 1, 5), (1, 3), (0, 1, 7, 64)):
                yield case, sizes
    yield Backward("backward_static", "bf16", (64, 768)), (64, 768)
    yield FullBackward("full_backward_static", "bf16", (64, 768)), (64, 768)
    yield FullBackward("full_backward_in_place", "f32", (None, 96), in_place=True), (33, 96)
    yield BlockScales("blocks_static", "bf16", (None, 4, 32)), (5, 4, 32)
    yield BlockMaxima("maxima_static", "f16", (3, 16, 128)), (3, 16, 128)


def cut_calls():
    """Programs whose rows are cut into parts."""
    for t in TYPES:
        yield Norm(f"norm_{t}", (2, 1024), (1,), type=t, gamma="f32" if t != "f64" else t, mean="f32" if t != "f64" else t), (2, 1024)
        yield Norm(f"rms_{t}", (3, 256), (1,), type=t, kind="rms_norm", in_place=True), (3, 256)
        yield Softmax(f"softmax_{t}", t, (None, 4096)), (1, 4096)
        yield FullBackward(f"backward_{t}", t, (64, 128)), (64, 128)
    yield Norm("masked", (2, 512), (1,), mask=True, mean="f32", rstd="f32"), (2, 512)
    yield Norm("uncut", (2, 1000), (1,)), (2, 1000)
    # Sums in registers, of rows that one warp has and that several share.
    for _ in SEEDS:
        yield Backward("sums_bf16", "bf16", (64, 1024)), (64, 1024)
        yield FullBackward("sums_f32", "f32", (48, 2000)), (48, 2000)
        yield FullBackward("sums_in_place", "f16", (28, 264), in_place=True), (28, 264)
        yield Backward("sums_f64", "f64", (12, 40)), (12, 40)


def shifted_calls():
    """The algorithm that takes the head of a row for a first mean."""
    for length in (1, 7, 100, 1000, 4097):
        yield Norm(f"static_{length}", (None, length), (1,), gamma="f32", mean="f32", rstd="f32"), (5, length)
    for t in TYPES:
        case = Norm(f"open_{t}", (None, None), (1,), type=t)
        for length in (0, 1, 100, 1025, 4097):
            yield case, (3, length)
    yield Norm("two_dims", (3, 40, 50), (1, 2)), (3, 40, 50)
    yield Norm("channels", (2, 1100, 9), (1,)), (2, 1100, 9)
    yield Norm("masked", (None, 300), (1,), mask=True), (3, 300)


GROUPS = {"dynamic": dynamic_calls, "static": static_calls, "shaped": shaped_calls, "programs": program_calls, "split": split_calls,
          "cut": cut_calls, "shifted": shifted_calls}
OPTIONS = {"cut": {"options": "row-parts=4"}, "shifted": {"algorithm": "shifted"}}


def cases_of(calls):
    return list({case.name: case for case, _ in calls}.values())


def check(calls, options):
    random = np.random.default_rng(20)
    calls = list(calls)
    cases = cases_of(calls)
    library = EmulatedLibrary("".join(case.mlir() for case in cases), Target(), **options)
    for number, (case, sizes) in enumerate(calls):
        where = {"at_end": bool(number % 2)} if isinstance(case, Norm) else {}
        first = number % len(SEEDS)
        for seed in SEEDS[first:] + SEEDS[:first]:
            barriers, library.seed = library.num_barriers(), seed
            case.check(library, sizes, random, **where)
            if library.num_barriers() == barriers:
                break  # Nothing depends on the order of warps.
    print(f"{len(cases)} functions, {len(calls)} calls, {library.num_blocks()} blocks, {library.num_barriers()} barriers: passed")


if __name__ == "__main__":
    check(GROUPS[sys.argv[1]](), OPTIONS.get(sys.argv[1], {}))
