"""IREE: the operations as linalg, compiled for this processor."""

import numpy as np

from .base import Contender, PythonCalls


class IREE(Contender):
    name = "IREE"
    packages = ("iree.compiler", "iree.runtime")
    includes = "`vm_invoke` from Python, its result allocated in each call"

    def __init__(self, threads, builder):
        super().__init__(threads, builder)
        import iree.compiler
        import iree.runtime
        self.compiler, self.runtime = iree.compiler, iree.runtime

    def version(self):
        from importlib.metadata import version
        return f"IREE {version('iree-base-compiler')}, llvm-cpu, static sizes"

    def function(self, case):
        binary = self.compiler.compile_str(self.builder.linalg(case), target_backends=["llvm-cpu"], extra_args=[
            "--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3", "--iree-hal-target-device=local"])
        runtime = self.runtime
        runtime.flags.FUNCTION_INPUT_VALIDATION = False
        config = runtime.Config("local-sync" if self.threads == 1 else "local-task")
        context = runtime.SystemContext(config=config)
        context.add_vm_module(runtime.VmModule.copy_buffer(config.vm_instance, binary))
        return config, context, context.modules.module[case.op]

    def prepare(self, case, arrays):
        config, context, function = self.function(case)
        device = config.device

        def put(array):
            if case.dtype == "bf16" and array.dtype == np.uint16:
                import ml_dtypes
                array = array.view(ml_dtypes.bfloat16)
            return self.runtime.asdevicearray(device, array)

        parameters = [put(arrays[name][0]) for name in case.parameters]
        results = [None] * case.sets

        def call_of(index):
            inputs = [put(arrays[name][index]) for name in case.arrays_in] + parameters

            def call():
                results[index] = None
                results[index] = function(*inputs)
            return call

        def outputs():
            for index, result in enumerate(results):
                values = result if isinstance(result, tuple) else (result,)
                for name, value in zip(case.arrays_out, values):
                    arrays[name][index][...] = np.asarray(value).view(arrays[name][index].dtype)
            return {name: arrays[name] for name in case.arrays_out}

        calls = PythonCalls([call_of(index) for index in range(case.sets)], outputs)
        calls.keep = (config, context)
        return calls
