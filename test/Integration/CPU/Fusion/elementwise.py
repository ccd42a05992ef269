"""Elementwise operations of the generated graphs: on tensors, as linalg's named operations, and as linalg.generic."""

from arithmetic import NAMED_ONLY, OPERATIONS, Body, is_tame, rounded
from shapes import affine_map, conform, generic, readable, to_type, without_units


def operands_like(graph, first, number):
    """Further operands of the first one's axes and type."""
    operands = [first]
    for _ in range(number - 1):
        other = graph.choose() if graph.chance(0.8) else first
        if other.axes != first.axes and not other.atoms <= first.atoms:
            other = first
        operands.append(to_type(graph, conform(graph, other, first.axes), first.type))
    graph.random.shuffle(operands)
    return operands


def tensor_step(graph):
    """One operation of arith, math or linalg on whole tensors."""
    random, first = graph.random, graph.choose()
    use_linalg = graph.chance() and () not in first.axes
    table = [operation for operation in OPERATIONS + NAMED_ONLY if operation.named] if use_linalg else OPERATIONS
    for _ in range(6):
        operation = random.choice(table)
        operands = operands_like(graph, first, operation.arity)
        bounds = operation.bounds(*(operand.interval for operand in operands))
        if not is_tame(bounds):
            continue
        names = ", ".join(operand.name for operand in operands)
        tensor = graph.tensor(first)
        if not use_linalg:
            text = f"{operation.name} {names} : {tensor}"
        elif operation.name and graph.chance(0.3):
            text = (f"linalg.map {{ {operation.name} }} ins({names} : {', '.join([tensor] * len(operands))}) "
                    f"outs({graph.empty(first.axes, first.type)} : {tensor})")
        else:
            text = (f"linalg.{operation.named} ins({names} : {', '.join([tensor] * len(operands))}) "
                    f"outs({graph.empty(first.axes, first.type)} : {tensor}) -> {tensor}")
        graph.make(text, first.axes, first.type, bounds, operands,
                   lambda env: operation.compute(*(env[operand.name] for operand in operands)))
        return


def reads_map(value, axes):
    """Dims by which a loop over these axes reads the value."""
    return [axes.index(axis) if axis else None for axis in value.axes]


def choose_operands(graph, first, axes):
    """The first, and up to three others that need not vary along all of the axes."""
    operands = [first]
    for _ in range(graph.random.choice([0, 1, 1, 2, 3])):
        other = graph.choose()
        if other.atoms <= first.atoms:
            operands.append(readable(graph, other, axes))
    return operands


def generic_step(graph):
    """A linalg.generic over the axes of a value, with several operands, types, results and operations."""
    random, first = graph.random, graph.choose()
    axes = without_units(first.axes) if graph.chance() else first.axes
    if axes.count(()) > 1 or not axes:
        return
    first = readable(graph, first, axes)
    operands = choose_operands(graph, first, axes)
    body, type = Body(graph), random.choice([first.type, first.type, graph.compute, *graph.types_drawn])
    arguments = [body.argument(operand) for operand in operands]
    scalars = [body.cast(argument, type) for argument in arguments]
    sources = list(operands)
    outside = [value for value in graph.scope.values if value.axes is None]
    if graph.chance(0.3):
        captured = random.choice(outside)
        sources.append(captured)
        scalars.insert(0, body.cast(body.captured(captured), type))
    if graph.chance(0.25):
        scalars.insert(0, body.constant(rounded(random.uniform(-2, 2), type), type))
    if graph.chance(0.15):
        loop = random.randrange(len(axes))
        scalars.insert(0, body.index(loop, axes[loop], type))
    outs, out_types, initial = [], [], None
    if graph.chance(0.15):
        # The outs argument is read.
        initial = to_type(graph, conform(graph, random.choice(operands), axes), type)
        sources.append(initial)
    number = random.choice([1, 1, 1, 2, 3])
    yielded = []
    out_arguments = []
    for i in range(number):
        out = body.argument(initial) if i == 0 and initial else None
        out_arguments.append(out)
        available = [*scalars, out] if out else scalars
        result = body.expression(available, random.randint(1, 4))
        if out or graph.chance(0.15):
            loop = random.randrange(len(axes))
            if graph.chance(0.5) and not out:
                condition, compute = body.is_below(loop, axes[loop], max(1, graph.space.size(axes[loop]) // 2))
                result = body.select(condition, compute, result, scalars[-1])
        scalars = [*scalars, result] if is_tame(result.interval) else scalars
        out_type = type if out else random.choice([type, type, *graph.types_drawn])
        yielded.append(body.cast(result, out_type))
        out_types.append(out_type)
        order = list(range(len(axes)))
        if graph.chance(0.12) and not out:
            random.shuffle(order)
        outs.append(order)
    emit(graph, axes, operands, body, arguments, out_arguments, initial, outs, yielded, sources)


def emit(graph, axes, operands, body, arguments, out_arguments, initial, outs, yielded, sources):
    """Writes the linalg.generic and makes its results known."""
    names = [graph.fresh() for _ in yielded]
    result_axes = [tuple(axes[dim] for dim in order) for order in outs]
    tensors = [graph.space.tensor(result, scalar.type) for result, scalar in zip(result_axes, yielded)]
    inits = [initial.name if out else graph.empty(result, scalar.type)
             for out, result, scalar in zip(out_arguments, result_axes, yielded)]
    maps = [affine_map(len(axes), reads_map(operand, axes)) for operand in operands]
    maps += [affine_map(len(axes), order) for order in outs]
    block = [(argument.name, argument.type) for argument in arguments]
    block += [(out.name if out else graph.fresh(), scalar.type) for out, scalar in zip(out_arguments, yielded)]
    text = generic(maps, ["parallel"] * len(axes), [(operand.name, graph.tensor(operand)) for operand in operands],
                   list(zip(inits, tensors)), body, block, yielded, tensors)
    text = f"{', '.join(names)} = {text}"
    results = [(name, result, scalar.type, scalar.interval, scalar.compute)
               for name, result, scalar in zip(names, result_axes, yielded)]
    graph.make_all(text, results, [*sources, *yielded])

