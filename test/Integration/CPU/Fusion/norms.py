"""Named normalizations of the generated graphs."""

import numpy as np

from normtest import inverse_root, mean_square, moments


def spread_over(graph, array, atoms):
    shape = [graph.space.sizes[i] if i in atoms else array.shape[i] for i in range(array.ndim)]
    return np.broadcast_to(array, shape)


def parameter(graph, axes, low, high):
    """An argument with these axes, one that is there already if there is one."""
    type = graph.random.choice(["f32", graph.compute])
    for value in graph.scope.values:
        if value.axes == axes and value.type == type and low <= value.low and value.high <= high and graph.chance():
            return value
    if graph.is_nested:
        return None
    return graph.argument(f"p{len(graph.arguments)}", axes, type, low, high)


def written(graph, value):
    return f"{value.name} : {graph.tensor(value)}"


def result_clause(graph, word, axes, type):
    return f" {word}({graph.empty(axes, type)} : {graph.space.tensor(axes, type)})"


def affine_part(graph, axes, has_beta=True):
    """gamma and beta, or None each."""
    gamma = parameter(graph, axes, 0.25, 2.0) if graph.chance(0.7) else None
    beta = parameter(graph, axes, -1.0, 1.0) if has_beta and graph.chance(0.6) else None
    return gamma, beta


def affine(env, array, gamma, beta):
    if gamma:
        array = array * env[gamma.name]
    return array + env[beta.name] if beta else array


def emit(graph, operation, value, clauses, attributes, statistics, bound, gamma, beta, compute):
    """Writes an operation; `statistics` are words, axes and intervals of further results; `compute` gives all."""
    out_type = graph.random.choice([value.type, value.type, *graph.types_drawn])
    for word, parameter_ in (("gamma", gamma), ("beta", beta)):
        if parameter_:
            clauses += f" {word}({written(graph, parameter_)})"
    results = [(graph.fresh(), value.axes, out_type, bounds_of(bound, gamma, beta), lambda env: compute(env)[0])]
    outs = result_clause(graph, "outs", value.axes, out_type)
    for i, (word, axes, interval) in enumerate(statistics):
        outs += result_clause(graph, word, axes, "f64" if value.type == "f64" else "f32")
        results.append((graph.fresh(), axes, "f64" if value.type == "f64" else "f32", interval,
                        lambda env, i=i: compute(env)[1 + i]))
    names = ", ".join(name for name, *_ in results)
    sources = [source for source in (value, gamma, beta) if source]
    graph.make_all(f"{names} = {operation} ins({written(graph, value)}){clauses}{outs} {attributes} epsilon = "
                   f"{graph.epsilon!r}", results, sources)


def bounds_of(bound, gamma, beta):
    high = bound * (gamma.high if gamma else 1.0) + (beta.high if beta else 0.0)
    return -high, high


def rows_of(graph, value):
    """The value's normalized axes, as dims."""
    return [dim for dim, axis in enumerate(value.axes) if axis and not set(axis) & graph.space.row_atoms]


def choose_full(graph):
    return graph.full(lambda value: () not in value.axes and rows_of(graph, value))


def layer_norm_step(graph):
    value = choose_full(graph)
    if not value:
        return
    is_rms = graph.chance(0.4)
    dims = rows_of(graph, value)
    atoms = [atom for dim in dims for atom in value.axes[dim]]
    gamma, beta = affine_part(graph, tuple(value.axes[dim] for dim in dims))
    kept = tuple(axis for dim, axis in enumerate(value.axes) if dim not in dims)
    epsilon, low, high = graph.epsilon, value.low, value.high

    def compute(env):
        array = spread_over(graph, env[value.name], atoms)
        if is_rms:
            root = inverse_root(mean_square(array, tuple(atoms)) + epsilon)
            return affine(env, array * root, gamma, beta), root
        centred, mean, variance = moments(array, tuple(atoms))
        root = inverse_root(variance + epsilon)
        return affine(env, centred * root, gamma, beta), mean, root

    statistics = [] if is_rms else [("mean", kept, (low, high))]
    statistics.append(("rstd", kept, (0.0, epsilon ** -0.5)))
    if graph.chance(0.6):
        statistics = []
    name = "norm.rms_norm" if is_rms else "norm.layer_norm"
    emit(graph, name, value, "", f"axes = {dims}", statistics, graph.space.size(atoms) ** 0.5, gamma, beta, compute)


def channel_of(graph, value):
    """A dim for the channels of a group or batch norm, and those that it combines beside it."""
    dims = list(range(len(value.axes)))
    channel = graph.random.choice(dims)
    rows = [dim for dim in dims if dim != channel and set(value.axes[dim]) & graph.space.row_atoms]
    axes = [dim for dim in dims if dim != channel and dim not in rows]
    return channel, axes


def group_norm_step(graph):
    value = choose_full(graph)
    if not value:
        return
    channel, axes = channel_of(graph, value)
    channels = value.axes[channel]
    # The groups are the channels' first atom, all channels, or each.
    options = [(1, (), channels)]
    if axes:
        options.append((None, channels, ()))
    if len(channels) == 2 and not graph.space.dynamic[channels[0]]:
        options.append((graph.space.sizes[channels[0]], channels[:1], channels[1:]))
    groups, of_group, inside = graph.random.choice(options)
    atoms = [*inside, *(atom for dim in axes for atom in value.axes[dim])]
    gamma, beta = affine_part(graph, (channels,))
    kept = tuple(of_group if dim == channel else axis for dim, axis in enumerate(value.axes) if dim not in axes)
    epsilon = graph.epsilon

    def compute(env):
        array = spread_over(graph, env[value.name], atoms)
        centred, mean, variance = moments(array, tuple(atoms))
        root = inverse_root(variance + epsilon)
        return affine(env, centred * root, gamma, beta), mean, root

    statistics = [("mean", kept, value.interval), ("rstd", kept, (0.0, epsilon ** -0.5))]
    statistics = statistics if graph.chance(0.3) else []
    attributes = f"axes = {axes} channel_axis = {channel}" + (f" groups = {groups}" if groups else "")
    emit(graph, "norm.group_norm", value, "", attributes, statistics, graph.space.size(atoms) ** 0.5, gamma, beta, compute)


def batch_norm_step(graph):
    value = choose_full(graph)
    if not value or max(abs(value.low), abs(value.high)) > 16:
        return
    channel, _ = channel_of(graph, value)
    axes = (value.axes[channel],)
    mean, variance = parameter(graph, axes, -1.0, 1.0), parameter(graph, axes, 0.25, 2.0)
    if not mean or not variance:
        return
    gamma, beta = affine_part(graph, axes)
    epsilon = graph.epsilon

    def compute(env):
        root = inverse_root(env[variance.name] + epsilon)
        return (affine(env, (env[value.name] - env[mean.name]) * root, gamma, beta),)

    clauses = f" mean({written(graph, mean)}) variance({written(graph, variance)})"
    bound = 2 * (max(abs(value.low), abs(value.high)) + 1)
    emit(graph, "norm.batch_norm_inference", value, clauses, f"channel_axis = {channel}", [], bound, gamma, beta, compute)
