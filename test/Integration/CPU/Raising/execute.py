#!/usr/bin/env python3
"""Runs generated programs before and after raising, and compares both with their value in longdouble.

  execute.py [--number N] [--seed N]

Before: the program in its own types, lowered by upstream's passes. After raising no element of a result may be further
from the true value than the worst one before, plus two units in the last place of the result's largest element: what
follows the normalization may cancel, so that smaller elements carry roundings of larger numbers. Units are those of the
result's type, or of the 16-bit type in which the program computes.
"""

import argparse
import concurrent.futures
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from generate import BATCH, MODES, OPERATION, PASSES, make, norm_opt, raise_all
from normtest import ROUNDOFF, SMALLEST, Array, Library, Target

# Fusion forms row programs by itself, and is tested by itself.
UNFUSED = "fuse=0"


def runnable(function):
    """The function as one with static types and the C interface."""
    name, text = function.program.name, function.text
    attributed = text.replace(") {\n", ") attributes {llvm.emit_c_interface} {\n", 1)
    if not function.program.dynamic:
        return attributed
    lines, names = [], []
    for argument in function.arguments:
        names.append("%" + argument.name)
        if argument.tensor() != argument.tensor(is_open=False):
            names[-1] += "_open"
            lines.append(f"  {names[-1]} = tensor.cast %{argument.name} : {argument.tensor(is_open=False)} to "
                         f"{argument.tensor()}")
    open_types = ", ".join(result.tensor() for result in function.results)
    types = ", ".join(result.tensor(is_open=False) for result in function.results)
    results = [f"%open#{i}" if len(function.results) > 1 else "%open" for i in range(len(function.results))]
    number = f":{len(results)}" if len(results) > 1 else ""
    lines.append(f"  %open{number} = call @{name}({', '.join(names)}) : "
                 f"({', '.join(argument.tensor() for argument in function.arguments)}) -> ({open_types})")
    for i, result in enumerate(function.results):
        if result.tensor() != result.tensor(is_open=False):
            lines.append(f"  %static{i} = tensor.cast {results[i]} : {result.tensor()} to {result.tensor(is_open=False)}")
            results[i] = f"%static{i}"
    parameters = ", ".join(f"%{argument.name}: {argument.tensor(is_open=False)}" for argument in function.arguments)
    body = "\n".join(lines)
    return text + (f"func.func @{name}_static({parameters}) -> ({types}) attributes {{llvm.emit_c_interface}} {{\n{body}\n"
                   f"  return {', '.join(results)} : {types}\n}}\n")


def call(library, function, arrays):
    """The results as Arrays."""
    passed = []
    for argument, array in zip(function.arguments, arrays):
        if argument.is_scalar:
            passed.append((argument.type, float(array)))
            continue
        passed.append(Array(argument.type, argument.shape))
        passed[-1].view[...] = array
    results = [Array(result.type, result.shape) for result in function.results]
    library.call(function.program.name + ("_static" if function.program.dynamic else ""), *passed, *results)
    return [result.get() for result in results]


def worst_excess(before, after, reference, type):
    """By how much the largest error after raising exceeds that before, in units in the last place."""
    with np.errstate(invalid="ignore"):
        unit = 2 * ROUNDOFF[type] * np.max(np.abs(reference)) + 2 * SMALLEST[type]
        excess = (np.max(np.abs(after - reference)) - np.max(np.abs(before - reference))) / unit
    return np.inf if np.isnan(after).any() else float(excess)


def check(functions, before, after, seed):
    """What differs too much: (function, result, excess)."""
    failures = []
    for function in functions:
        arrays = function.draw(np.random.default_rng([seed, int(function.program.name[1:])]))
        reference = function.reference(arrays)
        pairs = zip(call(before, function, arrays), call(after, function, arrays), reference, function.results)
        for i, (old, new, true, result) in enumerate(pairs):
            is_low = function.program.arithmetic.startswith("low")
            assert is_low or np.max(np.abs(old - true)) <= 0.02 * np.max(np.abs(true)), f"{function.program.name}: reference"
            excess = worst_excess(old, new, true, function.program.type if is_low else result.type)
            if not excess <= 2:
                failures.append((function, i, excess))
    return failures


def mode_of(program):
    """The options under which a program must be raised; one with a mistake is tried under all."""
    if not program.expected("both")[0]:
        return "both"
    return next(mode for mode in ("reals", "demote", "precision") if program.expected(mode)[0])


def raised(functions, passes):
    """name → what the passes and raising make of each function, and of the wrapper of one."""
    result = {}
    for mode in ("reals", "demote", "precision", "both"):
        text = "".join(runnable(function) for function in functions if mode_of(function.program) == mode)
        if PASSES[passes]:
            text = norm_opt([f"--pass-pipeline=builtin.module({PASSES[passes]})"], text)
        result.update(raise_all(text, MODES[mode]))
    return result


def run(numbers, seed, passes):
    """(functions that were raised, failures) among the programs with these numbers."""
    functions = [make(seed, number) for number in numbers]
    texts = raised(functions, passes)
    errors = [text for text in texts.values() if isinstance(text, RuntimeError)]
    if errors:
        raise errors[0]
    functions = [function for function in functions if OPERATION.search(texts[function.program.name])]
    if not functions:
        return 0, []
    names = {name for function in functions for name in (function.program.name, function.program.name + "_static")}
    before = Library("".join(runnable(function) for function in functions), Target(), level=1,
                     options=UNFUSED)
    after = Library("\n".join(text for name, text in texts.items() if name in names), Target(), level=1,
                    options=UNFUSED)
    return len(functions), check(functions, before, after, seed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=600, help="how many programs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--passes", choices=PASSES, help="what runs before raising; by default each in turn")
    arguments = parser.parse_args()
    batches = [range(first, min(first + BATCH, arguments.number)) for first in range(0, arguments.number, BATCH)]
    names = [arguments.passes or list(PASSES)[i % len(PASSES)] for i in range(len(batches))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda batch, name: run(batch, arguments.seed, name), batches, names))
    failed = 0
    for (_, failures), passes in zip(results, names):
        for function, result, excess in failures:
            failed += 1
            choices = ", ".join(f"{axis}: {choice}" for axis, choice in function.program.choices.items())
            print(f"program {function.program.name[1:]} of seed {arguments.seed} after {passes}, result {result}: "
                  f"{excess:.3g} ulp further off than before ({choices})")
    print(f"{arguments.number} programs, {sum(number for number, _ in results)} of them raised and run, {failed} results "
          "less accurate")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
