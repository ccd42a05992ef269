"""Casts, broadcasts, reshapes and transposes of the generated graphs."""

from arithmetic import Body, casts
from normtest import ROUNDOFF


def flat(axes):
    return tuple(atom for axis in axes for atom in axis)


def affine_map(loops, dims):
    """Of a number of loops; None stands for 0."""
    names = ", ".join(f"d{loop}" for loop in range(loops))
    return f"affine_map<({names}) -> ({', '.join('0' if dim is None else f'd{dim}' for dim in dims)})>"


def generic(maps, iterators, ins, outs, body, arguments, yielded, result_types):
    """A linalg.generic; ins and outs are pairs of names and types, arguments too."""
    ins_text = f" ins({', '.join(name for name, _ in ins)} : {', '.join(type for _, type in ins)})" if ins else ""
    block = ", ".join(f"{name}: {type}" for name, type in arguments)
    lines = "\n".join(["", *body.lines])
    types = result_types[0] if len(result_types) == 1 else f"({', '.join(result_types)})"
    return (f"linalg.generic {{indexing_maps = [{', '.join(maps)}], iterator_types = "
            f"[{', '.join(chr(34) + iterator + chr(34) for iterator in iterators)}]}}{ins_text} "
            f"outs({', '.join(name for name, _ in outs)} : {', '.join(type for _, type in outs)}) {{\n"
            f"^bb0({block}):{lines}\nlinalg.yield {', '.join(scalar.name for scalar in yielded)} : "
            f"{', '.join(scalar.type for scalar in yielded)}\n}} -> {types}")


def reassociation(coarse, fine, random):
    """Which of the fine axes each coarse one consists of; those of size 1 go with either neighbour."""
    groups, next_axis = [], 0
    for number, axis in enumerate(coarse):
        group, atoms = [], ()
        while not group or atoms != axis:
            atoms += fine[next_axis]
            group.append(next_axis)
            next_axis += 1
        is_last = number + 1 == len(coarse)
        units = 0
        while next_axis + units < len(fine) and fine[next_axis + units] == ():
            units += 1
        units -= sum(other == () for other in coarse[number + 1:])
        while next_axis < len(fine) and fine[next_axis] == () and units > 0 and (is_last or random.random() < 0.5):
            group.append(next_axis)
            next_axis += 1
            units -= 1
        groups.append(group)
    return groups


def same(graph, value, text, axes, known=True):
    """What an operation that computes nothing makes of a value."""
    return graph.make(text, axes, value.type, value.interval, [value], lambda env: env[value.name], known,
                      own_roundoff=False)


def expand(graph, value, axes, known=True):
    groups = reassociation(value.axes, axes, graph.random)
    sizes = ", ".join(graph.sizes(axes))
    return same(graph, value, f"tensor.expand_shape {value.name} {groups} output_shape [{sizes}] : "
                              f"{graph.tensor(value)} into {graph.space.tensor(axes, value.type)}", axes, known)


def collapse(graph, value, axes, known=True):
    groups = reassociation(axes, value.axes, graph.random)
    return same(graph, value, f"tensor.collapse_shape {value.name} {groups} : {graph.tensor(value)} into "
                              f"{graph.space.tensor(axes, value.type)}", axes, known)


def transpose(graph, value, axes, known=True):
    order = [value.axes.index(axis) for axis in axes]
    tensor = graph.space.tensor(axes, value.type)
    if graph.chance(0.7) or () in axes:
        return same(graph, value, f"linalg.transpose ins({value.name} : {graph.tensor(value)}) outs("
                                  f"{graph.empty(axes, value.type)} : {tensor}) permutation = {order}", axes, known)
    return copy(graph, value, axes, known)


def copy(graph, value, axes, known=True):
    """A linalg.generic that only yields what it reads, with dims permuted or added."""
    body = Body(graph)
    element, unused = body.argument(value), graph.fresh()
    maps = [affine_map(len(axes), [axes.index(axis) if axis else None for axis in value.axes]),
            affine_map(len(axes), range(len(axes)))]
    tensor = graph.space.tensor(axes, value.type)
    text = generic(maps, ["parallel"] * len(axes), [(value.name, graph.tensor(value))],
                   [(graph.empty(axes, value.type), tensor)], body, [(element.name, value.type), (unused, value.type)],
                   [element], [tensor])
    return same(graph, value, text, axes, known)


def broadcast(graph, value, axes, known=True):
    """All of these axes, in which the value's appear in order and none is of size 1."""
    added = [dim for dim, axis in enumerate(axes) if axis not in value.axes]
    tensor = graph.space.tensor(axes, value.type)
    if graph.chance() or () in value.axes:
        return copy(graph, value, axes, known)
    return same(graph, value, f"linalg.broadcast ins({value.name} : {graph.tensor(value)}) outs("
                              f"{graph.empty(axes, value.type)} : {tensor}) dimensions = {added}", axes, known)


def without_units(axes):
    return tuple(axis for axis in axes if axis)


def conform(graph, value, axes):
    """The value with exactly these axes."""
    if value.axes == axes:
        return value
    if () in value.axes and value.axes:
        value = collapse(graph, value, without_units(value.axes), known=False)
    plain = without_units(axes)
    split = tuple(part for axis in value.axes for part in ([axis] if axis in plain else [(atom,) for atom in axis]))
    if split != value.axes:
        value = expand(graph, value, split, known=False)
    # What a merged axis lacks is added before it is merged.
    pieces = tuple(part for axis in plain for part in ([axis] if axis in value.axes else [(atom,) for atom in axis]))
    in_order = tuple(axis for axis in pieces if axis in value.axes)
    if value.axes != in_order:
        value = transpose(graph, value, in_order, known=False)
    if value.axes != pieces:
        value = broadcast(graph, value, pieces, known=False)
    if value.axes != plain:
        value = collapse(graph, value, plain, known=False)
    if value.axes != axes:
        value = expand(graph, value, axes, known=False)
    return value


def is_readable(value, axes):
    """Whether a loop over these axes reads the value by a projected permutation."""
    return all(axis == () or axis in axes for axis in value.axes) and \
        all(value.axes.count(axis) == 1 for axis in value.axes if axis)


def readable(graph, value, axes):
    """The value in a form that a loop over these axes can read."""
    return value if is_readable(value, axes) else conform(graph, value, axes)


def to_type(graph, value, type, known=False):
    """The value in another float type, by operations on tensors or by a linalg.generic."""
    for operation, target in casts(value.type, type):
        tensor = graph.space.tensor(value.axes, target)
        if graph.chance():
            text = f"{operation} {value.name} : {graph.tensor(value)} to {tensor}"
        else:
            body = Body(graph)
            element, unused = body.argument(value), graph.fresh()
            result = body.cast(element, target)
            loops = len(value.axes)
            text = generic([affine_map(loops, range(loops))] * 2, ["parallel"] * loops, [(value.name, graph.tensor(value))],
                           [(graph.empty(value.axes, target), tensor)], body,
                           [(element.name, value.type), (unused, target)], [result], [tensor])
        value = graph.make(text, value.axes, target, value.interval, [value], lambda env, old=value.name: env[old],
                           known)
    return value


# ---------------------------------------------------------------------------------------------------------------------
# Steps
# ---------------------------------------------------------------------------------------------------------------------


def cast_step(graph):
    value = graph.choose()
    types = [type for type in graph.types_drawn if type != value.type]
    if types:
        to_type(graph, value, graph.random.choice(types), known=True)


def broadcast_step(graph):
    value = graph.choose(lambda value: len(value.atoms) < len(graph.space.sizes))
    if value:
        target = graph.space.axes
        result = conform(graph, value, target)
        graph.scope.values.append(result)


def splat_step(graph):
    """A tensor of one scalar that is an argument."""
    scalars = [value for value in graph.scope.values if value.axes is None]
    axes = graph.random.choice([graph.space.axes, graph.space.normalized, graph.space.rows])
    scalar = graph.random.choice(scalars)
    tensor = graph.space.tensor(axes, scalar.type)
    if graph.chance():
        text = f"linalg.fill ins({scalar.name} : {scalar.type}) outs({graph.empty(axes, scalar.type)} : {tensor}) -> {tensor}"
    else:
        sizes = [size for size in graph.sizes(axes) if size.startswith("%")]
        text = f"tensor.splat {scalar.name}{'[' + ', '.join(sizes) + ']' if sizes else ''} : {tensor}"
    same(graph, scalar, text, axes)


def reshape_step(graph):
    """Splits, merges, and adds or drops dims of size 1."""
    value, random = graph.choose(), graph.random
    kind = random.choice(["units", "split", "rows", "row"])
    axes = value.axes
    if kind == "units":
        position = random.randint(0, len(axes))
        target = without_units(axes) if () in axes else (*axes[:position], (), *axes[position:])
    elif kind == "split":
        target = tuple(part for axis in axes for part in ([(atom,) for atom in axis] if axis else [()]))
    else:
        merged = graph.space.rows if kind == "rows" else graph.space.normalized
        target = merge(axes, flat(merged))
    if target == axes:
        return
    if len(target) < len(axes):
        collapse(graph, value, target)
    else:
        expand(graph, value, target)


def merge(axes, atoms):
    """The axes with neighbours of these atoms merged, where they lie in order."""
    result = []
    for axis in axes:
        follows = (result and axis and result[-1] and set(axis) <= set(atoms) and set(result[-1]) <= set(atoms)
                   and atoms.index(axis[0]) == atoms.index(result[-1][-1]) + 1)
        if follows:
            result[-1] += axis
        else:
            result.append(axis)
    return tuple(result)


def transpose_step(graph):
    value = graph.choose(lambda value: len(without_units(value.axes)) > 1 and () not in value.axes)
    if value:
        order = list(value.axes)
        graph.random.shuffle(order)
        transpose(graph, value, tuple(order))


def type_name(roundoff):
    """The lowest type that has this unit roundoff."""
    return next(type for type, unit in ROUNDOFF.items() if unit == roundoff)


