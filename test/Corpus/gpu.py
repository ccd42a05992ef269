#!/usr/bin/env python3
"""Takes the files of the corpus to the GPU: to PTX that needs nothing from elsewhere, and through the emulator to the numbers
that the manifest expects.

  gpu.py [--only GLOB]
"""

import argparse
import concurrent.futures
import fnmatch
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 3


def run(command, **others):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CUDA")}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **others)


def judge(done):
    """What is wrong with the end of a command, or nothing."""
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-2000:]


def check(file):
    """Lines about a file that is not as it should be."""
    name, path = file["file"], os.path.join(HERE, file["file"])
    wrong = [("PTX", judge(run(["norm-opt", path, "--norm-to-nvvm=chip=sm_80", "-o", os.devnull])))]
    if "numeric" in file:
        numeric = file["numeric"]
        command = ["norm-run", path, f"--entry={file['entry']}", "--target=cuda-emulated", f"--schedule-seed={SEED}",
                   f"--rtol={numeric['tolerance']['rtol']}", f"--atol={numeric['tolerance']['atol']}"]
        command += [f"--input={os.path.join(HERE, data)}" for data in numeric["inputs"]]
        command += [f"--expect={os.path.join(HERE, data)}" for data in numeric["outputs"]]
        wrong.append(("emulator", judge(run(command))))
    return [f"{name}: {what}: {text}" for what, text in wrong if text]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="*", help="file name pattern")
    arguments = parser.parse_args()
    with open(os.path.join(HERE, "manifest.json"), encoding="utf-8") as manifest:
        files = [file for file in json.load(manifest)["files"] if fnmatch.fnmatch(file["file"], arguments.only)]
    failures = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for lines in pool.map(check, files):
            failures += lines
    print("\n".join(failures))
    print(f"{len(files)} files, {sum('numeric' in file for file in files)} run, {len(failures)} failures")
    return 1 if failures or not files else 0


if __name__ == "__main__":
    sys.exit(main())
