"""Reductions of the generated graphs, and what is made of them: softmax, norms spelled out, quantization."""

from dataclasses import dataclass, replace

import numpy as np

from arithmetic import BY_NAME, Body, literal, rounded
from shapes import affine_map, conform, generic, readable, to_type

# Name, combining operation, its start and numpy's function.
KINDS = {
    "sum": ("arith.addf", 0.0, np.sum), "max": ("arith.maximumf", -np.inf, np.max), "min": ("arith.minimumf", np.inf, np.min),
    "maxnum": ("arith.maxnumf", -np.inf, np.max), "minnum": ("arith.minnumf", np.inf, np.min),
}


def hexadecimal(number, type):
    """A constant as MLIR reads it, infinities too."""
    infinities = {"f64": "7FF0000000000000", "f32": "7F800000", "f16": "7C00", "bf16": "7F80"}
    if np.isfinite(number):
        return literal(number)
    bits = int(infinities[type], 16) | (1 << (len(infinities[type]) * 4 - 1) if number < 0 else 0)
    return f"0x{bits:X}"


def start(graph, axes, type, number):
    scalar = graph.define(f"arith.constant {hexadecimal(number, type)} : {type}")
    tensor = graph.space.tensor(axes, type)
    return graph.define(f"linalg.fill ins({scalar} : {type}) outs({graph.empty(axes, type)} : {tensor}) -> {tensor}")


def reduced_bounds(kind, interval, number, init):
    low, high = interval
    if kind == "sum":
        bounds = min(number * low, 0.0) + init, max(number * high, 0.0) + init
        # Of numbers of one sign the sum is no smaller than one of them.
        return (number * low + init if low > 0 else bounds[0]), (number * high + init if high < 0 else bounds[1])
    if not np.isfinite(init):
        return low, high
    return (max(low, init), max(high, init)) if "max" in kind else (min(low, init), min(high, init))


def combine(kind, array, atoms, init):
    """Reduces along atoms, which stay as dims of size 1."""
    result = KINDS[kind][2](array, axis=tuple(atoms), keepdims=True)
    return result + init if kind == "sum" else np.maximum(result, init) if "max" in kind else np.minimum(result, init)


def draw_axes(graph, value):
    """Some of the value's axes, mostly all normalized ones."""
    random = graph.random
    normalized = [axis for axis in value.axes if axis and not set(axis) & graph.space.row_atoms]
    rows = [axis for axis in value.axes if set(axis) & graph.space.row_atoms]
    if rows and graph.chance(0.05):
        return [random.choice(rows)]
    if normalized and graph.chance(0.12):
        return [random.choice(normalized)]
    return normalized


def fits(graph, value, axes, type):
    number = graph.space.size([atom for axis in axes for atom in axis])
    return number * max(abs(value.low), abs(value.high)) <= (30000 if type == "f16" else 1e6)


def over(graph, value, axes):
    """The value varies along all atoms of axes: the array spread along them."""
    atoms = [atom for axis in axes for atom in axis]

    def spread(array):
        shape = [max(array.shape[i], graph.space.sizes[i]) if i in atoms else array.shape[i] for i in range(array.ndim)]
        return np.broadcast_to(array, shape)

    return atoms, spread


def reduce(graph, value, axes, kind, known=True, init=None):
    """One linalg.reduce or linalg.generic of a tensor."""
    operation, identity, _ = KINDS[kind]
    init = identity if init is None else init
    kept = tuple(axis for axis in value.axes if axis not in axes)
    atoms, spread = over(graph, value, axes)
    type = value.type
    bounds = reduced_bounds(kind, value.interval, graph.space.size(atoms), init)

    def compute(env):
        return combine(kind, spread(env[value.name]), atoms, init)

    if graph.chance() or () in value.axes:
        return generic_reduce(graph, value, axes, [(kind, init, None)], known)[0]
    tensor = graph.space.tensor(kept, type)
    dimensions = [dim for dim, axis in enumerate(value.axes) if axis in axes]
    begin = start(graph, kept, type, init)
    if graph.chance():
        text = (f"linalg.reduce {{ {operation} }} ins({value.name} : {graph.tensor(value)}) outs({begin} : {tensor}) "
                f"dimensions = {dimensions}")
    else:
        element, accumulator, result = (graph.fresh() for _ in range(3))
        operands = [element, accumulator]
        graph.random.shuffle(operands)
        text = (f"linalg.reduce ins({value.name} : {graph.tensor(value)}) outs({begin} : {tensor}) dimensions = "
                f"{dimensions}\n({element}: {type}, {accumulator}: {type}) {{\n{result} = {operation} "
                f"{', '.join(operands)} : {type}\nlinalg.yield {result} : {type}\n}}")
    return graph.make(text, kept, type, bounds, [value], compute, known)


def generic_reduce(graph, value, axes, reductions, known=True, type=None, keep=None, others=()):
    """A linalg.generic with reductions (kind, init, what the body makes of the elements) of one tensor or several."""
    type = type or value.type
    loops = len(value.axes)
    keep = graph.chance(0.4) if keep is None else keep
    kept = tuple(() if axis in axes else axis for axis in value.axes) if keep else \
        tuple(axis for axis in value.axes if axis not in axes)
    dims = [None if axis in axes else dim for dim, axis in enumerate(value.axes)]
    dims = dims if keep else [dim for dim in dims if dim is not None]
    atoms, spread = over(graph, value, axes)
    body = Body(graph)
    operands = [value, *others]
    arguments = [body.argument(operand) for operand in operands]
    elements = [body.cast(argument, type) for argument in arguments]
    block = [(argument.name, argument.type) for argument in arguments]
    outs, results, yielded = [], [], []
    tensor = graph.space.tensor(kept, type)
    for kind, init, make in reductions:
        element = make(body, elements) if make else elements[0]
        accumulator = graph.fresh()
        block.append((accumulator, type))
        pair = [element.name, accumulator]
        graph.random.shuffle(pair)
        name = body.define(f"{KINDS[kind][0]} {', '.join(pair)} : {type}")
        outs.append((start(graph, kept, type, init), tensor))
        bounds = reduced_bounds(kind, element.interval, graph.space.size(atoms), init)
        results.append((graph.fresh(), kept, type, bounds,
                        lambda env, kind=kind, init=init, element=element:
                        combine(kind, spread(element.compute(env)), atoms, init)))
        yielded.append(Yielded(name, type))
    iterators = ["reduction" if axis in axes else "parallel" for axis in value.axes]
    maps = [affine_map(loops, [value.axes.index(axis) if axis else None for axis in operand.axes]) for operand in operands]
    maps[0] = affine_map(loops, range(loops))
    text = generic(maps + [affine_map(loops, dims)] * len(reductions), iterators,
                   [(operand.name, graph.tensor(operand)) for operand in operands], outs, body, block, yielded,
                   [tensor] * len(reductions))
    names = ", ".join(name for name, *_ in results)
    return graph.make_all(f"{names} = {text}", results, operands, known)


@dataclass(frozen=True)
class Yielded:
    """What a body yields: a name and a type."""

    name: str
    type: str


def tensor_operation(graph, name, *operands, known=False):
    """An operation on tensors of the first one's axes and type."""
    first = max(operands, key=lambda operand: len(operand.atoms))
    operands = [to_type(graph, conform(graph, operand, first.axes), first.type) for operand in operands]
    operation = BY_NAME[name]
    bounds = operation.bounds(*(operand.interval for operand in operands))
    return graph.make(f"{name} {', '.join(operand.name for operand in operands)} : {graph.tensor(first)}", first.axes,
                      first.type, bounds, operands, lambda env: operation.compute(*(env[operand.name]
                                                                                    for operand in operands)), known)


def body_operation(graph, name, *operands, known=False, constant=None):
    """The same as a linalg.generic that broadcasts by its maps."""
    first = max(operands, key=lambda operand: len(operand.atoms))
    axes = first.axes
    operands = [readable(graph, operand, axes) for operand in operands]
    body, type = Body(graph), first.type
    arguments = [body.argument(operand) for operand in operands]
    scalars = [body.cast(argument, type) for argument in arguments]
    if constant is not None:
        scalars.append(body.constant(constant, type))
    result = body.apply(BY_NAME[name], *scalars)
    maps = [affine_map(len(axes), [axes.index(axis) if axis else None for axis in operand.axes]) for operand in operands]
    tensor = graph.space.tensor(axes, type)
    text = generic(maps + [affine_map(len(axes), range(len(axes)))], ["parallel"] * len(axes),
                   [(operand.name, graph.tensor(operand)) for operand in operands],
                   [(graph.empty(axes, type), tensor)], body,
                   [(argument.name, argument.type) for argument in arguments] + [(graph.fresh(), type)], [result], [tensor])
    return graph.make(text, axes, type, result.interval, [*operands, result], result.compute, known)


def apply(graph, name, *operands, known=False):
    return (tensor_operation if graph.chance(0.4) else body_operation)(graph, name, *operands, known=known)


def scaled(graph, value, factor, known=False):
    """The value times a constant."""
    if graph.chance():
        return body_operation(graph, "arith.mulf", value, constant=factor, known=known)
    factor = rounded(factor, value.type)
    name = graph.filled(value.axes, value.type, factor)
    low, high = sorted((value.low * factor, value.high * factor))
    return graph.make(f"arith.mulf {value.name}, {name} : {graph.tensor(value)}", value.axes, value.type, (low, high),
                      [value], lambda env: env[value.name] * np.longdouble(factor), known)


def mean(graph, value, axes, known=False):
    total = reduce(graph, value, axes, "sum", known)
    return scaled(graph, total, 1 / graph.space.size([atom for axis in axes for atom in axis]), known)


# ---------------------------------------------------------------------------------------------------------------------
# Steps
# ---------------------------------------------------------------------------------------------------------------------


def reduce_step(graph):
    random = graph.random
    value = graph.choose(lambda value: draw_axes(graph, value))
    axes = draw_axes(graph, value) if value else []
    if not axes or not fits(graph, value, axes, value.type):
        return
    kind = random.choice(["sum", "sum", *KINDS])
    if graph.chance(0.6):
        init = rounded(random.uniform(-2, 2), value.type) if graph.chance(0.2) else None
        result = reduce(graph, value, axes, kind, True, init)
    else:
        result = several_step(graph, value, axes)
    if result and max(abs(result.low), abs(result.high)) > 64:
        scaled(graph, result, 1 / graph.space.size([atom for axis in axes for atom in axis]), known=True)


def several_step(graph, value, axes):
    """One or two reductions in one linalg.generic, of squares, products or in a wider type."""
    random = graph.random
    type = random.choice([value.type, graph.compute if graph.compute != "f16" else "f32"])
    others = []
    other = graph.choose(lambda other: other.atoms <= value.atoms)
    if other and graph.chance() and fits(graph, other, [()], type):
        others.append(readable(graph, other, value.axes))
    makers = [None, lambda body, elements: body.apply(BY_NAME["arith.mulf"], elements[0], elements[-1]),
              lambda body, elements: body.apply(BY_NAME["math.absf"], elements[0])]
    largest = max(abs(number) for operand in [value, *others] for number in operand.interval) ** 2
    number = graph.space.size([atom for axis in axes for atom in axis])
    if largest * number > (30000 if type == "f16" else 1e6):
        makers.pop(1)
    reductions = []
    for _ in range(random.choice([1, 1, 2])):
        kind = random.choice(["sum", "sum", "max", "min"])
        reductions.append((kind, KINDS[kind][1], random.choice(makers)))
    return generic_reduce(graph, value, axes, reductions, True, type, others=others)[0]


def softmax_step(graph):
    value = graph.choose(lambda value: draw_axes(graph, value))
    axes = draw_axes(graph, value) if value else []
    if not axes:
        return
    known = graph.chance(0.3)
    largest = reduce(graph, value, axes, graph.random.choice(["max", "maxnum"]), known)
    difference = apply(graph, "arith.subf", value, largest)
    # The difference from the largest is never positive.
    difference = replace(difference, high=0.0)
    exponential = apply(graph, "math.exp", difference, known=known)
    total = reduce(graph, exponential, axes, "sum", known)
    number = graph.space.size([atom for axis in axes for atom in axis])
    total = replace(total, low=1.0, high=float(number))
    result = apply(graph, "arith.divf", exponential, total)
    graph.scope.values.append(replace(result, low=0.0, high=1.0))


def linalg_softmax_step(graph):
    value = graph.choose(lambda value: any(axis and not set(axis) & graph.space.row_atoms for axis in value.axes))
    if not value:
        return
    dims = [dim for dim, axis in enumerate(value.axes) if axis and not set(axis) & graph.space.row_atoms]
    dim = graph.random.choice(dims)
    atoms, spread = over(graph, value, [value.axes[dim]])

    def compute(env):
        array = spread(env[value.name])
        exponential = np.exp(array - array.max(axis=tuple(atoms), keepdims=True))
        return exponential / exponential.sum(axis=tuple(atoms), keepdims=True)

    tensor, name = graph.tensor(value), graph.fresh()
    empty = graph.empty(value.axes, value.type)
    plain = plain_softmax(graph, value, dim, empty, name)
    graph.make_all(f"{name} = linalg.softmax dimension({dim}) ins({value.name} : {tensor}) outs({empty} : {tensor}) -> "
                   f"{tensor}", [(name, value.axes, value.type, (0.0, 1.0), compute)], [value], plain=plain)


def plain_softmax(graph, value, dim, empty, name):
    """The same in other operations."""
    tensor, axes = graph.tensor(value), (*value.axes[:dim], *value.axes[dim + 1:])
    row = graph.space.tensor(axes, value.type)
    low, zero = (start(graph, axes, value.type, number) for number in (-np.inf, 0.0))
    largest, largest_all, difference, exponential, total, total_all = (graph.fresh() for _ in range(6))

    def binary(result, operation, first, second):
        return (f"{result} = linalg.{operation} ins({first}, {second} : {tensor}, {tensor}) outs({empty} : {tensor}) -> "
                f"{tensor}")

    def spread(result, of_rows):
        return f"{result} = linalg.broadcast ins({of_rows} : {row}) outs({empty} : {tensor}) dimensions = [{dim}]"

    def combined(result, operation, whole, init):
        return (f"{result} = linalg.reduce {{ {operation} }} ins({whole} : {tensor}) outs({init} : {row}) dimensions = "
                f"[{dim}]")

    return "\n".join([
        combined(largest, "arith.maxnumf", value.name, low), spread(largest_all, largest),
        binary(difference, "sub", value.name, largest_all),
        f"{exponential} = linalg.exp ins({difference} : {tensor}) outs({empty} : {tensor}) -> {tensor}",
        combined(total, "arith.addf", exponential, zero), spread(total_all, total),
        binary(name, "div", exponential, total_all)])


def spelled_norm_step(graph):
    """A layer or RMS norm in many operations, as frontends decompose them."""
    value = graph.full()
    axes = draw_axes(graph, value) if value else []
    if not axes or not fits(graph, value, axes, value.type):
        return
    if value.type != graph.compute and graph.chance(0.6):
        value = to_type(graph, value, graph.compute)
    number = graph.space.size([atom for axis in axes for atom in axis])
    largest = max(abs(value.low), abs(value.high))
    if value.type == "f16" and 4 * largest * largest * number > 30000:
        return
    if graph.chance(0.6):
        value = apply(graph, "arith.subf", value, mean(graph, value, axes, known=graph.chance(0.3)))
    square = apply(graph, "arith.mulf", value, value)
    square = replace(square, low=0.0, high=square.high)
    variance = mean(graph, square, axes, known=graph.chance(0.3))
    shifted = body_operation(graph, "arith.addf", variance, constant=graph.epsilon)
    shifted = replace(shifted, low=graph.epsilon, high=shifted.high)
    if graph.chance(0.7):
        root = apply(graph, "math.rsqrt", widen(shifted))
        root = replace(root, low=0.0, high=graph.epsilon ** -0.5)
        result = apply(graph, "arith.mulf", value, root)
    else:
        root = apply(graph, "math.sqrt", widen(shifted))
        result = apply(graph, "arith.divf", value, widen(root))
    bound = float(number) ** 0.5
    graph.scope.values.append(replace(result, low=-bound, high=bound))


def widen(value):
    """The value with bounds under which roots and quotients are drawn without a look at them."""
    return replace(value, low=max(value.low, 0.25), high=max(value.high, 0.5))


def quantize_step(graph):
    """Values over the largest of their row or block, times 127, as i8; maybe back again."""
    value = graph.choose(lambda value: draw_axes(graph, value))
    axes = draw_axes(graph, value) if value else []
    if not axes:
        return
    largest = generic_reduce(graph, value, axes,
                             [("max", 0.0, lambda body, elements: body.apply(BY_NAME["math.absf"], elements[0]))], False)[0]
    shifted = body_operation(graph, "arith.maximumf", largest, constant=2.0 ** -6)
    scale = scaled(graph, shifted, 1 / 127, known=graph.chance())
    scale = replace(scale, low=0.25, high=1.0)
    ratio = apply(graph, "arith.divf", value, scale)
    body, argument = Body(graph), None
    argument = body.argument(ratio)
    whole = body.define(f"math.roundeven {argument.name} : {ratio.type}")
    low, high = body.constant(-127, ratio.type), body.constant(127, ratio.type)
    whole = body.define(f"arith.maximumf {whole}, {low.name} : {ratio.type}")
    whole = body.define(f"arith.minimumf {whole}, {high.name} : {ratio.type}")
    name = body.define(f"arith.fptosi {whole} : {ratio.type} to i8")
    loops, tensor = len(ratio.axes), graph.space.tensor(ratio.axes, "i8")
    text = generic([affine_map(loops, range(loops))] * 2, ["parallel"] * loops, [(ratio.name, graph.tensor(ratio))],
                   [(graph.empty(ratio.axes, "i8"), tensor)], body,
                   [(argument.name, ratio.type), (graph.fresh(), "i8")], [Yielded(name, "i8")], [tensor])
    quantized = graph.make(text, ratio.axes, "i8", (-127.0, 127.0), [ratio],
                           lambda env: np.clip(np.rint(env[ratio.name]), -127, 127), jump=1.0)
    if graph.chance(0.3):
        dequantize(graph, quantized, scale, max(abs(value.low), abs(value.high)) / 127)


def dequantize(graph, quantized, scale, jump):
    axes, type = quantized.axes, scale.type
    scale = readable(graph, scale, axes)
    body = Body(graph)
    integer, factor = graph.fresh(), body.argument(scale)
    number = body.define(f"arith.sitofp {integer} : i8 to {type}")
    result = body.define(f"arith.mulf {number}, {factor.name} : {type}")
    maps = [affine_map(len(axes), range(len(axes))),
            affine_map(len(axes), [axes.index(axis) if axis else None for axis in scale.axes]),
            affine_map(len(axes), range(len(axes)))]
    tensor = graph.space.tensor(axes, type)
    text = generic(maps, ["parallel"] * len(axes), [(quantized.name, graph.tensor(quantized)),
                                                    (scale.name, graph.tensor(scale))],
                   [(graph.empty(axes, type), tensor)], body,
                   [(integer, "i8"), (factor.name, type), (graph.fresh(), type)], [Yielded(result, type)], [tensor])
    graph.make(text, axes, type, (-64.0, 64.0), [quantized, scale], lambda env: env[quantized.name] * env[scale.name],
               jump=jump)

