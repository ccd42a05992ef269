"""What is made of the times of several rounds."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Summary:
    """Nanoseconds a call: median and best of the rounds; spread = (worst - best) / median."""
    median: float
    best: float
    spread: float
    rounds: int


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def summarize(nanoseconds):
    """Of a list of one time per round, not empty."""
    if not nanoseconds:
        raise ValueError("no rounds to summarize")
    typical = median(nanoseconds)
    return Summary(typical, min(nanoseconds), (max(nanoseconds) - min(nanoseconds)) / typical, len(nanoseconds))


def calls_per_round(nanoseconds_per_call, target_nanoseconds):
    """How many calls last about as long as a round should; at least one."""
    return max(1, round(target_nanoseconds / max(nanoseconds_per_call, 1)))
