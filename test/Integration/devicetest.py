"""GPU kernels on an NVIDIA GPU: libraries as those of normtest, compiled beforehand into a folder that is taken there.

The GPU's machine needs Python, NumPy and the CUDA driver, nothing else.
"""

import ctypes
import hashlib
import os
import shutil

import numpy as np

from normtest import STORAGE, SCALARS, Array, compile_object, run_tool

RUNTIME = "libnorm_cuda.so"
# Bytes before and behind an array on the GPU, which must stay as they are.
MARGIN = 4096


def build_library(text, chip, image, folder):
    """Compiles a module's functions and kernels into the folder, under a name that follows from the text."""
    path = os.path.join(folder, library_name(text))
    if not os.path.exists(path):
        code = path + ".o"
        compile_object(text, f"raise=0 chip={chip} format={image}", ["-mcpu=x86-64"], 1, code, pipeline="norm-to-nvvm")
        run_tool("cc", "-shared", "-o", path, code, os.path.join(folder, RUNTIME), "-Wl,-rpath,$ORIGIN", "-lm", stdin=b"")
        os.remove(code)
    return path


def library_name(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16] + ".so"


def copy_runtime(folder):
    shutil.copy(os.path.join(os.environ["NORM_LIBRARY_DIR"], RUNTIME), folder)


class Device:
    """The runtime, and the parts of the driver that measure time."""

    def __init__(self, folder):
        self.folder = folder
        self.runtime = ctypes.CDLL(os.path.join(folder, RUNTIME), mode=ctypes.RTLD_GLOBAL)
        self.runtime.norm_cuda_error.restype = ctypes.c_char_p
        self.runtime.norm_cuda_allocate.restype = ctypes.c_void_p
        self.architecture = self.runtime.norm_cuda_get_architecture(None)
        self.check()
        self.driver = ctypes.CDLL("libcuda.so.1")

    def check(self):
        """Raises what the runtime has to say."""
        if self.runtime.norm_cuda_status() != 0:
            text = self.runtime.norm_cuda_error().decode()
            self.runtime.norm_cuda_clear_error()
            raise RuntimeError(text)

    def allocate(self, num_bytes):
        address = self.runtime.norm_cuda_allocate(ctypes.c_int64(num_bytes), None)
        self.check()
        return address

    def free(self, address):
        self.runtime.norm_cuda_free(ctypes.c_void_p(address), None)

    def copy(self, to, source, num_bytes):
        """Between any of host and device; waits."""
        self.runtime.norm_cuda_copy(ctypes.c_void_p(to), ctypes.c_void_p(source), ctypes.c_int64(num_bytes), None)
        self.runtime.norm_cuda_synchronize(None)
        self.check()

    def milliseconds(self, call, count):
        """The time of a call, when it is made so many times in a row."""
        begin, end, elapsed = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_float()
        self.driver.cuEventCreate(ctypes.byref(begin), 0)
        self.driver.cuEventCreate(ctypes.byref(end), 0)
        self.driver.cuEventRecord(begin, None)
        for _ in range(count):
            call()
        self.driver.cuEventRecord(end, None)
        self.runtime.norm_cuda_synchronize(None)
        self.check()
        self.driver.cuEventElapsedTime(ctypes.byref(elapsed), begin, end)
        self.driver.cuEventDestroy_v2(begin)
        self.driver.cuEventDestroy_v2(end)
        return elapsed.value / count


class DeviceArray:
    """A copy of an Array on the GPU, as well or badly aligned as it, between margins that are looked at afterwards."""

    def __init__(self, device, array):
        self.device, self.array = device, array
        self.offset = MARGIN + array.address % 256
        self.image = np.full(self.offset + array.stored.nbytes + MARGIN, 0xA5, np.uint8)
        self.memory = device.allocate(self.image.nbytes)
        self.inner = self.image[self.offset:self.offset + array.stored.nbytes]
        self.inner[:] = array.stored.view(np.uint8)
        device.copy(self.memory, self.image.ctypes.data, self.image.nbytes)

    def descriptor(self):
        words = self.array.descriptor()
        words[0] = words[1] = self.memory + self.offset
        return words

    def take_back(self):
        self.device.copy(self.image.ctypes.data, self.memory, self.image.nbytes)
        self.device.free(self.memory)
        self.array.stored.view(np.uint8)[:] = self.inner
        margins = np.concatenate([self.image[:self.offset], self.image[-MARGIN:]])
        assert (margins == 0xA5).all(), "memory beside an array was written"


class DeviceLibrary:
    """The functions of a module that `build_library` compiled."""

    def __init__(self, device, text):
        self.device = device
        self.library = ctypes.CDLL(os.path.join(device.folder, library_name(text)))

    def bind(self, name, *arguments):
        """A function that calls with DeviceArrays and (type, number) pairs, without waiting."""
        function = getattr(self.library, "_mlir_ciface_" + name)
        function.restype = None
        passed = [SCALARS[argument[0]](argument[1]) if isinstance(argument, tuple) else argument.descriptor()
                  for argument in arguments]
        pointers = [ctypes.byref(value) if isinstance(value, ctypes.Array) else value for value in passed]
        return lambda: function(*pointers, None)

    def call(self, name, *arguments):
        """As Library.call."""
        placed = {}
        for argument in arguments:
            if isinstance(argument, Array) and id(argument) not in placed:
                placed[id(argument)] = DeviceArray(self.device, argument)
        self.bind(name, *(placed.get(id(argument), argument) for argument in arguments))()
        self.device.runtime.norm_cuda_synchronize(None)
        self.device.check()
        for array in placed.values():
            array.take_back()
