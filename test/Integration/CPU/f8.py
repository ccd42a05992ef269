#!/usr/bin/env python3
"""Conversions between 8-bit floats and others, element by element against their definition.

From f32 and f64: numbers halfway between neighbours and beside them, subnormals, what overflows, infinities, NaN and random
numbers are rounded to nearest, ties to even. From bf16 and f16: all numbers. To other types: all codes.
"""

import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from normtest import Array, Library, Target

# Bits of the mantissa, bias, first code that is not finite, what overflows becomes.
FORMATS = {"f8E4M3FN": (3, 7, 0x7F, 0x7F), "f8E5M2": (2, 15, 0x7C, 0x7C)}
NUMBER = 1 << 14


def decode_all(name):
    """The numbers of the codes 0x00 to 0x7F; NaN where there is none."""
    mantissa, bias, limit, _ = FORMATS[name]
    codes = np.arange(128)
    exponent, fraction = codes >> mantissa, codes & ((1 << mantissa) - 1)
    scale = 2.0**-mantissa
    numbers = np.where(exponent == 0, fraction * scale * 2.0**(1 - bias), (1 + fraction * scale) * 2.0**(exponent - bias))
    numbers[limit:] = np.nan
    if name == "f8E5M2":
        numbers[limit] = np.inf
    return numbers


def round_all(values, name):
    """The codes that numbers round to."""
    *_, limit, overflow = FORMATS[name]
    numbers = decode_all(name)[:limit].astype(np.longdouble)
    magnitude = np.abs(values).astype(np.longdouble)
    # The step after the largest number is where overflow begins, as if there were one more.
    borders = np.append((numbers[:-1] + numbers[1:]) / 2, numbers[-1] + (numbers[-1] - numbers[-2]) / 2)
    below, upto = np.searchsorted(borders, magnitude, side="left"), np.searchsorted(borders, magnitude, side="right")
    code = np.where(below != upto, below + below % 2, below)
    code = np.where(code >= limit, overflow, code)
    code = np.where(np.isnan(values), 0x7F, code)
    return (code | (np.signbit(values).astype(int) << 7)).astype(np.uint8)


def draw(name, element_type):
    """Numbers that are hard to round, and random ones."""
    *_, limit, _ = FORMATS[name]
    numbers = decode_all(name)[:limit]
    middles = np.append((numbers[:-1] + numbers[1:]) / 2, numbers[-1] + (numbers[-1] - numbers[-2]) / 2)
    exact = np.concatenate([numbers, middles, [np.inf, np.nan, 1e30, 1e-30, numbers[-1] * 1.5]])
    kind = np.float32 if element_type == "f32" else np.float64
    hard = exact.astype(kind)
    hard = np.concatenate([hard, np.nextafter(hard, kind(np.inf)), np.nextafter(hard, kind(0))])
    rng = np.random.default_rng(1)
    rest = NUMBER // 2 - len(hard)
    random = np.exp(rng.uniform(np.log(numbers[1] / 8), np.log(numbers[-1] * 4), rest)).astype(kind)
    values = np.concatenate([hard, random])
    return np.concatenate([values, -values])


def functions():
    for name in FORMATS:
        for other in ("f32", "f64", "f16", "bf16"):
            for direction, source, target, cast in (("to", other, name, "arith.truncf"), ("from", name, other, "arith.extf")):
                before = f"%c = arith.bitcast %e : i8 to {name}\n" if direction == "from" else ""
                value = "%c" if direction == "from" else "%e"
                after = f"%r = arith.bitcast %t : {name} to i8\n" if direction == "to" else ""
                result = "%r" if direction == "to" else "%t"
                read, written = ("i8", other) if direction == "from" else (other, "i8")
                size = 256 if direction == "from" else 1 << 16 if other in ("f16", "bf16") else NUMBER
                yield f"""
func.func @{direction}_{name}_{other}(%x: memref<{size}x{read}>, %y: memref<{size}x{written}>)
    attributes {{llvm.emit_c_interface}} {{
  norm.generic {{indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]}}
      ins(%x : memref<{size}x{read}>) outs(%y : memref<{size}x{written}>) {{
  ^bb0(%e: {read}):
    {before}
    %t = {cast} {value} : {source} to {target}
    {after}
    norm.yield {result} : {written}
  }}
  return
}}
"""


def check(library, name, other):
    """Returns the number of elements that differ."""
    wide = other in ("f32", "f64")
    values = draw(name, other) if wide else np.arange(1 << 16).astype(np.uint16)
    source, target = Array(other, values.shape), Array("i8", values.shape)
    source.stored[:] = values if wide else values.view(source.stored.dtype)
    library.call(f"to_{name}_{other}", source, target)
    numbers = np.asarray(source.get() if not wide else values)
    wrong = int((target.stored.view(np.uint8) != round_all(numbers, name)).sum())

    codes, result = Array("i8", (256,)), Array(other, (256,))
    codes.stored.view(np.uint8)[:] = np.arange(256)
    library.call(f"from_{name}_{other}", codes, result)
    positive = decode_all(name)
    # What is too large for an f16 there is not: all numbers of both formats fit.
    expected = np.concatenate([positive, -positive])
    with np.errstate(invalid="ignore"):
        actual = result.get().astype(np.float64)
    same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    return wrong + int((~same).sum())


def main():
    library = Library("".join(functions()), Target())
    wrong = {f"{name} and {other}": check(library, name, other) for name in FORMATS for other in ("f32", "f64", "f16", "bf16")}
    for what, number in wrong.items():
        if number:
            print(f"{what}: {number} conversions are wrong")
    print(f"{len(wrong)} pairs of types, {sum(wrong.values())} wrong conversions")
    return 1 if sum(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
