"""What stands around and between the operations of the generated graphs: loops, branches and side effects."""

import numpy as np

from graphs import Scope
from shapes import conform, to_type

SLOTS = 8  # of the log


def in_scope(graph, take_step, number):
    """The statements of some steps in a block of their own, and the values that are known in it."""
    outer = graph.scope
    graph.scope, graph.is_nested = Scope(outer), True
    for _ in range(number):
        take_step(graph)
    inner, graph.scope, graph.is_nested = graph.scope, outer, False
    return inner


def yield_like(graph, inner, value):
    """A value of the inner scope, with the axes and the type of another one, and bounded as it."""
    outer = graph.scope
    graph.scope = inner
    new = [other for other in inner.values if other not in outer.values and other.jump == 0 and other.axes is not None
           and other.type in ("f64", "f32", "f16", "bf16") and other.atoms <= value.atoms]
    result = graph.random.choice(new) if new else value
    result = conform(graph, to_type(graph, result, value.type), value.axes)
    if result.low < value.low or result.high > value.high:
        tensor = graph.tensor(value)
        low, high = (graph.filled(value.axes, value.type, bound) for bound in (value.low, value.high))
        name = result.name
        limited = graph.make(f"arith.maximumf {name}, {low} : {tensor}", value.axes, value.type, value.interval, [result],
                             lambda env: np.maximum(env[name], value.low), known=False)
        result = graph.make(f"arith.minimumf {limited.name}, {high} : {tensor}", value.axes, value.type, value.interval,
                            [limited], lambda env: np.minimum(env[limited.name], value.high), known=False)
    graph.scope = outer
    return result


def lines_of(graph, inner):
    """The text of a block, and what is plain of it."""
    statements = inner.shuffled(graph.random) if graph.chance() else inner.statements
    return "\n".join(statement.text for statement in statements), "\n".join(statement.plain for statement in statements)


def run_all(inner, env):
    for statement in inner.statements:
        statement.run(env)


def is_carried(value):
    """Whether the bounds of a value are exact in its type."""
    return value.low == float(np.float16(value.low)) and value.high == float(np.float16(value.high)) \
        and max(abs(value.low), abs(value.high)) <= 8 and value.low * 16 % 1 == 0 and value.high * 16 % 1 == 0


def for_step(graph, take_step):
    value = graph.choose(is_carried)
    if not value or graph.is_nested:
        return
    carried = graph.fresh()
    outer_values = list(graph.scope.values)
    element = type(value)(carried, value.axes, value.type, value.low, value.high, value.roundoff)
    graph.scope.values.append(element)
    inner = in_scope(graph, take_step, graph.random.randint(1, 4))
    result = yield_like(graph, inner, element)
    graph.scope.values = outer_values
    trips = graph.random.randint(1, 3)
    zero, one, count = (graph.index_constant(number) for number in (0, 1, trips))
    tensor, name, induction = graph.tensor(value), graph.fresh(), graph.fresh()
    # Bufferization takes only what is written over the carried tensor.
    written = graph.fresh()
    copy = f"{written} = linalg.copy ins({result.name} : {tensor}) outs({carried} : {tensor}) -> {tensor}"
    texts = [f"{name} = scf.for {induction} = {zero} to {count} step {one} iter_args({carried} = {value.name}) -> "
             f"({tensor}) {{\n{lines}\n{copy}\nscf.yield {written} : {tensor}\n}}" for lines in lines_of(graph, inner)]

    def run(env):
        env[carried] = env[value.name]
        for _ in range(trips):
            run_all(inner, env)
            env[carried] = env[result.name]
        env[name] = env[carried]

    add(graph, texts, name, value, [value, result], run)


def add(graph, texts, name, like, sources, run):
    roundoff = max(source.roundoff for source in sources)
    value = type(like)(name, like.axes, like.type, like.low, like.high, roundoff)
    graph.statement(texts[0], [name], run, plain=texts[1])
    graph.scope.values.append(value)


def if_step(graph, take_step):
    value = graph.choose(is_carried)
    if not value or graph.is_nested:
        return
    scalar = next(other for other in graph.scope.values if other.axes is None)
    inner = in_scope(graph, take_step, graph.random.randint(1, 4))
    result = yield_like(graph, inner, value)
    bound = graph.random.choice([-4.0, 4.0])  # beyond what the scalar is
    constant = graph.define(f"arith.constant {bound} : {scalar.type}")
    condition = graph.define(f"arith.cmpf ogt, {scalar.name}, {constant} : {scalar.type}")
    tensor, name = graph.tensor(value), graph.fresh()
    texts = [f"{name} = scf.if {condition} -> ({tensor}) {{\n{lines}\nscf.yield {result.name} : {tensor}\n"
             f"}} else {{\nscf.yield {value.name} : {tensor}\n}}" for lines in lines_of(graph, inner)]

    def run(env):
        run_all(inner, env)
        env[name] = env[result.name] if bound < 0 else env[value.name]

    add(graph, texts, name, value, [value, result], run)


def effect_step(graph, _):
    """Logs an element, by a store or by a call of a function that does it."""
    value = graph.choose()
    if graph.is_nested or len(graph.slots) >= SLOTS:
        return
    zero, slot = graph.index_constant(0), graph.index_constant(len(graph.slots))
    places = ", ".join([zero] * len(value.axes))
    element = graph.define(f"tensor.extract {value.name}[{places}] : {graph.tensor(value)}")
    if value.type != "f64":
        element = graph.define(f"arith.extf {element} : {value.type} to f64")
    graph.slots.append(value)
    if graph.chance():
        text = f"memref.store {element}, %log[{slot}] : memref<{SLOTS}xf64>"
    else:
        text = f"func.call @log(%log, {slot}, {element}) : (memref<{SLOTS}xf64>, index, f64) -> ()"
    graph.statement(text, [], is_effect=True)


LOG = f"""func.func private @log(%log: memref<{SLOTS}xf64>, %slot: index, %element: f64) attributes {{no_inline}} {{
  memref.store %element, %log[%slot] : memref<{SLOTS}xf64>
  return
}}
"""
