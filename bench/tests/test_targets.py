import unittest

from normbench import targets
from tests.records import CEILINGS, LONG, OURS, PEER, REFERENCE, SMALL, record


def ratios(made):
    return targets.ratios(made, OURS, REFERENCE, CEILINGS)


class TargetsTest(unittest.TestCase):
    target = {"cases": LONG.group, "label": LONG.label, "ceiling": 0.88, "peer": 1.7}

    def test_found_by_group_and_label(self):
        self.assertIs(targets.of_record([self.target], record(LONG, ours=1)), self.target)
        self.assertIsNone(targets.of_record([self.target], record(SMALL, ours=1)))

    def test_ratios_are_of_speed(self):
        found = ratios(record(LONG, ours=10, peer=20, slow=40, nt8=9, copy=1))
        self.assertEqual(found, {"ceiling": 0.9, "peer": 2.0, "time_of_peer": 0.5})

    def test_ceilings_and_missing_contenders_are_no_peers(self):
        made = record(LONG, ours=10, peer=None, nt8=9, copy=1)
        self.assertIsNone(targets.best_peer(made, OURS, CEILINGS))
        self.assertEqual(ratios(made), {"ceiling": 0.9})

    def test_met(self):
        self.assertEqual(targets.misses(self.target, {"ceiling": 0.88, "peer": 1.7}), [])

    def test_missed_each(self):
        self.assertEqual(targets.misses(self.target, {"ceiling": 0.87, "peer": 1.8}), ["≥ 0.88 of the ceiling"])
        self.assertEqual(targets.misses(self.target, {"ceiling": 0.9, "peer": 1.6}), ["≥ 1.70x the best peer"])

    def test_what_was_not_measured_is_missed(self):
        self.assertEqual(len(targets.misses(self.target, {})), 2)
        self.assertEqual(len(targets.misses({"time_of_peer": 0.7}, {})), 1)

    def test_latency(self):
        target = {"time_of_peer": 0.7, "not_slower_than_one_thread": True}
        self.assertEqual(targets.misses(target, {"time_of_peer": 0.7}, own=100, own_of_one_thread=100), [])
        self.assertEqual(targets.misses(target, {"time_of_peer": 0.7}, own=110, own_of_one_thread=100),
                         ["no slower than one thread (100 ns)"])
        self.assertEqual(targets.misses(target, {"time_of_peer": 0.8}), ["≤ 0.70x the best peer's time"])

    def test_compiler(self):
        target = {"one_kernel_ms": 100, "hundred_norms_ms": 3000, "code_bytes": 4096}
        self.assertEqual(targets.compile_misses(target, {"one_kernel_ms": 99, "code_bytes": {"a": 4096}}), [])
        self.assertEqual(targets.compile_misses(target, {"one_kernel_ms": 101, "code_bytes": {"a": 4097}}),
                         ["one_kernel_ms ≤ 100 ms", "a ≤ 4096 bytes"])
