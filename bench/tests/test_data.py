import tempfile
import unittest

try:
    import numpy as np
except ImportError:
    np = None

from normbench import cases


@unittest.skipIf(np is None, "needs numpy")
class DataTest(unittest.TestCase):
    def test_own_expectation_passes_and_a_wrong_element_fails(self):
        from normbench import data
        for case in cases.tiny_cases():
            with tempfile.TemporaryDirectory() as folder:
                data.write(case, folder)
                right = {name: data.encode(data.load(folder, f"expected_{name}"), case.dtype).copy()
                         for name in case.arrays_out}
                self.assertIsNone(data.fault(case, *data.errors(case, right, folder)), case.name)
                for set_and_row in ((0, 0), (0, 1), (-1, -1)):
                    wrong = {**right, "y": right["y"].copy()}
                    wrong["y"][set_and_row].reshape(-1)[-1] = data.encode(np.array([9.0], np.float32), case.dtype)[0]
                    self.assertRegex(data.fault(case, *data.errors(case, wrong, folder)), "^wrong", case.name)

    def test_nan_is_wrong(self):
        from normbench import data
        case = cases.Case("layer_norm", "f32", "latency", (1, 16))
        with tempfile.TemporaryDirectory() as folder:
            data.write(case, folder)
            worst, worst_offset = data.errors(case, {"y": np.full((1, 1, 16), np.nan, np.float32)}, folder)
        self.assertEqual((worst, worst_offset), (float("inf"), None))

    def test_bf16_rounds_to_nearest_even(self):
        from normbench import data
        values = np.array([1.0, 1.0 + 2.0**-8, 1.0 + 3 * 2.0**-8, -3.0], np.float32)
        self.assertEqual(data.decode(data.encode(values, "bf16"), "bf16").tolist(), [1.0, 1.0, 1.0 + 2.0**-6, -3.0])

    def test_every_expected_statistic_is_of_the_right_elements(self):
        from normbench import data
        random = np.random.default_rng(1)
        for case, axes in ((cases.Case("layer_norm", "f32", "latency", (4, 32)), 1),
                           (cases.Case("channel_norm", "f32", "latency", (2, 64, 3, 5)), 1)):
            x = random.standard_normal((1, *case.shape)) * 3 + 1
            y = data.expected(case, {"x": x}, np.ones(case.channels), np.zeros(case.channels))["y"][0]
            self.assertLess(np.abs(y.mean(axes)).max(), 1e-12)
            self.assertLess(np.abs(y.var(axes) - 1).max(), 1e-4)

    def test_memory_is_aligned(self):
        from normbench import memory
        for count in (3, 1 << 20):
            array = memory.allocate((count,), np.float32)
            self.assertEqual(array.ctypes.data % (4096 if count == 3 else memory.HUGE), 0)
            self.assertFalse(array.any())
