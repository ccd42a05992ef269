"""What a contender is: a library that computes the cases in a process of its own."""

import ctypes
import time


class Unsupported(Exception):
    """The contender does not have this case; says why."""


class Contender:
    """Lives in a worker process. Class attributes say what the report shows.

    `packages`: importing these must work. `includes`: what a small call's time consists of.
    """
    name = ""
    packages = ()
    includes = ""
    is_ceiling = False

    def __init__(self, threads, builder):
        self.threads, self.builder = threads, builder

    @classmethod
    def environment(cls):
        """What the process must be started with besides what all are."""
        return {}

    def version(self):
        return ""

    def prepare(self, case, arrays):
        """Gets ready to compute the case. `arrays`: name → list of one array per set, outputs among them.

        Returns a `Calls`. Raises `Unsupported`, or whatever the library raises.
        """
        raise NotImplementedError


class PythonCalls:
    """Calls that are made from Python: one function of no arguments per set, which returns or writes its outputs."""

    def __init__(self, functions, outputs):
        """`outputs()`: name → list of one array per set, after each function was called once."""
        self.functions, self.outputs = functions, outputs

    def run(self, calls):
        """Nanoseconds for so many calls, the sets in turn."""
        functions, clock = self.functions, time.perf_counter_ns
        if len(functions) == 1:
            function = functions[0]
            start = clock()
            for _ in range(calls):
                function()
            return clock() - start
        count = len(functions)
        start = clock()
        for index in range(calls):
            functions[index % count]()
        return clock() - start


class NativeCalls:
    """Calls of a compiled function through the loop in native/calls.c."""

    def __init__(self, builder, function, argument_sets, outputs, keep=()):
        """`argument_sets`: per set the addresses that the function gets. `keep` lives as long as the calls."""
        loop = ctypes.CDLL(str(builder.native("calls.c"))).norm_bench_time
        loop.restype = ctypes.c_uint64
        loop.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int64]
        self.loop, self.outputs, self.keep = loop, outputs, (keep, function)
        self.function = ctypes.cast(function, ctypes.c_void_p)
        self.count, self.sets = len(argument_sets[0]), len(argument_sets)
        self.arguments = (ctypes.c_void_p * (self.count * self.sets))(*[a for group in argument_sets for a in group])

    def run(self, calls):
        return self.loop(self.function, self.arguments, self.count, self.sets, calls)


def set_openmp_threads(library, threads):
    """Sets the number of threads of the OpenMP runtime that a loaded library uses, if it uses one."""
    try:
        library.omp_set_num_threads(threads)
    except AttributeError:
        pass
