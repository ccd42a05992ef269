"""GPU kernels, run by the CPU emulator: libraries as those of normtest, whose calls also check what the emulator says."""

import ctypes
import os

from normtest import Library, run_tool


def find_emulator():
    path = os.path.join(os.environ["NORM_LIBRARY_DIR"], "libnorm_emulator.so")
    if not os.path.exists(path):
        raise SystemExit(f"{path}: not found")
    return path


def with_schedules(text, schedules):
    """The module as row programs, of which those over the second dim have the fields of a GPU schedule written by hand, by
    the name of their function."""
    text = run_tool("norm-opt", "--norm-generalize", "-", stdin=text.encode()).decode()
    head, *functions = text.split("func.func @")
    for function in functions:
        dims, name = "normalized_dims = [1]", function.split("(", 1)[0]
        head += "func.func @" + function.replace(dims, f"{dims}, schedule = #norm.gpu_schedule<{schedules[name]}>")
    return head


class EmulatedLibrary(Library):
    """The functions of a module with their normalizations as kernels for `chip`. `seed` says how threads take turns."""

    def __init__(self, text, target, chip="sm_90", options="", **others):
        super().__init__(text, target, options=f"{options} emulate-chip={chip}", level=1, **others)
        self.emulator = ctypes.CDLL(find_emulator())
        self.emulator.norm_emulator_get_error.restype = ctypes.c_char_p
        self.emulator.norm_emulator_count_blocks.restype = ctypes.c_uint64
        self.emulator.norm_emulator_count_barriers.restype = ctypes.c_uint64
        self.seed = 0

    def runtime(self):
        return [find_emulator()]

    def call(self, name, *arguments):
        self.emulator.norm_emulator_set_schedule(ctypes.c_uint64(self.seed))
        self.emulator.norm_emulator_clear_error()
        super().call(name, *arguments)
        error = self.emulator.norm_emulator_get_error()
        assert error is None, f"{name}: {error.decode()}"

    def num_blocks(self):
        return self.emulator.norm_emulator_count_blocks()

    def num_barriers(self):
        return self.emulator.norm_emulator_count_barriers()
