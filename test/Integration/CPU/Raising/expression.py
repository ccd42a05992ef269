"""What a program computes, without a spelling: nodes over the dims of a normalization's input, and their values in longdouble.

A node varies along some dims of the program and is constant along the others. Each construction makes a new node: two
nodes that compute the same are two computations in the program.
"""

import numpy as np

from normtest import decode, encode


class Node:
    """`op` of `args`; `type` is a float type; `dims` are those that it varies along, increasing."""

    def __init__(self, op, args=(), type=None, dims=None, **attributes):
        self.op, self.args = op, tuple(args)
        self.type = type or self.args[0].type
        if dims is None:
            dims = {dim for arg in self.args for dim in arg.dims}
        self.dims = tuple(sorted(dims))
        self.__dict__.update(attributes)

    def is_scalar(self):
        """Whether it is one number that stands outside of tensors."""
        return self.op in ("const", "count", "scalar")


UNARY = {
    "neg": lambda a: -a, "sqrt": np.sqrt, "rsqrt": lambda a: 1 / np.sqrt(a), "recip": lambda a: 1 / a, "exp": np.exp,
    "tanh": np.tanh, "abs": np.abs, "ext": lambda a: a, "trunc": lambda a: a, "copy": lambda a: a,
    "square": lambda a: a * a,
}
BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "max": np.maximum, "min": np.minimum,
}


def const(value, type, **attributes):
    return Node("const", type=type, dims=(), value=value, **attributes)


def leaf(name, dims, type, layout=None):
    """An argument. `layout` lists its dims in the order in which they are stored; None is a dim of size 1."""
    return Node("leaf", type=type, dims=dims, name=name, layout=tuple(dims) if layout is None else tuple(layout))


def total(arg, axes, init=0.0, combine="add"):
    """The sum over dims (or what `combine` says), from `init`."""
    dims = [dim for dim in arg.dims if dim not in axes]
    return Node("sum", [arg], dims=dims, axes=tuple(axes), init=init, combine=combine)


def power(arg, exponent, op="powf"):
    return Node(op, [arg], exponent=exponent)


def swap(arg, one, other):
    """The same value with two dims of the same size in each other's place."""
    places = {one: other, other: one}
    return Node("swap", [arg], dims=[places.get(dim, dim) for dim in arg.dims], places=places)


def part(arg, dim, size):
    """The first `size` positions of a dim that is summed over next."""
    return Node("part", [arg], dims=arg.dims, dim=dim, size=size)


def masked(arg, dim, size):
    """0 behind the first `size` positions of a dim."""
    return Node("masked", [arg], dim=dim, size=size)


def apply(op, *args, **attributes):
    return Node(op, args, **attributes)


def evaluate(node, arguments, sizes, known=None):
    """Its value in longdouble: an array of full rank with size 1 along dims that it does not vary along.

    `arguments` maps names to arrays as they are stored. Roundings are left out, but for those of nodes that say so;
    constants are what they are in their types, but for counts, which are meant to be exact.
    """
    known = {} if known is None else known
    if id(node) not in known:
        value = compute(node, arguments, sizes, known)
        known[id(node)] = decode(encode(value, node.type), node.type) if hasattr(node, "is_rounded") else value
    return known[id(node)]


def compute(node, arguments, sizes, known):
    args = [evaluate(arg, arguments, sizes, known) for arg in node.args]
    if node.op == "const":
        return np.longdouble(getattr(node, "ideal", node.value)).reshape((1,) * len(sizes))
    if node.op == "count":
        return np.longdouble(np.prod([sizes[dim] for dim in node.counted])).reshape((1,) * len(sizes))
    if node.op in ("leaf", "scalar"):
        return place(arguments[node.name], node.layout, len(sizes))
    if node.op == "sum":
        return reduce_with(node, args[0])
    if node.op in ("powf", "fpowi"):
        return np.power(args[0], np.longdouble(node.exponent))
    if node.op == "swap":
        return args[0].swapaxes(*node.places)
    if node.op == "part":
        return np.take(args[0], range(node.size), axis=node.dim) if args[0].shape[node.dim] > 1 else args[0]
    if node.op == "masked":
        shape = [-1 if dim == node.dim else 1 for dim in range(len(sizes))]
        return np.where(np.arange(sizes[node.dim]).reshape(shape) < node.size, args[0], 0)
    if node.op in UNARY:
        return UNARY[node.op](args[0])
    return BINARY[node.op](args[0], args[1])


def reduce_with(node, array):
    if node.combine == "max":
        return np.max(array, axis=node.axes, keepdims=True)
    result = node.init + np.sum(array, axis=node.axes, keepdims=True)
    return result + np.sum(array, axis=node.axes, keepdims=True) if node.combine == "twice" else result


def place(stored, layout, rank):
    """A stored array at full rank."""
    array = np.asarray(stored, np.longdouble)
    named = [dim for dim in layout if dim is not None]
    array = array.reshape([size for size, dim in zip(array.shape, layout) if dim is not None])
    array = array.transpose(sorted(range(len(named)), key=lambda i: named[i]))
    shape = [1] * rank
    for dim, size in zip(sorted(named), array.shape):
        shape[dim] = size
    return array.reshape(shape)
