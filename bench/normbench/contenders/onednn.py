"""oneDNN, from C++: the version with GNU OpenMP, and the newest, which the package index has for SYCL only."""

import ctypes
import pathlib
import sys

from .base import Contender, NativeCalls, Unsupported

P = ctypes.c_void_p


class OneDNN(Contender):
    name = "oneDNN"
    includes = "`dnnl_primitive_execute` and `stream.wait` from C++"

    def __init__(self, threads, builder):
        super().__init__(threads, builder)
        self.opened = None

    @staticmethod
    def prefix():
        """Where include/ and lib/ are."""
        return pathlib.Path(sys.prefix)

    def library(self):
        if self.opened is None:
            prefix = self.prefix()
            header = prefix / "include" / "oneapi" / "dnnl" / "dnnl_types.h"
            if not header.exists():
                raise Unsupported("oneDNN's headers are not in the virtual environment")
            text = header.read_text()
            has = [f"-DNORM_BENCH_ONEDNN_{macro}" for macro, symbol in
                   (("RMS", "dnnl_rms_norm"), ("GROUP_NORM", "dnnl_group_normalization")) if symbol in text]
            path = self.builder.native("onednn.cpp", "-std=c++17", f"-I{prefix / 'include'}", f"-L{prefix / 'lib'}", "-ldnnl",
                                       f"-Wl,-rpath,{prefix / 'lib'}", "-Wl,--allow-shlib-undefined", *has, compiler="clang++")
            self.opened = ctypes.CDLL(str(path))
            self.opened.onednn_layer_norm.restype = self.opened.onednn_group_norm.restype = P
            self.opened.onednn_message.restype = ctypes.c_char_p
        return self.opened

    def version(self):
        number = self.library().onednn_version()
        return f"oneDNN {number // 100}.{number % 100}"

    def prepare(self, case, arrays):
        library = self.library()
        if case.op in ("add_layer_norm", "channel_norm"):
            raise Unsupported("no such primitive")
        gamma = P(arrays["gamma"][0].ctypes.data)
        beta = P(arrays["beta"][0].ctypes.data) if "beta" in case.parameters else None
        made = []
        for x, y in zip(arrays["x"], arrays["y"]):
            sizes = [ctypes.c_int64(size) for size in case.shape]
            pointers = (P(x.ctypes.data), gamma, beta, P(y.ctypes.data))
            if case.op == "group_norm":
                call = library.onednn_group_norm(*sizes, ctypes.c_int64(32), *pointers)
            else:
                call = library.onednn_layer_norm(*sizes, int(case.dtype == "bf16"), *pointers)
            if not call:
                raise Unsupported(library.onednn_message().decode())
            made.append([call])
        return NativeCalls(self.builder, library.onednn_execute, made, lambda: {"y": arrays["y"]}, keep=library)


class OneDNNForSYCL(OneDNN):
    name = "oneDNN (SYCL)"
    includes = "`dnnl_primitive_execute` and `stream.wait` from C++, through SYCL's CPU device"

    @staticmethod
    def prefix():
        return pathlib.Path(sys.prefix) / "onednn-sycl"

    @classmethod
    def environment(cls):
        lib = cls.prefix() / "lib"
        return {"LD_LIBRARY_PATH": str(lib), "OCL_ICD_FILENAMES": str(lib / "libintelocl.so")}
