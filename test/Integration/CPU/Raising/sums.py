"""Sums: linalg.reduce, linalg.generic, chains of sums over one dim, over merged dims, and TOSA's."""

import numpy as np

COMBINERS = {"add": "arith.addf", "twice": "arith.addf", "max": "arith.maximumf"}


def emit_sum(writer, node):
    arg = node.args[0]
    styles = ["generic"]
    is_plain = node.combine == "add" and arg.op not in ("part", "masked")
    if is_plain and node.init == 0.0:
        styles = {"tosa": ["tosa"], "generic": ["generic"], "mixed": ["generic", "reduce", "tosa", "chain", "flat"]}.get(
            writer.style, ["reduce", "reduce", "chain", "flat"])
    elif is_plain or node.combine == "max":
        styles = ["generic", "reduce"]
    style = writer.random.choice(styles)
    if style == "tosa" and (writer.dynamic or node.type == "f64" or arg.is_scalar()):
        style = "generic"
    if style == "flat" and not can_merge(writer, node):
        style = "reduce"
    if style == "chain" and len(node.axes) == 1:
        style = "reduce"
    writer.sums.add(style)
    return {"generic": emit_generic, "reduce": emit_reduce, "chain": emit_chain, "flat": emit_flat,
            "tosa": emit_reduce_sum}[style](writer, node)


def emit_init(writer, layout, node):
    """What the sum starts from: zeros of either sign, as a fill or as a constant."""
    number = node.init
    if number == 0.0 and writer.chance(0.3):
        number = -0.0
    if node.combine == "max":
        number = -np.finfo(np.float32 if node.type == "f32" else np.float16).max.item()
    text = f"{number:.17e}"
    if not any(dim in writer.dynamic for dim in layout) and writer.chance(0.3):
        return writer.make(layout, node.type, f"arith.constant dense<{text}> : {{t}}")
    return writer.fill(writer.define(f"arith.constant {text} : {node.type}"), layout, node.type)


def emit_generic(writer, node):
    """One linalg.generic that may compute what is summed; the loops stand in any order."""
    arg = node.args[0]
    layout = writer.full(node.dims) if writer.chance(writer.keep) else node.dims
    loops = list(arg.dims)
    if writer.chance(0.2):
        writer.random.shuffle(loops)
    init = emit_init(writer, layout, node)
    if arg.op == "part":
        inputs, write = [emit_part(writer, arg)], lambda names: (names[0], [])
    elif writer.may_inline(arg):
        inputs, write = writer.collect(arg, loops)
    else:
        inputs, write = [writer.emit(arg)], lambda names: (names[0], [])

    def make_body(names):
        *elements, accumulator = names
        element, body = write(elements)
        is_product = body and body[-1].startswith(f"{element} = arith.mulf ") and node.combine == "add"
        if is_product and writer.chance(0.25):
            factors = body.pop().split("arith.mulf ")[1].split(" : ")[0]
            yielded = writer.add_line(body, f"math.fma {factors}, {accumulator} : {node.type}")
            return yielded, body
        operands = [element, accumulator]
        if writer.chance():
            operands.reverse()
        yielded = writer.add_line(body, f"{COMBINERS[node.combine]} {', '.join(operands)} : {node.type}")
        if node.combine == "twice":
            yielded = writer.add_line(body, f"arith.addf {yielded}, {element} : {node.type}")
        return yielded, body

    return writer.generic(loops, layout, node.type, inputs, make_body, init=init, accumulator=True)


def emit_part(writer, node):
    """The first positions of a dim."""
    from spelling import Value
    value = writer.broadcast(writer.emit(node.args[0]), node.args[0].dims)
    sizes = [node.size if dim == node.dim else writer.sizes[dim] for dim in value.layout]
    result = Value(writer.fresh(), value.layout, value.type, tuple(sizes))
    ones = ", ".join("1" for _ in sizes)
    zeros = ", ".join("0" for _ in sizes)
    writer.line(f"{result.name} = tensor.extract_slice {value.name}[{zeros}] [{', '.join(map(str, sizes))}] [{ones}] : "
                f"{value.tensor()} to {result.tensor()}")
    return result


def reduce_value(writer, value, axes, node):
    """linalg.reduce over dims of a tensor."""
    layout = tuple(dim for dim in value.layout if dim not in axes)
    positions = [position for position, dim in enumerate(value.layout) if dim in axes]
    init = emit_init(writer, layout, node)
    return writer.make(layout, node.type, f"linalg.reduce {{ {COMBINERS[node.combine]} }} ins({value.name} : "
                                          f"{value.tensor()}) outs({init.name} : {{t}}) dimensions = {positions}")


def emit_reduce(writer, node):
    value = writer.operand(node.args[0], node.args[0].dims)
    return reduce_value(writer, value, node.axes, node)


def emit_chain(writer, node):
    value = writer.operand(node.args[0], node.args[0].dims)
    axes = list(node.axes)
    writer.random.shuffle(axes)
    for axis in axes:
        value = reduce_value(writer, value, (axis,), node)
    return value


def can_merge(writer, node):
    """Whether the dims can be merged into rows and one summed dim."""
    dims, axes = node.args[0].dims, node.axes
    return not writer.dynamic and len(axes) < len(dims) and len(dims) > 2 and dims[-len(axes):] == tuple(sorted(axes))


def emit_flat(writer, node):
    """Reshapes to a matrix, sums its rows and reshapes back."""
    from spelling import Value
    dims = node.args[0].dims
    value = writer.operand(node.args[0], dims)
    num_rows = len(dims) - len(node.axes)
    rows = int(np.prod([writer.sizes[dim] for dim in dims[:num_rows]]))
    length = int(np.prod([writer.sizes[dim] for dim in dims[num_rows:]]))
    groups = [list(range(num_rows)), list(range(num_rows, len(dims)))]
    matrix = Value(writer.fresh(), (), node.type, (rows, length))
    writer.line(f"{matrix.name} = tensor.collapse_shape {value.name} {groups} : {value.tensor()} into {matrix.tensor()}")
    empty, zeros = Value(writer.fresh(), (), node.type, (rows,)), Value(writer.fresh(), (), node.type, (rows,))
    result = Value(writer.fresh(), (), node.type, (rows,))
    zero = writer.define(f"arith.constant 0.0 : {node.type}")
    writer.line(f"{empty.name} = tensor.empty() : {empty.tensor()}")
    writer.line(f"{zeros.name} = linalg.fill ins({zero} : {node.type}) outs({empty.name} : {empty.tensor()}) -> "
                f"{empty.tensor()}")
    writer.line(f"{result.name} = linalg.reduce {{ arith.addf }} ins({matrix.name} : {matrix.tensor()}) outs("
                f"{zeros.name} : {zeros.tensor()}) dimensions = [1]")
    if num_rows == 1:
        return writer.value(result.name, dims[:1], node.type)
    sizes = ", ".join(str(writer.sizes[dim]) for dim in dims[:num_rows])
    return writer.make(dims[:num_rows], node.type, f"tensor.expand_shape {result.name} [{list(range(num_rows))}] "
                                                   f"output_shape [{sizes}] : {result.tensor()} into {{t}}")


def emit_reduce_sum(writer, node):
    """tosa.reduce_sum for each dim; they stay as dims of size 1."""
    arg = node.args[0]
    value = writer.broadcast(writer.emit(arg), writer.full(arg.dims))
    for axis in node.axes:
        layout = tuple(None if dim == axis else dim for dim in value.layout)
        value = writer.make(layout, node.type, f"tosa.reduce_sum {value.name} {{axis = {axis} : i32}} : "
                                               f"({value.tensor()}) -> {{t}}")
    return value
