#!/usr/bin/env python3
"""Prints "N passed, N failed" for a result file that lit wrote (lit --output), with ", N skipped" where some were.

Exits with 1 when a test failed or none passed.
"""

import collections
import json
import sys

PASSED = {"PASS", "FLAKYPASS", "XFAIL"}
SKIPPED = {"UNSUPPORTED", "SKIPPED", "EXCLUDED"}


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: count-results.py RESULTS.json")
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            codes = collections.Counter(test["code"] for test in json.load(file)["tests"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"{sys.argv[1]}: no test results: {error}")
    passed = sum(codes[code] for code in PASSED)
    skipped = sum(codes[code] for code in SKIPPED)
    failed = sum(codes.values()) - passed - skipped
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
