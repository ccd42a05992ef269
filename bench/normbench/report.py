"""Tables in Markdown. A missed target is marked with ▼, and said beside it."""

from . import cases, targets

MISSED = "▼"


def title(record):
    case = cases.from_json(record["case"])
    mib = case.sets * case.bytes_per_call / 2 / cases.MIB
    regime = cases.REGIMES[case.regime].format(mib=mib)
    return f"{cases.TITLES[case.op]}, {case.dtype}, {regime}; {plural(record['threads'], 'thread')}"


def plural(count, word):
    return f"{count} {word}{'' if count == 1 else 's'}"


def cell(fields, regime):
    """Median (spread in percent), or a dash."""
    if "median" not in fields:
        return "–"
    value = f"{fields['median']:.0f}" if regime == "latency" else f"{fields['gb_per_s']:.1f}"
    return f"{value} ±{50 * fields['spread']:.0f}%" if fields["spread"] >= 0.1 else value


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


class Report:
    """`run`: what a run wrote as JSON. `ours`, `reference`, `ceilings`: names of contenders."""

    def __init__(self, run, all_targets, ours, reference, ceilings):
        self.run, self.targets = run, all_targets
        self.ours, self.reference, self.ceilings = ours, reference, ceilings
        self.of_one_thread = {record["name"]: record["contenders"].get(ours, {}).get("median")
                              for record in run["records"] if record["threads"] == 1}

    def verdict(self, record):
        """Our share of the ceiling, ratio to the best peer, and what is missed."""
        found = targets.ratios(record, self.ours, self.reference, self.ceilings)
        target = targets.of_record(self.targets, record)
        own = record["contenders"].get(self.ours, {}).get("median")
        one_thread = self.of_one_thread.get(record["name"]) if record["threads"] > 1 else None
        missed = targets.misses(target, found, own, one_thread) if target else []
        is_latency = cases.from_json(record["case"]).regime == "latency"
        peer = targets.best_peer(record, self.ours, self.ceilings)
        ratio = found.get("time_of_peer" if is_latency else "peer")
        share = f"{found['ceiling']:.2f}" if "ceiling" in found and not is_latency else "–"
        said = "–" if target is None else f"{MISSED} {', '.join(missed)}" if missed else "met"
        return [share, f"{ratio:.2f} ({peer})" if ratio else "–", said]

    def groups(self):
        """Records that make one table, in order."""
        found = {}
        for record in self.run["records"]:
            found.setdefault((record["group"], record["threads"]), []).append(record)
        return list(found.values())

    def group_table(self, records):
        regime = cases.from_json(records[0]["case"]).regime
        hidden = self.ceilings if regime == "latency" else ()
        names = [name for name in self.run["contenders"] if name not in hidden
                 and any("median" in record["contenders"].get(name, {}) for record in records)]
        head = ["", *names, "of the ceiling", "time / best peer" if regime == "latency" else "/ best peer", "target"]
        rows = [[record["label"], *(cell(record["contenders"].get(name, {}), regime) for name in names), *self.verdict(record)]
                for record in records]
        heading = title(records[0])[:1].upper() + title(records[0])[1:]
        unit = "ns a call" if regime == "latency" else "GB/s"
        return f"### {heading} ({unit})\n\n{table(head, rows)}\n"

    def missing(self):
        """What has no figure, and why: one line per contender and reason."""
        reasons = {}
        for record in self.run["records"]:
            for name, fields in record["contenders"].items():
                if "missing" in fields:
                    where = f"{record['group']} {record['label']} ({plural(record['threads'], 'thread')})"
                    reasons.setdefault((name, fields["missing"]), []).append(where)
        lines = []
        for (name, reason), places in reasons.items():
            shown = ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
            lines.append(f"- {name}: {reason} – {shown}")
        return lines + [f"- {name}: not installed: {reason}" for name, reason in self.run.get("not_installed", {}).items()]

    def offset_errors(self):
        """The largest error of each contender on the row (image) whose mean is 1000."""
        worst = {}
        for record in self.run["records"]:
            for name, fields in record["contenders"].items():
                error = fields.get("error_of_offset_row")
                if error is not None:
                    key = (name, record["case"]["dtype"])
                    worst[key] = max(worst.get(key, 0), error)
        names = [name for name in self.run["contenders"] if any(name == key[0] for key in worst)]
        rows = [[name, *(f"{worst[name, dtype]:.1e}" if (name, dtype) in worst else "–" for dtype in cases.ITEM_BYTES)]
                for name in names]
        return table(["", *cases.ITEM_BYTES], rows)

    def compiler(self):
        costs = self.run.get("compile", {})
        if not costs:
            return "Not measured in this run.\n"
        target = targets.compile_target(self.targets)
        missed = targets.compile_misses(target, costs)
        lines = []
        for key, text in (("one_kernel_ms", "one kernel, from MLIR text to an object, in process"),
                          ("hundred_norms_ms", "a module of 100 norms, likewise")):
            value = f"{costs[key]:.0f} ms" if key in costs else costs.get("missing", "not measured")
            lines.append([text, value, f"{target[key]} ms"])
        lines += [[f"code of {name}", f"{size} bytes", f"{target['code_bytes']} bytes"]
                  for name, size in costs.get("code_bytes", {}).items()]
        told = f"\n\n{MISSED} missed: {', '.join(missed)}\n" if missed else "\n"
        return table(["", "measured", "target"], lines) + told

    def markdown(self, plots=()):
        """The whole report. `plots`: (title, path relative to where the report lies)."""
        run = self.run
        machine = "\n".join(f"- {key}: {value}" for key, value in run["machine"].items())
        contenders = table(["contender", "version", "a call is"],
                           [[name, fields["version"], fields["includes"]] for name, fields in run["contenders"].items()])
        rounds = f"- rounds: {run['rounds']}, in turns; medians; ±: half of (worst − best) / median, where 5 % or more"
        parts = [f"{machine}\n{rounds}\n", f"{contenders}\n"]
        parts += [f"![{text}]({path})\n" for text, path in plots]
        parts += [self.group_table(records) for records in self.groups()]
        parts.append(f"### Compile time and code size\n\n{self.compiler()}")
        parts.append("### Errors of rows whose mean is 1000 and deviation 1.5\n\n"
                     f"Largest |y − expected| / (1 + |expected|) against f64.\n\n{self.offset_errors()}\n")
        gaps = self.missing()
        parts.append("### No figure\n\n" + ("\n".join(gaps) if gaps else "Every contender has every case.") + "\n")
        return "\n".join(parts)
