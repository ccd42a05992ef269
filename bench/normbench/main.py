"""The command line. The first part runs in any Python; what measures runs in the virtual environment's."""

import argparse
import importlib.util
import json
import os
import pathlib
import re
import signal
import sys
import time
import unittest

from . import peers

BENCH = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
QUICK_SECONDS = 150  # and the time for starting and ending, within 3 minutes


def parse(arguments):
    parser = argparse.ArgumentParser(prog="bench/run", description="Measures our kernels beside libraries and memory's limits.")
    parser.add_argument("--quick", action="store_true", help="fewer cases on less memory; ends in 3 minutes")
    parser.add_argument("--venv", default=ROOT / "build" / "bench-venv", type=pathlib.Path, metavar="DIR",
                        help="the virtual environment of the libraries (default: build/bench-venv)")
    parser.add_argument("--no-install", action="store_true", help="run in this Python, with what it has")
    parser.add_argument("--output", default=ROOT / "build" / "bench", type=pathlib.Path, metavar="DIR",
                        help="where results.json, results.md and plots go, and what is built (default: build/bench)")
    parser.add_argument("--threads", default="1,2", metavar="N,…", help="numbers of threads (default: 1,2)")
    parser.add_argument("--rounds", type=int, help="rounds of each case (default: 9; with --quick 3)")
    parser.add_argument("--cases", default="", metavar="REGEX", help="only cases whose name (op/type/regime/shape) matches")
    parser.add_argument("--contenders", default="", metavar="REGEX", help="only contenders whose name matches")
    parser.add_argument("--check", action="store_true", help="only compute small cases and compare with f64")
    parser.add_argument("--self-test", action="store_true", help="test the benchmark's own logic; needs nothing but Python")
    parser.add_argument("--report", type=pathlib.Path, metavar="JSON", help="measure nothing: write a run's report again")
    parser.add_argument("--docs", action="store_true", help="put the report into docs/Performance.md too")
    options = parser.parse_args(arguments)
    if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*)*", options.threads):
        parser.error(f"expected numbers of threads, got '{options.threads}'")
    options.threads = [int(count) for count in options.threads.split(",")]
    if options.rounds is not None and options.rounds < 1:
        parser.error(f"expected at least one round, got {options.rounds}")
    options.rounds = options.rounds or (3 if options.quick else 9)
    return options


def say(text):
    print(text, flush=True)


def self_test():
    suite = unittest.defaultTestLoader.discover(str(BENCH / "tests"), top_level_dir=str(BENCH))
    return 0 if unittest.TextTestRunner(verbosity=1).run(suite).wasSuccessful() else 1


def enter_environment(options, arguments):
    """Installs and starts again with the environment's Python; returns when that is the one running."""
    if options.no_install or pathlib.Path(sys.prefix) == options.venv.resolve():
        return
    peers.install(options.venv, say)
    python = str(peers.python_of(options.venv.absolute()))
    os.execv(python, [python, str(BENCH / "run"), *arguments])


def is_installed(package):
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:  # of a package around it
        return False


def selected_contenders(options):
    from . import contenders
    not_installed = {} if options.no_install else peers.failures(options.venv)
    names = []
    for contender in contenders.ALL:
        if contender.name != contenders.REFERENCE_CEILING and (
                not re.search(options.contenders, contender.name) or (options.quick and contender.name.startswith("triad"))):
            continue
        absent = [package for package in contender.packages if not is_installed(package)]
        if absent:
            not_installed.setdefault(contender.name, f"no module {absent[0]}")
        else:
            names.append(contender.name)
    return names, not_installed


def check(options):
    """Compiles small kernels, computes and compares; 1 if a contender's result is wrong or ours is missing."""
    from . import cases, contenders, measure
    names, _ = selected_contenders(options)
    names = [name for name in names if not contenders.BY_NAME[name].is_ceiling]
    options.output.mkdir(parents=True, exist_ok=True)
    bad = 0
    for threads in options.threads:
        with open(options.output / "workers.log", "a") as log, \
                measure.Session(names, threads, options.output / "built", log, say) as session:
            for case in cases.tiny_cases():
                if not re.search(options.cases, case.name):
                    continue
                for name, fields in session.check(case).items():
                    told = fields.get("missing") or f"right, error {fields['error_of_rows']:.1e}"
                    bad += "missing" in fields and (name == contenders.OURS or told.startswith("wrong"))
                    say(f"{case.name}, {threads} thread(s), {name}: {told}")
    return 1 if bad else 0


def measure_run(options):
    from . import build, cases, compile_cost, contenders, machine, measure
    names, not_installed = selected_contenders(options)
    selected = [case for case in (cases.quick_cases() if options.quick else cases.all_cases())
                if re.search(options.cases, case.name)]
    if not selected:
        raise SystemExit(f"bench/run: error: no case matches '{options.cases}'")
    options.output.mkdir(parents=True, exist_ok=True)
    run = {"machine": machine.describe(ROOT), "rounds": options.rounds, "quick": options.quick,
           "not_installed": not_installed, "records": []}
    built = options.output / "built"
    for threads in options.threads:
        with open(options.output / "workers.log", "a") as log, \
                measure.Session(names, threads, built, log, say, 0.5 if options.quick else 1) as session:
            seconds = QUICK_SECONDS / len(options.threads) if options.quick else None
            for record in measure.measure_all(session, selected, options.rounds, seconds):
                run["records"].append(record)
                (options.output / "results.json").write_text(json.dumps(run, indent=1))
    run["contenders"] = {name: {"version": version_in(run, name), "includes": contenders.BY_NAME[name].includes}
                         for name in names}
    try:
        run["compile"] = compile_cost.measure(build.Builder(built, 1))
    except build.BuildError as error:
        run["compile"] = {"missing": str(error)}
    (options.output / "results.json").write_text(json.dumps(run, indent=1))
    return run


def version_in(run, name):
    """As the contender said when it prepared its first case."""
    return next((record["contenders"][name]["version"] for record in run["records"]
                 if "version" in record["contenders"][name]), "–")


def write_report(run, options):
    from . import contenders, docs, plots, report, targets
    written = report.Report(run, targets.load(), contenders.OURS, contenders.REFERENCE_CEILING,
                            [ceiling.name for ceiling in contenders.CEILINGS])
    try:
        drawn = plots.draw_all(written, options.output)
    except ImportError:
        say("no plots: matplotlib is not installed")
        drawn = []
    (options.output / "results.md").write_text(written.markdown(drawn))
    say(f"wrote results.md, results.json and {len(drawn)} plots to {options.output}")
    if options.docs:
        docs.update(written, drawn, options.output, ROOT / "docs")


def main(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    options = parse(arguments)
    # Where our tools are if they are not on the PATH.
    os.environ["PATH"] += "".join(f"{os.pathsep}{ROOT / 'build' / folder / 'bin'}" for folder in ("release", "."))
    if options.self_test:
        return self_test()
    try:
        if options.report:
            run = json.loads(options.report.read_text())
            write_report(run, options)
            return 0
        enter_environment(options, arguments)
    except (OSError, ValueError, peers.InstallError) as error:
        print(f"bench/run: error: {error}", file=sys.stderr)
        return 1
    # So that an ended run leaves nothing behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench/run: ended"))
    if options.check:
        return check(options)
    start = time.monotonic()
    write_report(measure_run(options), options)
    say(f"{(time.monotonic() - start) / 60:.1f} minutes")
    return 0
