"""Schedules written by hand: whatever the number of rows per iteration, the stores and the prefetches, a row's bits are
those that one row at a time gives, and those are right.
"""

import os
import re
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from namedop import Norm
from normtest import Array, Library, Target, require_close, run_tool

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


class RowFunctions:
    """Functions of a statistic, which vectors and scalars may have from different places: y = x · tanh(m) + log(exp(m) + 1),
    m the mean.
    """

    name = "functions"

    def mlir(self):
        return """
          func.func @functions(%x: memref<?x64xf32>, %y: memref<?x64xf32>) attributes {llvm.emit_c_interface} {
            norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
                ins(%x : memref<?x64xf32>) outs(%y : memref<?x64xf32>) {
            ^bb0(%e: f32):
              %n = arith.constant 0.015625 : f32
              %one = arith.constant 1.0 : f32
              %none = arith.constant 0.0 : f32
              %sum = norm.reduce <add> %e : f32
              %mean = arith.mulf %sum, %n : f32
              %tanh = math.tanh %mean : f32
              %exp = math.exp %mean : f32
              %more = arith.addf %exp, %one : f32
              %log = math.log %more : f32
              %product = arith.mulf %e, %tanh : f32
              %zero = arith.mulf %mean, %none fastmath<contract> : f32
              %sum2 = arith.addf %product, %zero fastmath<contract> : f32
              %o = arith.addf %sum2, %log : f32
              norm.yield %o : f32
            }
            return
          }
        """

    def call(self, library, arrays):
        library.call("functions", arrays["x"], arrays["y"])

    def check(self, library, sizes, random, at_end=True):
        arrays = {name: Array("f32", sizes, at_end=at_end) for name in ("x", "y")}
        arrays["x"].set(random.normal(0.3, 1.0, sizes))
        self.call(library, arrays)
        x = arrays["x"].get()
        mean = x.mean(axis=1, keepdims=True)
        expected = x * np.tanh(mean) + np.log(np.exp(mean) + 1)
        require_close(f"{self.name} of {sizes}", arrays["y"].get(), expected, 4e-6)
        return arrays


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
            (4, "nontemporal_above = 20000, peel = true, prefetch_bytes = 1, cached_prefetch_bytes = 4096"),
            (8, "nontemporal_above = 0, peel = true, prefetch_bytes = 4096"), (16, "nontemporal_above = 0, prefetch_bytes = 1"))]
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
             *norms("odd", (2, None, 49), (1,)), *norms("planes", (None, 32, 49), (1,))]
    shapes = {"middle": ((1, 3, 100), (2, 24, 16), (3, 5, 257)), "static": ((1, 24, 64), (3, 24, 64)), "odd": ((2, 7, 49),),
              "planes": ((1, 32, 49), (3, 32, 49))}
    calls = [(case, sizes) for case in cases for sizes in shapes[case.name.rsplit("_", 1)[1]]]
    variants = ["rows = 2", "rows = 4, nontemporal_above = 0", "rows = 8, nontemporal_above = 0, prefetch_bytes = 4096",
                "nontemporal_above = 0, prefetch_bytes = 1, prefetch_phase = 1",
                "rows = 4, nontemporal_above = 0, peel = true, prefetch_bytes = 1, prefetch_locality = 2",
                "rows = 8, nontemporal_above = 0, peel = true", "masked_rows = false", "rows = 4, masked_rows = false, nontemporal_above = 0, prefetch_bytes = 4096"]
    check_variants(target, cases, calls, "lane_dim = 2, vector_size = 16, unroll = 2", variants, random)


def check_planes(target, random):
    """Rows of several dims whose innermost loop does not store whole lines."""
    cases = [*norms("planes", (None, 32, 49), (1, 2)), *norms("volumes", (None, 4, 8, 7), (1, 2, 3))]
    calls = [(case, (rows, *((32, 49) if case.name.endswith("planes") else (4, 8, 7)))) for case in cases for rows in (0, 1, 2, 5)]
    for lane_dim, suffix in ((2, "planes"), (3, "volumes")):
        chosen = [(case, sizes) for case, sizes in calls if case.name.endswith(suffix)]
        variants = ["nontemporal_above = 0", "nontemporal_above = 0, peel = true",
                    "nontemporal_above = 0, peel = true, prefetch_bytes = 4096", "rows = 2, nontemporal_above = 0, peel = true"]
        check_variants(target, [case for case in cases if case.name.endswith(suffix)], chosen,
                       f"lane_dim = {lane_dim}, vector_size = 16, unroll = 2", variants, random)


def check_row_functions(target, random):
    case = RowFunctions()
    calls = [(case, (rows, 64)) for rows in ROWS[1:]]
    base = "lane_dim = 1, vector_size = 16, unroll = 2"
    check_variants(target, [case], calls, base, ["rows = 2", "rows = 8", "rows = 16, nontemporal_above = 0"], random)


if __name__ == "__main__":
    widest = Target()
    generator = np.random.default_rng(22)
    for check in (check_row_functions, check_elements_in_lanes, check_rows_in_lanes, check_planes):
        check(widest, generator)
        print(f"{check.__name__}: passed")
