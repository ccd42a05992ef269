#!/usr/bin/env python3
"""Raises the corpus after upstream passes: what is found must not depend on what ran before.

  matrix.py [--passes NAME,…] [--modes MODE,…] [--only GLOB] [--misses]

Prints for each list of passes how many files they accept and in how many of these as much is found as without passes,
then each file where that is not so; --misses adds why. Exit code 0 only when every difference is in EXCEPTIONS.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import subprocess
import sys

from score import KINDS, count, only, short

HERE = os.path.dirname(os.path.abspath(__file__))
MODES = {"t1": "", "t1_f64": "allow-f64-demote", "t2": "tier=precision", "t2_f64": "tier=precision allow-f64-demote"}

CLEAN = "canonicalize,cse"
GENERALIZE = "func.func(linalg-generalize-named-ops)"
FUSE = "linalg-fuse-elementwise-ops"
UNIT = "linalg-fold-unit-extent-dims"
SLICES = "linalg-fold-unit-extent-dims{use-rank-reducing-slices}"
TOSA = "func.func(tosa-to-linalg-named,tosa-to-linalg,tosa-to-arith,tosa-to-tensor)"
TO_LINALG = "convert-elementwise-to-linalg"
PASSES = {
    "nothing": "",
    "clean": CLEAN,
    "generalize": f"{GENERALIZE},{CLEAN}",
    "specialize": f"{GENERALIZE},linalg-specialize-generic-ops,{CLEAN}",
    "categories": "linalg-morph-ops{named-to-category}",
    "fuse": f"{GENERALIZE},{FUSE},{CLEAN}",
    "fuse-raw": FUSE,
    "fuse-twice": f"{GENERALIZE},{FUSE},{CLEAN},{FUSE},{CLEAN}",
    "unit": f"{UNIT},{CLEAN}",
    "unit-slices": f"{SLICES},{CLEAN}",
    "unit-fuse": f"{GENERALIZE},{UNIT},{CLEAN},{FUSE},{CLEAN}",
    "slices-fuse": f"{GENERALIZE},{SLICES},{CLEAN},{FUSE},{CLEAN}",
    "fuse-unit": f"{GENERALIZE},{FUSE},{CLEAN},{UNIT},{CLEAN}",
    "elementwise": f"{TO_LINALG},{CLEAN}",
    "elementwise-fuse": f"{TO_LINALG},{GENERALIZE},{FUSE},{CLEAN}",
    "tosa": TOSA,
    "tosa-clean": f"{TOSA},{CLEAN}",
    "tosa-fuse": f"{TOSA},{TO_LINALG},{GENERALIZE},{FUSE},{CLEAN}",
    "tosa-unit-fuse": f"{TOSA},{TO_LINALG},{GENERALIZE},{UNIT},{FUSE},{CLEAN}",
    "tosa-parts": "func.func(tosa-to-linalg-named,tosa-to-linalg)",
    "tosa-folded": "func.func(tosa-infer-shapes,tosa-make-broadcastable,tosa-layerwise-constant-fold)," + CLEAN,
    "scalars": f"{GENERALIZE},linalg-inline-scalar-operands,{CLEAN}",
    "detensorize": f"func.func(linalg-detensorize),{CLEAN}",
    "folded-transposes": "linalg-fold-into-elementwise",
    "roots": "math-expand-ops{ops=rsqrt,fpowi,powf}",
    "roots-fuse": f"math-expand-ops{{ops=rsqrt,fpowi,powf}},{GENERALIZE},{FUSE},{CLEAN}",
    "emulated-bf16": "arith-emulate-unsupported-floats{source-types=bf16,f16 target-type=f32}",
    "wide-math": f"math-extend-to-supported-types,{CLEAN}",
    "no-empty": "eliminate-empty-tensors",
    "subsets": "fold-tensor-subset-ops,eliminate-empty-tensors",
}

# (passes, file, counts found instead, why no more can be found); passes and files may be patterns.
EXCEPTIONS = []


def run(options, text):
    """What norm-opt prints for a module, or for several with a line `// -----` between them; None if it fails."""
    done = subprocess.run(["norm-opt", "--mlir-elide-resource-strings-if-larger=100000000", *options, "-"], input=text,
                          capture_output=True, text=True, check=False)
    return done if done.returncode == 0 else None


SEPARATOR = "\n// -----\n"


def run_all(options, texts):
    """One output per module; None for those at which norm-opt fails."""
    done = run([*options, "--split-input-file", "--mlir-print-debuginfo=false"], SEPARATOR.join(texts))
    outputs = done.stdout.split("// -----\n") if done else []
    if len(outputs) == len(texts):
        return outputs
    return [done.stdout if (done := run(options, text)) else None for text in texts]


def raise_all(texts, mode):
    """The counts of what is found in each module."""
    outputs = run_all([f"--norm-raise={MODES[mode]}"], texts)
    return [count(output, KINDS) if output is not None else None for output in outputs]


def is_exception(passes, name, counts):
    return any(fnmatch.fnmatch(passes, p) and fnmatch.fnmatch(name, n) and counts == c for p, n, c, _ in EXCEPTIONS)


def is_right(file, mode, plain, counts):
    """Whether a result is as good as the one without passes: the same, or more and still one of the manifest's."""
    if counts is None or counts == plain:
        return counts is not None
    allowed = [file["expect"][mode], *(other["counts"] for other in file["alternatives"] if mode in other["modes"])]
    return counts in [only(each, KINDS) for each in allowed] and sum(counts.values()) >= sum(plain.values())


def misses(text, mode):
    """The remarks of the pass."""
    options = ["norm-opt", f"--norm-raise={MODES[mode]} report-misses", "-", "-o", "/dev/null"]
    done = subprocess.run(options, input=text, capture_output=True, text=True, check=False)
    return [line.split("remark: ")[1] for line in done.stderr.splitlines() if "remark: " in line]


def run_passes(name, files, texts, plain):
    """How many files the passes accept, and by mode the differences: (file name, wanted, got, prepared module)."""
    pipeline = PASSES[name]
    prepared = run_all([f"--pass-pipeline=builtin.module({pipeline})"], texts) if pipeline else texts
    kept = [number for number, text in enumerate(prepared) if text is not None]
    differences = {}
    for mode, before in plain.items():
        after = raise_all([prepared[number] for number in kept], mode)
        differences[mode] = [(files[number]["file"], before[number], counts, prepared[number])
                             for number, counts in zip(kept, after)
                             if not is_right(files[number], mode, before[number], counts)]
    return len(kept), differences


def print_differences(passes, differences, with_misses):
    """Prints them by file; returns how many are no exceptions."""
    groups, unexpected = {}, 0
    for mode, entries in differences.items():
        for name, want, got, text in entries:
            excused = is_exception(passes, name, got)
            unexpected += not excused
            state = "failed" if got is None else short(got) + (" (exception)" if excused else "")
            groups.setdefault((name, short(want), state), []).append((mode, text))
    for (name, want, state), entries in groups.items():
        print(f"  {name}: wanted {want}, got {state} in {', '.join(mode for mode, _ in entries)}")
        if with_misses:
            for remark in misses(entries[0][1], entries[0][0]):
                print(f"    {remark}")
    return unexpected


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passes", default=",".join(PASSES), help="names in the table, comma separated")
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--only", default="*", help="file name pattern")
    parser.add_argument("--misses", action="store_true", help="print the pass's remarks for each difference")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    with open(os.path.join(HERE, "manifest.json"), encoding="utf-8") as manifest:
        files = [file for file in json.load(manifest)["files"] if fnmatch.fnmatch(file["file"], arguments.only)]
    texts = [pathlib.Path(HERE, file["file"]).read_text(encoding="utf-8") for file in files]
    plain = {mode: raise_all(texts, mode) for mode in arguments.modes.split(",")}
    names = arguments.passes.split(",")
    print(f"{'passes':18} {'files':>5}  " + "  ".join(f"{mode:>6}" for mode in plain))
    unexpected = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = pool.map(lambda name: run_passes(name, files, texts, plain), names)
        for name, (kept, differences) in zip(names, results):
            print(f"{name:18} {kept:5}  " + "  ".join(f"{kept - len(found):6}" for found in differences.values()))
            unexpected += print_differences(name, differences, arguments.misses)
    print(f"{len(names)} lists of passes, {unexpected} unexpected differences")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
