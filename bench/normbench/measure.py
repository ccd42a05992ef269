"""Runs cases: writes the data, lets every contender prepare and checks it, then measures round by round."""

import contextlib
import pathlib
import random
import shutil
import tempfile
import time

from . import cases, contenders, data, statistics
from .pool import Worker, WorkerError

# A round of a contender lasts about this long.
ROUND_NANOSECONDS = {"dram": 60e6, "cache": 10e6, "latency": 5e6}


def scratch_folder():
    """A folder in memory if there is room, so that data come from a file system as fast as memory."""
    for parent in ("/dev/shm", None):
        try:
            if parent is None or shutil.disk_usage(parent).free > 4 << 30:
                return pathlib.Path(tempfile.mkdtemp(prefix="norm-bench-", dir=parent))
        except OSError:
            continue
    return pathlib.Path(tempfile.mkdtemp(prefix="norm-bench-"))


class Session:
    """The processes for one number of threads. To be used in a `with` statement."""

    def __init__(self, names, threads, build_folder, log, say, round_share=1.0):
        self.threads, self.say, self.round_share = threads, say, round_share
        self.workers = {name: Worker(name, threads, build_folder, log) for name in names}
        self.scribe = Worker(contenders.OURS, 1, build_folder, log)
        self.folder = scratch_folder()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)
        for worker in (*self.workers.values(), self.scribe):
            worker.end()

    def prepare(self, case):
        """Name → what is known before measuring: version, errors, or why there is no result."""
        found = {}
        self.scribe.ask("write", case=cases.to_json(case), folder=str(self.folder))
        for name, worker in self.workers.items():
            try:
                found[name] = worker.ask("prepare", case=cases.to_json(case), folder=str(self.folder))
            except WorkerError as error:
                found[name] = {"missing": str(error), "unsupported": error.unsupported}
                continue
            fields = found[name]
            if fault := data.fault(case, fields.get("error_of_rows", 0), fields.get("error_of_offset_row")):
                fields["missing"] = fault
        return found

    def check(self, case):
        """Only computes and compares."""
        found = self.prepare(case)
        self.drop(found)
        return found

    def drop(self, found):
        for name in found:
            if self.workers[name].process is not None:
                with contextlib.suppress(WorkerError):  # Its process is gone: the next case starts another.
                    self.workers[name].ask("drop")

    def measure(self, case, rounds):
        """Name → fields of a result: `nanoseconds` per round and their summary, or `missing`."""
        found = self.prepare(case)
        running = [name for name in found if "missing" not in found[name]]
        calls, times = {}, {name: [] for name in running}
        target = self.round_share * ROUND_NANOSECONDS[case.regime]

        def run(name, warm_up, number):
            """Nanoseconds of the calls; none, once and for all, if the contender fails."""
            try:
                return self.workers[name].ask("run", warm_up=warm_up, calls=number)["nanoseconds"]
            except WorkerError as error:
                found[name]["missing"] = str(error)
                return None

        for name in running:
            first = run(name, warm_up=1, number=1)
            if first is not None and first < target / 100:  # Too short to go by.
                first = run(name, warm_up=100, number=100)
                first = first and first / 100
            if first is not None:
                calls[name] = statistics.calls_per_round(first, target)
        for _ in range(rounds):
            # Nobody always comes after the same one.
            order = [name for name in running if "missing" not in found[name]]
            random.shuffle(order)
            for name in order:
                spent = run(name, max(1, calls[name] // 10) if case.regime != "dram" else 1, calls[name])
                if spent is None:
                    continue
                share = case.sets if contenders.BY_NAME[name].is_ceiling else 1
                times[name].append(spent / calls[name] / share)
        for name in running:
            if "missing" not in found[name]:
                found[name].update(result(case, times[name]))
        self.drop(found)
        return found


def result(case, nanoseconds):
    summary = statistics.summarize(nanoseconds)
    return {"nanoseconds": nanoseconds, "median": summary.median, "best": summary.best, "spread": summary.spread,
            "gb_per_s": case.bytes_per_call / summary.median, "best_gb_per_s": case.bytes_per_call / summary.best}


def measure_all(session, selected, rounds, seconds=None):
    """One record per case, in a form that JSON takes. What would not end within `seconds` is left out and said."""
    start = time.monotonic()
    longest = 0
    for number, case in enumerate(selected, start=1):
        begin = time.monotonic()
        if seconds is not None and begin + longest > start + seconds:
            session.say(f"[{session.threads} thread(s), {number}/{len(selected)}] {case.name}: left out, no time is left")
            continue
        found = session.measure(case, rounds)
        if number > 1:  # The first one includes the start of the processes.
            longest = max(longest, time.monotonic() - begin)
        session.say(f"[{session.threads} thread(s), {number}/{len(selected)}] {case.name}: " + ", ".join(
            f"{name} {fields['gb_per_s']:.1f}" for name, fields in found.items() if "gb_per_s" in fields))
        yield {"case": cases.to_json(case), "name": case.name, "group": case.group, "label": case.label,
               "threads": session.threads, "bytes": case.bytes_per_call, "contenders": found}
