#!/usr/bin/env python3
"""Fuses generated graphs and looks at the IR: it is valid, has fewer operations, and is left alone by fusing again.

  generate.py [--number N] [--seed N] [--only NUMBER] [--passes NAME]

Graphs are drawn from the seed and their number; --only prints one, as it is and fused. Most graphs have a normalization
or a reduction with something around it: fails if less than the share SHARE of them has fewer operations once fused.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from drawing import make
from regions import LOG

CLEAN = "canonicalize,cse"
PASSES = {
    "nothing": "",
    "clean": CLEAN,
    "linalg": f"convert-elementwise-to-linalg,{CLEAN}",
    "generalize": f"convert-elementwise-to-linalg,func.func(linalg-generalize-named-ops),{CLEAN}",
    "upstream": f"convert-elementwise-to-linalg,linalg-fuse-elementwise-ops,{CLEAN}",
    "units": f"func.func(linalg-generalize-named-ops),linalg-fold-unit-extent-dims,{CLEAN}",
}
BATCH = 32
SHARE = 0.75
# What is computed: linalg and row programs, and arithmetic on tensors.
COMPUTES = re.compile(r"= (?:linalg\.(?!fill|index)\w+|norm\.generic|(?:arith|math)\.(?!constant)\w+ [^:]*(?:: )?.*tensor<)")


class Failure(Exception):
    pass


def norm_opt(pipeline, text):
    passes = ",".join(part for part in pipeline if part)
    done = subprocess.run(["norm-opt", f"--pass-pipeline=builtin.module({passes})", "-"], input=text, capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"norm-opt {passes}: exit code {done.returncode}\n{done.stderr[:3000]}")
    return done.stdout


def split_functions(text):
    """name → text of each function of a printed module."""
    functions, name = {}, None
    for line in text.splitlines():
        found = re.match(r" *func\.func (?:private |public )?@(\w+)", line)
        if found:
            name = found.group(1)
            functions[name] = ""
        if name:
            functions[name] += line + "\n"
    return functions


def count(text):
    return len(COMPUTES.findall(text))


def check_batch(numbers, seed, passes):
    """(number of graphs, of those that became fewer operations, failures as pairs of number and text)"""
    graphs = [make(seed, number) for number in numbers]
    text = "".join(graph.text(is_called=False) for graph in graphs) + LOG
    before_passes = [PASSES[passes], "norm-generalize", CLEAN]
    try:
        before = norm_opt(before_passes, text)
        after = norm_opt(["norm-fuse", CLEAN], before)
        again = norm_opt(["norm-fuse", CLEAN], after)
    except Failure as failure:
        if len(graphs) == 1:
            return 0, [(numbers[0], str(failure))]
        parts = [check_batch([number], seed, passes) for number in numbers]
        return sum(fused for fused, _ in parts), [failure for _, failures in parts for failure in failures]
    before, after, again = map(split_functions, (before, after, again))
    fused, failures = 0, []
    for number, graph in zip(numbers, graphs):
        counts = [count(functions[graph.name]) for functions in (before, after, again)]
        fused += counts[1] < counts[0] and "norm.generic" in after[graph.name]
        if counts[1] > counts[0]:
            failures.append((number, f"{counts[1]} operations after fusing, {counts[0]} before"))
        if counts[2] != counts[1]:
            failures.append((number, f"{counts[2]} operations after fusing again, {counts[1]} before"))
    return fused, failures


def show(number, seed, passes):
    text = make(seed, number).text(is_called=False)
    before = norm_opt([PASSES[passes or "nothing"], "norm-generalize", CLEAN], text + LOG)
    print(f"{text}\n// fused\n{norm_opt(['norm-fuse', CLEAN], before)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=3000, help="how many graphs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--passes", choices=PASSES, help="what runs before; by default each in turn")
    parser.add_argument("--only", type=int, help="print the graph of this number")
    parser.add_argument("--shown", type=int, default=20, help="how many failures to print")
    arguments = parser.parse_args()
    if arguments.only is not None:
        show(arguments.only, arguments.seed, arguments.passes)
        return 0
    batches = [range(first, min(first + BATCH, arguments.number)) for first in range(0, arguments.number, BATCH)]
    names = [arguments.passes or list(PASSES)[i % len(PASSES)] for i in range(len(batches))]
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(check_batch, batches, [arguments.seed] * len(batches), names))
    fused, shown = sum(fused for fused, _ in results), 0
    for (_, failures), passes in zip(results, names):
        for number, what in failures:
            shown += 1
            if shown <= arguments.shown:
                print(f"graph {number} of seed {arguments.seed} after {passes}: {what}")
    is_enough = fused >= SHARE * arguments.number
    print(f"{arguments.number} graphs, {fused} of them fused{'' if is_enough else ', too few'}, {shown} failures")
    return 0 if is_enough and not shown else 1


if __name__ == "__main__":
    sys.exit(main())
