"""Writes what a program computes as MLIR, in spellings drawn at random.

Each node becomes operations of linalg (generic, named, map, reduce), arith and math on tensors, or TOSA. What is
computed never depends on the spelling, apart from roundings.
"""

from dataclasses import dataclass

OPERATIONS = {
    "add": "arith.addf", "sub": "arith.subf", "mul": "arith.mulf", "div": "arith.divf", "max": "arith.maximumf",
    "min": "arith.minimumf", "neg": "arith.negf", "sqrt": "math.sqrt", "rsqrt": "math.rsqrt", "exp": "math.exp",
    "tanh": "math.tanh", "abs": "math.absf",
}
NAMED = {
    "add": "add", "sub": "sub", "mul": "mul", "div": "div", "max": "max", "min": "min", "neg": "negf", "sqrt": "sqrt",
    "rsqrt": "rsqrt", "recip": "reciprocal", "exp": "exp", "tanh": "tanh", "abs": "abs", "square": "square",
    "powf": "powf",
}
ELEMENTWISE = {*OPERATIONS, "recip", "square", "powf", "fpowi", "ext", "trunc", "masked"}


@dataclass(frozen=True)
class Value:
    """A tensor: its dims in order (None: size 1) and sizes (None: dynamic)."""

    name: str
    layout: tuple
    type: str
    shape: tuple

    def tensor(self):
        return f"tensor<{''.join('?x' if size is None else f'{size}x' for size in self.shape)}{self.type}>"


class Writer:
    """Writes one function. `style` is generic, named, arith, tosa or mixed; `inline` is the chance that a generic
    operation computes an operand itself; `keep` is the chance that reduced dims stay as dims of size 1."""

    def __init__(self, random, sizes, dynamic, style, inline, keep):
        self.random, self.sizes, self.dynamic = random, sizes, dynamic
        self.style, self.inline, self.keep = style, inline, keep
        self.lines, self.number, self.known, self.scalars, self.size_names = [], 0, {}, {}, {}
        self.sums = set()

    # Names and types --------------------------------------------------------------------------------------------------

    def fresh(self):
        self.number += 1
        return f"%{self.number}"

    def line(self, text):
        self.lines.append("  " + text)

    def define(self, text):
        name = self.fresh()
        self.line(f"{name} = {text}")
        return name

    def chance(self, probability=0.5):
        return self.random.random() < probability

    def value(self, name, layout, type):
        shape = tuple(1 if dim is None else None if dim in self.dynamic else self.sizes[dim] for dim in layout)
        return Value(name, tuple(layout), type, shape)

    def make(self, layout, type, text):
        """Defines a tensor; `{t}` in the text is its type."""
        value = self.value(self.fresh(), layout, type)
        self.line(f"{value.name} = {text.replace('{t}', value.tensor())}")
        return value

    def full(self, dims):
        return tuple(dim if dim in dims else None for dim in range(len(self.sizes)))

    def empty(self, layout, type):
        dynamic = ", ".join(self.size_names[dim] for dim in layout if dim in self.dynamic)
        return self.make(layout, type, f"tensor.empty({dynamic}) : {{t}}")

    def declare_sizes(self, x):
        """Defines the dynamic sizes, from the argument that has all dims."""
        for position, dim in enumerate(x.layout):
            if dim in self.dynamic:
                index = self.define(f"arith.constant {position} : index")
                self.size_names[dim] = self.define(f"tensor.dim {x.name}, {index} : {x.tensor()}")

    # Scalars ----------------------------------------------------------------------------------------------------------

    def scalar(self, node):
        """A number outside of tensors."""
        if id(node) not in self.scalars:
            self.scalars[id(node)] = self.make_scalar(node)
        return self.scalars[id(node)]

    def make_scalar(self, node):
        if node.op == "scalar":
            return "%" + node.name
        if node.op == "const":
            if getattr(node, "wide", None) is None:
                return self.define(f"arith.constant {node.value:.17e} : {node.type}")
            return self.define(f"arith.truncf {self.wide(node)} : f64 to {node.type}")
        names = [self.size_names[dim] if dim in self.dynamic else
                 self.define(f"arith.constant {self.sizes[dim]} : index") for dim in node.counted]
        product = names[0]
        for name in names[1:]:
            product = self.define(f"arith.muli {product}, {name} : index")
        integer = self.define(f"arith.index_cast {product} : index to i64")
        return self.define(f"arith.sitofp {integer} : i64 to {node.type}")

    def wide(self, node):
        return self.define(f"arith.constant {node.wide:.17e} : f64")

    def splat(self, node, layout):
        """A tensor of one number."""
        is_dense = node.op == "const" and getattr(node, "wide", None) is None
        if is_dense and not any(dim in self.dynamic for dim in layout) and self.chance(0.6):
            return self.make(layout, node.type, f"arith.constant dense<{node.value:.17e}> : {{t}}")
        if is_dense and layout and self.chance(0.2):
            rank_0 = self.make((), node.type, f"arith.constant dense<{node.value:.17e}> : {{t}}")
            return self.broadcast(rank_0, layout)
        return self.fill(self.scalar(node), layout, node.type)

    def fill(self, scalar, layout, type):
        empty = self.empty(layout, type)
        return self.make(layout, type, f"linalg.fill ins({scalar} : {type}) outs({empty.name} : {{t}}) -> {{t}}")

    # Reshapes and broadcasts ------------------------------------------------------------------------------------------

    def reshape(self, value, layout):
        """Adds and drops dims of size 1; the others keep their order."""
        if value.layout == layout:
            return value
        tight = tuple(dim for dim in value.layout if dim is not None)
        if self.style == "tosa" and not self.dynamic and layout and value.type != "f64":
            sizes = [1 if dim is None else self.sizes[dim] for dim in layout]
            shape = self.define(f"tosa.const_shape {{values = dense<{sizes}> : tensor<{len(sizes)}xindex>}} : "
                                f"() -> !tosa.shape<{len(sizes)}>")
            return self.make(layout, value.type, f"tosa.reshape {value.name}, {shape} : "
                                                 f"({value.tensor()}, !tosa.shape<{len(sizes)}>) -> {{t}}")
        if None in value.layout:
            groups = "[]" if not tight else str(self.groups(value.layout))
            value = self.make(tight, value.type, f"tensor.collapse_shape {value.name} {groups} : "
                                                 f"{value.tensor()} into {{t}}")
        if layout == tight:
            return value
        sizes = ", ".join("1" if dim is None else self.size_names[dim] if dim in self.dynamic else str(self.sizes[dim])
                          for dim in layout)
        groups = "[]" if not tight else str(self.groups(layout))
        return self.make(layout, value.type, f"tensor.expand_shape {value.name} {groups} output_shape [{sizes}] : "
                                             f"{value.tensor()} into {{t}}")

    @staticmethod
    def groups(layout):
        """The positions of each dim, those of size 1 with the dim before them (or the first)."""
        groups, leading = [], []
        for position, dim in enumerate(layout):
            if dim is not None:
                groups.append(leading + [position] if not groups else [position])
                leading = []
            elif groups:
                groups[-1].append(position)
            else:
                leading.append(position)
        return groups

    def broadcast(self, value, layout):
        """The same value along more dims, or with dims in another order."""
        layout = tuple(layout)
        kept = [dim for dim in value.layout if dim is not None]
        wanted = [dim for dim in layout if dim is not None]
        if kept == wanted:
            return self.reshape(value, layout)
        in_order = kept == [dim for dim in wanted if dim in kept]
        if in_order and self.chance():
            value = self.reshape(value, tuple(kept))
            added = [position for position, dim in enumerate(layout) if dim not in kept or dim is None]
            empty = self.empty(layout, value.type)
            return self.make(layout, value.type, f"linalg.broadcast ins({value.name} : {value.tensor()}) outs("
                                                 f"{empty.name} : {{t}}) dimensions = {added}")
        if sorted(kept) == sorted(wanted) and None not in layout and self.chance():
            value = self.reshape(value, tuple(kept))
            empty = self.empty(layout, value.type)
            order = [kept.index(dim) for dim in layout]
            return self.make(layout, value.type, f"linalg.transpose ins({value.name} : {value.tensor()}) outs("
                                                 f"{empty.name} : {{t}}) permutation = {order}")
        return self.generic(layout, layout, value.type, [value], lambda names: (names[0], []))

    # linalg.generic ---------------------------------------------------------------------------------------------------

    def generic(self, loops, layout, type, inputs, make_body, init=None, accumulator=False):
        """One linalg.generic. `loops` and `layout` list dims; `make_body` maps names of the block's arguments (with that
        of the output last if it accumulates) to the yielded name and lines."""
        out = init or self.empty(layout, type)
        maps = [self.map(loops, value.layout) for value in [*inputs, out]]
        iterators = ", ".join('"parallel"' if dim is None or dim in layout else '"reduction"' for dim in loops)
        names = [self.fresh() for _ in range(len(inputs) + 1)]
        yielded, body = make_body(names if accumulator else names[:-1])
        types = [value.type for value in inputs] + [type]
        ins = (f"ins({', '.join(value.name for value in inputs)} : {', '.join(value.tensor() for value in inputs)}) "
               if inputs else "")
        result = self.value(self.fresh(), layout, type)
        self.line(f"{result.name} = linalg.generic {{indexing_maps = [{', '.join(maps)}], iterator_types = "
                  f"[{iterators}]}} {ins}outs({out.name} : {out.tensor()}) {{")
        self.line("^bb0(" + ", ".join(f"{name}: {kind}" for name, kind in zip(names, types)) + "):")
        for text in body:
            self.line("  " + text)
        self.line(f"  linalg.yield {yielded} : {type}")
        self.line(f"}} -> {out.tensor()}")
        return result

    @staticmethod
    def map(loops, layout):
        """From the loops to a tensor's dims; what has size 1 is at 0, unless there is a loop of size 1 in its place."""
        same = len(loops) == len(layout)
        results = [f"d{loops.index(dim)}" if dim is not None else f"d{position}" if same and loops[position] is None
                   else "0" for position, dim in enumerate(layout)]
        return f"affine_map<({', '.join(f'd{i}' for i in range(len(loops)))}) -> ({', '.join(results)})>"

    def collect(self, root, loops):
        """The tensors that a generic's body reads to compute `root`, and a function that writes the body."""
        inputs, places = [], {}

        def visit(node, is_root):
            if node.is_scalar():
                if node.op != "const" or getattr(node, "wide", None) is None:
                    self.scalar(node)
                else:
                    self.scalars.setdefault(("wide", id(node)), self.wide(node))
            elif is_root or self.may_inline(node):
                places[id(node)] = None
                for arg in node.args:
                    visit(arg, False)
            elif id(node) not in places:
                places[id(node)] = len(inputs)
                inputs.append(self.emit(node))

        visit(root, True)

        def write(names):
            body, done = [], {}

            def visit(node):
                if id(node) in done:
                    return done[id(node)]
                if node.is_scalar():
                    if node.op == "const" and getattr(node, "wide", None) is not None:
                        name = self.fresh()
                        wide = self.scalars[("wide", id(node))]
                        body.append(f"{name} = arith.truncf {wide} : f64 to {node.type}")
                        done[id(node)] = name
                        return name
                    return self.scalar(node)
                if places[id(node)] is not None:
                    return names[places[id(node)]]
                done[id(node)] = self.compute(node, [visit(arg) for arg in node.args], lambda type: type,
                                              lambda text: self.add_line(body, text), loops)
                return done[id(node)]

            return visit(root), body

        return inputs, write

    def may_inline(self, node):
        return node.op in ELEMENTWISE and id(node) not in self.known and self.chance(self.inline)

    def add_line(self, body, text):
        name = self.fresh()
        body.append(f"{name} = {text}")
        return name

    def compute(self, node, names, kind, define, loops=()):
        """Writes a node's operations on scalars or tensors: `kind` maps an element type to the type, `define` writes
        an operation and returns its name."""
        type = kind(node.type)
        source = kind(node.args[0].type)

        def number(value):
            text = f"{value:.17e}" if type == node.type else f"dense<{value:.17e}>"
            return define(f"arith.constant {text} : {type}")

        if node.op == "recip":
            return define(f"arith.divf {number(1.0)}, {names[0]} : {type}")
        if node.op == "square":
            return define(f"arith.mulf {names[0]}, {names[0]} : {type}")
        if node.op == "powf":
            return define(f"math.powf {names[0]}, {number(node.exponent)} : {type}")
        if node.op == "fpowi":
            integers = kind("i32")
            text = f"{node.exponent}" if integers == "i32" else f"dense<{node.exponent}>"
            return define(f"math.fpowi {names[0]}, {define(f'arith.constant {text} : {integers}')} : {type}, {integers}")
        if node.op in ("ext", "trunc"):
            return define(f"arith.{node.op}f {names[0]} : {source} to {type}")
        if node.op == "masked":
            index = define(f"linalg.index {loops.index(node.dim)} : index")
            limit = define(f"arith.constant {node.size} : index")
            valid = define(f"arith.cmpi slt, {index}, {limit} : index")
            return define(f"arith.select {valid}, {names[0]}, {number(0.0)} : {type}")
        return define(f"{OPERATIONS[node.op]} {', '.join(names)} : {type}")

    # Nodes ------------------------------------------------------------------------------------------------------------

    def emit(self, node):
        """The tensor that holds a node's value."""
        if id(node) not in self.known:
            self.known[id(node)] = self.emit_new(node)
        return self.known[id(node)]

    def emit_new(self, node):
        if node.op == "swap":
            value = self.emit(node.args[0])
            layout = tuple(node.places.get(dim, dim) for dim in value.layout)
            return Value(value.name, layout, value.type, value.shape)
        if node.op == "sum":
            from sums import emit_sum  # the two refer to each other
            return emit_sum(self, node)
        return self.emit_elementwise(node)

    def choose_style(self, node):
        """A style that can spell a node."""
        if node.op == "masked":
            return "generic"
        styles = ["generic", "named", "arith", "map", "tosa"] if self.style == "mixed" else [self.style]
        style = self.random.choice(styles)
        has_tensor = any(not arg.is_scalar() for arg in node.args)
        if style == "tosa" and (self.dynamic or not has_tensor or any(arg.type == "f64" for arg in [node, *node.args])
                                or any(arg.is_scalar() and arg.op != "const" for arg in node.args)):
            return "generic"
        return style

    def emit_elementwise(self, node):
        style = self.choose_style(node)
        layout = self.full(node.dims) if self.chance(self.keep) else node.dims
        if style == "tosa":
            from tosa import emit_tosa
            return emit_tosa(self, node)
        if style == "generic":
            inputs, write = self.collect(node, layout)
            return self.generic(layout, layout, node.type, inputs, write)
        operands = [self.operand(arg, layout) for arg in node.args]
        if style == "named" and node.op in NAMED:
            return self.emit_named(node, operands, layout)
        if style == "map" and node.op in OPERATIONS:
            empty = self.empty(layout, node.type)
            return self.make(layout, node.type, f"linalg.map {{ {OPERATIONS[node.op]} }} ins({self.listed(operands)}) "
                                                f"outs({empty.name} : {{t}})")
        name = self.compute(node, [value.name for value in operands],
                            lambda type: self.value("", layout, type).tensor(), self.define_on(layout))
        return self.value(name, layout, node.type)

    def define_on(self, layout):
        """Like `define`; a constant of a dynamic shape becomes a fill."""
        def define(text):
            if text.startswith("arith.constant dense") and any(dim in self.dynamic for dim in layout):
                number, type = text.removeprefix("arith.constant dense<").split("> : ")
                type = type.removesuffix(">").split("x")[-1]
                return self.fill(self.define(f"arith.constant {number} : {type}"), layout, type).name
            return self.define(text)
        return define

    def operand(self, node, layout):
        return self.splat(node, layout) if node.is_scalar() else self.broadcast(self.emit(node), layout)

    def emit_named(self, node, operands, layout):
        if node.op == "powf":
            number = self.define(f"arith.constant {node.exponent:.17e} : {node.type}")
            operands = [*operands, self.fill(number, layout, node.type)]
        empty = self.empty(layout, node.type)
        return self.make(layout, node.type, f"linalg.{NAMED[node.op]} ins({self.listed(operands)}) "
                                            f"outs({empty.name} : {{t}}) -> {{t}}")

    @staticmethod
    def listed(values):
        return f"{', '.join(value.name for value in values)} : {', '.join(value.tensor() for value in values)}"
