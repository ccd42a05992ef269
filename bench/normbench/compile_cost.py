"""Compile time, as bench/micro measures it in process, and the size of kernels' code."""

import json
import shutil
import subprocess

from . import build, cases

PROGRAM = "norm-bench-micro"
BENCHMARKS = {"one_kernel_ms": "compile/layer_norm_768", "hundred_norms_ms": "compile/hundred_norms"}


def code_sizes(builder):
    """Case → bytes, of f32 kernels with dynamic M and static N, without threads."""
    sizes = {}
    for op in ("layer_norm", "rms_norm", "add_layer_norm"):
        for length in (64, 768, 1000, 4096, 65536):
            case = cases.Case(op, "f32", "dram", (1, length))
            sizes[f"{op}, N = {length}"] = build.code_size(builder.kernel(case))
    return sizes


def times():
    """Milliseconds, or why there are none under `missing`."""
    program = shutil.which(PROGRAM)
    if program is None:
        return {"missing": f"{PROGRAM} was not built (-DNORM_BUILD_BENCHMARKS=ON)"}
    command = [program, "--benchmark_filter=^compile/", "--benchmark_format=json"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        return {"missing": f"{PROGRAM} failed"}
    # Work, not waiting: the compiler runs on one thread.
    found = {run["name"]: run["cpu_time"] for run in json.loads(result.stdout)["benchmarks"]}
    return {key: found[name] for key, name in BENCHMARKS.items() if name in found}


def measure(builder):
    return {**times(), "code_bytes": code_sizes(builder)}
