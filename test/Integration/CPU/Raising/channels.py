"""Norms with parameters along channels: group, instance and batch norm; and with parameters for each sample."""

from dataclasses import dataclass, field

import numpy as np

from expression import apply, evaluate, leaf
from formulas import Formula
from functions import Argument, Function
from normtest import decode
from spelling import Value, Writer


class ChannelNorm(Formula):
    """`channel` is the dim along which the parameters run."""

    shapes = ()

    def __init__(self, name, random, **fixed):
        sizes, axes, self.channel = random.choice(self.shapes)
        super().__init__(name, random, shape=(sizes, axes), kind=self.kinds[0], **fixed)

    def parameter(self, name, type):
        rank = len(self.sizes)
        layout = self.pick("layout of parameters", ["tight"] * 2 + ["full", "trailing"])
        first = 0 if layout == "full" else self.channel
        stored = [dim if dim == self.channel else None for dim in range(first, rank)]
        return self.argument(name, (self.channel,), type, (self.channel,) if layout == "tight" else stored)

    def right_kinds(self):
        """Without parameters, or with those outside, it is a layer norm too."""
        is_bare = self.outside or not (self.has_gamma or self.has_beta)
        return (*self.kinds, "layer_norm") if is_bare else self.kinds


class InstanceNorm(ChannelNorm):
    kinds = ("group_norm",)
    shapes = [((2, 6, 4, 5), (2, 3), 1), ((2, 4, 5, 6), (1, 2), 3), ((3, 8, 10), (2,), 1), ((2, 3, 4, 2, 5), (2, 3, 4), 1)]


class BatchNormTraining(ChannelNorm):
    kinds = ("batch_norm_training",)
    shapes = [((4, 6, 3, 5), (0, 2, 3), 1), ((12, 6), (0,), 1), ((2, 3, 4, 6), (0, 1, 2), 3), ((3, 4, 10), (0, 2), 1)]

    def right_kinds(self):
        """With the channels stored first, the normalized dims may be those of one instance."""
        return (*super().right_kinds(), *(["group_norm"] if self.choices["around"] == "transposes" else []))


class BatchNormInference(ChannelNorm):
    """The statistics are arguments. Splitting the channels would leave no dim that they run along."""

    kinds = ("batch_norm_inference",)
    shapes = BatchNormTraining.shapes

    def __init__(self, name, random):
        super().__init__(name, random, arithmetic="plain", extra="none")

    def statistics(self, x):
        x = self.convert(x, self.stat_type)
        self.mean_value = ChannelNorm.parameter(self, "mean", self.stat_type)
        self.variance = ChannelNorm.parameter(self, "variance", self.stat_type)
        self.numerator = apply("sub", x, self.mean_value)

    def expected(self, mode):
        return mode != "exact", True

    def right_kinds(self):
        return self.kinds


# ---------------------------------------------------------------------------------------------------------------------
# Group norm: the dims of groups are those of x with the channels split in two
# ---------------------------------------------------------------------------------------------------------------------


@dataclass
class Grouped:
    """`sizes` are those of x, `groups` many along `channel`; the channels of a group are a dim behind theirs."""

    sizes: tuple
    channel: int
    groups: int
    inner: tuple = field(init=False)
    axes: tuple = field(init=False)

    def __post_init__(self):
        size = self.sizes[self.channel] // self.groups
        self.inner = (*self.sizes[:self.channel], self.groups, size, *self.sizes[self.channel + 1:])
        self.axes = tuple(dim for dim in range(1, len(self.inner)) if dim != self.channel)


GROUPED = [Grouped((2, 6, 3, 4), 1, 3), Grouped((2, 3, 4, 6), 3, 2), Grouped((3, 8, 5), 1, 2), Grouped((2, 6, 4), 1, 1)]


class GroupNorm(Formula):
    """The normalization of the grouped dims; what follows is computed on x's own dims (`outer`)."""

    def __init__(self, name, random):
        self.grouped = random.choice(GROUPED)
        super().__init__(name, random, shape=(self.grouped.inner, self.grouped.axes), kind="group_norm", dynamic="none",
                         order="plain", after="nothing", extra="none", affine="none", arithmetic="plain")

    def build(self):
        self.outside = False
        x = self.input()
        self.statistics(x)
        rstd, is_inverse = self.root(self.epsilon(self.variance))
        self.where = self.pick("numerator", ["in groups", "in groups", "in channels"])
        channel, rank = self.grouped.channel, len(self.grouped.sizes)
        self.outer_dims, by_channel = tuple(range(rank)), (0, channel)
        if self.where == "in groups":
            self.handed = {"n": (self.scaled(rstd, is_inverse, None), self.outer_dims)}
        else:
            numerator = self.numerator.args[0]
            self.handed = {"n": (numerator, self.outer_dims), "m": (self.mean_value, by_channel),
                           "r": (rstd, by_channel)}
        leaves = {name: leaf(name, dims, node.type) for name, (node, dims) in self.handed.items()}
        self.leaves = leaves
        y = leaves["n"]
        if self.where == "in channels":
            y = self.scaled(leaves["r"], is_inverse, apply("sub", y, leaves["m"]))
        self.results = [self.finish_outer(y)]
        return self

    def finish_outer(self, y):
        parameters = self.pick("parameters", ["gamma beta"] * 3 + ["gamma", "none"])
        self.has_gamma, self.has_beta = "gamma" in parameters, "beta" in parameters
        self.outer_arguments = {}
        for name, op in (("gamma", "mul"), ("beta", "add")):
            if name in parameters:
                trailing = [None] * (len(self.outer_dims) - 1 - self.grouped.channel)
                layout = (self.grouped.channel, *(trailing if self.random.random() < 0.5 else ()))
                node = leaf(name, (self.grouped.channel,), self.type, layout)
                self.outer_arguments[name] = node
                y = self.commute(op, y, self.convert(node, y.type))
        y = self.convert(y, self.type)
        return apply("mul", y, apply("tanh", y)) if self.pick("after", ["nothing", "gate"]) == "gate" else y

    def expected(self, mode):
        return mode != "exact", True

    def right_kinds(self):
        """Without parameters in groups, or with one group, it is a layer norm too."""
        is_bare = not (self.has_gamma or self.has_beta) and self.where == "in groups"
        return ("group_norm", "layer_norm") if is_bare or self.grouped.groups == 1 else ("group_norm",)


class GroupFunction(Function):
    """A group norm: x is reshaped to groups, and what comes out back to channels."""

    def describe(self, name, type, layout, is_scalar):
        grouped = self.program.grouped
        if len(layout) == len(grouped.inner) and None not in layout:
            return Argument(name, type, grouped.sizes)
        return super().describe(name, type, layout, is_scalar)

    def write(self):
        writer, program = self.writer, self.program
        self.order = self.split = None
        for argument, node in zip(self.arguments, program.arguments.values()):
            if argument.is_scalar:
                continue
            if argument.shape == program.grouped.sizes:
                inner = writer.make(tuple(range(self.rank)), node.type, f"tensor.expand_shape %{argument.name} "
                                    f"{self.groups()} output_shape {list(program.grouped.inner)} : "
                                    f"{argument.tensor()} into {{t}}")
                writer.known[id(node)] = inner
            else:
                writer.known[id(node)] = writer.value("%" + argument.name, node.layout, node.type)
        return self.write_outer()

    def groups(self):
        channel, rank = self.program.grouped.channel, len(self.program.grouped.sizes)
        return [[i] if i < channel else [i, i + 1] if i == channel else [i + 1] for i in range(rank)]

    def hand_over(self, outer, node, dims):
        """The value of a node of the grouped dims as one of x's dims."""
        grouped = self.program.grouped
        if dims == self.program.outer_dims:
            value = self.writer.broadcast(self.writer.emit(node), tuple(range(self.rank)))
            return outer.make(dims, node.type, f"tensor.collapse_shape {value.name} {self.groups()} : "
                                               f"{value.tensor()} into {{t}}")
        inner = (0, grouped.channel, grouped.channel + 1)
        value = self.writer.broadcast(self.writer.emit(node), inner)
        return outer.make(dims, node.type, f"tensor.collapse_shape {value.name} [[0], [1, 2]] : {value.tensor()} into {{t}}")

    def write_outer(self):
        writer, program = self.writer, self.program
        outer = Writer(writer.random, program.grouped.sizes, set(), writer.style, writer.inline, writer.keep)
        outer.lines, outer.fresh = writer.lines, writer.fresh
        for name, (node, dims) in program.handed.items():
            outer.known[id(program.leaves[name])] = self.hand_over(outer, node, dims)
        for name, node in program.outer_arguments.items():
            argument = Argument(name, node.type, tuple(1 if dim is None else program.grouped.sizes[dim]
                                                       for dim in node.layout))
            self.arguments.append(argument)
            outer.known[id(node)] = Value("%" + name, node.layout, node.type, argument.shape)
        result = outer.broadcast(outer.emit(program.results[0]), program.outer_dims)
        self.results = [Argument("result0", result.type, program.grouped.sizes)]
        parameters = ", ".join(f"%{argument.name}: {argument.tensor()}" for argument in self.arguments)
        body = "\n".join(writer.lines)
        return (f"func.func @{program.name}({parameters}) -> ({result.tensor()}) {{\n{body}\n"
                f"  return {result.name} : {result.tensor()}\n}}\n")

    def reference(self, arrays):
        program, grouped = self.program, self.program.grouped
        stored = {argument.name: decode(array, argument.type) for argument, array in zip(self.arguments, arrays)}
        inner = {name: stored[name].reshape(grouped.inner) if stored[name].shape == grouped.sizes else stored[name]
                 for name in program.arguments}
        outer = {name: stored[name] for name in program.outer_arguments}
        known = {}
        for name, (node, dims) in program.handed.items():
            value = evaluate(node, inner, grouped.inner, known)
            kept = [grouped.inner[dim] if dims == program.outer_dims or dim in (0, grouped.channel, grouped.channel + 1)
                    else 1 for dim in range(len(grouped.inner))]
            outer[name] = np.broadcast_to(value, kept).reshape([grouped.sizes[dim] for dim in dims])
        return [evaluate(program.results[0], outer, grouped.sizes).reshape(grouped.sizes)]


class AdaptiveNorm(Formula):
    """A layer or RMS norm with a scale and a shift for each sample."""

    def __init__(self, name, random):
        sizes, axes = random.choice([((2, 5, 12), (2,)), ((3, 4, 2, 8), (3,)), ((2, 3, 4, 5), (2, 3)), ((3, 6, 10), (2,))])
        super().__init__(name, random, shape=(sizes, axes))

    def parameter(self, name, type):
        dims = (0, *self.axes)
        is_tight = self.pick("layout of parameters", ["tight", "full"]) == "tight"
        return self.argument(name, dims, type, dims if is_tight else
                             [dim if dim in dims else None for dim in range(len(self.sizes))])


CHANNEL_NORMS = [InstanceNorm, BatchNormTraining, BatchNormInference, GroupNorm, AdaptiveNorm]
