"""torch.compile of the operators, and of the formula where there is no operator."""

from .base import Contender, PythonCalls

EPSILON, GROUPS = 1e-5, 32


def functions(torch):
    """Op → the function to compile."""
    norms = torch.nn.functional

    def layer_norm(x, gamma, beta):
        return norms.layer_norm(x, (x.shape[-1],), gamma, beta, EPSILON)

    def rms_norm(x, gamma):
        return norms.rms_norm(x, (x.shape[-1],), gamma, EPSILON)

    def add_layer_norm(x, residual, gamma, beta):
        total = x + residual
        return layer_norm(total, gamma, beta), total

    def channel_norm(x, gamma, beta):
        variance, mean = torch.var_mean(x, dim=1, keepdim=True, correction=0)
        return (x - mean) * torch.rsqrt(variance + EPSILON) * gamma[:, None, None] + beta[:, None, None]

    def group_norm(x, gamma, beta):
        return norms.group_norm(x, GROUPS, gamma, beta, EPSILON)

    return {function.__name__: function for function in (layer_norm, rms_norm, add_layer_norm, channel_norm, group_norm)}


def tensor(torch, array, dtype):
    found = torch.from_numpy(array)
    return found.view(torch.bfloat16) if dtype == "bf16" else found


class TorchCompiled(Contender):
    name = "torch.compile"
    packages = ("torch",)
    includes = "the compiled function from Python in inference mode (guards included), its result allocated in each call"

    def __init__(self, threads, builder):
        super().__init__(threads, builder)
        import torch
        torch.set_num_threads(threads)
        self.torch = torch

    def version(self):
        return f"PyTorch {self.torch.__version__}, torch.compile(dynamic=False)"

    def prepare(self, case, arrays):
        torch = self.torch
        torch._dynamo.reset()
        function = torch.compile(functions(torch)[case.op], dynamic=False)
        parameters = [torch.from_numpy(arrays[name][0]) for name in case.parameters]
        results = [None] * case.sets

        def call_of(index):
            inputs = [tensor(torch, arrays[name][index], case.dtype) for name in case.arrays_in]

            def call():
                results[index] = None
                results[index] = function(*inputs, *parameters)
            return call

        # The mode stays on: this process does nothing else.
        torch.inference_mode().__enter__()

        def outputs():
            for index, result in enumerate(results):
                values = result if isinstance(result, tuple) else (result,)
                for name, value in zip(case.arrays_out, values):
                    tensor(torch, arrays[name][index], case.dtype).copy_(value)
            return {name: arrays[name] for name in case.arrays_out}

        return PythonCalls([call_of(index) for index in range(case.sets)], outputs)
