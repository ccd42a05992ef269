"""PyTorch's eager operators, called from C++ where that compiles."""

import ctypes
import pathlib

from .base import Contender, NativeCalls

OPERATIONS = ("layer_norm", "rms_norm", "add_layer_norm", "channel_norm", "group_norm")
P = ctypes.c_void_p


class TorchEager(Contender):
    name = "PyTorch"
    packages = ("torch",)
    includes = "the operator from C++ in inference mode, its result allocated in each call"

    def __init__(self, threads, builder):
        super().__init__(threads, builder)
        import torch
        self.torch = torch
        folder = pathlib.Path(torch.__file__).parent
        include, lib = folder / "include", folder / "lib"
        path = builder.native("torch_loop.cpp", "-std=c++20", "-w", f"-I{include}", "-D_GLIBCXX_USE_CXX11_ABI=1", f"-L{lib}",
                              "-ltorch_cpu", "-lc10", f"-Wl,-rpath,{lib}", compiler="clang++")
        self.library = ctypes.CDLL(str(path))
        self.library.torch_call.restype = P
        self.library.torch_set_threads(threads)

    def version(self):
        return f"PyTorch {self.torch.__version__}, eager"

    def prepare(self, case, arrays):
        shape = (ctypes.c_int64 * len(case.shape))(*case.shape)

        def address(name, index=0):
            return P(arrays[name][index].ctypes.data) if name in arrays else None

        made = [self.library.torch_call(OPERATIONS.index(case.op), len(case.shape), shape, int(case.dtype == "bf16"),
                                        address("x", i), address("residual", i), address("gamma"),
                                        address("beta") if "beta" in case.parameters else None, ctypes.c_int64(32))
                for i in range(case.sets)]

        def outputs():
            for i, call in enumerate(made):
                self.library.torch_results(P(call), address("y", i), address("sum", i))
            return {name: arrays[name] for name in case.arrays_out}

        return NativeCalls(self.builder, self.library.torch_execute, [[call] for call in made], outputs, keep=self.library)
