"""The process of one contender: answers commands, a line of JSON each.

  {"command": "prepare", "case": …, "folder": …}  copies inputs, computes, compares → versions and errors
  {"command": "run", "calls": n, "warm_up": m}     m calls, then n timed ones → {"nanoseconds": of the n}
  {"command": "drop"}                              forgets the case
The answer to what fails is {"error": message, "unsupported": whether the library lacks it}. What libraries print goes to
stderr.
"""

import ctypes
import gc
import json
import os
import signal
import sys

from . import cases, contenders, data, memory
from .build import Builder
from .contenders.base import Unsupported

PR_SET_PDEATHSIG = 1  # of Linux's prctl


def serve(contender_name, threads, build_folder, answers):
    contender = contenders.BY_NAME[contender_name](threads, Builder(build_folder, threads))
    calls = None

    def prepare(case, folder):
        nonlocal calls
        if contender.is_ceiling:
            calls = contender.prepare(case, {})
            return {"version": contender.version()}
        arrays = {name: [memory.copy_of(values) for values in data.load(folder, name)] for name in case.arrays_in}
        arrays.update({name: [memory.copy_of(data.load(folder, name))] for name in case.parameters})
        arrays.update({name: [memory.allocate(case.shape, data.STORAGE[case.dtype]) for _ in range(case.sets)]
                       for name in case.arrays_out})
        calls = contender.prepare(case, arrays)
        calls.run(max(3, case.sets))  # Allocators settle after a few calls.
        worst, worst_offset = data.errors(case, calls.outputs(), folder)
        return {"version": contender.version(), "error_of_rows": worst, "error_of_offset_row": worst_offset}

    def answer(request):
        nonlocal calls
        if request["command"] == "prepare":
            return prepare(cases.from_json(request["case"]), request["folder"])
        if request["command"] == "write":
            data.write(cases.from_json(request["case"]), request["folder"])
            return {}
        if request["command"] == "run":
            calls.run(request["warm_up"])
            return {"nanoseconds": calls.run(request["calls"])}
        calls = None
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)  # What it freed is kept for calls of one case, not for the next one.
        return {}

    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # Whatever a library raises is this contender's result.
            text = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
            reply = {"error": text[:300], "unsupported": isinstance(error, Unsupported)}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


def main():
    name, threads, build_folder, cpus = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    wanted = contenders.BY_NAME[name].environment()
    if any(os.environ.get(key) != value for key, value in wanted.items()):
        os.execve(sys.executable, [sys.executable, "-m", "normbench.worker", *sys.argv[1:]], {**os.environ, **wanted})
    # Stopped or not, no process outlives its parent.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.sched_setaffinity(0, [int(cpu) for cpu in cpus.split(",")])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(name, threads, build_folder, answers)


if __name__ == "__main__":
    main()
