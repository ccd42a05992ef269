"""Programs that look like a normalization but for one mistake: each class makes one, and says what raising may find.

Where the root is that of the mean of squares of the very numerator, the whole is an RMS norm of that: `sound` names what
a program holds in spite of its mistake. All else must stay.
"""

import numpy as np

from expression import apply, const, masked, part, power, swap, total, Node
from formulas import SHAPES, Formula

TWO_DIMS = [(sizes, axes) for sizes, axes in SHAPES if len(axes) < len([n for n in sizes if n > 1])]
SQUARE = [((6, 6), (1,)), ((6, 6), (0,)), ((5, 5), (1,)), ((2, 4, 4), (2,)), ((3, 3, 3), (1,))]


class Wrong(Formula):
    """`fixed`: choices without which the mistake would not be one; `shapes`: those of which one is taken."""

    choices_needed, shapes, sound = {}, TWO_DIMS, ()

    def __init__(self, name, random):
        fixed = {"shape": random.choice(self.shapes), "arithmetic": random.choice(["plain"] * 5 + ["wide"]),
                 "chained means": False, **self.choices_needed}
        super().__init__(name, random, **fixed)
        self.choices["mistake"] = type(self).__name__
        self.row_dims = [dim for dim in range(len(self.sizes)) if dim not in self.axes]

    def expected(self, mode):
        return False, bool(self.sound)

    def right_kinds(self):
        return self.sound

    def other_argument(self):
        return self.convert(self.argument("z", tuple(range(len(self.sizes))), self.type), self.stat_type)

    def other_dim(self):
        """A dim that is not normalized and has another size than what is."""
        return next((dim for dim in self.row_dims if self.sizes[dim] not in (1, self.count(self.axes))), None)


LAYER = {"kind": "layer_norm"}
RMS = {"kind": "rms_norm"}
TWO_PASSES = {"kind": "layer_norm", "variance": "two passes", "arithmetic": "plain"}
ONE_PASS = {"kind": "layer_norm", "variance": "one pass", "arithmetic": "plain"}


# ---------------------------------------------------------------------------------------------------------------------
# Counts
# ---------------------------------------------------------------------------------------------------------------------


class WrongCount(Wrong):
    """The statistic is divided by something else than the number of elements."""

    factor = None

    def statistic_of(self, x):
        sum = total(self.square(x), self.axes)
        return self.scale(sum)

    def scale(self, sum):
        return apply("div", sum, const(self.factor(self.count(self.axes)), sum.type))


class CountLessOne(WrongCount):
    factor = staticmethod(lambda count: count - 1.0)


class CountPlusOne(WrongCount):
    factor = staticmethod(lambda count: count + 1.0)


class NoCount(WrongCount):
    def scale(self, sum):
        return sum


class CountTwice(WrongCount):
    def scale(self, sum):
        return self.divide_by_count(self.divide_by_count(sum, self.axes), self.axes)


class CountOfAnotherDim(WrongCount):
    def scale(self, sum):
        dim = self.other_dim()
        count = self.sizes[dim] if dim is not None else self.count(self.axes) + 2
        return apply("div", sum, const(float(count), sum.type))


class ComputedCountOfAnotherDim(WrongCount):
    shapes = [((4, 24), (1,)), ((2, 3, 20), (2,)), ((2, 6, 4), (1,)), ((7, 4), (0,)), ((2, 3, 4, 5), (2, 3))]

    def scale(self, sum):
        count = Node("count", type=sum.type, dims=(), counted=(self.other_dim(),))
        return apply("div", sum, count)


class ReciprocalOneUlpOff(WrongCount):
    choices_needed = {"arithmetic": "plain", "type": "f32"}

    def scale(self, sum):
        exact = np.float32(1 / self.count(self.axes))
        return self.commute("mul", sum, const(float(np.nextafter(exact, np.float32(1))), sum.type))


class BesselFactor(WrongCount):
    def scale(self, sum):
        count = self.count(self.axes)
        return self.commute("mul", self.divide_by_count(sum, self.axes), const(1.0 + 1.0 / count, sum.type))


class WrongCountOfMean(Wrong):
    choices_needed, sound = LAYER, ("rms_norm",)

    def mean_of(self, x):
        return apply("div", total(x, self.axes), const(self.count(self.axes) + 1.0, x.type))


# ---------------------------------------------------------------------------------------------------------------------
# Sums
# ---------------------------------------------------------------------------------------------------------------------


class SumFromOne(Wrong):
    def statistic_of(self, x):
        return self.divide_by_count(total(self.square(x), self.axes, init=1.0), self.axes)


class MeanFromOne(Wrong):
    choices_needed, sound = LAYER, ("rms_norm",)

    def mean_of(self, x):
        return self.divide_by_count(total(x, self.axes, init=1.0), self.axes)


class SummedTwice(Wrong):
    def statistic_of(self, x):
        return self.divide_by_count(total(self.square(x), self.axes, combine="twice"), self.axes)


class MaximumForSum(Wrong):
    choices_needed = {"arithmetic": "plain"}

    def statistic_of(self, x):
        return self.divide_by_count(total(self.square(x), self.axes, combine="max"), self.axes)


class PartOfTheRow(Wrong):
    choices_needed = {"dynamic": "none"}

    def statistic_of(self, x):
        dim = max(self.axes, key=lambda axis: self.sizes[axis])
        size = self.sizes[dim] - 1
        sum = total(part(self.square(x), dim, size), self.axes)
        if self.random.random() < 0.5:
            return self.divide_by_count(sum, self.axes)
        return apply("div", sum, const(float(self.count(self.axes) // self.sizes[dim] * size), sum.type))


class MaskedByIndex(Wrong):
    choices_needed = {"dynamic": "none"}

    def statistic_of(self, x):
        dim = max(self.axes, key=lambda axis: self.sizes[axis])
        return self.divide_by_count(total(masked(self.square(x), dim, self.sizes[dim] - 1), self.axes), self.axes)


class Masked(Wrong):
    """The statistics count only what a mask of zeros and ones lets through."""

    def mask(self):
        if "mask" not in self.arguments:
            self.argument("mask", tuple(range(len(self.sizes))), self.stat_type)
        return self.arguments["mask"]

    def statistic_of(self, x):
        return self.divide_by_count(total(self.commute("mul", self.square(x), self.mask()), self.axes), self.axes)


class MaskedWithCount(Masked):
    def statistic_of(self, x):
        sum = total(self.commute("mul", self.square(x), self.mask()), self.axes)
        return apply("div", sum, total(self.mask(), self.axes))


class MaskedMean(Masked):
    choices_needed, sound = LAYER, ("rms_norm",)

    def statistic_of(self, x):
        return Formula.statistic_of(self, x)

    def mean_of(self, x):
        return apply("div", total(self.commute("mul", x, self.mask()), self.axes), total(self.mask(), self.axes))


class OtherAxesOfMean(Wrong):
    choices_needed, sound = LAYER, ("rms_norm",)

    def mean_of(self, x):
        return self.mean(x, (next(dim for dim in self.row_dims if self.sizes[dim] > 1),))


class OtherAxesOfVariance(Wrong):
    """An RMS norm of the centred input along other dims."""

    choices_needed, sound = TWO_PASSES, ("rms_norm",)
    is_exact_count = False

    def statistic_of(self, x):
        return self.mean(self.square(x), (next(dim for dim in self.row_dims if self.sizes[dim] > 1),))


# ---------------------------------------------------------------------------------------------------------------------
# Squares and roots
# ---------------------------------------------------------------------------------------------------------------------


class Cube(Wrong):
    def square(self, arg):
        return power(arg, 3.0 if self.random.random() < 0.5 else 3, "powf") if self.random.random() < 0.5 else (
            power(arg, 3, "fpowi"))


class Power(Wrong):
    def square(self, arg):
        return power(apply("abs", arg), self.random.choice([2.5, 1.5, 4.0, 1.0, 2.0000002384185791]))


class AbsoluteValue(Wrong):
    def square(self, arg):
        return apply("abs", arg)


class SignedSquare(Wrong):
    def square(self, arg):
        return self.commute("mul", apply("abs", arg), arg)


class TwoOverRoot(Wrong):
    choices_needed = {"order": "plain", "extra": "none"}

    def root(self, value):
        return apply("div", const(2.0, value.type), apply("sqrt", value)), True


class RootNotInverse(Wrong):
    def root(self, value):
        return apply("sqrt", value), True


class DividedByInverseRoot(Wrong):
    def root(self, value):
        return apply("rsqrt", value), False


class RootOfRoot(Wrong):
    def root(self, value):
        return self.random.choice([lambda: apply("rsqrt", apply("sqrt", value)), lambda: power(value, -0.25),
                                   lambda: apply("sqrt", apply("rsqrt", value))])(), True


class NoRoot(Wrong):
    def root(self, value):
        return self.random.choice([lambda: apply("recip", value), lambda: power(value, -1.0)])(), True


class EpsilonOutside(Wrong):
    choices_needed = {"epsilon": "none"}

    def root(self, value):
        return self.commute("add", apply("sqrt", value), const(0.5, value.type)), False


class EpsilonOutsideInverse(Wrong):
    def root(self, value):
        return self.commute("add", apply("rsqrt", value), const(0.25, value.type)), True


# ---------------------------------------------------------------------------------------------------------------------
# Epsilons and clamps
# ---------------------------------------------------------------------------------------------------------------------


class EpsilonPerRow(Wrong):
    choices_needed = {"epsilon": "none"}

    def epsilon(self, variance):
        variance = super().epsilon(variance)
        return self.commute("add", variance, self.argument("row_eps", tuple(self.row_dims), variance.type))


class EpsilonPerElement(EpsilonPerRow):
    def epsilon(self, variance):
        variance = Formula.epsilon(self, variance)
        return self.commute("add", variance, self.argument("row_eps", self.axes, variance.type))


class EpsilonSubtracted(Wrong):
    choices_needed = {"epsilon": "none"}

    def epsilon(self, variance):
        variance = super().epsilon(variance)
        epsilon = const(0.125, variance.type)
        return apply("sub", variance, epsilon)


class SubtractedFromEpsilon(EpsilonSubtracted):
    def epsilon(self, variance):
        variance = Formula.epsilon(self, variance)
        return apply("sub", const(64.0, variance.type), variance)


class NegativeEpsilon(EpsilonSubtracted):
    def epsilon(self, variance):
        variance = Formula.epsilon(self, variance)
        return self.commute("add", variance, const(-0.125, variance.type))


class ClampedBelow(Wrong):
    def epsilon(self, variance):
        variance = self.commute("max", variance, const(0.25, variance.type))
        return super().epsilon(variance)


class ClampedAbove(Wrong):
    def epsilon(self, variance):
        variance = self.commute("min", variance, const(self.random.choice([2.0, 0.0]), variance.type))
        return super().epsilon(variance)


class ClampedWithEpsilon(Wrong):
    def epsilon(self, variance):
        variance = super().epsilon(variance)
        return self.commute("max", variance, const(0.5, variance.type))
