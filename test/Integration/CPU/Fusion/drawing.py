"""Draws graphs: a space, arguments, and steps, each of which adds some operations."""

import random as random_module
from math import prod

import numpy as np

import elementwise
import norms
import reductions
import regions
import shapes
from graphs import Graph, Space
from normtest import ROUNDOFF, encode

LENGTHS = [1, 2, 3, 5, 7, 8, 13, 16, 17, 31, 32, 33, 48, 64, 65, 100, 127, 128, 200, 255, 256, 300]
ROWS = [1, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33]
LARGEST = 6000  # elements

STEPS = [
    (elementwise.tensor_step, 6), (elementwise.generic_step, 8), (shapes.cast_step, 1), (shapes.broadcast_step, 1),
    (shapes.splat_step, 1), (shapes.reshape_step, 2), (shapes.transpose_step, 1), (reductions.reduce_step, 4),
    (reductions.softmax_step, 2), (reductions.linalg_softmax_step, 0.7), (reductions.spelled_norm_step, 2),
    (reductions.quantize_step, 1), (norms.layer_norm_step, 5), (norms.group_norm_step, 1.5), (norms.batch_norm_step, 1),
]
OUTER_STEPS = [(regions.for_step, 0.6), (regions.if_step, 0.6), (regions.effect_step, 1.2)]


def draw_space(random):
    while True:
        sizes = [random.choice(ROWS) for _ in range(random.choice([1, 1, 2, 2, 3]))]
        rows = [(atom,) for atom in range(len(sizes))]
        normalized = []
        if random.random() < 0.25:
            sizes += [random.choice(LENGTHS[:12]), random.choice(LENGTHS[:14])]
            normalized = [(len(sizes) - 2,), (len(sizes) - 1,)]
        elif random.random() < 0.35:
            sizes += [random.choice([1, 2, 3, 4, 6]), random.choice(LENGTHS[:14])]
            normalized = [(len(sizes) - 2, len(sizes) - 1)]
        else:
            sizes.append(random.choice(LENGTHS))
            normalized = [(len(sizes) - 1,)]
        if prod(sizes) <= LARGEST:
            break
    dynamic = [False] * len(sizes)
    if random.random() < 0.5:
        # Of what merges in one axis, only the first part may be of any size.
        inner = {atom for axis in normalized for atom in axis[1:]}
        dynamic = [random.random() < 0.6 and atom not in inner for atom in range(len(sizes))]
    axes = [*rows, *normalized]
    if random.random() < 0.25:
        random.shuffle(axes)
    return Space(sizes, dynamic, tuple(rows), tuple(normalized), tuple(axes))


def draw_arguments(graph):
    random, space = graph.random, graph.space
    graph.argument("x", space.axes, graph.compute if graph.chance(0.8) else random.choice(graph.types_drawn), -4.0, 6.0)
    if graph.chance(0.6):
        graph.argument("residual", space.axes, random.choice(graph.types_drawn), -4.0, 4.0)
    kept = tuple(axis for axis in space.axes if axis in space.normalized)
    for name, axes in (("vector", kept), ("bias", random.choice([kept, kept[-1:]])), ("row", space.rows),
                       ("keepdims", tuple(() if axis in kept else axis for axis in space.axes))):
        if graph.chance(0.4):
            graph.argument(name, axes, random.choice(graph.types_drawn), *random.choice([(-2.0, 2.0), (0.5, 2.0)]))
    graph.argument("scalar", None, "f32", -2.0, 2.0)


def take_step(graph, table=STEPS):
    steps, weights = zip(*table)
    graph.random.choices(steps, weights)[0](graph)


def choose_results(graph):
    """What nothing uses, and some of what is used."""
    used = {name for statement in graph.scope.statements for name in statement.used()}
    values = [value for value in graph.scope.values
              if value.axes is not None and not any(value.name == "%" + argument.name for argument in graph.arguments)]
    values = list({value.name: value for value in values}.values())
    leaves = [value for value in values if value.name not in used]
    others = [value for value in values if value.name in used and graph.chance(0.15)]
    return [*leaves[-6:], *others[:3]] or values[-1:]


def make(seed, number):
    """The graph with a number."""
    random = random_module.Random(f"{seed} {number}")
    while True:
        compute = random.choice(["f32"] * 5 + ["bf16"] * 2 + ["f16"] * 2 + ["f64"])
        graph = Graph(f"g{number}", random, draw_space(random), compute)
        graph.types_drawn = [compute] * 3 + (random.choices(list(ROUNDOFF), k=2) if graph.chance(0.4) else [])
        graph.epsilon = 2.0 ** -random.choice([1, 3, 6] if ROUNDOFF[compute] > 1e-5 else [1, 6, 10, 17])
        draw_arguments(graph)
        for _ in range(random.randint(3, 11)):
            steps = [(step, weight, False) for step, weight in STEPS] + [(step, weight, True) for step, weight in OUTER_STEPS]
            step, _, is_outer = random.choices(steps, [weight for _, weight, _ in steps])[0]
            step(graph, take_step) if is_outer else step(graph)
        graph.results = choose_results(graph)
        if graph.results:
            graph.finish()
            return graph


def draw_arrays(graph, seed):
    """Numbers for the arguments, as their types store them."""
    generator = np.random.default_rng([seed, int(graph.name[1:])])
    arrays = []
    for argument in graph.arguments:
        shape = () if argument.axes is None else graph.space.shape(argument.axes)
        if argument.name in ("x", "residual"):
            values = np.clip(generator.normal(0.7, 1.3, shape), argument.low, argument.high)
        else:
            values = generator.uniform(argument.low, argument.high, shape)
        arrays.append(encode(values, argument.type))
    return arrays
