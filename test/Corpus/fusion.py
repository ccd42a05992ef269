#!/usr/bin/env python3
"""The bytes that the normalizations of the corpus's blocks move before and after norm-fuse, as a table.

  fusion.py [--check FILE.md]

Each kernel after fusion must move no more than a perfect one, which reads each of its inputs once and writes each of its
outputs once: these are spelled out below, by their shapes. With --check, the table must stand in the file.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PASSES = ("builtin.module(norm-raise{allow-f64-demote},norm-generalize,func.func(tosa-to-linalg-named,tosa-to-linalg,"
          "tosa-to-arith,tosa-to-tensor),convert-elementwise-to-linalg,canonicalize,cse,norm-fuse{report=REPORT})")


def size(*shapes):
    return sum(4 * math.prod(shape) for shape in shapes)


# Tokens of a hidden state, vectors of parameters, scores of the attention: what each kernel must read and write.
H, V, SCORES = (2, 6, 32), (32,), (2, 4, 6, 6)
SOFTMAX = ("softmax: scores → weights", size(SCORES, SCORES))
BLOCKS = {
    "hf_bert_layer_f32.mlir": [
        SOFTMAX,
        ("Add & Norm: product, bias, residual, γ, β → y", size(H, V, H, V, V, H)),
        ("Add & Norm: product, bias, residual, γ, β → y", size(H, V, H, V, V, H)),
    ],
    "hf_gpt2_block_var_mean_f32.mlir": [
        ("layer norm: x, γ, β → y", size(H, V, V, H)),
        SOFTMAX,
        ("add & layer norm: product, bias, residual, γ, β → sum, y", size(H, V, H, V, V, H, H)),
    ],
    "hf_llama_decoder_layer_f32.mlir": [
        ("RMS norm: x, γ → y", size(H, V, H)),
        SOFTMAX,
        ("add & RMS norm: product, residual, γ → sum, y", size(H, H, V, H, H)),
    ],
    "hf_gemma_rms_norm_bf16.mlir": [("RMS norm with 1 + γ in bf16: x, γ → y", size((2, 6, 32), (32,), (2, 6, 32)) // 2)],
    "hf_convnext_layer_f32.mlir": [("layer norm: x, γ, β → y", size((1, 5, 6, 8), (8,), (8,), (1, 5, 6, 8)))],
    "hf_vit_layer_f32.mlir": [
        ("layer norm: x, γ, β → y", size(H, V, V, H)),
        SOFTMAX,
        ("add & layer norm: product, bias, residual, γ, β → sum, y", size(H, V, H, V, V, H, H)),
    ],
}


def fuse(norm_opt, name):
    """The report of norm-fuse on a file of the corpus."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.json")
        subprocess.run([norm_opt, "--pass-pipeline=" + PASSES.replace("REPORT", path), "-o", os.devnull,
                        os.path.join(HERE, name)], check=True)
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--norm-opt", default="norm-opt")
    parser.add_argument("--check", help="a document that must hold the table")
    arguments = parser.parse_args()
    rows = ["| block | kernel | operations | bytes before | bytes after | perfect |", "|---|---|---|---|---|---|"]
    failures = []
    for name, perfect in BLOCKS.items():
        kernels = fuse(arguments.norm_opt, name)["kernels"]
        if len(kernels) != len(perfect):
            failures.append(f"{name}: expected {len(perfect)} kernels, got {len(kernels)}")
        for kernel, (what, expected) in zip(kernels, perfect):
            block = name.removesuffix(".mlir").removeprefix("hf_")
            rows.append(f"| {block} | {what} | {len(kernel['operations'])} | {kernel['bytes_before']} | "
                        f"{kernel['bytes_after']} | {expected} |")
            if kernel["bytes_after"] > expected:
                failures.append(f"{name}: {what}: {kernel['bytes_after']} bytes, where {expected} suffice")
    table = "\n".join(rows)
    print(table)
    if arguments.check:
        with open(arguments.check, encoding="utf-8") as file:
            if table not in file.read():
                failures.append(f"{arguments.check} does not hold this table")
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
