#!/usr/bin/env python3
"""How long norm-raise takes on modules of 1,000, 10,000 and 100,000 linalg operations with a normalization in every 50.

  raising_time.py [--sizes N,…] [--runs N] [--per-function N] [--fused]

A module is a chain of blocks on a residual stream: a layer or an RMS norm in the operations that torch-mlir emits for it,
then matrix products, elementwise operations and an addition to the stream. Times are those of --mlir-timing, the least of
several runs. norm-opt must be on the PATH.
"""

import argparse
import re
import subprocess
import sys

BLOCK = 50  # linalg operations
ROWS, LENGTH = 128, 768
X, ROW, VECTOR = f"tensor<{ROWS}x{LENGTH}xf32>", f"tensor<{ROWS}x1xf32>", f"tensor<{LENGTH}xf32>"
IDENTITY, KEPT, ALONG = "affine_map<(d0, d1) -> (d0, d1)>", "affine_map<(d0, d1) -> (d0, 0)>", "affine_map<(d0, d1) -> (d1)>"


class Function:
    """Writes a function; counts its linalg operations."""

    def __init__(self, name):
        self.lines, self.number, self.operations = [], 0, 0
        self.head = (f"func.func @{name}(%x: {X}, %gamma: {VECTOR}, %beta: {VECTOR}, %w: tensor<{LENGTH}x{LENGTH}xf32>) "
                     f"-> {X} {{\n  %zero = arith.constant 0.0 : f32\n  %n = arith.constant {LENGTH}.0 : f32\n"
                     f"  %eps = arith.constant 1.0e-5 : f64\n  %e = tensor.empty() : {X}\n  %row = tensor.empty() : {ROW}\n")

    def define(self, text):
        self.number += 1
        self.operations += text.startswith("linalg.")
        self.lines.append(f"  %{self.number} = {text}")
        return f"%{self.number}"

    def generic(self, operands, output, body, reduction=False):
        """`operands`: (name, type) each; `output`: a name and its type; `body` computes %r from %a, %b and %acc."""
        maps = [{X: IDENTITY, ROW: KEPT, VECTOR: ALONG}[type] for _, type in [*operands, output]]
        if not reduction and output[1] == ROW:
            maps[-1] = IDENTITY
        kinds = '"parallel", "reduction"' if reduction else '"parallel", "parallel"'
        names = ", ".join(name for name, _ in operands)
        types = ", ".join(type for _, type in operands)
        arguments = ", ".join(f"%{letter}: f32" for letter in ["a", "b"][:len(operands)] + ["acc"])
        return self.define(f"linalg.generic {{indexing_maps = [{', '.join(maps)}], iterator_types = [{kinds}]}} ins({names} "
                           f": {types}) outs({output[0]} : {output[1]}) {{\n  ^bb0({arguments}):\n    {body}\n"
                           f"    linalg.yield %r : f32\n  }} -> {output[1]}")

    def binary(self, op, a, b, type=X):
        return self.generic([(a, X), (b, type)], ("%e", X), f"%r = arith.{op} %a, %b : f32")

    def mean(self, value):
        zeros = self.define(f"linalg.fill ins(%zero : f32) outs(%row : {ROW}) -> {ROW}")
        total = self.generic([(value, X)], (zeros, ROW), "%r = arith.addf %a, %acc : f32", reduction=True)
        return self.generic([(total, ROW)], ("%row", ROW), "%r = arith.divf %a, %n : f32")

    def norm(self, value, is_centred):
        if is_centred:
            value = self.binary("subf", value, self.mean(value), ROW)
        mean = self.mean(self.binary("mulf", value, value))
        mean = self.generic([(mean, ROW)], ("%row", ROW), "%eps32 = arith.truncf %eps : f64 to f32\n    "
                                                          "%r = arith.addf %a, %eps32 : f32")
        root = self.generic([(mean, ROW)], ("%row", ROW), "%r = math.rsqrt %a : f32")
        value = self.binary("mulf", self.binary("mulf", value, root, ROW), "%gamma", VECTOR)
        return self.binary("addf", value, "%beta", VECTOR) if is_centred else value

    def block(self, stream, is_centred):
        """One normalization and what follows it, in BLOCK operations."""
        last = self.operations + BLOCK
        value = self.norm(stream, is_centred)
        while self.operations < last - 1:
            if self.operations % 10 == 0 and self.operations < last - 2:
                zeros = self.define(f"linalg.fill ins(%zero : f32) outs(%e : {X}) -> {X}")
                value = self.define(f"linalg.matmul ins({value}, %w : {X}, tensor<{LENGTH}x{LENGTH}xf32>) outs({zeros} : {X}) "
                                    f"-> {X}")
            elif self.operations % 3 == 0:
                value = self.generic([(value, X)], ("%e", X), "%r = math.tanh %a : f32")
            else:
                value = self.binary("addf" if self.operations % 2 else "mulf", value, "%beta", VECTOR)
        return self.binary("addf", stream, value)

    def text(self, result):
        return self.head + "\n".join(self.lines) + f"\n  return {result} : {X}\n}}\n"


def fuse(text):
    """The module after upstream's elementwise fusion."""
    passes = "builtin.module(func.func(linalg-generalize-named-ops),linalg-fuse-elementwise-ops,canonicalize,cse)"
    return subprocess.run(["norm-opt", "-", f"--pass-pipeline={passes}"], input=text, capture_output=True, text=True,
                          check=True).stdout


def make_module(operations, per_function):
    """A module and its number of normalizations."""
    texts, blocks = [], operations // BLOCK
    while blocks:
        function, stream = Function(f"f{len(texts)}"), "%x"
        for i in range(min(blocks, per_function // BLOCK)):
            stream = function.block(stream, is_centred=i % 2 == 0)
            blocks -= 1
        texts.append(function.text(stream))
    return "".join(texts), operations // BLOCK


def seconds(text):
    """The time of the pass, and how many normalizations it found."""
    command = ["norm-opt", "-", "--norm-raise", "--mlir-timing", "--mlir-timing-display=list"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    time = re.search(r"^ *([\d.]+) \([^)]*\) +NormRaise", done.stderr, re.MULTILINE)
    return float(time.group(1)), len(re.findall(r"= norm\.\w+_norm ", done.stdout))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,100000", help="numbers of linalg operations, comma separated")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--per-function", type=int, default=10**9, help="operations of a function; all by default")
    parser.add_argument("--fused", action="store_true", help="after elementwise fusion (fewer, larger operations)")
    arguments = parser.parse_args()
    print(f"{'operations':>10} {'norms':>6} {'found':>6} {'seconds':>8} {'µs per operation':>17}")
    missed = 0
    for size in map(int, arguments.sizes.split(",")):
        text, norms = make_module(size, arguments.per_function)
        text = fuse(text) if arguments.fused else text
        results = [seconds(text) for _ in range(arguments.runs)]
        time, found = min(results)
        missed += norms - found
        print(f"{size:10} {norms:6} {found:6} {time:8.3f} {1e6 * time / size:17.2f}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
