"""Compiles norms of every mix of element types for many processors and looks at the code, which is not run.

1. No library is called but for memory: the object's undefined symbols are some of ALLOWED.
2. Loops are not scalarised: in an innermost loop of the assembly, the instructions that move one lane of a vector to or
   from a scalar register or memory, and those that compute or convert one float, are few beside those on vectors.
3. Stores that bypass the caches come out for outputs of 32, 16 and 8 bits.
"""

import argparse
import itertools
import os
import re
import sys
from dataclasses import dataclass

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from namedop import Norm
from normtest import run_tool
from programs import BlockMaxima, BlockScales, Softmax

ALLOWED = {"malloc", "free", "memcpy", "memset"}
TYPES = ("f64", "f32", "f16", "bf16")


@dataclass
class Processor:
    name: str
    triple: str
    cpu: str = ""
    features: str = ""
    bits: int = 128
    bf16: bool = False
    fma: bool = True
    f16c: bool = True
    # Bits of the smallest elements that it loads and stores with masks.
    masked_bits: int = 0
    scalable: bool = False
    # The element type for which it has instructions that others lack: mixes without it say nothing new.
    about: str = ""

    def is_x86(self):
        return self.triple.startswith("x86")

    def options(self):
        return (f"raise=0 scalable={int(self.scalable)} vector-bits={self.bits} masked-bits={self.masked_bits} "
                f"expand-bf16={int(not self.bf16)} fma={int(self.fma)} "
                f"keep-nontemporal={int(self.is_x86() and self.bits == 512)} "
                f"expand-f16={int(not self.f16c)} expand-rounding={int(not self.f16c)}")

    def flags(self):
        return [f"-mtriple={self.triple}", *([f"-mcpu={self.cpu}"] if self.cpu else []),
                *([f"-mattr={self.features}"] if self.features else [])]


X86, ARM = "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"
PROCESSORS = [
    Processor("x86-64", X86, "x86-64", fma=False, f16c=False),
    Processor("x86-64-v3", X86, "x86-64-v3", bits=256, masked_bits=32),
    Processor("x86-64-v4", X86, "x86-64-v4", bits=512, masked_bits=8),
    Processor("avx512bf16", X86, "x86-64-v4", "+avx512bf16", bits=512, masked_bits=8, bf16=True, about="bf16"),
    Processor("avx512fp16", X86, "x86-64-v4", "+avx512fp16", bits=512, masked_bits=8, about="f16"),
    Processor("armv8-a", ARM),
    Processor("armv8.2-a", ARM, features="+v8.2a,+fullfp16,+bf16", bf16=True, about="bf16"),
    Processor("sve", ARM, features="+v8.2a,+sve", scalable=True),
]


# ---------------------------------------------------------------------------------------------------------------------
# What is compiled
# ---------------------------------------------------------------------------------------------------------------------


def norms_of(t, output):
    p = "f64" if t == "f64" else "f32"
    common = {"type": t, "output_type": output, "gamma": p}
    mix = f"{t}_{output}"
    for kind, sizes in (("static", (None, 1024)), ("dynamic", (None, None)), ("rows", (64, 64))):
        yield Norm(f"layer_{kind}_{mix}", sizes, (1,), beta=p, **common)
        yield Norm(f"rms_masked_{kind}_{mix}", sizes, (1,), kind="rms_norm", mask=True, **common)
    for kind, sizes in (("dynamic", (None, 96, None)), ("static", (None, 96, 1024))):
        yield Norm(f"lanes_{kind}_{mix}", sizes, (1,), beta=p, **common)


def programs(about):
    for t, output in itertools.product(TYPES, TYPES):
        if about in ("", t, output):
            yield from norms_of(t, output)
    for t, sizes in itertools.product(TYPES, ((None, None), (None, 1024), (64, 64))):
        kind = "x".join("n" if size is None else str(size) for size in sizes)
        yield Softmax(f"softmax_{kind}_{t}", t, sizes)
    for t, sizes in itertools.product(TYPES, ((None, None, None), (None, 4, 256))):
        yield BlockScales(f"codes_{'static' if sizes[1] else 'dynamic'}_{t}", t, sizes)
    for t, sizes in itertools.product(TYPES, ((None, None, None), (None, 4, 256), (None, 4, 16))):
        kind = "x".join("n" if size is None else str(size) for size in sizes)
        yield BlockMaxima(f"maxima_{kind}_{t}", t, sizes)


def compile_for(processor, text, extra=""):
    """The object's undefined symbols, and the assembly."""
    lowered = run_tool("norm-opt", f"--norm-to-llvm={processor.options()} {extra}", "-", stdin=text.encode())
    code = run_tool("mlir-translate", "--mlir-to-llvmir", stdin=lowered)
    code = run_tool("opt", "-passes=default<O2>", *processor.flags(), "-", stdin=code)
    assembly = run_tool("llc", "-O2", *processor.flags(), "-relocation-model=pic", "-o", "-", stdin=code).decode()
    machine = run_tool("llc", "-O2", *processor.flags(), "-relocation-model=pic", "-filetype=obj", "-o", "-", stdin=code)
    symbols = run_tool("llvm-nm", "--undefined-only", "--just-symbol-name", "-", stdin=machine).decode().split()
    return set(symbols), assembly


# ---------------------------------------------------------------------------------------------------------------------
# Looking at the code
# ---------------------------------------------------------------------------------------------------------------------

BLOCK = re.compile(r"^(?:\.L(BB\w+):|(?:#|//) %bb\.\d+:)")
COMMENT = re.compile(r"(?:#|//)(.*)")

# One lane to or from a scalar register or memory.
LANE_MOVE = {
    True: re.compile(r"^v?(pinsr[bwdq]|pextr[bwdq]|extractps|insertps)$"),
    False: re.compile(r"^(umov|smov|ins)$"),
}
# The forms of Arm's instructions with a lane: `mov v0.h[1], w8`, `mov h1, v0.h[1]`, `ld1 { v0.h }[1], [x8]`.
ARM_LANE = re.compile(r"^(mov\s.*v\d+\.[bhsd]\[\d+\]|(ld|st)1\s+\{ v\d+\.[bhsd] \}\[)")
# Arithmetic and conversions on one float.
SCALAR = {
    True: re.compile(r"^v?(add|sub|mul|div|max|min|sqrt|cvt\w+2|fn?m(add|sub)\d+)s[sdh]$|^v?cvtt?s[sdh]2\w+$"),
    False: re.compile(r"^(f(add|sub|mul|n?madd|n?msub|div|max|min|maxnm|minnm|sqrt|cvt\w*|rint\w*)|[su]cvtf)$"),
}
VECTOR = {
    True: re.compile(r"^v?(add|sub|mul|div|max|min|sqrt|cvt\w+|fn?m(add|sub)\d+)p[sdh]$|^v?cvt\w*p[sdh]\w*$|^v?p(add|sll|srl)[wd]$"),
    False: re.compile(r"^(f\w+|[su]cvtf|bfcvtn2?|u?shll2?|shl|u?shr|add)$"),
}

# A conditional branch.
BRANCH = re.compile(r"\s*(j(?!mp)\w+|b\.\w+|cbn?z|tbn?z)\s")


def functions_of(assembly):
    """(name, lines) of each function."""
    name, lines = None, []
    for line in assembly.splitlines():
        if match := re.match(r"^([A-Za-z_]\w*):", line):
            name, lines = match[1], []
        elif name and re.match(r"^\.Lfunc_end", line):
            yield name, lines
            name = None
        elif name:
            lines.append(line)


def innermost_loops(lines):
    """The lines of each innermost loop, by the comments that llc writes at the beginning of a block."""
    loops, inner, header, at_start = {}, set(), None, False
    for line in lines:
        label = BLOCK.match(line)
        if label:
            header, at_start, own = None, True, label[1] or ""
        comment = COMMENT.search(line)
        if at_start and comment:
            if "This Inner Loop Header" in comment[1]:
                header = own
                inner.add(own)
            elif match := re.search(r"in Loop: Header=(\w+)", comment[1]):
                header = match[1]
        if not label and not line.strip().startswith(("#", "//")):
            at_start = False
            if header:
                loops.setdefault(header, []).append(line)
    return [loop for header, loop in loops.items() if header in inner]


def count(loop, is_x86):
    """How many lane moves, scalar and vector operations, and calls a loop has."""
    moves = scalars = vectors = calls = 0
    for line in loop:
        text = line.split("//")[0].split("#  ")[0].strip()
        if not text or text.endswith(":") or text.startswith((".", "#")):
            continue
        operation, _, operands = text.replace("\t", " ").partition(" ")
        is_vector = is_x86 or bool(re.search(r"\b[vz]\d+\.", operands))
        moves += bool(LANE_MOVE[is_x86].match(operation) or (not is_x86 and ARM_LANE.match(text.replace("\t", " "))))
        scalars += bool(SCALAR[is_x86].match(operation) and (is_x86 or not is_vector))
        vectors += bool(VECTOR[is_x86].match(operation) and is_vector)
        # The halves of a vector that a pair of registers stores.
        moves -= operation == "stnp"
        calls += operation in ("call", "callq", "bl")
    return moves, scalars, vectors, calls


def is_scalarised(loop, is_x86):
    """Whether a loop has a call, or more than a quarter as many moves and operations of one lane as vector operations; two
    are always allowed, as loops over parts of a row need them."""
    moves, scalars, vectors, calls = count(loop, is_x86)
    return calls > 0 or moves + scalars > max(2, vectors // 4)


def is_one_row(loop, is_x86):
    """Whether a loop is scalar code, in which a selection may have become a branch: for one of the rows that do not fill a
    vector of rows, where a processor has no masked loads and stores."""
    moves, _, vectors, calls = count(loop, is_x86)
    branches = sum(bool(BRANCH.match(line)) for line in loop)
    return calls == 0 and moves <= 2 and vectors <= 2 and branches <= 2


def check_loops(processor, assembly):
    seen = 0
    for function, lines in functions_of(assembly):
        # Reductions over parts of short rows end within the innermost loop.
        if function.startswith("maxima_nx4x16"):
            continue
        loops = innermost_loops(lines)
        seen += len(loops)
        bad = [loop for loop in loops if is_scalarised(loop, processor.is_x86())]
        if processor.masked_bits != 8 and function.startswith("lanes_dynamic"):
            bad = [loop for loop in bad if not is_one_row(loop, processor.is_x86())]
        if bad:
            moves, scalars, vectors, calls = count(bad[0], processor.is_x86())
            raise SystemExit(f"{processor.name}: {function}: a loop has {moves} moves of one lane, {scalars} scalar and "
                             f"{vectors} vector operations and {calls} calls:\n" + "\n".join(bad[0]))
    assert seen > 0, "no loop was found"
    return seen


def check_streaming(processor):
    """Where the caches are said to be tiny, each output is stored past them."""
    cases = [Norm(f"layer_{t}", (None, 1024), (1,), type="f32", output_type=t, gamma="f32") for t in ("f32", "f16", "bf16")]
    # Four bytes, which a vector of NEON gives, are less than its instruction stores.
    if processor.bits > 128:
        cases.append(BlockScales("codes", "f32", (None, 4, 256)))
    text = "".join(case.mlir() for case in cases)
    _, assembly = compile_for(processor, text, "l1-bytes=49152 l2-bytes=1")
    pattern = re.compile(r"^\s+(v?movnt(dq|ps|pd|i)\w*|stnp)\s", re.MULTILINE)
    found = {name: len(pattern.findall("\n".join(lines))) for name, lines in functions_of(assembly)}
    for case in cases:
        assert found[case.name] > 0, f"{processor.name}: {case.name}: no store bypasses the caches"
    return len(cases)


def check(processor):
    cases = list(programs(processor.about))
    symbols, assembly = compile_for(processor, "".join(case.mlir() for case in cases))
    assert symbols <= ALLOWED, f"{processor.name}: calls of {sorted(symbols - ALLOWED)}"
    loops = check_loops(processor, assembly)
    # The hint is for vectors of a fixed size.
    streamed = 0 if processor.scalable else check_streaming(processor)
    print(f"{processor.name}: {len(cases)} functions with {loops} innermost loops, {streamed} that bypass the caches: passed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("processors", nargs="+", choices=[processor.name for processor in PROCESSORS])
    given = parser.parse_args()
    for processor in PROCESSORS:
        if processor.name in given.processors:
            check(processor)
