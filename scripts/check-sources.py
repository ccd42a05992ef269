#!/usr/bin/env python3
"""Checks what no compiler and no formatter does: licence lines, length of files, include guards, stray whitespace, where LLVM's
moving interfaces are used."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ["bench", "cmake", "docs", "examples", "include", "lib", "scripts", "test", "tools", "unittests", ".ci"]
LICENCE = "// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
# Headers of LLVM and MLIR whose contents change from version to version, and the places that may include them.
PLACES = {
    "llvm/ExecutionEngine/": ["lib/Compiler/JIT.cpp", "include/norm/Compiler/JIT.h"],
    "llvm/IR/LegacyPassManager.h": ["lib/Compiler/Compiler.cpp"],
    "llvm/MC/": ["lib/Compiler/Target.cpp"],
    "llvm/Passes/": ["lib/Compiler/Compiler.cpp"],
    "llvm/TargetParser/Host.h": ["lib/Compiler/Target.cpp"],
    "mlir/Bytecode/BytecodeImplementation.h": ["lib/Dialect/Norm/IR/NormBytecode.cpp", "unittests/"],
    "mlir/CAPI/": ["lib/CAPI/"],
    "mlir/Conversion/Passes.h": ["lib/Pipelines/", "lib/Compiler/CSizeCheck.cpp"],
    "mlir/Dialect/GPU/Transforms/Passes.h": ["lib/Pipelines/"],
    "mlir/Target/LLVMIR/Export.h": ["lib/Compiler/Compiler.cpp"],
    "mlir/Tools/Plugins/": ["tools/norm-plugin/"],
    "mlir/Tools/mlir-": ["tools/", "examples/"],
}
CODE = {".cpp", ".h", ".c", ".td", ".py"}
TEXT = CODE | {".mlir", ".md", ".txt", ".cmake", ".sh", ".in", ".test", ""}


def problems(path, name):
    """What is wrong with a file, a line of text each."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix in {".cpp", ".h", ".c"} and lines[:1] != [LICENCE]:
        yield f"{name}:1: expected the line {LICENCE}"
    if path.suffix in CODE and len(lines) > 500:
        yield f"{name}: expected at most 500 lines, got {len(lines)}"
    for number, line in enumerate(lines, start=1):
        included = re.match(r'#include ["<]((?:llvm|mlir)/[^">]+)', line)
        for header, places in PLACES.items():
            if included and included[1].startswith(header) and not name.startswith(tuple(places)):
                yield f"{name}:{number}: expected {included[1]} in {' or '.join(places)} alone"
    if path.suffix == ".h" and name.startswith("include/"):
        guard = re.sub(r"\W", "_", name.removeprefix("include/")).upper()
        if f"#ifndef {guard}" not in lines:
            yield f"{name}: expected the include guard {guard}"
    exported = path.suffix == ".mlir" and name.startswith(("examples/", "test/Corpus/"))
    for number, line in enumerate(lines, start=1):
        if "\t" in line or (line != line.rstrip() and not exported):
            yield f"{name}:{number}: expected no tab and no space at the end of a line"


def main():
    found, count = [], 0
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in TEXT and "__pycache__" not in path.parts:
                count += 1
                found.extend(problems(path, path.relative_to(ROOT).as_posix()))
    print("\n".join([*found, f"{count} files, {len(found)} problems"]))
    return 1 if found or not count else 0


if __name__ == "__main__":
    sys.exit(main())
