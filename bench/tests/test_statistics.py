import unittest

from normbench import statistics


class StatisticsTest(unittest.TestCase):
    def test_median_of_odd_and_even_counts(self):
        self.assertEqual(statistics.median([3, 1, 2]), 2)
        self.assertEqual(statistics.median([4, 1, 2, 3]), 2.5)

    def test_summary_is_of_times_so_best_is_least(self):
        summary = statistics.summarize([10.0, 30.0, 20.0])
        self.assertEqual((summary.median, summary.best, summary.spread, summary.rounds), (20.0, 10.0, 1.0, 3))

    def test_no_rounds(self):
        with self.assertRaisesRegex(ValueError, "no rounds"):
            statistics.summarize([])

    def test_calls_fill_a_round_and_are_at_least_one(self):
        self.assertEqual(statistics.calls_per_round(100, 5e6), 50000)
        self.assertEqual(statistics.calls_per_round(1e9, 6e7), 1)
        self.assertEqual(statistics.calls_per_round(0, 10), 10)
