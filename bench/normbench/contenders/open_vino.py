"""OpenVINO's CPU plugin, on arrays that are there."""

import functools

import numpy as np

from .base import Contender, PythonCalls, Unsupported

EPSILON, GROUPS = 1e-5, 32


class OpenVINO(Contender):
    name = "OpenVINO"
    packages = ("openvino",)
    includes = "`infer` of a request from Python, into arrays that are there"

    def __init__(self, threads, builder):
        super().__init__(threads, builder)
        import openvino
        import openvino.opset12 as ops
        self.openvino, self.ops, self.core = openvino, ops, openvino.Core()

    def version(self):
        return f"OpenVINO {self.openvino.__version__.split('-')[0]}, CPU plugin"

    def model(self, case):
        ops = self.ops
        inputs = {name: ops.parameter(list(case.shape), np.float32, name) for name in case.arrays_in}
        inputs.update({name: ops.parameter([case.channels], np.float32, name) for name in case.parameters})
        x, gamma, beta = inputs["x"], inputs["gamma"], inputs.get("beta")

        def affine(normal, shape=None):
            scale, shift = (ops.reshape(value, shape, False) if shape else value for value in (gamma, beta))
            return ops.add(ops.multiply(normal, scale), shift)

        def moments(value, axis):
            return ops.mvn(value, np.array([axis], np.int64), True, EPSILON, "inside_sqrt")

        outputs = []
        if case.op == "layer_norm":
            outputs = [affine(moments(x, -1))]
        elif case.op == "rms_norm":
            mean = ops.reduce_mean(ops.power(x, np.float32(2)), np.array([-1], np.int64), True)
            rstd = ops.divide(np.float32(1), ops.sqrt(ops.add(mean, np.float32(EPSILON))))
            outputs = [ops.multiply(ops.multiply(x, rstd), gamma)]
        elif case.op == "add_layer_norm":
            total = ops.add(x, inputs["residual"])
            outputs = [affine(moments(total, -1)), total]
        elif case.op == "channel_norm":
            outputs = [affine(moments(x, 1), [1, case.channels, 1, 1])]
        else:
            outputs = [ops.group_normalization(x, gamma, beta, GROUPS, EPSILON)]
        return self.openvino.Model(outputs, list(inputs.values()), case.op)

    def prepare(self, case, arrays):
        if case.dtype != "f32":
            raise Unsupported(f"not measured in {case.dtype}")
        config = {"INFERENCE_NUM_THREADS": self.threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32",
                  "ENABLE_CPU_PINNING": False}
        compiled = self.core.compile_model(self.model(case), "CPU", config)
        calls = []
        for index in range(case.sets):
            request = compiled.create_infer_request()
            for position, name in enumerate((*case.arrays_in, *case.parameters)):
                array = arrays[name][index if name in case.arrays_in else 0]
                request.set_input_tensor(position, self.openvino.Tensor(array, shared_memory=True))
            for position, name in enumerate(case.arrays_out):
                request.set_output_tensor(position, self.openvino.Tensor(arrays[name][index], shared_memory=True))
            calls.append(functools.partial(request.infer, share_inputs=True, share_outputs=True))
        return PythonCalls(calls, lambda: {name: arrays[name] for name in case.arrays_out})
