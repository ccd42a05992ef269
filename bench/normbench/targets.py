"""Compares results with ../targets.json.

A target of a case: `ceiling`, the least share of the reference ceiling; `peer`, the least speed relative to the best peer;
`time_of_peer`, the largest time relative to the best peer's; `not_slower_than_one_thread`: with more threads, no more than
the time of one (5 % allowed for noise). One entry, `compile`, is about the compiler.
"""

import json
import pathlib

NOISE = 1.05
FILE = pathlib.Path(__file__).resolve().parent.parent / "targets.json"


def load():
    return json.loads(FILE.read_text())


def compile_target(targets):
    return next(target for target in targets if target["cases"] == "compile")


def of_record(targets, record):
    """The target of a record's case, or None."""
    for target in targets:
        if (target["cases"], target.get("label")) == (record["group"], record["label"]):
            return target
    return None


def best_peer(record, ours, ceilings):
    """Name of the fastest contender that is neither ours nor a ceiling, or None."""
    peers = {name: fields["median"] for name, fields in record["contenders"].items()
             if name not in ceilings and name != ours and "median" in fields}
    return min(peers, key=peers.get) if peers else None


def ratios(record, ours, reference, ceilings):
    """Our `ceiling` share, `peer` speed ratio and `time_of_peer`; those that can be said."""
    fields = record["contenders"]
    own = fields.get(ours, {}).get("median")
    found = {}
    if own and "median" in fields.get(reference, {}):
        found["ceiling"] = fields[reference]["median"] / own
    peer = best_peer(record, ours, ceilings)
    if own and peer:
        found["peer"] = fields[peer]["median"] / own
        found["time_of_peer"] = own / fields[peer]["median"]
    return found


def misses(target, found, own=None, own_of_one_thread=None):
    """Which parts of a target are missed, in words; also those that could not be measured."""
    missed = []
    for key, says in (("ceiling", "{:.2f} of the ceiling"), ("peer", "{:.2f}x the best peer")):
        if key in target and not found.get(key, 0) >= target[key]:
            missed.append("≥ " + says.format(target[key]))
    if "time_of_peer" in target and not found.get("time_of_peer", float("inf")) <= target["time_of_peer"]:
        missed.append(f"≤ {target['time_of_peer']:.2f}x the best peer's time")
    if target.get("not_slower_than_one_thread") and own and own_of_one_thread and own > NOISE * own_of_one_thread:
        missed.append(f"no slower than one thread ({own_of_one_thread:.0f} ns)")
    return missed


def compile_misses(target, costs):
    """Missed targets of the compiler; `costs` as compile_cost.measure returns them."""
    missed = []
    for key, unit in (("one_kernel_ms", "ms"), ("hundred_norms_ms", "ms")):
        if key in costs and costs[key] > target[key]:
            missed.append(f"{key} ≤ {target[key]} {unit}")
    missed += [f"{name} ≤ {target['code_bytes']} bytes" for name, size in costs.get("code_bytes", {}).items()
               if size > target["code_bytes"]]
    return missed
