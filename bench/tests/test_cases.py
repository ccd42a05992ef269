import unittest

from normbench import cases, targets


class CasesTest(unittest.TestCase):
    def test_names_are_unique(self):
        for selected in (cases.all_cases(), cases.quick_cases(), cases.tiny_cases()):
            names = [case.name for case in selected]
            self.assertEqual(len(set(names)), len(names))

    def test_memory_is_as_much_as_said(self):
        for case in cases.all_cases():
            total = case.sets * case.bytes_per_call
            if case.regime == "dram":
                self.assertTrue(0.95 * 512 <= total / cases.MIB <= 512, case.name)
            if case.regime == "cache":
                self.assertTrue(0.9 * 0.5 <= total / cases.MIB <= 0.5, case.name)

    def test_bytes_count_inputs_and_outputs(self):
        self.assertEqual(cases.Case("layer_norm", "f32", "latency", (2, 8)).bytes_per_call, 2 * 16 * 4)
        self.assertEqual(cases.Case("add_layer_norm", "f32", "latency", (2, 8)).bytes_per_call, 4 * 16 * 4)
        self.assertEqual(cases.Case("layer_norm", "bf16", "latency", (2, 8)).bytes_per_call, 2 * 16 * 2)

    def test_json_brings_cases_back(self):
        for case in cases.all_cases():
            self.assertEqual(cases.from_json(cases.to_json(case)), case)

    def test_every_target_has_a_case(self):
        known = {(case.group, case.label) for case in cases.all_cases()}
        for target in targets.load():
            if target["cases"] != "compile":
                self.assertIn((target["cases"], target["label"]), known)
