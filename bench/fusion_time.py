#!/usr/bin/env python3
"""Times blocks with and without norm-fuse, in turns, and prints a Markdown table.

  bench/fusion_time.py [--rounds N] [--only REGEX]

Each round runs `norm-run --bench` once for each program and each way, in a process of its own; a program's figure is the
median of its rounds' medians, with the spread of the ratio over the rounds. norm-run must be on the PATH.
"""

import argparse
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCKS = ["hf_bert_layer_f32", "hf_gpt2_block_var_mean_f32", "hf_llama_decoder_layer_f32", "hf_convnext_layer_f32",
          "hf_vit_layer_f32"]
LINE = re.compile(r"^\S+ +([\d.]+) +([\d.]+) ", re.M)

ADD_RMS = """
func.func @main(%x: tensor<4096x4096xf32>, %r: tensor<4096x4096xf32>, %g: tensor<4096xf32>)
    -> (tensor<4096x4096xf32>, tensor<4096x4096xf32>) {
  %e = tensor.empty() : tensor<4096x4096xf32>
  %h = arith.addf %x, %r : tensor<4096x4096xf32>
  %y = norm.rms_norm ins(%h : tensor<4096x4096xf32>) gamma(%g : tensor<4096xf32>) outs(%e : tensor<4096x4096xf32>) axes = [1]
      epsilon = 1.0e-6
  return %h, %y : tensor<4096x4096xf32>, tensor<4096x4096xf32>
}
"""
SOFTMAX = """
func.func @main(%x: tensor<8192x1024xf32>) -> tensor<8192x1024xf32> {
  %e = tensor.empty() : tensor<8192x1024xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<8192x1024xf32>) outs(%e : tensor<8192x1024xf32>) -> tensor<8192x1024xf32>
  return %y : tensor<8192x1024xf32>
}
"""
QUANTIZED = """
!q = !quant.uniform<i8:f32, 2.0e-2:3>
func.func @main(%x: tensor<4096x4096xf32>, %g: tensor<4096xf32>) -> tensor<4096x4096xi8> {
  %e = tensor.empty() : tensor<4096x4096xf32>
  %y = norm.rms_norm ins(%x : tensor<4096x4096xf32>) gamma(%g : tensor<4096xf32>) outs(%e : tensor<4096x4096xf32>) axes = [1]
      epsilon = 1.0e-6
  %q = quant.qcast %y : tensor<4096x4096xf32> to tensor<4096x4096x!q>
  %s = quant.scast %q : tensor<4096x4096x!q> to tensor<4096x4096xi8>
  return %s : tensor<4096x4096xi8>
}
"""


def programs(folder):
    """name → (file, further arguments)."""
    result = {name: (ROOT / "test/Corpus" / f"{name}.mlir", []) for name in BLOCKS}
    result["Add & Norm 4096×768"] = (ROOT / "examples/add_norm_4096x768.mlir", [])
    texts = {"add & RMS norm, sum kept 4096×4096": ADD_RMS, "softmax 8192×1024": SOFTMAX,
             "RMS norm to i8 4096×4096": QUANTIZED}
    for number, (name, text) in enumerate(texts.items()):
        path = pathlib.Path(folder) / f"{number}.mlir"
        path.write_text(text, encoding="utf-8")
        result[name] = (path, [])
    return result


def time(path, arguments):
    """The median time of a call, in microseconds."""
    done = subprocess.run(["norm-run", str(path), "--bench", *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return float(LINE.search(done.stdout).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chosen = {name: run for name, run in programs(folder).items() if re.search(arguments.only, name)}
        times = {name: ([], []) for name in chosen}
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
            for name, (path, further) in chosen.items():
                times[name][0].append(time(path, further))
                times[name][1].append(time(path, [*further, "--no-fuse"]))
    print("| program | fused, µs | unfused, µs | unfused / fused | over the rounds |\n|---|---|---|---|---|")
    for name, (fused, unfused) in times.items():
        ratios = [after / before for before, after in zip(fused, unfused)]
        print(f"| {name} | {statistics.median(fused):.1f} | {statistics.median(unfused):.1f} | "
              f"{statistics.median(ratios):.2f} | {min(ratios):.2f} – {max(ratios):.2f} |")


if __name__ == "__main__":
    main()
