"""ONNX Runtime with bound inputs and outputs."""

import numpy as np

from .base import Contender, PythonCalls, Unsupported


def model(onnx, case):
    """The case as an ONNX model; where there is no operator, in those that there are."""
    helper, proto = onnx.helper, onnx.TensorProto
    element = proto.FLOAT if case.dtype == "f32" else proto.BFLOAT16
    shape = list(case.shape)
    values = [helper.make_tensor_value_info(name, element, shape) for name in case.arrays_in]
    values += [helper.make_tensor_value_info(name, proto.FLOAT, [case.channels]) for name in case.parameters]
    results = [helper.make_tensor_value_info(name, element, shape) for name in case.arrays_out]
    norm = {"axis": -1, "epsilon": 1e-5}
    opset, contrib = 17, False
    if case.op == "layer_norm":
        nodes = [helper.make_node("LayerNormalization", ["x", "gamma", "beta"], ["y"], **norm)]
    elif case.op == "rms_norm":
        nodes = [helper.make_node("SimplifiedLayerNormalization", ["x", "gamma"], ["y"], **norm)]
    elif case.op == "add_layer_norm":
        contrib = True
        nodes = [helper.make_node("SkipLayerNormalization", ["x", "residual", "gamma", "beta"], ["y", "", "", "sum"],
                                  domain="com.microsoft", epsilon=1e-5)]
    elif case.op == "channel_norm":
        nodes = [helper.make_node("Transpose", ["x"], ["last"], perm=[0, 2, 3, 1]),
                 helper.make_node("LayerNormalization", ["last", "gamma", "beta"], ["normal"], **norm),
                 helper.make_node("Transpose", ["normal"], ["y"], perm=[0, 3, 1, 2])]
    else:
        opset = 21
        nodes = [helper.make_node("GroupNormalization", ["x", "gamma", "beta"], ["y"], num_groups=32, epsilon=1e-5)]
    graph = helper.make_graph(nodes, case.op, values, results)
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid("com.microsoft", 1)] if contrib else [])
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


class OnnxRuntime(Contender):
    name = "ONNX Runtime"
    packages = ("onnxruntime", "onnx")
    includes = "`run_with_iobinding` from Python, into arrays that are there"

    def __init__(self, threads, builder):
        super().__init__(threads, builder)
        import onnx
        import onnxruntime
        self.onnx, self.runtime = onnx, onnxruntime
        onnxruntime.set_default_logger_severity(4)

    def version(self):
        return f"ONNX Runtime {self.runtime.__version__}, CPU provider"

    def prepare(self, case, arrays):
        if case.dtype != "f32":
            raise Unsupported(f"no layer norm of {case.dtype} on the CPU")
        options = self.runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
        session = self.runtime.InferenceSession(model(self.onnx, case).SerializeToString(), options,
                                                providers=["CPUExecutionProvider"])
        calls = []
        for index in range(case.sets):
            binding = session.io_binding()
            for name in (*case.arrays_in, *case.parameters):
                array = arrays[name][index if name in case.arrays_in else 0]
                binding.bind_input(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
            for name in case.arrays_out:
                array = arrays[name][index]
                binding.bind_output(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
            calls.append(lambda binding=binding: session.run_with_iobinding(binding))
        return PythonCalls(calls, lambda: {name: arrays[name] for name in case.arrays_out})
