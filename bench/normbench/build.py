"""Compiles what the benchmark needs: the shared libraries of native/ and the kernels of kernels/.

Results are kept in a folder, under names that depend on sources, tools and options.
"""

import hashlib
import os
import pathlib
import re
import shutil
import string
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
LLVM_VERSION = "22"

# From linalg in loops on memrefs to the LLVM dialect; `openmp` stands for what threads need. All upstream's but one pass of
# ours, without which OpenMP's scopes do not lower.
LOOPS_PIPELINE = ("--convert-linalg-to-loops", "openmp", "--expand-strided-metadata", "--lower-affine", "--convert-scf-to-cf",
                  "--convert-openmp-to-llvm", "--convert-to-llvm", "--reconcile-unrealized-casts", "--canonicalize")


class BuildError(Exception):
    """A tool is missing or failed."""


def find_tool(*names):
    """The first of the tools that there is; with LLVM's version after its name or in Debian's folder, or else on the PATH."""
    for name in names:
        for candidate in (f"{name}-{LLVM_VERSION}", f"/usr/lib/llvm-{LLVM_VERSION}/bin/{name}", name):
            if path := shutil.which(candidate):
                return path
    raise BuildError(f"{' or '.join(names)} was not found on the PATH")


def run(command, **options):
    """Output of a command; its last lines of stderr where it fails."""
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if result.returncode:
        lines = result.stderr.strip().splitlines()
        told = [line for line in lines if "error:" in line] or lines[-1:]
        raise BuildError(f"{pathlib.Path(str(command[0])).name}: {told[0] if told else f'exit code {result.returncode}'}")
    return result.stdout


def key(*parts):
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]


def stamp(path):
    """What identifies a tool: it changes when the tool is built again."""
    status = os.stat(path)
    return f"{path}:{status.st_size}:{status.st_mtime_ns}"


def cpu_flags():
    try:
        return set(re.search(r"^(?:flags|Features)\s*:(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)[1].split())
    except (OSError, TypeError):
        return set()


class Builder:
    """Builds into `folder`. With `threads` = 1 kernels are plain serial code, otherwise they use OpenMP."""

    def __init__(self, folder, threads):
        self.folder, self.threads = pathlib.Path(folder), threads
        self.folder.mkdir(parents=True, exist_ok=True)

    def native(self, source, *options, compiler="clang"):
        """The shared library of a file of native/."""
        path = ROOT / "native" / source
        tool = find_tool(compiler)
        output = self.folder / f"{path.stem}-{key(path.read_text(), tool, *options)}.so"
        if not output.exists():
            temporary = output.with_suffix(f".{os.getpid()}")
            run([tool, "-O2", "-march=native", "-fno-builtin", "-fPIC", "-shared", path, "-o", temporary, *options])
            temporary.rename(output)
        return output

    def source(self, case, folder="."):
        """The text of the case's kernel; sizes that the template does not name are dynamic."""
        template = string.Template((ROOT / "kernels" / folder / f"{case.op}.mlir").read_text())
        names = ("M", "N") if len(case.shape) == 2 else ("B", "C", "H", "W")
        return template.substitute(dict(zip(names, case.shape)), T=case.dtype)

    def kernel(self, case):
        """The shared library of our kernel."""
        return self.shared_library(self.source(case), case.op)

    def upstream_kernel(self, case):
        """The same computation lowered by upstream's passes alone, with static sizes; serial, since these passes are."""
        return self.shared_library(self.source(case, "tensors"), case.op, decompose=True)

    def upstream_loops(self, case):
        """The computation as upstream's operations in a loop over rows, written by hand; None where nobody wrote it."""
        if case.dtype != "f32" or not (ROOT / "kernels" / "loops" / f"{case.op}.mlir").exists():
            return None
        text = self.source(case, "loops")
        output = self.folder / f"{case.op}-{key(text, self.threads, LOOPS_PIPELINE)}.so"
        if not output.exists():
            openmp = ["--convert-scf-to-openmp", "--norm-inline-alloca-scopes"] if self.threads > 1 else []
            passes = [word for step in LOOPS_PIPELINE for word in (openmp if step == "openmp" else [step])]
            self.link(run([find_tool("norm-opt"), *passes], input=text), output)
        return output

    def linalg(self, case):
        """The text of the computation as upstream's linalg operations on tensors of static shape."""
        text = self.source(case, "tensors").replace("attributes {llvm.emit_c_interface}", "")
        return run([find_tool("norm-opt"), "--norm-decompose", "--canonicalize", "--cse"], input=text)

    def shared_library(self, text, name, decompose=False):
        """Compiles the text by norm-compile, or as long as there is none by LLVM's tools; with `decompose` by these."""
        norm_compile = None if decompose else shutil.which("norm-compile")
        tool = norm_compile or find_tool("norm-opt")
        threads = 1 if decompose else self.threads
        output = self.folder / f"{name}-{key(text, stamp(tool), threads, decompose)}.so"
        if output.exists():
            return output
        model = "none" if threads == 1 else "openmp"
        if norm_compile:
            temporary = output.with_suffix(f".{os.getpid()}")
            run([tool, "-", "-o", temporary, "--emit=shared", f"--threads={model}"], input=text)
            temporary.rename(output)
            return output
        flags = cpu_flags()
        bits = 512 if "avx512f" in flags else 256 if "avx" in flags else 128
        expand = "false" if flags & {"avx512_bf16", "bf16"} else "true"
        options = f"vector-bits={bits} expand-bf16={expand} threads={model} decompose={str(decompose).lower()}"
        self.link(run([tool, f"--norm-to-llvm={options}"], input=text), output)
        return output

    def link(self, lowered, output):
        """From a module in the LLVM dialect to a shared library."""
        temporary = output.with_suffix(f".{os.getpid()}")
        ir = run([find_tool("mlir-translate"), "--mlir-to-llvmir"], input=lowered)
        openmp = ["-fopenmp"] if "__kmpc_" in ir else []
        run([find_tool("clang"), "-O3", "-march=native", "-Wno-override-module", "-shared", "-fPIC", "-x", "ir", "-",
             "-o", temporary, *openmp], input=ir)
        temporary.rename(output)


def code_size(library):
    """Bytes of the functions in a shared library."""
    lines = run([find_tool("llvm-nm", "nm"), "--print-size", library]).splitlines()
    symbols = [line.split() for line in lines]
    return sum(int(symbol[1], 16) for symbol in symbols if len(symbol) == 4 and symbol[2] in "tT")


def describe_kernels():
    """Which tool compiles our kernels, in words."""
    return "norm-compile" if shutil.which("norm-compile") else "norm-opt, mlir-translate and clang -O3"
