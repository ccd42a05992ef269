"""What kernels of rows of known length need on a chip, as ptxas says: no spills, no local memory, 16-byte accesses alone.

    resources.py [--chips=sm_80,...] [--docs=FILE]

With --docs, the table of registers is written into FILE, between its markers.
"""

import argparse
import concurrent.futures
import itertools
import os
import re
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, ".."))
from normtest import run_tool
from programs import AddNorm, DynamicInt8
from namedop import Norm

LENGTHS = (64, 96, 128, 256, 512, 768, 1000, 1024, 1152, 2048, 3072, 4096, 5120, 8192, 12288, 16384, 20480, 32768)
TYPES = ("f32", "bf16", "f16")
BYTES = {"f32": 4, "bf16": 2, "f16": 2}
KINDS = {
    "layer norm": lambda name, t, n: Norm(name, (None, n), (1,), type=t, gamma="f32", beta="f32"),
    "RMS norm": lambda name, t, n: Norm(name, (None, n), (1,), kind="rms_norm", type=t, gamma="f32"),
    "add & norm": lambda name, t, n: AddNorm(name, t, (None, n)),
    "dynamic int8": lambda name, t, n: DynamicInt8(name, t, (None, n)),
}
CHIPS = ("sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120")
BEGIN, END = "<!-- resources.py --docs: begin -->\n", "<!-- resources.py --docs: end -->\n"


def find_ptxas():
    path = os.environ.get("NORM_PTXAS")
    if not path or not os.path.exists(path):
        raise SystemExit("NORM_PTXAS: no ptxas there")
    return path


def known_chips():
    """The first, Hopper's, and the last of the chips that have schedules and that this ptxas knows."""
    text = subprocess.run([find_ptxas(), "--help"], capture_output=True, check=True).stdout.decode()
    known = [chip for chip in CHIPS if f"'{chip}'" in text]
    return list(dict.fromkeys(["sm_80", "sm_90", known[-1]]))


def compile_ptx(text, chip):
    """name → PTX of each kernel, as the pipeline makes it."""
    options = f"chip={chip} assume-alignment=16 raise=0 fuse=0 host=0"
    module = run_tool("norm-opt", f"--norm-to-nvvm={options}", "-", stdin=text.encode()).decode()
    escaped, = re.findall(r'gpu\.binary @kernels .*?assembly = "((?:[^"\\]|\\.)*)"', module)
    ptx = re.sub(r"\\([0-9A-F]{2})", lambda code: chr(int(code.group(1), 16)), escaped).rstrip("\0")
    # Kernels are compiled side by side: each with what stands outside of all.
    kernel = re.compile(r"^\.visible \.entry (\w+)_kernel\(.*?^}$", re.DOTALL | re.MULTILINE)
    outside = kernel.sub("", ptx)
    return {found.group(1): outside + found.group(0) + "\n" for found in kernel.finditer(ptx)}


def accesses(ptx):
    """Of each access of global memory: ld or st, bytes."""
    for kind, vector, bits in re.findall(r"\b(ld|st)(?:\.\w+)*\.global(?:\.nc)?(?:\.v(\d))?\.[bfsu](\d+)", ptx):
        yield kind, int(vector or 1) * int(bits) // 8


def allowed_accesses(kind, t):
    """Pieces have 16 bytes of what the rows consist of; quantized they have fewer, and there is a scale per row."""
    if kind != "dynamic int8":
        return {("ld", 16), ("st", 16)}
    return {("ld", 16), ("st", 16 // BYTES[t]), ("st", 4)}


def check_kernel(name, kind, t, ptx, chip, folder):
    """The registers that the kernel needs, and its threads."""
    path = os.path.join(folder, f"{name}.ptx")
    with open(path, "w", encoding="ascii") as file:
        file.write(ptx)
    result = subprocess.run([find_ptxas(), "-v", f"-arch={chip}", "-o", f"{path}.cubin", path], capture_output=True, check=False)
    said = result.stderr.decode()
    where = f"{name} on {chip}"
    assert result.returncode == 0, f"{where}: {said}"
    for what in ("stack frame", "spill stores", "spill loads"):
        found = re.findall(rf"(\d+) bytes {what}", said)
        assert found and not any(map(int, found)), f"{where}: {what}: {found}"
    assert not re.search(r"\.local\b|__nv_", ptx), f"{where}: local memory or a call"
    found = set(accesses(ptx))
    assert {("ld", 16)} <= found <= allowed_accesses(kind, t), f"{where}: accesses {sorted(found)}"
    threads = re.search(r"\.maxntid (\d+)", ptx).group(1)
    return int(re.search(r"Used (\d+) registers", said).group(1)), int(threads)


def check_chip(chip):
    """(length, kind, type) → registers, threads."""
    cases = {f"k{i}": case for i, case in enumerate(itertools.product(LENGTHS, KINDS, TYPES))}
    text = "".join(KINDS[kind](name, t, n).mlir() for name, (n, kind, t) in cases.items())
    kernels = compile_ptx(text, chip)
    assert kernels.keys() == cases.keys(), f"{chip}: kernels are missing"
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        def check(item):
            name, (n, kind, t) = item
            try:
                return check_kernel(f"{kind.replace(' ', '_')}_{t}_{n}", kind, t, kernels[name], chip, folder)
            except AssertionError as error:
                return str(error)
        results = dict(zip(cases.values(), pool.map(check, cases.items())))
    wrong = [result for result in results.values() if isinstance(result, str)]
    if wrong:
        raise SystemExit("\n".join(wrong))
    return results


def table(chip, results):
    columns = list(itertools.product(KINDS, TYPES))
    lines = [f"| {chip}: N | " + " | ".join(f"{kind}, {t}" for kind, t in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for n in LENGTHS:
        cells = (results[n, kind, t] for kind, t in columns)
        lines.append(f"| {n} | " + " | ".join(f"{registers} × {threads}" for registers, threads in cells) + " |")
    return "\n".join(lines) + "\n"


def write_docs(path, text):
    with open(path, encoding="utf-8") as file:
        before, rest = file.read().split(BEGIN)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--chips", default="")
    parser.add_argument("--docs", default="")
    arguments = parser.parse_args()
    tables = []
    for chip in arguments.chips.split(",") if arguments.chips else known_chips():
        results = check_chip(chip)
        tables.append(table(chip, results))
        print(f"{chip}: {len(results)} kernels, at most {max(registers for registers, _ in results.values())} registers: passed")
    if arguments.docs:
        version = subprocess.run([find_ptxas(), "--version"], capture_output=True, check=True).stdout.decode()
        write_docs(arguments.docs, "\n".join([f"ptxas {re.search(r'V([0-9.]+)', version).group(1)}:\n", *tables]))


if __name__ == "__main__":
    main()
