"""Plots: GB/s over N, one line per contender, the ceilings dashed."""

import pathlib
import re

from . import cases
from .report import title

COLOURS = ("#d62728", "#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#bcbd22", "#000000")
MARKERS = "os^D"


def appearance(number, is_ours):
    """How the line of the contender of this number looks, not quite as any other does."""
    return {"color": COLOURS[number % len(COLOURS)], "marker": MARKERS[number // len(COLOURS) % len(MARKERS)], "markersize": 4,
            "linewidth": 2.4 if is_ours else 1.3}


def series(records, name):
    """N and GB/s where there is a figure."""
    points = [(record["case"]["shape"][1], record["contenders"][name]["gb_per_s"]) for record in records
              if "gb_per_s" in record["contenders"].get(name, {})]
    return [n for n, _ in points], [speed for _, speed in points]


def draw(records, names, ours, ceilings, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 5), dpi=110)
    number = 0
    for name in names:
        lengths, speeds = series(records, name)
        if not lengths or name.startswith("triad"):
            continue
        if name in ceilings:
            style = {"color": "0.55", "linestyle": ("--", ":", "-.")[list(ceilings).index(name) % 3]}
        else:
            style = appearance(number, name == ours)
            number += 1
        axes.plot(lengths, speeds, label=name, **style)
    lengths = [record["case"]["shape"][1] for record in records]
    axes.set_xscale("log", base=2)
    axes.set_xticks(lengths, [str(n) for n in lengths], rotation=45)
    axes.set_ylim(bottom=0)
    axes.set(xlabel="N", ylabel="GB/s", title=title(records[0]))
    axes.grid(alpha=0.3)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    figure.savefig(path, bbox_inches="tight", metadata={"Software": None})
    pyplot.close(figure)


def draw_all(report, folder):
    """One PNG per group of cases over N; (title, file name) each."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for records in report.groups():
        case = cases.from_json(records[0]["case"])
        if len(records) < 3 or case.regime == "latency" or len(case.shape) > 2:
            continue
        name = re.sub(r"\W", "_", f"{records[0]['group']}_{records[0]['threads']}") + ".png"
        draw(records, list(report.run["contenders"]), report.ours, report.ceilings, folder / name)
        drawn.append((title(records[0]), name))
    return drawn
