"""Layer and RMS norms, put together from choices that are independent of each other; each program knows what raising must
make of it.
"""

import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from expression import apply, const, leaf, power, total, Node
from normtest import decode, encode

MODES = {"exact": "tier=exact", "reals": "tier=reals", "demote": "allow-f64-demote", "precision": "tier=precision",
         "both": "tier=precision allow-f64-demote"}
SHAPES = [((4, 24), (1,)), ((5, 16), (1,)), ((2, 3, 20), (2,)), ((1, 5, 24), (2,)), ((3, 1, 12), (2,)),
          ((2, 3, 4, 5), (2, 3)), ((2, 3, 4), (1, 2)), ((2, 3, 2, 5), (1, 2, 3)), ((2, 6, 4), (1,)),
          ((2, 6, 3, 2), (1,)), ((7, 4), (0,)), ((5, 1, 16), (1, 2)), ((3, 5), (0, 1)), ((2, 9, 3), (0, 1)),
          ((4, 6, 6), (1,)), ((6, 6), (1,)), ((4, 4, 4), (0, 2)), ((48,), (0,)), ((3, 770), (1,)), ((1, 96), (1,))]


def rounded(value, type):
    """The nearest number of a float type, as Python's float."""
    return float(decode(encode(value, type), type))


class Formula:
    """One program. Every choice that is made is kept in `choices`, for whoever has to look into a failure."""

    def __init__(self, name, random, **fixed):
        self.name, self.random, self.fixed, self.choices = name, random, fixed, {}
        self.arguments, self.results = {}, []
        self.sizes, self.axes = self.pick("shape", SHAPES)
        self.kind = self.pick("kind", ["layer_norm", "layer_norm", "rms_norm"])
        self.choose_types()
        self.is_exact = self.type == self.stat_type
        dynamic = self.pick("dynamic", ["none"] * 5 + ["rows", "all"])
        self.dynamic = {dim for dim in range(len(self.sizes)) if dynamic == "all" or
                        (dynamic == "rows" and dim not in self.axes)} - {d for d, n in enumerate(self.sizes) if n == 1}
        self.count_style = self.pick("count", ["divide"] * 3 + ["times"] * 2 + ["reciprocal", "computed"])
        if self.dynamic & set(self.axes):
            self.count_style = "computed"

    def pick(self, axis, options):
        """A choice: drawn, unless the caller of the constructor fixed it."""
        choice = self.random.choice(options)
        choice = self.fixed.get(axis, choice)
        before = self.choices.get(axis, "")
        self.choices[axis] = f"{before} {choice}" if str(choice) not in before else before
        return choice

    def choose_types(self):
        arithmetic = self.pick("arithmetic", ["plain"] * 8 + ["low", "low products", "wide"])
        if arithmetic == "plain":
            self.type = self.pick("type", ["f32"] * 6 + ["f64", "f16", "bf16", "bf16"])
        else:
            self.type = "f32" if arithmetic == "wide" else self.pick("type", ["f16", "bf16"])
        self.stat_type = {"f64": "f64", "f32": "f32"}.get(self.type, "f32")
        self.arithmetic = arithmetic
        if arithmetic == "low":
            self.stat_type = self.type
        if arithmetic == "wide":
            self.stat_type = "f64"

    # Small parts ------------------------------------------------------------------------------------------------------

    def argument(self, name, dims, type, layout=None):
        node = leaf(name, dims, type, layout)
        self.arguments[name] = node
        return node

    def commute(self, op, a, b):
        return apply(op, b, a) if self.random.random() < 0.5 else apply(op, a, b)

    def convert(self, node, type):
        """To a wider or narrower type."""
        widths = {"f16": 16, "bf16": 16, "f32": 32, "f64": 64}
        if node.type == type:
            return node
        return Node("ext" if widths[type] > widths[node.type] else "trunc", [node], type=type, dims=node.dims)

    def count(self, axes):
        return int(np.prod([self.sizes[dim] for dim in axes]))

    def mean(self, arg, axes=None):
        axes = self.axes if axes is None else axes
        if len(axes) > 1 and not self.dynamic and self.pick("chained means", [False] * 5 + [True]):
            self.is_exact &= sum(self.sizes[dim] > 1 for dim in axes) < 2
            for dim in axes:
                arg = self.divide_by_count(total(arg, (dim,)), (dim,))
            return arg
        return self.divide_by_count(total(arg, axes), axes)

    def divide_by_count(self, sum, axes):
        count = self.count(axes)
        if self.count_style == "computed":
            return apply("div", sum, Node("count", type=sum.type, dims=(), counted=tuple(axes)))
        if self.count_style == "divide":
            return apply("div", sum, const(rounded(count, sum.type), sum.type, ideal=count))
        self.is_exact = False
        if self.count_style == "reciprocal":
            return self.commute("mul", sum, apply("recip", const(rounded(count, sum.type), sum.type, ideal=count)))
        factor = const(rounded(1 / count, sum.type), sum.type, ideal=np.longdouble(1) / count)
        if sum.type == "f32" and self.type == "bf16" and self.pick("count in bf16", [False, False, True]):
            narrow = const(rounded(1 / count, "bf16"), "bf16", ideal=np.longdouble(1) / count)
            factor = apply("ext", narrow)
            factor.type = "f32"
        return self.commute("mul", sum, factor)

    def square(self, arg):
        style = self.pick("square", ["mul", "mul", "powf", "fpowi", "square"])
        if style in ("powf", "fpowi"):
            return power(arg, 2.0 if style == "powf" else 2, style)
        return apply("square", arg) if style == "square" else apply("mul", arg, arg)

    def epsilon(self, variance):
        """The variance plus epsilon."""
        if self.arithmetic == "wide" and self.pick("narrowed", ["variance", "root"]) == "variance":
            variance = self.convert(variance, "f32")
        style = self.pick("epsilon", ["constant"] * 3 + ["wide", "argument", "argument [1]", "argument []", "none"])
        type = variance.type
        self.epsilon_operand, self.epsilon_value = style.startswith("argument"), 0.0
        if style == "none":
            return variance
        value = self.random.choice([1e-3, 0.1, 0.5] if type in ("f16", "bf16") else [1e-6, 1e-5, 1e-12, 1e-3, 0.1, 0.5])
        self.epsilon_value = rounded(value, type)
        if style == "constant" or (style == "wide" and type == "f64"):
            epsilon = const(self.epsilon_value, type)
        elif style == "wide":
            epsilon = const(self.epsilon_value, type, wide=value)
        elif style == "argument" and type in ("f32", "f64"):
            epsilon = Node("scalar", type=type, dims=(), name="eps", layout=())
            self.arguments["eps"] = epsilon
        else:
            epsilon = self.argument("eps", (), type, (None,) if style == "argument [1]" else ())
        return self.commute("add", variance, epsilon)

    def root(self, value):
        """1/√value and whether it is that, or √value."""
        style = self.pick("root", ["rsqrt"] * 3 + ["1/sqrt", "/sqrt", "/sqrt", "recip sqrt", "sqrt recip", "powf",
                                                  "sqrt powf"])
        self.is_exact &= style == "rsqrt"
        if style == "rsqrt":
            return apply("rsqrt", value), True
        if style == "1/sqrt":
            return apply("div", const(1.0, value.type), apply("sqrt", value)), True
        if style == "recip sqrt":
            return apply("recip", apply("sqrt", value)), True
        if style == "sqrt recip":
            return apply("sqrt", apply("recip", value)), True
        if style == "powf":
            return power(value, -0.5), True
        if style == "sqrt powf":
            return power(apply("sqrt", value), -1.0), True
        return apply("sqrt", value), False

    # The normalization ------------------------------------------------------------------------------------------------

    def input(self):
        """x in its type."""
        every = tuple(range(len(self.sizes)))
        x = self.argument("x", every, self.type)
        if self.pick("input", ["argument"] * 4 + ["sum"]) == "sum":
            return apply("add", x, self.argument("residual", every, self.type), is_rounded=True)
        return x

    def mean_of(self, x):
        """What is subtracted."""
        return self.mean(x)

    def statistic_of(self, x):
        """What stands under the root, before epsilon: the mean of squares."""
        return self.mean(self.square(x))

    def centre(self, x, mean):
        return apply("sub", x, mean)

    def statistics(self, x):
        """Sets `numerator`, `mean_value` and `variance`."""
        if self.arithmetic == "low products":
            self.low_statistics(x)
            return
        wide = self.convert(x, self.stat_type)
        if self.kind == "rms_norm":
            self.mean_value, self.variance, self.numerator = None, self.statistic_of(wide), wide
            return
        self.mean_value = self.mean_of(wide)
        style = self.pick("variance", ["two passes"] * 3 + ["two means", "subtracted twice", "one pass", "clamped"])
        self.numerator = self.centre(wide, self.mean_value)
        if style in ("one pass", "clamped"):
            self.is_exact = False
            self.variance = self.one_pass(wide)
            if style == "clamped":
                self.variance = self.commute("max", self.variance, const(0.0, self.variance.type))
        elif style == "two passes":
            self.variance = self.statistic_of(self.numerator)
        else:
            mean = self.mean_of(wide) if style == "two means" else self.mean_value
            self.variance = self.statistic_of(self.centre(wide, mean))

    def one_pass(self, x):
        return apply("sub", self.statistic_of(x), self.square(self.mean_value))

    def low_statistics(self, x):
        """Sums in f32, everything else in 16 bits."""
        if self.kind == "rms_norm":
            self.mean_value, self.numerator = None, x
        else:
            self.mean_value = self.convert(self.mean(self.convert(x, "f32")), self.type)
            self.numerator = self.centre(x, self.mean_value)
        self.variance = self.mean(self.convert(self.square(self.numerator), "f32"))

    def parameter(self, name, type):
        """gamma or beta along the normalized dims."""
        layout = self.pick("layout of parameters", ["tight"] * 3 + ["full", "trailing"])
        dims = list(range(len(self.sizes)))
        first = dims[0] if layout == "full" else self.axes[0]
        stored = self.axes if layout == "tight" else [dim if dim in self.axes else None for dim in dims[first:]]
        return self.argument(name, self.axes, type, stored)

    def affine(self, rstd, is_inverse):
        """The numerator times 1/√, scaled and shifted."""
        parameters = self.pick("affine", ["gamma beta"] * 3 + ["gamma", "beta", "none"])
        self.has_gamma, self.has_beta = "gamma" in parameters, "beta" in parameters
        low = self.type in ("f16", "bf16")
        is_last = not low or self.arithmetic == "low" or self.pick("rounded", ["last", "before the affine"]) == "last"
        work = self.numerator.type if is_last and not self.arithmetic == "low products" else self.type
        if self.arithmetic == "wide":
            work = "f32"
            self.narrow_to_f32()
            rstd = self.convert(rstd, "f32")
        if self.arithmetic == "low products":
            rstd = self.convert(rstd, self.type)
        stored = self.type if work == self.type else self.pick("type of parameters", [self.type, work])
        gamma = self.convert(self.parameter("gamma", stored), work) if self.has_gamma else None
        beta = self.convert(self.parameter("beta", stored), work) if self.has_beta else None
        if gamma and self.pick("offset", [False] * 3 + [True]):
            gamma = self.commute("add", gamma, const(1.0, work))
        if not is_last:
            y = self.convert(self.scaled(rstd, is_inverse, None), self.type)
            if gamma:
                y = self.commute("mul", y, gamma)
            self.outside = True
        else:
            y = None
        if y is None:
            return self.convert(self.associated(rstd, is_inverse, gamma, beta), self.type)
        return self.commute("add", y, beta) if beta else y

    def narrow_to_f32(self):
        """The numerator of f64 statistics: x − mean in f32, by a mean of its own."""
        x = self.numerator.args[0].args[0] if self.mean_value else self.numerator.args[0]
        if self.mean_value:
            self.mean_value = self.mean(x)
            x = apply("sub", x, self.mean_value)
        self.numerator = x

    def associated(self, rstd, is_inverse, gamma, beta):
        order = self.pick("order", ["plain"] * 3 + ["root first", "scale first", "distributed", "negated"])
        is_distributed = order in ("distributed", "negated") and self.mean_value is not None and is_inverse
        if is_distributed and not self.arithmetic.startswith("low"):
            self.is_exact = False
            x, mean = self.numerator.args
            factor = self.commute("mul", rstd, gamma) if gamma else rstd
            scaled, shift = self.commute("mul", x, factor), self.commute("mul", mean, factor)
            if beta is None:
                return apply("sub", scaled, shift)
            if order == "distributed":
                return self.commute("add", scaled, apply("sub", beta, shift))
            return self.commute("add", scaled, self.commute("add", apply("neg", shift), beta))
        self.is_exact &= order not in ("root first", "scale first") or not gamma
        if order == "root first" and gamma and is_inverse:
            y = self.commute("mul", self.numerator, self.commute("mul", rstd, gamma))
        elif order == "scale first" and gamma:
            y = self.scaled(rstd, is_inverse, self.commute("mul", self.numerator, gamma))
        else:
            y = self.scaled(rstd, is_inverse, None)
            y = self.commute("mul", y, gamma) if gamma else y
        return self.commute("add", y, beta) if beta else y

    def scaled(self, rstd, is_inverse, numerator):
        numerator = numerator or self.numerator
        return self.commute("mul", numerator, rstd) if is_inverse else apply("div", numerator, rstd)

    # The program ------------------------------------------------------------------------------------------------------

    def build(self):
        self.outside = False
        x = self.input()
        self.statistics(x)
        rstd, is_inverse = self.root(self.epsilon(self.variance))
        self.finish(x, self.affine(rstd, is_inverse), rstd)
        return self

    def finish(self, x, y, rstd):
        """What follows the normalization, and what else is returned."""
        after = self.pick("after", ["nothing"] * 4 + ["residual", "gate", "twice"])
        every = tuple(range(len(self.sizes)))
        if after == "residual":
            self.results.append(self.commute("add", y, self.argument("other", every, y.type)))
        elif after == "gate":
            self.results.append(apply("mul", y, apply("tanh", y)))
        elif after == "twice":
            self.results += [y, apply("tanh", apply("neg", y))]
        else:
            self.results.append(y)
        extra = self.pick("extra", ["none"] * 6 + ["input", "mean", "rstd", "variance"])
        node = {"none": None, "input": x, "mean": self.mean_value, "rstd": rstd, "variance": self.variance}[extra]
        if node is not None:
            self.results.append(node)

    # What raising must make of it -------------------------------------------------------------------------------------

    def expected(self, mode):
        """Whether it must be raised, and whether it may be."""
        if self.arithmetic in ("low", "low products"):
            return (mode in ("precision", "both"),) * 2
        if self.arithmetic == "wide":
            return (mode in ("demote", "both"), mode in ("demote", "both", "precision"))
        if mode == "exact":
            return (False, self.is_exact or self.outside or self.type != self.stat_type)
        return True, True

    def right_kinds(self):
        return (self.kind,)
