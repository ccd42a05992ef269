"""What lib/Pipelines computes by arithmetic where a processor or LLVM lacks an instruction: exp, tanh and erf of f64, rounding
to integers, conversions from and to f16; with NaN, infinities, zeros, subnormals and the bounds of what is finite.
"""

import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from normtest import Array, Library, Target

LANES = 4
OPERATIONS = {"exp": ("math.exp {}", "f64", "f64"), "tanh": ("math.tanh {}", "f64", "f64"),
              "erf": ("math.erf {}", "f64", "f64"), "roundeven": ("math.roundeven {}", "f32", "f32"),
              "floor": ("math.floor {}", "f32", "f32"), "ceil": ("math.ceil {}", "f32", "f32"),
              "trunc": ("math.trunc {}", "f32", "f32"), "floor_f64": ("math.floor {}", "f64", "f64"),
              "to_f16": ("arith.truncf {}", "f32", "f16"), "from_f16": ("arith.extf {}", "f16", "f32")}


def function(name):
    operation, source, result = OPERATIONS[name]
    operation = operation.format("%v") + f" : vector<{LANES}x{source}>"
    if "arith" in operation:
        operation += f" to vector<{LANES}x{result}>"
    return f"""
func.func @{name}(%x: memref<?x{source}>, %y: memref<?x{result}>) attributes {{llvm.emit_c_interface}} {{
  %zero = arith.constant 0 : index
  %step = arith.constant {LANES} : index
  %n = memref.dim %x, %zero : memref<?x{source}>
  scf.for %i = %zero to %n step %step {{
    %v = vector.load %x[%i] : memref<?x{source}>, vector<{LANES}x{source}>
    %w = {operation}
    vector.store %w, %y[%i] : memref<?x{result}>, vector<{LANES}x{result}>
  }}
  return
}}
"""


def call(library, name, values):
    _, source, result = OPERATIONS[name]
    x, y = Array(source, values.shape), Array(result, values.shape)
    x.view[...] = values
    library.call(name, x, y)
    return y.view.copy()


def require_same(name, actual, expected, values):
    bits = {2: np.uint16, 4: np.uint32, 8: np.uint64}[actual.dtype.itemsize]
    differs = (actual.view(bits) != expected.view(bits)) & ~(np.isnan(actual) & np.isnan(expected))
    assert not differs.any(), f"{name} of {values[differs][0]!r}: {actual[differs][0]!r} for {expected[differs][0]!r}"


def check_exp(library, random):
    bounds = [np.nan, np.inf, -np.inf, 0.0, -0.0, 709.782712893384, 709.7827128933841, -708.4, -745.13, -745.1332191019412,
              -745.14, 1e300]
    x = np.concatenate([random.uniform(-750, 720, 40000), random.uniform(-1, 1, 40000), bounds])
    actual, expected = call(library, "exp", x).astype(np.longdouble), np.exp(x.astype(np.longdouble))
    double = expected.astype(np.float64)
    finite = np.isfinite(double)
    require_same("exp", actual.astype(np.float64)[~finite], double[~finite], x[~finite])
    error = np.abs(actual - expected)[finite] / np.spacing(double[finite])
    assert error.max() < 1.2, f"exp of {x[finite][error.argmax()]} is off by {error.max()} units in the last place"


def error_function(x):
    """Of longdouble, by its series up to 2 and a continued fraction above; NaN and infinities aside."""
    magnitude = np.abs(x)
    square = magnitude * magnitude
    above = magnitude >= 2.5
    series, term = np.zeros_like(x), np.where(above, 0, magnitude)
    for n in range(120):  # 2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!, all terms positive
        series += term
        term = term * 2 * square / (2 * n + 3)
    root = np.sqrt(np.longdouble("3.14159265358979323846264338327950288"))
    result = 2 / root * np.exp(-square) * series
    fraction = np.zeros_like(x)
    z = np.where(above, magnitude, 3)
    for n in range(200, 0, -1):
        fraction = (np.longdouble(n) / 2) / (z + fraction)
    return np.copysign(np.where(above, 1 - np.exp(-z * z) / root / (z + fraction), result), x)


def check_in_f64(library, name, function, x, units):
    """The largest error in units of the last place."""
    actual = call(library, name, x).astype(np.longdouble)
    expected = function(x.astype(np.longdouble))
    expected = np.where(np.isinf(x), np.sign(x), expected)
    double = expected.astype(np.float64)
    exact = ~np.isfinite(x) | (x == 0)
    require_same(name, actual.astype(np.float64)[exact], double[exact], x[exact])
    error = (np.abs(actual - expected) / np.spacing(np.abs(double)))[~exact]
    assert error.max() < units, f"{name} of {x[~exact][error.argmax()]} is off by {error.max()} units in the last place"


def check_tanh_and_erf(library, random):
    bounds = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, np.nextafter(1, 2), 5.9, 6.0, -6.1, 19.9, 20.0, 20.1, 400.0, -1e300,
              5e-324, -1e-310, 2.3e-308, 1e-200]
    x = np.concatenate([random.uniform(-1, 1, 40000), random.uniform(-8, 8, 40000), random.uniform(-25, 25, 4000),
                        10.0 ** random.uniform(-30, 0, 4000), bounds])
    check_in_f64(library, "tanh", np.tanh, x, 3)
    check_in_f64(library, "erf", error_function, x, 3)


def check_rounding(library, random):
    halves = np.arange(-10, 10, 0.25)
    bounds = [np.nan, np.inf, -np.inf, 0.0, -0.0, 2**23 - 0.5, 2**23, 2**23 + 1, -(2**22) - 0.5, 1e-40, 3e38]
    x = np.concatenate([halves, bounds, random.uniform(-1e7, 1e7, 997)]).astype(np.float32)
    for name, expected in (("roundeven", np.round), ("floor", np.floor), ("ceil", np.ceil), ("trunc", np.trunc)):
        require_same(name, call(library, name, x), expected(x), x)
    x = np.concatenate([halves, [np.nan, -np.inf, -0.0, 2.0**52 - 0.5, 2.0**53 + 2, -1e-310], random.uniform(-1e15, 1e15, 998)])
    require_same("floor_f64", call(library, "floor_f64", x), np.floor(x), x)


def check_f16(library, random):
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    wide = every.astype(np.float32)
    require_same("from_f16", call(library, "from_f16", every), wide, every)
    # Each f16, the ties between them, and numbers next to both; any bits at all.
    finite = wide[np.isfinite(wide)]
    ties = (np.sort(finite)[1:] + np.sort(finite)[:-1]) / 2
    x = np.concatenate([wide, ties, [65519.99, 65520, -65520, 2**-25, 1e-40, 3e38]]).astype(np.float32)
    x = np.concatenate([x, np.nextafter(x, np.float32(np.inf)), np.nextafter(x, np.float32(-np.inf)),
                        random.integers(0, 2**32, 100000, dtype=np.uint32).view(np.float32)])
    x = x[:len(x) // LANES * LANES]
    require_same("to_f16", call(library, "to_f16", x), x.astype(np.float16), x)


def main():
    target = Target(128)
    library = Library("".join(map(function, OPERATIONS)), target, options="expand-f16=1 expand-rounding=1")
    with np.errstate(all="ignore"):
        for check in (check_exp, check_tanh_and_erf, check_rounding, check_f16):
            check(library, np.random.default_rng(23))
            print(f"{check.__name__}: passed")


if __name__ == "__main__":
    main()
