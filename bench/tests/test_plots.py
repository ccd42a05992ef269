import unittest

from normbench import contenders, plots


class PlotsTest(unittest.TestCase):
    def test_every_contender_has_a_line_of_its_own(self):
        lines = {tuple(plots.appearance(number, False).values()) for number in range(len(contenders.ALL))}
        self.assertEqual(len(lines), len(contenders.ALL))
