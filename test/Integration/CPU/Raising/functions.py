"""Functions of a module: a program's spelling with its arguments and results, and their data."""

import random as random_module
from dataclasses import dataclass

import numpy as np

from expression import evaluate
from normtest import decode, encode
from spelling import Writer

STYLES = ["generic"] * 3 + ["named", "arith", "tosa"] + ["mixed"] * 3


@dataclass
class Argument:
    """A tensor of a function's type: the sizes as they are stored, None for those that the type leaves open."""

    name: str
    type: str
    shape: tuple
    open_dims: tuple = ()
    is_scalar: bool = False

    def tensor(self, is_open=True):
        if self.is_scalar:
            return self.type
        sizes = ["?" if is_open and i in self.open_dims else str(size) for i, size in enumerate(self.shape)]
        return f"tensor<{''.join(size + 'x' for size in sizes)}{self.type}>"


class Function:
    """A program written with one seed. Tensors of full rank may be stored transposed, or with a dim split in two."""

    def __init__(self, program, seed):
        self.program, random = program, random_module.Random(seed)
        self.rank = len(program.sizes)
        around = random.choice(["nothing"] * 5 + ["transposes", "split"])
        self.order = random.sample(range(self.rank), self.rank) if around == "transposes" else None
        self.split = self.choose_split(random) if around == "split" and not program.dynamic else None
        style, inline = random.choice(STYLES), random.choice([0, 0, 0.5, 1])
        program.choices.update(style=style, inline=inline, around=around)
        self.writer = Writer(random, program.sizes, program.dynamic, style, inline, random.choice([0, 0.5, 1]))
        self.arguments = [self.describe(name, node.type, node.layout, node.op == "scalar")
                          for name, node in program.arguments.items()]
        self.results = [self.describe(f"result{i}", node.type, node.dims, False)
                        for i, node in enumerate(program.results)]
        self.text = self.write()
        program.choices["sums"] = " and ".join(sorted(self.writer.sums))

    def choose_split(self, random):
        """A dim and its two sizes."""
        options = [(dim, (divisor, size // divisor)) for dim, size in enumerate(self.program.sizes)
                   for divisor in range(2, size) if size % divisor == 0 and dim != getattr(self.program, "channel", None)]
        return random.choice(options) if options else None

    def describe(self, name, type, layout, is_scalar):
        program = self.program
        if len(layout) == self.rank and None not in layout:
            if self.order:
                layout = self.order
            if self.split:
                dim, parts = self.split
                return Argument(name, type, (*program.sizes[:dim], *parts, *program.sizes[dim + 1:]))
        shape = tuple(1 if dim is None else program.sizes[dim] for dim in layout)
        open_dims = tuple(i for i, dim in enumerate(layout) if dim in program.dynamic)
        return Argument(name, type, shape, open_dims, is_scalar)

    # The text ---------------------------------------------------------------------------------------------------------

    def write(self):
        writer, program = self.writer, self.program
        values = []
        for argument, node in zip(self.arguments, program.arguments.values()):
            if not argument.is_scalar:
                values.append((node, argument, self.enter(argument, node)))
        x = next(value for node, _, value in values if node.name == "x")
        writer.declare_sizes(x)
        for node, argument, value in values:
            writer.known[id(node)] = self.to_logical(argument, value)
        names = [self.leave(node, result) for node, result in zip(program.results, self.results)]
        types = ", ".join(result.tensor() for result in self.results)
        parameters = ", ".join(f"%{argument.name}: {argument.tensor()}" for argument in self.arguments)
        body = "\n".join(writer.lines)
        return (f"func.func @{program.name}({parameters}) -> ({types}) {{\n{body}\n"
                f"  return {', '.join(names)} : {types}\n}}\n")

    def is_full(self, layout):
        return len(layout) == self.rank and None not in layout

    def enter(self, argument, node):
        layout = self.order if self.order and self.is_full(node.layout) else node.layout
        return self.writer.value("%" + argument.name, tuple(layout), node.type)

    def to_logical(self, argument, value):
        """The value with the program's dims in their order."""
        if not self.is_full(value.layout):
            return value
        every = tuple(range(self.rank))
        if self.order and value.layout != every:
            return self.transpose(value, every)
        if self.split:
            return self.writer.make(every, value.type, f"tensor.collapse_shape {value.name} {self.split_groups()} : "
                                                       f"{argument.tensor()} into {{t}}")
        return value

    def split_groups(self):
        dim = self.split[0]
        return [[i] if i < dim else [i, i + 1] if i == dim else [i + 1] for i in range(self.rank)]

    def transpose(self, value, layout):
        empty = self.writer.empty(layout, value.type)
        order = [value.layout.index(dim) for dim in layout]
        return self.writer.make(layout, value.type, f"linalg.transpose ins({value.name} : {value.tensor()}) outs("
                                                    f"{empty.name} : {{t}}) permutation = {order}")

    def leave(self, node, result):
        """A result as it is stored; its name."""
        writer = self.writer
        if node.is_scalar():
            return writer.splat(node, ()).name
        value = writer.broadcast(writer.emit(node), node.dims)
        if not self.is_full(node.dims):
            return value.name
        if self.order and tuple(self.order) != value.layout:
            return self.transpose(value, tuple(self.order)).name
        if self.split:
            sizes = ", ".join(map(str, result.shape))
            return writer.define(f"tensor.expand_shape {value.name} {self.split_groups()} output_shape [{sizes}] : "
                                 f"{value.tensor()} into {result.tensor()}")
        return value.name

    # Data -------------------------------------------------------------------------------------------------------------

    def draw(self, random):
        """Arrays for the arguments, as their types store them: mean ≠ 0, variance ≠ 1, gamma and beta of their own."""
        arrays = []
        for argument in self.arguments:
            if argument.name in ("x", "residual", "z"):
                values = random.normal(1.7, 2.3, argument.shape)
            elif argument.name == "eps":
                values = np.full(argument.shape, self.program.epsilon_value)
            elif argument.name in ("variance", "row_eps"):
                values = random.uniform(0.5, 4.0, argument.shape)
            elif argument.name == "mask":
                values = 1.0 * (random.random(argument.shape) < 0.8)
            else:
                values = random.normal(1.3 if argument.name == "gamma" else 0.4, 0.5, argument.shape)
            arrays.append(encode(values, argument.type))
        return arrays

    def reference(self, arrays):
        """The results in longdouble, as they are stored."""
        program = self.program
        logical = {}
        for argument, node, array in zip(self.arguments, program.arguments.values(), arrays):
            values = decode(array, argument.type)
            if not argument.is_scalar and self.is_full(node.layout):
                values = self.to_logical_array(values)
            logical[argument.name] = values
        known = {}
        return [self.to_stored(evaluate(node, logical, program.sizes, known), node, result)
                for node, result in zip(program.results, self.results)]

    def to_logical_array(self, values):
        if self.order:
            return values.transpose([self.order.index(dim) for dim in range(self.rank)])
        return values.reshape(self.program.sizes)

    def to_stored(self, values, node, result):
        shape = [self.program.sizes[dim] if dim in node.dims else 1 for dim in range(self.rank)]
        values = np.broadcast_to(values, shape)
        if self.order and self.is_full(node.dims):
            values = values.transpose(self.order)
        return values.reshape(result.shape)
