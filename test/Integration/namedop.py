"""Named normalizations as test cases: the MLIR of a function on memrefs, data for it, and what it must give."""

from dataclasses import dataclass, field

import numpy as np

from normtest import (ROUNDOFF, SMALLEST, Array, compute_type, inverse_root, mean_square, moments, require_close)

# What one rounding may cost, times this, bounds what a normalization in the compute type may: the inverse root is off
# by at most 8 roundings, the difference from the mean, the products with both and gamma and the sum by the others.
ROUNDINGS = 16


@dataclass
class Norm:
    """A function that calls a named normalization. Sizes are None where the type leaves them open.

    Element types of optional operands are empty where they are not there. `mean` and `variance` are inputs of
    batch_norm_inference and outputs of the others. With `groups` the dim `channel_axis` falls into that many parts, each
    with statistics of its own.
    """

    name: str
    sizes: tuple
    axes: tuple = ()
    kind: str = "layer_norm"
    type: str = "f32"
    gamma: str = ""
    beta: str = ""
    mask: bool = False
    parameter_axes: tuple = None
    epsilon: float = 1e-5
    epsilon_operand: bool = False
    gamma_offset: float = 0.0
    mean: str = ""
    rstd: str = ""
    variance: str = ""
    channel_axis: int = None
    groups: int = None
    compute: str = ""
    output_type: str = ""
    layout: str = ""
    in_place: bool = False
    inner_stride: int = 1

    def __post_init__(self):
        self.compute = self.compute or compute_type(self.type)
        self.output_type = self.output_type or self.type
        if self.channel_axis is None:
            self.parameter_axes = self.axes if self.parameter_axes is None else self.parameter_axes
        else:
            self.parameter_axes = (self.channel_axis,)
        if self.kind == "batch_norm_training":
            self.axes = tuple(dim for dim in range(len(self.sizes)) if dim != self.channel_axis)

    # The function -----------------------------------------------------------------------------------------------------

    def _given(self):
        """Whether the statistics are inputs."""
        return self.kind == "batch_norm_inference"

    def _rows(self):
        return tuple(dim for dim in range(len(self.sizes)) if dim not in self.axes)

    def _grouped(self, sizes):
        """The sizes with the number of groups in the place of that of the channels."""
        return tuple(self.groups if self.groups and dim == self.channel_axis else size for dim, size in enumerate(sizes))

    def inputs(self):
        """(name, dims, element type, keyword) of each input but the epsilon, in the function's order."""
        every = tuple(range(len(self.sizes)))
        yield "x", every, self.type, "ins"
        if self._given():
            yield "mean", self.parameter_axes, self.mean, "mean"
            yield "variance", self.parameter_axes, self.variance, "variance"
        if self.gamma:
            yield "gamma", self.parameter_axes, self.gamma, "gamma"
        if self.beta:
            yield "beta", self.parameter_axes, self.beta, "beta"
        if self.mask:
            yield "mask", every, "i1", "mask"

    def outputs(self):
        """Likewise of each output. That in the input's memory is the input again."""
        yield "x" if self.in_place else "y", tuple(range(len(self.sizes))), self.output_type, "outs"
        if self._given():
            return
        for name, element_type in (("mean", self.mean), ("rstd", self.rstd), ("variance", self.variance)):
            if element_type:
                yield name, self._rows(), element_type, name

    def shapes(self, sizes):
        """name → (shape, element type) of each array, in the function's order."""
        result = {name: (tuple(sizes[dim] for dim in dims), element_type) for name, dims, element_type, _ in self.inputs()}
        for name, dims, element_type, keyword in self.outputs():
            shape = sizes if keyword == "outs" else self._grouped(sizes)
            result[name] = tuple(shape[dim] for dim in dims), element_type
        return result

    def mlir(self):
        declared = {}
        for name, (shape, element_type) in self.shapes(self.sizes).items():
            sizes = "".join(("?" if size is None else str(size)) + "x" for size in shape)
            layout = self.layout if name in ("x", "y") else ""
            declared[name] = f"memref<{sizes}{element_type}{layout}>"
        parameters = [f"%{name}: {memref}" for name, memref in declared.items()]
        clauses = [f"{keyword}(%{name} : {declared[name]})" for name, _, _, keyword in self.inputs()]
        if self.epsilon_operand:
            parameters.append("%epsilon: f32")
            clauses.append("epsilon(%epsilon : f32)")
        clauses += [f"{keyword}(%{name} : {declared[name]})" for name, _, _, keyword in self.outputs()]
        return (f"func.func @{self.name}({', '.join(parameters)}) attributes {{llvm.emit_c_interface}} {{\n"
                f"  norm.{self.kind} {' '.join([*clauses, *self._attributes()])}\n  return\n}}\n")

    def _attributes(self):
        if not self.kind.startswith("batch_norm"):
            yield f"axes = {list(self.axes)}"
        if self.channel_axis is not None:
            yield f"channel_axis = {self.channel_axis}"
        elif self.parameter_axes != self.axes:
            yield f"parameter_axes = {list(self.parameter_axes)}"
        if self.groups:
            yield f"groups = {self.groups}"
        if self.gamma_offset:
            yield f"gamma_offset = {self.gamma_offset:e}"
        if not self.epsilon_operand:
            yield f"epsilon = {self.epsilon:e}"
        if self.compute != compute_type(self.type):
            yield f"compute_type = {self.compute}"

    # A call -----------------------------------------------------------------------------------------------------------

    def arguments(self, sizes, random, at_end=True, x=None):
        """Data for these sizes: rows of differing means, parameters around 1 and 0.3, statistics filled with junk."""
        arrays = {}
        for name, (shape, element_type) in self.shapes(sizes).items():
            strides = self._strides(shape) if name in ("x", "y") and self.layout else None
            array = arrays[name] = Array(element_type, shape, strides, at_end=at_end)
            if name == "x":
                array.set(self._draw(shape, random) if x is None else x)
            elif name == "gamma":
                array.set(random.normal(1.0 - self.gamma_offset, 0.4, shape))
            elif name == "beta":
                array.set(random.normal(0.3, 0.7, shape))
            elif name == "mask":
                array.set(random.random(shape) < 0.7)
            elif name == "mean" and self._given():
                array.set(random.normal(2.0, 3.0, shape))
            elif name == "variance" and self._given():
                array.set(np.exp(random.normal(0.3, 0.5, shape)))
        return arrays

    def _split(self, values):
        """The values with the dim that has groups as two dims, and the axes to reduce then."""
        if not self.groups:
            return values, self.axes
        channel, shape = self.channel_axis, values.shape
        split = (*shape[:channel], self.groups, shape[channel] // self.groups, *shape[channel + 1:])
        axes = [axis + (axis > channel) for axis in self.axes] + [channel + 1]
        return values.reshape(split), tuple(sorted(axes))

    def _draw(self, shape, random):
        split, axes = self._split(np.empty(shape))
        row_shape = tuple(1 if dim in axes else size for dim, size in enumerate(split.shape))
        means = random.normal(2.0, 3.0, row_shape)
        deviations = np.exp(random.normal(0.3, 0.5, row_shape))
        return (means + deviations * random.normal(0.0, 1.0, split.shape)).reshape(shape)

    def _strides(self, shape):
        """A gap of 3 elements behind each row of the last dim, whose elements stand `inner_stride` apart."""
        strides, step = [self.inner_stride], shape[-1] * self.inner_stride + 3
        for size in reversed(shape[1:-1]):
            strides.insert(0, step)
            step *= max(size, 1)
        if len(shape) > 1:
            strides.insert(0, step)
        return tuple(strides)

    def call(self, library, arrays):
        passed = list(arrays.values())
        if self.epsilon_operand:
            passed.append(("f32", self.epsilon))
        library.call(self.name, *passed)

    # What it must give ------------------------------------------------------------------------------------------------

    def _statistics(self, arrays, x):
        """x − mean, mean (or none) and what epsilon is added to, each of x's shape, and of the rows' shape the last two."""
        mask = arrays["mask"].view if self.mask else None
        split, axes = self._split(np.asarray(x, np.longdouble))
        if self._given():
            mean, spread = (self._spread_out(arrays[name].get(), x.ndim) for name in ("mean", "variance"))
            return split - mean, mean, spread, None, None
        if mask is not None:
            mask, _ = self._split(mask)
        if self.kind == "rms_norm":
            centred, mean, spread = split, None, mean_square(split, axes, mask)
        else:
            centred, mean, spread = moments(split, axes, mask)
        rows = [None if value is None else value.squeeze(axes) for value in (mean, spread)]
        full = [None if value is None else np.broadcast_to(value, split.shape).reshape(x.shape)
                for value in (mean, spread)]
        return (centred.reshape(x.shape), *full, *rows)

    def _spread_out(self, values, rank):
        """A parameter with dims of size 1 for those of x that it does not span."""
        sizes = iter(values.shape)
        return values.reshape(tuple(next(sizes) if dim in self.parameter_axes else 1 for dim in range(rank)))

    @np.errstate(invalid="ignore")
    def expected(self, arrays, x, algorithm):
        """name → (value, allowed error) of each output."""
        epsilon = np.longdouble(np.float32(self.epsilon) if self.epsilon_operand or self.compute == "f32"
                                else self.epsilon)
        centred, mean, spread, row_mean, row_spread = self._statistics(arrays, x)
        rstd = inverse_root(spread + epsilon)

        def parameter(name, default):
            return self._spread_out(arrays[name].get(), x.ndim) if name in arrays else np.longdouble(default)

        scale = parameter("gamma", 1 - self.gamma_offset) + np.longdouble(self.gamma_offset)
        beta = parameter("beta", 0)
        y = centred * rstd * scale + beta
        unit = ROUNDOFF[self.compute]
        gamma_size = np.abs(scale) + 2 * abs(self.gamma_offset)
        # x is known to one rounding of its own size where the mean is taken off it in the compute type. Without the
        # correction the mean's own roundings stay in the result: of the sum, of 1/n and of their product.
        off = 4 if algorithm == "two-pass" else 1
        size = (np.abs(centred) + np.sqrt(spread) + (0 if mean is None else off * np.abs(mean) / ROUNDINGS)) * rstd
        error = ROUNDINGS * unit * (size * gamma_size + np.abs(beta))
        result = {"x" if self.in_place else "y": (y, self._rounded(error, y, self.output_type))}
        if self._given():
            return result
        if self.mean:
            error = ROUNDINGS * unit * (np.abs(row_mean) / 4 + np.sqrt(row_spread))
            result["mean"] = row_mean, self._rounded(error, row_mean, self.mean)
        if self.rstd:
            row_rstd = inverse_root(row_spread + epsilon)
            result["rstd"] = row_rstd, self._rounded(8 * unit * row_rstd, row_rstd, self.rstd)
        if self.variance:
            # That of the mean, squared, stays where elements are equal.
            error = 16 * unit * row_spread + (4 * unit * np.abs(row_mean)) ** 2
            result["variance"] = row_spread, self._rounded(error, row_spread, self.variance)
        return result

    @staticmethod
    def _rounded(error, value, element_type):
        return error + ROUNDOFF[element_type] * (np.abs(value) + error) + SMALLEST[element_type]

    def check(self, library, sizes, random, **options):
        """Calls it on fresh data and compares all outputs; returns the arrays."""
        arrays = self.arguments(sizes, random, **options)
        x = arrays["x"].get()
        before = {name: array.bits() for name, array in arrays.items()}
        self.call(library, arrays)
        has_rows = 0 not in [self._grouped(sizes)[dim] for dim in self._rows()]
        expected = self.expected(arrays, x, library.algorithm) if has_rows else {}
        for name, array in arrays.items():
            array.check_gaps()
            what = f"{self.name} {list(sizes)} {name}"
            if name in expected:
                require_close(what, array.get(), *expected[name])
            else:
                assert array.bits() == before[name], f"{what}: an input was written"
        return arrays
