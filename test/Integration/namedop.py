"""Named normalizations as test cases: the MLIR of a function on memrefs, data for it, and what it must give."""

from dataclasses import dataclass, field

import numpy as np

from normtest import (ROUNDOFF, SMALLEST, Array, compute_type, inverse_root, mean_square, moments, require_close)

# What one rounding may cost, times this, bounds what a normalization in the compute type may: the inverse root is off
# by at most 8 roundings, the difference from the mean, the products with both and gamma and the sum by the others.
ROUNDINGS = 16


@dataclass
class Norm:
    """A function that calls norm.layer_norm or norm.rms_norm. Sizes are None where the type leaves them open."""

    name: str
    sizes: tuple
    axes: tuple
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
    compute: str = ""
    output_type: str = ""
    layout: str = ""
    in_place: bool = False
    inner_stride: int = 1

    def __post_init__(self):
        self.compute = self.compute or compute_type(self.type)
        self.output_type = self.output_type or self.type
        self.parameter_axes = self.axes if self.parameter_axes is None else self.parameter_axes

    # The function -----------------------------------------------------------------------------------------------------

    def _memref(self, dims, element_type, layout=""):
        sizes = "".join(("?" if self.sizes[dim] is None else str(self.sizes[dim])) + "x" for dim in dims)
        return f"memref<{sizes}{element_type}{layout}>"

    def _rows(self):
        return tuple(dim for dim in range(len(self.sizes)) if dim not in self.axes)

    def operands(self):
        """(name, dims, element type, keyword) of each operand but the epsilon, in the function's order."""
        every = tuple(range(len(self.sizes)))
        yield "x", every, self.type, "ins"
        if self.gamma:
            yield "gamma", self.parameter_axes, self.gamma, "gamma"
        if self.beta:
            yield "beta", self.parameter_axes, self.beta, "beta"
        if self.mask:
            yield "mask", every, "i1", "mask"
        if not self.in_place:
            yield "y", every, self.output_type, "outs"
        if self.mean:
            yield "mean", self._rows(), self.mean, "mean"
        if self.rstd:
            yield "rstd", self._rows(), self.rstd, "rstd"

    def mlir(self):
        parameters, clauses = [], []
        for name, dims, element_type, keyword in self.operands():
            layout = self.layout if name in ("x", "y") else ""
            declared = f"%{name}: {self._memref(dims, element_type, layout)}"
            parameters.append(declared)
            clauses.append(f"{keyword}({declared.replace(':', ' :')})")
            if name == "x" and self.in_place:
                clauses.append(f"outs({declared.replace(':', ' :')})")
        if self.in_place:
            clauses.sort(key=lambda clause: clause.startswith(("outs", "mean", "rstd")))
        attributes = [f"axes = {list(self.axes)}"]
        if self.parameter_axes != self.axes:
            attributes.append(f"parameter_axes = {list(self.parameter_axes)}")
        if self.gamma_offset:
            attributes.append(f"gamma_offset = {self.gamma_offset:e}")
        if self.epsilon_operand:
            parameters.append("%epsilon: f32")
            first = next(i for i, clause in enumerate(clauses) if clause.startswith("outs"))
            clauses.insert(first, "epsilon(%epsilon : f32)")
        else:
            attributes.append(f"epsilon = {self.epsilon:e}")
        if self.compute != compute_type(self.type):
            attributes.append(f"compute_type = {self.compute}")
        return (f"func.func @{self.name}({', '.join(parameters)}) attributes {{llvm.emit_c_interface}} {{\n"
                f"  norm.{self.kind} {' '.join(clauses + attributes)}\n  return\n}}\n")

    # A call -----------------------------------------------------------------------------------------------------------

    def arguments(self, sizes, random, at_end=True, x=None):
        """Data for these sizes: rows of differing means, parameters around 1 and 0.3, statistics filled with junk."""
        arrays = {}
        for name, dims, element_type, _ in self.operands():
            shape = tuple(sizes[dim] for dim in dims)
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
        return arrays

    def _draw(self, shape, random):
        row_shape = tuple(1 if dim in self.axes else size for dim, size in enumerate(shape))
        means = random.normal(2.0, 3.0, row_shape)
        deviations = np.exp(random.normal(0.3, 0.5, row_shape))
        return means + deviations * random.normal(0.0, 1.0, shape)

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

    @np.errstate(invalid="ignore")
    def expected(self, arrays, x, algorithm):
        """name → (value, allowed error) of each output."""
        rank = len(x.shape)
        epsilon = np.longdouble(np.float32(self.epsilon) if self.epsilon_operand or self.compute == "f32"
                                else self.epsilon)
        mask = arrays["mask"].view if self.mask else None
        if self.kind == "layer_norm":
            centred, mean, spread = moments(x, self.axes, mask)
        else:
            centred, mean, spread = x, None, mean_square(x, self.axes, mask)
        rstd = inverse_root(spread + epsilon)

        def parameter(name, default):
            if name not in arrays:
                return np.longdouble(default)
            shape = tuple(x.shape[dim] if dim in self.parameter_axes else 1 for dim in range(rank))
            return arrays[name].get().reshape(shape)

        scale = parameter("gamma", 1 - self.gamma_offset) + np.longdouble(self.gamma_offset)
        beta = parameter("beta", 0)
        y = centred * rstd * scale + beta
        unit = ROUNDOFF[self.compute]
        deviation = np.sqrt(spread)
        gamma_size = np.abs(scale) + 2 * abs(self.gamma_offset)
        # x is known to one rounding of its own size where the mean is taken off it in the compute type. Without the
        # correction the mean's own roundings stay in the result: of the sum, of 1/n and of their product.
        off = 4 if algorithm == "two-pass" else 1
        size = (np.abs(centred) + deviation + (0 if mean is None else off * np.abs(mean) / ROUNDINGS)) * rstd
        error = ROUNDINGS * unit * (size * gamma_size + np.abs(beta))
        result = {"x" if self.in_place else "y": (y, self._rounded(error, y, self.output_type))}
        if self.mean:
            error = ROUNDINGS * unit * (np.abs(mean) / 4 + deviation)
            result["mean"] = self._row_value(mean, error, self.mean)
        if self.rstd:
            result["rstd"] = self._row_value(rstd, 8 * unit * rstd, self.rstd)
        return result

    @staticmethod
    def _rounded(error, value, element_type):
        return error + ROUNDOFF[element_type] * (np.abs(value) + error) + SMALLEST[element_type]

    def _row_value(self, value, error, element_type):
        error = self._rounded(error, value, element_type)
        return value.squeeze(self.axes), error.squeeze(self.axes)

    def check(self, library, sizes, random, **options):
        """Calls it on fresh data and compares all outputs; returns the arrays."""
        arrays = self.arguments(sizes, random, **options)
        x = arrays["x"].get()
        before = {name: array.bits() for name, array in arrays.items()}
        self.call(library, arrays)
        expected = self.expected(arrays, x, library.algorithm) if 0 not in [sizes[dim] for dim in self._rows()] else {}
        for name, array in arrays.items():
            array.check_gaps()
            what = f"{self.name} {list(sizes)} {name}"
            if name in expected:
                require_close(what, array.get(), *expected[name])
            else:
                assert array.bits() == before[name], f"{what}: an input was written"
        return arrays
