"""Runs a command that must fail with one line on stderr, which goes to stdout: fails.py [--code=N] COMMAND ..."""

import subprocess
import sys

arguments = sys.argv[1:]
code = 1
if arguments[0].startswith("--code="):
    code = int(arguments.pop(0)[len("--code="):])
result = subprocess.run(arguments, stderr=subprocess.PIPE, text=True)
lines = result.stderr.splitlines()
print(result.stderr, end="")
if result.returncode != code:
    sys.exit(f"exit code {result.returncode} where {code} is expected")
if len(lines) != 1:
    sys.exit(f"{len(lines)} lines on stderr where one is expected")
