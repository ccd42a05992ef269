#!/usr/bin/env python3
"""Runs generated graphs fused, unfused and decomposed, and compares all three with their value in longdouble.

  execute.py [--number N] [--seed N] [--only NUMBER]

Fused: `norm-to-llvm`. Unfused: its option fuse=0, by which each normalization is a kernel of its own and all else
upstream's loops. Decomposed: its option decompose=1, by which upstream lowers everything. The reference computes node by
node in longdouble and rounds nowhere.

No element of a fused result may be further from the reference than the worst one of the same result unfused or
decomposed, plus UNITS units in the last place of its largest element, in the lowest precision of all that it is computed
from: fusion adds no operation and takes no rounding away, but sums run in another order, each of which is as good as any
other. Where results are ill-conditioned such a rounding is worth more; how much is measured by evaluating the reference
with each node's result off by up to one rounding of its type, and taken where it is larger than the unit.

Quantized values jump by one where a rounding tips: one more than what differs otherwise is allowed in few elements.
"""

import argparse
import concurrent.futures
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
import generate
from drawing import draw_arrays, make
from normtest import Array, Library, Target
from regions import LOG, SLOTS

BATCH = 10
SHARE = 0.7
UNITS = 4
# Of the elements of a quantized result, how many may tip in fused code alone.
TIPS = 0.02
VARIANTS = {"fused": "", "unfused": "fuse=0", "decomposed": "decompose=1"}


def call(library, graph, arrays):
    """The results and the log, as they come out."""
    passed = []
    for argument, array in zip(graph.arguments, arrays):
        if argument.axes is None:
            passed.append((argument.type, float(array)))
            continue
        passed.append(Array(argument.type, array.shape))
        passed[-1].view[...] = array
    log = Array("f64", (SLOTS,), values=np.zeros(SLOTS))
    results = [Array(value.type, graph.space.shape(value.axes)) for value in graph.results]
    library.call(graph.name + "_static", *passed, log, *results)
    return [result.get() for result in results] + [slot for slot in log.get()[:len(graph.slots)]]


def largest(array):
    with np.errstate(invalid="ignore"):
        return float(np.max(np.abs(array))) if np.size(array) else 0.0


def excess(value, reference, noisy, runs):
    """By how much the fused result is worse than allowed, as a multiple of the allowed error; the allowance's parts."""
    errors = {name: largest(result.astype(np.longdouble) - reference) for name, result in runs.items()}
    unit = 2 * value.roundoff * max(largest(reference), 2.0 ** -14)
    unit = max(unit, *(largest(array - reference) for array in noisy))
    if value.jump:
        return tipped_excess(value, reference, runs, errors, unit)
    allowed = max(errors["unfused"], errors["decomposed"]) + UNITS * unit
    ratio = errors["fused"] / allowed if np.isfinite(errors["fused"]) else np.inf
    return ratio, f"fused {errors['fused']:.3g}, unfused {errors['unfused']:.3g}, decomposed {errors['decomposed']:.3g}, " \
                  f"unit {unit:.3g}, largest element {largest(reference):.3g}"


def tipped_excess(value, reference, runs, errors, unit):
    near = value.jump / 4 if value.type == "i8" else UNITS * unit
    tips = {name: int(np.sum(np.abs(result.astype(np.longdouble) - reference) > near)) for name, result in runs.items()}
    allowed = max(errors["unfused"], errors["decomposed"]) + value.jump + UNITS * unit
    many = max(tips["unfused"], tips["decomposed"]) + max(2, TIPS * reference.size)
    ratio = max(errors["fused"] / allowed, tips["fused"] / many)
    return ratio, f"quantized: {tips} of {reference.size} elements tip, errors {errors}"


def check(graph, libraries, seed):
    """What is wrong with a graph's results, and the largest part of the allowed error that was used."""
    arrays = draw_arrays(graph, seed)
    generator = np.random.default_rng([seed, 1])
    reference, *noisy = [[*results, *slots] for results, slots in
                         (graph.evaluate(arrays, generator if i else None) for i in range(3))]
    runs = {name: call(library, graph, arrays) for name, library in libraries.items()}
    failures, worst = [], 0.0
    for i, value in enumerate([*graph.results, *graph.slots]):
        name = f"result {i}" if i < len(graph.results) else f"logged element {i - len(graph.results)}"
        of_runs = {variant: results[i] for variant, results in runs.items()}
        size = max(1.0, largest(reference[i]))
        for variant in ("unfused", "decomposed"):
            error = largest(of_runs[variant].astype(np.longdouble) - reference[i])
            # What all runs have wrong would be a mistake of the reference.
            if not value.jump and not error <= 0.05 * size + 1000 * value.roundoff * size:
                failures.append(f"{name}: {variant} is off by {error:.3g} where the largest element is {size:.3g}")
        ratio, text = excess(value, reference[i], [array[i] for array in noisy], of_runs)
        worst = max(worst, ratio)
        if not ratio <= 1:
            failures.append(f"{name} ({graph.tensor(value)}): {text}")
    return failures, worst


def run(numbers, seed):
    """(fused graphs, largest part of the allowed error, failures as pairs of number and text)"""
    graphs = [make(seed, number) for number in numbers]
    try:
        libraries = {name: Library("".join(graph.text(is_plain=name != "fused") for graph in graphs) + LOG, Target(),
                                   level=1, options=options) for name, options in VARIANTS.items()}
    except SystemExit as failure:
        if len(numbers) == 1:
            return 0, 0.0, [(numbers[0], str(failure)[-3000:])]
        parts = [run([number], seed) for number in numbers]
        return (sum(fused for fused, *_ in parts), max(worst for _, worst, _ in parts),
                [failure for *_, failures in parts for failure in failures])
    fused, _ = generate.check_batch(numbers, seed, "linalg")
    failures, largest_part = [], 0.0
    for number, graph in zip(numbers, graphs):
        wrong, worst = check(graph, libraries, seed)
        largest_part = max(largest_part, worst)
        failures += [(number, what) for what in wrong]
    return fused, largest_part, failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=300, help="how many graphs")
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="run the graph of this number alone")
    arguments = parser.parse_args()
    numbers = [arguments.only] if arguments.only is not None else list(range(arguments.first,
                                                                             arguments.first + arguments.number))
    batches = [numbers[first:first + BATCH] for first in range(0, len(numbers), BATCH)]
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(run, batches, [arguments.seed] * len(batches)))
    failures = [failure for *_, failures in results for failure in failures]
    for number, what in failures:
        print(f"graph {number} of seed {arguments.seed}: {what}")
    fused = sum(fused for fused, *_ in results)
    is_enough = fused >= SHARE * len(numbers)
    print(f"{len(numbers)} graphs, {fused} of them fused{'' if is_enough else ', too few'}, {len(failures)} failures; "
          f"at most {max(worst for _, worst, _ in results):.2f} of the allowed error")
    return 0 if is_enough and not failures else 1


if __name__ == "__main__":
    sys.exit(main())
