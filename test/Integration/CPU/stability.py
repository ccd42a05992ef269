"""What a row gives depends on that row, the types and the vector width: not on other rows, their number, the place in
memory or threads. Results are compared bit by bit; those of each algorithm with centred references too.
"""

import ctypes
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from namedop import Norm
from normtest import Array, Library, Target, find_openmp
from programs import Backward, Softmax

LENGTHS = (1, 7, 17, 100, 768, 1000, 4097)


def norms(name, sizes):
    for t in ("f32", "bf16", "f64", "f16"):
        p = "f64" if t == "f64" else "f32"
        yield Norm(f"{name}_layer_{t}", sizes, (1,), type=t, gamma=p, beta=p, mean=p, rstd=p)
        yield Norm(f"{name}_rms_{t}", sizes, (1,), kind="rms_norm", type=t, gamma=p, mask=True, rstd=p)


def outputs(arrays):
    return {name: array for name, array in arrays.items() if name in ("y", "mean", "rstd")}


def like(array, shape, values, at_end):
    other = Array(array.element_type, shape, at_end=at_end)
    other.view[...] = values
    return other


def part_of(arrays, rows, at_end):
    """The same call for some of the rows, in memory of its own."""
    return {name: like(array, (len(rows), *array.shape[1:]), array.view[rows], at_end)
            if name in ("x", "mask", "y", "mean", "rstd") else array for name, array in arrays.items()}


def require_same(what, whole, part, rows):
    for name, array in outputs(whole).items():
        assert array.view[rows].tobytes() == part[name].bits(), f"{what}: {name} differs"


def check_rows(target, random):
    """Rows alone, some of them in another order, and a static number of rows."""
    open_cases, static_cases = list(norms("open", (None, 100))), list(norms("static", (5, 100)))
    any_length = list(norms("any", (None, None)))
    library = Library("".join(case.mlir() for case in [*open_cases, *static_cases, *any_length]), target)
    for case in any_length + open_cases:
        for length in LENGTHS if case.sizes[1] is None else (100,):
            whole = case.check(library, (64, length), random)
            order = [63, 0, 5, 6, 17, 31]
            for rows in [[row] for row in order] + [order]:
                part = part_of(whole, rows, at_end=length % 2 == 0)
                case.call(library, part)
                require_same(f"{case.name}, rows {rows} of length {length}", whole, part, rows)
    for case, static in zip(open_cases, static_cases):
        whole = case.check(library, (5, 100), random)
        part = part_of(whole, list(range(5)), at_end=False)
        static.call(library, part)
        require_same(static.name, whole, part, list(range(5)))


def check_threads(target, random):
    """The loops that threads share give what one thread gives."""
    cases = list(norms("threads", (None, None)))
    text = "".join(case.mlir() for case in [*cases, Softmax("softmax"), Backward("backward")])
    serial, parallel = Library(text, target), Library(text, target, threads="openmp")
    set_threads = ctypes.CDLL(find_openmp()).omp_set_num_threads
    for threads in (1, 2, 3, 7):
        set_threads(threads)
        # 32768 elements and more are shared; fewer rows than chunks, a multiple of them, and neither.
        for rows, length in ((1, 40000), (5, 4097), (40, 1000), (64, 768), (1000, 100), (9, 3), (0, 17)):
            for case in cases:
                whole = case.check(serial, (rows, length), random)
                part = part_of(whole, list(range(rows)), at_end=True)
                case.call(parallel, part)
                require_same(f"{case.name} with {threads} threads", whole, part, list(range(rows)))
            check_program_threads(serial, parallel, (rows, length), random, threads)


def check_program_threads(serial, parallel, sizes, random, threads):
    x = Array("f32", sizes, values=random.normal(1.0, 3.0, sizes))
    results = [Array("f32", sizes), Array("f32", sizes)]
    serial.call("softmax", x, results[0])
    parallel.call("softmax", x, results[1])
    assert results[0].bits() == results[1].bits(), f"softmax {sizes} with {threads} threads differs"
    program = Backward("backward")
    arguments = program.arguments(sizes, random)
    again = [like(array, array.shape, array.view, True) for array in arguments]
    serial.call("backward", *arguments)
    parallel.call("backward", *again)
    for one, other in zip(arguments, again):
        assert sizes[0] == 0 or one.bits() == other.bits(), f"backward {sizes} with {threads} threads differs"


def check_algorithms(target, random):
    for algorithm in ("corrected-two-pass", "two-pass", "shifted"):
        cases = [*norms("open", (None, None)), Norm("static", (None, 1000), (1,), gamma="f32"),
                 Norm("trailing", (None, None, None), (1, 2), mask=True, rstd="f32"),
                 Norm("middle", (None, None, None), (1,), mean="f32"), Norm("none", (None, None), (), mean="f32"),
                 Norm("group", (None, None, None), (2,), kind="group_norm", channel_axis=1, groups=1, gamma="f32"),
                 Norm("training", (None, None, None), kind="batch_norm_training", channel_axis=1, variance="f32",
                      mean="f32")]
        library = Library("".join(case.mlir() for case in cases), target, algorithm=algorithm)
        for case in cases:
            if len(case.sizes) == 3:
                for sizes in ((3, 40, 50), (2, 1, 7), (3, 0, 4), (0, 3, 4), (1, 3, 1025)):
                    case.check(library, sizes, random)
                continue
            for length in (0, *LENGTHS) if case.sizes[1] is None else (1000,):
                for rows in (0, 1, 5):
                    case.check(library, (rows, length), random)


if __name__ == "__main__":
    widest = Target()
    generator = np.random.default_rng(21)
    for check in (check_rows, check_threads, check_algorithms):
        check(widest, generator)
        print(f"{check.__name__}: passed")
