"""Elementwise computations in TOSA: operands of one rank, dims of size 1 broadcast."""

BINARY = {"add": "add", "sub": "sub", "max": "maximum", "min": "minimum"}
UNARY = {"sqrt": None, "rsqrt": "rsqrt", "recip": "reciprocal", "exp": "exp", "tanh": "tanh", "abs": "abs"}


def constant(writer, value, type, rank):
    shape = "x".join(["1"] * rank)
    name = writer.define(f'"tosa.const"() <{{values = dense<{value:.17e}> : tensor<{shape}x{type}>}}> : () -> '
                         f"tensor<{shape}x{type}>")
    return writer.value(name, (None,) * rank, type)


def operand(writer, node):
    rank = len(writer.sizes)
    if node.is_scalar():
        return constant(writer, node.value, node.type, rank)
    value = writer.emit(node)
    kept = [dim for dim in value.layout if dim is not None]
    if kept != sorted(kept):
        value = writer.broadcast(value, tuple(sorted(kept)))
    return writer.reshape(value, writer.full(node.dims))


def binary(writer, op, a, b, layout):
    return writer.make(layout, a.type, f"tosa.{op} {a.name}, {b.name} : ({a.tensor()}, {b.tensor()}) -> {{t}}")


def multiply(writer, a, b, layout):
    shift = writer.define('"tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>')
    return writer.make(layout, a.type, f"tosa.mul {a.name}, {b.name}, {shift} : ({a.tensor()}, {b.tensor()}, "
                                       "tensor<1xi8>) -> {t}")


def unary(writer, op, a):
    return writer.make(a.layout, a.type, f"tosa.{op} {a.name} : ({a.tensor()}) -> {{t}}")


def emit_tosa(writer, node):
    rank, layout = len(writer.sizes), writer.full(node.dims)
    operands = [operand(writer, arg) for arg in node.args]
    first = operands[0]
    if node.op in BINARY:
        return binary(writer, BINARY[node.op], *operands, layout)
    if node.op == "mul":
        return multiply(writer, *operands, layout)
    if node.op == "div":
        if node.args[0].op == "const" and node.args[0].value == 1.0:
            return unary(writer, "reciprocal", operands[1])
        return multiply(writer, first, unary(writer, "reciprocal", operands[1]), layout)
    if node.op == "square":
        return multiply(writer, first, first, layout)
    if node.op == "neg":
        return binary(writer, "sub", constant(writer, 0.0, node.type, rank), first, layout)
    if node.op in ("powf", "fpowi", "sqrt"):
        exponent = 0.5 if node.op == "sqrt" else node.exponent
        return binary(writer, "pow", first, constant(writer, exponent, node.type, rank), layout)
    if node.op in ("ext", "trunc"):
        return writer.make(layout, node.type, f"tosa.cast {first.name} : ({first.tensor()}) -> {{t}}")
    return unary(writer, UNARY[node.op], first)
