"""JAX: the formulas, compiled by XLA for the CPU."""

import os

import numpy as np

from .base import Contender, PythonCalls

EPSILON, GROUPS = 1e-5, 32


def functions(jax):
    """Op → the function to compile. 16-bit inputs are computed in f32."""
    numpy, rsqrt = jax.numpy, jax.lax.rsqrt

    def normal(x, axis):
        mean = x.mean(axis, keepdims=True)
        centred = x - mean
        return centred * rsqrt((centred * centred).mean(axis, keepdims=True) + EPSILON)

    def layer_norm(x, gamma, beta):
        return (normal(x.astype(numpy.float32), -1) * gamma + beta).astype(x.dtype)

    def rms_norm(x, gamma):
        return x * rsqrt((x * x).mean(-1, keepdims=True) + EPSILON) * gamma

    def add_layer_norm(x, residual, gamma, beta):
        total = x + residual
        return layer_norm(total, gamma, beta), total

    def channel_norm(x, gamma, beta):
        return normal(x, 1) * gamma[:, None, None] + beta[:, None, None]

    def group_norm(x, gamma, beta):
        grouped = normal(x.reshape(x.shape[0], GROUPS, -1), -1).reshape(x.shape)
        return grouped * gamma[:, None, None] + beta[:, None, None]

    return {function.__name__: function for function in (layer_norm, rms_norm, add_layer_norm, channel_norm, group_norm)}


class JAX(Contender):
    name = "JAX"
    packages = ("jax",)
    includes = "the compiled executable from Python and `block_until_ready`, its result allocated in each call"

    def __init__(self, threads, builder):
        super().__init__(threads, builder)
        # XLA takes its number of threads from the processors that the process may use.
        if threads == 1:
            os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        import jax
        self.jax = jax

    def version(self):
        return f"JAX {self.jax.__version__}, XLA CPU"

    def array(self, values, dtype):
        if dtype == "bf16":
            values = values.view(self.jax.numpy.bfloat16.dtype)
        return self.jax.device_put(values)

    def prepare(self, case, arrays):
        parameters = [self.array(arrays[name][0], "f32") for name in case.parameters]
        groups = [[self.array(arrays[name][i], case.dtype) for name in case.arrays_in] for i in range(case.sets)]
        compiled = self.jax.jit(functions(self.jax)[case.op]).lower(*groups[0], *parameters).compile()
        results = [None] * case.sets
        wait = self.jax.block_until_ready

        def call_of(index):
            inputs = (*groups[index], *parameters)

            def call():
                results[index] = None
                results[index] = wait(compiled(*inputs))
            return call

        def outputs():
            for index, result in enumerate(results):
                values = result if isinstance(result, tuple) else (result,)
                for name, value in zip(case.arrays_out, values):
                    arrays[name][index][...] = np.asarray(value).view(arrays[name][index].dtype)
            return {name: arrays[name] for name in case.arrays_out}

        return PythonCalls([call_of(index) for index in range(case.sets)], outputs)
