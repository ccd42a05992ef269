"""Norms of every mix of element types for AArch64, run in an emulator and compared with references."""

import argparse
import itertools
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import special
from emulated import EmulatedLibrary, EmulatedTarget
from namedop import Norm
from normtest import Array, encode
from programs import Backward, BlockMaxima, BlockScales, Softmax

TYPES = ("f64", "f32", "f16", "bf16")
LENGTHS = (0, 1, 3, 4, 17, 100, 530)
TARGETS = {
    "armv8-a": EmulatedTarget("armv8-a", emulated="cortex-a57"),
    "armv8.2-a": EmulatedTarget("armv8.2-a", "+v8.2a,+fullfp16,+bf16"),
    **{f"sve{bits}": EmulatedTarget(f"sve{bits}", features, f"max,sve{bits}=on,sve-default-vector-length={bits // 8}",
                                    options="scalable=1", scale=bits // 128)
       for bits, features in ((128, "+v8.2a,+sve"), (256, "+v8.2a,+sve"), (512, "+v8.2a,+sve,+bf16"), (2048, "+v8.2a,+sve2"))},
}
# How many times 128 bits the emulated processor's vectors have.
SCALE = """
func.func @scale(%out: memref<1xindex>) attributes {llvm.emit_c_interface} {
  %zero = arith.constant 0 : index
  %scale = vector.vscale
  memref.store %scale, %out[%zero] : memref<1xindex>
  return
}
"""


def norm_cases():
    """(case, all the sizes to call it with)."""
    for t, output in itertools.product(TYPES, TYPES):
        p = "f64" if t == "f64" else "f32"
        common = {"type": t, "output_type": output, "gamma": p, "rstd": p}
        mix = f"{t}_{output}"
        rows = [(3, length) for length in LENGTHS]
        yield Norm(f"layer_{mix}", (None, None), (1,), beta=p, mean=p, **common), rows
        yield Norm(f"rms_{mix}", (None, None), (1,), kind="rms_norm", mask=True, epsilon_operand=True, **common), rows
        yield Norm(f"rows_{mix}", (None, 20), (1,), beta=p, **common), [(1, 20), (37, 20)]
        yield Norm(f"lanes_{mix}", (None, 9, None), (1,), beta=p, **common), [(2, 9, 1), (2, 9, 5), (1, 9, 75)]


def program_cases():
    for t in TYPES:
        yield Softmax(f"softmax_{t}", t), [(3, length) for length in LENGTHS]
        yield Backward(f"backward_{t}", t), [(0, 9), (5, 1), (70, 33)]
        blocks = [(2, blocks, size) for blocks in (1, 3) for size in (1, 7, 16, 33)]
        yield BlockScales(f"codes_{t}", t), blocks
        yield BlockMaxima(f"maxima_{t}", t), blocks


def check_overflow(library, random):
    """What is above the largest number of the output's type becomes infinite, and what is small a subnormal."""
    for output in ("f16", "bf16"):
        case = Norm(f"overflow_{output}", (None, None), (1,), type="f32", output_type=output, gamma="f32")
        arrays = case.arguments((3, 37), random)
        factors = 10.0 ** np.linspace(-44, 38, 37) if output == "bf16" else 10.0 ** np.linspace(-10, 6, 37)
        arrays["gamma"].set(factors)
        x = arrays["x"].get()
        case.call(library, arrays)
        y, (value, allowed) = arrays["y"].get(), case.expected(arrays, x, library.algorithm)["y"]
        with np.errstate(over="ignore"):
            low, high = (encode(value + sign * allowed, output) for sign in (-1, 1))
        low, high = (special.decode(bound, output) for bound in (low, high))
        assert ((low <= y) & (y <= high)).all(), f"{case.name}: {y} is not between {low} and {high}"
        assert np.isinf(y).any() or output == "bf16", f"{case.name}: nothing overflowed"


def check_scale(target):
    library = EmulatedLibrary(SCALE, target)
    scale = Array("index", (1,))
    library.call("scale", scale)
    library.close()
    assert scale.get()[0] == target.scale, f"{target.name}: vectors have {scale.get()[0]} times 128 bits"


def check(target):
    if target.scale:
        check_scale(target)
    random = np.random.default_rng(24)
    norms, generic = list(norm_cases()), list(program_cases())
    overflowing = [Norm(f"overflow_{t}", (None, None), (1,), type="f32", output_type=t, gamma="f32") for t in ("f16", "bf16")]
    text = "".join(case.mlir() for case in [*(case for case, _ in norms + generic), *overflowing])
    library = EmulatedLibrary(text, target)
    calls = 0
    for case, sizes in [(case, sizes) for case, many in norms for sizes in many]:
        calls += 1
        case.check(library, sizes, random, at_end=bool(calls % 2))
    for case, sizes in [(case, sizes) for case, many in generic for sizes in many]:
        calls += 1
        case.check(library, sizes, random)
    check_overflow(library, random)
    library.close()
    cases = special.make_cases()
    library = EmulatedLibrary("".join(case.mlir() for case in cases.values()), target)
    for length in (3, 17, 100):
        for check_special in (special.check_not_finite, special.check_overflow, special.check_degenerate):
            check_special(cases, library, length, random)
    library.close()
    print(f"{target.name} ({target.emulated}): {len(norms) + len(generic)} functions, {calls} calls, special values: passed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="+", choices=list(TARGETS))
    for name in parser.parse_args().targets:
        check(TARGETS[name])
