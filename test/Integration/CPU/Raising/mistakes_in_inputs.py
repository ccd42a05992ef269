"""More programs with one mistake: in the numerator, in which x is read where, and in the parameters."""

import mistakes
from expression import apply, const, swap
from formulas import Formula
from mistakes import LAYER, ONE_PASS, RMS, SQUARE, TWO_PASSES, Wrong


class MeanMinusX(Wrong):
    # What follows may not negate it: that would be x − mean.
    choices_needed = {**LAYER, "arithmetic": "plain", "after": "nothing"}

    def centre(self, x, mean):
        return apply("sub", mean, x)

    def associated(self, rstd, is_inverse, gamma, beta):
        # A distributed form would read the numerator's operands in their order.
        self.fixed["order"] = "plain"
        return super().associated(rstd, is_inverse, gamma, beta)


class MeanMinusXOnce(Wrong):
    """x − mean in the variance, mean − x in the numerator."""

    choices_needed = {**LAYER, "order": "plain", "arithmetic": "plain", "after": "nothing"}

    def statistics(self, x):
        super().statistics(x)
        self.numerator = apply("sub", self.mean_value, self.numerator.args[0])


class NumeratorNotCentred(Wrong):
    choices_needed = {**LAYER, "order": "plain", "arithmetic": "plain"}

    def statistics(self, x):
        super().statistics(x)
        self.numerator = self.numerator.args[0]


class NumeratorCentredAlone(Wrong):
    """(x − mean)·rsqrt(mean(x²) + ε)."""

    choices_needed = {**RMS, "arithmetic": "plain"}

    def statistics(self, x):
        super().statistics(x)
        self.numerator = apply("sub", self.numerator, self.mean(self.numerator))


class CentredTwice(Wrong):
    choices_needed = {**LAYER, "order": "plain", "arithmetic": "plain"}

    def statistics(self, x):
        super().statistics(x)
        self.numerator = apply("sub", self.numerator, self.mean_value)


class HalfTheMean(Wrong):
    choices_needed = {**LAYER, "order": "plain", "arithmetic": "plain"}

    def statistics(self, x):
        super().statistics(x)
        half = self.commute("mul", self.mean_value, const(0.5, self.mean_value.type))
        self.numerator = apply("sub", self.numerator.args[0], half)


class OtherNumerator(Wrong):
    choices_needed = {"order": "plain", "arithmetic": "plain"}

    def statistics(self, x):
        super().statistics(x)
        other = self.other_argument()
        self.numerator = apply("sub", other, self.mean_value) if self.mean_value else other


class OtherMean(Wrong):
    choices_needed, sound = {**LAYER, "arithmetic": "plain"}, ("rms_norm",)

    def mean_of(self, x):
        return self.mean(self.arguments.get("z") and self.convert(self.arguments["z"], self.stat_type)
                         or self.other_argument())


class OtherVariance(Wrong):
    choices_needed = {"arithmetic": "plain"}

    def statistic_of(self, x):
        return super().statistic_of(self.other_argument())


class ScaledStatistics(Wrong):
    def statistic_of(self, x):
        return super().statistic_of(self.commute("mul", x, const(2.0, x.type)))


class ScaledNumerator(Wrong):
    """2·x − mean, where the variance is that of x."""

    choices_needed = {**LAYER, "order": "plain", "arithmetic": "plain"}

    def statistics(self, x):
        super().statistics(x)
        twice = self.commute("mul", self.numerator.args[0], const(2.0, self.numerator.type))
        self.numerator = apply("sub", twice, self.mean_value)


class ShiftedStatistics(Wrong):
    """The mean of (x + 1)², where the numerator is x."""

    choices_needed = RMS

    def statistic_of(self, x):
        return super().statistic_of(self.commute("add", x, const(1.0, x.type)))


class SwappedNumerator(Wrong):
    choices_needed, shapes = {"order": "plain", "dynamic": "none", "arithmetic": "plain"}, SQUARE

    def statistics(self, x):
        super().statistics(x)
        self.numerator = swap(self.numerator, *self.square_dims())

    def square_dims(self):
        axis = self.axes[0]
        return axis, next(dim for dim in self.row_dims if self.sizes[dim] == self.sizes[axis])


class SwappedRoot(SwappedNumerator):
    """The inverse root of one row where that of another is meant."""

    choices_needed = {"dynamic": "none"}

    def statistics(self, x):
        Formula.statistics(self, x)

    def root(self, value):
        rstd, is_inverse = super().root(value)
        return swap(rstd, *self.square_dims()), is_inverse


class SwappedMean(SwappedRoot):
    choices_needed, sound = {**LAYER, "dynamic": "none", "arithmetic": "plain"}, ("rms_norm",)

    def mean_of(self, x):
        return swap(super().mean_of(x), *self.square_dims())

    def root(self, value):
        return Formula.root(self, value)


class ParametersOfRows(SwappedRoot):
    """gamma and beta run along the other dim: the bare norm is sound, and so is that of instances or of a batch."""

    choices_needed, sound = {"dynamic": "none", "affine": "gamma beta"}, ("layer_norm", "rms_norm")

    def root(self, value):
        return Formula.root(self, value)

    def parameter(self, name, type):
        return self.argument(name, (self.square_dims()[1],), type)

    def right_kinds(self):
        return (self.kind, "group_norm", "batch_norm_training") if self.kind == "layer_norm" else (self.kind,)


class SwappedParameters(Wrong):
    """gamma and beta with their two dims in each other's place."""

    shapes, sound = [((2, 4, 4), (1, 2)), ((3, 3), (0, 1)), ((5, 2, 2), (1, 2))], ("layer_norm", "rms_norm")
    choices_needed = {"dynamic": "none", "affine": "gamma beta"}

    def parameter(self, name, type):
        return swap(super().parameter(name, type), *self.axes)

    def right_kinds(self):
        return (self.kind,)


class OnePassPlus(Wrong):
    choices_needed = ONE_PASS

    def one_pass(self, x):
        return apply("add", self.statistic_of(x), self.square(self.mean_value))


class OnePassReversed(Wrong):
    choices_needed = ONE_PASS

    def one_pass(self, x):
        return apply("sub", self.square(self.mean_value), self.statistic_of(x))


class OnePassWithoutSquare(Wrong):
    choices_needed = ONE_PASS

    def one_pass(self, x):
        return apply("sub", self.statistic_of(x), self.mean_value)


class OnePassOfAnother(Wrong):
    choices_needed = ONE_PASS

    def one_pass(self, x):
        return apply("sub", self.statistic_of(x), self.square(self.mean(self.other_argument())))


class DistributedSign(Wrong):
    """x·k + (b + mean·k)."""

    choices_needed = {**TWO_PASSES, "root": "rsqrt", "affine": "gamma beta", "rounded": "last"}

    def associated(self, rstd, is_inverse, gamma, beta):
        x, mean = self.numerator.args
        factor = self.commute("mul", rstd, gamma)
        shift = self.commute("add", beta, self.commute("mul", mean, factor))
        return self.commute("add", self.commute("mul", x, factor), shift)


class DistributedWithoutRoot(Wrong):
    """x·k + (b − mean·gamma)."""

    choices_needed = {**TWO_PASSES, "root": "rsqrt", "affine": "gamma beta", "rounded": "last"}

    def associated(self, rstd, is_inverse, gamma, beta):
        x, mean = self.numerator.args
        shift = apply("sub", beta, self.commute("mul", mean, gamma))
        return self.commute("add", self.commute("mul", x, self.commute("mul", rstd, gamma)), shift)


class Unscaled(Wrong):
    """(x·r) − mean."""

    choices_needed = {**TWO_PASSES, "root": "rsqrt", "rounded": "last"}

    def associated(self, rstd, is_inverse, gamma, beta):
        x, mean = self.numerator.args
        y = apply("sub", self.commute("mul", x, rstd), mean)
        y = self.commute("mul", y, gamma) if gamma else y
        return self.commute("add", y, beta) if beta else y


def every_mistake():
    bases = {Wrong, mistakes.WrongCount}
    found = [kind for scope in (vars(mistakes), globals()) for kind in scope.values()
             if isinstance(kind, type) and issubclass(kind, Wrong) and kind not in bases]
    return list(dict.fromkeys(found))


MISTAKES = every_mistake()
