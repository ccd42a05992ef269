"""Made-up results."""

from normbench import cases

OURS, PEER, REFERENCE, OTHER = "ours", "peer", "nt8", "copy"
CEILINGS = [REFERENCE, OTHER]


def figures(case, nanoseconds, spread=0.0):
    return {"median": nanoseconds, "best": nanoseconds, "spread": spread, "gb_per_s": case.bytes_per_call / nanoseconds,
            "version": "1", "error_of_offset_row": 1e-7}


def record(case, threads=1, **nanoseconds):
    """A record in which each contender takes so long; None stands for a contender that lacks the case."""
    contenders = {name: {"missing": "no such primitive", "unsupported": True} if time is None else figures(case, time)
                  for name, time in nanoseconds.items()}
    return {"case": cases.to_json(case), "name": case.name, "group": case.group, "label": case.label, "threads": threads,
            "bytes": case.bytes_per_call, "contenders": contenders}


def run(*records):
    names = {name: None for each in records for name in each["contenders"]}
    return {"machine": {"processor": "made up"}, "rounds": 3, "records": list(records), "not_installed": {"JAX": "no wheel"},
            "contenders": {name: {"version": "1", "includes": "a call"} for name in names}}


LONG = cases.of_length("layer_norm", "f32", 1024, 512 * cases.MIB, "dram")
SMALL = cases.Case("layer_norm", "f32", "latency", (8, 768))
