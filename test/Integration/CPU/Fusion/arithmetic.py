"""Scalar operations of the generated graphs: how they are written, what they compute, and how large results get.

Values are bounded: each carries an interval that it lies in, and an operation is drawn only where its result is defined
and of a size at which all the element types have digits enough.
"""

import math
from dataclasses import dataclass
from typing import Callable

import numpy as np

from normtest import ROUNDOFF, decode, encode

WIDTH = {"f64": 64, "f32": 32, "f16": 16, "bf16": 16}
# The largest number that an operand of further operations may be.
LIMIT = 64.0
_erf = np.vectorize(math.erf, otypes=[np.longdouble])


@dataclass(frozen=True)
class Operation:
    """A float operation. `bounds` takes intervals and gives one, or None where the operation is not defined or tame."""

    name: str
    arity: int
    compute: Callable
    bounds: Callable
    named: str = ""  # linalg's operation


def _of_ends(function):
    """The bounds of a monotonic or multilinear function."""

    def bounds(*intervals):
        ends = [()]
        for interval in intervals:
            ends = [(*end, value) for end in ends for value in interval]
        values = [float(function(*end)) for end in ends]
        return min(values), max(values)

    return bounds


def _where(condition, bounds):
    return lambda *intervals: bounds(*intervals) if condition(*intervals) else None


def _absolute(a):
    return (0.0 if a[0] <= 0 <= a[1] else min(abs(a[0]), abs(a[1]))), max(abs(a[0]), abs(a[1]))


def _square(a):
    low, high = _absolute(a)
    return low * low, high * high


def _away_from_zero(_, b):
    return b[0] >= 0.25 or b[1] <= -0.25


OPERATIONS = [
    Operation("arith.addf", 2, lambda a, b: a + b, _of_ends(lambda a, b: a + b), "add"),
    Operation("arith.subf", 2, lambda a, b: a - b, _of_ends(lambda a, b: a - b), "sub"),
    Operation("arith.mulf", 2, lambda a, b: a * b, _of_ends(lambda a, b: a * b), "mul"),
    Operation("arith.divf", 2, lambda a, b: a / b, _where(_away_from_zero, _of_ends(lambda a, b: a / b)), "div"),
    Operation("arith.maximumf", 2, np.maximum, _of_ends(max), "max"),
    Operation("arith.minimumf", 2, np.minimum, _of_ends(min), "min"),
    Operation("arith.maxnumf", 2, np.maximum, _of_ends(max)),
    Operation("arith.minnumf", 2, np.minimum, _of_ends(min)),
    Operation("arith.negf", 1, lambda a: -a, _of_ends(lambda a: -a), "negf"),
    Operation("math.absf", 1, np.abs, _absolute, "abs"),
    Operation("math.tanh", 1, np.tanh, _of_ends(math.tanh), "tanh"),
    Operation("math.exp", 1, np.exp, _where(lambda a: a[1] <= 3, _of_ends(math.exp)), "exp"),
    Operation("math.log", 1, np.log, _where(lambda a: a[0] >= 0.125, _of_ends(math.log)), "log"),
    Operation("math.sqrt", 1, np.sqrt, _where(lambda a: a[0] >= 0.03, _of_ends(math.sqrt)), "sqrt"),
    Operation("math.rsqrt", 1, lambda a: 1 / np.sqrt(a),
              _where(lambda a: a[0] >= 0.06, _of_ends(lambda a: 1 / math.sqrt(a))), "rsqrt"),
    Operation("math.erf", 1, _erf, _of_ends(math.erf), "erf"),
    Operation("math.fma", 3, lambda a, b, c: a * b + c, _of_ends(lambda a, b, c: a * b + c)),
]
BY_NAME = {operation.name: operation for operation in OPERATIONS}
# linalg's own without a counterpart of one operation.
NAMED_ONLY = [
    Operation("", 1, lambda a: a * a, _square, "square"),
    Operation("", 1, lambda a: 1 / a, _where(lambda a: _away_from_zero(a, a), _of_ends(lambda a: 1 / a)), "reciprocal"),
]


def is_tame(interval):
    return interval is not None and max(abs(interval[0]), abs(interval[1])) <= LIMIT


def rounded(number, type):
    """The number nearest to this one that the type has."""
    return float(decode(encode(np.asarray(number, np.float64), type), type))


def literal(number):
    text = repr(float(number))
    return text if "." in text or "e" not in text else text.replace("e", ".0e")


def casts(source, target):
    """The casts from one float type to another: pairs of operation and type."""
    if source == target:
        return []
    if WIDTH[source] == WIDTH[target]:
        return [("arith.extf", "f32"), ("arith.truncf", target)]
    return [("arith.extf" if WIDTH[source] < WIDTH[target] else "arith.truncf", target)]


class Environment(dict):
    """The arrays of values, by name. With a generator, each result is off by up to a rounding of its type."""

    def __init__(self, generator=None):
        super().__init__()
        self.generator = generator

    def round(self, array, type):
        if self.generator is None or type not in ROUNDOFF:
            return array
        return array * (1 + ROUNDOFF[type] * self.generator.uniform(-1, 1, np.shape(array)))


@dataclass(frozen=True)
class Scalar:
    """A value in a body: its name, type, interval, and what it computes from an environment."""

    name: str
    type: str
    low: float
    high: float
    compute: Callable
    roundoff: float
    jump: float = 0.0

    @property
    def interval(self):
        return self.low, self.high


class Body:
    """The block of a linalg operation, written operation by operation."""

    def __init__(self, graph):
        self.graph, self.lines = graph, []

    def argument(self, value):
        """A block argument for a tensor's element."""
        name = self.graph.fresh()
        return Scalar(name, value.type, value.low, value.high, lambda env: env[value.name], value.roundoff)

    def captured(self, value):
        """A scalar from outside."""
        return Scalar(value.name, value.type, value.low, value.high, lambda env: env[value.name], value.roundoff)

    def define(self, text):
        name = self.graph.fresh()
        self.lines.append(f"{name} = {text}")
        return name

    def constant(self, number, type):
        number = rounded(number, type)
        name = self.define(f"arith.constant {literal(number)} : {type}")
        return Scalar(name, type, number, number, lambda env: self.graph.space.scalar(number), 0.0)

    def cast(self, scalar, type):
        for operation, target in casts(scalar.type, type):
            name = self.define(f"{operation} {scalar.name} : {scalar.type} to {target}")
            scalar = Scalar(name, target, scalar.low, scalar.high,
                            lambda env, old=scalar, target=target: env.round(old.compute(env), target),
                            max(scalar.roundoff, ROUNDOFF[target]))
        return scalar

    def apply(self, operation, *operands):
        type, bounds = operands[0].type, operation.bounds(*(operand.interval for operand in operands))
        name = self.define(f"{operation.name} {', '.join(operand.name for operand in operands)} : {type}")
        return Scalar(name, type, *bounds,
                      lambda env: env.round(operation.compute(*(operand.compute(env) for operand in operands)), type),
                      max([ROUNDOFF[type], *(operand.roundoff for operand in operands)]))

    def index(self, loop, axis, type):
        """The index of a loop, over 64, as a float."""
        space = self.graph.space
        index = self.define(f"linalg.index {loop} : index")
        integer = self.define(f"arith.index_cast {index} : index to i32")
        name = self.define(f"arith.sitofp {integer} : i32 to {type}")
        # Sizes stay below 2^8 · 16: not all such numbers exist in the 16-bit types.
        whole = Scalar(name, type, 0.0, float(space.size(axis)),
                       lambda env: env.round(space.index(axis), type), ROUNDOFF[type])
        return self.apply(BY_NAME["arith.mulf"], whole, self.constant(1 / 64, type))

    def is_below(self, loop, axis, bound):
        """Whether a loop's index is below a bound; name and what it computes."""
        index = self.define(f"linalg.index {loop} : index")
        constant = self.define(f"arith.constant {bound} : index")
        name = self.define(f"arith.cmpi ult, {index}, {constant} : index")
        return name, lambda env: self.graph.space.index(axis) < bound

    def select(self, condition, compute, first, second):
        name = self.define(f"arith.select {condition}, {first.name}, {second.name} : {first.type}")
        return Scalar(name, first.type, min(first.low, second.low), max(first.high, second.high),
                      lambda env: np.where(compute(env), first.compute(env), second.compute(env)),
                      max(first.roundoff, second.roundoff))

    def expression(self, scalars, depth):
        """Some operations on some of these scalars, of one type; tame."""
        random = self.graph.random
        for _ in range(depth):
            operation = random.choice(OPERATIONS)
            operands = [scalars[-1], *random.choices(scalars, k=operation.arity - 1)]
            random.shuffle(operands)
            if is_tame(operation.bounds(*(operand.interval for operand in operands))):
                scalars = [*scalars, self.apply(operation, *operands)]
        return scalars[-1] if is_tame(scalars[-1].interval) else self.apply(BY_NAME["math.tanh"], scalars[-1])
