#!/usr/bin/env python3
"""Raises generated programs and compares what is found with what each program is.

  generate.py [--number N] [--seed N] [--only NAME] [--wrong]

Programs are drawn from the seed and their number; --only prints one with its choices. Half of them compute something
that looks like a normalization but for one mistake, and must stay as they are.
"""

import argparse
import collections
import concurrent.futures
import math
import os
import random as random_module
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from channels import CHANNEL_NORMS, GroupFunction, GroupNorm
from formulas import MODES, Formula
from functions import Function
from mistakes_in_inputs import MISTAKES

CLEAN = "canonicalize,cse"
GENERALIZE = "func.func(linalg-generalize-named-ops)"
FUSE = "linalg-fuse-elementwise-ops"
UNIT = "linalg-fold-unit-extent-dims"
TOSA = "func.func(tosa-to-linalg-named,tosa-to-linalg,tosa-to-arith,tosa-to-tensor)"
TO_LINALG = "convert-elementwise-to-linalg"
PASSES = {
    "nothing": "",
    "clean": CLEAN,
    "fuse": f"{TO_LINALG},{GENERALIZE},{FUSE},{CLEAN}",
    "lower": f"{TOSA},{CLEAN}",
    "lower and fuse": f"{TOSA},{TO_LINALG},{GENERALIZE},{FUSE},{CLEAN}",
    "unit": f"{GENERALIZE},{UNIT},{CLEAN}",
    "unit and fuse": f"{TOSA},{TO_LINALG},{GENERALIZE},{UNIT},{FUSE},{CLEAN}",
    "generalize": f"{TOSA},{TO_LINALG},{GENERALIZE}",
}
BATCH = 64


def make(seed, number, only_wrong=False):
    """The function with a number. Its choices say all that was drawn."""
    random = random_module.Random(f"{seed} {number}")
    if number % 2 or only_wrong:
        program = MISTAKES[number // 2 % len(MISTAKES)](f"p{number}", random).build()
    elif number % 8 == 6:
        kind = random.choice(CHANNEL_NORMS)
        program = kind(f"p{number}", random).build()
        if kind is GroupNorm:
            return GroupFunction(program, random.random())
    else:
        program = Formula(f"p{number}", random).build()
    return Function(program, random.random())


def norm_opt(arguments, text):
    done = subprocess.run(["norm-opt", *arguments, "-"], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"norm-opt {' '.join(arguments)}: {done.stderr[-4000:]}")
    return done.stdout


def split_functions(text):
    """name → text of each function of a printed module."""
    functions, name = {}, None
    for line in text.splitlines():
        found = re.match(r" *func\.func (?:private |public )?@(\w+)", line)
        if found:
            name = found.group(1)
            functions[name] = []
        if name:
            functions[name].append(line)
        if line == "  }":
            name = None
    return {name: "\n".join(lines) for name, lines in functions.items()}


OPERATION = re.compile(r'^ *(?:%\S+(?:, %\S+)* = )?norm\.(\w+) (.*)$', re.MULTILINE)


def problem(function, mode, text):
    """What is wrong with what raising made of a function; None if nothing is."""
    program = function.program
    found = OPERATION.findall(text)
    must, may = program.expected(mode)
    kinds = [kind for kind, _ in found]
    if not found:
        return "not raised" if must else None
    if not may:
        return f"raised to {', '.join(kinds)}, but must stay"
    if len(kinds) != 1 or kinds[0] not in program.right_kinds():
        return f"raised to {', '.join(kinds)}, not {' or '.join(program.right_kinds())}"
    return wrong_attributes(program, found[0][1]) if must else None


def wrong_attributes(program, operation):
    """Compares the number of normalized elements and epsilon."""
    shape = re.search(r"ins\(%\S+ : tensor<((?:[\d?]+x)*)\w+>", operation).group(1).split("x")[:-1]
    axes = re.search(r"axes = \[([\d, ]*)\]", operation)
    sizes = [shape[int(axis)] for axis in axes.group(1).split(",") if axis.strip()] if axes else ["?"]
    if program.kind in ("layer_norm", "rms_norm") and "?" not in sizes:
        count = math.prod(map(int, sizes))
        if count != program.count(program.axes):
            return f"{count} elements are normalized, not {program.count(program.axes)}"
    # Where sizes are unknown, parameters come transposed or the result is computed twice, they may have to stay outside.
    is_plain = (not program.outside and not program.dynamic and program.choices["around"] != "transposes"
                and program.choices["after"].strip() == "nothing")
    for name, is_there in (("gamma", program.has_gamma), ("beta", program.has_beta)):
        if is_plain and is_there and f"{name}(" not in operation:
            return f"{name} stays outside"
    if program.epsilon_operand != ("epsilon(" in operation):
        return "epsilon is an operand in one, a constant in the other"
    if not program.epsilon_operand:
        epsilon = re.search(r"epsilon = (\S+)", operation)
        if (float(epsilon.group(1)) if epsilon else 1e-5) != program.epsilon_value:
            return f"epsilon is {epsilon.group(1) if epsilon else 'absent'}, not {program.epsilon_value}"
    return None


def raise_all(text, options):
    """name → what each function becomes, or the error that raising it alone gives."""
    try:
        return split_functions(norm_opt(["--mlir-print-local-scope", f"--norm-raise={options}"], text))
    except RuntimeError:
        raised = {}
        for name, function in split_functions(norm_opt(["--mlir-print-local-scope"], text)).items():
            try:
                raised[name] = norm_opt([f"--norm-raise={options}"], function)
            except RuntimeError as error:
                raised[name] = error
        return raised


def check_batch(numbers, passes, seed, only_wrong=False):
    """(number, passes, mode, problem) of each function that is not raised as it should be."""
    functions = {f"p{number}": make(seed, number, only_wrong) for number in numbers}
    text = "".join(function.text for function in functions.values())
    if PASSES[passes]:
        text = norm_opt([f"--pass-pipeline=builtin.module({PASSES[passes]})"], text)
    problems = []
    for mode, options in MODES.items():
        raised = raise_all(text, options)
        for number, (name, function) in zip(numbers, functions.items()):
            text_or_error = raised[name]
            what = (f"norm-opt fails: {text_or_error}" if isinstance(text_or_error, RuntimeError) else
                    problem(function, mode, text_or_error))
            if what:
                problems.append((number, passes, mode, what))
    return problems


def show(number, seed, passes, only_wrong):
    function = make(seed, number, only_wrong)
    text = function.text
    print("\n".join(f"// {axis}: {choice}" for axis, choice in function.program.choices.items()))
    if passes and PASSES[passes]:
        text = norm_opt([f"--pass-pipeline=builtin.module({PASSES[passes]})"], text)
    print(text)


def remarks(function, passes, mode):
    """Why the pass leaves the function's roots alone."""
    text = function.text
    if PASSES[passes]:
        text = norm_opt([f"--pass-pipeline=builtin.module({PASSES[passes]})"], text)
    options = ["norm-opt", f"--norm-raise={MODES[mode]} report-misses", "-", "-o", "/dev/null"]
    done = subprocess.run(options, input=text, capture_output=True, text=True, check=False)
    return [line.split("remark: ")[1] for line in done.stderr.splitlines() if "remark: " in line]


def report(arguments, problems):
    """Prints problems, those of a program together; returns the number of programs."""
    by_number = collections.defaultdict(list)
    for number, passes, mode, what in problems:
        by_number[number].append((passes, mode, what))
    for number, entries in list(by_number.items())[:arguments.shown]:
        function = make(arguments.seed, number, arguments.wrong)
        choices = ", ".join(f"{axis}: {choice}" for axis, choice in function.program.choices.items())
        passes, mode, _ = entries[0]
        print(f"program {number} of seed {arguments.seed} after {passes} ({choices})")
        for what in dict.fromkeys(what for *_, what in entries):
            print(f"  {what} in {', '.join(mode for _, mode, other in entries if other == what)}")
        for remark in remarks(function, passes, mode):
            print(f"  remark: {remark}")
    return len(by_number)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=3000, help="how many programs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--passes", choices=PASSES, help="what runs before raising; by default each in turn")
    parser.add_argument("--only", type=int, help="print the program of this number")
    parser.add_argument("--wrong", action="store_true", help="only programs with a mistake")
    parser.add_argument("--shown", type=int, default=20, help="how many failures to print")
    arguments = parser.parse_args()
    if arguments.only is not None:
        show(arguments.only, arguments.seed, arguments.passes, arguments.wrong)
        return 0
    batches = [range(first, min(first + BATCH, arguments.number)) for first in range(0, arguments.number, BATCH)]
    names = [arguments.passes or list(PASSES)[i % len(PASSES)] for i in range(len(batches))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        checks = pool.map(lambda batch, name: check_batch(batch, name, arguments.seed, arguments.wrong), batches, names)
        failed = report(arguments, [problem for problems in checks for problem in problems])
    print(f"{arguments.number} programs, {failed} not raised as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
