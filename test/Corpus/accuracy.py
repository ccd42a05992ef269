#!/usr/bin/env python3
"""Computes the files of the corpus before and after raising, and compares both with f64.

  accuracy.py [--only GLOB]

Before: the file in its own types, lowered by upstream's passes. The reference: the same with every float an f64. After
raising, in each mode that raises something, no element of a result may be further from the reference than the worst one
before, plus two units in the last place of the result's type.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Integration"))
from matrix import HERE, MODES
from normtest import ROUNDOFF, SMALLEST, decode, encode
from score import KINDS, count

TO_F64 = ("--pass-pipeline=builtin.module(func.func(tosa-to-linalg-named,tosa-to-linalg,tosa-to-arith,tosa-to-tensor),"
          "convert-elementwise-to-linalg,canonicalize,cse,norm-promote-to-f64)")


def run(command, text):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)[:300]}: {done.stderr[-2000:]}")
    return done.stdout


def norm_opt(option, text):
    return run(["norm-opt", "--mlir-elide-resource-strings-if-larger=100000000", option, "-"], text)


def element_types(text, entry):
    """Those of the entry's arguments and results."""
    signature = re.search(r"func\.func (?:public )?@" + entry + r"\((.*?)\) -> (.*?) (?:attributes .*)?\{\n", text, re.DOTALL)
    return [re.findall(r"tensor<(?:[\d?]+x)*(\w+)>", part) for part in signature.groups()]


def compute(text, file, inputs, folder, name, options):
    """The results of a module's entry; `inputs` are files."""
    outputs = [os.path.join(folder, f"{name}.{i}.npy") for i in range(len(file["numeric"]["outputs"]))]
    run(["norm-run", "-", f"--entry={file['entry']}", "--no-raise", *options, *(f"--input={path}" for path in inputs),
         *(f"--output={path}" for path in outputs)], text)
    return [np.load(path).astype(np.float64) for path in outputs]


def save_promoted(file, types, folder):
    """The inputs as the entry's types round them, in f64."""
    paths = []
    for i, (path, type) in enumerate(zip(file["numeric"]["inputs"], types)):
        paths.append(os.path.join(folder, f"in{i}.npy"))
        np.save(paths[-1], decode(encode(np.load(os.path.join(HERE, path)), type), type).astype(np.float64))
    return paths


def excess(before, after, reference, type):
    """How far the worst element is beyond what is allowed, in units in the last place."""
    unit = 2 * ROUNDOFF[type] * np.abs(reference) + 2 * SMALLEST[type]
    return float(np.max((np.abs(after - reference) - np.max(np.abs(before - reference))) / unit))


def check(file):
    """Lines of text about a file, and whether all is well."""
    text = pathlib.Path(HERE, file["file"]).read_text(encoding="utf-8")
    arguments, results = element_types(text, file["entry"])
    inputs = [os.path.join(HERE, path) for path in file["numeric"]["inputs"]]
    x = np.load(inputs[0])
    if abs(np.mean(x)) < 0.1 or abs(np.var(x) - 1) < 0.1:
        return [f"{file['file']}: the input has mean 0 or variance 1"], False
    modes = {}
    for mode, options in MODES.items():
        raised = norm_opt(f"--norm-raise={options}", text)
        if count(raised, KINDS):
            modes.setdefault(raised, []).append(mode)
    if not modes:
        return [f"{file['file']}: nothing is raised"], True
    lines, well = [], True
    with tempfile.TemporaryDirectory() as folder:
        reference = compute(norm_opt(TO_F64, text), file, save_promoted(file, arguments, folder), folder, "reference",
                            ["--lowering=upstream"])
        before = compute(text, file, inputs, folder, "before", ["--lowering=upstream"])
        for raised, names in modes.items():
            after = compute(raised, file, inputs, folder, "after", [])
            for i, (old, new, true, type) in enumerate(zip(before, after, reference, results)):
                off = excess(old, new, true, type)
                well &= off <= 2
                lines.append(f"{file['file']}, {' '.join(names)}, result {i}: error {np.max(np.abs(old - true)):.2e} before, "
                             f"{np.max(np.abs(new - true)):.2e} after{'' if off <= 2 else f': {off:.3g} ulp worse'}")
    return lines, well


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="*", help="file name pattern")
    arguments = parser.parse_args()
    with open(os.path.join(HERE, "manifest.json"), encoding="utf-8") as manifest:
        files = [file for file in json.load(manifest)["files"]
                 if "numeric" in file and fnmatch.fnmatch(file["file"], arguments.only)]
    worse = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for lines, well in pool.map(check, files):
            worse += not well
            print("\n".join(lines), flush=True)
    print(f"{len(files)} files, {worse} less accurate after raising")
    return 1 if worse or not files else 0


if __name__ == "__main__":
    sys.exit(main())
