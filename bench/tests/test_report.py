import unittest

from normbench import docs, report
from tests.records import CEILINGS, LONG, OURS, REFERENCE, SMALL, figures, record, run

TARGETS = [{"cases": LONG.group, "label": LONG.label, "ceiling": 0.88, "peer": 1.7},
           {"cases": SMALL.group, "label": SMALL.label, "time_of_peer": 0.7, "not_slower_than_one_thread": True},
           {"cases": "compile", "one_kernel_ms": 100, "hundred_norms_ms": 3000, "code_bytes": 4096}]


def written(*records, **fields):
    return report.Report({**run(*records), **fields}, TARGETS, OURS, REFERENCE, CEILINGS)


class ReportTest(unittest.TestCase):
    def row(self, markdown, label):
        return next(line for line in markdown.splitlines() if line.startswith(f"| {label} "))

    def test_a_met_cell(self):
        markdown = written(record(LONG, ours=1e7, peer=2e7, nt8=0.9e7)).markdown()
        self.assertRegex(self.row(markdown, "N = 1024"), r"\| 53\.7 \| 26\.8 \| 59\.7 \| 0\.90 \| 2\.00 \(peer\) \| met \|$")
        self.assertIn("### Layer norm, f32, memory: 256 MiB in and as much out; 1 thread (GB/s)", markdown)

    def test_a_missed_cell_is_marked_and_stays(self):
        row = self.row(written(record(LONG, ours=1e7, peer=1.5e7, nt8=0.5e7)).markdown(), "N = 1024")
        self.assertIn("▼ ≥ 0.88 of the ceiling, ≥ 1.70x the best peer", row)
        self.assertIn("| 53.7 |", row)

    def test_our_missing_result_is_a_miss(self):
        row = self.row(written(record(LONG, ours=None, peer=1e7, nt8=1e7)).markdown(), "N = 1024")
        self.assertIn("▼", row)

    def test_spread_is_shown_where_it_matters(self):
        self.assertEqual(report.cell(figures(LONG, 1e7, spread=0.3), "dram"), "53.7 ±15%")
        self.assertEqual(report.cell(figures(LONG, 1e7, spread=0.05), "dram"), "53.7")
        self.assertEqual(report.cell({"missing": "…"}, "dram"), "–")

    def test_latency_is_compared_with_one_thread(self):
        records = [record(SMALL, threads, ours=time, peer=1000, nt8=10) for threads, time in ((1, 500), (2, 600))]
        markdown = written(*records).markdown()
        self.assertIn("| 8x768 | 500 | 1000 | – | 0.50 (peer) | met |", markdown)
        self.assertIn("| 8x768 | 600 | 1000 | – | 0.60 (peer) | ▼ no slower than one thread (500 ns) |", markdown)

    def test_missing_results_are_told_once_per_reason(self):
        made = written(record(LONG, ours=1, peer=None, nt8=1), record(LONG, 2, ours=1, peer=None, nt8=1))
        self.assertEqual(made.missing(), ["- peer: no such primitive – layer_norm/f32/dram N = 1024 (1 thread), "
                                          "layer_norm/f32/dram N = 1024 (2 threads)", "- JAX: not installed: no wheel"])

    def test_compiler(self):
        markdown = written(record(LONG, ours=1, nt8=1), compile={"one_kernel_ms": 120.4, "code_bytes": {"a": 5}}).markdown()
        self.assertIn("in process | 120 ms | 100 ms |", markdown)
        self.assertIn("| code of a | 5 bytes | 4096 bytes |", markdown)
        self.assertIn("▼ missed: one_kernel_ms ≤ 100 ms", markdown)

    def test_generated_part_of_a_page(self):
        page = f"before\n{docs.BEGIN}\nold\n{docs.END}\nafter\n"
        self.assertEqual(docs.replaced(page, "new\n"), f"before\n{docs.BEGIN}\n\nnew\n\n{docs.END}\nafter\n")
        with self.assertRaisesRegex(ValueError, "expected the lines"):
            docs.replaced("no markers", "new")
