"""What the figures depend on besides the programs."""

import os
import pathlib
import platform
import re
import subprocess

VECTOR_FLAGS = ("avx2", "fma", "avx512f", "avx512bw", "avx512_bf16", "avx512_fp16", "amx_tile", "asimd", "sve")


def first_match(pattern, path, default="unknown"):
    try:
        found = re.search(pattern, pathlib.Path(path).read_text(), re.M)
    except OSError:
        return default
    return found[1].strip() if found else default


def caches():
    """L1d, L2, L3 … of the first processor, as the kernel reports them."""
    found = []
    for folder in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((folder / name).read_text().strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return ", ".join(found) or "unknown"


def git_revision(folder):
    result = subprocess.run(["git", "-C", str(folder), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return result.stdout.strip() or "unknown"


def describe(folder):
    """Key → value, in words; no names of hosts."""
    flags = first_match(r"^(?:flags|Features)\s*:(.*)$", "/proc/cpuinfo", "").split()
    return {
        "processor": first_match(r"^model name\s*:(.*)$", "/proc/cpuinfo", platform.machine()),
        "vector instructions": ", ".join(flag for flag in VECTOR_FLAGS if flag in flags) or "unknown",
        "processors": len(os.sched_getaffinity(0)),
        "caches": caches(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "huge pages": first_match(r"\[(\w+)\]", "/sys/kernel/mm/transparent_hugepage/enabled"),
        "kernel": platform.release().split("-")[0],
        "load before the run": f"{os.getloadavg()[0]:.1f}",
        "revision": git_revision(folder),
    }
