"""Compiles MLIR for AArch64, links it with a small C program, and calls it on numpy arrays in an emulator."""

import os
import re
import struct
import subprocess
import tempfile

from normtest import Array, compile_object, find_tool, run_tool

TRIPLE = "aarch64-unknown-linux-gnu"
DRIVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "CPU", "Inputs", "emulated.c")


class EmulatedTarget:
    """A processor: its LLVM features, what qemu calls one that has them, the options of the pipeline and, where its vectors
    are scalable, how many times `bits` they have."""

    def __init__(self, name, features="", emulated="max", bits=128, options="", scale=0):
        self.name, self.features, self.emulated, self.bits, self.scale = name, features, emulated, bits, scale
        self.options = f"vector-bits={bits} masked-bits=0 fma=1 expand-bf16={int('+bf16' not in features)} {options}"

    def flags(self):
        return [f"-mtriple={TRIPLE}", *([f"-mattr={self.features}"] if self.features else [])]


class EmulatedLibrary:
    """As normtest.Library, for a processor that is emulated: one process that serves all calls."""

    def __init__(self, text, target, algorithm="corrected-two-pass", level=2, options=""):
        self.algorithm = algorithm
        self.names = re.findall(r"func\.func @(\w+)\(", text)
        self.folder = tempfile.TemporaryDirectory()
        code, table, program = (os.path.join(self.folder.name, name) for name in ("code.o", "table.c", "program"))
        compile_object(text, f"{target.options} raise=0 algorithm={algorithm} {options}", target.flags(), level, code)
        with open(table, "w", encoding="ascii") as file:
            file.writelines(f"void _mlir_ciface_{name}(void);\n" for name in self.names)
            file.write("void *const functions[] = {" + ", ".join(f"_mlir_ciface_{name}" for name in self.names) + "};\n")
        run_tool("aarch64-linux-gnu-gcc-12", "-static", "-O1", "-o", program, DRIVER, table, code, "-lm", stdin=b"")
        self.process = subprocess.Popen([find_tool("qemu-aarch64"), "-cpu", target.emulated, program],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def call(self, name, *arguments):
        """Calls a function with Arrays and at most one f32, which must come last."""
        arrays = [argument for argument in arguments if isinstance(argument, Array)]
        scalars = [number for kind, number in arguments[len(arrays):]]
        request = [struct.pack("<qq", self.names.index(name), len(arrays))]
        for array in arrays:
            rank = len(array.shape)
            request.append(struct.pack(f"<{3 + 2 * rank}q", array.stored.nbytes, array.at_end, rank, *array.shape,
                                       *array.strides))
            request.append(array.stored.tobytes())
        request.append(struct.pack("<fxxxx", scalars[0] if scalars else 0.0))
        self.process.stdin.write(b"".join(request))
        self.process.stdin.flush()
        for array in arrays:
            answer = self.process.stdout.read(array.stored.nbytes)
            if len(answer) < array.stored.nbytes:
                raise SystemExit(f"{name}: the emulated program ended with exit code {self.process.wait()}")
            array.stored.view("u1")[:] = memoryview(answer)

    def close(self):
        self.process.stdin.close()
        code = self.process.wait()
        assert code == 0, f"the emulated program ended with exit code {code}"
        self.folder.cleanup()
