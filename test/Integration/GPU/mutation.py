"""Deletes each barrier of kernels of several warps, and each half of those of clusters, in turn: without it, some schedule of
the threads must give wrong results."""

import os
import re
import sys

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, ".."))
from gputest import EmulatedLibrary, with_schedules
from namedop import Norm
from normtest import Target, run_tool
from programs import AddNorm, Backward, Softmax

SEEDS = range(1, 9)


class Scheduled:
    """A case whose row programs have a schedule written by hand."""

    def __init__(self, case, shapes, schedule=None, first=""):
        self.case, self.shapes, self.schedule, self.first = case, shapes, schedule, first

    def kernels(self):
        text = with_schedules(self.case.mlir(), {self.case.name: self.schedule}) if self.schedule else self.case.mlir()
        passes = f"{self.first}norm-generalize,norm-schedule{{chip=sm_90}},norm-expand-moments,convert-norm-to-gpu{{assume-alignment=16}}"
        kernels = run_tool("norm-opt", f"--pass-pipeline=builtin.module({passes})", "-", stdin=text.encode()).decode()
        return re.sub(r".*memref\.dealloc.*\n", "", kernels)  # which the pipeline places


def cases():
    # One body each, or sizes that reach both.
    yield Scheduled(Norm("two_warps", (None, 1024), (1,), gamma="f32", beta="f32", mean="f32", rstd="f32"), [(5, 1024)])
    yield Scheduled(Norm("eight_warps", (None, 8192), (1,), type="bf16", gamma="f32", rstd="f32"), [(2, 8192)])
    yield Scheduled(Norm("rms", (None, 1001), (1,), kind="rms_norm", gamma="f32", mask=True), [(3, 1001)])
    yield Scheduled(Norm("any_length", (None, None), (1,), gamma="f32"), [(3, 4096), (3, 3001)])
    yield Scheduled(Softmax("softmax", "f32", (None, 1024)), [(3, 1024)])
    yield Scheduled(Norm("channels", (2, 96, 64), (1,), gamma="f32"), [(2, 96, 64)],
                    "lane_dim = 2, vectors = 24, threads_per_row = 4, rows_per_block = 32, row_in = registers")
    yield Scheduled(AddNorm("workgroup", "bf16", (None, 2000)), [(2, 2000)],
                    "lane_dim = 1, vector_size = 8, vectors = 2, threads_per_row = 128, row_in = workgroup")
    yield Scheduled(Norm("cluster", (None, 1000), (1,), gamma="f32", rstd="f32"), [(3, 1000)],
                    "lane_dim = 1, vector_size = 4, vectors = 2, threads_per_row = 64, cluster = 2, row_in = registers")
    yield Scheduled(Softmax("one_warp_each", "f32", (None, 3001)), [(2, 3001)],
                    "lane_dim = 1, vectors = 24, threads_per_row = 32, cluster = 4, row_in = workgroup")
    yield Scheduled(Backward("sums", "f32", (24, 1024)), [(24, 1024)], first="norm-split-programs{chip=sm_90 row-parts=4},")


def emulate(kernels):
    emulated = run_tool("norm-opt", "--norm-emulate-gpu", "-", stdin=kernels.encode()).decode()
    return EmulatedLibrary(emulated, Target(), chip="")


def passes(scheduled, library, seeds):
    """Whether the case's results are right, whatever the schedule."""
    for seed in seeds:
        random = np.random.default_rng(4)
        library.seed = seed
        for sizes in scheduled.shapes:
            try:
                scheduled.case.check(library, sizes, random)
            except AssertionError:
                return False
    return True


def check(scheduled):
    kernels = scheduled.kernels()
    assert passes(scheduled, emulate(kernels), [0, *SEEDS]), f"{scheduled.case.name} is wrong as it is"
    lines = kernels.split("\n")
    barriers = [number for number, line in enumerate(lines) if line.strip().startswith(("gpu.barrier", "nvvm.cluster."))]
    assert barriers, f"{scheduled.case.name} has no barrier"
    for barrier in barriers:
        mutated = emulate("\n".join(line for number, line in enumerate(lines) if number != barrier))
        assert not passes(scheduled, mutated, SEEDS), f"{scheduled.case.name}: nothing fails without the barrier of line {barrier}"
    print(f"{scheduled.case.name}: each of {len(barriers)} barriers is needed")


if __name__ == "__main__":
    for each in cases():
        check(each)
