#!/usr/bin/env python3
"""Bufferized, the fused normalizations of the corpus's blocks need no copy, and no memory but for what lives on.

  in_place.py [--norm-opt norm-opt]

An output is written over an input that nobody reads any more. Where there is none, because the kernel reads a function's
argument or a value that others still need, the output has memory of its own: so many of each block's outputs are listed.
"""

import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PASSES = ("builtin.module(norm-raise{allow-f64-demote},norm-generalize,func.func(tosa-to-linalg-named,tosa-to-linalg,"
          "tosa-to-arith,tosa-to-tensor),convert-elementwise-to-linalg,canonicalize,cse,norm-fuse,canonicalize,cse,"
          "norm-clone-fills,eliminate-empty-tensors,empty-tensor-to-alloc-tensor,one-shot-bufferize{bufferize-function-boundaries=1 "
          "function-boundary-type-conversion=identity-layout-map},canonicalize,cse)")
# Norms whose input is an argument, or the residual stream that a later sum reads: outputs with memory of their own.
OWN = {
    "hf_bert_layer_f32.mlir": 0,
    "hf_gpt2_block_var_mean_f32.mlir": 2,
    "hf_llama_decoder_layer_f32.mlir": 2,
    "hf_convnext_layer_f32.mlir": 0,
    "hf_vit_layer_f32.mlir": 2,
}
PROGRAM = re.compile(r"norm\.generic .*? ins\((.*?) : .*?\) outs\((.*?) : ")
COPY = re.compile(r"memref\.copy (%[\w#]+), (%[\w#]+)")


def bufferize(norm_opt, name):
    done = subprocess.run([norm_opt, "--pass-pipeline=" + PASSES, os.path.join(HERE, name)], check=True, text=True,
                          stdout=subprocess.PIPE)
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--norm-opt", default="norm-opt")
    arguments = parser.parse_args()
    failures = []
    for name, allowed in OWN.items():
        text = bufferize(arguments.norm_opt, name)
        programs = [[part.split(", ") for part in match.groups()] for match in PROGRAM.finditer(text)]
        operands = {operand for ins, outs in programs for operand in ins + outs}
        copies = [copy for copy in COPY.findall(text) if operands & set(copy)]
        own = [out for ins, outs in programs for out in outs if out not in ins]
        print(f"{name}: {len(programs)} kernels, {len(own)} outputs with memory of their own, {len(copies)} copies")
        if not programs or copies or len(own) > allowed:
            failures.append(f"{name}: expected no copy of a kernel's operand and {allowed} outputs with memory of their own, "
                            f"got {copies} and {own}")
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
