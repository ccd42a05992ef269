#!/usr/bin/env python3
"""Runs what the documents show, so that they stay true.

The documents are README.md, CONTRIBUTING.md and the .md files of docs/, examples/ and bench/. A fenced block `console`
whose first line runs norm-opt, norm-run or norm-compile (`$ norm-opt ...`) is run in the root of the tree; what the block
shows must occur in the output, wherever its lines are broken; a line "..." stands for what is left out. A fenced block
`mlir` that has a function must be accepted by norm-opt. Files that a link names must be there.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


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
    if not command.startswith(("norm-opt ", "norm-run ", "norm-compile ")):
        return None
    status, output = run(command)
    if status != 0:
        return f"`{words(command)}` fails with {status}:\n{output}"
    rest = words(output)
    for part in re.split(r"^\s*\.\.\.\s*$", shown, flags=re.MULTILINE):
        if not words(part):
            continue
        _, found, rest = rest.partition(words(part))
        if not found:
            return f"`{words(command)}` does not print, where it is shown:\n{part}\nbut:\n{output}"
    return None


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

    checks = {"console": check_console, "mlir": check_mlir}
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
            problems += [problem] if problem else []
        failures += len(problems)
        for problem in problems:
            print(f"{path.relative_to(ROOT)}: {problem}\n", file=sys.stderr)
    print(f"{len(documents)} documents, {count} blocks, {failures} problems")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
