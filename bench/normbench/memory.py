"""Arrays that lie the same for every contender: at the start of a huge page where the system has them, else of a page."""

import ctypes
import mmap

import numpy as np

HUGE = 2 << 20
MADV_HUGEPAGE = 14


def allocate(shape, dtype):
    """Zeros, written by this process; private anonymous memory, aligned to 2 MiB where it is as large, else to 4 KiB."""
    size = max(1, int(np.prod(shape)) * np.dtype(dtype).itemsize)
    padded = size + HUGE if size >= HUGE else size
    memory = mmap.mmap(-1, padded, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    start = 0
    if size >= HUGE:
        start = -ctypes.addressof(ctypes.c_char.from_buffer(memory)) % HUGE
        try:
            memory.madvise(MADV_HUGEPAGE)
        except OSError:
            pass  # A kernel without huge pages.
    array = np.frombuffer(memory, dtype, int(np.prod(shape)), start).reshape(shape)
    array[...] = 0
    return array


def copy_of(values):
    array = allocate(values.shape, values.dtype)
    array[...] = values
    return array
