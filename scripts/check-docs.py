#!/usr/bin/env python3
"""Runs what the documents show, so that they stay true.

The documents are README.md, CONTRIBUTING.md and the .md files of docs/, examples/ and bench/. A fenced block `console`
whose first line runs norm-opt, norm-run or norm-compile (`$ norm-opt ...`) is run in the root of the tree; what the block
shows must occur in the output, wherever its lines are broken; a line "..." stands for what is left out. Any other command
of a block `console`, `bash` or `sh` must be one of RUN_BY, run by the file named there. A block `mlir` that has a function
must be accepted by norm-opt, a block `c` by the C compiler. A block whose first line is a comment that names a file of
the tree (`// examples/...`) must be a part of that file. Files that a link names must be there.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

TOOLS = ("norm-opt ", "norm-run ", "norm-compile ")
ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"^```([\w+]+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

# How commands begin that other tests run, and the files that run them, by the words that follow.
RUN_BY = {
    "scripts/check": (".ci/run", "scripts/check"),
    "NORM_LLVM_VERSION=": ("scripts/common.sh", "NORM_LLVM_VERSION"),
    "cmake --workflow --preset release": ("scripts/common.sh", "cmake --preset release"),
    "cmake --preset release": ("scripts/common.sh", "cmake --preset release"),
    "ninja -C build/release check-norm": ("scripts/check", "--target check-norm"),
    "lit-22 -v build/release/test": ("cmake/modules/NormTesting.cmake", "NORM_CHECK_COMMAND"),
    "scripts/demo": ("test/Scripts/demo.test", "run_demo.py"),
    "scripts/package": ("test/Package/debian.test", "CPackConfig.cmake"),
    "cmake --install build/release": ("test/Package/installed-gxx.test", "%install"),
    "cmake -S examples/mini-compiler": ("test/Package/mini-compiler.test", "%cmake -S %t/source"),
    "cmake --build build/mini": ("test/Package/mini-compiler.test", "%cmake-build %t/build"),
    "build/mini/mini-opt": ("test/Package/mini-compiler.test", "mini-opt %t/source/model.mlir --mini-to-norm --norm-raise"),
    "python3 examples/mini-compiler/run_model.py": ("test/Package/mini-compiler.test", "run_model.py %t/build/mini-run"),
    "mlir-opt-22 --load-dialect-plugin": ("test/Plugin/mlir-opt.test", "--load-pass-plugin"),
    "norm-reduce": ("test/Tools/norm-reduce/reduce.mlir", "-reduction-tree"),
    "python3 test/Integration/GPU/resources.py": ("test/Integration/GPU/resources.test", "resources.py"),
    "bench/run": ("test/Bench/kernels.test", "bench/run"),
    # These measure, some with libraries that the tests do not ask for.
    "build/release/bin/norm-bench-micro": None,
    "PATH=build/release/bin:$PATH python3 bench/raising_time.py": None,
}


def run(command, text=None):
    """The exit status and all output of a shell command in the root of the tree."""
    shell = ["bash", "-o", "pipefail", "-c", command]
    done = subprocess.run(shell, cwd=ROOT, input=text or "", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def words(text):
    """The text on one line."""
    return " ".join(text.split())


def check_console(block):
    """What is wrong with a block that shows a command and its output; None if nothing is."""
    command, _, shown = block.replace("\\\n", " ").partition("\n")
    command = command.removeprefix("$ ")
    if not command.startswith(TOOLS):
        return check_commands("console", block)
    status, output = run(command)
    if status not in (0, 141):  # 141: `grep -m1` and the like had read enough
        return f"`{words(command)}` fails with {status}:\n{output}"
    rest = words(output)
    for part in re.split(r"^\s*\.\.\.\s*$", shown, flags=re.MULTILINE):
        if not words(part):
            continue
        _, found, rest = rest.partition(words(part))
        if not found:
            return f"`{words(command)}` does not print, where it is shown:\n{part}\nbut:\n{output}"
    return None


def commands(language, block):
    """The commands of a block."""
    lines = block.replace("\\\n", " ").splitlines()
    if language == "console":
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return [words(line.split(" # ")[0].split("   #")[0]) for line in lines if line.strip() and not line.startswith("#")]


def check_commands(language, block):
    """What is wrong with commands that are not run here; None if nothing is."""
    for command in commands(language, block):
        if language == "console" and command.startswith(TOOLS):
            continue
        found = [where for start, where in RUN_BY.items() if command.startswith(start)]
        if not found:
            return f"no test runs `{command}`: RUN_BY in check-docs.py says which do"
        if found[0] is None:
            continue
        file, text = found[0]
        if not (ROOT / file).exists() or text not in (ROOT / file).read_text(encoding="utf-8"):
            return f"`{command}` is said to be run by {file}, which has no '{text}'"
    return None


def check_copy(block):
    """What is wrong with a block that shows a part of a file; None if nothing is, or if it shows none."""
    first, _, rest = block.partition("\n")
    named = re.fullmatch(r"(?://|#) (examples/\S+)", first)
    if not named:
        return None
    path = ROOT / named[1]
    if path.exists() and rest.strip() in path.read_text(encoding="utf-8"):
        return None
    return f"a block differs from {named[1]}"


def check_c(block):
    """What is wrong with a block of C; None if nothing is. Headers that norm-compile makes are in /tmp."""
    status, output = run(f"{os.environ.get('CC', 'cc')} -std=c99 -Wall -Werror -fsyntax-only -x c -I include -I /tmp -", block)
    return f"the C compiler refuses:\n{block}{output}" if status != 0 else None


def check_mlir(block):
    """What is wrong with a block of IR; None if nothing is."""
    if "func.func" not in block:
        return None
    status, output = run("norm-opt", block)
    return f"norm-opt refuses:\n{block}{output}" if status != 0 else None


def broken_links(path, text):
    """What is wrong with a document's links to files of the tree."""
    for link in LINK.findall(FENCE.sub("", text)):
        if not (path.parent / link).exists():
            yield f"there is no {link}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", required=True, help="the folder of norm-opt, norm-run and norm-compile")
    args = parser.parse_args()
    os.environ["PATH"] = os.path.abspath(args.tools) + os.pathsep + os.environ["PATH"]

    checks = {"console": check_console, "mlir": check_mlir, "c": check_c,
              "bash": lambda block: check_commands("bash", block), "sh": lambda block: check_commands("sh", block)}
    count, failures = 0, 0
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    for folder in ("docs", "examples", "bench"):
        documents += sorted((ROOT / folder).glob("*.md"))
    for path in documents:
        text = path.read_text(encoding="utf-8")
        problems = list(broken_links(path, text))
        for language, block in FENCE.findall(text):
            check = checks.get(language)
            count += check is not None
            problem = check(block) if check else None
            problems += [problem for problem in (problem, check_copy(block)) if problem]
        failures += len(problems)
        for problem in problems:
            print(f"{path.relative_to(ROOT)}: {problem}\n", file=sys.stderr)
    print(f"{len(documents)} documents, {count} blocks, {failures} problems")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
