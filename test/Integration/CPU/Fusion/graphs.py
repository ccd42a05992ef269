"""Graphs of operations on tensors, as text and as what they compute.

A graph's tensors are over atoms: the dims of one iteration space, some of which are a part of a dim that reshapes split.
An axis of a tensor is the product of some atoms, of none where its size is 1. What a value is in numpy has one dim for
each atom, of size 1 where the value does not vary along it: reshapes, transposes and broadcasts then change nothing, and
whether the text computes the same is left to the test.
"""

import re
from dataclasses import dataclass
from math import prod

import numpy as np

from arithmetic import Environment, literal
from normtest import ROUNDOFF, decode


class Space:
    """Atoms with their sizes; `rows` and `normalized` are axes, in the order of most tensors `axes`."""

    def __init__(self, sizes, dynamic, rows, normalized, axes):
        self.sizes, self.dynamic = sizes, dynamic
        self.rows, self.normalized, self.axes = rows, normalized, axes
        self.row_atoms = {atom for axis in rows for atom in axis}

    def size(self, axis):
        return prod(self.sizes[atom] for atom in axis)

    def is_dynamic(self, axis):
        return any(self.dynamic[atom] for atom in axis)

    def shape(self, axes):
        return tuple(self.size(axis) for axis in axes)

    def tensor(self, axes, type, is_open=True):
        sizes = ["?" if is_open and self.is_dynamic(axis) else str(self.size(axis)) for axis in axes]
        return f"tensor<{'x'.join([*sizes, type])}>"

    def index(self, axis):
        """The index along an axis, as a value."""
        result = np.zeros((1,) * len(self.sizes), np.longdouble)
        for atom in axis:
            shape = [self.sizes[atom] if other == atom else 1 for other in range(len(self.sizes))]
            result = result * self.sizes[atom] + np.arange(self.sizes[atom], dtype=np.longdouble).reshape(shape)
        return result

    def scalar(self, number):
        return np.full((1,) * len(self.sizes), number, np.longdouble)

    def from_stored(self, array, axes):
        """What is stored with these axes, as a value."""
        flat = [atom for axis in axes for atom in axis]
        array = np.asarray(array).reshape([self.sizes[atom] for atom in flat])
        array = array.transpose(sorted(range(len(flat)), key=flat.__getitem__))
        return array.reshape([self.sizes[atom] if atom in flat else 1 for atom in range(len(self.sizes))])

    def to_stored(self, array, axes):
        flat = [atom for axis in axes for atom in axis]
        array = np.broadcast_to(array, [self.sizes[atom] if atom in flat else 1 for atom in range(len(self.sizes))])
        array = array.reshape([self.sizes[atom] for atom in sorted(flat)])
        array = array.transpose([sorted(flat).index(atom) for atom in flat])
        return array.reshape(self.shape(axes))


@dataclass(frozen=True)
class Value:
    """A tensor, or a scalar where `axes` is None. `roundoff` is that of the lowest type that it was computed in; where
    a rounding to integers has tipped, the value is off by up to `jump`."""

    name: str
    axes: tuple | None
    type: str
    low: float
    high: float
    roundoff: float
    jump: float = 0.0

    @property
    def interval(self):
        return self.low, self.high

    @property
    def atoms(self):
        return {atom for axis in self.axes for atom in axis}


@dataclass(frozen=True)
class Argument:
    name: str
    axes: tuple | None
    type: str
    low: float
    high: float


class Statement:
    """Text that defines names. `plain` is what stands for it where an operation that upstream lowers nowhere must not."""

    def __init__(self, text, names, run, is_effect=False, plain=None):
        self.text, self.names, self.run, self.is_effect = text, names, run, is_effect
        self.plain = plain or text

    def used(self):
        return set(re.findall(r"%\w+", self.text + self.plain)) - set(self.names)


class Scope:
    """The statements of a block, and the values that are known in it."""

    def __init__(self, parent=None):
        self.statements = []
        self.values = list(parent.values) if parent else []

    def shuffled(self, random):
        """The statements in another order in which each value is defined before its uses; effects keep theirs."""
        defined = {name for statement in self.statements for name in statement.names}
        waiting, done, result = list(self.statements), set(), []
        while waiting:
            effects = [statement for statement in waiting if statement.is_effect][:1]
            ready = [statement for statement in waiting if not (statement.used() & defined) - done
                     and (not statement.is_effect or statement in effects)]
            chosen = random.choice(ready)
            waiting.remove(chosen)
            done.update(chosen.names)
            result.append(chosen)
        return result


class Graph:
    """A function in the making. `compute` is the type of most values."""

    def __init__(self, name, random, space, compute):
        self.name, self.random, self.space, self.compute = name, random, space, compute
        self.number, self.scope, self.arguments, self.results = 0, Scope(), [], []
        self.slots, self.is_nested = [], False

    def fresh(self):
        self.number += 1
        return f"%v{self.number}"

    def chance(self, probability=0.5):
        return self.random.random() < probability

    def tensor(self, value):
        return self.space.tensor(value.axes, value.type) if value.axes is not None else value.type

    # Statements -------------------------------------------------------------------------------------------------------

    def statement(self, text, names, run=lambda env: None, is_effect=False, plain=None):
        self.scope.statements.append(Statement(text, names, run, is_effect, plain))

    def define(self, text):
        """A value without a part in what is computed: a size, an init."""
        name = self.fresh()
        self.statement(f"{name} = {text}", [name])
        return name

    def make(self, text, axes, type, bounds, sources, compute, known=True, jump=0.0, own_roundoff=True):
        """A value that one operation computes from others."""
        name = self.fresh()
        return self.make_all(f"{name} = {text}", [(name, axes, type, bounds, compute)], sources, known, jump,
                             own_roundoff)[0]

    def make_all(self, text, results, sources, known=True, jump=0.0, own_roundoff=True, plain=None):
        """The values (name, axes, type, bounds, compute) of one operation."""
        values = []
        for name, axes, type, bounds, _ in results:
            own = ROUNDOFF.get(type, 0.0) if own_roundoff else 0.0
            roundoff = max([own, *(source.roundoff for source in sources)])
            values.append(Value(name, axes, type, *bounds, roundoff, max([jump, *(source.jump for source in sources)])))

        def run(env):
            for name, _, type, _, compute in results:
                env[name] = env.round(compute(env), type) if own_roundoff else compute(env)

        self.statement(text, [value.name for value in values], run, plain=plain)
        if known:
            self.scope.values.extend(values)
        return values

    # Operands ---------------------------------------------------------------------------------------------------------

    def argument(self, name, axes, type, low, high):
        self.arguments.append(Argument(name, axes, type, low, high))
        value = Value("%" + name, axes, type, low, high, ROUNDOFF[type])
        self.scope.values.append(value)
        return value

    def candidates(self, condition=lambda value: True):
        return [value for value in self.scope.values
                if value.type in ROUNDOFF and value.jump == 0 and value.axes is not None
                and max(abs(value.low), abs(value.high)) <= 64 and condition(value)]

    def choose(self, condition=lambda value: True):
        """A float tensor, a late one more likely; None if there is none."""
        values = self.candidates(condition)
        if not values:
            return None
        return self.random.choice(values[-4:] if self.chance(0.7) else values)

    def full(self, condition=lambda value: True):
        """A value that varies along all atoms."""
        return self.choose(lambda value: len(value.atoms) == len(self.space.sizes) and condition(value))

    # Sizes ------------------------------------------------------------------------------------------------------------

    def index_constant(self, number):
        return self.define(f"arith.constant {number} : index")

    def size(self, axis):
        """The size of an axis: a number, or the name of one."""
        if not self.space.is_dynamic(axis):
            return str(self.space.size(axis))
        places = [(value, dim) for value in self.scope.values if value.axes is not None
                  for dim, other in enumerate(value.axes) if other == axis]
        if places:
            value, dim = self.random.choice(places if self.chance() else places[:1])
            return self.define(f"tensor.dim {value.name}, {self.index_constant(dim)} : {self.tensor(value)}")
        if len(axis) == 1:
            return self.part_size(axis[0])
        name = None
        for atom in axis:
            size = self.size((atom,))
            size = size if size.startswith("%") else self.index_constant(size)
            name = size if name is None else self.define(f"arith.muli {name}, {size} : index")
        return name

    def part_size(self, atom):
        """The size of a dynamic atom of which only the product with static ones is known."""
        value, dim = next((value, dim) for value in self.scope.values if value.axes is not None
                          for dim, axis in enumerate(value.axes)
                          if atom in axis and sum(self.space.dynamic[other] for other in axis) == 1)
        whole = self.define(f"tensor.dim {value.name}, {self.index_constant(dim)} : {self.tensor(value)}")
        others = prod(self.space.sizes[other] for other in value.axes[dim] if other != atom)
        return self.define(f"arith.divui {whole}, {self.index_constant(others)} : index")

    def sizes(self, axes):
        return [self.size(axis) for axis in axes]

    def empty(self, axes, type):
        sizes = ", ".join(size for size in self.sizes(axes) if size.startswith("%"))
        return self.define(f"tensor.empty({sizes}) : {self.space.tensor(axes, type)}")

    def filled(self, axes, type, number):
        """A tensor of one number, as frontends write it; its name."""
        tensor = self.space.tensor(axes, type)
        if self.chance(0.25) and not any(self.space.is_dynamic(axis) for axis in axes):
            return self.define(f"arith.constant dense<{literal(number)}> : {tensor}")
        scalar = self.define(f"arith.constant {literal(number)} : {type}")
        if self.chance(0.25):
            sizes = [size for size in self.sizes(axes) if size.startswith("%")]
            return self.define(f"tensor.splat {scalar}{'[' + ', '.join(sizes) + ']' if sizes else ''} : {tensor}")
        return self.define(f"linalg.fill ins({scalar} : {type}) outs({self.empty(axes, type)} : {tensor}) -> {tensor}")

    # The whole --------------------------------------------------------------------------------------------------------

    def parameters(self, is_open):
        parts = [f"%{argument.name}: " + (argument.type if argument.axes is None else
                                          self.space.tensor(argument.axes, argument.type, is_open))
                 for argument in self.arguments]
        return ", ".join([*parts, "%log: memref<8xf64>"])

    def types(self, is_open):
        return ", ".join(self.space.tensor(value.axes, value.type, is_open) for value in self.results)

    def text(self, is_called=True, is_plain=False):
        """The function, and one of static types and with the C interface that calls it."""
        statements = "\n".join(statement.plain if is_plain else statement.text for statement in self.order)
        names = ", ".join(value.name for value in self.results)
        text = (f"func.func {'private ' if is_called else ''}@{self.name}({self.parameters(True)}) -> ({self.types(True)}) "
                f"attributes {{no_inline}} {{\n{statements}\nreturn {names} : {self.types(True)}\n}}\n")
        return text + (self.caller() if is_called else "")

    def caller(self):
        lines, names = [], []
        for argument in self.arguments:
            names.append("%" + argument.name)
            if argument.axes is not None and any(map(self.space.is_dynamic, argument.axes)):
                static, dynamic = (self.space.tensor(argument.axes, argument.type, is_open) for is_open in (False, True))
                lines.append(f"%open_{argument.name} = tensor.cast %{argument.name} : {static} to {dynamic}")
                names[-1] = f"%open_{argument.name}"
        operands = [argument.type if argument.axes is None else self.space.tensor(argument.axes, argument.type)
                    for argument in self.arguments]
        lines.append(f"%r:{len(self.results)} = call @{self.name}({', '.join([*names, '%log'])}) : "
                     f"({', '.join([*operands, 'memref<8xf64>'])}) -> ({self.types(True)})")
        results = [f"%r#{i}" for i in range(len(self.results))]
        for i, value in enumerate(self.results):
            if any(map(self.space.is_dynamic, value.axes)):
                static = self.space.tensor(value.axes, value.type, is_open=False)
                lines.append(f"%static{i} = tensor.cast %r#{i} : {self.tensor(value)} to {static}")
                results[i] = f"%static{i}"
        return (f"func.func @{self.name}_static({self.parameters(False)}) -> ({self.types(False)}) "
                "attributes {llvm.emit_c_interface} {\n" + "\n".join(lines)
                + f"\nreturn {', '.join(results)} : {self.types(False)}\n}}\n")

    def finish(self):
        self.order = self.scope.shuffled(self.random) if self.chance(0.6) else self.scope.statements

    # Data -------------------------------------------------------------------------------------------------------------

    def evaluate(self, arrays, generator=None):
        """The results and the logged elements in longdouble, as they are stored."""
        env = Environment(generator)
        for argument, array in zip(self.arguments, arrays):
            array = decode(array, argument.type)
            env["%" + argument.name] = (self.space.scalar(array) if argument.axes is None else
                                        self.space.from_stored(array, argument.axes))
        with np.errstate(all="ignore"):
            for statement in self.scope.statements:
                statement.run(env)
        return ([self.space.to_stored(env[value.name], value.axes) for value in self.results],
                np.array([env[value.name].flat[0] for value in self.slots], np.longdouble))
